"""Numbered migrations of archive.db. Each runs in one transaction together with the row that records it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from archive import crash
from archive.errors import SchemaError
from archive.fingerprint import body_digest, content_digest, fields_digest
from archive.light_imports import without
from archive.schema import (
    CORE,
    FIELDS_DIGEST,
    FINGERPRINTS_OF,
    FORMS,
    FRONTIER,
    HEALTH,
    LOOKUPS,
    PROVENANCE,
    REMOVALS,
    SECTION_NAMES,
)
from archive.search_index import SCHEMA as SEARCH
from archive.urls import article_key
from archive.views import REVISIONS_VIEW

with without("pandas", "numpy"):  # sqlite-utils imports them, where they are, for what we never ask: 0.4 s of every run
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

migrations = Migrations("dibao")


@migrations()
def m0001_tables(db: Database) -> None:
    _run(db, CORE)
    _run(db, FRONTIER)
    crash.point("in_migration")


@migrations()
def m0002_search(db: Database) -> None:
    _run(db, SEARCH)


@migrations()
def m0004_forms(db: Database) -> None:
    _run(db, FORMS)


@migrations()
def m0005_health(db: Database) -> None:
    _run(db, HEALTH)


@migrations()
def m0006_provenance(db: Database) -> None:
    _run(db, PROVENANCE)
    _run(db, REVISIONS_VIEW)


@migrations()
def m0007_fields_digest(db: Database) -> None:
    _run(db, FIELDS_DIGEST)
    columns = (
        "title, breadcrumb, source, published, published_precision, author, editor, body, body_html, kind, document, "
        "site, attachments, images, lang, flags"
    )
    for table in ("articles", "revisions"):
        last = 0
        while rows := db.execute(
            f"SELECT id, {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT 500", (last,)
        ).fetchall():
            last = rows[-1][0]
            digests = [(fields_digest(values), row_id) for row_id, *values in rows]
            db.conn.executemany(f"UPDATE {table} SET fields_digest = ? WHERE id = ?", digests)


@migrations()
def m0008_fingerprints_of(db: Database) -> None:
    _run(db, FINGERPRINTS_OF)


@migrations()
def m0009_document_keys(db: Database) -> None:
    """Keys as archive/urls.py makes them now: more families, without the column's number."""
    rows = db.execute("SELECT id, url, document_key FROM articles").fetchall()
    changed = [(key, row_id) for row_id, url, held in rows if (key := article_key(url)) != held]
    db.conn.executemany("UPDATE articles SET document_key = ? WHERE id = ?", changed)


@migrations()
def m0010_steady_digests(db: Database) -> None:
    """Digests that leave view counters and times of generation at the ends of a body out."""
    for table in ("articles", "revisions"):
        last = 0
        while rows := db.execute(
            f"SELECT id, title, body, content_digest FROM {table} WHERE id > ? ORDER BY id LIMIT 500", (last,)
        ).fetchall():
            last = rows[-1][0]
            changed = [
                (digest, body, row_id)
                for row_id, title, body, held in rows
                if (digest := content_digest(title, body)) != held
            ]
            db.conn.executemany(
                f"UPDATE {table} SET content_digest = ? WHERE id = ?",
                [(digest, row_id) for digest, _, row_id in changed],
            )
            if table == "articles":
                db.conn.executemany(
                    "UPDATE articles SET body_digest = ? WHERE id = ?",
                    [(body_digest(body), row_id) for _, body, row_id in changed],
                )


@migrations()
def m0011_section_names(db: Database) -> None:
    _run(db, SECTION_NAMES)


@migrations()
def m0012_lookups(db: Database) -> None:
    _run(db, LOOKUPS)


@migrations()
def m0013_removals(db: Database) -> None:
    _run(db, REMOVALS)


def create(conn: sqlite3.Connection) -> None:
    """All tables, in an empty database."""
    migrations.apply(Database(conn))


def migrate(conn: sqlite3.Connection, path: Path) -> None:
    """Bring the file to this version's schema; an existing one is backed up first.

    Raises SchemaError for a file written by a newer Dibao.
    """
    db = Database(conn)
    applied = [migration.name for migration in migrations.applied(db)]
    known = {migration.name for migration in migrations._migrations}
    if newer := [name for name in applied if name not in known]:
        raise SchemaError(
            f"{path} was written by a newer Dibao (it has {newer[-1]}); upgrade this one, or name another archive"
        )
    pending = migrations.pending(db)
    if not pending:
        return
    if applied:
        _backup(conn, path.with_name(f"{path.name}.before-{pending[0].name}"))
    migrations.apply(db)


def _run(db: Database, script: str) -> None:
    """Execute the statements of a script one by one: `executescript` would commit the transaction."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""


def _backup(conn: sqlite3.Connection, path: Path) -> None:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as copy:
        conn.backup(copy)
    copy.close()
