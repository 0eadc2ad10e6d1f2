"""Pages that are only a way to another page: a meta refresh, or one literal address that a script goes to. Pure.

No script is run: what a script computes, or does only for some readers, leads nowhere.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urldefrag, urljoin

from archive.records import Capture
from crawler.decode import decode_page

SMALL = 2048  # bytes
LITTLE = 60  # characters to read, and
FEW = 2  # links: "click here if nothing happens"
HOLDS = re.compile(r"<(?:img|i?frame|embed|object|video|audio)\b", re.IGNORECASE)  # something to look at
HANDLER = re.compile(r"\bon(?!load\b)[a-z]+\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)  # a button's is for a click
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
LINE_COMMENT = re.compile(r"^\s*//[^\n]*", re.MULTILINE)
TAG = re.compile(r"<(script|style|title|noscript)\b.*?(?:</\1\s*>|\Z)|<[^>]*>", re.DOTALL | re.IGNORECASE)
META = re.compile(r"<meta\b[^<>]*\bhttp-equiv\s*=\s*[\"']?refresh\b[^<>]*>", re.IGNORECASE)
META_URL = re.compile(r"\burl\s*=\s*[\"']?([^\"'>\s]+)", re.IGNORECASE)
SCRIPT = re.compile(
    r"\blocation(?:\.href)?\s*=(?!=)\s*([\"'])([^\"'<>\s]+)\1(?!\s*\+)"
    r"|\blocation\.(?:replace|assign)\(\s*([\"'])([^\"'<>\s]+)\3\s*\)"
)
ANY_SCRIPT = re.compile(r"\blocation(?:\.href)?\s*=(?!=)|\blocation\.(?:replace|assign)\(")
CONDITION = re.compile(r"userAgent|navigator\.|\bscreen\.|document\.cookie|referrer")


def jump_of(capture: Capture) -> str | None:
    """The address that a small page without anything to read leads to, resolved; None for any other page."""
    if len(capture.payload) >= SMALL or not re.search(rb"refresh|location", capture.payload, re.IGNORECASE):
        return None
    markup = LINE_COMMENT.sub("", COMMENT.sub(_script_in, decode_page(capture.payload, capture.headers).text))
    links = len(re.findall(r"<a\s", markup, re.IGNORECASE))
    if links > FEW or HOLDS.search(markup) or len("".join(TAG.sub("", markup).split())) > LITTLE:
        return None
    address = _refreshed(markup) or _scripted(HANDLER.sub("", markup))
    try:
        target = urldefrag(urljoin(capture.url, address)).url if address else ""
    except ValueError:
        return None
    return target if target and target != urldefrag(capture.url).url else None


def _script_in(comment: re.Match[str]) -> str:
    """A comment stays where it is what old scripts stand in, and holds no markup."""
    return "" if "<" in comment.group(1) else comment.group()


def _refreshed(markup: str) -> str | None:
    tag = META.search(markup)
    found = META_URL.search(unescape(tag.group().partition("content")[2])) if tag else None
    return found.group(1) if found else None


def _scripted(markup: str) -> str | None:
    """The one address that is written out; of two, or beside a computed one, none is sure."""
    found = {one.group(2) or one.group(4) for one in SCRIPT.finditer(markup)}
    if len(found) != 1 or CONDITION.search(markup) or len(ANY_SCRIPT.findall(markup)) != len(SCRIPT.findall(markup)):
        return None
    return found.pop()
