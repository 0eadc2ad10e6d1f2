"""An article that both archives hold: one article, whatever its address, with the best of what either has of it."""

# ruff: noqa: E501  tables of columns

from __future__ import annotations

from pathlib import Path

import pytest
from test_merge import LONG, URL, archive_of, merged, well

from archive.articles import ArticleStore
from archive.files import path_of, put
from archive.frontier import Frontier, Settlement
from archive.reader import Archive
from archive.records import Article, Capture
from archive.writer import ArchiveWriter


def test_an_attachment_that_failed_here_is_had_from_there(tmp_path: Path) -> None:
    here, there = (archive_of(tmp_path / name, [(1, "01", LONG)]) for name in ("here", "there"))
    add = "INSERT INTO article_files (article_id, url, name, digest, state) VALUES (1, 'http://www.x.gov.cn/a.pdf', ?, ?, ?)"
    with ArchiveWriter.open(there) as writer, writer.page():
        digest = put(writer.conn, there, b"%PDF whole", "pdf", "2026-07-01T01:02:03Z")
        writer.conn.execute(add, ("通知.pdf", digest, "file"))
    with ArchiveWriter.open(here) as writer, writer.page():
        writer.conn.execute(add, ("附件", None, "failed_timeout"))
    had = []
    for one, other in ((here, there), (there, here)):
        merged(one, other)
        with Archive.open(one) as archive:
            had += archive.conn.execute("SELECT name, digest, state FROM article_files").fetchall()
    assert had == [("通知.pdf", digest, "file")] * 2
    assert path_of(here, digest).read_bytes() == b"%PDF whole"
    assert well(here)


def test_a_grade_given_by_walks_here_stays_while_the_page_lives(tmp_path: Path) -> None:
    here = archive_of(tmp_path / "here", [(1, "01", LONG), (2, "01", "二"), (3, "01", "三"), (3, "02", "")])
    with ArchiveWriter.open(here) as writer, writer.page():
        writer.conn.execute("UPDATE articles SET gone_grade = 'unlisted' WHERE gone_since IS NULL")
    there = archive_of(tmp_path / "there", [(1, "03", LONG), (2, "03", "二"), (2, "04", ""), (3, "03", "三")])
    merged(here, there)
    with Archive.open(here) as archive:
        grades = archive.conn.execute("SELECT gone_grade FROM articles ORDER BY id").fetchall()
    assert grades == [("unlisted",), ("once",), (None,)]


def seen_at(directory: Path, *visits: tuple[str, str, str]) -> Path:
    """An archive that saw these texts (address, day, text) under one headline."""
    with ArchiveWriter.open(directory) as writer, writer.page():
        frontier, store = Frontier(writer.conn, "x", writer.start_run("x", {})), ArticleStore(writer.conn)
        for address, day, body in visits:
            seen = f"2026-07-{day}T01:02:03Z"
            capture_id = writer.add_capture(Capture(address, seen, 200, (), f"<p>{body}</p>".encode()), run_id=None)
            article = Article(url=address, title="标题", body=body, portal="x", published="2026-07-01")
            stored = store.add(article, capture_id=capture_id, seen=seen)
            task, _ = frontier.take_up(address, address, "article")
            frontier.settle(task, Settlement("stored", article_id=stored.article_id))
    return directory


@pytest.mark.parametrize(
    ("url", "other", "text"),
    [
        (
            "http://www.x.gov.cn/zwyw/t20260409_1404577.html",
            "http://www.x.gov.cn/tzgg/t20260409_1404577.html",
            "改过的",
        ),
        ("http://www.x.gov.cn/yw/1.html", "http://www.x.gov.cn/tzgg/2.html", LONG),
    ],
)
def test_a_document_under_two_addresses_is_one_article(tmp_path: Path, url: str, other: str, text: str) -> None:
    """As a crawl has it: the same document and headline, or the same headline and text, within a portal."""
    here, there = tmp_path / "here", tmp_path / "there"
    seen_at(here, (url, "01", LONG))
    seen_at(there, (other, "02", text))
    report = merged(here, there)
    assert (report.counts["articles"], report.counts["aliases"]) == (0, 1)
    with Archive.open(here) as archive:
        ask = archive.conn.execute
        assert ask("SELECT url, body, last_seen FROM articles").fetchall() == [(url, text, "2026-07-02T01:02:03Z")]
        assert ask("SELECT url, article_id FROM aliases").fetchall() == [(other, 1)]
        assert ask("SELECT count(*) FROM reprints").fetchone() == (0,)
    assert well(here)
    assert set(merged(here, there).counts.values()) == {0}


A, B = "http://www.x.gov.cn/yw/1.html", "http://www.x.gov.cn/yw/2.html"
PLACEHOLDER = "本栏目内容正在整理更新之中，请您稍后再来访问，感谢您对县政府门户网站的理解和支持。"


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("earlier", [[], [(B, "03", PLACEHOLDER)]])
def test_two_addresses_that_shared_a_text_stay_two_articles(
    tmp_path: Path, earlier: list[tuple[str, str, str]], turn: int
) -> None:
    one = seen_at(tmp_path / "one", (A, "01", PLACEHOLDER), (B, "02", PLACEHOLDER))
    here, there = [one, seen_at(tmp_path / "other", *earlier, (B, "05", LONG))][::turn]
    assert merged(here, there).conflicts == []
    for _ in range(2):
        with Archive.open(here) as archive:
            ask = archive.conn.execute
            assert dict(ask("SELECT url, body FROM articles")) == {A: PLACEHOLDER, B: LONG}
            assert dict(ask("SELECT f.key, a.url FROM frontier f JOIN articles a ON a.id = f.article_id")) == {
                A: A,
                B: B,
            }
            assert ask("SELECT count(*) FROM aliases").fetchone() == (0,)
        assert well(here)
        assert set(merged(here, there).counts.values()) == {0}


def test_an_alias_that_lags_behind_is_one_still(tmp_path: Path) -> None:
    one = seen_at(tmp_path / "one", (A, "01", LONG), (B, "02", LONG), (A, "05", f"{LONG}改"))
    other = seen_at(tmp_path / "other", (B, "03", LONG))
    for here, there in ((one, other), (other, one)):
        merged(here, there)
        with Archive.open(here) as archive:
            assert archive.conn.execute("SELECT body FROM articles").fetchall() == [(f"{LONG}改",)]
        assert well(here)


def test_what_newer_rules_read_there_is_the_present_state(tmp_path: Path) -> None:
    here = archive_of(tmp_path / "here", [(1, "01", LONG)])
    there = archive_of(tmp_path / "there", [(1, "01", LONG), (1, "03", f"{LONG}二")])
    with ArchiveWriter.open(there) as writer, writer.page():
        article = Article(url=URL.format(1), title="标题1", body=f"{LONG}二", portal="x", source="县报")
        assert ArticleStore(writer.conn).reread(1, article, "2026-07-05T01:02:03Z")
    assert merged(here, there).counts["states"] == 2
    assert well(here)
    with Archive.open(here) as archive:
        assert archive.conn.execute("SELECT source, revision FROM articles").fetchall() == [("县报", 3)]
        causes = archive.conn.execute("SELECT cause, source FROM revisions ORDER BY revision").fetchall()
    assert causes == [("publisher", None), ("rules", None)]
    assert set(merged(here, there).counts.values()) == {0}
