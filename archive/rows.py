"""Rows as dictionaries, column by name: read, insert, update."""

from __future__ import annotations

import sqlite3
from typing import Any

# SQL: the highest id a table ever gave, where `dibao forget` may have taken the row away; NULL where it gave none.
HIGHEST = {
    table: f"(SELECT max(id) FROM (SELECT max(id) AS id FROM {table} "
    f"UNION ALL SELECT highest FROM given_ids WHERE name = '{table}'))"
    for table in ("articles", "captures")
}


def one_row(conn: sqlite3.Connection, sql: str, *values: Any) -> dict[str, Any]:
    return next(iter(dict_rows(conn, sql, *values)))


def dict_rows(conn: sqlite3.Connection, sql: str, *values: Any) -> list[dict[str, Any]]:
    cursor = conn.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def insert(conn: sqlite3.Connection, table: str, columns: dict[str, Any]) -> int:
    """Insert a row and return its id: one that no article or capture had before, forgotten ones included."""
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    if table in HIGHEST:
        names, marks = f"id, {names}", f"{HIGHEST[table]} + 1, {marks}"
    cursor = conn.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))
    return int(cursor.lastrowid or 0)


def update(conn: sqlite3.Connection, table: str, row_id: int, columns: dict[str, Any]) -> None:
    pairs = ", ".join(f"{name} = ?" for name in columns)
    conn.execute(f"UPDATE {table} SET {pairs} WHERE id = ?", (*columns.values(), row_id))
