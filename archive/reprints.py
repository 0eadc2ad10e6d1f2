"""Reprints: the same text, or nearly, at another address. Found at the end of a run, kept as edges, never collapsed.

Candidates share one of the eight smallest sentence hashes; a hash that stands in many articles is boilerplate, not
evidence. A containment check decides: the share of the shorter text's character 5-grams that stand in the longer one.
`article_id` is the later published, `original_id` the earliest of its text.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

NEAR = 0.8  # containment from which two texts are near-identical
GRAM = 5
BOILERPLATE_IN = 24  # a sentence hash in more articles than that says nothing
EXACT_MIN = 30  # characters of body that make an exact match mean something
_NOT_TEXT = re.compile(r"[\W_]+")


def link_reprints(conn: sqlite3.Connection, article_ids: Iterable[int]) -> int:
    """Write the edges of these articles; return how many articles are reprints that were not before."""
    before = _reprints(conn)
    for article_id in article_ids:
        conn.execute("DELETE FROM reprints WHERE article_id = ? OR original_id = ?", (article_id, article_id))
        matches = dict.fromkeys(_same_body(conn, article_id), ("exact", 1.0))
        matches |= {other: ("near", score) for other, score in _near(conn, article_id) if other not in matches}
        if matches:
            _write(conn, article_id, matches)
    return len(_reprints(conn) - before)


def containment(one: str, other: str) -> float:
    """Share of the shorter text's character 5-grams that stand in the longer one, letters and digits only."""
    short, long = sorted((_grams(one), _grams(other)), key=len)
    return len(short & long) / len(short) if short else 0.0


def _reprints(conn: sqlite3.Connection) -> set[int]:
    return {row[0] for row in conn.execute("SELECT article_id FROM reprints")}


def _grams(text: str) -> set[str]:
    letters = _NOT_TEXT.sub("", text)
    return {letters[at : at + GRAM] for at in range(max(len(letters) - GRAM + 1, 1 if letters else 0))}


def _same_body(conn: sqlite3.Connection, article_id: int) -> list[int]:
    return [
        row[0]
        for row in conn.execute(
            "SELECT o.id FROM articles a JOIN articles o ON o.body_digest = a.body_digest AND o.id != a.id "
            "WHERE a.id = ? AND length(a.body) >= ?",
            (article_id, EXACT_MIN),
        )
    ]


def _near(conn: sqlite3.Connection, article_id: int) -> list[tuple[int, float]]:
    candidates = conn.execute(
        "SELECT DISTINCT o.article_id FROM sentence_hashes s JOIN sentence_hashes o ON o.hash = s.hash "
        "AND o.article_id != s.article_id WHERE s.article_id = ? "
        "AND (SELECT count(*) FROM (SELECT 1 FROM sentence_hashes c WHERE c.hash = s.hash LIMIT ?)) <= ?",
        (article_id, BOILERPLATE_IN + 1, BOILERPLATE_IN),
    ).fetchall()
    if not candidates:
        return []
    body = _body(conn, article_id)
    scored = ((other, containment(body, _body(conn, other))) for (other,) in candidates)
    return [(other, round(score, 4)) for other, score in scored if score >= NEAR]


def _body(conn: sqlite3.Connection, article_id: int) -> str:
    return str(conn.execute("SELECT body FROM articles WHERE id = ?", (article_id,)).fetchone()[0])


def _write(conn: sqlite3.Connection, article_id: int, matches: dict[int, tuple[str, float]]) -> None:
    """Edges from every later article of the group to its earliest."""
    marks = ",".join("?" * (len(matches) + 1))
    order = [
        row[0]
        for row in conn.execute(
            f"SELECT id FROM articles WHERE id IN ({marks}) ORDER BY coalesce(published, first_seen), first_seen, id",
            (article_id, *matches),
        )
    ]
    original = order[0]
    later = [article_id] if original != article_id else order[1:]
    for other in later:
        kind, score = matches[original if other == article_id else other]
        conn.execute("DELETE FROM reprints WHERE article_id = ?", (other,))
        conn.execute("INSERT OR REPLACE INTO reprints VALUES (?, ?, ?, ?)", (other, original, score, kind))
