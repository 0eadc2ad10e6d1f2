"""What merge must not bring along: damaged records, revisits of nothing, what was forgotten here."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from test_merge import LONG, URL, archive_of, merged, well

from archive.articles import ArticleStore
from archive.files import path_of, put
from archive.forget import forget
from archive.frontier import Frontier
from archive.reader import Archive
from archive.records import Article, Capture
from archive.urls import canonical_url
from archive.warc import warc_path
from archive.writer import ArchiveWriter

TITLE = "标题1"
ELSEWHERE = "http://www.x.gov.cn/tzgg/1.html"


def flip(directory: Path, capture_id: int, at: float) -> None:
    """Turn one bit of a record, `at` of its length from its beginning."""
    with sqlite3.connect(directory / "archive.db") as conn:
        sql = 'SELECT warc, "offset", length FROM captures WHERE id = ?'
        warc, offset, length = conn.execute(sql, (capture_id,)).fetchone()
    path = warc_path(directory / "warc", warc)
    raw = bytearray(path.read_bytes())
    raw[offset + int(length * at)] ^= 4
    path.write_bytes(raw)


def captures(directory: Path) -> list[tuple[str, int | None]]:
    with Archive.open(directory) as archive:
        return archive.conn.execute("SELECT fetched, revisit_of FROM captures ORDER BY fetched").fetchall()


def payload(directory: Path, fetched: str) -> str:
    with Archive.open(directory) as archive:
        (number,) = archive.conn.execute("SELECT id FROM captures WHERE fetched LIKE ?", (f"{fetched}%",)).fetchone()
        capture = archive.capture(number)
        assert capture
        return capture.payload.decode()


@pytest.mark.parametrize("at", [0.0, 0.3, 0.5, 0.8])
def test_a_damaged_record_and_its_revisits_stay_out_and_each_is_named_once(tmp_path: Path, at: float) -> None:
    there = archive_of(tmp_path / "there", [(1, "01", LONG), (1, "02", LONG)])
    flip(there, 1, at)
    here = archive_of(tmp_path / "here", [(9, "01", f"{LONG}九")])
    report = merged(here, there)
    assert report.counts["articles"] == 1, "its text is not lost"
    assert len(report.damaged) == 2
    assert "warc.gz at " in report.damaged[0]
    assert "capture 2 (http://www.x.gov.cn/1.html): refers to the page of capture 1, left out" in report.damaged[1]
    assert captures(here) == [("2026-07-01T01:02:03Z", None)]
    archive_of(here, [(1, "10", LONG)])
    assert payload(here, "2026-07-10") == f"<p>{LONG}</p>", "the page asked here is held by itself"
    assert well(here)


def test_a_record_that_is_not_what_its_row_says_stays_out(tmp_path: Path) -> None:
    there = archive_of(tmp_path / "there", [(1, "01", LONG), (2, "01", f"{LONG}二")])
    with sqlite3.connect(there / "archive.db") as conn:
        conn.execute('UPDATE captures SET ("offset", length) = (SELECT "offset", length FROM captures WHERE id = 1)')
    here = archive_of(tmp_path / "here", [])
    (line,) = merged(here, there).damaged
    assert "payload is not what its digest says" in line
    assert len(captures(here)) == 1


def test_a_revisit_refers_to_the_record_that_holds_the_bytes_here(tmp_path: Path) -> None:
    """Here the second of three captures is a revisit; there, where it was the first, it holds the page."""
    here = archive_of(tmp_path / "here", [(1, "01", LONG), (1, "02", LONG)])
    there = archive_of(tmp_path / "there", [(1, "02", LONG), (1, "03", LONG)])
    merged(here, there)
    assert [of for _, of in captures(here)] == [None, 1, 1]
    assert payload(here, "2026-07-03") == f"<p>{LONG}</p>"
    assert well(here)


def forgotten(directory: Path, number: int) -> Path:
    with ArchiveWriter.open(directory) as writer:
        forget(writer, number, "takedown")
    return directory


def stored(directory: Path, url: str, *states: tuple[str, str], page: str = "<html>{}</html>") -> Path:
    """An archive that saw these texts at one address, in a page of its own make."""
    with ArchiveWriter.open(directory) as writer, writer.page():
        run = writer.start_run("x", {})
        for day, text in states:
            seen = f"2026-07-{day}T01:02:03Z"
            capture_id = writer.add_capture(Capture(url, seen, 200, (), page.format(text).encode()), run_id=run)
            article = Article(url=canonical_url(url), title=TITLE, body=text, portal="x", published="2026-07-01")
            ArticleStore(writer.conn).add(article, capture_id=capture_id, seen=seen)
    return directory


@pytest.mark.parametrize(
    ("url", "texts", "page"),
    [
        (ELSEWHERE, [LONG], "<html>{}</html>"),  # by text, on this host
        (ELSEWHERE, [LONG, f"{LONG}改"], "<html>{}</html>"),  # of an earlier state too
        ("http://www.y.gov.cn/1.html", [LONG], "<p>{}</p>"),  # by bytes, on any host
        (f"{URL.format(1)}#top", [LONG], "<html>{}</html>"),  # by address, in whatever form it was asked
    ],
)
def test_what_was_forgotten_comes_back_by_no_way(tmp_path: Path, url: str, texts: list[str], page: str) -> None:
    here = forgotten(archive_of(tmp_path / "here", [(1, "01", LONG)]), 1)
    there = stored(tmp_path / "there", url, *((f"0{day}", text) for day, text in enumerate(texts, 2)), page=page)
    report = merged(here, there)
    assert report.counts["articles"] == report.counts["captures"] == 0
    assert report.forgotten_here == 1 + len(texts)
    with Archive.open(here) as archive:
        assert archive.conn.execute("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM captures)").fetchone() == (0, 0)  # fmt: skip  # noqa: E501


def test_a_forgotten_file_stays_out_of_another_article(tmp_path: Path) -> None:
    here, there = (archive_of(tmp_path / name, [(1, "01", LONG)]) for name in ("here", "there"))
    archive_of(there, [(2, "02", f"{LONG}二")])
    file, add = "http://www.x.gov.cn/a.pdf", "INSERT INTO article_files VALUES (?, ?, '附件', ?, 'file')"
    for directory, articles in ((here, [1]), (there, [1, 2])):
        with ArchiveWriter.open(directory) as writer, writer.page():
            digest = put(writer.conn, directory, b"%PDF", "pdf", "2026-07-01T01:02:03Z")
            writer.conn.executemany(add, [(number, file, digest) for number in articles])
            Frontier(writer.conn, "x", writer.start_run("x", {})).take_up(file, file, "file")
    forgotten(here, 1)
    report = merged(here, there)
    assert (report.counts["articles"], report.counts["files"]) == (1, 0)
    with Archive.open(here) as archive:
        assert archive.conn.execute("SELECT digest, state FROM article_files").fetchall() == [(None, "forgotten")]
    assert not path_of(here, digest).exists()
    assert well(here)


def test_the_same_text_at_another_host_is_another_matter(tmp_path: Path) -> None:
    here = forgotten(archive_of(tmp_path / "here", [(1, "01", LONG)]), 1)
    there = stored(tmp_path / "there", "http://www.y.gov.cn/1.html", ("02", LONG))
    assert merged(here, there).counts["articles"] == 1
