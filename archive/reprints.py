"""Reprints: the same text, or nearly, at another address. Found at the end of a run, kept as edges, never collapsed.

Candidates share one of the eight smallest sentence hashes; a hash that stands in many articles is boilerplate, not
evidence, nor is one that is form in its column (archive/forms.py). A comparison of the texts decides
(archive/likeness.py). `article_id` is the later published, `original_id` the earliest of its text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import partial

from archive.forms import form_of, learn
from archive.likeness import compare

BOILERPLATE_IN = 24  # a sentence hash in more articles than that says nothing
EXACT_MIN = 30  # characters of body that make an exact match mean something


def link_reprints(conn: sqlite3.Connection, article_ids: Iterable[int]) -> int:
    """Write the edges of these articles; return how many articles are reprints that were not before.

    Each article has one edge, to the earliest that it matches, whatever the order in which they came in.
    """
    before = _reprints(conn)
    waiting = dict.fromkeys(filter(partial(_is_held, conn), article_ids))
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


def _is_held(conn: sqlite3.Connection, article_id: int) -> bool:
    """Not so where a full disk undid the batch that the article was in."""
    return conn.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone() is not None


def _unlink(conn: sqlite3.Connection, article_id: int) -> list[int]:
    """Take the edges of an article away; the articles that had it for their original need another."""
    left = [row[0] for row in conn.execute("SELECT article_id FROM reprints WHERE original_id = ?", (article_id,))]
    conn.execute("DELETE FROM reprints WHERE article_id = ? OR original_id = ?", (article_id, article_id))
    return left


def _reprints(conn: sqlite3.Connection) -> set[int]:
    return {row[0] for row in conn.execute("SELECT article_id FROM reprints")}


def _same_body(conn: sqlite3.Connection, article_id: int) -> list[int]:
    """Articles with the same body; one that is form from end to end (详见附件) is anybody's."""
    others = conn.execute(
        "SELECT o.id FROM articles a JOIN articles o ON o.body_digest = a.body_digest AND o.id != a.id "
        "WHERE a.id = ? AND length(a.body) >= ?",
        (article_id, EXACT_MIN),
    ).fetchall()
    return [other for (other,) in others if not _all_form(conn, article_id, other)]


def _all_form(conn: sqlite3.Connection, one: int, other: int) -> bool:
    """Whether every sentence of two equal bodies is form where either was printed."""
    form, body = form_of(conn, one) | form_of(conn, other), _body(conn, one)
    return bool(form) and compare(body, body, form).score == 0


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
        if kind == "exact":
            holds = not _all_form(conn, one, other)
        else:
            form = form_of(conn, one) | form_of(conn, other)
            holds = compare(_body(conn, one), _body(conn, other), form).near
        if not holds:
            conn.execute("DELETE FROM reprints WHERE article_id = ? AND original_id = ?", (one, other))
            lost.append(one)
    return lost


def _body(conn: sqlite3.Connection, article_id: int) -> str:
    return str(conn.execute("SELECT body FROM articles WHERE id = ?", (article_id,)).fetchone()[0])


def _write(conn: sqlite3.Connection, article_id: int, matches: dict[int, tuple[str, float]]) -> None:
    """An edge to the earliest match, and from later ones that had none so early."""
    marks = ",".join("?" * (len(matches) + 1))
    rows = conn.execute(
        "SELECT a.id, r.original_id FROM articles a LEFT JOIN reprints r ON r.article_id = a.id "
        f"WHERE a.id IN ({marks}) ORDER BY coalesce(a.published, a.first_seen), a.first_seen, a.url",
        (article_id, *matches),
    ).fetchall()
    order = [row[0] for row in rows]
    at = order.index(article_id)
    if at:
        kind, score = matches[order[0]]
        conn.execute("INSERT INTO reprints VALUES (?, ?, ?, ?)", (article_id, order[0], score, kind))
    for other, held in rows[at + 1 :]:
        if held is None or _is_earlier(conn, article_id, held):
            kind, score = matches[other]
            conn.execute("DELETE FROM reprints WHERE article_id = ?", (other,))
            conn.execute("INSERT INTO reprints VALUES (?, ?, ?, ?)", (other, article_id, score, kind))


def _is_earlier(conn: sqlite3.Connection, one: int, other: int) -> bool:
    (first,) = conn.execute(
        "SELECT id FROM articles WHERE id IN (?, ?) ORDER BY coalesce(published, first_seen), first_seen, url LIMIT 1",
        (one, other),
    ).fetchone()
    return bool(first == one)
