"""Bodies over several pages in other people's files: one article, whatever came first and in whichever file."""

from __future__ import annotations

from pathlib import Path

import pytest
from article_shapes import PARAGRAPHS
from warc_maker import HOST, LONG, Warc, article, changed, damage_capture, facts, taken, two_pages

from archive.reader import Archive
from crawler.reparse import reparse


def test_a_body_over_several_pages_is_one_article(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    first, second = two_pages()
    warc.response(f"{HOST}/9.html", first)
    warc.response(f"{HOST}/9_2.html", second)
    warc.response(f"{HOST}/8.html", first.replace(b"9_2.html", b"8_2.html").replace("18次".encode(), "19次".encode()))
    report = taken(tmp_path / "a", warc.save())
    assert changed(report) == {"new": 2, "page": 1}
    with Archive.open(tmp_path / "a") as archive:
        whole, part = archive.articles()
    assert (whole.article.body.split("\n")[0], whole.article.body.split("\n")[-1]) == (PARAGRAPHS[0], LONG)
    assert "pages_missing" in part.article.flags
    assert "pages_missing" not in whole.article.flags
    before = facts(tmp_path / "a")
    taken(tmp_path / "a", warc.path)
    assert facts(tmp_path / "a") == before


def test_a_further_page_may_come_before_its_first(tmp_path: Path) -> None:
    first, second = two_pages()
    alone = article("县里召开会议", "名字像第二页的文章" + LONG)
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(f"{HOST}/9_2.html", second)
    warc.response(f"{HOST}/7_2.html", alone)
    warc.response(f"{HOST}/9.html", first)
    assert changed(taken(tmp_path / "a", warc.save())) == {"new": 2, "page": 1}
    with Archive.open(tmp_path / "a") as archive:
        assert [(s.article.url[-8:], LONG in s.article.body) for s in archive.articles()] == [
            ("7_2.html", True), ("v.cn/9.html"[-8:], True),
        ]  # fmt: skip
        assert archive.conn.execute("SELECT url, kind FROM aliases").fetchall() == [(f"{HOST}/9_2.html", "page")]
    later = Warc(tmp_path / "y.warc.gz")
    later.response(f"{HOST}/9_2.html", second, "20")
    assert changed(taken(tmp_path / "a", later.save())) == {"page": 1}
    assert reparse(tmp_path / "a").counts == {}


@pytest.mark.parametrize("order", ["12", "121", "21"])
def test_a_further_page_in_a_later_ingest_makes_its_article_whole(tmp_path: Path, order: str) -> None:
    pages = dict(zip("12", ((f"{HOST}/9.html", two_pages()[0]), (f"{HOST}/9_2.html", two_pages()[1])), strict=True))
    for day, which in enumerate(order):
        warc = Warc(tmp_path / f"{day}.warc.gz")
        warc.response(*pages[which], f"0{day + 1}")
        report = taken(tmp_path / "a", warc.save())
        if order[: day + 1] == "12":
            assert changed(report) == {"page": 1, "completed": 1}
    with Archive.open(tmp_path / "a") as archive:
        whole = next(one for one in archive.articles() if one.article.url == f"{HOST}/9.html").article
        assert (whole.body.split("\n")[-1], whole.flags) == (LONG, ())
        assert archive.conn.execute("SELECT DISTINCT cause FROM revisions").fetchall() == (
            [("rules",)] if order[0] == "1" else []
        )
        assert len(list(archive.articles())) == (1 if order[0] == "1" else 2), "whose page it was nobody could know"
    before = facts(tmp_path / "a")
    assert changed(taken(tmp_path / "a", *sorted(tmp_path.glob("*.gz")))) == {"held": len(order)}
    assert facts(tmp_path / "a") == before
    assert reparse(tmp_path / "a").counts == {}


@pytest.mark.parametrize("turned", [False, True], ids=["in order", "the second first"])
@pytest.mark.parametrize(
    ("name", "further"), [("view.asp?id=7", "view.asp?id=7&page=2"), ("show-3-7-1.html", "show-3-7-2.html")]
)
def test_further_pages_in_every_form_of_address(tmp_path: Path, name: str, further: str, turned: bool) -> None:
    pages = [(f"{HOST}/{address}", page.replace(b"9_2.html", further.encode()).replace(b"9.html", name.encode()))
             for address, page in zip((name, further), two_pages(), strict=True)]  # fmt: skip
    warc = Warc(tmp_path / "x.warc.gz")
    for url, page in pages[::-1] if turned else pages:
        warc.response(url, page)
    assert changed(taken(tmp_path / "a", warc.save())) == {"new": 1, "page": 1}


def test_a_damaged_further_page_is_one_that_is_not_held(tmp_path: Path) -> None:
    first, second = two_pages()
    for number, (name, page) in enumerate((("9_2.html", second), ("9.html", first))):
        warc = Warc(tmp_path / f"{number}.warc.gz")
        warc.response(f"{HOST}/{name}", page, f"0{number + 1}")
        taken(tmp_path / "a", warc.save())
        if not number:
            damage_capture(tmp_path / "a", 1)
    with Archive.open(tmp_path / "a") as archive:
        (held,) = [one.article for one in archive.articles() if one.article.url == f"{HOST}/9.html"]
    assert held.flags == ("pages_missing",)
