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
    ("http://x.gov.cn/wzxrmzf/tjsja/202305/7215380191c5400397df5d7d0b5fd06b.shtml",
     "http://x.gov.cn/wzxrmzf/zwyw/202305/7215380191c5400397df5d7d0b5fd06b.shtml"),
    ("http://x.gov.cn/csrc/c106256/c3217074/content.shtml", "http://x.gov.cn/csrc/c100028/c3217074/content.shtml"),
    ("http://x.gov.cn/jyt/c110634/202511/174240943.shtml", "http://x.gov.cn/jyt/c110701/202511/174240943.shtml"),
    ("http://x.gov.cn/c100062/2306/c100062_5123.shtml",
     "http://x.gov.cn/zw/c100062/2306/c100062_5123.shtml"),
    ("http://x.gov.cn/art/2023/10/30/art_80179_11072765.html", "http://x.gov.cn/art/2023/10/30/art_42_11072765.html"),
    ("http://x.gov.cn/zwgk/art/2026/art_0ff88c45f1974962a539775085014888.html",
     "http://x.gov.cn/xw/art/2026/art_0ff88c45f1974962a539775085014888.html"),
    ("http://x.gov.cn/n1/n2/c25841234/content.html", "http://x.gov.cn/n1/n3/c25841234/content.html"),
    ("http://x.gov.cn/zhengce/content/202604/content_6123456.htm", "http://x.gov.cn/yaowen/content_6123456.htm"),
    ("http://x.gov.cn/c100/2026-04/09/content_123.shtml", "http://x.gov.cn/c200/2026-04/09/content_123.shtml"),
    ("https://tjj.x.gov.cn/2026/04-09/3341308.html", "https://tjj.x.gov.cn/xw/2026/04-09/3341308.html"),
    ("http://x.gov.cn/20260409/7215380191c5400397df5d7d0b5fd06b/c.html",
     "http://x.gov.cn/zw/20260409/7215380191c5400397df5d7d0b5fd06b/c.html"),
    ("http://x.gov.cn/xw/2026-04-09/30123.html", "http://x.gov.cn/zw/2026-04-09/30123.html"),
    ("http://x.gov.cn/tzgg/150688401.html", "http://x.gov.cn/zwyw/150688401.html"),
    ("http://x.gov.cn/public/2653861/150688.html", "http://x.gov.cn/public/6595721/150688.html"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME_DOCUMENT)
def test_one_key_in_every_column(one: str, other: str) -> None:
    assert article_key(one) == article_key(other) is not None


@pytest.mark.parametrize("address", ["http://x.gov.cn/a/index.html", "http://x.gov.cn/?id=3", "mailto:a@b.cn"])
def test_no_key_without_a_document_id(address: str) -> None:
    assert article_key(address) is None


@given(st.sampled_from(["a=dir&h=1&p=D1901", "id=3&cat=5", "pageIndex=2", "a=dir", "wbtreeid=1&wbnewsid=2"]))
def test_real_queries_are_never_dropped(query: str) -> None:
    assert canonical_url(f"http://x.gov.cn/i.jsp?{query}").endswith(f"?{query}")


def test_keys_of_two_hosts_differ() -> None:
    assert article_key("http://a.gov.cn/t20260409_1.html") != article_key("http://b.gov.cn/t20260409_1.html")
