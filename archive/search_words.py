"""Longer words with a token of their own: those frequent in this archive, so that they need no check of the text.

A word of three or more characters is answered by the index alone once it stands in `search_words` and every article
that holds it has its token. Words are learned from a sample when the archive has grown fourfold; articles indexed
later get the tokens at once, earlier ones in steps (`refresh`), and searches use a word only when all are done.
"""

from __future__ import annotations

import random
import secrets
import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from itertools import chain, compress

from archive.search_encoding import encode, pairs

SHORTEST, LONGEST = 3, 8
SAMPLE = 2_000  # articles
SHARE = 0.02  # of the sample that must hold a word
FIRST_AT, GROWTH = 2_000, 4  # articles at the first learning; how much more at the next
STEP = 2_000  # articles of one transaction

_known: dict[str, frozenset[str]] = {}  # batch -> `all_words` up to it, which is asked for every article


def words_in(encoded: str, its_pairs: list[str], words: Collection[str]) -> set[str]:
    """The words that stand in a text. With a word its beginnings are in `words`, so places are tried upwards."""
    if not words:
        return set()
    found: set[str] = set()
    places: Iterable[int] = compress(range(len(its_pairs) - 1), map(words.__contains__, its_pairs))
    for length in range(SHORTEST, LONGEST + 1):
        places = [at for at in places if encoded[at : at + length] in words]
        found.update(encoded[at : at + length] for at in places)
    return found


def with_beginnings(words: Iterable[str]) -> frozenset[str]:
    """Words, whose longer beginnings are among them, and the pairs that they begin with."""
    held = set(words)
    return frozenset(held | {word[: SHORTEST - 1] for word in held})


def all_words(conn: sqlite3.Connection) -> frozenset[str]:
    """Every word with a token, also those that older articles don't have yet; the pairs too that they begin with."""
    row = conn.execute("SELECT batch FROM search_words ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        return frozenset()
    if row[0] not in _known:
        _known[row[0]] = with_beginnings(word for (word,) in conn.execute("SELECT word FROM search_words"))
    return _known[row[0]]


def ready_words(conn: sqlite3.Connection, encoded: Iterable[str]) -> set[str]:
    """Those words within the given texts that searches may use."""
    parts = {
        text[at : at + length]
        for text in encoded
        for length in range(SHORTEST, LONGEST + 1)
        for at in range(len(text) - length + 1)
    }
    sql = "SELECT 1 FROM search_words WHERE word = ? AND ready"
    return {part for part in parts if conn.execute(sql, (part,)).fetchone()}


def refresh(conn: sqlite3.Connection, *, most: int | None = None) -> int:
    """Learn words where the archive has grown enough, and give older articles their tokens; articles gone through.

    About a second for 2,000 articles. What is left after `most` articles, or cut short, is taken up by the next call.
    In the caller's transaction, or a piece at a time in its own.
    """
    if not conn.execute("SELECT 1 FROM search_words WHERE NOT ready LIMIT 1").fetchone():
        _in_transaction(conn, learn)
    gone_through = 0
    while (most is None or gone_through < most) and (articles := _in_transaction(conn, backfill)):
        gone_through += articles
    return gone_through


def learn(conn: sqlite3.Connection, *, first_at: int | None = None, share: float = SHARE) -> int:
    """Register the words frequent in a sample; how many are new. Runs in the caller's transaction."""
    (articles,) = conn.execute("SELECT count(*) FROM search_docs").fetchone()
    last = conn.execute("SELECT batch FROM search_words ORDER BY id DESC LIMIT 1").fetchone()
    if articles < (int(last[0].split("-")[0]) * GROWTH if last else first_at or FIRST_AT):
        return 0
    known = all_words(conn)
    new = sorted(frequent_words(_sample(conn), share) - known)
    batch = f"{articles}-{secrets.token_hex(8)}"
    conn.executemany("INSERT INTO search_words (word, batch) VALUES (?, ?)", [(word, batch) for word in new])
    return len(new)


def frequent_words(texts: list[str], share: float) -> set[str]:
    """Words of 3 to 8 letters or digits in at least `share` of the texts, one length after the other.

    A word can only be as frequent as its beginning and its end, so each length looks at what the one before left.
    """
    least = max(2, int(share * len(texts)))
    frequent: set[str] = set()
    shorter = {pair for pair in _common((set(pairs(text)) for text in texts), least) if pair.isalnum()}
    places: list[Iterable[int]] = [range(len(text)) for text in texts]
    for length in range(SHORTEST, LONGEST + 1):
        places = [_longer_at(text, at, shorter, length) for text, at in zip(texts, places, strict=True)]
        stand = ({text[at : at + length] for at in held} for text, held in zip(texts, places, strict=True))
        shorter = _common(stand, least)
        frequent |= shorter
    return frequent


def backfill(conn: sqlite3.Connection, step: int | None = None) -> int:
    """Give the next older articles the tokens of words not ready; how many it went through, 0 when all words are."""
    step = step or STEP
    row = conn.execute("SELECT min(done_to) FROM search_words WHERE NOT ready").fetchone()
    if row[0] is None:
        return 0
    words = {word for (word,) in conn.execute("SELECT word FROM search_words WHERE NOT ready")}
    known = all_words(conn)  # a new word may begin like an old one
    sql = (
        "SELECT d.doc, a.id, a.title, a.body FROM articles a JOIN search_docs d ON d.article_id = a.id"
        " WHERE a.id > ? ORDER BY a.id LIMIT ?"
    )
    articles = conn.execute(sql, (row[0], step)).fetchall()
    for doc, _, title, body in sorted(articles):
        encoded = encode(f"{title}\n{body}")
        found = words_in(encoded, pairs(encoded), known) & words
        conn.execute("INSERT INTO search(rowid, grams) VALUES (?, ?)", (doc, " ".join(sorted(found))))
    done_to = max((article_id for _, article_id, _, _ in articles), default=row[0])
    conn.execute("UPDATE search_words SET done_to = ?, ready = ? WHERE NOT ready", (done_to, len(articles) < step))
    return len(articles)


def _sample(conn: sqlite3.Connection) -> list[str]:
    ids = [row[0] for row in conn.execute("SELECT article_id FROM search_docs")]
    chosen = random.Random(0).sample(ids, min(SAMPLE, len(ids)))
    rows = (conn.execute("SELECT title, body FROM articles WHERE id = ?", (i,)).fetchone() for i in chosen)
    return [encode(f"{title}\n{body}") for title, body in rows]


def _common(sets: Iterable[set[str]], least: int) -> set[str]:
    """What stands in at least so many of the sets."""
    return {gram for gram, number in Counter(chain.from_iterable(sets)).items() if number >= least}


def _longer_at(text: str, places: Iterable[int], shorter: Collection[str], length: int) -> array[int]:
    """Of the places, those where a word of `length` may stand: its beginning and its end are in `shorter`."""
    held = [at for at in places if text[at : at + length - 1] in shorter]
    followed = set(held)
    return array("L", (at for at in held if at + 1 in followed))


def _in_transaction(conn: sqlite3.Connection, work: Callable[[sqlite3.Connection], int]) -> int:
    if conn.in_transaction:
        return work(conn)
    conn.execute("BEGIN IMMEDIATE")
    try:
        result = work(conn)
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    conn.execute("COMMIT")
    return result
