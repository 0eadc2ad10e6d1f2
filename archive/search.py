"""Searching the archive: the newest hits, exact counts, hits per month.

Every function takes a connection to an archive and a query, as text or as a tree (archive/query.py). Hits come
newest first: by `published`, then by `first_seen`, articles without a date last. All statements of one call see the
same state.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archive.fold import Needle
from archive.query import Node, parse, words
from archive.search_encoding import encode
from archive.search_index import BLOCK_BITS, UNDATED, month_of
from archive.search_plan import Plan, make_plan
from archive.search_words import ready_words
from archive.snippets import snippet

NEWEST = "ORDER BY d.published DESC, d.first_seen DESC, d.article_id DESC"
HIT_COLUMNS = "id, url, title, source, published, portal, body, gone_since"


@dataclass(frozen=True, slots=True)
class Hit:
    id: int
    url: str
    title: str
    source: str | None
    published: str | None
    portal: str
    snippet: str  # the text round the first place found, one line
    gone_since: str | None = None  # the page is no longer there since then

    def as_dict(self) -> dict[str, str | int | None]:
        return {name: getattr(self, name) for name in self.__slots__}


def search(
    conn: sqlite3.Connection, query: str | Node, limit: int | None = 20, *, offset: int = 0, folded: bool = True
) -> list[Hit]:
    """The newest hits; `folded=False` takes width, case and script as written. Raises QueryError."""
    with snapshot(conn):
        ids = article_ids(conn, query, limit, offset=offset, folded=folded)
        return hits(conn, ids, query, folded=folded)


def count(conn: sqlite3.Connection, query: str | Node, *, folded: bool = True) -> int:
    """How many articles match, exactly. Raises QueryError."""
    with snapshot(conn):
        plan = plan_of(conn, query, folded=folded)
        if plan.check is None:
            (number,) = conn.execute(f"SELECT count(*) {_from(plan)}", _parameters(plan)).fetchone()
            return int(number)
        return sum(1 for _ in _checked(conn, plan, _docs(conn, plan)))


def histogram(conn: sqlite3.Connection, query: str | Node, *, folded: bool = True) -> dict[str | None, int]:
    """Hits per month of publication, in order of time; None stands for articles without a date. Raises QueryError."""
    with snapshot(conn):
        plan = plan_of(conn, query, folded=folded)
        number = "s.rowid" if plan.match else "d.doc"
        if plan.check is None:
            sql = f"SELECT max(0, {number}) >> {BLOCK_BITS}, count(*) {_from(plan)} GROUP BY 1 ORDER BY 1"
            months = {int(block) << BLOCK_BITS: int(n) for block, n in conn.execute(sql, _parameters(plan))}
            return {month_of(block or UNDATED): n for block, n in months.items()}
        counts = Counter(max(doc >> BLOCK_BITS, 0) for doc, _ in _checked(conn, plan, _docs(conn, plan)))
        return {month_of((block << BLOCK_BITS) or UNDATED): n for block, n in sorted(counts.items())}


def article_ids(
    conn: sqlite3.Connection, query: str | Node, limit: int | None = None, *, offset: int = 0, folded: bool = True
) -> list[int]:
    """Ids of the articles that match, newest first. Raises QueryError."""
    plan = plan_of(conn, query, folded=folded)
    wanted = None if limit is None else offset + limit
    found: list[int] = []
    for first, last in _blocks(conn, plan):
        if wanted is not None and len(found) >= wanted:
            break
        room = -1 if wanted is None or plan.check else wanted - len(found)
        rows = conn.execute(
            f"SELECT d.doc, d.article_id {_from(plan, docs=True)} {NEWEST} LIMIT ?",
            [*_parameters(plan, first, last), room],
        )
        for _, article_id in _checked(conn, plan, rows):
            found.append(article_id)
            if len(found) == wanted:
                break
    return found[offset:]


def hits(conn: sqlite3.Connection, ids: list[int], query: str | Node, *, folded: bool = True) -> list[Hit]:
    """The articles `ids`, in this order, as hits of `query`."""
    needles = needles_of(query, folded=folded)
    found = []
    for article_id in ids:
        row = conn.execute(f"SELECT {HIT_COLUMNS} FROM articles WHERE id = ?", (article_id,)).fetchone()
        id_, url, title, source, published, portal, body, gone_since = row
        found.append(Hit(id_, url, title, source, published, portal, snippet(body, needles), gone_since))
    return found


def plan_of(conn: sqlite3.Connection, query: str | Node, *, folded: bool = True) -> Plan:
    tree = _tree(query)
    longer = (encode(word.text) for word in words(tree, unwanted=True) if word.field is None and len(word.text) > 2)
    return make_plan(tree, ready_words(conn, longer), folded=folded)


def needles_of(query: str | Node, *, folded: bool = True) -> list[Needle]:
    """What a hit is highlighted by: the words looked for in title and body."""
    return [Needle(w.text, folded=folded) for w in words(_tree(query)) if w.field in (None, "title")]


def _tree(query: str | Node) -> Node:
    return parse(query) if isinstance(query, str) else query


@contextmanager
def snapshot(conn: sqlite3.Connection) -> Iterator[None]:
    """One state of the archive for several statements, also while a crawl writes."""
    if conn.in_transaction:
        yield
        return
    conn.execute("BEGIN")
    try:
        yield
    finally:
        conn.execute("ROLLBACK")


def _from(plan: Plan, *, docs: bool = False) -> str:
    """FROM and WHERE of a plan: the index `s` and, where conditions or the order need it, `search_docs d`."""
    if plan.match is None:
        conditions = ["d.doc BETWEEN ? AND ?", *plan.where]
        return f"FROM search_docs d WHERE {' AND '.join(conditions)}"
    join = "JOIN search_docs d ON d.doc = s.rowid" if plan.where or docs else ""
    conditions = ["s.search MATCH ?", "s.rowid BETWEEN ? AND ?", *plan.where]
    return f"FROM search s {join} WHERE {' AND '.join(conditions)}"


def _parameters(plan: Plan, low: int | None = None, high: int | None = None) -> list[str | int]:
    bounds = [plan.low if low is None else low, plan.high if high is None else high]
    return [*([plan.match] if plan.match is not None else []), *bounds, *plan.parameters]


def _blocks(conn: sqlite3.Connection, plan: Plan) -> Iterator[tuple[int, int]]:
    """The months with candidates, newest first, each as first and last number."""
    number, source = ("s.rowid", "search s") if plan.match is not None else ("d.doc", "search_docs d")
    match = "s.search MATCH ? AND " if plan.match is not None else ""
    sql = f"SELECT {number} FROM {source} WHERE {match}{number} BETWEEN ? AND ? ORDER BY {number} DESC LIMIT 1"
    expression = [plan.match] if plan.match is not None else []
    high = plan.high
    while row := conn.execute(sql, [*expression, plan.low, high]).fetchone():
        first = max(plan.low, row[0] >> BLOCK_BITS << BLOCK_BITS if row[0] >= 0 else UNDATED)
        yield first, row[0]
        high = first - 1


def _docs(conn: sqlite3.Connection, plan: Plan) -> Iterator[tuple[int, int]]:
    """Number and article id of every candidate, in the order of the index."""
    return iter(conn.execute(f"SELECT d.doc, d.article_id {_from(plan, docs=True)}", _parameters(plan)))


def _checked(
    conn: sqlite3.Connection, plan: Plan, rows: Iterator[tuple[int, int]] | sqlite3.Cursor
) -> Iterator[tuple[int, int]]:
    """The candidates whose text really matches."""
    if plan.check is None:
        yield from rows
        return
    sql = f"SELECT {', '.join(plan.columns)} FROM articles WHERE id = ?"
    text_of, check = conn.cursor(), plan.check
    for doc, article_id in rows:
        if check(text_of.execute(sql, (article_id,)).fetchone()):
            yield doc, article_id
