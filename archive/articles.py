"""Articles into the archive: which document an address is, what is new, what was changed, what is gone.

Verdicts: `new`; `revisit`, same address and text; `revision`, same address, other text: the state before is kept in
`revisions`. The same document at a second address of its portal (same document id and headline, or same headline and
body) is one article with an alias, until that address answers with a text of its own. Reprints are linked at the end of
a run (archive/reprints.py).
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from archive import search_index
from archive.fingerprint import body_digest, content_digest, fields_digest, sentence_hashes
from archive.records import Article, Stored
from archive.rows import insert
from archive.urls import article_key

# Columns that are what the page said: they move to `revisions` when they change.
CONTENT = (
    "title", "breadcrumb", "source", "published", "published_precision", "author", "editor", "body", "body_html",
    "kind", "document", "site", "attachments", "images", "lang", "flags",
)  # fmt: skip
SAME_TEXT_MIN = 30  # characters of body from which headline and body alone make two addresses one article


class ArticleStore:
    """The tables articles, revisions, evidence, aliases on the writer's connection, in its open transaction."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn

    def add(
        self, article: Article, *, capture_id: int, seen: str, cause: str = "publisher", lost: bool = False
    ) -> Stored:
        """Store what a page said at `seen` (UTC). `lost`: fields were taken out, a revision whatever the text."""
        article_id, key = self.find(article.url), article_key(article.url)
        if article_id is not None and self._speaks_for(article.url, article_id):
            return self._again(article_id, article, capture_id, seen, cause, lost)
        if article_id is not None and not self._alias_still(article_id, article, key):
            self.conn.execute("DELETE FROM aliases WHERE url = ?", (article.url,))
            article_id = None
        if article_id is None:
            article_id = self.same_document(article.portal, article.title, article.body, key)
            if article_id is None:
                return Stored(self._insert(article, key, capture_id, seen), "new", 1)
            self.add_alias(article.url, article_id, "same_text", seen)
        self._alive(article_id, seen)
        return Stored(article_id, "revisit", self._revision_of(article_id), alias=True)

    def find(self, url: str) -> int | None:
        """The article at this address, or that has it as an alias."""
        row = self.conn.execute("SELECT id FROM articles WHERE url = ?", (url,)).fetchone()
        row = row or self.conn.execute("SELECT article_id FROM aliases WHERE url = ?", (url,)).fetchone()
        return int(row[0]) if row else None

    def url_of(self, article_id: int) -> str:
        return str(self.conn.execute("SELECT url FROM articles WHERE id = ?", (article_id,)).fetchone()[0])

    def published_of(self, article_id: int) -> str | None:
        row = self.conn.execute("SELECT published FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row[0] if row else None

    def add_alias(self, url: str, article_id: int, kind: str, seen: str) -> bool:
        """Another address of the article; whether it can be one: an article's own address is nobody's alias."""
        if self.conn.execute("SELECT 1 FROM articles WHERE url = ?", (url,)).fetchone():
            return False
        self.conn.execute(
            "INSERT INTO aliases (url, article_id, kind, first_seen) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (url, article_id, kind, seen),
        )
        return True

    def touch(self, article_id: int, seen: str, url: str | None = None) -> None:
        """The address answered with what we hold; a page that was gone is back. `url`: where an alias may have."""
        if url is not None and not self._speaks_for(url, article_id):
            self._alive(article_id, seen)
        else:
            self.conn.execute(
                "UPDATE articles SET last_seen = ?, gone_since = NULL, gone_grade = NULL WHERE id = ?",
                (seen, article_id),
            )

    def move(self, article_id: int, portal: str) -> None:
        """Give the article to another portal; the search index has the portal beside each text."""
        title, body = self.conn.execute("SELECT title, body FROM articles WHERE id = ?", (article_id,)).fetchone()
        search_index.remove(self.conn, article_id, title, body)
        self.conn.execute("UPDATE articles SET portal = ? WHERE id = ?", (portal, article_id))
        search_index.add(self.conn, article_id, title, body)

    def _alive(self, article_id: int, seen: str) -> None:
        """Another address of the article answered; one whose own address is gone stays graded."""
        self.conn.execute(
            "UPDATE articles SET last_seen = max(last_seen, ?) WHERE id = ? AND gone_since IS NULL", (seen, article_id)
        )

    def mark_gone(self, article_id: int, grade: str, seen: str) -> None:
        """404, 410 or a soft 404; a second time makes `once` to `lasting`. The content stays."""
        self.conn.execute(
            "UPDATE articles SET gone_grade = "
            "CASE WHEN gone_since IS NOT NULL AND ? = 'once' THEN 'lasting' ELSE ? END, "
            "gone_since = coalesce(gone_since, ?) WHERE id = ?",
            (grade, grade, seen, article_id),
        )

    def forgotten(self, url: str) -> bool:
        """Whether `dibao forget` removed this address: it never comes back."""
        return self.conn.execute("SELECT 1 FROM tombstones WHERE url = ?", (url,)).fetchone() is not None

    def _again(self, article_id: int, article: Article, capture_id: int, seen: str, cause: str, lost: bool) -> Stored:
        digest = content_digest(article.title, article.body)
        held, revision = self.conn.execute(
            "SELECT content_digest, revision FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        self.touch(article_id, seen)
        if digest == held and not lost:
            self.conn.execute(  # of a merged article whose own record was damaged there
                "UPDATE articles SET capture_id = ? WHERE id = ? AND capture_id IS NULL",
                (with_bytes(self.conn, capture_id), article_id),
            )
            return Stored(article_id, "revisit", revision)
        self._supersede(article_id, article, cause, seen, {"revision": revision + 1, "capture_id": capture_id})
        return Stored(article_id, "revision", revision + 1)

    def reread(self, article_id: int, article: Article, seen: str) -> bool:
        """Fields read anew from the bytes already held, by other rules: a revision with cause `rules`.

        Returns whether anything differed; what the page said (`seen` of the article, its capture) stays as it is.
        """
        columns = content_columns(article)
        held = self.conn.execute(
            f"SELECT {', '.join(columns)}, revision FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        if tuple(held[:-1]) == tuple(columns.values()):
            return False
        self._supersede(article_id, article, "rules", seen, {"revision": held[-1] + 1})
        return True

    def _supersede(self, article_id: int, article: Article, cause: str, seen: str, more: dict[str, Any]) -> None:
        """Keep the state as it is, and put another in its place; index, fingerprints and evidence follow."""
        self._keep_revision(article_id, cause, seen)
        title, body = self.conn.execute("SELECT title, body FROM articles WHERE id = ?", (article_id,)).fetchone()
        search_index.remove(self.conn, article_id, title, body)
        self._update(article_id, article, more)
        search_index.add(self.conn, article_id, article.title, article.body)
        self.fingerprint(article_id, article.body)
        self._evidence(article_id, article)

    def _insert(self, article: Article, key: str | None, capture_id: int, seen: str) -> int:
        columns = {**content_columns(article), "url": article.url, "portal": article.portal, "section": article.section,
                   "first_seen": seen, "last_seen": seen, "capture_id": with_bytes(self.conn, capture_id),
                   "document_key": key}  # fmt: skip
        article_id = insert(self.conn, "articles", columns)
        search_index.add(self.conn, article_id, article.title, article.body)
        self.fingerprint(article_id, article.body)
        self._evidence(article_id, article)
        return article_id

    def _update(self, article_id: int, article: Article, more: dict[str, Any]) -> None:
        columns = {**content_columns(article), **more}
        if "capture_id" in columns:
            columns["capture_id"] = with_bytes(self.conn, columns["capture_id"])
        self.conn.execute(
            f"UPDATE articles SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?",
            (*columns.values(), article_id),
        )

    def _keep_revision(self, article_id: int, cause: str, replaced: str) -> None:
        """Keep the state that is about to change; `cause` says who changes it, `seen` when it was first seen."""
        columns = ", ".join((*CONTENT, "content_digest", "fields_digest", "capture_id"))
        self.conn.execute(
            f"INSERT INTO revisions (article_id, revision, seen, cause, replaced, {columns}) SELECT a.id, a.revision, "
            f"coalesce((SELECT max(replaced) FROM revisions WHERE article_id = a.id), "
            f"(SELECT fetched FROM captures WHERE id = a.capture_id), a.first_seen), ?, ?, {columns} "
            "FROM articles a WHERE a.id = ?",
            (cause, replaced, article_id),
        )

    def _speaks_for(self, url: str, article_id: int) -> bool:
        """Whether the address is the article's own, or an alias of one whose own address leads elsewhere now."""
        own = self.url_of(article_id)
        sql = (
            "SELECT 1 FROM frontier f, aliases a WHERE f.key = ? AND f.state = 'redirected' "
            "AND a.url = ? AND a.kind != 'page'"
        )
        return url == own or self.conn.execute(sql, (own, url)).fetchone() is not None

    def _alias_still(self, article_id: int, article: Article, key: str | None) -> bool:
        """Whether an alias answers with the article, as it is or as it was: not with a text of its own."""
        kind = self.conn.execute("SELECT kind FROM aliases WHERE url = ?", (article.url,)).fetchone()[0]
        digest = content_digest(article.title, article.body)
        return kind == "page" or self.says(article_id, digest, article.title, key)

    def says(self, article_id: int, digest: str, title: str, key: str | None) -> bool:
        """Whether this is the article's text, as it is or as it was, or the same document under the same headline."""
        sql = (
            "SELECT 1 FROM articles WHERE id = ?1 AND (content_digest = ?2 OR document_key = ?3 AND title = ?4) "
            "UNION ALL SELECT 1 FROM revisions WHERE article_id = ?1 AND content_digest = ?2"
        )
        return self.conn.execute(sql, (article_id, digest, key, title)).fetchone() is not None

    def same_document(self, portal: str, title: str, body: str, key: str | None) -> int | None:
        """An article of the same portal that is this document at another address; `key` as `article_key` gives it."""
        if key:
            row = self.conn.execute(
                "SELECT id FROM articles WHERE document_key = ? AND portal = ? AND title = ?",
                (key, portal, title),
            ).fetchone()
            if row:
                return int(row[0])
        if len(body) < SAME_TEXT_MIN:
            return None
        row = self.conn.execute(
            "SELECT id FROM articles WHERE content_digest = ? AND portal = ? ORDER BY id LIMIT 1",
            (content_digest(title, body), portal),
        ).fetchone()
        return int(row[0]) if row else None

    def fingerprint(self, article_id: int, body: str) -> None:
        """The sentence hashes of the present text, which reprints are found by."""
        self.conn.execute("DELETE FROM sentence_hashes WHERE article_id = ?", (article_id,))
        self.conn.executemany(
            "INSERT INTO sentence_hashes (hash, article_id) VALUES (?, ?)",
            [(value, article_id) for value in sentence_hashes(body)],
        )

    def _evidence(self, article_id: int, article: Article) -> None:
        self.conn.execute("DELETE FROM evidence WHERE article_id = ?", (article_id,))
        self.conn.executemany(
            "INSERT INTO evidence (article_id, field, rule, raw, value, chosen) VALUES (?, ?, ?, ?, ?, ?)",
            [(article_id, e.field, e.rule, e.raw, e.value, e.chosen) for e in article.evidence],
        )

    def _revision_of(self, article_id: int) -> int:
        return int(self.conn.execute("SELECT revision FROM articles WHERE id = ?", (article_id,)).fetchone()[0])


def with_bytes(conn: sqlite3.Connection, capture_id: int) -> int:
    """The capture whose record holds the bytes of this one: itself, or the one that a revisit record refers to."""
    row = conn.execute("SELECT coalesce(revisit_of, id) FROM captures WHERE id = ?", (capture_id,)).fetchone()
    return int(row[0]) if row else capture_id


def content_columns(article: Article) -> dict[str, Any]:
    """The content columns of an article, JSON where the table holds JSON, no lone surrogates."""
    values = article.as_dict()
    columns = {name: _sql(values[name]) for name in CONTENT}
    return columns | {
        "content_digest": content_digest(article.title, article.body),
        "body_digest": body_digest(article.body),
        "fields_digest": fields_digest(columns[name] for name in CONTENT),
    }


def _sql(value: Any) -> Any:
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\x00", "")
    return value
