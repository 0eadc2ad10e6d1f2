"""What stands around a list: the pager it belongs to, a link to more of it elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.html import fold

PAGER_WORD = re.compile(
    r"^\W{0,3}(?:下\s?一?\s?[页頁]|后一页|尾页|末页|共\s?\d{1,6}\s?页.{0,40})\W{0,3}$", re.IGNORECASE
)
PAGER_CALL = re.compile(
    r"createPageHTML|createPage\(|countPage|maxPageNum|_gotopage_fun|\.pagination\(|Pager\(|pageCount\s*:"
)
MORE = re.compile(r"^\W{0,3}(?:查看)?(?:更多|more)\W{0,5}$", re.IGNORECASE)
HIGHEST = 30  # ancestors looked at
HEADING = 2  # levels above a list where its heading may stand, and in a heading
HEADING_LINKS = 3
BESIDE = 6  # elements before a list that may be its heading


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around a node, the nearest first, without the page's body."""
    current = node.parent
    for _ in range(HIGHEST):
        if current is None or current.tag in ("body", "html"):
            return
        yield current
        current = current.parent


def pager_scope(tree: LexborHTMLParser, rows: Iterable[LexborNode]) -> int | None:
    """The `mem_id` of the smallest element that holds a pager and some rows; None where only the whole page does."""
    around_rows = {one.mem_id for row in rows for one in ancestors(row)}
    for marker in islice(_markers(tree), 8):
        scope = next((one.mem_id for one in ancestors(marker) if one.mem_id in around_rows), None)
        if scope is not None:
            return scope
    return None


def has_pager(tree: LexborHTMLParser) -> bool:
    return next(_markers(tree), None) is not None


def _markers(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    for node in tree.css("a, span, button"):
        if len(node.text(strip=True)[:60]) < 50 and PAGER_WORD.match(fold(node.text())):
            yield node
    for node in tree.css("script"):
        if PAGER_CALL.search(node.text() or ""):
            yield node


def more_headings(tree: LexborHTMLParser) -> set[int]:
    """The `mem_id`s of elements with few links of which one leads to 更多: headings of boxes."""
    links: Counter[int] = Counter()
    headings: set[int] = set()
    for link in tree.css("a"):
        around = [link.mem_id, *(one.mem_id for one in islice(ancestors(link), 2 * HEADING))]
        links.update(around)
        if MORE.match(link.text(strip=True)[:12]):
            headings.update(around[: 1 + HEADING])
    return {one for one in headings if links[one] <= HEADING_LINKS}


def leads_to_more(row: LexborNode, headings: set[int]) -> bool:
    """Whether one of the `headings` stands before the list of a row: a box, on a page about something else."""
    current = row.parent
    for _ in range(HEADING):
        if current is None or current.tag == "body":
            return False
        before = current.prev
        for _ in range(BESIDE):
            if before is None:
                break
            if before.mem_id in headings:
                return True
            before = before.prev
        current = current.parent
    return False
