"""Reprints: the same text, or nearly, at another address. Found at the end of a run, kept as edges, never collapsed.

Candidates share one of the eight smallest sentence hashes; a hash that stands in many articles is boilerplate, not
evidence, nor is one that is form in its column (archive/forms.py). A comparison of the texts decides
(archive/likeness.py). `article_id` is the later published, `original_id` the earliest of its text, in the order of time
that archive/lineage.py has.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from archive.forms import form_in, form_of, learn, sentences_of
from archive.likeness import compare
from archive.lineage import in_time

BOILERPLATE_IN = 24  # a sentence hash in more articles than that says nothing
EXACT_MIN = 30  # characters of body that make an exact match mean something


def link_reprints(conn: sqlite3.Connection, article_ids: Iterable[int]) -> int:
    """Write the edges of these articles; return how many articles are reprints that were not before.

    Each article has one edge, to the earliest that it matches, whatever the order in which they came in.
    """
    before = _reprints(conn)
    waiting = dict.fromkeys(_in_order(conn, article_ids))
    while waiting:
        article_id = next(iter(waiting))
        waiting |= dict.fromkeys(_unlink(conn, article_id))
        if learn(conn, article_id):
            waiting |= dict.fromkeys(_look_again(conn, article_id))
        del waiting[article_id]
        matches = dict.fromkeys(_same_body(conn, article_id), ("exact", 1.0))
        matches |= {other: ("near", score) for other, score in _near(conn, article_id) if other not in matches}
        if matches:
            _write(conn, article_id, matches)
    return len(_reprints(conn) - before)


def _in_order(conn: sqlite3.Connection, article_ids: Iterable[int]) -> list[int]:
    """The earliest first, so that few edges are written twice; without those of a batch that a full disk undid."""
    sql = f"SELECT id FROM articles a WHERE id IN (SELECT value FROM json_each(?)) ORDER BY {in_time('a')}"
    return [row[0] for row in conn.execute(sql, (json.dumps(list(article_ids)),))]


def _unlink(conn: sqlite3.Connection, article_id: int) -> list[int]:
    """Take the edges of an article away; the articles that had it for their original need another."""
    left = [row[0] for row in conn.execute("SELECT article_id FROM reprints WHERE original_id = ?", (article_id,))]
    conn.execute("DELETE FROM reprints WHERE article_id = ? OR original_id = ?", (article_id, article_id))
    return left


def _reprints(conn: sqlite3.Connection) -> set[int]:
    return {row[0] for row in conn.execute("SELECT article_id FROM reprints")}


def _same_body(conn: sqlite3.Connection, article_id: int) -> list[int]:
    """Articles with the same body; one that is form from end to end (详见附件), here or there, is anybody's."""
    others = conn.execute(
        "SELECT o.id, o.portal, o.section FROM articles a JOIN articles o ON o.body_digest = a.body_digest "
        "AND o.id != a.id WHERE a.id = ? AND length(a.body) >= ?",
        (article_id, EXACT_MIN),
    ).fetchall()
    news = sentences_of(_body(conn, article_id)) - form_of(conn, article_id)
    columns = {(portal, section) for _, portal, section in others}  # the bodies are equal: their columns decide
    anybodys = {column for column in columns if news <= form_in(conn, *column)}
    return [other for other, portal, section in others if (portal, section) not in anybodys]


def _near(conn: sqlite3.Connection, article_id: int) -> list[tuple[int, float]]:
    form = form_of(conn, article_id)
    candidates = _candidates(conn, article_id, form)
    if not candidates:
        return []
    body = _body(conn, article_id)
    compared = ((other, compare(body, _body(conn, other), form | form_of(conn, other))) for other in candidates)
    return [(other, round(like.score, 4)) for other, like in compared if like.near]


def _candidates(conn: sqlite3.Connection, article_id: int, form: frozenset[int]) -> list[int]:
    """Articles that share a sentence hash with this one; by what is no form, where it has any such."""
    hashes = [row[0] for row in conn.execute("SELECT hash FROM sentence_hashes WHERE article_id = ?", (article_id,))]
    found: dict[int, None] = {}
    for value in [one for one in hashes if one not in form] or hashes:
        others = conn.execute(
            "SELECT article_id FROM sentence_hashes WHERE hash = ? AND article_id != ? LIMIT ?",
            (value, article_id, BOILERPLATE_IN),
        ).fetchall()
        if len(others) < BOILERPLATE_IN:
            found |= dict.fromkeys(other for (other,) in others)
    return list(found)


def _look_again(conn: sqlite3.Connection, article_id: int) -> list[int]:
    """The column's form was learned just now: edges of its articles must hold without it; those that lost one."""
    edges = conn.execute(
        "SELECT r.article_id, r.original_id, r.kind FROM reprints r WHERE EXISTS ("
        "SELECT 1 FROM articles a JOIN articles n ON n.portal = a.portal AND n.section = a.section "
        "WHERE n.id = ? AND a.id IN (r.article_id, r.original_id))",
        (article_id,),
    ).fetchall()
    lost = []
    for one, other, kind in edges:
        body, form = _body(conn, one), form_of(conn, one) | form_of(conn, other)
        holds = not sentences_of(body) <= form if kind == "exact" else compare(body, _body(conn, other), form).near
        if not holds:
            conn.execute("DELETE FROM reprints WHERE article_id = ? AND original_id = ?", (one, other))
            lost.append(one)
    return lost


def _body(conn: sqlite3.Connection, article_id: int) -> str:
    return str(conn.execute("SELECT body FROM articles WHERE id = ?", (article_id,)).fetchone()[0])


def _write(conn: sqlite3.Connection, article_id: int, matches: dict[int, tuple[str, float]]) -> None:
    """An edge to the earliest match, and from later ones that had none so early."""
    rows = conn.execute(
        f"SELECT a.id, {in_time('a')}, {in_time('o')} FROM articles a LEFT JOIN reprints r ON r.article_id = a.id "
        "LEFT JOIN articles o ON o.id = r.original_id WHERE a.id IN (SELECT value FROM json_each(?))",
        (json.dumps([article_id, *matches]),),
    ).fetchall()
    times = {row[0]: row[1:4] for row in rows}
    originals = {row[0]: row[4:] for row in rows}  # of each its original's time, or None
    own = times.pop(article_id)
    earliest = min(times, key=times.__getitem__)
    if times[earliest] < own:
        _edge(conn, article_id, earliest, *matches[earliest])
    for other, time in times.items():
        if own < time and (originals[other][0] is None or own < originals[other]):
            _edge(conn, other, article_id, *matches[other])


def _edge(conn: sqlite3.Connection, article_id: int, original_id: int, kind: str, score: float) -> None:
    """The one edge of an article."""
    conn.execute("DELETE FROM reprints WHERE article_id = ?", (article_id,))
    conn.execute("INSERT INTO reprints VALUES (?, ?, ?, ?)", (article_id, original_id, score, kind))
