"""SQL over an archive, from people: read only, within limits of time and memory, with what searching needs.

    fold(text)            the text in simplified characters, half width, lower case
    contains(text, word)  whether the folded text holds the folded word
    grams(word)           a MATCH expression for the table `search`: all pairs of the word
    search_ids(query)     ids of the articles a query finds (docs/search.md), as JSON:
                          ... WHERE id IN (SELECT value FROM json_each(search_ids('防汛 from:2023')))

An authorizer lets through nothing but reading: no write, ATTACH, VACUUM, transaction, extension, nor a PRAGMA beyond
those that describe tables. A long value, statement or pattern, the heap, and the time are bounded.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive import search
from archive.connection import connect_readonly
from archive.errors import QueryError
from archive.fold import Needle, fold
from archive.search_encoding import encode

SECONDS = 30.0
HEAP = 256 * 1024 * 1024  # of SQLite, bytes
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 16_000_000,  # a value; one function call can't take longer than this allows
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
PRAGMAS = {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list", "data_version"}
HIDDEN = {"data_version", "table_list"}  # for FTS5 itself; describes without an argument


@dataclass(frozen=True, slots=True)
class Result:
    columns: Sequence[str]
    rows: Iterator[Sequence[Any]]  # raises QueryError where a limit is reached


@contextmanager
def run_sql(directory: Path, sql: str, *, seconds: float = SECONDS) -> Iterator[Result]:
    """The answer to one statement. Raises QueryError for SQL that can't be read, that writes, or goes over a limit."""
    with closing(connect_readonly(directory)) as conn, closing(connect_readonly(directory)) as second:
        reasons = _add_functions(conn, second)
        for limit, value in LIMITS.items():
            conn.setlimit(limit, value)
        conn.execute("PRAGMA cache_size = -16384")
        conn.execute(f"PRAGMA hard_heap_limit = {HEAP}")
        deadline = time.monotonic() + seconds
        for each in (conn, second):
            each.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
        _connect_virtual_tables(conn)
        conn.set_authorizer(_authorize)
        try:
            with _explained(seconds, reasons):
                cursor = conn.execute(sql)
                if cursor.description is None:
                    raise QueryError("sql: no question in it; give a SELECT")
            with closing(_rows(cursor, seconds, reasons)) as rows:
                yield Result([column[0] for column in cursor.description], rows)
        finally:
            conn.set_authorizer(None)
            conn.set_progress_handler(None, 0)
            conn.execute("PRAGMA hard_heap_limit = 0")


def _rows(cursor: sqlite3.Cursor, seconds: float, reasons: Sequence[str]) -> Generator[Sequence[Any], None, None]:
    with _explained(seconds, reasons):
        yield from cursor


@contextmanager
def _explained(seconds: float, reasons: Sequence[str]) -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise QueryError(
            f"sql: needs more than {HEAP >> 20} MB; ask for less, or `dibao export` and compute there"
        ) from error
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise QueryError(f"sql: {_reason(reasons[0] if reasons else str(error), seconds)}") from error


def _reason(message: str, seconds: float) -> str:
    if message == "interrupted":
        return f"stopped after {seconds:g} s; narrow the question, or give it longer with --timeout"
    if "not authorized" in message or "prohibited" in message or message.startswith("authorizer"):
        return f"{message}: this reads the archive only; SELECT from tables and views"
    if "too big" in message:
        return f"{message}: a value may have 16 MB"
    return message


def _authorize(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    if action in ALLOWED:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and second != "load_extension":
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in PRAGMAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _connect_virtual_tables(conn: sqlite3.Connection) -> None:
    """Use each once: their making, once a connection, looks to the authorizer like the making of a table."""
    conn.execute("SELECT 1 FROM search WHERE rowid = 0").fetchall()
    for table in ("json_each('[]')", "json_tree('[]')", *(f"pragma_{name}('articles')" for name in PRAGMAS - HIDDEN)):
        conn.execute(f"SELECT 1 FROM {table}").fetchall()


def _add_functions(conn: sqlite3.Connection, second: sqlite3.Connection) -> list[str]:
    """Give `conn` the functions of ours. Why one of them failed is put into the list: SQLite says only that it did."""
    reasons: list[str] = []

    def contains(text: object, word: object) -> bool:
        return text is not None and word is not None and Needle(str(word)).found_in(str(text))

    def grams(word: object) -> str:
        text = encode(str(word))
        pairs = dict.fromkeys(text[i : i + 2] for i in range(max(1, len(text) - 1)))
        return " AND ".join('"' + pair.replace('"', '""') + '"' for pair in pairs)

    def search_ids(query: object) -> str:
        try:
            return json.dumps(search.article_ids(second, str(query)))
        except (QueryError, sqlite3.Error) as error:
            reasons.append(str(error))
            raise

    conn.create_function("fold", 1, lambda text: text if text is None else fold(str(text)), deterministic=True)
    conn.create_function("contains", 2, contains, deterministic=True)
    conn.create_function("grams", 1, grams, deterministic=True)
    conn.create_function("search_ids", 1, search_ids, deterministic=True)
    return reasons
