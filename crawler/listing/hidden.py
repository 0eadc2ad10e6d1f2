"""Lists that a browser sees and a parser does not: in comments, CDATA, a data store, scripts, JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborHTMLParser

from archive.records import ListRow
from crawler.html import parse
from crawler.listing.addresses import article_likeness, belongs_to
from crawler.listing.groups import html_rows
from crawler.listing.literals import assigned_records, script_values
from crawler.listing.values import found_rows, markup_in

MAX_COMMENTS = 2_000
TEMPLATE_TAG = re.compile(r"</?template\b[^<>]*>", re.IGNORECASE)
SURE_STORE = 1.5  # a data store is the list, whatever else the page shows
SURE_SCRIPT = 0.9
SURE_COMMENT = 0.5  # commented rows count only where the page shows no list


def hidden_rows(text: str, tree: LexborHTMLParser, base: str, column: str) -> tuple[list[ListRow], float]:
    """The best list outside the visible tree, and how sure the reading is."""
    best: tuple[list[ListRow], float] = ([], 0.0)
    for markup, sureness in _markups(text, tree):
        rows, score = html_rows(parse(markup), base, column)
        if score * sureness > best[1]:
            best = rows, score * sureness
    rows, score = _script_rows(tree, base, column)
    return (rows, score) if score > best[1] else best


def between(text: str, start: str, end: str) -> Iterator[str]:
    """What stands between two marks, each time; linear also where the second one is missing."""
    at = text.find(start)
    while at >= 0:
        stop = text.find(end, at + len(start))
        if stop < 0:
            return
        yield text[at + len(start) : stop]
        at = text.find(start, stop)


def comments_of(text: str) -> Iterator[str]:
    return between(text, "<!--", "-->")


def cdata_of(text: str) -> Iterator[str]:
    return between(text, "<![CDATA[", "]]>")


def datastore_markup(text: str) -> str:
    """The HTML of the records of a Hanweb data store, one row each."""
    begun = re.split(r"<record>", text, flags=re.IGNORECASE)[1:]
    records = (re.split(r"</record>", piece, maxsplit=1, flags=re.IGNORECASE) for piece in begun)
    return "\n".join(f"<div>{_as_row(record[0])}</div>" for record in records if len(record) == 2)


def _as_row(record: str) -> str:
    """Records hold rows of tables without their table: a parser would throw the cells away."""
    record = record.strip().removeprefix("<![CDATA[").removesuffix("]]>")
    return f"<table>{record}</table>" if re.match(r"\s*<t[rd]\b", record, re.IGNORECASE) else record


def _markups(text: str, tree: LexborHTMLParser) -> Iterator[tuple[str, float]]:
    if "<record" in text.lower():
        yield datastore_markup(text), SURE_STORE
    comments = list(islice(comments_of(text), MAX_COMMENTS))
    linked = [comment for comment in comments if "<a" in comment.lower() and "href" in comment.lower()]
    yield from ((comment, SURE_COMMENT) for comment in linked if comment.lower().count("<a") >= 3)
    if len(linked) > 3:
        yield "\n".join(linked), SURE_COMMENT
    for script in tree.css("script, textarea, template"):
        content = TEMPLATE_TAG.sub("", script.html or "") if script.tag == "template" else script.text() or ""
        lowered = content.lower()
        if "<a" in lowered and "<record" not in lowered:
            yield "\n".join(cdata_of(content)) or _strings_of(content), SURE_SCRIPT


def _strings_of(script: str) -> str:
    """The markup that a script writes."""
    return re.sub(r"\\([\"'/])", r"\1", re.sub(r"[\"']\s*\+?\s*\n\s*\+?\s*[\"']", "", script))


def _script_rows(tree: LexborHTMLParser, base: str, column: str) -> tuple[list[ListRow], float]:
    """The list that stands as data in a script."""
    best: tuple[list[ListRow], float] = ([], 0.0)
    scripts = [text for node in tree.css("script") if len(text := node.text() or "") >= 20 and "/" in text]
    written = assigned_records("\n".join(scripts))  # a script for each row, on some portals
    for value in [written, *(value for script in scripts for value in script_values(script))]:
        rows = list(found_rows(value, base).rows)
        best = max(best, (rows, _score(rows, column)), key=lambda one: one[1])
        markup = markup_in(value)
        if markup:
            best = max(best, html_rows(parse(markup), base, column), key=lambda one: one[1])
    return best


def _score(rows: list[ListRow], column: str) -> float:
    """Menus are lists of records with headline and address too, but without dates and articles."""
    worth = sum(article_likeness(row.url) + (1.2 if row.date else 0.0) for row in rows)
    own = sum(belongs_to(row.url, column) for row in rows) / max(len(rows), 1)
    return (1 + 9 * own) * worth * SURE_SCRIPT if worth >= len(rows) else 0.0
