"""The body: the lines of its box that are the article's, and how they read."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.html import Box, Line, Page, fold
from crawler.parsers.beside import around_both, captions, leads
from crawler.parsers.container import carrier_box, densest_box, named_container
from crawler.parsers.dates import DATE, half_width
from crawler.parsers.declared import key
from crawler.parsers.document import index_end
from crawler.parsers.lines import (
    EDITOR_LINE,
    LONG,
    STRONG_TAIL,
    TAIL,
    TOOL,
    is_file,
    is_sentence,
    is_tool,
    rest_is_tail,
)
from crawler.parsers.opening import is_above_info, is_of_opening

EDITOR = re.compile(
    r"[（(\[【]?\s*(?:责任编辑|责\s?编|编\s?辑|責任編輯)\s?[:：]\s?([^\s）)\]】|]{1,20}(?:\s[\u4e00-\u9fff]{1,4})?)\s*[）)\]】]?"
)
ENDED = 500  # characters of text behind which ### is its end, whatever the office says of itself below
SHARED = 100  # characters of text behind which a share bar is the text's end, not its head's
PARAGRAPHS, INSETS = frozenset({"p", "div"}), frozenset({"table", "div", "aside", "ul", "dl", "section", "figure"})
BEHIND = 12  # elements behind an inset among which the text goes on
END = frozenset({"完", "Ends", "END", "- End -", "-End-"})  # what a text says last; its date and tools follow
CLOSED = frozenset({"###", "# # #", "-end-", "-30-"})  # no text any more
END_DATE = re.compile(r"(?:完|Ends)\s?[/／]")
SOURCE_LINE = re.compile(
    r"^[（(\[【]?\s*(?:信息|稿件|文章|新闻)?(?:[来來]源|Source|Fuente|Fonte|Quelle|Источник|Джерело)\s?[:：][^。，]{2,60}[)）\]】]?$"
    r"|^《\s?[^》]{2,12}\s?》\s?[（(]\s?(?:19|20)\d\d\s?年.{4,16}版\s?[)）]$"
)  # below a text
HEADING = re.compile(r"[^。，；：]{2,8}[:：]?")
SUMMARY = re.compile(r"^[\[【]?(?:内容)?(?:摘\s?要|简介|核心提示|导\s?读)[\]】]?\s?[:：]?\s?")
AUTHOR = re.compile(r"(?:^|[\s（(【|])(?:作\s?者|撰\s?稿|记者)\s?[:：]\s?([^\s）)】|]{1,30})")


@dataclass(frozen=True, slots=True)
class Body:
    """The body: its lines' numbers, and the rule that found the box."""

    numbers: tuple[int, ...]
    rule: str
    box: Box | None
    editor: str | None = None
    author: str | None = None


def parse_body(
    page: Page, after: int, title: str, *, selector_box: Box | None = None, cut: tuple[str, ...] = ()
) -> Body:
    """The lines of the body behind line `after` (the headline's end; -1 = nowhere displayed)."""
    box, rule = (selector_box, "selector") if selector_box else named_container(page, after)
    if box is None:
        box, rule = densest_box(page, after)
    numbers = _own_lines(page, box, title, after, cut) if box else []
    if not numbers:  # no text: the article is a picture or a file; its name is no text of the article
        box, rule = carrier_box(page, after)
    if box is None:
        return Body((), "none", None)
    editor, author = _credits(page, box)
    outside = (
        [*leads(page, box, after), *captions(page, box, after, title)] if numbers and box is not selector_box else []
    )
    if outside:
        numbers = sorted({*outside, *numbers})
        box = around_both(page, numbers[0], numbers[-1], box)
    return Body(tuple(numbers), rule, box, editor, author)


def signs_off(last: str, below: str) -> bool:
    """Whether the line below a text's last one is still the article's: its source, or its date behind 完."""
    return last in END or any(pattern.match(below) for pattern in (END_DATE, SOURCE_LINE))


def render(page: Page, numbers: Sequence[int]) -> str:
    """One paragraph a line; the cells of a table row joined by tab. A row of one cell is layout, not a table."""
    shown = [page.lines[number] for number in numbers if page.lines[number].text]
    cells: dict[int, set[int]] = {}
    for line in shown:
        cells.setdefault(line.row, set()).add(line.cell)
    out: list[str] = []
    row = cell = 0
    for line in shown:
        if line.row and line.row == row and len(cells[row]) > 1:
            out[-1] += ("\t" if line.cell != cell else " ") + line.text
        else:
            out.append(line.text)
        row, cell = line.row, line.cell
    return "\n".join(out)


def _own_lines(page: Page, box: Box, title: str, after: int, cut: tuple[str, ...]) -> list[int]:
    """The box's lines, without headline and info line at its head, tools inside, and the page's tail."""
    start = max(box.start, after if box.start < after < box.end else box.start)
    start = index_end(page, start, box.end)
    own_title = key(title)
    numbers: list[int] = []
    seen_text = skipped = 0
    signed = False  # by the editor: the tools and lists behind that line are the page's
    for number in range(start, box.end):
        line = page.lines[number]
        text = line.text
        if not text or number < skipped or (line.hidden and not _paged(page, number)):
            continue
        if text.startswith(cut):
            break
        if seen_text < 40 and own_title and key(text) == own_title and text[-1] not in "：:。":
            continue
        if text in CLOSED and (seen_text > ENDED or rest_is_tail(page, number, box.end)):
            break
        if text in END and rest_is_tail(page, number, box.end):
            numbers.append(number)
            break
        if TAIL.match(text) and len(text) < 60:
            if not seen_text and TOOL.match(text):  # a share bar above the text
                continue
            if end := _inset_end(page, number, numbers):
                skipped = max(skipped, end)
                continue
            strong = STRONG_TAIL.match(text) and seen_text > (SHARED if TOOL.match(text) else LONG)
            if strong or signed or rest_is_tail(page, number, box.end):
                break
            if TOOL.match(text) or line.link_chars > len(text) * 0.5:
                continue
        signed = signed or (seen_text > SHARED and EDITOR_LINE.match(text) is not None)
        if is_tool(line) or is_of_opening(page, number, numbers, seen_text):
            continue
        if 0 < len(numbers) < 3 and is_above_info(page, numbers, number):  # a subtitle, then source and time
            numbers.clear()
            seen_text = 0
            continue
        numbers.append(number)
        seen_text += line.plain_chars
    if len(numbers) > 1 and _is_summary(*(page.lines[number].text for number in numbers[:2])):
        del numbers[0]
    numbers = _without_rows(page, numbers)
    while numbers and SOURCE_LINE.match(page.lines[numbers[-1]].text):
        numbers.pop()
    while numbers and is_file(page.lines[numbers[-1]]):  # a list of files below the text: `attachments` has them
        numbers.pop()
    return _once(page, numbers)


def _inset_end(page: Page, number: int, numbers: Sequence[int]) -> int:
    """The end of a box of links that text flows around, 推荐阅读 or an advertisement; 0 where this line begins none.

    The text goes on behind it with a sentence, in the element that holds the text before it.
    """
    if not numbers:
        return 0
    holders = {box.parent for box in _boxes_around(page, numbers[-1]) if box.tag in PARAGRAPHS}
    insets = [box for box in _boxes_around(page, number) if box.tag in INSETS and box.start > numbers[-1]]
    inset = next((box for box in reversed(insets) if box.parent in holders), None)
    if inset is None or not any(line.links for line in page.lines[inset.start : inset.end]):
        return 0
    at = bisect_left(page.boxes, inset.end, key=_start)
    behind = [box for box in page.boxes[at : at + BEHIND] if box.tag in PARAGRAPHS and box.start < box.end][:2]
    following = [box for box in behind if box.parent == inset.parent]
    goes_on = any(is_sentence(page.lines[box.end - 1]) for box in following)
    return inset.end if goes_on and following[0].start <= inset.end + 1 else 0


def _boxes_around(page: Page, number: int) -> Iterator[Box]:
    """The boxes that a line stands in, the innermost first. They are sorted by their starts."""
    at = bisect_right(page.boxes, number, key=_start) - 1
    while at >= 0:
        box = page.boxes[at]
        if box.end > number:
            yield box
        at = box.parent


def _start(box: Box) -> int:
    return box.start


def _without_rows(page: Page, numbers: list[int]) -> list[int]:
    """Without a list below the text: two or more links with dates, and the list's heading."""
    end = len(numbers)
    while end and _is_dated_link(page.lines[numbers[end - 1]]):
        end -= 1
    if len(numbers) - end < 2:
        return numbers
    if end and HEADING.fullmatch(page.lines[numbers[end - 1]].text):
        end -= 1
    return numbers[:end]


def _is_dated_link(line: Line) -> bool:
    return line.link_chars > len(line.text) / 2 and DATE.search(half_width(line.text)) is not None


def _is_summary(first: str, second: str) -> bool:
    """Whether the first line is the beginning of the second: a summary box that repeats it."""
    start = SUMMARY.sub("", first).rstrip("….")
    return len(start) > LONG and second.startswith(start)


def _once(page: Page, numbers: list[int]) -> list[int]:
    """Without a second copy of the text: pages carry one for the desk and one for the phone, parted by style sheets."""
    texts = [page.lines[number].text for number in numbers]
    first = next((at for at, text in enumerate(texts) if len(text) > LONG), len(texts))
    again = next((at for at in range(first + 1, len(texts)) if texts[at] == texts[first]), len(texts))
    copy = [text for text in texts[again:] if len(text) > LONG]
    if (
        not copy
        or not set(copy) <= set(texts[:again])
        or len(copy) * 2 < sum(len(text) > LONG for text in texts[:again])
    ):
        return numbers
    while again > first + 1 and texts[again - 1] in texts[:first]:
        again -= 1
    return numbers[:again]


def _paged(page: Page, number: int) -> bool:
    """Hidden only because the body is shown in parts (div#pagediv0 …)."""
    return any(
        b.hidden and b.start <= number < b.end and re.search(r"pagediv\d|\bpage_?content\d", b.name) for b in page.boxes
    )


def _credits(page: Page, box: Box) -> tuple[str | None, str | None]:
    """责任编辑 and 作者, from the lines in and right behind the body and around the headline."""
    editor = author = None
    for line in [
        *page.lines[max(box.start - 12, 0) : box.start],
        *page.lines[box.start : box.end][-6:],
        *page.lines[box.end : box.end + 6],
    ]:
        if editor is None and (match := EDITOR.search(line.text)):
            editor = fold(match[1])
        if author is None and len(line.text) < 200 and (match := AUTHOR.search(line.text)):
            author = fold(match[1])
    return editor, author
