"""archive/writer.py, articles.py, warc.py, reprints.py: what is committed stays, whole, with its bytes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.articles import ArticleStore
from archive.errors import ArchiveError, IntegrityError, LockedError, SchemaError
from archive.reader import Archive
from archive.records import Article, Capture, Stored
from archive.reprints import link_reprints
from archive.warc import Place, read_record, warc_path
from archive.writer import ArchiveWriter, now_utc

ROOT = Path(__file__).parent.parent
TEXT = "二七区召开会议研究部署高质量发展工作。会议强调要抓好重点项目建设,确保早开工早见效。\n下一步将持续优化营商环境。"


def capture(url: str, body: bytes = b"<p>text</p>", status: int = 200) -> Capture:
    return Capture(url, "2026-11-24T01:02:03Z", status, (("Content-Type", "text/html"),), body)


def store(writer: ArchiveWriter, url: str, title: str = "标题", body: str = TEXT, **more: str) -> Stored:
    seen = more.pop("seen", "2026-11-24T01:02:03Z")
    with writer.page():
        capture_id = writer.add_capture(capture(url, body.encode()), run_id=None)
        article = Article(url=url, title=title, body=body, portal=more.pop("portal", "erqi"), **more)  # type: ignore[arg-type]
        return ArticleStore(writer.conn).add(article, capture_id=capture_id, seen=seen)


def test_verdicts(tmp_path: Path) -> None:
    with ArchiveWriter.open(tmp_path) as writer:
        first = store(writer, "http://x.cn/1.html")
        assert (first.verdict, first.revision) == ("new", 1)
        assert store(writer, "http://x.cn/1.html").verdict == "revisit"
        assert (
            store(writer, "http://x.cn/1.html", body=TEXT.replace("\n", "  \n　")).verdict == "revisit"
        )  # white space
        changed = store(writer, "http://x.cn/1.html", body=TEXT + "更正。", seen="2026-11-25T00:00:00Z")
        assert (changed.verdict, changed.revision, changed.article_id) == ("revision", 2, first.article_id)
        (kept,) = writer.conn.execute("SELECT revision, body, cause FROM revisions").fetchall()
        assert kept == (1, TEXT, "publisher")


def test_a_page_whose_record_is_damaged_is_written_again(tmp_path: Path) -> None:
    url, page = "http://x.cn/1.html", TEXT.encode()
    for number in range(4):
        with ArchiveWriter.open(tmp_path) as writer, writer.page():
            writer.add_capture(capture(url, page), run_id=None)
        if number == 1:
            with sqlite3.connect(tmp_path / "archive.db") as conn:
                warc, offset, length = conn.execute(
                    'SELECT warc, "offset", length FROM captures WHERE id = 1'
                ).fetchone()
            with warc_path(tmp_path / "warc", warc).open("r+b") as file:
                file.seek(offset + length // 2)
                file.write(b"\x00\x00")
    with Archive.open(tmp_path) as archive:
        rows = archive.conn.execute("SELECT id, revisit_of FROM captures ORDER BY id").fetchall()
        assert rows == [(1, None), (2, 1), (3, None), (4, 3)]
        assert archive.capture(3).payload == page


def test_same_portal_same_text_is_an_alias_other_portal_is_not(tmp_path: Path) -> None:
    with ArchiveWriter.open(tmp_path) as writer:
        first = store(writer, "http://x.cn/a/1.html")
        again = store(writer, "http://x.cn/b/2.html")
        assert again.alias
        assert again.article_id == first.article_id
        assert ArticleStore(writer.conn).find("http://x.cn/b/2.html") == first.article_id
        other = store(writer, "http://y.cn/1.html", portal="jinshui")
        assert not other.alias
        assert writer.conn.execute("SELECT count(*) FROM articles").fetchone() == (2,)


def test_one_document_id_in_two_columns_is_one_article(tmp_path: Path) -> None:
    with ArchiveWriter.open(tmp_path) as writer:
        first = store(writer, "http://x.cn/a/t20260409_7.html")
        assert store(writer, "http://x.cn/b/t20260409_7.html", body="短").article_id == first.article_id
        assert store(writer, "http://x.cn/c/t20260409_7.html", title="另一篇", body="短").verdict == "new"


def test_gone_grades(tmp_path: Path) -> None:
    with ArchiveWriter.open(tmp_path) as writer:
        article_id = store(writer, "http://x.cn/1.html").article_id
        articles = ArticleStore(writer.conn)

        def state() -> tuple[str, str]:
            row: tuple[str, str] = writer.conn.execute("SELECT gone_since, gone_grade FROM articles").fetchone()
            return row

        articles.mark_gone(article_id, "once", "2026-11-25T00:00:00Z")
        assert state() == ("2026-11-25T00:00:00Z", "once")
        articles.mark_gone(article_id, "once", "2026-11-26T00:00:00Z")
        assert state() == ("2026-11-25T00:00:00Z", "lasting")
        articles.touch(article_id, "2026-11-27T00:00:00Z")
        assert state() == (None, None)


def test_reprints_are_linked_to_the_earliest(tmp_path: Path) -> None:
    with ArchiveWriter.open(tmp_path) as writer:
        later = store(writer, "http://x.cn/1.html", title="转载", published="2026-02-02").article_id
        first = store(writer, "http://y.cn/1.html", portal="zz", published="2026-02-01").article_id
        cut = TEXT.partition("\n")[0]
        near = store(writer, "http://z.cn/1.html", portal="z", body=cut, published="2026-02-03").article_id
        other = store(
            writer,
            "http://w.cn/1.html",
            portal="w",
            title="转载",
            body="完全不同的另一篇文章,没有任何相同的句子在里面。",
        )
        with writer.page():
            assert link_reprints(writer.conn, [later, first, near, other.article_id]) == 2
        edges = writer.conn.execute("SELECT article_id, original_id, kind FROM reprints ORDER BY 1").fetchall()
        assert edges == [(later, first, "exact"), (near, first, "near")]


def test_payloads_come_back_and_warcio_agrees(tmp_path: Path) -> None:
    bodies = {f"http://x.cn/{n}": os.urandom(n * 100) for n in range(1, 6)}
    with ArchiveWriter.open(tmp_path) as writer:
        with writer.page():
            for url, body in bodies.items():
                writer.add_capture(capture(url, body), run_id=None)
            writer.add_capture(capture("http://x.cn/1", bodies["http://x.cn/1"]), run_id=None)  # the same again
        rows = writer.conn.execute('SELECT url, warc, "offset", length, revisit_of FROM captures').fetchall()
        for url, warc, offset, length, revisit_of in rows[:5]:
            assert read_record(tmp_path / "warc", Place(warc, offset, length)).payload == bodies[url]
            assert revisit_of is None
        assert rows[5][4] == 1
    (path,) = (tmp_path / "warc").rglob("*.warc.gz")
    with path.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds == ["warcinfo", *["response"] * 5, "revisit"]
    checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_a_damaged_record_says_where(tmp_path: Path) -> None:
    with ArchiveWriter.open(tmp_path) as writer, writer.page():
        writer.add_capture(capture("http://x.cn/1"), run_id=None)
    with pytest.raises(IntegrityError, match=r"at 7: record cannot be read.*dibao verify"):
        read_record(
            tmp_path / "warc",
            Place(next((tmp_path / "warc").rglob("*.gz")).relative_to(tmp_path / "warc").as_posix(), 7, 50),
        )


def test_a_page_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    def half_a_page(writer: ArchiveWriter) -> None:
        with writer.page():
            writer.add_capture(capture("http://x.cn/2.html"), run_id=None)
            raise ZeroDivisionError

    with ArchiveWriter.open(tmp_path) as writer:
        store(writer, "http://x.cn/1.html")
        with pytest.raises(ZeroDivisionError):
            half_a_page(writer)
        writer.commit()
        assert writer.conn.execute("SELECT count(*) FROM captures").fetchone() == (1,)


def test_second_writer_is_refused_and_says_who_writes(tmp_path: Path) -> None:
    with ArchiveWriter.open(tmp_path), pytest.raises(LockedError, match=rf"another crawl \(pid {os.getpid()}, since 2"):
        ArchiveWriter.open(tmp_path)
    ArchiveWriter.open(tmp_path).close()  # the lock is free again


KILLED = """
import sys; from pathlib import Path; sys.path.insert(0, {root!r})
from archive.writer import ArchiveWriter; from archive.records import Capture
w = ArchiveWriter.open(Path({path!r}))
for n in range(3):
    with w.page():
        w.start_run("erqi", {{}})
        w.add_capture(Capture(f"http://x.cn/{{n}}", "2026-11-24T01:02:03Z", 200, (), b"x" * 5000), run_id=None)
    w.commit()
"""


@pytest.mark.parametrize(
    ("point", "committed"),
    [
        ("before_raw_write:2", 1),
        ("after_raw_write:2", 1),
        ("before_commit:3", 1),
        ("after_commit:3", 2),
        ("in_migration", 0),
    ],
)
def test_kill_nine_loses_nothing_committed(tmp_path: Path, point: str, committed: int) -> None:
    script = KILLED.format(root=str(ROOT), path=str(tmp_path))
    died = subprocess.run([sys.executable, "-c", script], env={**os.environ, "DIBAO_CRASH_AT": point}, check=False)
    assert died.returncode == -signal.SIGKILL
    with ArchiveWriter.open(tmp_path) as writer:
        rows = writer.conn.execute('SELECT url, warc, "offset", length FROM captures').fetchall()
        assert len(rows) == committed
        for _, warc, offset, length in rows:
            assert read_record(tmp_path / "warc", Place(warc, offset, length)).payload == b"x" * 5000
            path = warc_path(tmp_path / "warc", warc)
            assert path.stat().st_size == max(o + n for _, w, o, n in rows if w == warc)
            assert path.suffix == ".gz"
        outcomes = {row[0] for row in writer.conn.execute("SELECT outcome FROM runs")}
        assert outcomes <= {"interrupted"}


def test_not_an_archive(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"this is no database, it is a text file that is long enough" * 20)
    with pytest.raises(IntegrityError, match="not a database"):
        ArchiveWriter.open(tmp_path)
    (tmp_path / "archive.db").unlink()
    with sqlite3.connect(tmp_path / "archive.db") as conn:
        conn.execute("CREATE TABLE other (x)")
    conn.close()
    with pytest.raises(SchemaError, match="no archive of Dibao"):
        ArchiveWriter.open(tmp_path)


def test_newer_schema_is_refused_and_untouched(tmp_path: Path) -> None:
    ArchiveWriter.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "archive.db") as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('dibao', 'm9999_future', 'x')"
        )
    conn.close()
    with pytest.raises(SchemaError, match=r"written by a newer Dibao.*m9999_future"):
        ArchiveWriter.open(tmp_path)


def test_unwritable_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match=r"cannot be written .*--archive"):
        ArchiveWriter.open(tmp_path / "file" / "archive")


def test_lone_surrogates_and_nul_are_stored_readably(tmp_path: Path) -> None:
    with ArchiveWriter.open(tmp_path) as writer:
        store(writer, "http://x.cn/1.html", title="标\ud800题", body="正文\x00有零字节")
        assert writer.conn.execute("SELECT title, body FROM articles").fetchone() == ("标?题", "正文有零字节")


def test_two_writers_of_one_process_within_a_second_have_files_of_their_own(tmp_path: Path) -> None:
    for number in range(3):
        with ArchiveWriter.open(tmp_path) as writer, writer.page():
            payload = f"<p>page {number}</p>".encode()
            writer.add_capture(Capture(f"http://x.gov.cn/{number}", now_utc(), 200, (), payload), run_id=None)
    with Archive.open(tmp_path) as archive:
        held = [archive.capture(number) for number in (1, 2, 3)]
    assert [capture and capture.payload for capture in held] == [f"<p>page {n}</p>".encode() for n in range(3)]
