"""The links of a page, and every list that they may stand in.

Every element that holds a link is tried as a row, every parent of such elements as a list; parents that look the same -
the same path of tags and classes - make one list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.listing.actions import Scripts
from crawler.listing.addresses import absolute, article_likeness, belongs_to, is_attachment, is_badge, is_like_column
from crawler.listing.scripted import clicked

LEVELS = 12  # ancestors of a link tried as its row
MAX_LINKS = 4_000
COLUMN_LIKENESS = 0.3  # to an article's address, of one that is a column's but for its number
LAYOUT = frozenset({"div", "ul", "ol", "dl", "table", "section", "article", "main", "aside", "nav"})
PAGING = re.compile(
    r"\W*(?:首\s?页|尾\s?页|末\s?页|最[前后]一?页|第一页|[上下前后]\s?一?\s?页|\d{1,4}|go|跳转|转到|prev(?:ious)?|next|first|last)?\W*",
    re.I,
)


@dataclass(slots=True)
class Link:
    """One link of the page."""

    node: LexborNode
    url: str
    is_file: bool
    likeness: float  # of its address to an article's
    own: float  # 1: the address carries the column's


@dataclass(slots=True)
class Group:
    """Elements of one look with one parent look: perhaps a list."""

    loose: int  # number of the parent's look by tags alone
    depth: int
    members: dict[int, tuple[LexborNode, list[Link]]] = field(default_factory=dict)


def links_of(tree: LexborHTMLParser, base: str, column: str) -> list[Link]:
    """What the page links, also by a click on what is no link."""
    scripts, found = Scripts(tree, column), []
    for node in tree.css("a, :not(a)[onclick]")[:MAX_LINKS]:
        url = absolute(node.attributes.get("href") or "", base) or clicked(node, scripts, base)
        if url and not is_badge(url) and not _is_paging(node):
            likeness, own = article_likeness(url), float(belongs_to(url, column))
            if is_like_column(url, column):
                likeness, own = min(likeness, COLUMN_LIKENESS), 0.0
            found.append(Link(node, url, is_attachment(url), likeness, own))
    return found


def _is_paging(node: LexborNode) -> bool:
    """Whether a link is part of a pager; one without text may be a picture's."""
    text = node.text(strip=True)
    return 0 < len(text) <= 12 and PAGING.fullmatch(text) is not None


def groups_of(links: list[Link]) -> list[Group]:
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
