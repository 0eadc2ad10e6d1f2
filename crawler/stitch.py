"""A body that goes over several pages, in one piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive.records import Article

MAX_BODY_PAGES = 50  # further pages of one body


def stitch(pages: Sequence[Article]) -> Article:
    """The first page's fields with the bodies of all pages, in order; a paragraph repeated at a border stands once."""
    first = pages[0]
    bodies, markup = [first.body], [first.body_html]
    for page in pages[1:]:
        if page.body and page.body not in bodies:
            bodies.append(page.body)
            markup.append(page.body_html)
    return replace(
        first,
        body="\n".join(filter(None, bodies)),
        body_html="\n".join(filter(None, markup)),
        attachments=tuple(dict.fromkeys(item for page in pages for item in page.attachments)),
        images=tuple(dict.fromkeys(item for page in pages for item in page.images)),
        next_pages=(),
    )
