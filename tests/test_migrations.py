"""Archives written by earlier versions: brought up to date, nothing lost; readers say what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.backup import backup, restore
from archive.connection import MIGRATIONS, connect_readonly
from archive.errors import SchemaError
from archive.fingerprint import body_digest, content_digest
from archive.frontier import Frontier
from archive.migrations import create, migrations
from archive.writer import ArchiveWriter

FIRST = ("m0001_tables", "m0002_search")  # the schema of 0.1.0 before its release


def old_archive(directory: Path) -> Path:
    """An archive as the first version wrote it: one article in its third state."""
    path = directory / "archive.db"
    conn = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Database(conn), stop_before="m0004_forms")
    assert {row[0] for row in conn.execute("SELECT name FROM _sqlite_migrations")} == set(FIRST)
    conn.execute(
        "INSERT INTO captures (id, url, fetched, status, headers, digest, warc, offset, length) "
        "VALUES (3, 'http://x.gov.cn/1', '2024-03-01T00:00:00Z', 200, '[]', '', '', 0, 0)"
    )
    conn.execute(
        "INSERT INTO articles (id, url, portal, title, body, first_seen, last_seen, revision, content_digest, "
        "capture_id) VALUES (1, 'http://x.gov.cn/1', 'x', '题', '三', '2024-01-01T00:00:00Z', "
        "'2024-03-01T00:00:00Z', 3, 'c', 3)"
    )
    for number, seen in ((1, "2024-01-01T00:00:00Z"), (2, "2024-02-01T00:00:00Z")):
        conn.execute(
            "INSERT INTO revisions (article_id, revision, seen, cause, title, breadcrumb, body, body_html, kind, "
            "document, site, attachments, images, flags, content_digest) VALUES (1, ?, ?, 'publisher', '题', '[]', ?, "
            "'', 'article', '{}', '{}', '[]', '[]', '[]', ?)",
            (number, seen, str(number), str(number)),
        )
    conn.close()
    return path


def test_readers_know_every_migration() -> None:
    assert {migration.name for migration in migrations._migrations} == MIGRATIONS


def test_an_old_archive_is_brought_up_to_date_and_kept_as_it_was(tmp_path: Path) -> None:
    path = old_archive(tmp_path)
    with ArchiveWriter.open(tmp_path) as writer:
        rows = writer.conn.execute("SELECT revision, replaced FROM revisions ORDER BY revision").fetchall()
        exact = writer.conn.execute(
            "SELECT fields_digest FROM articles UNION SELECT fields_digest FROM revisions"
        ).fetchall()
    assert rows == [(1, "2024-02-01T00:00:00Z"), (2, "2024-03-01T00:00:00Z")]
    assert len({digest for (digest,) in exact if len(digest) == 64}) == 3
    copies = list(tmp_path.glob(f"{path.name}.before-*"))
    assert len(copies) == 1
    with sqlite3.connect(copies[0]) as copy:
        assert copy.execute("SELECT count(*) FROM revisions").fetchone() == (2,)
    fresh = sqlite3.connect(":memory:")
    create(fresh)

    def schema(conn: sqlite3.Connection) -> set[tuple[str, str, str]]:
        return {tuple(row) for row in conn.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL")}

    with sqlite3.connect(path) as migrated:
        assert schema(migrated) == schema(fresh)


def test_document_keys_are_made_anew(tmp_path: Path) -> None:
    old = old_archive(tmp_path)
    address, held = "http://x.gov.cn/art/2023/10/30/art_80179_11072765.html", "x.gov.cn hanweb 80179_11072765"
    with sqlite3.connect(old) as conn:
        conn.execute("UPDATE articles SET url = ?, document_key = ?", (address, held))
    with ArchiveWriter.open(tmp_path) as writer:
        assert writer.conn.execute("SELECT document_key FROM articles").fetchall() == [("x.gov.cn hanweb 11072765",)]


def test_digests_leave_out_what_counts_by_itself(tmp_path: Path) -> None:
    old = old_archive(tmp_path)
    with sqlite3.connect(old) as conn:
        conn.execute("UPDATE articles SET body = '会议研究部署安全生产工作。浏览次数：17'")
    with ArchiveWriter.open(tmp_path) as writer:
        digests = writer.conn.execute("SELECT content_digest, body_digest FROM articles").fetchall()
    text = "会议研究部署安全生产工作。"
    assert digests == [(content_digest("题", text), body_digest(text))]


def test_addresses_that_were_asked_in_vain_for_ever_are_asked_again(tmp_path: Path) -> None:
    """The further pages of a body behind a 304 for the first, and an article's own address that led elsewhere once."""
    old = old_archive(tmp_path)
    with sqlite3.connect(old) as conn:
        conn.execute("INSERT INTO aliases VALUES ('http://x.gov.cn/1_2', 1, 'page', 'x')")
        for key, state in (("http://x.gov.cn/1", "redirected"), ("http://x.gov.cn/moved", "redirected")):
            conn.execute(
                "INSERT INTO frontier (key, url, portal, kind, state, discovered_run, run_id, etag, checked, "
                "article_id) VALUES (?, ?, 'x', 'article', ?, 1, 1, 'v1', '2024-03-01T00:00:00Z', 1)",
                (key, key, state),
            )
    with ArchiveWriter.open(tmp_path) as writer:
        rows = writer.conn.execute("SELECT etag, next_check FROM frontier ORDER BY id").fetchall()
    assert rows == [(None, "2024-03-01T00:00:00Z"), (None, None)]


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("SELECT section_id FROM section_rows WHERE frontier_id = ?", "section_rows_frontier"),
        ("SELECT url FROM aliases WHERE article_id = ?", "aliases_article"),
        ("SELECT id FROM frontier WHERE parent_id = ?", "frontier_parent"),
        ("SELECT article_id FROM article_files WHERE url = ?", "article_files_url"),
    ],
)
def test_what_is_looked_up_for_each_page_has_an_index(sql: str, index: str) -> None:
    conn = sqlite3.connect(":memory:")
    create(conn)
    assert index in plan(conn, sql, ("x",))


def test_the_next_address_is_found_by_the_index_of_what_is_to_do() -> None:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    create(conn)
    asked: list[str] = []
    conn.set_trace_callback(asked.append)
    Frontier(conn, "x", 1).lease()
    conn.set_trace_callback(None)
    assert plan(conn, asked[0]) == "SEARCH frontier USING INDEX frontier_todo (portal=? AND state=?)", "in its order"


def plan(conn: sqlite3.Connection, sql: str, values: tuple[str, ...] = ()) -> str:
    return " / ".join(row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}", values))


def test_a_reader_of_another_version_says_what_to_do(tmp_path: Path) -> None:
    path = old_archive(tmp_path)
    with pytest.raises(SchemaError, match="older Dibao; `dibao verify --repair`"):
        connect_readonly(tmp_path)
    with ArchiveWriter.open(tmp_path):
        pass
    connect_readonly(tmp_path).close()
    with sqlite3.connect(path) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('dibao', 'm9999_x', 'x')"
        )
    with pytest.raises(SchemaError, match="newer Dibao"):
        connect_readonly(tmp_path)


def test_an_archive_of_an_older_version_is_copied_as_it_is(tmp_path: Path) -> None:
    """A backup made years ago restores, and one can be made before the schema is brought up to date."""
    (tmp_path / "old" / "warc").mkdir(parents=True)
    path = old_archive(tmp_path / "old")
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE captures SET warc = 'a.warc.gz'")
    (tmp_path / "old" / "warc" / "a.warc.gz").write_bytes(b"")
    before = path.read_bytes()
    backup(tmp_path / "old", tmp_path / "copy")
    assert restore(tmp_path / "copy", tmp_path / "again").missing == ()
    assert path.read_bytes() == before and not list(tmp_path.rglob("*.before-*"))
    with pytest.raises(SchemaError, match="older Dibao"):
        connect_readonly(tmp_path / "again")
    with ArchiveWriter.open(tmp_path / "again") as writer:
        assert writer.conn.execute("SELECT count(*) FROM revisions").fetchone() == (2,)
    with sqlite3.connect(path) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('dibao', 'm9999_x', 'x')"
        )
    with pytest.raises(SchemaError, match="newer Dibao"):
        backup(tmp_path / "old", tmp_path / "another")
