"""What the address of a link tells: an article, an attachment, another column, nothing to fetch."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urljoin, urlsplit

from archive.urls import article_key

ATTACHMENT = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|ceb|rar|zip|7z|txt|csv|jpe?g|png|gif|bmp|mp[34]|wmv|flv|avi|exe|apk|rtf)$",
    re.IGNORECASE,
)
DOWNLOAD = re.compile(r"/(?:download\.jsp|downfile|downloadfile)|[?&]urltype=news\.DownloadAttachUrl", re.IGNORECASE)
NO_PAGE = re.compile(r"^\s*(?:javascript|mailto|tel|data|about|file|ftp|weixin|vbscript)\s*:", re.IGNORECASE)
# What every foot links to: the identification badge, the two registers, the error desk.
BADGES = re.compile(
    r"^https?://(?:[\w.]+\.)?(?:conac\.cn|beian\.(?:gov|miit\.gov|mps\.gov)\.cn|zfwzgl\.www\.gov\.cn|kaipuyun\.cn)[/:]?",
    re.I,
)
TEMPLATE = re.compile(r"[\"'+]\s*\+|\$\{|\{\{|<%|[<>{}\"]")  # an address that a script has yet to fill in
NUMBER = re.compile(r"\d+")
PAGE_NAME = re.compile(
    r"^(?:index|default|list|page|home|main|more|subpage|secondpage|moreinfo|node|channel|newxxgklist|zwgklist)"
    r"(?:[-_]?\d+)*(?:\.\w+)?$|list\w*(?:[-_]\d+)*\.\w+$",
    re.IGNORECASE,
)
PAGE_ENDING = re.compile(r"\.(?:[sjp]?html?|aspx?|jspx?|php|do|action|rt|thtml)$", re.IGNORECASE)
IDENTIFIER = re.compile(r"\d{4,}|[0-9a-f]{8}-?[0-9a-f-]{8,}|^\d+$", re.IGNORECASE)
ID_PARAMETER = re.compile(r"^(?:\w*id|articlekey|s|n|infono|newsno|aid)$", re.IGNORECASE)
LIST_PARAMETER = re.compile(
    r"^(?:page\w*|cur_?page|curr\w*page|cat_?id|tid|classid|channe?l\w*id|columnid|lcid)$", re.IGNORECASE
)
CATEGORY = re.compile(
    r"^(?:categor\w*|cat\w{0,2}id|class_?id|col(?:umn)?_?id|channe?l\w*id|node_?id|type_?id|lm_?id|tid)$"
)


def absolute(href: str, base: str) -> str | None:
    """The address of a link as a page prints it (white space inside removed), None for what is no page."""
    address = re.sub(r"[\s\u200b\ufeff]+", "", href)
    if not address or address.startswith("#") or NO_PAGE.match(address) or TEMPLATE.search(address):
        return None
    try:
        whole = urljoin(base, address)
        parts = urlsplit(whole)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:
        return None
    return whole.partition("#")[0] if not parts.fragment.startswith(("/", "!")) else whole


def is_attachment(url: str) -> bool:
    parts = urlsplit(url)
    return bool(ATTACHMENT.search(parts.path) or DOWNLOAD.search(url))


def is_badge(url: str) -> bool:
    """Whether an address is one that the foot of every portal links to."""
    return BADGES.match(url) is not None


def article_likeness(url: str) -> float:
    """How much an address looks like an article's: 1 a known platform's document, 0 a column or a home page."""
    if article_key(url):
        return 1.0
    parts = urlsplit(url)
    name = parts.path.rsplit("/", 1)[-1]
    pairs = parse_qsl(parts.query)
    if any(ID_PARAMETER.match(key) and value and not LIST_PARAMETER.match(key) for key, value in pairs):
        return 0.7
    if not name and not IDENTIFIER.search(parts.path.rstrip("/").rsplit("/", 1)[-1]):
        return 0.0
    if PAGE_NAME.search(name):
        return 0.6 if re.search(r"/\d{6,}/index\.\w+$", parts.path) and parts.path.count("/") > 3 else 0.0
    if IDENTIFIER.search(name.rpartition(".")[0] or name):
        return 0.8 if PAGE_ENDING.search(name) or "." not in name else 0.4
    if re.search(r"/(?:19|20)\d\d[-/]?\d{1,2}(?:[-/]\d{1,2})?/", parts.path):
        return 0.7
    return 0.3 if PAGE_ENDING.search(name) else 0.1


def belongs_to(url: str, column: str) -> bool:
    """Whether an article's address carries its column's: its category, its folder, or the number in its name."""
    row, own = urlsplit(url), urlsplit(column)
    if row.hostname != own.hostname:
        return False
    theirs, ours = dict(parse_qsl(row.query.lower())), dict(parse_qsl(own.query.lower()))
    if categories := [name for name in ours if name in theirs and CATEGORY.match(name)]:
        return all(theirs[name].startswith(ours[name]) for name in categories)
    folder = own.path.rsplit("/", 1)[0] + "/"
    if folder.count("/") > 1 and row.path.startswith(folder):
        return True
    numbers = set(re.findall(r"\d{3,}", own.path)) - set(re.findall(r"(?:19|20)\d\d", own.path))
    return bool(numbers & set(re.findall(r"\d{3,}", row.path)))


def is_like_column(url: str, column: str) -> bool:
    """Whether an address is the column's but for a number of its kind, as its neighbours' in a menu: 104.html."""
    row, own = urlsplit(url), urlsplit(column)
    if row.query or own.query or row.hostname != own.hostname or row.path == own.path or shape(url) != shape(column):
        return False
    lengths = [(len(a), len(b)) for a, b in zip(NUMBER.findall(row.path), NUMBER.findall(own.path), strict=False)]
    return bool(lengths) and all(b > 1 and abs(a - b) <= 1 for a, b in lengths)  # articles have longer numbers


def shape(url: str) -> str:
    """The address with numbers and hex names levelled: rows of one list share it."""
    path = urlsplit(url).path
    return re.sub(r"[0-9a-f]{16,}|\d+", "0", path)
