"""来源: who printed it first, as the page says, without its label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from archive.records import Evidence
from crawler.html import PART, Page, fold
from crawler.parsers.dates import DATE, half_width

LABELS = r"(?:(?:信\s?息|文\s?章|稿\s?件|消\s?息|新\s?闻)\s?)?来\s?源(?:\s?于)?|來\s?源|稿\s?源|出\s?处|来\s?自|来\s?稿|供\s?稿\s?单\s?位|資料來源|消息來源|Source|Fuente|Fonte|Источник|Джерело|Źródło|출처"
WEAKER = r"담당부서|부서명|Herausgeber|등록부서|發[布佈]單位|發[布佈]機關|提供單位|供稿單位|发\s?布\s?机\s?构|发\s?布\s?单\s?位|发\s?布\s?部\s?门|信\s?息\s?提\s?供|供稿"
LABEL = re.compile(rf"(?:^|[\s\[【(（|{PART}>]|(?<=\d))(?:{LABELS}|From|Fra|Från)\s?{PART}*\s?[:：】|｜]\s?")
WEAK_LABEL = re.compile(rf"(?:^|[\s\[【(（|{PART}])(?:{WEAKER})\s?{PART}*\s?[:：】]\s?")
# The label without a colon counts in an element of its own: <em>来源 清和发布</em>.
BARE_LABEL = re.compile(rf"(?:^|{PART}|\s)\s?(?:{LABELS})(?:\s|{PART})+(?=[^\s{PART}]{{2,20}}\s?(?:{PART}|$))")
ALONE, WEAK_ALONE = re.compile(rf"^(?:{LABELS}|From|Quelle)$"), re.compile(rf"^[\[【]?\s?(?:{WEAKER})\s?[\]】]?$")
# What ends the value on the same line: the next label, or the tools of the page.
_NEXT = (
    r"发布时间|发布日期|发表时间|更新时间|日期|时间|時間|发布人|发布者|发布机构|发布|作者|编辑|责编|责任编辑|审核|浏览|阅读|点击|访问|字体|字号|字號"
    r"|打印|分享|收藏|关闭|摄影|记者|通讯员|次数|人气|评论|扫一扫"
)
END = re.compile(
    rf"(?:^|\s+)(?:[\u4e00-\u9fff]{{0,4}}(?:时间|日期)|{_NEXT}|[\u4e00-\u9fff]{{2,6}}\s?[:：]).*|\s*(?:{_NEXT})[^\s:：]{{0,4}}\s?[:：].*|\s*(?:大\s?中\s?小|[（(](?:本报|本台)?(?:记者|通讯员|作者|编辑|责编|摄影)|\[|【|\||〖|[（(]?\s?(?:19|20)\d{{2}}\s?[-年/.](?!\d{{1,2}}(?:期|\s|$))).*",
    re.DOTALL,
)
# A newspaper's imprint: 《人民日报》（2023年10月13日 第13版）, （《人民日报》 2023年10月13日 13 版）
IMPRINT = re.compile(
    r"[（(]?\s*(?:原载|转载自|转自|摘自|来源[:：])?\s*《\s*([\u4e00-\u9fff]{2,12}(?:报|刊|杂志))\s*》\s*"
    r"[（(]?\s*(?:19|20)\d\d\s?[-年.]\s?\d{1,2}\s?[-月.]\s?\d{1,2}\s?日?[\s,，]*(?:第?\s?\d+\s?版)?\s*[）)]*"
)
CJK = re.compile("[\u4e00-\u9fff]")
EMPTY = frozenset({"", "-", "--", "无", "null", "undefined", "/", "暂无"})
SELF = frozenset({"本网", "本站", "本网站", "本站原创"})  # says less than the name of an office
META = ("contentsource", "source", "article:author_site", "og:site_source", "infosource", "mediaid", "dc.source")
STROKE = re.compile(rf"\s*[|｜丨{PART}]\s*|\s+/\s+")
# A body by the end of its name; 新闻中心 alone is a column
BODY = re.compile(
    r"(?!新闻中心|信息中心)[\u4e00-\u9fff（）·—－-]{2,24}(?:社|报|网|频道|融媒|局|办|委|部|厅|院|处|科|室|会|站|台|所|政府|中心|街道|[乡镇县市区]|集团|公司|大学|学院|发布|在线|电视台)"
    r"|新华社|人民网|新华网"
)
BYLINE = re.compile(r"By [A-Z][^|]{2,60}\|\s*([A-Z][\w.&'’ -]{3,40}?)\s*\|")  # By Lin Hua | China Daily | Updated: …
PUBLISHED_BY = re.compile(
    r"([^\d:,|]{6,90}?),\s(?:опубліковано|опубликовано|published(?: on)?|publicado (?:el|em)|pubblicato il|veröffentlicht am"
    r"|opublikowano)\s\d",
    re.IGNORECASE,
)
LONGEST = 60  # characters: longer is a sentence, not a name


def parse_source(page: Page, info: Sequence[int], title: str = "") -> tuple[str | None, list[Evidence]]:
    """The source and its witnesses: the label beside the headline, else the meta tag ContentSource."""
    shown, raw = _labelled(page, info, title)
    meta = clean_source(page.meta(*META) or "")
    if meta and meta.isascii() and " " not in meta and "." not in meta and not page.title.isascii():
        meta = None  # a system's code, not a name
    if meta in SELF and not shown and _of_office(page, info, title)[0]:
        meta = None
    evidence = []
    if shown:
        evidence.append(Evidence("source", "label:来源", raw, shown, True))
    if meta:
        evidence.append(Evidence("source", "meta:ContentSource", meta, meta, not shown))
    if shown or meta:
        return shown or meta, evidence
    office = partial(_of_office, title=title)
    for rule, find in (
        ("label:发布机构", office), ("imprint", _imprint), ("beside the date", _beside_date), ("before the date", _before_date),
    ):  # fmt: skip
        value, raw = find(page, info)
        if value:
            return value, [Evidence("source", rule, raw, value, True)]
    return None, []


def named_source(page: Page, lines: Sequence[int]) -> tuple[str, list[Evidence]] | None:
    """The source in the lines that a definition names, its label cut off; None where they hold none."""
    for number in lines:
        parts = page.lines[number].parts
        label = LABEL.search(parts) or WEAK_LABEL.search(parts)
        value = clean_source(_first_part(parts[label.end() :] if label else parts))
        if value:
            return value, [Evidence("source", "selector", page.lines[number].text[:500], value)]
    return None


def _labelled(page: Page, info: Sequence[int], title: str) -> tuple[str | None, str]:
    """The value of the label 来源, with a colon, without one, or alone in a cell or line."""
    for label in (LABEL, BARE_LABEL):
        value, raw = _displayed(page, info, label, title)
        if value:
            return value, raw
    return _in_next_cell(page, info, ALONE)


def _of_office(page: Page, info: Sequence[int], title: str) -> tuple[str | None, str]:
    """The value of 发布机构, which names who put the page up."""
    value, raw = _displayed(page, info, WEAK_LABEL, title)
    return (value, raw) if value else _in_next_cell(page, info, WEAK_ALONE)


def _displayed(page: Page, info: Sequence[int], label: re.Pattern[str], title: str) -> tuple[str | None, str]:
    for number in info:
        parts = page.lines[number].parts
        match = label.search(parts)
        if not match:
            continue
        rest = parts[match.end() :]
        if not rest.strip(PART + " ") and number + 1 < len(page.lines):
            following = page.lines[number + 1]  # label and value in two cells or blocks
            short = len(following.text) <= (
                20 if CJK.search(following.text) else 100
            ) and ":" not in following.text.replace("：", ":")
            rest = following.parts if short else ""
        value = clean_source(_first_part(rest))
        if value and value != title:  # an empty label, the headline in the next block
            return value, fold(parts.replace(PART, " "))[:500]
    return None, ""


def _in_next_cell(page: Page, info: Sequence[int], label: re.Pattern[str]) -> tuple[str | None, str]:
    """The label alone in a cell of a table row or a line, without a colon: the value is the next one."""
    for number in info:
        line = page.lines[number]
        following = page.lines[number + 1] if number + 1 < len(page.lines) else line
        beside = following.row == line.row and (not line.row or following.cell != line.cell)
        plain = len(following.text) <= 40 and not DATE.search(half_width(following.text))
        if beside and plain and not line.links and label.match(line.text) and not LABEL.search(following.parts):
            value = clean_source(following.text)
            return value, f"{line.text} {following.text}"[:500]
    return None, ""


def _imprint(page: Page, info: Sequence[int]) -> tuple[str | None, str]:
    """The newspaper a text was printed in, of a line that is nothing but its imprint."""
    found = (IMPRINT.fullmatch(page.lines[number].text) for number in info)
    match = next((one for one in found if one), None)
    return (match[1], match.group()) if match else (None, "")


def _beside_date(page: Page, info: Sequence[int]) -> tuple[str | None, str]:
    """2021-08-13 | 清和县政府办公室 | 阅读 96: the one body's name among the pieces of a line that is a date's."""
    for number in info:
        line = page.lines[number]
        pieces = [piece for piece in map(fold, STROKE.split(line.parts)) if piece] if len(line.text) < 100 else []
        dated = [DATE.search(half_width(piece)) is not None for piece in pieces]
        names = [piece for piece in pieces if BODY.fullmatch(piece)] or BYLINE.findall(line.text)
        if not names and len(pieces) == 1 and BODY.fullmatch(rest := fold(DATE.sub("", half_width(pieces[0])))):
            names = [rest]  # 清和县统计局 2008-05-19 10:00:05
        if len(names) == 1 and any(dated) and len(pieces) < 8 and line.link_chars < len(line.text) / 2:
            return clean_source(names[0]), line.text
    return None, ""


def _before_date(page: Page, info: Sequence[int]) -> tuple[str | None, str]:
    """Секретаріат Кабінету Міністрів України, опубліковано 12 листопада 2025: who published it, before the word."""
    found = (PUBLISHED_BY.match(fold(page.lines[number].parts.replace(PART, " "))) for number in info)
    match = next((one for one in found if one), None)
    return (clean_source(match[1]), match.group()) if match else (None, "")


def _first_part(text: str) -> str:
    """Up to the end of the element the value stands in: the label may have an element of its own."""
    pieces = [piece for piece in text.split(PART) if piece.strip()]
    return pieces[0] if pieces else ""


def clean_source(text: str) -> str | None:
    """The name alone, or None where nothing is left."""
    value = fold(END.sub("", fold(text), count=1)).strip(" :：,，;；|/·>】]）)")
    opened = text.count("（") + text.count("("), text.count("）") + text.count(")")
    if opened[0] > 0 and opened[0] == opened[1] and ("（" in value or "(" in value):
        value += "）" if value.count("（") > value.count("）") else ")" if value.count("(") > value.count(")") else ""
    if value.lower() in EMPTY or len(value) > (LONGEST if CJK.search(value) else 100):
        return None
    return value
