"""One candidate for a list's row: the link it is about, its headline and date, and how much it looks like a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from crawler.html import fold
from crawler.listing.candidates import LEVELS, Group, Link
from crawler.listing.dates import FULL, PERIOD, YEARLESS, under
from crawler.listing.pieces import headline, no_title, pieces_of, row_date

HEADING = 16  # characters of a year or a month over rows
HEADING_LEVELS, BEFORE = 3, 80  # elements around a row, and nodes before each, that are looked at for its year
IN_ROW = 4  # links of one row (column, headline, files, versions); more is a block of rows
LABEL = re.compile(r"\W*\w{0,6}(?:解读|图解|附件|下载|详细|详情|查看|更多|阅读|全文|原文|问答|视频|公报)\W*")
ABOUT = re.compile(
    r"\W{0,3}(?:一图(?:读懂|看懂)|\w{0,4}(?:图解|解读|问答|链接|阅读))\W{0,2}[:：|丨]"
)  # another article
NEIGHBOUR = re.compile(r"\W{0,3}(?:上|下|前|后)一?(?:篇|条|页|则|个)")
FOOT = re.compile(
    r"\W*(?:(?:关于|联系)(?:我们|本站|本网)|网站(?:地图|声明|简介|导航|无障碍)|(?:版权|法律|隐私|免责)\w{0,4}声明|隐私\w{0,4}"
    r"|使用帮助|(?:政务|官方)?(?:微博|微信)\w{0,4}|\w{0,6}客户端|加入收藏|设为首页|返回顶部)\W*"
)
UNLIKE_LISTS = frozenset({"nav", "header", "footer", "aside"})


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


def rows_of(group: Group, order: dict[int, int]) -> list[Row]:
    rows = []
    for node, links in group.members.values():
        link = _main_link(node, links)
        if link is None:
            continue
        pieces = pieces_of(_extent(node), link.node, link.url)
        title = headline(link.node, pieces)
        date, printed = row_date(pieces, link.url)
        look = f"{node.tag} {node.attributes.get('class')}"
        row = Row(link, title, date, printed, node, look, 0.0, order[link.node.mem_id])
        row.worth = _worth(row, node)
        if title:
            rows.append(row)
    return rows


def date_by_heading(row: Row, texts_above: dict[int, str]) -> str | None:
    """The date of a row that prints month and day alone, its year or month as heading over its list.

    `texts_above` keeps the texts of elements for the other rows of a page, by `mem_id`: those over a list stand over
    each of its rows.
    """
    texts = [
        piece.text for piece in pieces_of(_extent(row.node), row.link.node, row.link.url) if YEARLESS.match(piece.text)
    ]
    level: LexborNode | None = row.node
    for _ in range(HEADING_LEVELS if texts else 0):
        before = level.prev if level is not None else None
        for _ in range(BEFORE):
            if before is None:
                break
            if before.mem_id not in texts_above:
                texts_above[before.mem_id] = before.text(strip=True)[: HEADING + 1] if before.is_element_node else ""
            heading = texts_above[before.mem_id]
            if len(heading) <= HEADING and (day := under(texts[0], heading)):
                return day
            before = before.prev
        level = level.parent if level is not None else None
    return None


def _main_link(node: LexborNode, links: list[Link]) -> Link | None:
    """The link a row is about, None where the element is no row but a block of them."""
    outer = [link for link in links if not _in_inner_list(link.node, node)] or links
    pages = [link for link in outer if not link.is_file]
    articles = {link.url: link for link in pages if link.likeness >= 0.5}
    if len(articles) > IN_ROW or len(outer) > 3 * IN_ROW or _is_block(node, articles.values()):
        return None
    best = max(pages or outer, key=lambda link: (link.likeness >= 0.5, not _explains(link.node), _rank(link.node)))
    same = (link for link in pages if link.url == best.url and _rank(link.node) >= 2)
    return next(same, best)  # a linked summary comes after its headline


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


def _explains(node: LexborNode) -> bool:
    return ABOUT.match(node.text(strip=True)) is not None


def _rank(node: LexborNode) -> int:
    """How much the text of a link is like a headline: 3 yes, 2 a short one, 1 a label (解读, 附件), 0 none (详细)."""
    text = fold(node.text())
    length = 0 if no_title(text) else max(len(text), len(node.attributes.get("title") or ""))
    if LABEL.fullmatch(text):
        length = min(length, 1)
    return 3 if length >= 8 else 2 if length >= 4 else min(length, 1)


def _extent(node: LexborNode) -> Iterator[LexborNode]:
    """The element, and what follows it up to the next link: rows need no element of their own. Over a dd its dt."""
    if node.tag == "dd" and (term := _term(node)) is not None:
        yield term
    yield node
    following = node.next
    for _ in range(6):
        if following is None or (node.tag == "dd" and following.tag == "dt"):
            return
        if following.is_element_node and _links(following):
            return
        yield following
        following = following.next


def _links(node: LexborNode) -> bool:
    """Whether an element is, or holds, another row's link."""
    return node.tag == "a" or "onclick" in node.attributes or node.css_first("a, [onclick]") is not None


def _term(node: LexborNode) -> LexborNode | None:
    """The dt that stands over a dd and those before it, where it links nothing: one day over several rows."""
    before = node.prev
    for _ in range(BEFORE):
        if before is None or before.tag == "dt":
            break
        before = before.prev
    return before if before is not None and before.css_first("a") is None else None


def _worth(row: Row, node: LexborNode) -> float:
    """How much a row looks like one of a list of articles: about 3 a dated one, 0.4 an entry of a menu."""
    length = len(row.title)
    worth = row.link.likeness + 0.4 * row.link.own + (0.6 if length >= 10 else 0.3 if length >= 6 else 0.0)
    worth += (0.2 * bool(row.date), 0.9, 1.2)[row.printed]
    if row.link.is_file:
        worth -= 0.6
    if (
        NEIGHBOUR.match(row.title)
        or FOOT.fullmatch(row.title)
        or PERIOD.fullmatch(row.title)  # leads to the rows of another year
        or (length < 6 and row.link.likeness < 0.2)
    ):  # 上一篇, or 首页 beside a date
        worth *= 0.3
    current: LexborNode | None = node
    for _ in range(8):
        if current is None:
            break
        if current.tag in UNLIKE_LISTS:
            return worth * 0.3
        current = current.parent
    return worth
