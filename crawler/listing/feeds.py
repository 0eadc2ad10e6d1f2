"""Lists that are one XML file: RSS, RDF, Atom, sitemaps. The parser loads nothing and resolves no entity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

from archive.records import Listing, ListRow, Pager
from crawler.html import fold
from crawler.listing.addresses import absolute
from crawler.listing.dates import CHINA, date_in_address, date_of
from crawler.listing.files import first_file

FEED = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*){0,5}<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b",
    re.IGNORECASE | re.DOTALL,
)
PARSER = {"resolve_entities": False, "no_network": True, "recover": True, "load_dtd": False, "huge_tree": False}
DATES = ("pubDate", "published", "publication_date", "date", "updated", "lastmod")


def is_feed(text: str) -> bool:
    return FEED.match(text[:5000]) is not None


def feed_listing(text: str, url: str) -> Listing:
    """Every entry of a feed or sitemap. A sitemap's entries have no headline."""
    declared = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text)
    root = etree.fromstring(declared.encode("utf-8", "replace"), etree.XMLParser(**PARSER))
    if root is None:
        return Listing((), Pager("file_list"), issues=("an XML feed that cannot be read",))
    maps = tuple(found for one in root.iter("{*}sitemap") if (found := _address(one, url)))
    if maps:
        return Listing((), first_file(maps))
    rows: dict[str, ListRow] = {}
    for row in _rows(root, url):
        rows.setdefault(row.url, row)
    return Listing(tuple(rows.values()), Pager("file_list"))


def _rows(root: Any, url: str) -> Iterator[ListRow]:
    for item in root.iter("{*}item", "{*}entry", "{*}url"):
        address = _address(item, url)
        if address:
            title = next((fold("".join(one.itertext())) for one in item.iter("{*}title")), "")
            yield ListRow(address, title, _date(item) or date_in_address(address))


def _address(item: Any, url: str) -> str | None:
    for one in item.iter("{*}link", "{*}loc", "{*}guid"):
        found = absolute(one.get("href") or one.text or "", url) if one.get("rel", "alternate") == "alternate" else None
        if found and (one.get("href") or "/" in (one.text or "")):
            return found
    return None


def _date(item: Any) -> str | None:
    for name in DATES:
        for one in item.iter(f"{{*}}{name}"):
            found = date_of((one.text or "").strip()[:10]) or _mail_date(one.text or "")
            if found:
                return found
    return None


def _mail_date(text: str) -> str | None:
    """The day in China of an RFC 2822 date."""
    try:
        moment = parsedate_to_datetime(text.strip())
    except ValueError:
        return None
    return (moment.astimezone(CHINA) if moment.tzinfo else moment).date().isoformat()
