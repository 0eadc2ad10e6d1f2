"""The headline by its place, where nothing names it: the plain text above source and time, or above the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from crawler.html import Page, fold
from crawler.parsers.dates import parse_times
from crawler.parsers.declared import COLUMN

NO_TITLE = re.compile(
    r"^(?:当前位置|您所在|您的位置|首页|来源|稿源|▲|△|发布|时间|打印|字体|正文|索\s?引\s?号|附件|下载)|网站$|门户网站$"
    r"|^相[关關](?:檔案|連結|新聞|訊息|链接|稿件|阅读|附件|新闻|文档|信息|解读|报道|文章|资料|政策|推荐)\s?[:：]?$|[:：]$"
)
ABOVE = "line above source and time"
ABOVE_TEXT = "line above the text"
PARAGRAPH = re.compile(r"[^。]{25,}。|[^\u4e00-\u9fff]{80,}\.")
INFO = re.compile(
    r"(?:来\s?源\s?于?|來源|稿\s?源|出\s?处|来\s?自|时间|時間|日期|(?i:(?:posted|published)(?: on)?))\s?[:：]|(?:19|20)\d{2}[-年/.]\d{1,2}[-月/.]\d{1,2}"
)
UNDER = re.compile(
    r"^[（(【\[].*[）)】\]]$|^\S{0,12}[〔\[【（(]?(?:19|20)\d{2}[〕\]】）)]?\s?第?\s?\d+\s?号$|^第\s?\d+\s?号$|[:：]$|^【[^】]{2,8}】"
)
HEADLINE_TAGS = ("p", "div", "td", "span", "strong", "b", "font", "center", "h1", "h2", "h3", "h4")


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline and the lines it stands in: lines[start:end]; start = -1 where it is not displayed."""

    text: str
    start: int
    end: int
    rule: str


def over_info(page: Page) -> Headline | None:
    """Where <title> is the site's name: the plain text above the first line with source or time."""
    shown = [n for n, line in enumerate(page.lines[:600]) if line.text and not line.hidden]
    for at, number in enumerate(shown):
        line = page.lines[number]
        row = line.link_chars > len(line.text) / 3 or any(len(name) > COLUMN for name, _ in line.links)  # of a list
        if not row and _is_info(line.text):
            above = [n for n in reversed(shown[max(at - 12, 0) : at]) if not _is_cell(page, n)]
            number = next((n for n in above[:4] if not _under_headline(page.lines[n].text)), -1)
            return _whole_headline(page, number) if number >= 0 else None
    return None


def over_text(page: Page) -> Headline | None:
    """Where source and time stand below the text or nowhere: the plain text above its first paragraph."""
    shown = [n for n, line in enumerate(page.lines[:600]) if line.text and not line.hidden]
    first = next((at for at, n in enumerate(shown) if PARAGRAPH.match(page.lines[n].text)), 0)
    above = (n for n in reversed(shown[max(first - 4, 0) : first]) if not _under_headline(page.lines[n].text))
    number = next(above, -1)
    found = _whole_headline(page, number) if number >= 0 else None
    return replace(found, rule=ABOVE_TEXT) if found and len(found.text) >= COLUMN else None


def stands_above_info(page: Page, headline: Headline) -> bool:
    """Whether source or time stand right below: what a headline has and a column's name has not."""
    below = page.lines[headline.end : headline.end + 2]
    return any(
        len(line.text) < 100 and line.link_chars < len(line.text) / 2 and INFO.search(line.text) for line in below
    )


def _is_info(text: str) -> bool:
    """A line with source or time, in whatever words."""
    return (len(text) < 100 and INFO.search(text) is not None) or (6 < len(text) < 30 and bool(parse_times(text)))


def _is_cell(page: Page, number: int) -> bool:
    """Whether the line stands in a table row with other cells."""
    line = page.lines[number]
    around = page.lines[max(number - 3, 0) : number + 4]
    return line.row > 0 and any(other.row == line.row and other.cell != line.cell for other in around)


def _under_headline(text: str) -> bool:
    """What may stand between a headline and its source: the number, a note in brackets, a time, a label."""
    return bool(UNDER.search(text)) or len(re.sub(r"[\W\d_]+", "", text)) < 2


def _whole_headline(page: Page, number: int) -> Headline | None:
    """The headline that ends at this line, with the lines before it in the same small element."""
    start, element = number, min(
        (box for box in reversed(page.boxes) if box.start <= number < box.end),
        key=lambda box: box.end - box.start,
        default=None,
    )  # fmt: skip
    if element is not None and element.tag in HEADLINE_TAGS and number - element.start < 4:
        start = element.start
    while start and _is_torn(page, start, number) and not page.lines[start - 1].links:
        start -= 1
    text = fold(" ".join(line.text for line in page.lines[start : number + 1] if not line.hidden))
    linked = any(line.links for line in page.lines[start : number + 1])
    if linked or not 4 <= len(text) <= 80 or text.endswith("。") or INFO.search(text) or NO_TITLE.search(text):
        return None
    return Headline(text, start, number + 1, ABOVE)


def _is_torn(page: Page, start: int, number: int) -> bool:
    """Whether these lines close a bracket that the lines before opened."""
    text = "".join(line.text for line in page.lines[start : number + 1])
    return any(text.count(closing) > text.count(opening) for opening, closing in ("《》", "（）", "“”"))
