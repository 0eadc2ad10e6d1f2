"""The records: what a page says (`Article`), what the archive holds (`StoredArticle`, `Capture`, `Run` …).

Frozen dataclasses without behaviour beyond conversion. The field comments are the data dictionary; docs/fields.md
carries the same names (tests/test_docs.py holds it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str  # link text, else the file name in the address
    url: str  # absolute


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a field has its value, or why another value lost."""

    field: str  # title, source, published, breadcrumb, body, author …
    rule: str  # name of the rule: "meta:ArticleTitle", "label:来源", "container:#zoom" …
    raw: str  # the text it stood in, as printed, at most 500 characters
    value: str = ""  # what the rule made of it
    chosen: bool = True  # False: a loser, kept so that contradictions can be seen


@dataclass(frozen=True, slots=True)
class Article:
    """One article page as read, before it is stored. Every text is NFC-unchanged as printed, white space folded."""

    url: str  # canonical address of the page ("" where unknown)
    title: str  # headline, one line
    breadcrumb: tuple[str, ...] = ()  # 您所在的位置, outermost first, as printed
    source: str | None = None  # 来源, without label
    published: str | None = None  # ISO 8601: 2023-06-30T09:11+08:00, or the bare date where the page gives no time
    published_precision: str | None = None  # day, minute, second
    author: str | None = None
    editor: str | None = None  # 责任编辑
    body: str = ""  # text, one paragraph a line, table cells by tab
    body_html: str = ""  # the same content as clean, safe HTML
    kind: str = "article"  # article, pictures, attachment, video
    document: Mapping[str, str] = field(default_factory=dict)  # index table of a document: 索引号, 发文字号 …
    site: Mapping[str, str] = field(default_factory=dict)  # national meta tags: SiteName, SiteIDCode, ColumnName …
    attachments: tuple[Attachment, ...] = ()
    images: tuple[str, ...] = ()  # absolute addresses, in body order
    lang: str | None = None  # zh-Hans, zh-Hant, en …
    portal: str = ""  # definition id, or the host for a bare address
    section: str = ""  # column the article was listed in
    evidence: tuple[Evidence, ...] = ()
    flags: tuple[str, ...] = ()  # date_suspect, encoding_suspect, pubdate_is_generation_time …
    next_pages: tuple[str, ...] = ()  # absolute addresses of the further pages of this body

    def as_dict(self) -> dict[str, Any]:
        """The `articles` column names, JSON-ready: breadcrumb a list, attachments a list of {name, url}."""
        return {
            "url": self.url,
            "portal": self.portal,
            "section": self.section,
            "breadcrumb": list(self.breadcrumb),
            "title": self.title,
            "source": self.source,
            "published": self.published,
            "published_precision": self.published_precision,
            "author": self.author,
            "editor": self.editor,
            "body": self.body,
            "body_html": self.body_html,
            "kind": self.kind,
            "document": dict(self.document),
            "site": dict(self.site),
            "attachments": [{"name": a.name, "url": a.url} for a in self.attachments],
            "images": list(self.images),
            "lang": self.lang,
            "flags": list(self.flags),
            "next_pages": list(self.next_pages),
        }


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetch of one address, before it is written: the answer as it came over the wire."""

    url: str  # as asked
    fetched: str  # ISO 8601, UTC, seconds: 2026-11-24T01:02:03Z
    status: int
    headers: tuple[tuple[str, str], ...]  # as received, in order; cookies' values removed
    payload: bytes  # the body as kept in the record (content-encoding removed)
    truncated: str | None = None  # WARC-Truncated reason: length, time, disconnect
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list page."""

    url: str  # absolute
    title: str = ""  # whole, from the title attribute where the text is cut
    date: str | None = None  # ISO date (or minute) as far as the row gives it


@dataclass(frozen=True, slots=True)
class Pager:
    """How a list goes on."""

    kind: str  # numbered, descending, next_link, offset, json_page, embedded, file_list, postback, single
    next_url: str | None = None
    urls: tuple[str, ...] = ()  # the other pages as far as this page tells, next first
    next_request: Mapping[str, Any] | None = None  # {method, url, body, headers} where it is not a plain GET
    total_pages: int | None = None
    total_records: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One list page as read."""

    rows: tuple[ListRow, ...] = ()
    pager: Pager = Pager("single")
    platform: str | None = None  # preset recognised or used
    issues: tuple[str, ...] = ()  # what is odd about the page, one line each


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as the archive holds it: the current revision and its history in short."""

    id: int
    article: Article
    first_seen: str  # UTC, ISO 8601
    last_seen: str  # last time its address answered with it
    gone_since: str | None  # first 404 or 410; None while it is there
    gone_grade: str | None  # once, lasting, soft_404, redirected_home, unlisted
    revision: int
    content_digest: str
    capture_id: int | None

    def as_dict(self) -> dict[str, Any]:
        """`Article.as_dict` with what the archive knows beside it."""
        own = {
            "id": self.id,
            **self.article.as_dict(),
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
            "gone_since": self.gone_since,
            "gone_grade": self.gone_grade,
            "revision": self.revision,
            "content_digest": self.content_digest,
            "capture_id": self.capture_id,
        }
        del own["next_pages"]
        return own


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an article handed to the writer."""

    article_id: int
    verdict: str  # new, revisit, revision; a reprint is found when the crawl ends
    revision: int
    alias: bool = False  # the same document as one at another address: kept as its alias
