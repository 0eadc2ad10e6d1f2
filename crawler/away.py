"""A held article whose address leads elsewhere now: to the home page, a column, an error page. Pure.

Portals that close or move an article often answer with a redirect to their front page instead of a 404.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.urls import canonical_url
from crawler.portal import Portal

INDEX = re.compile(r"(?<=/)(?:index|default|home|main)\.(?:s?html?|jhtml|jspx?|php|aspx?)$", re.IGNORECASE)
ERROR = re.compile(
    r"/(?:404|error(?:page)?(?:[-_]?404)?|not_?found|page_?404|404_?error)(?:\.\w{2,5}|/)?$", re.IGNORECASE
)


def leads_away(target: str, portal: Portal) -> str | None:
    """The grade of absence that a redirect to `target` means for an article, or None: it may be its new address."""
    address = canonical_url(target)
    parts = urlsplit(address)
    if ERROR.search(parts.path):
        return "soft_404"
    if parts.query:
        return None
    fronts = {_front(canonical_url(url)) for url in (portal.url, *(section.url for section in portal.sections))}
    if _front(parts.path) == "/" or _front(address) in fronts:
        return "redirected_home"
    return None


def _front(address: str) -> str:
    """The folder that an index page stands for."""
    return INDEX.sub("", address)
