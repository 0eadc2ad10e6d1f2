"""Lists that are data: JSON (also HTML in JSON), Hanweb's data store, RSS, sitemaps, JSON inside a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from archive.records import Listing, ListRow, Pager
from crawler.html import fold
from crawler.listing.dates import date_of_value, date_of

TITLE = (
    "TITLE",
    "title",
    "docTitle",
    "DOCTITLE",
    "docSubtitle",
    "subTitle",
    "name",
    "headers",
    "infotitle",
    "showtitle",
)
URL = ("URL", "url", "DOCPUBURL", "link", "infourl", "docPubUrl", "href", "pageUrl", "articleUrl", "docUrl")
DATE = ("DOCRELPUBTIME", "PUBDATE", "publishedTimeStr", "publishDate", "pubDate", "pubtime", "pubTime", "display_publish_time",
        "publishTime", "date", "time", "createTime", "create_time", "docPublishDate", "infodate", "publishedTime", "builddate")  # fmt: skip
TOTAL = ("total", "totalRec", "totalrecord", "totalCount", "count", "totalRecords", "rowCount")
TOTAL_PAGES = ("totalPage", "totalpage", "pageCount", "pages", "totalPages")
PAGE_PARAMETERS = ("page", "pageNo", "pageIndex", "pageNumber", "currpage", "pageno", "p", "current", "pageNum")
CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


def json_listing(data: Any, url: str, fields: Mapping[str, str] | None = None) -> Listing | None:
    """Rows of the first list of records that have a headline and an address (or an id); None where there is none."""
    found = _records(data, fields)
    if found is None:
        return None
    records, holder = found
    rows = tuple(row for record in records if (row := _row(record, url, fields)))
    total, pages = _first(holder, TOTAL), _first(holder, TOTAL_PAGES)
    return Listing(rows, _json_pager(url, len(records), total, pages), "json")


def _records(data: Any, fields: Mapping[str, str] | None) -> tuple[list[dict[str, Any]], dict[str, Any]] | None:
    queue: list[tuple[Any, dict[str, Any]]] = [(data, {})]
    while queue:
        value, holder = queue.pop(0)
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            records = [item.get("source", item) if isinstance(item.get("source"), dict) else item for item in value]
            if any(_get(record, fields, "title", TITLE) for record in records):
                return records, holder
        if isinstance(value, dict):
            queue += [(child, {**holder, **value}) for child in value.values() if isinstance(child, dict | list)]
        elif isinstance(value, list):
            queue += [(child, holder) for child in value[:50] if isinstance(child, dict | list)]
    return None


def _get(record: Mapping[str, Any], fields: Mapping[str, str] | None, name: str, keys: tuple[str, ...]) -> Any:
    if fields and fields.get(name):
        return record.get(fields[name])
    return next((record[key] for key in keys if record.get(key)), None)


def _row(record: Mapping[str, Any], url: str, fields: Mapping[str, str] | None) -> ListRow | None:
    title, address = _get(record, fields, "title", TITLE), _get(record, fields, "url", URL)
    if not title:
        return None
    if not address and record.get("docId"):
        address = f"/cn/view/pages/ItemDetail.html?docId={record['docId']}"
    if not isinstance(address, str):
        return None
    name = fold(re.sub(r"<[^>]{1,80}>", "", str(title)))
    return ListRow(urljoin(url, address.strip()), name, date_of_value(_get(record, fields, "date", DATE)))


def _first(holder: Mapping[str, Any], keys: tuple[str, ...]) -> int | None:
    for key in keys:
        value = holder.get(key)
        if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
            return int(value)
    return None


def _json_pager(url: str, rows: int, total: int | None, pages: int | None) -> Pager:
    """The next page of a JSON interface: its page parameter, one higher, while the total says there is one."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    for at, (name, value) in enumerate(query):
        if name in PAGE_PARAMETERS and value.isdigit():
            number = int(value)
            known_end = (pages is not None and number >= pages) or (
                total is not None and rows and number * rows >= total
            )
            if known_end or not rows:
                return Pager("json_page", None, (), None, pages, total)
            following = [*query[:at], (name, str(number + 1)), *query[at + 1 :]]
            target = urlunsplit(parts._replace(query=urlencode(following, safe="[],:/")))
            return Pager("json_page", target, (target,), None, pages, total)
    comma = re.search(r"(pageIndex=)(\d+)", parts.path)
    if comma:
        target = url.replace(comma[0], f"{comma[1]}{int(comma[2]) + 1}", 1)
        if not (total is not None and int(comma[2]) * rows >= total):
            return Pager("json_page", target, (target,), None, pages, total)
    return Pager("file_list", None, (), None, pages, total)


def datastore_rows(text: str) -> str:
    """The HTML of all records of a Hanweb data store (List A and B)."""
    records = re.findall(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", text, re.DOTALL)
    return "\n".join(records)


def datastore_pager(text: str, url: str) -> Pager:
    """The next window of a dataproxy list: windows step by their own length, whatever perpage says."""
    total = re.search(r"<totalrecord>(\d+)</totalrecord>", text)
    pages = re.search(r"<totalpage>(\d+)</totalpage>", text)
    records = int(total[1]) if total else None
    group = re.search(r"<nextgroup>\s*<!\[CDATA\[(.*?)\]\]>", text, re.DOTALL)
    count = pages and int(pages[1])
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    if "startrecord" in query and "endrecord" in query:
        start, end = int(query["startrecord"]), int(query["endrecord"])
        if records is not None and end < records:
            size = end - start + 1
            window = {**query, "startrecord": str(end + 1), "endrecord": str(min(end + size, records))}
            target = urlunsplit(urlsplit(url)._replace(query=urlencode(window)))
            return Pager("offset", target, (target,), None, count, records)
        return Pager("offset", None, (), None, count, records)
    link = re.search(r"href=[\"']([^\"']+)[\"']", group[1]) if group else None
    if link:
        target = urljoin(url, link[1].replace("&amp;", "&"))
        return Pager("offset", target, (target,), None, count, records)
    return Pager("offset", None, (), None, count, records)


def feed_rows(text: str, url: str) -> tuple[ListRow, ...]:
    """The rows of an RSS or Atom feed or a sitemap, read with an XML parser that resolves no entity."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False, load_dtd=False)
    root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "replace"), parser)
    return tuple(_feed(root, url)) if root is not None else ()


def _feed(root: Any, url: str) -> Iterator[ListRow]:
    for item in root.iter("{*}item", "{*}entry", "{*}url"):
        values = {child.tag.rpartition("}")[2]: child for child in item if isinstance(child.tag, str)}
        link = values.get("link", values.get("loc"))
        address = (link.get("href") or link.text or "").strip() if link is not None else ""
        if address:
            title = fold("".join(values["title"].itertext())) if "title" in values else ""
            written = next(
                (
                    values[name].text
                    for name in ("pubDate", "published", "updated", "lastmod", "date")
                    if name in values
                ),
                "",
            )
            yield ListRow(urljoin(url, address), title, date_of(written or ""))


def embedded_json(text: str) -> Any:
    """The first array of records assigned to a variable in a script, or None."""
    for match in re.finditer(r"(?:var|let|const)\s+\w+\s*=\s*(?=[\[{])", text):
        try:
            value, _ = json.JSONDecoder().raw_decode(text, match.end())
        except ValueError:
            continue
        if isinstance(value, list | dict) and value:
            yield_value = json_listing(value, "http://x/")
            if yield_value and len(yield_value.rows) > 2:
                return value
    return None
