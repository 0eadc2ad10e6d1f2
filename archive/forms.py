"""What is form in a column: sentences that stand in many of its articles say nothing about where a text comes from.

A hash of a sentence that several articles of one column have is a suspicion; the sentences that nearly all of those
articles share are then learned as that column's form. Learned once, kept in the table `forms`.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from archive.fingerprint import sentence_hash
from archive.likeness import pieces

SEEN_IN = 5  # articles of a column that share a sentence before it is looked at
SAMPLE = 8  # articles compared then
SHARED = 0.6  # share of them that a sentence of the form stands in


def form_of(conn: sqlite3.Connection, article_id: int) -> frozenset[int]:
    """Hashes of the sentences that are form in the column of this article."""
    return form_in(conn, *conn.execute("SELECT portal, section FROM articles WHERE id = ?", (article_id,)).fetchone())


def form_in(conn: sqlite3.Connection, portal: str, section: str) -> frozenset[int]:
    """Hashes of the sentences that are form in this column."""
    rows = conn.execute("SELECT hash FROM forms WHERE portal = ? AND section = ?", (portal, section))
    return frozenset(row[0] for row in rows)


def sentences_of(body: str) -> frozenset[int]:
    """Hashes of all sentences of a body: one is form from end to end where they are a part of the form."""
    return frozenset(map(sentence_hash, pieces(body)))


def learn(conn: sqlite3.Connection, article_id: int) -> bool:
    """Look at the sentences of a new article for what its column repeats; whether anything was learned."""
    portal, section = conn.execute("SELECT portal, section FROM articles WHERE id = ?", (article_id,)).fetchone()
    own = (
        "SELECT hash FROM sentence_hashes WHERE article_id = ? "
        "EXCEPT SELECT hash FROM forms WHERE portal = ? AND section = ?"
    )
    for (value,) in conn.execute(own, (article_id, portal, section)).fetchall():
        sample = conn.execute(
            "SELECT a.body FROM sentence_hashes s JOIN articles a ON a.id = s.article_id "
            "WHERE s.hash = ? AND a.portal = ? AND a.section = ? LIMIT ?",
            (value, portal, section, SAMPLE),
        ).fetchall()
        if len(sample) >= SEEN_IN:
            form = _repeated(body for (body,) in sample)
            conn.executemany(
                "INSERT INTO forms (portal, section, hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(portal, section, one) for one in {*form, value}],
            )
            return True
    return False


def _repeated(bodies: Iterable[str]) -> set[int]:
    """Hashes of the sentences that most of the bodies have."""
    counted: Counter[int] = Counter()
    number = 0
    for body in bodies:
        number += 1
        counted.update(sentences_of(body))
    return {value for value, count in counted.items() if count >= SHARED * number}
