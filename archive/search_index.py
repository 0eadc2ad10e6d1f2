"""The search index: one FTS5 table over the single characters and character pairs of each article, and what orders it.

    search_docs   a row an indexed article: its number in the index, and what hits are ordered by
    search        FTS5, without content and positions: the grams of the folded title and body, as tokens;
                  a gram of the title stands there a second time behind TITLE_MARK, the portal behind PORTAL_MARK

A word of one or two characters is one token, so the index alone answers it, exactly. A longer word gives candidates,
which archive/search.py checks in the text. White space can't stand in a token: three controls that folding leaves
nowhere else stand for it.

Numbers (`doc`) are handed out in blocks, a block a month of publication: the greater the number, the later the month,
so that the newest hits come first out of the index and hits per month are ranges. Articles without a date have
negative numbers. The writer calls `add` after an article's row is written, and `remove`, with the text that was
indexed, before `add` when title, body, date or portal change. No table here needs a function of ours to be read.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterable

from archive.search_encoding import encode, pairs
from archive.search_words import all_words, refresh, words_in
from archive.views import VIEWS

TITLE_MARK, PORTAL_MARK = "\x80", "\x81"  # folding leaves neither in any text
BLOCK_BITS = 22  # four million articles a month
UNDATED = -(1 << 40)  # first number of an article without a date
WORDS_STEP = 20_000  # articles given new words by one tidying
MERGE_PAGES, MERGED = 2_000, 2  # pages of one step; changes a step that did something makes
WAITING = 1_000  # articles that wait for `flush` at most, while all are indexed anew

TABLES = """
CREATE TABLE search_docs (
  doc INTEGER PRIMARY KEY,          -- rowid in search: month of publication << 22 | number within the month
  article_id INTEGER NOT NULL UNIQUE REFERENCES articles(id),
  portal TEXT NOT NULL,             -- as indexed
  published TEXT,
  first_seen TEXT NOT NULL
);
CREATE TABLE search_words (           -- frequent longer words with a token of their own (archive/search_words.py)
  id INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE,        -- as encoded in tokens
  batch TEXT NOT NULL,              -- random name of the learning it came from
  done_to INTEGER NOT NULL DEFAULT 0, -- older articles have the token up to this id
  ready INTEGER NOT NULL DEFAULT 0  -- all articles have it: searches may use it
);
CREATE VIRTUAL TABLE search USING fts5(
  grams, content='', detail=none,
  tokenize="ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\\]^_`{|}~'"
);
INSERT INTO search(search, rank) VALUES ('hashsize', 16777216);
"""
SCHEMA = TABLES + VIEWS  # what a migration runs, after the tables of archive/schema.py


def tokens(portal: str, title: str, body: str, words: Collection[str] = ()) -> str:
    """Everything the index holds about one article, as one text for the tokeniser.

    `words`, as `all_words` gives them, have tokens of their own.
    """
    title, body = encode(title), encode(body)
    title_pairs, body_pairs = pairs(title), pairs(body)
    grams = {*title, *title_pairs}
    marked = [TITLE_MARK + gram for gram in grams]
    grams.update(body, body_pairs, words_in(title, title_pairs, words), words_in(body, body_pairs, words))
    return " ".join([PORTAL_MARK + encode(portal), *marked, *grams])


def add(conn: sqlite3.Connection, article_id: int, title: str, body: str) -> None:
    """Index an article whose row stands in `articles`. Runs in the caller's transaction."""
    sql = "SELECT portal, published, first_seen FROM articles WHERE id = ?"
    portal, published, first_seen = conn.execute(sql, (article_id,)).fetchone()
    doc = _next_doc(conn, published)
    conn.execute("INSERT INTO search_docs VALUES (?, ?, ?, ?, ?)", (doc, article_id, portal, published, first_seen))
    place = "search_waiting(doc, grams)" if _collects(conn) else "search(rowid, grams)"
    conn.execute(f"INSERT INTO {place} VALUES (?, ?)", (doc, tokens(portal, title, body, all_words(conn))))


def remove(conn: sqlite3.Connection, article_id: int, title: str, body: str) -> None:
    """Take an article out again. `title` and `body` as they were given to `add`: the index keeps no copy."""
    found = conn.execute("SELECT doc, portal FROM search_docs WHERE article_id = ?", (article_id,)).fetchone()
    if found is None:
        return
    doc, portal = found
    conn.execute("DELETE FROM search_docs WHERE doc = ?", (doc,))
    if _collects(conn) and conn.execute("DELETE FROM search_waiting WHERE doc = ?", (doc,)).rowcount:
        return
    held = tokens(portal, title, body, all_words(conn))
    conn.execute("INSERT INTO search(search, rowid, grams) VALUES ('delete', ?, ?)", (doc, held))


def collect(conn: sqlite3.Connection) -> None:
    """From now on what `add` is given waits, in the same transaction, for `flush`.

    FTS5 writes a piece of its own at each savepoint and for each number below the one before: pages stored one by one
    would cost three times as much, in time and on disk until `tidy`.
    """
    conn.execute("CREATE TEMP TABLE search_waiting (doc INTEGER PRIMARY KEY, grams TEXT NOT NULL)")


def flush(conn: sqlite3.Connection) -> None:
    """Index what waits, in order of the numbers. Has to stand before the commit of what was added."""
    if _collects(conn):
        conn.execute("INSERT INTO search(rowid, grams) SELECT doc, grams FROM search_waiting ORDER BY doc")
        conn.execute("DELETE FROM search_waiting")


def _collects(conn: sqlite3.Connection) -> bool:
    return conn.execute("SELECT 1 FROM temp.sqlite_schema WHERE name = 'search_waiting'").fetchone() is not None


def rebuild(conn: sqlite3.Connection) -> int:
    """Index every article anew; the number of articles. Runs in the caller's transaction."""
    flush(conn)
    conn.execute("INSERT INTO search(search) VALUES ('delete-all')")
    conn.execute("DELETE FROM search_docs")
    conn.execute("DELETE FROM search_words")
    rows: Iterable[tuple[int, str, str]] = conn.execute(
        "SELECT id, title, body FROM articles ORDER BY substr(published, 1, 7), id"
    )
    count = 0
    for article_id, title, body in rows:
        add(conn, article_id, title, body)
        count += 1
        if count % WAITING == 0:
            flush(conn)
    return count


def tidy(conn: sqlite3.Connection, *, whole: bool = False) -> None:
    """Merge the pieces that small transactions leave in the index, at a crawl's end: smaller, and faster counts.

    Merges what has grown to four pieces of a size, so that each article is rewritten a few times in all, and goes on
    with frequent words (archive/search_words.py) for some seconds. `whole` does all of both: the index in one piece.
    """
    flush(conn)
    refresh(conn, most=None if whole else WORDS_STEP)
    if whole:
        conn.execute("INSERT INTO search(search) VALUES ('optimize')")
        return
    before = -MERGED
    while conn.total_changes - before >= MERGED:  # FTS5's own sign that there is more to do
        before = conn.total_changes
        conn.execute("INSERT INTO search(search, rank) VALUES ('merge', ?)", (MERGE_PAGES,))


def block_of(published: str | None) -> int:
    """First number of the month `published` falls in."""
    match = re.match(r"(\d{4})-(\d\d)", published or "")
    return (int(match[1]) * 12 + int(match[2]) - 1) << BLOCK_BITS if match else UNDATED


def month_of(doc: int) -> str | None:
    """The month a number stands for: 2023-06."""
    year, month = divmod(doc >> BLOCK_BITS, 12)
    return f"{year:04}-{month + 1:02}" if doc >= 0 else None


def _next_doc(conn: sqlite3.Connection, published: str | None) -> int:
    first = block_of(published)
    past = first + (1 << BLOCK_BITS) if first >= 0 else 0
    (last,) = conn.execute("SELECT max(doc) FROM search_docs WHERE doc >= ? AND doc < ?", (first, past)).fetchone()
    return first if last is None else int(last) + 1
