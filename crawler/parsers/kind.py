"""What a page is: an article, of text, pictures, a file or a film, or no article at all, with the reason."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.challenge import looks_missing
from crawler.html import Line, Page
from crawler.parsers.body import Body
from crawler.parsers.dates import DATE

ENOUGH = 50  # characters of text that make an article of text
NOTICE = 24  # characters of a headline that says no more than that a page is missing
ADVICE = 800  # characters of text below it that tell what to do
LINE = 40  # characters of a line that says it
SHELL = 20  # characters of visible text under which a page is an empty shell
ROWS = 5  # linked and dated rows that make a list
# Addresses of columns: a directory, an index, a list; an article's address ends in a number or a hash.
COLUMN = re.compile(r"(?:^|/)(?:(?:index|default|home)\w*(?:\.\w+)?|\w*list\w*(?:\.\w+)?)?$", re.IGNORECASE)
SEARCH = re.compile(r"(?:站内|全站|高级)?(?:搜索|检索|查询)(?:结果)?(?:$|[-_|－—:： ])|Search results", re.IGNORECASE)
ROW_DATE = re.compile(r"(?<!\d)(?:(?:19|20)\d{2}[-./年])?\d{1,2}[-./月]\d{1,2}日?(?!\d)")
FILM = "video, embed, iframe[src*=player], iframe[src*=video], [id*=ckplayer], [class*=video-js]"


def no_article(
    page: Page, title: str, body: Body, text: str, has_files: bool, url: str | None
) -> tuple[str, str] | None:
    """The kind of a page that is no article (NotAnArticle.kind) and the reason; None for an article."""
    if len(text) < ENOUGH and not has_files and (sign := looks_missing(title or page.title, _shown(page))):
        return "soft_404", f"the page says {sign!r}"
    if body.box is None and (notice := _notice(page)):
        return "soft_404", f"the page says {notice!r}"
    if len(title) <= NOTICE and len(text) < ADVICE and (sign := looks_missing(title, "")):
        return "soft_404", f"the page is headed {title!r}"
    if SEARCH.match(title or page.title) and _dated_rows(page) > 1:
        return "list", "a page of search results"
    if not (url and COLUMN.search(_path(url))):
        return None
    rows = _dated_rows(page)
    if rows >= ROWS and not _reads(page, body):
        return "list", f"{rows} linked and dated rows at the address of a column"
    if body.box is None:
        return "shell", "neither text nor rows at the address of a column"
    return None


def shell_kind(page: Page) -> tuple[str, str] | None:
    """The kind of a page that shows hardly anything."""
    visible = sum(len(line.text) for line in page.lines if not line.hidden)
    if visible >= SHELL:
        return None
    if sign := looks_missing(page.title, _shown(page)):
        return "soft_404", f"the page says {sign!r}"
    lowered = page.text.lower()
    kind = "frameset" if "<frameset" in lowered else "shell" if "<script" in lowered else "empty"
    return kind, f"{visible} characters of visible text ({kind})"


def kind_of(body: Body, text: str, has_files: bool, has_images: bool) -> str:
    """article, attachment, video or pictures: what the content consists of."""
    if len(text) >= ENOUGH:
        return "article"
    if body.box is not None and body.box.node.css_first(FILM) is not None:
        return "video"
    if has_files:
        return "attachment"
    return "pictures" if has_images else "article"


def _notice(page: Page) -> str | None:
    """A line of its own by which a page says that it is not there, amid menus and recommendations."""
    plain = (line.text for line in page.lines if not line.links and not line.hidden and len(line.text) <= LINE)
    return next((text for text in plain if looks_missing("", text)), None)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _shown(page: Page) -> str:
    return " ".join(line.text for line in page.lines if not line.hidden)


def _dated_rows(page: Page) -> int:
    """Lines that are a link and a date, the date in the same line or a neighbour."""
    dated = [bool(line.text and len(line.text) < 200 and ROW_DATE.search(line.text)) for line in page.lines]
    count = 0
    for number, line in enumerate(page.lines):
        near = dated[max(number - 1, 0) : number + 2]
        count += not line.hidden and line.link_chars >= 6 and any(near)
    return count


def _reads(page: Page, body: Body) -> bool:
    """Whether the body holds paragraphs: sentences of some length that are no links and no rows."""
    return any(_is_sentence(page.lines[number]) for number in body.numbers)


def _is_sentence(line: Line) -> bool:
    return (
        line.plain_chars > 40
        and line.link_chars == 0
        and line.text[-1:] in "。！？；:：”）.!?"
        and not DATE.search(line.text)
    )
