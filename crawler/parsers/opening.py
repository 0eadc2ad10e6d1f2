"""What stands between headline and text in the text's box and is none of it: date, source, labels, contacts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.html import Page
from crawler.parsers.dates import parse_times
from crawler.parsers.lines import CJK, LABEL_ALONE, LABELLED, is_dateline
from crawler.parsers.source import IMPRINT
from crawler.parsers.time import LABEL as DATE_LABEL

HEAD = 12  # characters of text before which a line stands at the head of the body
KIND = re.compile(
    r"(?:(?:press|news|media) (?:releases?|statement|advisory|note)|news article|speech|comunicad[oa]|for immediate release"
    r"|pressemitteilung(?:en)?|pressemelding|pressmeddelande|tisková zpráva|lehdistötiedote|komunikat prasowy|nota de prensa|comunicato stampa|communiqué(?: de presse)?|typ: pressemitteilung|print(?:able version)?|share|imprimer)\b.{0,40}$",
    re.IGNORECASE,
)
CONTACT = re.compile(
    r"(?:(?:press|media|news) )?contacts?(?: information| presse)?\s?(?:$|:)|pressekontakt\b", re.IGNORECASE
)
PHONE, MAIL = (
    re.compile(r"(?:tel\.?:?\s?)?[\d\s()+./-]{7,30}$", re.IGNORECASE),
    re.compile(r".{0,40}[\w.+-]+@[\w-]+\.\w[\w.]*\)?$"),
)


def is_of_opening(page: Page, number: int, numbers: Sequence[int], seen_text: int) -> bool:
    """Whether a line is none of the text, of which `numbers` with `seen_text` characters stand above it."""
    text = page.lines[number].text
    if seen_text < HEAD and (_is_contact(text) or _is_info(page, number)):
        return True
    return (0 < len(numbers) < 3 and _is_posted(text)) or (
        _is_labelled(page, number, numbers) and _is_info(page, number)
    )


def is_above_info(page: Page, numbers: Sequence[int], number: int) -> bool:
    """Whether these first lines are no sentences, and this one is the article's date with its label."""
    above = [page.lines[n].text for n in numbers]
    text = page.lines[number].text
    return (
        sum(map(len, above)) < 120
        and not any(line.endswith(("。", "！", "？", ".", "：", ":")) for line in above)
        and DATE_LABEL.match(text) is not None
        and is_dateline(text)
    )


def _is_info(page: Page, number: int) -> bool:
    """At the head of the body: a date, a label with its value, in one line or in two cells or items."""
    text = page.lines[number].text
    if is_dateline(text) or IMPRINT.fullmatch(text) or LABELLED.match(text) or LABEL_ALONE.match(text):
        return True
    if len(text) < 100 and not CJK.search(text) and text[-1] not in ".!?:" and _is_kind_or_dateline(text):
        return True
    longest = 30 if CJK.search(text) else 100
    return len(text) < longest and number > 0 and LABEL_ALONE.match(page.lines[number - 1].text) is not None


def _is_contact(text: str) -> bool:
    """Whom reporters may ask, above the text of a press release."""
    return len(text) < 80 and any(pattern.match(text) for pattern in (CONTACT, PHONE, MAIL))


def _is_posted(text: str) -> bool:
    """Publié le 4 septembre 2025 - Temps de lecture : 3 minutes, below a lead."""
    return len(text) < 90 and not CJK.search(text) and DATE_LABEL.match(text) is not None and is_dateline(text)


def _is_kind_or_dateline(text: str) -> bool:
    """Press Release; Bern, 22.11.2023."""
    return KIND.match(text) is not None or any(text.endswith(moment.raw) for moment in parse_times(text))


def _is_labelled(page: Page, number: int, numbers: Sequence[int]) -> bool:
    """A label alone in its line, or what stands behind one, right below a lead or two."""
    return len(numbers) in (1, 2) and any(LABEL_ALONE.match(page.lines[n].text) for n in (number - 1, number))
