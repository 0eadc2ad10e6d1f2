"""The states of an article as rows: read in order of time, and written anew when one is put between others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from archive import search_index
from archive.articles import CONTENT, ArticleStore, content_columns, with_bytes
from archive.records import Article
from archive.rows import insert, one_row, update
from archive.timeline import State, interleave

STATE = (*CONTENT, "content_digest", "fields_digest", "body_digest", "capture_id")  # columns of a state
KEPT = tuple(name for name in STATE if name != "body_digest")  # of these, what a revision has
Evidence = Iterable[tuple[Any, ...]]  # field, rule, raw, value, chosen


def read_states(conn: sqlite3.Connection, article_id: int, *, ours: bool = True) -> Iterator[State]:
    """Every state of an article, the present one last."""
    row = one_row(conn, "SELECT * FROM articles WHERE id = ?", article_id)
    began = row["first_seen"]
    names = (*KEPT, "seen", "replaced", "cause")
    sql = f"SELECT {', '.join(names)} FROM revisions WHERE article_id = ? ORDER BY revision"
    for values in conn.execute(sql, (article_id,)):
        state = dict(zip(names, values, strict=True))
        columns = tuple(state.get(name, "") for name in STATE)
        yield State(state["seen"], state["content_digest"], columns, state["cause"], ours)
        began = state["replaced"]
    yield State(began, row["content_digest"], tuple(row[name] for name in STATE), "publisher", ours)


def write_states(
    store: ArticleStore, article_id: int, states: Sequence[State], evidence: Evidence | None = None
) -> None:
    """Make these the article's states; index and fingerprints follow. `evidence`: of the present one, if it changes."""
    conn = store.conn
    title, body = conn.execute("SELECT title, body FROM articles WHERE id = ?", (article_id,)).fetchone()
    search_index.remove(conn, article_id, title, body)
    present = dict(zip(STATE, states[-1].columns, strict=True))
    update(conn, "articles", article_id, {**present, "revision": len(states)})
    write_earlier(conn, article_id, states)
    search_index.add(conn, article_id, present["title"], present["body"])
    store.fingerprint(article_id, present["body"])
    if evidence is not None:
        write_evidence(conn, article_id, evidence)


def write_earlier(conn: sqlite3.Connection, article_id: int, states: Sequence[State]) -> None:
    """Every state but the last, as revisions."""
    conn.execute("DELETE FROM revisions WHERE article_id = ?", (article_id,))
    for number, (state, following) in enumerate(pairwise(states), 1):
        columns = dict(zip(STATE, state.columns, strict=True))
        insert(conn, "revisions", {
            **{name: columns[name] for name in KEPT}, "article_id": article_id, "revision": number,
            "seen": state.seen, "replaced": following.seen, "cause": state.cause,
        })  # fmt: skip


def write_evidence(conn: sqlite3.Connection, article_id: int, evidence: Evidence) -> None:
    conn.execute("DELETE FROM evidence WHERE article_id = ?", (article_id,))
    conn.executemany(
        "INSERT INTO evidence (article_id, field, rule, raw, value, chosen) VALUES (?, ?, ?, ?, ?, ?)",
        [(article_id, *values) for values in evidence],
    )


def reindex(conn: sqlite3.Connection, article_id: int) -> None:
    """Index the article anew: its date, portal or first sight changed."""
    title, body = conn.execute("SELECT title, body FROM articles WHERE id = ?", (article_id,)).fetchone()
    search_index.remove(conn, article_id, title, body)
    search_index.add(conn, article_id, title, body)


def add_past(store: ArticleStore, article_id: int, article: Article, capture_id: int, seen: str) -> bool:
    """What a page said at `seen`, a time before it was last seen: a state of its own where its text differs.

    Returns whether one was added; `first_seen` follows either way.
    """
    conn = store.conn
    held = one_row(conn, "SELECT first_seen, last_seen FROM articles WHERE id = ?", article_id)
    ours = list(read_states(conn, article_id))
    columns = {**content_columns(article), "capture_id": with_bytes(conn, capture_id)}
    past = State(seen, columns["content_digest"], tuple(columns[name] for name in STATE), "publisher", False)
    states, _ = interleave(ours, [past], ours_last=held["last_seen"], theirs_last=seen)
    if seen < held["first_seen"]:
        update(conn, "articles", article_id, {"first_seen": seen})
        reindex(conn, article_id)
    if states != ours:  # the same text seen earlier changes no text, but when it was first seen
        write_states(store, article_id, states)
    return len(states) > len(ours)
