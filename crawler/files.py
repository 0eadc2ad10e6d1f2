"""Attachments of a portal's articles: which are asked for, what an answer is, what the file is called.

A file is asked for after its article is stored, through the same gates as a page, and kept by its digest
(archive/files.py). What a portal calls a file is not believed: the first bytes say what it is, and a page that came
instead of one is no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from archive import files
from archive.frontier import Frontier, Settlement, Task
from archive.records import Article
from archive.urls import canonical_url
from archive.writer import ArchiveWriter
from crawler.answers import Answer
from crawler.portal import Portal
from crawler.scope import refuse_url, scope_of

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_MAX_MB = 64.0
AFTER_ARTICLES = -1  # priority in the frontier
# First bytes -> type. Office files of both ages are told apart by what is inside.
MAGIC = (
    (b"%PDF-", "pdf"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"),
    (b"Rar!\x1a\x07", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"{\\rtf", "rtf"), (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"), (b"II*\x00", "tif"), (b"MM\x00*", "tif"), (b"BM", "bmp"),
    (b"\x1f\x8b", "gz"), (b"Founder CEB", "ceb"), (b"ID3", "mp3"),
)  # fmt: skip
INSIDE_ZIP = ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx"), (b"OFD.xml", "ofd"))
INSIDE_OLE = (("WordDocument", "doc"), ("Workbook", "xls"), ("PowerPoint Document", "ppt"))
MARKUP = re.compile(rb"^\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype|html|head|body|script|meta|div|p)\b", re.I | re.S)
PLAIN = frozenset({"txt", "csv", "xml", "json"})
SAYS_NOTHING = re.compile(
    r"(?:点击|点此|请)?(?:下载|查看|打开|浏览|附件|文件|这里|此处|download)*(?:附件)?[\s\d:：.]*", re.I
)


class Files:
    """The attachments of one portal in one run. Runs inside the writer's transaction."""

    def __init__(self, writer: ArchiveWriter, frontier: Frontier, portal: Portal) -> None:
        self.writer, self.conn, self.frontier = writer, writer.conn, frontier
        self.scope, self.record_only = scope_of(portal), portal.attachments == "record"

    def take(self, article: Article, article_id: int, *, again: bool) -> None:
        """Enter an article's attachments; `again`: its text changed, known ones are asked for again, conditionally."""
        for attachment in article.attachments:
            url = canonical_url(attachment.url)
            refusal = refuse_url(url, self.scope)
            state = refusal[0] if refusal else "recorded" if self.record_only else self._ask(url, attachment.url, again)
            self.conn.execute(
                "INSERT INTO article_files (article_id, url, name, state, digest) VALUES (?1, ?2, ?3, ?4, CASE ?4 WHEN "
                "'file' THEN (SELECT payload_digest FROM frontier WHERE key = ?2) END) ON CONFLICT DO NOTHING",
                (article_id, url, attachment.name, state),
            )

    def ended(self, end: Settlement, urls: Iterable[str], answer: Answer | None) -> None:
        """Write what became of a file at every article that has it; `urls`: its address and those that led to it."""
        header = answer.header("Content-Disposition") if answer and end.state == "file" else None
        for url in map(canonical_url, urls):
            self.conn.execute(
                "UPDATE article_files SET state = ?, digest = coalesce(?, digest) WHERE url = ?",
                (end.state, end.payload_digest, url),
            )
            for article_id, name in self.conn.execute(
                "SELECT article_id, name FROM article_files WHERE url = ?", (url,)
            ).fetchall():
                self.conn.execute(
                    "UPDATE article_files SET name = ? WHERE article_id = ? AND url = ?",
                    (name_of(name, url, header), article_id, url),
                )

    def keep(self, payload: bytes, kind: str, now: str) -> str:
        return files.put(self.conn, self.writer.directory, payload, kind, now)

    def _ask(self, key: str, url: str, again: bool) -> str:
        frontier_id, fresh = self.frontier.take_up(key, url, "file", priority=AFTER_ARTICLES)
        if fresh:
            return "pending"
        if again and self._is_file(key):
            self.frontier.reopen(frontier_id)
            return "pending"
        found = self.frontier.find(key)
        return found[1] if found else "pending"

    def _is_file(self, key: str) -> bool:
        row = self.conn.execute("SELECT kind FROM frontier WHERE key = ?", (key,)).fetchone()
        return bool(row) and row[0] == "file"


def max_bytes(portal: Portal) -> int:
    """The most one attachment of the portal may have."""
    return int((portal.attachments_max_mb or DEFAULT_MAX_MB) * 1024 * 1024)


def sniff(task: Task, payload: bytes) -> str | None:
    """The type of a file by its bytes, as an ending (pdf, docx …); None: a page, or nothing, came instead."""
    head = payload[:4096]
    if not payload.strip() or MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return None
    kind = next((kind for magic, kind in MAGIC if payload.startswith(magic)), None)
    promised = urlsplit(task.url).path.rpartition(".")[2].lower()
    if kind == "zip":
        return next((name for mark, name in INSIDE_ZIP if mark in payload), "zip")
    if kind == "ole":
        return next((name for stream, name in INSIDE_OLE if stream.encode("utf-16-le") in payload), "ole")
    if kind:
        return kind
    if b"\x00" not in head:
        return promised if promised in PLAIN else "txt"
    return "bin"


def name_of(text: str, url: str, disposition: str | None) -> str:
    """What a reader calls the file: its link text, else the header's name, else the address's last part."""
    given = disposition_name(disposition) if disposition else None
    if text and not SAYS_NOTHING.fullmatch(text) and text != last_part(url):
        return text
    return given or text or last_part(url)


def disposition_name(header: str) -> str | None:
    """The file name in a Content-Disposition as received (one character a byte): RFC 5987, raw GBK or UTF-8, %XX."""
    parameters = _parameters(header)
    extended = parameters.get("filename*")
    if extended and extended.count("'") >= 2:
        charset, _, value = extended.split("'", 2)
        return _last(_decoded(unquote_to_bytes(value), charset))
    name = parameters.get("filename")
    if not name:
        return None
    if name.startswith("=?"):
        try:
            return _last(str(make_header(decode_header(name))))
        except (HeaderParseError, LookupError, UnicodeDecodeError):
            return None
    return _last(_decoded(unquote_to_bytes(name.encode("latin-1", "replace")), None))


def _parameters(header: str) -> Mapping[str, str]:
    pairs = re.findall(r'(?:^|;)\s*(filename\*?)\s*=\s*("[^"]*"|[^;]*)', header, re.IGNORECASE)
    return {name.lower(): value.strip().strip('"') for name, value in pairs}


def _decoded(raw: bytes, charset: str | None) -> str:
    for codec in (charset or "utf-8", "utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")


def _last(name: str) -> str | None:
    """Without folders, control characters and blanks around it."""
    plain = re.sub(r"[\x00-\x1f\x7f]", "", name).replace("\\", "/").rpartition("/")[2].strip()
    return plain or None


def last_part(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])
