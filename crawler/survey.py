"""What a portal is made of, from one of its addresses (home page, column or article): platform, columns, a first try.

`survey` is given a `fetch` and does no input or output of its own; crawler/portal_add.py writes what it found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive.records import Article, Listing
from archive.urls import canonical_url, host_of
from crawler.columns import ColumnLink, columns_in, site_of
from crawler.decode import decode_page
from crawler.definitions import define, load_preset
from crawler.errors import CrawlError, NotAnArticle, PageError, PortalError
from crawler.extract import extract
from crawler.fetch_steps import Fetch, Fetched
from crawler.html import Page, fold, read_page
from crawler.listing import list_page
from crawler.listing.addresses import is_attachment
from crawler.listing.walk import leads_on, request_of
from crawler.platforms import SURE, Guess, recognise
from crawler.portal import Portal, Section

MAX_COLUMNS = 6  # tried
KEPT_COLUMNS = 4  # written
FEW_ROWS = 4  # a page with fewer is no list, unless it is the one that was named
ARTICLES = 3  # tried
STUB = 60  # characters; an article's body is longer
FIELDS = ("title", "source", "published", "breadcrumb", "body")
HOME = ("", "/", "/index.html", "/index.htm", "/index.shtml", "/index.jhtml", "/index.php", "/index.asp", "/index.aspx")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was tried: its list page, and the page its rows stood on (an interface, where it is a shell)."""

    section: Section
    listing: Listing
    page: Fetched
    rows_page: Fetched


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found, best column first."""

    url: str
    name: str
    site_id_code: str | None
    guess: Guess | None
    columns: tuple[Column, ...]
    articles: tuple[tuple[Fetched, Article], ...]
    doubts: tuple[str, ...]

    def filled(self, field: str) -> int:
        """How many of the tried articles have the field."""
        return sum(bool(getattr(article, field)) for _, article in self.articles)


def survey(url: str, fetch: Fetch) -> Survey:
    """Look at a portal. Raises RefusedError, CrawlError where it gives no page, PortalError where it has no column."""
    first = fetch([url])[url].had(url)
    page = _read(first)
    columns = _columns(first, page, fetch)
    if not columns:
        raise PortalError(f"{url}: no list of articles found, nor behind its links; {_cure(page)}")
    guess = _platform([first, *(column.page for column in columns), *(column.rows_page for column in columns)])
    columns = [_with_preset(column, guess) for column in columns]
    columns.sort(key=_worth, reverse=True)
    articles, failed = _articles(columns, guess, fetch)
    code = next((a.site.get("SiteIDCode") for _, a in articles if a.site.get("SiteIDCode")), page.meta("siteidcode"))
    home = urlsplit(url)
    found = Survey(f"{home.scheme}://{home.netloc}/", _name(page, articles, url), code, guess,
                   tuple(columns[:KEPT_COLUMNS]), tuple(articles), ())  # fmt: skip
    return replace(found, doubts=tuple(_doubts(found, failed)))


def trial_portal(url: str, guess: Guess | None) -> Portal:
    """The definition as it would be used for this page: the recognised preset's rules."""
    values = {"id": "trial", "name": "trial", "url": url, "section": [{"name": "trial", "url": url}]}
    return define({**values, "preset": guess.platform} if guess else values, url)


def _text(fetched: Fetched) -> str:
    return decode_page(fetched.payload, dict(fetched.headers)).text


def _read(fetched: Fetched) -> Page:
    return read_page(_text(fetched))


def _columns(first: Fetched, page: Page, fetch: Fetch) -> list[Column]:
    """The page itself where it is a list, else the lists behind its links."""
    if urlsplit(first.url).path not in HOME or urlsplit(first.url).query:
        own = _column(ColumnLink(_column_name(page, first.url), first.url, "news", 0), first, fetch, few=0)
        if own is not None and not _is_article(first, page, own.listing):
            return [own]
    links = columns_in(page.tree, first.url)[:MAX_COLUMNS]
    pages = fetch([link.url for link in links]) if links else {}
    tried = (_column(link, pages[link.url], fetch) for link in links if not pages[link.url].problem)
    columns = _each_once(column for column in tried if column is not None)
    failed = [f"{link.name} {link.url}: {pages[link.url].problem}" for link in links if pages[link.url].problem]
    if failed and not columns:
        raise PortalError(f"{first.url}: no list of articles found; its columns were not got: {'; '.join(failed)}")
    return columns


def _each_once(columns: Iterable[Column]) -> list[Column]:
    """Each list once, though several links led to it, and each under a name of its own."""
    found: dict[str, Column] = {}
    names: set[str] = set()
    for column in columns:
        if (address := canonical_url(column.section.url)) not in found:
            name = column.section.name
            name = f"{name} {urlsplit(address).path}" if name in names else name
            names.add(name)
            found[address] = replace(column, section=replace(column.section, name=name))
    return list(found.values())


def _column(link: ColumnLink, page: Fetched, fetch: Fetch, few: int = FEW_ROWS) -> Column | None:
    try:
        listing = list_page(page.payload, page.url, headers=page.headers)
        rows_page, following = page, request_of(listing.pager)
        if leads_on(listing) and following and following["method"] == "GET":
            rows_page = fetch([following["url"]])[following["url"]]
            listing = list_page(rows_page.payload, rows_page.url, headers=rows_page.headers)
    except PageError:
        return None
    if len(listing.rows) <= few:
        return None
    section = Section(name=link.name, url=page.url, type=link.kind)
    return Column(section, listing, page, rows_page)


def _is_article(fetched: Fetched, page: Page, listing: Listing) -> bool:
    """Whether the page named is an article: by its tags, by its address, else unless most rows beside it are dated."""
    if page.meta("articletitle"):
        return True
    guesses = recognise(page.text, fetched.url)
    preset = load_preset(guesses[0].platform) if guesses and guesses[0].certainty >= SURE else {}
    address = preset.get("article", {}).get("url")
    if address and re.search(address, fetched.url):
        return True
    dated = sum(row.date is not None for row in listing.rows)
    return dated * 2 < len(listing.rows) and _reads_as_article(fetched)


def _reads_as_article(fetched: Fetched) -> bool:
    try:
        article = extract(fetched.payload, fetched.url, headers=fetched.headers)
    except PageError:
        return False
    return bool(article.published and len(article.body) > STUB)


def _platform(pages: Sequence[Fetched]) -> Guess | None:
    """The most certain guess over all pages."""
    guesses = [guess for page in pages if not page.problem for guess in recognise(_text(page), page.url)]
    best = max(guesses, key=lambda guess: guess.certainty, default=None)
    return best if best is not None and best.certainty >= SURE else None


def _with_preset(column: Column, guess: Guess | None) -> Column:
    """The column read once more with the rules it would be crawled by."""
    if guess is None:
        return column
    portal = trial_portal(column.section.url, guess)
    listing = list_page(column.rows_page.payload, column.rows_page.url, headers=column.rows_page.headers, portal=portal)
    return replace(column, listing=listing)


def _worth(column: Column) -> tuple[int, int]:
    kinds = {"news": 3, "notice": 2, "policy": 1}
    return kinds.get(column.section.type or "", 0), len(column.listing.rows)


def _articles(
    columns: Sequence[Column], guess: Guess | None, fetch: Fetch
) -> tuple[list[tuple[Fetched, Article]], list[str]]:
    """The first articles of the best column, and why others could not be read."""
    rows = [row.url for column in columns for row in column.listing.rows
            if site_of(row.url) == site_of(column.section.url) and not is_attachment(row.url)]  # fmt: skip
    pages = fetch(rows[:ARTICLES]) if rows else {}
    read, failed = [], []
    for url, page in pages.items():
        try:
            portal = trial_portal(url, guess)
            read.append((page, extract(page.had(url).payload, page.url, headers=page.headers, portal=portal)))
        except CrawlError as error:
            failed.append(f"{url}: {error}" if isinstance(error, NotAnArticle) else str(error))
    return read, failed


def _name(page: Page, articles: Sequence[tuple[Fetched, Article]], url: str) -> str:
    """What the portal calls itself: by its tags, else what the titles of its pages end with."""
    named = next((a.site.get("SiteName") for _, a in articles if a.site.get("SiteName")), None)
    titles = [*(_read(fetched).title for fetched, _ in articles), page.title]
    endings = [parts[-1] for title in titles if len(parts := re.split(r"\s*[-_—|]+\s*", fold(title))) > 1]
    return named or page.meta("sitename") or next(iter(endings), "") or fold(page.title) or host_of(url)


def _column_name(page: Page, url: str) -> str:
    title = fold(page.title).replace("_", "-").split("-")[0]
    return page.meta("columnname") or title or urlsplit(url).path.strip("/").rsplit("/", 1)[0] or host_of(url)


def _cure(page: Page) -> str:
    links = len(page.tree.css("a[href]"))
    if links < 5:
        return f"the page has {links} links, its script fills it: give the address of a column or of the data it loads"
    return "give the address of a column page (要闻, 通知公告), as a browser shows it"


def _doubts(found: Survey, failed: Sequence[str]) -> list[str]:
    """What a person should look at."""
    doubts = [f"article not read: {reason}" for reason in failed]
    if found.guess is None:
        doubts.append("the platform was not recognised: no preset, the generic reading holds")
    if not found.site_id_code:
        doubts.append("no 网站标识码 on the pages: province, level and division code are open")
    for column in found.columns:
        undated = sum(row.date is None for row in column.listing.rows)
        if undated:
            doubts.append(f"{column.section.name}: {undated} of {len(column.listing.rows)} rows have no date")
        if column.listing.pager.kind == "single":
            doubts.append(f"{column.section.name}: no pager found; is it all on one page?")
    tried = len(found.articles)
    doubts += [
        f"{field}: on {found.filled(field)} of {tried} articles" for field in FIELDS if found.filled(field) < tried
    ]
    return doubts
