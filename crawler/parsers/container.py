"""Which box of a page holds the article: a named container, the densest box, or what carries a file or pictures."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate

from crawler.html import Box, Page
from crawler.parsers.attachments import FILE
from crawler.parsers.lines import is_footer, mostly_links, weight

# The containers that content systems write (domain guide, chapter 5), in the order in which they are tried.
CONTAINERS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(rf"(?:^|\s)(?:{names})(?:$|\s)")
    for names in (
        r"ucapcontent|ucap-content",
        r"trs_editor_view|trs_ueditor|trs_editor|trs_preappend|trs_autoadd",
        r"vsb_content\w*|v_news_content",
        r"zoom|zoomcon|fontzoom|bodylabel|detailcontent|con_con",
        r"news_content_content|article-content|article_content|j-fontcontent|pages_content|detail-news|main-txt|ivs_content|view"
        r"|detailcontent_inner|js_contentbox|show-text|m-txt-article|content-body|notice_content|article-content-body|news_cont_d_wrap"
        r"|article-detail|hap_xq_content|art-con|bt_content",
    )
)
PARAGRAPH = frozenset({"p", "span", "font", "strong", "b"})
NEIGHBOURS = 12  # lines that may stand beside a paragraph in its element
NEAR = 20  # lines behind the headline in which a text begins
MIN_CONTAINER = 20  # characters of text that a named container must hold to be believed


def named_container(page: Page, after: int) -> tuple[Box | None, str]:
    """The first named container with text behind the headline; of several, the one with most text, the outermost."""
    named: list[list[Box]] = [[] for _ in CONTAINERS]
    for box in page.boxes:
        rank = _rank(box.tag, box.name) if not box.hidden and (box.name or "ucap" in box.tag) else None
        if rank is not None:
            named[rank].append(box)
    for matching in named:
        # an editor's box repeated inside itself: the outer one
        outer = [b for n, b in enumerate(matching) if not any(b.end <= o.end for o in matching[:n] if o.end > b.start)]
        best = max(outer, key=lambda box: chars(page, box), default=None)
        if best is not None and chars(page, best) >= MIN_CONTAINER and best.end > after:
            enough = _mass(page, after)
            if chars(page, best) * 4 >= enough or chars(page, best) > 400:
                return best, f"container:{(best.name.split() or [best.tag])[0]}"
    return None, ""


@lru_cache(maxsize=4096)  # the names of a site's elements are few
def _rank(tag: str, name: str) -> int | None:
    """Which of CONTAINERS the element is."""
    return next((rank for rank, pattern in enumerate(CONTAINERS) if pattern.search(f"{tag} {name}")), None)


def chars(page: Page, box: Box) -> int:
    """Visible text of the box that is no link."""
    return sum(line.plain_chars for line in page.lines[box.start : box.end] if not line.hidden)


def _mass(page: Page, after: int) -> int:
    return sum(weight(line) for line in page.lines[max(after, 0) :])


def densest_box(page: Page, after: int) -> tuple[Box | None, str]:
    """The smallest box with most of the text mass behind the headline; recorded as a fallback.

    Where that is half the page, its menus with it, it is looked for without the mass of footers, near the headline.
    """
    best = _densest(page, after, [])
    if best is None:
        feet = [box for box in page.boxes if box.tag == "footer" and box.start > max(after, 0)]
        best = _densest(page, after, feet) if feet else None
        best = best if best is not None and best.start <= max(after, 0) + NEAR else None
    return (_around(page, best), "density") if best is not None else (None, "")


def _densest(page: Page, after: int, without: list[Box]) -> Box | None:
    """The smallest box with most of the mass; None where there is no text, or links are most of it."""
    lines = page.lines
    start = max(after, 0)
    end = next((n for n in range(start, len(lines)) if n > start + 2 and is_footer(lines[n].text)), len(lines))
    weights = [0] * start + [weight(line) for line in lines[start:end]] + [0] * (len(lines) - end)
    for box in without:
        weights[box.start : box.end] = [0] * (box.end - box.start)
    total = sum(weights)
    if total < MIN_CONTAINER:
        return None
    best: Box | None = None
    best_span = 0
    sums = [0, *accumulate(weights)]
    for box in page.boxes:
        if box.end <= start:
            continue
        inside = sums[min(box.end, len(weights))] - sums[min(box.start, len(weights))]
        span = box.end - box.start
        if inside >= 0.72 * total and (best is None or span <= best_span):
            best, best_span = box, span
    if best is None or mostly_links(lines[best.start : best.end]):
        return None  # a menu is no article: the text may be in an attachment or a picture
    return best


def _around(page: Page, best: Box) -> Box:
    """The element that holds a paragraph and its few neighbours: one long paragraph may outweigh the others."""
    while best.tag in PARAGRAPH and best.parent >= 0:
        outer = page.boxes[best.parent]
        if outer.end - outer.start > best.end - best.start + NEIGHBOURS:
            break
        best = outer
    return best


def carrier_box(page: Page, after: int) -> tuple[Box | None, str]:
    """The first box behind the headline that holds a file's link, or nothing but pictures."""
    if after < 0:
        return None, ""
    holding = [
        box for box in page.boxes
        if box.start >= after and not box.hidden and box.end - box.start <= 40 and not box.node.css_matches("nav, footer")
        and any(FILE.search(href.strip()) for line in page.lines[box.start : box.end] for _, href in line.links)
    ]  # fmt: skip
    if holding:
        return holding[0], "files"
    empty = [box for box in page.boxes if box.start == box.end >= after and box.node.css_first("img[src]") is not None]
    return (empty[0], "pictures") if empty else (None, "")
