"""Which articles and which columns leave the archive, as one stream of rows in the order of ids.

The order of ids and nothing else: the same selection of the same state gives the same bytes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from archive.errors import ExportError
from archive.exports import as_of
from archive.query import And, Node, Or, Word, parse
from archive.search import article_ids, snapshot
from archive.search_plan import COLUMNS as FIELD_COLUMNS
from archive.search_plan import fields_in, make_check

TABLE_COLUMNS = (
    "id", "url", "portal", "section", "breadcrumb", "title", "source", "published", "published_precision", "author",
    "editor", "body", "kind", "lang", "first_seen", "last_seen", "gone_since", "revision", "content_digest",
)  # fmt: skip
MORE_COLUMNS = ("document", "site", "attachments", "images", "flags", "gone_grade", "body_html", "capture_id")
JSON_COLUMNS = (*TABLE_COLUMNS, "document", "site", "attachments", "images", "flags", "gone_grade")
STRUCTURED = ("breadcrumb", "document", "site", "attachments", "images", "flags")  # JSON in the archive
TEXTS = ("body", "body_html")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    query: str | None = None
    portals: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    since: str | None = None  # 2023, 2023-06 or 2023-06-30, as `from:`
    until: str | None = None  # as `to:`
    ids: tuple[int, ...] = ()
    as_of: str | None = None  # date (to the end of that day in China) or UTC instant
    columns: tuple[str, ...] = ()  # () = the format's own
    without_text: bool = False
    folded: bool = True

    def __post_init__(self) -> None:
        for name in ("portals", "sections", "columns"):
            if isinstance(value := getattr(self, name), str):  # whose letters would each be one
                raise TypeError(f"{name} wants a tuple of texts: {name}=({value!r},)")

    def tree(self) -> Node | None:
        """All conditions as one query; None where everything is meant. Raises QueryError."""
        parts: list[Node] = [parse(self.query)] if self.query else []
        for values, field in ((self.portals, "portal"), (self.sections, "section")):
            if values:
                words = tuple(Word(value, field) for value in values)
                parts.append(words[0] if len(words) == 1 else Or(words))
        span = " ".join(f'{field}:"{value}"' for value, field in ((self.since, "from"), (self.until, "to")) if value)
        if span:
            dates = parse(span)
            parts += dates.parts if isinstance(dates, And) else (dates,)
        return And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None

    def described(self) -> dict[str, Any]:
        """What was asked for, for a README and a codebook; empty conditions left out."""
        values = {
            "query": self.query, "portals": list(self.portals), "sections": list(self.sections), "from": self.since,
            "to": self.until, "ids": list(self.ids), "as of": self.as_of, "without text": self.without_text,
            "exact": not self.folded,
        }  # fmt: skip
        return {name: value for name, value in values.items() if value}

    def columns_of(self, default: Sequence[str]) -> tuple[str, ...]:
        """Each once, in the order asked for. Raises ExportError for a column there is none of."""
        every = TABLE_COLUMNS + MORE_COLUMNS
        for name in self.columns:
            if name not in every:
                near = (get_close_matches(name, every, 1) or ["title"])[0]
                raise ExportError(f"no column {name!r} (nearest: {near}); --columns takes {', '.join(every)}")
        chosen = dict.fromkeys(self.columns or default)
        return tuple(name for name in chosen if not (self.without_text and name in TEXTS))


def select(conn: sqlite3.Connection, selection: Selection, columns: Sequence[str]) -> tuple[int | None, Iterator[Row]]:
    """How many rows there will be (None: not known before) and the rows, `columns` of each, JSON columns as JSON text.

    The caller holds a snapshot (archive.search.snapshot) until the last row is read.
    """
    tree = selection.tree()
    if selection.as_of:
        return None, _as_of_rows(conn, selection, tree, columns)
    names = ", ".join(columns)
    if tree is None and not selection.ids:
        (total,) = conn.execute("SELECT count(*) FROM articles").fetchone()
        cursor = conn.execute(f"SELECT {names} FROM articles ORDER BY id")
        return total, (row for row in cursor)  # a generator in between: one left over must not close it after `conn`
    ids = sorted(set(selection.ids) if tree is None else article_ids(conn, tree, folded=selection.folded))
    if selection.ids and tree is not None:
        wanted = set(selection.ids)
        ids = [article_id for article_id in ids if article_id in wanted]
    return len(ids), _rows_of(conn, ids, names)


def _rows_of(conn: sqlite3.Connection, ids: list[int], names: str) -> Iterator[Row]:
    cursor = conn.cursor()
    for article_id in ids:
        if row := cursor.execute(f"SELECT {names} FROM articles WHERE id = ?", (article_id,)).fetchone():
            yield row


def _as_of_rows(
    conn: sqlite3.Connection, selection: Selection, tree: Node | None, columns: Sequence[str]
) -> Iterator[Row]:
    """The index knows only the present, so the query is checked in the text as it stood."""
    fields = tuple(dict.fromkeys(c for field in fields_in(tree) for c in FIELD_COLUMNS[field])) if tree else ()
    check = make_check(tree, fields, folded=selection.folded) if tree else None
    wanted = set(selection.ids)
    for row in as_of.rows(conn, as_of.instant(selection.as_of or ""), ("id", *fields, *columns)):
        if (not wanted or row[0] in wanted) and (check is None or check(row[1:])):
            yield row[1 + len(fields) :]


def as_columns(conn: sqlite3.Connection, selection: Selection) -> dict[str, list[Any]]:
    """The selected articles by column, lists and objects as such: what pandas.DataFrame and polars.DataFrame take."""
    columns = selection.columns_of(JSON_COLUMNS)
    with snapshot(conn):
        rows = list(select(conn, selection, columns)[1])
    found = {name: [row[place] for row in rows] for place, name in enumerate(columns)}
    return {n: [json.loads(v) for v in values] if n in STRUCTURED else values for n, values in found.items()}


def joined(breadcrumb: str) -> str:
    return " > ".join(json.loads(breadcrumb))


def table_converters(columns: Sequence[str]) -> list[tuple[int, Callable[[str], str]]]:
    """Positions that a table shows otherwise than the archive holds them: the breadcrumb joined by ` > `."""
    return [(place, joined) for place, name in enumerate(columns) if name == "breadcrumb"]


def as_values(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its JSON columns as lists and objects."""
    return {n: json.loads(v) if n in STRUCTURED and v is not None else v for n, v in row.items()}
