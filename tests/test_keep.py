"""Looking after an archive: every flipped bit is found, copies restore, what was forgotten stays away."""

from __future__ import annotations

import gzip
import random
import shutil
import sqlite3
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.backup import backup, restore
from archive.connection import connect_readonly
from archive.errors import ArchiveError, IntegrityError, PlaceTaken
from archive.records import Capture
from archive.verify import verify
from archive.warc import warc_path
from archive.writer import ArchiveWriter
from crawler.demo.portal import DemoPortal
from crawler.demo.show import write_definition
from tests.test_crawl import dibao, rows


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the demo portal: 60 articles, one revised."""
    home = tmp_path_factory.mktemp("keep")
    with DemoPortal() as portal:
        (home / "portals").mkdir()
        write_definition(portal, home / "portals")
        dibao("crawl", "qinghe", "--allow-loopback", home=home)
        portal.next_visit()
        dibao("crawl", "qinghe", "--full", "--allow-loopback", home=home)
    return home


def findings(directory: Path) -> list[str]:
    conn = connect_readonly(directory)
    try:
        return [str(finding) for finding in verify(conn, directory)]
    finally:
        conn.close()


def is_damaged(directory: Path) -> bool:
    """Whether there is a finding; the first one is enough."""
    with closing(connect_readonly(directory)) as conn:
        return next(iter(verify(conn, directory)), None) is not None


def test_a_sound_archive_has_no_findings(made: Path) -> None:
    assert findings(made / "archive") == []
    done = dibao("verify", home=made)
    assert (done.returncode, "all is well" in done.stdout) == (0, True)


def test_every_flipped_bit_in_raw_pages_is_found(made: Path, tmp_path: Path) -> None:
    """One bit at a time, in a record's bytes, anywhere in the files."""
    copy = tmp_path / "archive"
    shutil.copytree(made / "archive", copy)
    rng = random.Random(7)
    files = sorted((copy / "warc").rglob("*.gz"))
    missed: list[tuple[str, int]] = []
    flipped = 0
    while flipped < 500:
        path = rng.choice(files)
        sound = path.read_bytes()
        at = rng.randrange(len(sound))
        broken = sound[:at] + bytes([sound[at] ^ (1 << rng.randrange(8))]) + sound[at + 1 :]
        if _harmless(sound, broken):
            continue
        flipped += 1
        path.write_bytes(broken)
        if not is_damaged(copy):
            missed.append((path.name, at))
        path.write_bytes(sound)
    assert missed == []


def _harmless(sound: bytes, broken: bytes) -> bool:
    """Whether the content is the same all the same: the time in a gzip header, the bits that fill a last byte."""
    try:
        return gzip.decompress(broken) == gzip.decompress(sound)
    except (OSError, EOFError, zlib.error):
        return False


TEXTS = (
    ("articles", "body"), ("articles", "title"), ("articles", "source"), ("articles", "published"),
    ("articles", "breadcrumb"), ("articles", "body_html"), ("articles", "content_digest"),
    ("articles", "fields_digest"), ("revisions", "body"), ("revisions", "title"), ("captures", "digest"),
    ("captures", "status"), ("captures", "url"), ("captures", "fetched"), ("articles", "portal"),
    ("articles", "first_seen"),
)  # fmt: skip


def test_every_flipped_bit_in_a_text_or_digest_is_found(made: Path, tmp_path: Path) -> None:
    """One bit at a time, in any byte of any text, white space and punctuation too."""
    copy = tmp_path / "archive"
    shutil.copytree(made / "archive", copy)
    rng = random.Random(11)
    conn = sqlite3.connect(copy / "archive.db")
    conn.execute("PRAGMA synchronous = OFF")
    missed = []
    for number in range(1000):
        table, column = TEXTS[number % len(TEXTS)]
        row_id, sound = rng.choice(
            conn.execute(f"SELECT id, CAST({column} AS BLOB) FROM {table} WHERE length({column}) > 0").fetchall()
        )
        at = rng.randrange(len(sound))
        broken = sound[:at] + bytes([sound[at] ^ (1 << rng.randrange(8))]) + sound[at + 1 :]
        conn.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE id = ?", (broken, row_id))
        conn.commit()
        if not is_damaged(copy):
            missed.append((table, column, row_id, at, sound[at : at + 3], broken[at : at + 3]))
        conn.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE id = ?", (sound, row_id))
        conn.commit()
    conn.close()
    assert missed == []


def test_damage_is_said_with_exit_code_6(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "archive", tmp_path / "archive")
    conn = sqlite3.connect(tmp_path / "archive" / "archive.db")
    conn.execute("UPDATE articles SET body = body || '。' WHERE id = 5")
    conn.execute("DELETE FROM search_docs WHERE article_id = 7")
    conn.commit()
    conn.close()
    done = dibao("verify", home=tmp_path)
    assert done.returncode == 6
    assert "articles 5: its fields are not what their digest says" in done.stdout
    assert "article 7: is not in the search index (--repair mends this)" in done.stdout
    done = dibao("verify", "--repair", home=tmp_path)
    assert done.stdout.count("\n") == 2  # the text is not guessed at
    assert "search index rebuilt over 62 articles" in done.stderr


def test_a_mistyped_place_is_said_and_no_archive_made_there(made: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>")
    for command in ("verify --repair", f"merge {made / 'archive'}", "ingest page.html"):
        done = dibao(*command.split(), "--archive", "typo", home=tmp_path)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
    assert not (tmp_path / "typo").exists()


def test_a_missing_raw_file_is_found(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(made / "archive", copy)
    next((copy / "warc").rglob("*.gz")).unlink()
    assert any("file is missing" in line for line in findings(copy))


def test_backup_restores_the_same_rows(made: Path, tmp_path: Path) -> None:
    backup(made / "archive", tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "again")
    assert findings(tmp_path / "again") == []
    sql = "SELECT * FROM articles ORDER BY id"
    (tmp_path / "home").mkdir()
    (tmp_path / "again").rename(tmp_path / "home" / "archive")
    assert rows(tmp_path / "home", sql) == rows(made, sql)


def test_backup_while_a_writer_writes(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "archive", tmp_path / "archive")
    with ArchiveWriter.open(tmp_path / "archive") as writer:
        with writer.page():
            writer.conn.execute("UPDATE articles SET author = 'not committed'")
        done = backup(tmp_path / "archive", tmp_path / "copy")
    assert (done.articles, done.missing) == (62, ())
    conn = sqlite3.connect(tmp_path / "copy" / "archive.db")
    assert conn.execute("SELECT count(*) FROM articles WHERE author = 'not committed'").fetchone() == (0,)
    conn.close()


def test_backup_and_restore_overwrite_nothing(made: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(ArchiveError, match="exists already"):
        backup(made / "archive", tmp_path / "there")
    with pytest.raises(ArchiveError, match="is no backup"):
        restore(tmp_path / "there", tmp_path / "x")
    with pytest.raises(PlaceTaken, match=r"holds archive\.db"):
        restore(made / "archive", made / "archive")
    (tmp_path / "half" / "warc").mkdir(parents=True)
    with pytest.raises(PlaceTaken, match="half holds warc; move it away"):
        restore(made / "archive", tmp_path / "half")
    for command in (
        ("backup", "there"),
        ("restore", "there", "--archive", "x"),
        ("restore", "there", "--archive", "half"),
    ):
        done = dibao(*command, home=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


def test_a_directory_that_only_locks_stand_in_is_free_also_behind_a_symlink(made: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "archive.lock").touch()
    (tmp_path / "data").symlink_to("disk")
    backup(made / "archive", tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "data")
    assert (tmp_path / "data").is_symlink()
    assert findings(tmp_path / "data") == []
    assert not (tmp_path / "disk" / "archive.lock").exists()


def test_a_place_may_have_any_name(made: Path, tmp_path: Path) -> None:
    for name in ("bak#1", "bak%201", "bak?x"):
        backup(made / "archive", tmp_path / name)
        assert sorted(path.name for path in (tmp_path / name).iterdir()) == ["archive.db", "warc"]
        assert findings(tmp_path / name) == []


def test_a_crawl_that_ends_during_a_backup_takes_no_raw_page_out_of_it(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file loses the `.open` of its name between the copy of the rows and the copy of the file."""
    shutil.copytree(made / "archive", tmp_path / "archive")
    writer = ArchiveWriter.open(tmp_path / "archive")
    with writer.page():
        capture = Capture("http://x.gov.cn/1.html", "2026-07-02T00:00:00Z", 200, (), b"<p>1</p>")
        writer.add_capture(capture, run_id=None)
    writer.commit()
    with writer.page():  # not committed when the rows are copied
        writer.add_capture(replace(capture, url="http://x.gov.cn/2.html"), run_id=None)
    writer.warc.sync()

    def path_then_end_of_crawl(folder: Path, name: str) -> Path:
        path = warc_path(folder, name)
        if path.suffix == ".open":
            writer.close()
        return path

    monkeypatch.setattr("archive.warc.warc_path", path_then_end_of_crawl)
    done = backup(tmp_path / "archive", tmp_path / "copy")
    monkeypatch.undo()
    assert not list((tmp_path / "archive" / "warc").rglob("*.open"))
    assert (done.files, done.missing) == (3, ())
    assert findings(tmp_path / "copy") == []


def test_a_backup_says_what_is_missing_in_it(made: Path, tmp_path: Path) -> None:
    """The archive lacks it: the rest is worth keeping all the same."""
    shutil.copytree(made / "archive", tmp_path / "archive")
    gone, cut = sorted((tmp_path / "archive" / "warc").rglob("*.gz"))
    gone.unlink()
    cut.write_bytes(cut.read_bytes()[:-100])
    done = dibao("backup", "copy", home=tmp_path)
    assert done.returncode == 6
    assert f"{gone.name}: No such file or directory" in done.stdout
    assert f"{cut.name}: ends 100 bytes before what the archive names in it" in done.stdout
    assert "62 articles and 0 raw files copied to copy, checked" in done.stdout


def test_a_damaged_backup_is_refused(made: Path, tmp_path: Path) -> None:
    backup(made / "archive", tmp_path / "copy")
    database = tmp_path / "copy" / "archive.db"
    data = bytearray(database.read_bytes())
    data[8192:16384] = b"\x00" * 8192
    database.write_bytes(bytes(data))
    with pytest.raises(IntegrityError, match="cannot be used"):
        restore(tmp_path / "copy", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_what_is_forgotten_is_gone_everywhere_and_stays_away(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path)
        # one that nobody reprinted: a reprint keeps the text, rightly
        ((number, url, title, body),) = rows(
            tmp_path,
            "SELECT id, url, title, body FROM articles WHERE id NOT IN "
            "(SELECT article_id FROM reprints UNION SELECT original_id FROM reprints) ORDER BY url LIMIT 1",
        )
        done = dibao("forget", str(number), "--reason", "个人信息,应当事人要求", home=tmp_path)
        assert done.returncode == 0, done.stderr
        dibao("crawl", "qinghe", "--full", "--allow-loopback", home=tmp_path)
    assert rows(tmp_path, f"SELECT count(*) FROM articles WHERE url = '{url}'") == [(0,)]
    assert rows(tmp_path, "SELECT url, reason FROM tombstones") == [(url, "个人信息,应当事人要求")]
    paragraph = max(body.split("\n"), key=len).encode()  # a single sentence may stand in other notices too
    for path in (tmp_path / "archive").rglob("*"):
        if path.is_file() and path.suffix != ".gz":
            assert paragraph not in path.read_bytes(), f"the text is still in {path.name}"
    assert findings(tmp_path / "archive") == []
    assert title
