"""The main list of a page: the links that stand in repeated siblings and look most like rows of articles.

Every element that holds few links is tried as a row, every element with such children as a list. Lists of one look are
one list. What decides is structure - repetition, dates, addresses of articles, length of headlines - not class names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.records import ListRow
from crawler.html import fold
from crawler.listing.addresses import absolute, article_likeness, belongs_to, is_attachment, is_badge, shape
from crawler.listing.context import ancestors, leads_to_more, pager_scope
from crawler.listing.dates import FULL
from crawler.listing.pieces import headline, no_title, pieces_of, row_date

LEVELS = 12  # ancestors of a link tried as its row
MAX_LINKS = 4_000
IN_ROW = 4  # links of one row (column, headline, files, versions); more is a block of rows
LABEL = re.compile(r"\W*\w{0,6}(?:解读|图解|附件|下载|详细|详情|查看|更多|阅读|全文|原文|问答|视频|公报)\W*")
NEIGHBOUR = re.compile(r"\W{0,3}(?:上|下|前|后)一?(?:篇|条|页|则|个)")
UNLIKE_LISTS = frozenset({"nav", "header", "footer", "aside"})
LAYOUT = frozenset({"div", "ul", "ol", "dl", "table", "section", "article", "main", "aside", "nav"})
ON_CLICK = re.compile(
    r"[\"']([^\"'\s]{2,300}?(?:\.(?:s?html?|jhtml|jsp|aspx?|php|do)\b|[?&]\w*id=)[^\"'\s]{0,200})[\"']", re.I
)
PAGED = 6.0  # weight of a list that stands with the pager
PAGED_ENOUGH = 0.7  # share of ENOUGH that is enough beside the pager
MORE_ELSEWHERE = 0.3  # of a box that leads to more of it
ENOUGH = 1.0  # least worth of a row on average; a menu entry has about 0.4


@dataclass(slots=True)
class Link:
    """One link of the page."""

    node: LexborNode
    url: str
    is_file: bool
    likeness: float  # of its address to an article's
    own: float  # 1: the address carries the column's


@dataclass(slots=True)
class Row:
    """One repeated element and the link it is about."""

    link: Link
    title: str
    date: str | None
    printed: int  # the date stands in the row: 2 with its year, 1 without; 0 only in the address
    node: LexborNode
    look: str  # tag and classes of the element
    worth: float
    order: int


@dataclass(slots=True)
class _List:
    """What may be the main list."""

    rows: list[Row]
    group: Group
    paged: bool = False  # the pager stands with it
    more: bool = False  # its heading links to the whole of it
    score: float = 0.0

    @property
    def is_list(self) -> bool:
        enough = ENOUGH * (PAGED_ENOUGH if self.paged else 1)
        return sum(row.worth for row in self.rows) >= enough * len(self.rows)


@dataclass(slots=True)
class Group:
    """Elements of one look with one parent look: perhaps a list."""

    loose: int  # number of the parent's look by tags alone
    depth: int
    members: dict[int, tuple[LexborNode, list[Link]]] = field(default_factory=dict)


def html_rows(tree: LexborHTMLParser, base: str, column: str) -> tuple[list[ListRow], float]:
    """The rows of the page's main list in order, each address once, and how sure the reading is (0: no list)."""
    links = _links(tree, base, column)
    order = {link.node.mem_id: at for at, link in enumerate(links)}
    lists = [_List(rows, group) for group in _groups(links) if (rows := _rows(group, order))]
    _look_around(tree, lists)
    lists.sort(key=lambda one: -one.score)  # of equals the first, which is the outermost
    best = next((one for one in lists if one.is_list), None)
    if best is None:
        return [], 0.0
    rows = list(best.rows)
    held = {row.link.node.mem_id for row in rows}
    for other in lists:
        if not any(row.link.node.mem_id in held for row in other.rows) and _same_list(best, other):
            rows += other.rows
            held |= {row.link.node.mem_id for row in other.rows}
    return _unique(_cleaned(rows)), best.score


def _look_around(tree: LexborHTMLParser, lists: list[_List]) -> None:
    """Note which lists the page's pager belongs to, and which are boxes that lead to more of them elsewhere."""
    candidates = [one for one in lists if sum(row.worth for row in one.rows) >= PAGED_ENOUGH * len(one.rows)]
    scope = pager_scope(tree, (row.link.node for one in candidates for row in one.rows[:1]))
    for one in candidates:
        one.more = leads_to_more(one.rows[0].node)
        inside = [row for row in one.rows if scope in [around.mem_id for around in ancestors(row.link.node)]]
        one.paged = bool(inside)
        if inside and len(inside) < len(one.rows):
            one.rows = inside  # a box of the same look elsewhere
    for one in lists:
        one.score = _score(one.rows) * (MORE_ELSEWHERE if one.more else 1) * (PAGED if one.paged else 1)


def _links(tree: LexborHTMLParser, base: str, column: str) -> list[Link]:
    found = []
    for node in tree.css("a")[:MAX_LINKS]:
        url = absolute(node.attributes.get("href") or "", base) or _on_click(node, base)
        if url and not is_badge(url):
            likeness = article_likeness(url)
            found.append(Link(node, url, is_attachment(url), likeness, float(belongs_to(url, column))))
    return found


def _on_click(node: LexborNode, base: str) -> str | None:
    script = f"{node.attributes.get('onclick') or ''} {node.attributes.get('href') or ''}"[:600]
    found = ON_CLICK.search(script) if "'" in script or '"' in script else None
    return absolute(found[1], base) if found else None


def _groups(links: list[Link]) -> list[Group]:
    """Every list that the links may stand in, outer ones first."""
    looks = _Looks()
    groups: dict[tuple[int, str], Group] = {}
    for link in links:
        node = link.node
        for _ in range(LEVELS):
            parent = node.parent
            if parent is None or not parent.is_element_node or node.tag == "body":
                break
            look, loose, depth = looks.of(parent)
            group = groups.setdefault((look, node.tag or ""), Group(loose, depth))
            group.members.setdefault(node.mem_id, (node, []))[1].append(link)
            node = parent
    return sorted(groups.values(), key=lambda group: group.depth)


class _Looks:
    """Numbers for what an element and everything around it looks like: with classes, and by tags alone."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[int, str], int] = {}
        self.known: dict[int, tuple[int, int, int]] = {}

    def of(self, node: LexborNode) -> tuple[int, int, int]:
        """(look, look by tags alone, depth)."""
        chain: list[LexborNode] = []
        current: LexborNode | None = node
        while current is not None and current.mem_id not in self.known and len(chain) < 200:
            chain.append(current)
            current = current.parent
        strict, loose, depth = self.known.get(current.mem_id, (0, 0, 0)) if current is not None else (0, 0, 0)
        for one in reversed(chain):
            tag = one.tag or ""
            name = f"{one.attributes.get('id') or ''} {one.attributes.get('class') or ''}" if tag in LAYOUT else ""
            strict = self._number(strict, f"{tag} {re.sub(r'[0-9]+', '', name)}")
            loose = self._number(loose, tag)
            depth += 1
            self.known[one.mem_id] = (strict, loose, depth)
        return strict, loose, depth

    def _number(self, outer: int, look: str) -> int:
        return self.numbers.setdefault((outer, look), len(self.numbers) + 1)


def _rows(group: Group, order: dict[int, int]) -> list[Row]:
    rows = []
    for node, links in group.members.values():
        link = _main_link(node, links)
        if link is None:
            continue
        pieces = pieces_of(_extent(node), link.node)
        title = headline(link.node, pieces)
        date, printed = row_date(pieces, link.url)
        look = f"{node.tag} {node.attributes.get('class')}"
        row = Row(link, title, date, printed, node, look, 0.0, order[link.node.mem_id])
        row.worth = _worth(row, node)
        if title:
            rows.append(row)
    return rows


def _main_link(node: LexborNode, links: list[Link]) -> Link | None:
    """The link a row is about, None where the element is no row but a block of them."""
    outer = [link for link in links if not _in_inner_list(link.node, node)] or links
    pages = [link for link in outer if not link.is_file]
    articles = {link.url: link for link in pages if link.likeness >= 0.5}
    if len(articles) > IN_ROW or len(outer) > 3 * IN_ROW or _is_block(node, articles.values()):
        return None
    return max(pages or outer, key=lambda link: (link.likeness >= 0.5, _rank(link.node)))


def _is_block(node: LexborNode, articles: Iterable[Link]) -> bool:
    """Whether an element holds several rows: several headlines, and not one date that they share."""
    headlines = sum(_rank(link.node) >= 2 for link in articles)
    return headlines > 1 and len(FULL.findall(node.text(separator=" "))) != 1


def _in_inner_list(link: LexborNode, row: LexborNode) -> bool:
    current = link
    for _ in range(LEVELS):
        if current.mem_id == row.mem_id or current.parent is None:
            return False
        current = current.parent
        if current.mem_id != row.mem_id and current.tag in ("ul", "ol", "li"):
            return True
    return False


def _rank(node: LexborNode) -> int:
    """How much the text of a link is like a headline: 3 yes, 2 a short one, 1 a label (解读, 附件), 0 none (详细)."""
    text = fold(node.text())
    length = 0 if no_title(text) else max(len(text), len(node.attributes.get("title") or ""))
    if LABEL.fullmatch(text):
        length = min(length, 1)
    return 3 if length >= 8 else 2 if length >= 4 else min(length, 1)


def _extent(node: LexborNode) -> Iterator[LexborNode]:
    """The element, and what follows it up to the next link: rows need no element of their own."""
    yield node
    following = node.next
    for _ in range(6):
        if following is None:
            return
        if following.is_element_node and (following.tag == "a" or following.css_first("a") is not None):
            return
        yield following
        following = following.next


def _worth(row: Row, node: LexborNode) -> float:
    """How much a row looks like one of a list of articles: about 3 a dated one, 0.4 an entry of a menu."""
    length = len(row.title)
    worth = row.link.likeness + 0.4 * row.link.own + (0.6 if length >= 10 else 0.3 if length >= 6 else 0.0)
    worth += (0.2 * bool(row.date), 0.9, 1.2)[row.printed]
    if row.link.is_file:
        worth -= 0.6
    if NEIGHBOUR.match(row.title) or (length < 6 and row.link.likeness < 0.2):  # 上一篇, or 首页 beside a date
        worth *= 0.3
    current: LexborNode | None = node
    for _ in range(8):
        if current is None:
            break
        if current.tag in UNLIKE_LISTS:
            return worth * 0.3
        current = current.parent
    return worth


def _score(rows: list[Row]) -> float:
    """The worth of its rows. A last page may have fewer rows than a box beside it, but in the column's folder."""
    unique = {row.link.url: row for row in rows}
    own = sum(row.link.own for row in unique.values() if row.printed or row.link.likeness >= 0.5) / len(unique)
    most = max(row.worth for row in rows)
    alike = sum(row.worth >= 0.5 * most for row in unique.values()) / len(unique)  # parts of a page are not
    return alike * (1 + 9 * own) * sum(max(0.0, row.worth - 0.6) for row in unique.values())


def _same_list(best: _List, other: _List) -> bool:
    """Whether a second list belongs to the first: blocks of one landing page, a list in several wrappings."""
    if _printed(other.rows) < 0.8 or _printed(best.rows) < 0.8:
        return False
    own = all(row.link.own for row in other.rows) and any(row.link.own for row in best.rows)
    if best.paged != other.paged or _years(best.rows) != _years(other.rows) or (best.more != other.more and not own):
        return False
    alike = _worth_of(other.rows) > 0.75 * _worth_of(best.rows)
    return alike and (best.group.loose == other.group.loose or own)


def _printed(rows: list[Row]) -> float:
    return sum(bool(row.printed) for row in rows) / len(rows)


def _years(rows: list[Row]) -> bool:
    """Whether most dates are printed with their year."""
    return 2 * sum(row.printed == 2 for row in rows) > len(rows)


def _worth_of(rows: list[Row]) -> float:
    return sum(row.worth for row in rows) / len(rows)


def _cleaned(rows: list[Row]) -> list[Row]:
    """Without links among the rows that are none: menu entries, "more", files beside dated articles, a foot."""
    dated = _printed(rows) >= 0.7
    looks, shapes = Counter(row.look for row in rows), Counter(shape(row.link.url) for row in rows)
    usual = median(row.worth for row in rows)
    return [
        row
        for row in rows
        if (row.printed or (row.link.likeness >= 0.5 and not row.link.is_file) or not dated)
        and (row.worth > 0.75 * usual or looks[row.look] > 1 or shapes[shape(row.link.url)] > 1)
    ]


def _unique(rows: list[Row]) -> list[ListRow]:
    kept: dict[str, ListRow] = {}
    for row in sorted(rows, key=lambda row: row.order):
        kept.setdefault(row.link.url, ListRow(row.link.url, row.title, row.date))
    return list(kept.values())
