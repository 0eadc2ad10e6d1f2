"""A portal definition as records: what a portal is, its columns, and the rules that differ from the generic reading.

Definitions are TOML files (crawler/portals/, or the folder $DIBAO_PORTALS); crawler/definitions.py loads and checks
them. Every rule may be None: then the generic reading holds. A section's rules go before the portal's, the portal's
before its preset's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

INDEX = ("", "index", "default")  # files that stand for their folder


@dataclass(frozen=True, slots=True)
class PagerRules:
    """How a list goes on (domain: numbered, descending, next_link, offset, json_page, file_list, postback, single)."""

    kind: str | None = None
    template: str | None = None  # address of page n, with {n}; relative to the column
    first: int | None = None  # the number that stands for page 2
    step: int | None = None
    total: str | None = None  # regex over the raw text, group 1 = the total
    total_unit: str | None = None  # pages, records
    page_size: int | None = None
    selector: str | None = None  # CSS of the "next" link
    method: str | None = None
    body: str | None = None
    headers: Mapping[str, str] | None = None
    rows: str | None = None  # path to the rows in JSON, dotted
    max_pages: int | None = None


@dataclass(frozen=True, slots=True)
class ListRules:
    """How rows are read; selectors are CSS, `link`, `title` and `date` relative to the row."""

    mode: str | None = None  # html, html_in_comment, xml_cdata, json, html_in_json, js_var, file_list, rss
    row: str | None = None
    link: str | None = None
    title: str | None = None
    date: str | None = None
    include: str | None = None  # regex that an article's absolute address must match
    exclude: str | None = None  # regex that it must not match
    base_url: str | None = None
    fields: Mapping[str, str] | None = None  # JSON: url, title, date -> key
    pager: PagerRules = PagerRules()


@dataclass(frozen=True, slots=True)
class ArticleRules:
    """How an article page is read; selectors are CSS."""

    url: str | None = None  # regex over article addresses
    key: str | None = None  # regex with group 1 = the document's own id
    title: str | None = None
    source: str | None = None
    published: str | None = None
    breadcrumb: str | None = None
    body: str | None = None
    remove: str | None = None  # elements that are no body
    cut: tuple[str, ...] | None = None  # words that end the body


@dataclass(frozen=True, slots=True)
class Section:
    """A column (栏目)."""

    name: str
    url: str  # of its first list page
    type: str | None = None  # news, notice, policy, interpretation …
    enabled: bool | None = None  # False: not crawled
    every: str | None = None  # how often `crawl --due` reads it: 6h, 1d, 2w; None = as the portal
    min_rows: int | None = None  # fewer rows on the first page is an alarm
    since: str | None = None  # ISO date: older rows are left alone
    list: ListRules = ListRules()
    later: bool | None = field(default=None, metadata={"key": False})  # True: not due in this run (crawler/due.py)

    @property
    def walked(self) -> bool:
        """Whether this run reads its list; a column that is not read still names the rules of its pages."""
        return self.enabled is not False and not self.later


@dataclass(frozen=True, slots=True)
class Portal:
    id: str
    name: str
    url: str
    publisher: str | None = None
    province: str | None = None
    level: str | None = None  # central, province, city, district, department
    division_code: str | None = None  # GB/T 2260
    site_id_code: str | None = None  # 网站标识码
    preset: str | None = None
    status: str | None = None  # seen: rules were seen on a real page; inferred: not yet
    robots: str | None = None  # obey, or the reason not to crawl at all
    hosts: tuple[str, ...] = ()  # every host that may be asked
    encoding: str | None = None
    delay_s: float | None = None  # seconds between requests; None = 2
    every: str | None = None  # how often `crawl --due` takes it up: 6h, 1d, 2w; None = 1d
    window: str | None = None  # "22:00-06:00" in the portal's zone
    recheck: tuple[tuple[float, float], ...] | None = None  # (age in days, interval in days)
    verify_tls: bool | None = None
    attachments: str | None = None  # download (None too), or record: their names and addresses only
    attachments_max_mb: float | None = None  # larger ones are not kept; None = 64
    cookies: bool | None = None  # True: keep the portal's cookies during a run, for one that answers nobody without
    notes: str | None = None
    sections: tuple[Section, ...] = ()
    list: ListRules = ListRules()
    article: ArticleRules = ArticleRules()

    @property
    def bare(self) -> bool:
        """Whether this is the portal of a bare address (`for_url`), without a definition."""
        return self.id == self.name == for_url(self.url).id

    @property
    def closed(self) -> str | None:
        """Why nothing at all is asked of it; None where robots.txt is asked, and obeyed."""
        return self.robots if self.robots and self.robots != "obey" else None

    def look(self, *, live: bool = False) -> str:
        """The command that shows a person what is read there now."""
        if self.bare and self.sections:
            return f"`dibao portal add {self.sections[0].url} --dry-run`"
        return f"`dibao portal check {self.id}{' --live' if live else ''}`"

    def section_for(self, url: str) -> Section | None:
        """The column a list page belongs to: the one whose folder is the longest prefix of the address."""
        best: Section | None = None
        for section in self.sections:
            folder = section.url.rsplit("/", 1)[0] + "/"
            if url == section.url:
                return section
            if url.startswith(folder) and (best is None or len(section.url) > len(best.url)):
                best = section
        return best

    def list_rules(self, url: str) -> ListRules:
        """The rules for a list page: the column's, filled up from the portal's."""
        section = self.section_for(url)
        return merged(section.list, self.list) if section else self.list


def merged(first: ListRules, second: ListRules) -> ListRules:
    """`first`, with what it leaves open taken from `second`."""
    values = {
        name: getattr(first, name) if getattr(first, name) is not None else getattr(second, name)
        for name in ListRules.__slots__
        if name != "pager"
    }
    pager = {
        name: getattr(first.pager, name) if getattr(first.pager, name) is not None else getattr(second.pager, name)
        for name in PagerRules.__slots__
    }
    return ListRules(**values, pager=PagerRules(**pager))


def is_web_address(url: str) -> bool:
    """Whether this is an http or https address whose host and port can be read."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # http://[x/, http://x.cn:99999/
        return False


def for_url(url: str) -> Portal:
    """The ad-hoc definition of a bare column address: its host is its id, the address its one column.

    Raises ValueError for what is no web address.
    """
    url = urldefrag(url.strip()).url
    parts = urlsplit(url)
    host = parts.hostname or ""
    name = host if parts.port is None else f"{host}:{parts.port}"
    return Portal(
        id=name,
        name=name,
        url=f"{parts.scheme}://{parts.netloc}/",
        hosts=(host,),
        status="seen",
        sections=(Section(name=_bare_name(url) or host, url=url),),
    )


def _bare_name(url: str) -> str:
    """The name of a column without a definition: its address below the host, where that is no index page.

    Alarms and habits are a name's: two columns of a portal must not share one (/xwzx/zwyw.htm, list.asp?id=17).
    """
    parts = urlsplit(url)
    folder, _, file = parts.path.rpartition("/")
    stem = file.partition(".")[0]
    path = folder if stem in INDEX else f"{folder}/{stem}"
    return path.strip("/") + (f"?{parts.query}" if parts.query else "")
