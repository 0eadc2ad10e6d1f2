"""The pieces of text in a row of a list, and what they say: the whole headline and the date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.html import BLOCKS, fold
from crawler.listing.dates import (
    COMPACT,
    DAY_FIRST,
    FULL,
    YEARLESS,
    date_in_address,
    date_of,
    dates_in,
    western,
    whole_date,
    yearless_date,
)

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt"})
CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?")
LABEL = re.compile(r"(?:发布|发文|公布|更新|添加|上传|公开|印发)?(?:日期|时间|于)\s*[:：]?|date|time", re.IGNORECASE)
OTHER_DATE = re.compile(r"截止|截至|结束|开始|成文|生效|实施|施行|有效|到期|废止|开标|报名")
GLUED = re.compile(r"\s*[\[(（【]?\s*(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+\d{1,2}:\d\d(?::\d\d)?)?\s*[\])）】]?$")
CUT = re.compile(r"(?:\.{2,}|…+|。。+)\s*$")
LEADING = re.compile(r"^[\s·•●○▪■◆◇►▸›»*・\-–—]+")
LABELLED_TITLE = re.compile(r"(?:标\s*题|文章标题|名\s*称)\s*[:：]\s*([^\r\n]+)")
NO_TITLE = re.compile(
    r"\W*(?:点击\S{0,6}|查看\S{0,4}|详细\S{0,4}|详情|阅读全文|更多|more|置顶|图片|new|hot|下载\S{0,6})?\W*",
    re.IGNORECASE,
)
FORMAT = re.compile(
    r"\W*(?:(?:pdf|word|excel|docx?|xlsx?|zip)(?:\W*[\d.]+\s?[kmg]b)?|[\d.]+\s?[kmg]b)\W*", re.IGNORECASE
)  # of a file
MARK = re.compile(r"[\[【(（][^\[\]【】()（）]{1,8}[\])）】]\s*")
LABELLED = re.compile(
    r"(?:发布|公布|公开|更新|发表|发文)?(?:日期|时间)\s*[:：]\s*((?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2})"
)
BESIDE = 12  # characters beside a date that still make a date cell: a source, a place
LINE = 120  # characters of a line of a row's particulars
INSIDE = 3  # the same inside the link, where short headlines hold dates
TAIWAN = (".tw", ".taipei")  # hosts that print years of the Republic
DATE_ATTRIBUTES = ("readlabel", "datetime", "data-date", "data-time", "data-pubtime", "title")


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of text in a row."""

    text: str
    inside: bool  # in the row's own link
    heading: bool
    script: bool
    block: int  # pieces of one number stand on one line
    attribute: str = ""  # an attribute of its element that may hold the whole date


def pieces_of(nodes: Iterable[LexborNode], link: LexborNode, url: str) -> list[Piece]:
    """The pieces of a row, without those of other links and of lists inside it; `url` is what it links."""
    pieces = [piece for node in nodes for piece in _walk(node, link)]
    if not (urlsplit(url).hostname or "").endswith(TAIWAN):
        return pieces
    return [replace(piece, text=western(piece.text)) for piece in pieces]


def _walk(root: LexborNode, link: LexborNode) -> Iterator[Piece]:
    node: LexborNode | None = root
    inside = heading = 0
    block, attribute = 0, ""
    while node is not None:
        tag = node.tag or ""
        down = False
        if node.is_text_node:
            text = fold(node.text(deep=False))
            parent = node.parent
            if text:
                script = parent is not None and parent.tag == "script"
                yield Piece(text, inside > 0, heading > 0, script, block, attribute)
        elif node.is_element_node:
            own = node.mem_id == link.mem_id
            other = tag in ("a", "ul", "ol", "style", "select") and not own and node.mem_id != root.mem_id
            down = node.child is not None and not (other and not _holds(node, link))
            block += tag in BLOCKS or tag == "br"
            attribute = next(
                (node.attributes[n] or "" for n in DATE_ATTRIBUTES if n in node.attributes and not own), ""
            )
            if down:
                inside += own
                heading += tag in HEADINGS
        if down:
            node = node.child
            continue
        while node is not None and node.mem_id != root.mem_id and node.next is None:
            node = node.parent
            if node is not None:
                inside -= node.mem_id == link.mem_id
                heading -= (node.tag or "") in HEADINGS
                block += (node.tag or "") in BLOCKS
        node = None if node is None or node.mem_id == root.mem_id else node.next


def _holds(node: LexborNode, link: LexborNode) -> bool:
    """Whether a nested list is where the row's own link stands."""
    current: LexborNode | None = link.parent
    for _ in range(12):
        if current is None:
            return False
        if current.mem_id == node.mem_id:
            return True
        current = current.parent
    return False


def headline(link: LexborNode, pieces: list[Piece]) -> str:
    """The whole headline: the title attribute where the text is cut, without a date or a summary inside the link."""
    own = [piece for piece in pieces if piece.inside and not piece.script and not _only_date(piece.text, INSIDE)]
    headings = [piece for piece in own if piece.heading]
    text = _first_line(headings or own)
    attribute = _attribute_title(link)
    if not text or no_title(text):
        image = link.css_first("img[alt], img[title]")
        alternative = fold(image.attributes.get("alt") or image.attributes.get("title") or "") if image else ""
        if FORMAT.fullmatch(alternative) or FORMAT.fullmatch(text):
            alternative = _beside(pieces)  # the icon and the size of a file, its name stands before it
        return (alternative if FORMAT.fullmatch(text) else attribute) or alternative or text
    return attribute if attribute and _is_whole(attribute, text) else text


def _beside(pieces: list[Piece]) -> str:
    """What a row without a headline in its link prints outside: its longest text that is no date."""
    texts = (piece.text for piece in pieces if not piece.inside and not piece.script)
    return max((text for text in texts if not _only_date(text, BESIDE)), key=len, default="")


def _attribute_title(link: LexborNode) -> str:
    raw = link.attributes.get("title") or ""
    labelled = LABELLED_TITLE.search(raw)
    title = fold(re.sub(r"<[^<>]{1,80}>", "", labelled[1] if labelled else raw))
    return "" if no_title(title) or _only_date(title, INSIDE) else title


def _is_whole(attribute: str, text: str) -> bool:
    """Whether the title attribute is the headline whose beginning the text prints."""
    if text.endswith(attribute) and MARK.fullmatch(text.removesuffix(attribute)):
        return True  # [正在报名] before the headline
    start = re.sub(r"\W", "", CUT.sub("", text))[:6]
    return bool(CUT.search(text)) or (
        bool(start) and start in re.sub(r"\W", "", attribute) and len(attribute) >= len(text)
    )


def _first_line(pieces: list[Piece]) -> str:
    """The first line of the link that can be a headline."""
    lines: dict[int, str] = {}
    for piece in pieces:
        lines[piece.block] = lines.get(piece.block, "") + piece.text
    texts = [LEADING.sub("", GLUED.sub("", text)).strip() for text in lines.values()]
    longer = [text for text in texts if len(text) >= 5 and not no_title(text)]
    return longer[0] if longer else next((text for text in texts if text), "")


def row_date(pieces: list[Piece], url: str) -> tuple[str | None, int]:
    """The row's date, and how it is printed: 2 with its year, 1 without, 0 not at all (it is the address's)."""
    in_address = date_in_address(url)
    for inside in (False, True):
        own = [p for p in pieces if p.inside == inside and not p.script]
        found = _printed(own)
        if found:
            return _chosen(found, in_address), 2
        if yearless := [p for p in own if YEARLESS.match(p.text)]:
            whole = whole_date(yearless[0].text, yearless[0].attribute)
            return whole or yearless_date(yearless[0].text, url), 2 if whole else 1
    for piece in pieces:
        if piece.inside and not piece.script and GLUED.search(piece.text):
            return date_of(GLUED.search(piece.text)[0]), 2  # type: ignore[index]
    for piece in pieces:
        days = dates_in(piece.text) if piece.script and len(piece.text) < 300 else dates_in(piece.attribute[:40])
        if days:
            return days[0], 2
    return in_address, 0


def _printed(pieces: list[Piece]) -> list[tuple[str, str]]:
    """(date, the text it stands in) of every piece that is a date cell."""
    found = []
    for at, piece in enumerate(pieces):
        text = piece.text
        if at and len(pieces[at - 1].text) <= 8:
            text = text if LABEL.search(text) else f"{pieces[at - 1].text} {text}"
        day = date_of(piece.text) if _only_date(piece.text, INSIDE if piece.inside else BESIDE) else None
        if day is None and at and len(text) <= 16:
            day = date_of(text)
        if day is None and len(piece.text) <= LINE and (labelled := LABELLED.search(piece.text)):
            day = date_of(labelled[1])  # in a line with source and count of readers
        if day:
            found.append((day, text))
    return found


def _chosen(found: list[tuple[str, str]], in_address: str | None) -> str:
    labelled = [day for day, text in found if re.search(r"发布|公布|公开", text)]
    others = [day for day, text in found if not OTHER_DATE.search(text)] or [day for day, _ in found]
    if labelled:
        return labelled[0]
    return in_address if in_address in others else max(others)


def no_title(text: str) -> bool:
    return len(text) <= 12 and (NO_TITLE.fullmatch(text) or FORMAT.fullmatch(text)) is not None


def _only_date(text: str, room: int) -> bool:
    """Whether a text is a date with at most `room` characters around it, labels not counted."""
    if len(text) > 60:
        return False
    rest = FULL.sub("", text, count=1)
    rest = DAY_FIRST.sub("", text, count=1) if rest == text else rest
    if rest == text:
        return bool(COMPACT.fullmatch(text.strip("[]()（）【】 "))) or any(
            re.fullmatch(rf"\W*{form}\W*", text)
            for form in (r"\d{1,2}[-/.月]\d{1,2}日?", r"\d{4}[-/.年]\d{1,2}月?", r"\d{1,2}")
        )
    return len(LABEL.sub("", CLOCK.sub("", rest)).strip(" []()（）【】:：|")) <= room
