"""Lineage of a text: who printed it, in which order, how sure the first is, and what each copy changed.

A date without a time covers its whole day, so two articles of one day can't be ordered by it; an article without a
date may be older than all. They stand in one order all the same, for edges and for people: such a day counts from its
midnight in China, an article without a date from its first sight, and `sure` says how much that means. "First" is the
first of what the archive holds: a text that names another publisher as its source (来源) points at one that may not be
held.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from difflib import SequenceMatcher
from typing import Any

from archive.publishers import publisher
from archive.rows import dict_rows

SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?[”’」』）)]*|\n")
CHINA = timezone(timedelta(hours=8))
ALIKE = 0.5  # similarity from which a sentence is another one altered
EARLIEST = datetime.min.replace(tzinfo=UTC)
CERTAIN, SAME_TIME, UNDATED = "certain", "same time", "undated"


@dataclass(frozen=True, slots=True)
class Changes:
    """What a copy changed, sentence by sentence; sentences that only moved are none of these."""

    cut: tuple[str, ...]
    added: tuple[str, ...]
    altered: tuple[tuple[str, str], ...]  # as it was, as it is


@dataclass(frozen=True, slots=True)
class First:
    """The first of a cluster: `sure` is certain, same time (as `rivals`), or undated (it or rivals have no date)."""

    id: int
    sure: str
    rivals: tuple[int, ...]


def in_time(table: str) -> str:
    """SQL of the three columns that put the articles of `table` in order of time, the earliest first."""
    published = f"{table}.published || CASE length({table}.published) WHEN 10 THEN 'T00:00+08:00' ELSE '' END"
    return f"coalesce(julianday({published}), julianday({table}.first_seen)), {table}.first_seen, {table}.url"


def cluster(conn: sqlite3.Connection, article_id: int) -> list[dict[str, Any]]:
    """The article and all that edges lead to from it, in order of time."""
    rows = dict_rows(
        conn,
        "WITH RECURSIVE linked(id) AS (SELECT ? "
        "UNION SELECT r.original_id FROM linked l JOIN reprints r ON r.article_id = l.id "
        "UNION SELECT r.article_id FROM linked l JOIN reprints r ON r.original_id = l.id) "
        "SELECT a.id, a.published, a.published_precision, a.first_seen, a.portal, a.source, a.title, a.url, a.body, "
        "a.gone_since, (SELECT kind FROM reprints WHERE article_id = a.id ORDER BY score DESC LIMIT 1) AS kind, "
        "(SELECT max(score) FROM reprints WHERE article_id = a.id) AS score "
        f"FROM linked l JOIN articles a ON a.id = l.id ORDER BY {in_time('a')}",
        article_id,
    )
    for row in rows:
        row["publisher"] = publisher(row["source"])
    return rows


def first(members: Sequence[dict[str, Any]]) -> First:
    """Who printed it first, of a cluster in order. The rivals are those that no other surely came before."""
    windows = [window(row["published"], row["first_seen"]) for row in members]
    end = min(end for _, end in windows)
    head, *rivals = [row for row, (start, _) in zip(members, windows, strict=True) if start < end]
    dated = all(row["published"] for row in (head, *rivals))
    sure = CERTAIN if not rivals else SAME_TIME if dated else UNDATED
    return First(head["id"], sure, tuple(row["id"] for row in rivals))


def window(published: str | None, first_seen: str) -> tuple[datetime, datetime]:
    """From when to when an article may have been published: a day, a minute, a second; undated, until it was seen."""
    try:
        moment = datetime.fromisoformat(published or "")
    except ValueError:
        return EARLIEST, datetime.fromisoformat(first_seen) + timedelta(seconds=1)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CHINA)
    length = {10: timedelta(days=1), 22: timedelta(minutes=1)}.get(len(published or ""), timedelta(seconds=1))
    return moment, moment + length


def changes(original: str, copy: str) -> Changes:
    """What became of the sentences of `original` in `copy`; white space and full-width forms aside."""
    one, other = sentences(original), sentences(copy)
    keys = [_key(sentence) for sentence in one], [_key(sentence) for sentence in other]
    cut, added, altered = list[str](), list[str](), list[tuple[str, str]]()
    for tag, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag != "equal":
            old = [s for s, key in zip(one[a:b], keys[0][a:b], strict=True) if key not in keys[1]]
            new = [s for s, key in zip(other[c:d], keys[1][c:d], strict=True) if key not in keys[0]]
            pairs = _pairs(old, new)
            altered += pairs
            cut += [s for s in old if s not in {pair[0] for pair in pairs}]
            added += [s for s in new if s not in {pair[1] for pair in pairs}]
    return Changes(tuple(cut), tuple(added), tuple(altered))


def sentences(text: str) -> list[str]:
    """The sentences of a text as printed, with their closing marks."""
    return [sentence for found in SENTENCE.findall(text) if (sentence := found.strip())]


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """Sentences that stand in the place of others and resemble them, in order."""
    pairs: list[tuple[str, str]] = []
    rest = list(new)
    for sentence in old:
        scored = [(SequenceMatcher(None, _key(sentence), _key(other), autojunk=False).ratio(), other) for other in rest]
        ratio, best = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
        if ratio >= ALIKE:
            pairs.append((sentence, best))
            rest = rest[rest.index(best) + 1 :]
    return pairs


def _key(sentence: str) -> str:
    return "".join(unicodedata.normalize("NFKC", sentence).split())
