"""Damaged and busy archives: clear words, nothing written; readers and the writer never in each other's way."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import threading
from pathlib import Path

import pytest

from archive.articles import ArticleStore
from archive.backup import backup, restore
from archive.connection import connect_readonly
from archive.errors import SchemaError
from archive.files import put
from archive.records import Article, Capture
from archive.verify import verify
from archive.writer import ArchiveWriter, now_utc
from tests.test_crawl import dibao

ROOT = Path(__file__).parent.parent
TEXT = "会议指出，要压紧压实责任，深入开展隐患排查整治，坚决防范和遏制重特大事故发生。"


def store(writer: ArchiveWriter, number: int) -> None:
    url = f"http://x.gov.cn/{number}.html"
    with writer.page():
        capture = Capture(url, now_utc(), 200, (("Content-Type", "text/html"),), f"<p>{TEXT}{number}</p>".encode())
        capture_id = writer.add_capture(capture, run_id=None)
        article = Article(url=url, title=f"标题{number}", body=f"{TEXT}{number}" * 20, portal="x")
        ArticleStore(writer.conn).add(article, capture_id=capture_id, seen=now_utc())


def filled(directory: Path, articles: int) -> Path:
    with ArchiveWriter.open(directory) as writer:
        for number in range(articles):
            store(writer, number)
    return directory


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2 + 100]


def zeroed(data: bytes) -> bytes:
    return data[:8192] + bytes(4096) * 4 + data[24576:]


BROKEN = {
    "a page zeroed": zeroed, "cut in half": cut, "empty": lambda data: b"",
    "no database": lambda data: b"<html>404</html>" * 99,
    "head lost": lambda data: bytes(100) + data[100:],
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_damaged_database_is_said_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    path = filled(tmp_path / "archive", 60) / "archive.db"
    for log in tmp_path.glob("archive/archive.db-*"):
        log.unlink()
    path.write_bytes(BROKEN[name](path.read_bytes()))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for command in (("verify",), ("stats",), ("search", "责任"), ("export", str(tmp_path / "x.csv"))):
        done = dibao(*command, home=tmp_path)
        assert "Traceback" not in done.stderr, (command, done.stderr)
        if name != "a page zeroed" or command == ("verify",):
            assert done.returncode in (1, 6), (command, done.stdout, done.stderr)
            assert "restore" in done.stdout + done.stderr or "another" in done.stderr, (command, done.stderr)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("lost", ["emptied", "removed", "replaced by a database without tables"])
def test_raw_pages_without_a_database_are_not_taken_for_a_new_archive(tmp_path: Path, lost: str) -> None:
    """A writer that began anew would remove every attachment, and the file that a killed crawl left open."""
    directory = filled(tmp_path / "archive", 3)
    with ArchiveWriter.open(directory) as writer, writer.page():
        put(writer.conn, directory, b"%PDF-1.4", "application/pdf", now_utc())
    raw = next((directory / "warc").rglob("*.gz"))
    raw.rename(raw.with_name(raw.name + ".open"))
    database = directory / "archive.db"
    database.unlink()
    if lost != "removed":
        database.touch()
    if lost.startswith("replaced"):
        with sqlite3.connect(database) as conn:
            conn.executescript("CREATE TABLE t (x); DROP TABLE t")
    before = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file() and "holder" not in path.name}
    for _ in range(2):
        with pytest.raises(SchemaError, match="lost its database; nothing was changed"):
            ArchiveWriter.open(directory)
    after = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file() and "holder" not in path.name}
    assert after == before
    done = dibao("verify", "--repair", home=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (2 if lost == "removed" else 6, False), done.stderr


def test_readers_and_the_writer_are_never_in_each_others_way(tmp_path: Path) -> None:
    """Four readers, one of them in a long transaction, while a writer commits again and again."""
    directory = filled(tmp_path / "archive", 20)
    trouble: list[str] = []
    done = threading.Event()

    def read(slowly: bool) -> None:
        while not done.is_set():
            try:
                conn = connect_readonly(directory)
                if slowly:
                    conn.execute("BEGIN")
                first = conn.execute("SELECT count(*) FROM articles").fetchone()[0]
                if slowly:
                    done.wait(0.5)
                again = conn.execute("SELECT count(*), sum(length(body)) FROM articles").fetchone()[0]
                if slowly and first != again:
                    trouble.append(f"{first} and then {again} in one transaction")
                conn.close()
            except sqlite3.Error as error:
                trouble.append(str(error))

    threads = [threading.Thread(target=read, args=(number == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        with ArchiveWriter.open(directory) as writer:
            for number in range(20, 400):
                store(writer, number)
                if number % 10 == 0:
                    writer.commit()
            assert (directory / "archive.db-wal").stat().st_size < 64 << 20
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert trouble == []


def test_every_transaction_that_writes_begins_as_one() -> None:
    """A read transaction that turns into a writing one can fail with SQLITE_BUSY_SNAPSHOT: ours are immediate."""
    begun = [
        (path.name, statement)
        for path in (ROOT / "archive").rglob("*.py")
        for statement in re.findall(r'execute\("(BEGIN[^"]*)"\)', path.read_text("utf-8"))
    ]
    assert ("writer.py", "BEGIN IMMEDIATE") in begun
    plain = {name for name, statement in begun if statement == "BEGIN"}
    assert plain <= {"search.py", "merge.py"}, "snapshots of read-only connections"


def test_backups_during_a_crawl_are_each_one_committed_state(tmp_path: Path) -> None:
    directory = filled(tmp_path / "archive", 10)
    done = threading.Event()

    def write() -> None:
        with ArchiveWriter.open(directory) as writer:
            number = 10
            while not done.is_set():
                store(writer, number)
                number += 1
                if number % 5 == 0:
                    writer.commit()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        counts = [backup(directory, tmp_path / f"copy{number}").articles for number in range(25)]
    finally:
        done.set()
        thread.join()
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    for number, count in enumerate(counts):
        restored = tmp_path / "restored"
        assert restore(tmp_path / f"copy{number}", restored).articles == count
        conn = connect_readonly(restored)
        assert [str(finding) for finding in verify(conn, restored)] == []
        conn.close()
        for path in sorted(restored.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        restored.rmdir()
