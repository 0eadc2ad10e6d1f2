"""Best first: BM25 over the newest matches. Frequencies are counted in the text, a word in the title three times."""

from __future__ import annotations

import heapq
import math
import sqlite3

from archive.query import Node, Word, parse, words
from archive.search import Hit, article_ids, count, hits, needles_of, snapshot

MOST = 20_000  # newest matches that are ranked: what is older is left out
K1, B, TITLE_WEIGHT = 1.2, 0.75, 3


def ranked(conn: sqlite3.Connection, query: str | Node, limit: int = 20, *, folded: bool = True) -> list[Hit]:
    """The best `limit` of the newest MOST matches; among equals the newest first. Raises QueryError."""
    tree = parse(query) if isinstance(query, str) else query
    with snapshot(conn):
        ids = article_ids(conn, tree, MOST, folded=folded)
        scores = _scores(conn, tree, ids, folded)
        best = heapq.nlargest(limit, range(len(ids)), key=lambda i: (scores[i], -i))
        return hits(conn, [ids[i] for i in best], tree, folded=folded)


def _scores(conn: sqlite3.Connection, tree: Node, ids: list[int], folded: bool) -> list[float]:
    looked_for = [word for word in words(tree) if word.field in (None, "title")]
    needles = needles_of(tree, folded=folded)
    (total,) = conn.execute("SELECT count(*) FROM search_docs").fetchone()
    weights = [_rarity(total, count(conn, Word(word.text, word.field), folded=folded)) for word in looked_for]
    lengths, frequencies = [], []
    for article_id in ids:
        title, body = conn.execute("SELECT title, body FROM articles WHERE id = ?", (article_id,)).fetchone()
        lengths.append(len(body) + len(title))
        frequencies.append([len(n.spans(body)) + TITLE_WEIGHT * len(n.spans(title)) for n in needles])
    mean = sum(lengths) / max(1, len(lengths)) or 1
    return [
        sum(w * f * (K1 + 1) / (f + K1 * (1 - B + B * length / mean)) for w, f in zip(weights, found, strict=True))
        for length, found in zip(lengths, frequencies, strict=True)
    ]


def _rarity(total: int, holding: int) -> float:
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))
