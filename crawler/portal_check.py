"""Check definitions against pages: the ones kept with them, the newest ones of the archive, or live ones.

Each rule gives a line: what it yields now, what was expected. What differs is drift: the portal was redesigned, or a
change of the rules reads its pages otherwise.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.connection import FILE, connect_readonly
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


def check_portals(ids: Sequence[str], archive: Path, fetch: Fetch | None) -> tuple[list[Finding], list[str]]:
    """(findings, ids of portals that no page was there for). `fetch` given: live. Raises PortalError."""
    findings: list[Finding] = []
    without: list[str] = []
    for portal_id in ids:
        portal = load_portal(portal_id)
        if fetch is not None:
            here = list(check_live(portal, fetch))
        elif (folder := kept_folder(portal_id)) is not None:
            here = list(check_kept(portal, folder))
        else:
            here = list(check_archive(portal, archive)) if (archive / FILE).is_file() else []
        findings += here
        without += [] if here else [portal_id]
    return findings, without


def check_kept(portal: Portal, folder: Path) -> Iterator[Finding]:
    """Against the pages kept with the definition: every value must be as it was. Raises PortalError."""
    try:
        kept = json.loads((folder / "kept.json").read_text("utf-8"))
        pages = {name: _kept_page(folder, name, kept[name]) for name in ("list", "article") if name in kept}
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise PortalError(f"{folder}: kept pages cannot be read: {error}; `dibao portal add` makes them anew") from None
    if "list" in pages:
        yield from _same(portal, "list", list_reading(pages["list"], portal), kept["list"])
    if "article" in pages:
        try:
            reading = article_reading(pages["article"], portal)
        except PageError as error:
            reading = {"title": f"({error})"}
        yield from _same(portal, "article", reading, kept["article"])


def check_archive(portal: Portal, directory: Path) -> Iterator[Finding]:
    """Against the newest list page of each column and the newest articles that the archive holds of the portal."""
    conn = connect_readonly(directory)
    try:
        for section in portal.sections:
            page = _captured(conn, directory, "c.url = ? AND c.verdict = 'list'", (section.url,))
            if page:
                yield from _list_findings(portal, section.name, page[0])
        pages = _captured(conn, directory, "c.id IN (SELECT capture_id FROM articles WHERE portal = ?)", (portal.id,))
        yield from _article_findings(portal, pages)
    finally:
        conn.close()


def check_live(portal: Portal, fetch: Fetch) -> Iterator[Finding]:
    """Against the portal as it is now: the first page of each column, and articles of the first one."""
    if (portal.robots or "obey") != "obey":
        raise PortalError(f"{portal.id}: {portal.robots}; not asked")
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


def _captured(conn: sqlite3.Connection, directory: Path, where: str, values: tuple[object, ...]) -> list[Fetched]:
    """The newest captures with a payload of their own."""
    sql = f'SELECT c.url, c.warc, c."offset", c.length FROM captures c WHERE {where} AND c.revisit_of IS NULL'
    rows = conn.execute(f"{sql} AND c.status = 200 ORDER BY c.id DESC LIMIT {ARTICLES}", values).fetchall()
    pages = []
    for url, *place in rows:
        record = read_record(directory / "warc", Place(*place))
        pages.append(Fetched(url, record.payload, tuple(record.headers)))
    return pages


def _list_findings(portal: Portal, column: str, page: Fetched) -> Iterator[Finding]:
    name = f"list {column}"
    if page.problem:
        yield Finding(portal.id, name, "page", page.problem, "a list page", False)
        return
    listing = list_page(page.payload, page.url, headers=page.headers, portal=portal)
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
        for field in ARTICLE_FIELDS:
            counts[field] += bool(getattr(article, field))
    for field, count in counts.items():
        least = FILLED.get(field, 0.0)
        yield Finding(portal.id, f"{len(pages)} articles", field, f"on {count}", f"{least:.0%}" if least else "any",
                      count >= least * len(pages))  # fmt: skip


def _with_rows(page: Fetched, portal: Portal, fetch: Fetch) -> Fetched:
    """The page, or where it is a shell the answer of the interface it names."""
    if page.problem:
        return page
    listing = list_page(page.payload, page.url, headers=page.headers, portal=portal)
    following = request_of(listing.pager)
    if not leads_on(listing) or following is None or following["method"] != "GET":
        return page
    return fetch([following["url"]])[following["url"]]


def _article_urls(page: Fetched, portal: Portal) -> list[str]:
    if page.problem:
        return []
    rows = list_page(page.payload, page.url, headers=page.headers, portal=portal).rows
    return [row.url for row in rows if host_of(row.url) in portal.hosts and not is_attachment(row.url)]
