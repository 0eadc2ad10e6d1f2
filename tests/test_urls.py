"""archive/urls.py: one form an address is kept in, and the key of the document behind it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.urls import article_key, canonical_url

ADDRESSES = [
    ("HTTP://WWW.X.gov.cn:80/a.html#top", "http://www.x.gov.cn/a.html"),
    ("https://x.gov.cn:443/", "https://x.gov.cn/"),
    ("http://x.gov.cn", "http://x.gov.cn/"),
    ("http://x.gov.cn:8080/a", "http://x.gov.cn:8080/a"),
    ("http://x.gov.cn/a//b///c.html", "http://x.gov.cn/a/b/c.html"),
    ("http://x.gov.cn/a/./b/../c.html", "http://x.gov.cn/a/c.html"),
    ("http://x.gov.cn/新闻/1.html", "http://x.gov.cn/%E6%96%B0%E9%97%BB/1.html"),
    ("http://x.gov.cn/%e6%96%b0%E9%97%BB/1.html", "http://x.gov.cn/%E6%96%B0%E9%97%BB/1.html"),
    ("http://x.gov.cn/a\n  b.html", "http://x.gov.cn/ab.html"),
    ("http://x.gov.cn/a.jsp;jsessionid=0A1B?id=3", "http://x.gov.cn/a.jsp?id=3"),
    ("http://x.gov.cn/a?utm_source=w&id=3&spm=1.2", "http://x.gov.cn/a?id=3"),
    # real queries stay, in their order
    ("http://public.x.gov.cn/?a=dir&h=1&p=D1901", "http://public.x.gov.cn/?a=dir&h=1&p=D1901"),
    ("http://x.gov.cn/iList.jsp?node_id=GK&cat_id=15971&cur_page=2",
     "http://x.gov.cn/iList.jsp?node_id=GK&cat_id=15971&cur_page=2"),
    ("http://x.gov.cn/s?q=a%26b", "http://x.gov.cn/s?q=a%26b"),
    ("javascript:void(0)", "javascript:void(0)"),
    ("http://x.gov.cn:99999/", "http://x.gov.cn:99999/"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "canonical"), ADDRESSES)
def test_canonical_form(address: str, canonical: str) -> None:
    assert canonical_url(address) == canonical


def test_relative_to_base() -> None:
    assert (
        canonical_url("../t20260409_1.html", "http://x.gov.cn/a/b/index.html") == "http://x.gov.cn/a/t20260409_1.html"
    )


URLISH = st.text(alphabet="ab./:?&=%#;@[]\\新 \n20fF-_~+", max_size=40)


@given(URLISH)
@example("%2541")
@example("a/%2e%2e/b")
@example(".新")
def test_idempotent_and_never_raises(tail: str) -> None:
    for address in (tail, f"http://x.gov.cn/{tail}", f"https://{tail}"):
        once = canonical_url(address)
        assert canonical_url(once) == once


SAME_DOCUMENT = [
    ("http://www.x.gov.cn/a/202604/t20260409_1404577.html", "http://x.gov.cn/b/t20260409_1404577.html"),
    ("https://x.gov.cn/zh/info/1276/39834.htm",
     "https://x.gov.cn/zh/x.jsp?urltype=news.NewsContentUrl&wbtreeid=1276&wbnewsid=39834"),
    ("http://x.gov.cn/content/post_123.html", "http://x.gov.cn/content/mpost_123.html"),
    ("http://x.gov.cn/sitesources/zk/page_pc/a/articlebd3598cf02b343288a949a00cac2ed5b.html",
     "http://x.gov.cn/page_pc/b/articlebd3598cf02b343288a949a00cac2ed5b.html"),
    ("https://www.x.gov.cn/rdhy/9581840.jhtml", "https://www.x.gov.cn/zwyw/9581840.jhtml"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME_DOCUMENT)
def test_one_key_in_every_column(one: str, other: str) -> None:
    assert article_key(one) == article_key(other) is not None


@pytest.mark.parametrize("address", ["http://x.gov.cn/a/index.html", "http://x.gov.cn/?id=3", "mailto:a@b.cn"])
def test_no_key_without_a_document_id(address: str) -> None:
    assert article_key(address) is None


def test_keys_of_two_hosts_differ() -> None:
    assert article_key("http://a.gov.cn/t20260409_1.html") != article_key("http://b.gov.cn/t20260409_1.html")
