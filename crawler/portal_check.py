"""Check definitions against pages: the ones kept with them, the newest ones of the archive, or live ones.

Each rule gives a line: what it yields now, what was expected. What differs is drift: the portal was redesigned, or a
change of the rules reads its pages otherwise.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.connection import FILE, connect_readonly
from archive.errors import IntegrityError
from archive.records import Listing
from archive.urls import host_of
from archive.warc import Place, read_record
from crawler.decode import decode_page
from crawler.definitions import load_portal
from crawler.errors import PageError, PortalError
from crawler.extract import extract
from crawler.fetch_steps import Fetch, Fetched
from crawler.listing import list_page
from crawler.listing.addresses import is_attachment
from crawler.listing.walk import leads_on, request_of
from crawler.platforms import SURE, recognise
from crawler.portal import Portal
from crawler.portal_add import ARTICLE_FIELDS, article_reading, kept_folder, list_reading

ARTICLES = 3  # looked at, of the archive or live
NEAR = 0.3  # a platform so much surer than the definition's contradicts it; relatives share clues
DATED = 0.8  # least share of rows with a date
FILLED = {"title": 1.0, "body": 1.0, "published": 0.66}  # least share of articles; the others are told, not judged


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule of one definition on one page."""

    portal: str
    page: str  # list 要闻, article …
    rule: str
    yields: str
    expected: str
    ok: bool


@dataclass(slots=True)
class Checked:
    """What came of a check: every finding, and why the portals without any were not checked, by id."""

    findings: list[Finding] = field(default_factory=list)
    without: dict[str, str] = field(default_factory=dict)  # no page was there, or the portal may not be asked
    unusable: dict[str, str] = field(default_factory=dict)  # definition, or kept pages, that cannot be read
    damaged: list[str] = field(default_factory=list)  # records of the archive that cannot be read, and were passed over


def check_portals(ids: Sequence[str], archive: Path, fetch: Fetch | None) -> Checked:
    """Check portal after portal; one that cannot be used leaves the others be. `fetch` given: live."""
    checked = Checked()
    for portal_id in ids:
        try:
            portal = load_portal(portal_id)
            found = list(_findings(portal, archive, fetch, checked.damaged))
        except PortalError as error:
            checked.unusable[portal_id] = str(error)
            continue
        checked.findings += found
        if not found:
            forbidden = portal.robots if portal.robots != "obey" else None
            checked.without[portal_id] = (forbidden or "it has no columns") if fetch else "no page of it is kept"
    return checked


def _findings(portal: Portal, archive: Path, fetch: Fetch | None, damaged: list[str]) -> Iterator[Finding]:
    if fetch is not None:
        yield from check_live(portal, fetch)
    elif (folder := kept_folder(portal.id)) is not None:
        yield from check_kept(portal, folder)
    elif (archive / FILE).is_file():
        yield from check_archive(portal, archive, damaged)


def check_kept(portal: Portal, folder: Path) -> Iterator[Finding]:
    """Against the pages kept with the definition: every value must be as it was. Raises PortalError."""
    try:
        kept = json.loads((folder / "kept.json").read_text("utf-8"))
        pages = {name: _kept_page(folder, name, kept[name]) for name in ("list", "article") if name in kept}
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise PortalError(f"{folder}: kept pages cannot be read: {error}; `dibao portal add` makes them anew") from None
    if "list" in pages:
        yield from _same(portal, "list", _reading(list_reading, pages["list"], portal, "rows"), kept["list"])
    if "article" in pages:
        yield from _same(
            portal, "article", _reading(article_reading, pages["article"], portal, "title"), kept["article"]
        )


def _reading(
    read: Callable[[Fetched, Portal], dict[str, Any]], page: Fetched, portal: Portal, rule: str
) -> dict[str, Any]:
    """What the rules read on a kept page; where they cannot, the reason in place of what `rule` gives."""
    try:
        return read(page, portal)
    except PageError as error:
        return {rule: f"({error})"}


def check_archive(portal: Portal, directory: Path, damaged: list[str]) -> Iterator[Finding]:
    """Against the newest list page of each column and the newest articles that the archive holds of the portal.

    What cannot be read goes to `damaged`, and an older page stands for it.
    """
    conn = connect_readonly(directory)
    try:
        for section in portal.sections:
            lists = _captured(conn, directory, "c.url = ? AND c.verdict = 'list'", section.url, damaged)
            if page := next(lists, None):
                yield from _list_findings(portal, section.name, page)
        own = "c.id IN (SELECT capture_id FROM articles WHERE portal = ?)"
        yield from _article_findings(portal, list(_captured(conn, directory, own, portal.id, damaged)))
    finally:
        conn.close()


def check_live(portal: Portal, fetch: Fetch) -> Iterator[Finding]:
    """Against the portal as it is now: the first page of each column, and articles of the first one.

    Nothing where its definition says that it must not be asked.
    """
    if (portal.robots or "obey") != "obey":
        return
    sections = [section for section in portal.sections if section.enabled is not False]
    pages = fetch([section.url for section in sections]) if sections else {}
    articles: list[str] = []
    for section in sections:
        page = _with_rows(pages[section.url], portal, fetch)
        yield from _list_findings(portal, section.name, page)
        articles += [] if articles else _article_urls(page, portal)
    wanted = articles[:ARTICLES]
    yield from _article_findings(portal, list(fetch(wanted).values()) if wanted else [])


def _kept_page(folder: Path, name: str, kept: Mapping[str, Any]) -> Fetched:
    headers = (("Content-Type", kept["content_type"]),) if kept["content_type"] else ()
    return Fetched(kept["url"], gzip.decompress((folder / f"{name}.gz").read_bytes()), headers)


def _same(portal: Portal, page: str, now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[Finding]:
    for rule in [key for key in then if key not in ("url", "content_type")]:
        yield Finding(portal.id, page, rule, _short(now.get(rule)), _short(then[rule]), now.get(rule) == then[rule])


def _short(value: Any) -> str:
    """A value in a table cell."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return f"{len(value)} rows, first {value[0][1]}"
    if isinstance(value, list):
        return " > ".join(map(str, value))
    text = str(value if value is not None else "-")
    return f"{len(text)} characters, {text[:16]}…" if len(text) > 60 else text


def _captured(
    conn: sqlite3.Connection, directory: Path, where: str, value: str, damaged: list[str]
) -> Iterator[Fetched]:
    """The newest captures with a payload of their own."""
    sql = f'SELECT c.url, c.warc, c."offset", c.length FROM captures c WHERE {where} AND c.revisit_of IS NULL'
    rows = conn.execute(f"{sql} AND c.status = 200 ORDER BY c.id DESC LIMIT {ARTICLES}", (value,)).fetchall()
    for url, *place in rows:
        try:
            record = read_record(directory / "warc", Place(*place))
        except IntegrityError as error:
            damaged.append(str(error))
            continue
        yield Fetched(url, record.payload, tuple(record.headers))


def _list_findings(portal: Portal, column: str, page: Fetched) -> Iterator[Finding]:
    name = f"list {column}"
    listing = _listing(page, portal)
    if isinstance(listing, str):
        yield Finding(portal.id, name, "page", listing, "a list page", False)
        return
    section = portal.section_for(page.url)
    least = max((section.min_rows if section else None) or 1, 1)
    if leads_on(listing):
        yield Finding(portal.id, name, "rows", "named by the page, elsewhere", f"at least {least}", True)
        return
    dated = sum(row.date is not None for row in listing.rows)
    issues = f"; {listing.issues[0]}" if listing.issues else ""
    yield Finding(
        portal.id, name, "rows", f"{len(listing.rows)}{issues}", f"at least {least}", len(listing.rows) >= least
    )
    if listing.rows:
        yield Finding(portal.id, name, "date", f"{dated} of {len(listing.rows)}", f"{DATED:.0%}",
                      dated >= DATED * len(listing.rows))  # fmt: skip
        yield Finding(portal.id, name, "pager", listing.pager.kind, "any", True)
    yield from _platform_finding(portal, name, page)


def _platform_finding(portal: Portal, name: str, page: Fetched) -> Iterator[Finding]:
    """A page that surely is of another platform than the definition says."""
    guesses = recognise(decode_page(page.payload, dict(page.headers)).text, page.url)
    certain = {guess.platform: guess.certainty for guess in guesses}
    if portal.preset and guesses:
        best = guesses[0]
        ok = best.certainty < SURE or certain.get(portal.preset, 0.0) >= best.certainty - NEAR
        yield Finding(portal.id, name, "platform", f"{best.platform} ({best.certainty})", portal.preset, ok)


def _article_findings(portal: Portal, pages: list[Fetched]) -> Iterator[Finding]:
    if not pages:
        return
    counts = dict.fromkeys(ARTICLE_FIELDS, 0)
    for page in pages:
        if page.problem:
            yield Finding(portal.id, "article", "page", f"{page.problem} at {page.url}", "an article", False)
            continue
        try:
            article = extract(page.payload, page.url, headers=page.headers, portal=portal)
        except PageError as error:
            yield Finding(portal.id, "article", "page", f"{error} at {page.url}", "an article", False)
            continue
        for name in ARTICLE_FIELDS:
            counts[name] += bool(getattr(article, name))
    for name, count in counts.items():
        least = FILLED.get(name, 0.0)
        yield Finding(portal.id, f"{len(pages)} articles", name, f"on {count}", f"{least:.0%}" if least else "any",
                      count >= least * len(pages))  # fmt: skip


def _listing(page: Fetched, portal: Portal) -> Listing | str:
    """What the rules read on a list page, or why it cannot be read."""
    if page.problem:
        return page.problem
    try:
        return list_page(page.payload, page.url, headers=page.headers, portal=portal)
    except PageError as error:
        return str(error)


def _with_rows(page: Fetched, portal: Portal, fetch: Fetch) -> Fetched:
    """The page, or where it is a shell the answer of the interface it names."""
    listing = _listing(page, portal)
    if isinstance(listing, str) or not leads_on(listing):
        return page
    following = request_of(listing.pager)
    if following is None or following["method"] != "GET":
        return page
    return fetch([following["url"]])[following["url"]]


def _article_urls(page: Fetched, portal: Portal) -> list[str]:
    listing = _listing(page, portal)
    rows = () if isinstance(listing, str) else listing.rows
    return [row.url for row in rows if host_of(row.url) in portal.hosts and not is_attachment(row.url)]
