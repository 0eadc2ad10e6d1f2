"""What belongs to a text outside its box: a lead in an element of its own, captions of pictures above and below."""

from __future__ import annotations

from crawler.html import Box, Line, Page, fold
from crawler.parsers.dates import parse_times
from crawler.parsers.declared import key
from crawler.parsers.lines import CJK, LONG, TAIL, is_sentence, is_tool

BESIDE = 40  # lines that an element may hold beside text, lead and captions
LEAD_WITHIN = 20  # lines behind the headline
LEAD_WORDS = 10  # of a lead without a full stop, at least
CAPTION = 6  # characters of one at least


def leads(page: Page, box: Box, after: int) -> list[int]:
    """Sentences between the headline and the box of the text: a lead in an element of its own."""
    between = range(after, box.start) if 0 <= after < box.start else range(0)
    text = {page.lines[n].text for n in range(box.start, box.end)}
    found = (n for n in between[:LEAD_WITHIN] if is_sentence(page.lines[n]) or _is_subtitle(page.lines[n]))
    return [n for n in found if page.lines[n].text not in text]


def _is_subtitle(line: Line) -> bool:
    """As long as a sentence, in a language that parts its words, without a full stop: as leads often are."""
    text = line.text
    plain = not line.hidden and not line.links and not CJK.search(text) and not is_tool(line)
    return plain and len(text) >= 2 * LONG and len(text.split()) >= LEAD_WORDS and not parse_times(text)


def captions(page: Page, box: Box, after: int, title: str) -> list[int]:
    """The captions of pictures between the headline and the box of the text, and of those right below it.

    A caption is a <figcaption>; above the text also a line that says what a picture's alternative text says.
    """
    figures = [one for one in page.boxes if one.tag == "figcaption" and not one.hidden and one.start < one.end]
    found: list[int] = []
    below = box.end
    for figure in figures:
        if (0 <= after <= figure.start and figure.end <= box.start) or figure.start == below:
            found += range(figure.start, figure.end)
        if figure.start == below:
            below = figure.end
    around = range(after, box.start) if after >= 0 else range(0)
    lines = ((n, page.lines[n]) for n in around)
    plain = [n for n, line in lines if len(line.text) >= CAPTION and not line.hidden and not line.links]
    alternatives = _alternatives(page) if plain else set()
    found += [n for n in plain if page.lines[n].text in alternatives and not _is_of_page(page.lines[n], title)]
    return [n for n in dict.fromkeys(found) if page.lines[n].text and not page.lines[n].links]


def _is_of_page(line: Line, title: str) -> bool:
    """The headline once more, the name of a button or of a code to scan: no caption."""
    return is_tool(line) or TAIL.match(line.text) is not None or key(line.text) == key(title)


def _alternatives(page: Page) -> set[str]:
    return {fold(node.attributes.get("alt") or "") for node in page.tree.css("img[alt]")}


def around_both(page: Page, first: int, last: int, box: Box) -> Box:
    """The smallest element that holds these lines and the box; the box itself where that were half the page."""
    start, end = min(first, box.start), max(last + 1, box.end)
    holding = (one for one in page.boxes if one.start <= start and one.end >= end)
    outer = min(holding, key=lambda one: one.end - one.start, default=box)
    return outer if outer.end - outer.start <= end - start + BESIDE else box
