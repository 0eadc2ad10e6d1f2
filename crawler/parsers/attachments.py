"""Attachments: the files an article carries, with the names a reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from selectolax.lexbor import LexborNode

from archive.records import Attachment
from crawler.html import Line, fold

TYPES = r"pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|zip|rar|7z|txt|csv|rtf|tif|ceb|hwpx?"
FILE = re.compile(rf"\.(?:{TYPES})(?:$|[?#&])", re.IGNORECASE)
SCRIPT = re.compile(
    r"download\.jsp|/attachment/|download(?:file|attach)|/files/|/P0\d{8,}|filedown|attach(?:ment)?\.(?:do|action)",
    re.IGNORECASE,
)
QUOTED = re.compile(
    rf"""['"]([^'"<>\s]{{1,500}}?\.(?:{TYPES})|[^'"<>\s]{{0,300}}?download\.jsp[^'"<>\s]{{0,300}})['"]""", re.IGNORECASE
)
NO_ADDRESS = ("javascript:", "mailto:", "data:", "#")


def parse_attachments(lines: list[Line], node: LexborNode | None, base: str | None) -> tuple[Attachment, ...]:
    """Every file linked from these lines or shown in the body's element, each address once, in order."""
    found: dict[str, Attachment] = {}
    for name, address in [*_linked(lines), *_embedded(node)]:
        url = resolve(address, base)
        found.setdefault(url, Attachment(name or _file_name(url), url))
    return tuple(found.values())


@lru_cache(maxsize=256)  # a page's links are asked for by several parsers
def resolve(address: str, base: str | None) -> str:
    """Absolute where the base is known; an address that cannot be read stays as it is."""
    try:
        return urljoin(base, address) if base else address
    except ValueError:
        return address


def _linked(lines: list[Line]) -> Iterator[tuple[str, str]]:
    for line in lines:
        for text, href in line.links:
            address = re.sub(r"[\r\n\t]+", "", href).strip()
            if address.lower().startswith("javascript:"):
                quoted = QUOTED.search(address)
                address = quoted[1] if quoted else ""
            if (
                address
                and not address.lower().startswith(NO_ADDRESS)
                and (FILE.search(address) or SCRIPT.search(address))
            ):
                yield fold(text), address


def _embedded(node: LexborNode | None) -> Iterator[tuple[str, str]]:
    """Files behind onclick, and in viewers: the file itself, or a query parameter of the viewer's address."""
    if node is None:
        return
    for element in node.css("[onclick], iframe[src], embed[src], object[data]"):
        attributes = element.attributes
        onclick = QUOTED.search(attributes.get("onclick") or "")
        if onclick:
            yield fold(element.text()), onclick[1]
        source = (attributes.get("src") or attributes.get("data") or "").strip()
        if FILE.search(urlsplit_path(source)):
            yield "", source
        else:
            yield from (("", value) for _, value in _parameters(source) if FILE.search(value))


def urlsplit_path(address: str) -> str:
    """The path of an address; "" where it cannot be read."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _parameters(address: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(address).query)
    except ValueError:
        return []


def _file_name(url: str) -> str:
    return unquote(urlsplit_path(url).rsplit("/", 1)[-1])
