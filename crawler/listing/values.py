"""Rows in JSON: the list of records that have a headline and an address, whatever the keys are called."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.records import ListRow
from crawler.html import fold
from crawler.listing.addresses import absolute
from crawler.listing.dates import date_of_value

Record = Mapping[str, Any]
# Best first; compared in lower case without "_" and "-".
TITLES = ("title", "doctitle", "docsubtitle", "articletitle", "infotitle", "newstitle", "contenttitle", "headline",
          "headers", "mc", "bt", "subject", "linktitle", "showtitle", "name", "subtitle", "titles")  # fmt: skip
ADDRESSES = ("url", "docpuburl", "docurl", "infourl", "articleurl", "linkurl", "link", "href", "pcurl", "urls",
             "pageurl", "staticurl", "htmlurl", "visiturl", "doclink", "infolink", "path", "infoid")  # fmt: skip
DATES = ("publishedtimestr", "displaypublishtime", "docrelpubtime", "publishdate", "publishtime", "publishedtime",
         "pubdate", "pubtime", "docpubtime", "releasetime", "releasedate", "docreltime", "infodate", "fbsj", "fbrq",
         "rq", "firstpublishedtime", "showdate", "date", "time", "createdate", "createtime", "crtime", "writetime",
         "updatetime", "dates", "times")  # fmt: skip
RECORDS = re.compile(r"^(?:total|totalrec(?:ord)?s?|totalcounts?|totalnum|recordcount|records|rowcount|count|numfound"
                     r"|totalelements|totalsize)$")  # fmt: skip
PAGES = re.compile(r"^(?:totalpages?|pagecount|pages|pagetotal|totalpagecount|pagenums)$")
SIZE = re.compile(r"^(?:pagesize|perpage|size|limit|rows|pagerows)$")
NUMBER = re.compile(r"^(?:page|pageno|pageindex|pagenum|pagenumber|current|currentpage|currpage|curpage|rulespageno)$")
# Interfaces whose records carry no address: what the page's own script builds.
BUILT = (("docid", "itemid", "/cbircweb/DocInfo/SelectByDocId?docId={docid}"),)
TAG = re.compile(r"<[^<>]{1,200}>")
MAX_VALUES = 200_000


@dataclass(frozen=True, slots=True)
class Found:
    """The records of a JSON value, and what it says of the list's length."""

    rows: tuple[ListRow, ...] = ()
    total_records: int | None = None
    total_pages: int | None = None
    size: int | None = None
    number: int | None = None


def found_rows(value: Any, base: str, fields: Mapping[str, str] | None = None, path: str | None = None) -> Found:
    """The longest list of records with a headline and an address in a JSON value. `path` (dotted) says where."""
    best = Found()
    for records, around in _lists(_at(value, path)):
        rows = _rows(records, base, fields)
        if len(rows) > len(best.rows):
            best = Found(rows, *_numbers(around))
    return best if best.rows or best.total_records is not None else Found((), *_numbers(_flat(value)))


def markup_in(value: Any) -> str:
    """The HTML strings of a JSON value that hold links, put together."""
    return "\n".join(text for text in _strings(value) if "<a" in text.lower() or "<record" in text.lower())


def _at(value: Any, path: str | None) -> Any:
    for key in path.split(".") if path else ():
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _lists(value: Any) -> Iterable[tuple[list[Record], Record]]:
    """Every list of objects in a value, with the plain values that stand around it."""
    queue: list[tuple[Any, Record]] = [(value, {})]
    for seen, (item, around) in enumerate(queue):
        if seen > MAX_VALUES:
            return
        if isinstance(item, list):
            records: list[Record] = [one for one in item if isinstance(one, dict)]
            if records:
                yield records, around
            queue.extend((one, around) for one in item if isinstance(one, dict | list))
        elif isinstance(item, dict):
            inner = {**around, **_flat(item)}
            queue.extend((one, inner) for one in item.values() if isinstance(one, dict | list))


def _flat(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {}
    inner = {key: item for one in value.values() if isinstance(one, dict) for key, item in one.items()}
    return {_key(key): item for key, item in {**inner, **value}.items() if not isinstance(item, dict | list)}


def _key(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "")


def _rows(records: list[Record], base: str, fields: Mapping[str, str] | None) -> tuple[ListRow, ...]:
    rows: dict[str, ListRow] = {}
    for record in records:
        plain = {_key(key): item for key, item in _widened(record).items() if item not in (None, "", [])}
        title = TAG.sub("", str(_named(plain, "title", TITLES, fields) or ""))
        url = _address(plain, base, fields)
        if fold(title) and url:
            date = next((day for key in _order(DATES, "date", fields) if (day := date_of_value(plain.get(key)))), None)
            rows.setdefault(url, ListRow(url, fold(title), date))
    return tuple(rows.values())


def _widened(record: Record) -> dict[str, Any]:
    """A record with the keys of the objects in it (`source`, `data`): a search index wraps its documents."""
    inner = {key: item for one in record.values() if isinstance(one, dict) for key, item in one.items()}
    return {**inner, **record}


def _order(names: tuple[str, ...], field: str, fields: Mapping[str, str] | None) -> tuple[str, ...]:
    return (_key(fields[field]), *names) if fields and fields.get(field) else names


def _named(plain: Record, field: str, names: tuple[str, ...], fields: Mapping[str, str] | None) -> Any:
    return next((plain[key] for key in _order(names, field, fields) if isinstance(plain.get(key), str | int)), None)


def _address(plain: Record, base: str, fields: Mapping[str, str] | None) -> str | None:
    template = fields.get("url", "") if fields else ""
    if "{" in template:
        return absolute(_filled(template, plain), base)
    for key in _order(ADDRESSES, "url", fields):
        value = _page_of(plain.get(key))
        if value and ("/" in value or re.search(r"\.\w{2,5}(?:\?|$)", value)):
            return absolute(value, base)
    for first, second, built in BUILT:
        if first in plain and second in plain:
            return absolute(_filled(built, plain), base)
    return None


def _filled(template: str, plain: Record) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: str(plain.get(_key(name[1]), "")), template)


def _page_of(value: Any) -> str | None:
    """An address given as text, as {"pc": …}, or as that object in a string."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    if isinstance(value, dict):
        value = value.get("pc") or next((one for one in value.values() if isinstance(one, str)), None)
    return value if isinstance(value, str) else None


def _numbers(around: Record) -> tuple[int | None, int | None, int | None, int | None]:
    """Records, pages, page size, page number, as far as the values around a list say."""
    found: list[int | None] = []
    for pattern in (RECORDS, PAGES, SIZE, NUMBER):
        values = (item for key, item in around.items() if pattern.match(key))
        found.append(next((int(v) for v in values if not isinstance(v, bool) and str(v).isdigit()), None))
    return found[0], found[1], found[2], found[3]


def _strings(value: Any) -> Iterable[str]:
    queue = [value]
    for item in queue:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            queue.extend(item.values())
        elif isinstance(item, list):
            queue.extend(item)
