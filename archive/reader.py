"""The archive as a library: read-only, no lock, also while a crawl writes.

with Archive.open("data") as archive:
    for hit in archive.search("养老", limit=5):
        print(archive.get(hit.id).article.title)
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive import search as searching
from archive.connection import connect_readonly
from archive.errors import IntegrityError
from archive.exports.selection import Selection, as_columns
from archive.records import Article, Attachment, Capture, Evidence, StoredArticle
from archive.search import Hit
from archive.warc import Place, read_record

COLUMNS = (
    "id, url, portal, section, breadcrumb, title, source, published, published_precision, author, editor, body, "
    "body_html, kind, document, site, attachments, images, lang, flags, first_seen, last_seen, gone_since, gone_grade, "
    "revision, content_digest, capture_id"
)


class Archive:
    """An open archive; close it, or use it with `with`."""

    def __init__(self, conn: sqlite3.Connection, directory: Path) -> None:
        self.conn, self.directory = conn, directory

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open the archive in a directory. Raises ArchiveNotFound, SchemaError."""
        directory = Path(path)
        return cls(connect_readonly(directory), directory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.conn.close()

    def search(self, query: str, limit: int | None = 20, *, offset: int = 0, folded: bool = True) -> list[Hit]:
        """The newest matching articles. Raises QueryError, which shows where the query cannot be read."""
        return searching.search(self.conn, query, limit, offset=offset, folded=folded)

    def count(self, query: str, *, folded: bool = True) -> int:
        """How many articles match, exactly."""
        return searching.count(self.conn, query, folded=folded)

    def get(self, article_id: int) -> StoredArticle | None:
        """One article, or None."""
        row = self.conn.execute(f"SELECT {COLUMNS} FROM articles WHERE id = ?", (article_id,)).fetchone()
        return _stored(row) if row else None

    def articles(
        self,
        query: str | None = None,
        *,
        portals: tuple[str, ...] = (),
        sections: tuple[str, ...] = (),
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[StoredArticle]:
        """Every article, or those that all conditions hold for, by id; streamed."""
        tree = Selection(query, portals, sections, since, until).tree()
        if tree is None:
            for row in self.conn.execute(f"SELECT {COLUMNS} FROM articles ORDER BY id"):
                yield _stored(row)
            return
        for article_id in sorted(searching.article_ids(self.conn, tree)):
            article = self.get(article_id)
            if article is not None:
                yield article

    def columns(self, query: str | None = None, **conditions: Any) -> dict[str, list[Any]]:
        """Articles by column, for `pandas.DataFrame(archive.columns())` or polars."""
        return as_columns(self.conn, Selection(query, **conditions))

    def evidence(self, article_id: int) -> list[Evidence]:
        """Which rule gave each field, and the values that lost."""
        rows = self.conn.execute(
            "SELECT field, rule, raw, value, chosen FROM evidence WHERE article_id = ?", (article_id,)
        )
        return [Evidence(field, rule, raw, value, bool(chosen)) for field, rule, raw, value, chosen in rows]

    def capture(self, capture_id: int) -> Capture | None:
        """The raw answer as it was kept; of a revisit, with the payload of the capture it refers to."""
        row = self.conn.execute(
            "SELECT url, fetched, status, headers, truncated, method, digest, revisit_of FROM captures WHERE id = ?",
            (capture_id,),
        ).fetchone()
        if row is None:
            return None
        url, fetched, status, headers, truncated, method, digest, revisit_of = row
        if revisit_of is not None:
            original = self.capture(revisit_of)
            payload = original.payload if original else b""
        else:
            payload = self._payload(capture_id, url, digest)
        pairs = tuple((name, value) for name, value in json.loads(headers))
        return Capture(url, fetched, status, pairs, payload, truncated, method)

    def _payload(self, capture_id: int, url: str, digest: str) -> bytes:
        """Of its own record; where that is damaged, of one that holds the same bytes of the address once more."""
        places = self.conn.execute(
            'SELECT warc, "offset", length FROM captures WHERE id = ?1 OR '
            "(url = ?2 AND digest = ?3 AND revisit_of IS NULL) ORDER BY id != ?1, id",
            (capture_id, url, digest),
        ).fetchall()
        damage: IntegrityError | None = None
        for place in places:
            try:
                return read_record(self.directory / "warc", Place(*place)).payload
            except IntegrityError as error:
                damage = damage or error
        assert damage is not None  # the capture itself is among them
        raise damage


def _stored(row: tuple[Any, ...]) -> StoredArticle:
    named = dict(zip(COLUMNS.split(", "), row, strict=True))
    own = {name: named.pop(name) for name in ("id", "first_seen", "last_seen", "gone_since", "gone_grade", "revision",
                                              "content_digest", "capture_id")}  # fmt: skip
    for name in ("breadcrumb", "document", "site", "attachments", "images", "flags"):
        named[name] = json.loads(named[name])
    named["attachments"] = tuple(Attachment(**item) for item in named["attachments"])
    for name in ("breadcrumb", "images", "flags"):
        named[name] = tuple(named[name])
    return StoredArticle(article=Article(**named), **own)
