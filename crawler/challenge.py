"""Recognise what answers programs instead of readers: challenges, block pages, soft 404s, one page for everything.

Pure. A challenge is recorded and never solved. One sign alone is not enough on a page that can be read: portals ship
`$_ts` scripts, `__jsluid` cookies and fingerprint scripts beside their articles. The signs: crawler/signatures.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from urllib.parse import urldefrag, urljoin

from crawler.signatures import (
    BLOCK_STATUS,
    BLOCK_TEXTS,
    COOKIES,
    HEADERS,
    MISSING,
    PRODUCT_STATUS,
    SCRIPTS,
    WEAK_TEXTS,
)

SCAN = 262_144  # bytes looked at; challenge pages are small, and what they hide in stands early
SHORT = 200  # characters to read: fewer are no article and no list
NAVIGATION = 5  # links: with so many, a page of few words is still a page of the portal
ASKS_BACK = "redirect to itself that sets a cookie"  # a sign: whoever keeps cookies is let in
SHELL = 2048  # bytes; a page smaller than that with a script and no text is a shell
EVIDENCE = 500  # characters of the page kept with the finding
RELOADS = (b"location.reload", b"location.href", b"location.replace", b"location.assign", b"location=", b"location =")


def _signs(block: str) -> tuple[str, ...]:
    """The lines of a table in signatures.py, in the form texts are compared in."""
    return tuple(line.strip() for line in block.strip().splitlines())


_SCRIPTS = tuple((product, sign, re.compile(pattern)) for product, sign, pattern in SCRIPTS)
_BLOCK = tuple((product, sign) for product, block in BLOCK_TEXTS.items() for sign in _signs(block))
_WEAK = tuple((product, sign) for product, block in WEAK_TEXTS.items() for sign in _signs(block))
_MISSING = _signs(MISSING)

# Every quantifier is bounded or cannot cross what it begins with: a hostile page costs linear time.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HIDDEN = re.compile(r"<(script|style|template|title)\b.*?(?:</\1|\Z)", re.DOTALL | re.IGNORECASE)
_NOSCRIPT = re.compile(r"<noscript\b.*?(?:</noscript|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_TITLE = re.compile(r"<title[^<>]{0,100}>([^<]{0,300})", re.IGNORECASE)
# Meta tags of the national standard, and list rows that stand in scripts.
_OWN = re.compile(
    r"<meta[^<>]{0,80}name\s?=\s?[\"']?(?:SiteName|SiteIDCode|ColumnName|ArticleTitle|PubDate|ContentSource)"
    r"|<(?:datastore|recordset|record)>",
    re.IGNORECASE,
)
_META_REFRESH = re.compile(r"<meta[^<>]{0,100}http-equiv\s?=\s?[\"']?refresh[^<>]{0,300}url\s?=", re.IGNORECASE)
_STATIC_JUMP = re.compile(r"location(?:\.href|\.replace|\.assign)?\s?(?:=|\()\s?[\"'][^\"'+]{1,300}[\"']")


@dataclass(frozen=True, slots=True)
class Challenge:
    product: str  # whose page it is, as far as known: Ruishu, Jiasule, WAF, captcha, empty shell …
    signs: tuple[str, ...]  # what gave it away
    evidence: str  # status, size, and the beginning of what the page shows


def recognise(
    status: int, headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes, *, url: str = ""
) -> Challenge | None:
    """Return what stands in the way, or None for an answer that is what it seems (an error page included).

    Of Set-Cookie only the names are looked at, as far as they were kept. With `url`, the address asked, a redirect to
    itself that sets a cookie is recognised.
    """
    if not _may_challenge(status) or _binary(body):
        return None
    page = _Page(status, headers, body)
    if 300 <= status < 400:
        found = _gate_redirect(page, url)
    else:
        found = _by_status(page) or _by_script(page) or _by_text(page) or _by_cookie(page) or _empty_shell(page)
    if not found:
        return None
    signs = tuple(dict.fromkeys(sign for _, sign in found))
    return Challenge(found[0][0], signs, f"HTTP {status}, {len(body)} bytes: {page.words[:EVIDENCE]}")


def _may_challenge(status: int) -> bool:
    """Missing pages, server errors and 429 have states of their own, even where a gate adds its script to them."""
    return (
        status in (200, 202, 203)
        or status in PRODUCT_STATUS
        or status in BLOCK_STATUS
        or 300 <= status < 304
        or (status in (307, 308))
    )


class _Page:
    """One answer, as far as the signs look at it."""

    def __init__(self, status: int, headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes) -> None:
        pairs = [(k.lower(), v) for k, v in (headers.items() if isinstance(headers, Mapping) else headers)]
        self.status, self.size, self.raw = status, len(body), body[:SCAN]
        self.headers = dict(pairs)
        self.cookies = [v.partition("=")[0].strip() for k, v in pairs if k == "set-cookie"]
        self.markup = _decoded(self.raw)

    @cached_property
    def shown(self) -> str:
        """What a reader with scripts switched on would see before they ran."""
        return visible_text(_NOSCRIPT.sub(" ", self.markup))

    @cached_property
    def words(self) -> str:
        """Everything said to anybody: title, text, and what stands for those without scripts."""
        title = _TITLE.search(self.markup)
        return f"{title[1].strip() if title else ''} {visible_text(self.markup)}".strip()

    @cached_property
    def links(self) -> int:
        return self.raw.lower().count(b"<a ")

    @property
    def readable(self) -> bool:
        """Something to read, ways to go on, or what only the portal's own system writes."""
        return len(self.shown) >= SHORT or self.links >= NAVIGATION or bool(_OWN.search(self.markup))

    @property
    def is_html(self) -> bool:
        return self.markup.lstrip("\ufeff \t\r\n")[:1] == "<" and "<?xml" not in self.markup[:20]

    @property
    def has_script(self) -> bool:
        return b"<script" in self.raw.lower()

    def scripts(self) -> list[tuple[str, str]]:
        return [(product, sign) for product, sign, pattern in _SCRIPTS if pattern.search(self.raw)]

    def gates(self) -> list[tuple[str, str]]:
        """Cookies and headers that only a gate sets."""
        cookies = [
            (COOKIES[name], f"cookie {name}") for name in COOKIES if any(c.startswith(name) for c in self.cookies)
        ]
        return cookies + [(product, f"header {name}") for name, product in HEADERS.items() if name in self.headers]


Found = list[tuple[str, str]]  # (product, sign), the most telling first; empty: nothing found


def _by_status(page: _Page) -> Found:
    """412 and 521 belong to one product each; 202 with a script and nothing to read is a challenge of some kind."""
    if product := PRODUCT_STATUS.get(page.status):
        return [(product, f"HTTP {page.status}"), *page.scripts(), *page.gates()]
    if page.status == 202 and page.has_script and not page.readable:
        return [*page.scripts(), *page.gates(), ("script challenge", "HTTP 202 with a script and nothing to read")]
    return []


def _by_script(page: _Page) -> Found:
    if page.readable or not page.has_script:
        return []
    if found := page.scripts():
        return found + page.gates()
    if b"document.cookie" in page.raw and any(reload in page.raw for reload in RELOADS):
        return [("cookie script", "a script that sets a cookie and reloads"), *page.gates()]
    return []


def _by_text(page: _Page) -> Found:
    """A block page says so in few words and links nowhere."""
    if page.links >= NAVIGATION or len(page.shown) >= 3 * SHORT or _OWN.search(page.markup):
        return []
    words = page.words.lower()
    if found := [(product, sign) for product, sign in _BLOCK if sign.lower() in words]:
        return [*found, *page.gates()]
    if page.readable or page.status == 403 or not page.is_html:
        return []
    return [(product, sign) for product, sign in _WEAK if sign.lower() in words]


def _by_cookie(page: _Page) -> Found:
    """A page with a gate's cookie and nothing to read; beside content the same cookie means nothing."""
    return page.gates() if page.is_html and len(page.shown) < SHORT // 4 and not page.readable else []


def _gate_redirect(page: _Page, url: str) -> Found:
    """A redirect to itself that sets a cookie loops for whoever keeps none; other redirects may set what they like."""
    location = page.headers.get("location", "")
    if "security_verify_" in location:
        return [("Yunsuo", "redirect with security_verify"), *page.gates()]
    if not url or "set-cookie" not in page.headers or not _same_address(url, location):
        return []
    return [*page.gates(), ("cookie gate", ASKS_BACK)]


def _same_address(url: str, location: str) -> bool:
    try:
        return urldefrag(urljoin(url, location)).url == urldefrag(url).url
    except ValueError:
        return False


def _empty_shell(page: _Page) -> Found:
    """A small HTML page with a script and nothing to read, that leads nowhere by itself."""
    if page.status not in (200, 202, 203) or not page.is_html or page.size > SHELL or len(page.shown) > SHORT // 10:
        return []
    if page.readable or not page.has_script or _META_REFRESH.search(page.markup) or _STATIC_JUMP.search(page.markup):
        return []
    return [("empty shell", f"{page.size} bytes, a script and nothing to read")]


def _binary(body: bytes) -> bool:
    """Files are no challenge pages, whatever bytes they hold."""
    magics = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf")
    return body.startswith(magics)


def _decoded(raw: bytes) -> str:
    """Good enough to find signs; crawler/decode.py decides what an article's text is."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(raw) - 3:  # cut in the middle of a character
            return raw.decode("utf-8", "ignore")
    return raw.decode("gb18030", "replace")


def visible_text(markup: str) -> str:
    """What stands on the page, white space folded; tags, title, scripts, styles and comments gone."""
    return " ".join(unescape(_TAG.sub(" ", _HIDDEN.sub(" <", _COMMENT.sub(" ", markup)))).split())


# --- pages that answer 200 and are not there ---------------------------------------------------------------------


def looks_missing(title: str, text: str) -> str | None:
    """The words by which a 200 page says that it is not there, or None. A long text is a page that reports on it."""
    heading, shown = " ".join(title.split()), " ".join(text.split())
    if len(shown) >= 2 * SHORT:
        return None
    words = f"{heading}\n{shown}".lower()
    return next((sign for sign in _MISSING if sign.lower() in words), None)


def same_page(one: bytes, other: bytes) -> bool:
    """Whether two answers show the same: the home page for everything, one error page for all addresses.

    Compared by what a reader sees, digits aside (clocks, counters, trace ids): nine of ten groups of four characters.
    """
    first, second = (_shingles(visible_text(_decoded(body[:SCAN]))) for body in (one, other))
    if not first or not second:
        return first == second
    return len(first & second) >= 0.9 * max(len(first), len(second))


def shows(page: bytes, text: str) -> bool:
    """Whether nine tenths of a text stand in what a page shows, digits aside; nothing at all always does."""
    wanted = _shingles(text)
    return len(wanted & _shingles(visible_text(_decoded(page[:SCAN])))) >= 0.9 * len(wanted)


def prints(page: bytes, text: str) -> bool:
    """Whether a text stands in what a page shows, every digit of it; white space aside."""
    shown = "".join(visible_text(_decoded(page[:SCAN])).split())
    return "".join(text.split()) in shown


def _shingles(text: str) -> frozenset[str]:
    plain = "".join(c for c in text if not c.isdigit() and not c.isspace())
    return frozenset(plain[i : i + 4] for i in range(max(len(plain) - 3, min(len(plain), 1))))


def probe_url(url: str, token: str) -> str:
    """An address beside `url` that cannot exist: same folder and ending, `token` (letters) for the name."""
    path = url.partition("?")[0]
    folder, _, name = path.rpartition("/")
    _, dot, ending = name.rpartition(".")
    return f"{folder}/dibao-{token}{dot + ending if dot else '.html'}"
