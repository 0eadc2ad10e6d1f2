"""Attachments: the files an article carries, with the names a reader sees."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from archive.records import Attachment
from crawler.html import Line, fold

FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z|txt|csv)(?:$|[?#])", re.IGNORECASE)
SCRIPT = re.compile(
    r"download\.jsp|/attachment/|downloadfile|/files/|/P0\d{8,}|filedown|attach(?:ment)?\.(?:do|action)", re.IGNORECASE
)


def parse_attachments(lines: list[Line], base: str | None) -> tuple[Attachment, ...]:
    """Every file linked from these lines, each address once, in order."""
    found: dict[str, Attachment] = {}
    for line in lines:
        for text, href in line.links:
            address = re.sub(r"[\r\n\t]+", "", href).strip()
            if not address or not (FILE.search(address) or SCRIPT.search(address)):
                continue
            if address.lower().startswith(("javascript:", "mailto:", "data:")):
                continue
            url = resolve(address, base)
            name = fold(text) or unquote(urlsplit(url).path.rsplit("/", 1)[-1])
            found.setdefault(url, Attachment(name, url))
    return tuple(found.values())


def resolve(address: str, base: str | None) -> str:
    """Absolute where the base is known; an address that cannot be read stays as it is."""
    try:
        return urljoin(base, address) if base else address
    except ValueError:
        return address
