"""The main list of a page: the links that stand in repeated siblings and look most like rows of articles.

What decides is structure - repetition, dates, addresses of articles, length of headlines, the pager beside it - not
class names.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.records import ListRow
from crawler.listing.addresses import shape
from crawler.listing.candidates import Group, groups_of, links_of
from crawler.listing.context import ancestors, has_pager, leads_to_more, more_headings, pager_scope
from crawler.listing.rows import Row, date_by_heading, rows_of

PAGED = 6.0  # weight of a list that stands with the pager
PAGED_ENOUGH = 0.7  # share of ENOUGH that is enough beside the pager
MORE_ELSEWHERE = 0.3  # of a box that leads to more of it
FEW = 3  # rows; fewer need a sign that they are a list
ENOUGH = 1.0  # least worth of a row on average; a menu entry has about 0.4


@dataclass(slots=True)
class Candidate:
    """What may be the main list."""

    rows: list[Row]
    group: Group
    paged: bool = False  # the pager stands with it
    goes_on: bool = False  # the page has a pager somewhere
    more: bool = False  # its heading links to the whole of it
    score: float = 0.0

    @property
    def is_list(self) -> bool:
        if len(self.rows) < FEW and not any(self.goes_on or row.date or _is_own_article(row) for row in self.rows):
            return False  # 上一篇, 联系我们, the guide to a disclosure platform
        enough = ENOUGH * (PAGED_ENOUGH if self.paged else 1)
        return sum(row.worth for row in self.rows) >= enough * len(self.rows)


def _is_own_article(row: Row) -> bool:
    return bool(row.link.own) and row.link.likeness >= 0.5


def html_rows(tree: LexborHTMLParser, base: str, column: str) -> tuple[list[ListRow], float]:
    """The rows of the page's main list in order, each address once, and how sure the reading is (0: no list)."""
    links = links_of(tree, base, column)
    order = {link.node.mem_id: at for at, link in enumerate(links)}
    lists = [Candidate(rows, group) for group in groups_of(links) if (rows := rows_of(group, order))]
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
    return _unique(_cleaned(rows)), best.score / (PAGED if best.paged else 1)  # hidden lists have no pager beside them


def _look_around(tree: LexborHTMLParser, lists: list[Candidate]) -> None:
    """Note which lists the page's pager belongs to, and which are boxes that lead to more of them elsewhere."""
    candidates = [one for one in lists if sum(row.worth for row in one.rows) >= PAGED_ENOUGH * len(one.rows)]
    scope = pager_scope(tree, (row.link.node for one in candidates for row in one.rows[:1]))
    goes_on, headings = has_pager(tree), more_headings(tree)
    for one in candidates:
        one.goes_on = goes_on
        one.more = leads_to_more(one.rows[0].node, headings)
        inside = [row for row in one.rows if scope is not None and _stands_in(row, scope)]
        one.paged = bool(inside)
        if inside and len(inside) < len(one.rows):
            one.rows = inside  # a box of the same look elsewhere
    for one in lists:
        one.score = _score(one.rows) * (MORE_ELSEWHERE if one.more else 1) * (PAGED if one.paged else 1)


def _stands_in(row: Row, scope: int) -> bool:
    return any(around.mem_id == scope for around in ancestors(row.link.node))


def _score(rows: list[Row]) -> float:
    """The worth of its rows. A last page may have fewer rows than a box beside it, but in the column's folder."""
    unique = {row.link.url: row for row in rows}
    own = sum(row.link.own for row in unique.values() if row.printed or row.link.likeness >= 0.5) / len(unique)
    most = max(row.worth for row in rows)
    alike = sum(row.worth >= 0.5 * most for row in unique.values()) / len(unique)  # parts of a page are not
    return alike * (1 + 9 * own) * sum(max(0.0, row.worth - 0.6) for row in unique.values())


def _same_list(best: Candidate, other: Candidate) -> bool:
    """Whether a second list belongs to the first: blocks of one landing page, a list in several wrappings."""
    own = all(row.link.own for row in other.rows) and any(row.link.own for row in best.rows)
    dated = min(_printed(other.rows), _printed(best.rows)) >= 0.8
    if not dated and not (own and best.paged and _side_by_side(best.rows[0].node, other.rows[0].node)):
        return False
    if best.paged != other.paged or _years(best.rows) != _years(other.rows) or (best.more != other.more and not own):
        return False
    alike = _worth_of(other.rows) > 0.75 * _worth_of(best.rows)
    return alike and (best.group.loose == other.group.loose or own)


def _side_by_side(row: LexborNode, other: LexborNode) -> bool:
    """Whether two lists are neighbours in one element: columns of a page."""
    lists = [one.parent.parent if one.parent is not None else None for one in (row, other)]
    return lists[0] is not None and lists[1] is not None and lists[0].mem_id == lists[1].mem_id


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
    rows = _beside_dates(rows) if dated else rows
    looks, shapes = Counter(row.look for row in rows), Counter(shape(row.link.url) for row in rows)
    usual = median(row.worth for row in rows)
    return [
        row
        for row in rows
        if (row.printed or (row.link.likeness >= 0.5 and not row.link.is_file) or not dated)
        and (row.worth > 0.75 * usual or looks[row.look] > 1 or shapes[shape(row.link.url)] > 1)
    ]


def _beside_dates(rows: list[Row]) -> list[Row]:
    """Without boxes that look like the list but print no date, 热点文章 in the same layout table."""
    boxes: dict[int, list[Row]] = {}
    for row in rows:
        boxes.setdefault(row.node.parent.mem_id if row.node.parent is not None else 0, []).append(row)
    undated = {box for box, own in boxes.items() if len(own) > 1 and not any(row.printed for row in own)}
    return [row for row in rows if row.node.parent is None or row.node.parent.mem_id not in undated]


def _unique(rows: list[Row]) -> list[ListRow]:
    kept: dict[str, ListRow] = {}
    texts_above: dict[int, str] = {}
    for row in sorted(rows, key=lambda row: row.order):
        day = row.date or (date_by_heading(row, texts_above) if row.printed else None)
        kept.setdefault(row.link.url, ListRow(row.link.url, row.title, day))
    return list(kept.values())
