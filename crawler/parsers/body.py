"""The body: which box holds the article, and which of its lines are the article's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crawler.html import Box, Line, Page, fold
from crawler.parsers.attachments import FILE
from crawler.parsers.time import LABEL, parse_times
from crawler.parsers.title import key

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
FOOTER = re.compile(
    r"^(?:版权所有|主办单位|主办[:：]|承办单位|承办[:：]|网站标识码|政府网站标识码|ICP备|.{0,12}公网安备|技术支持|联系我们|网站地图|Copyright|©)|网站标识码|ICP备\d|公网安备|地址[:：].{2,60}(?:邮编|邮政编码|电话|传真)",
    re.IGNORECASE,
)
# A line that ends the body: what follows belongs to the page, not to the article.
TAIL = re.compile(
    r"^[\s\[【(（>]*(?:相关(?:文章|链接|新闻|政策|报道|稿件|信息|文档|阅读|附件|内容|解读|推荐|文件)|关联稿件|延伸阅读|推荐阅读|扫一扫|扫描二维码|扫码|分享到|分享[:：]?$|分享至"
    r"|上一[篇条]|下一[篇条]|打印本页|打印此[文页]|打印正文|关闭窗口|关闭本页|【?打印】?$|【?关闭】?$|返回顶部|返回列表|主办单位|网站标识码|版权所有|免责声明|我要纠错|纠错"
    r"|热点新闻|最新更新|点击排行|附件下载[:：]?$|图解|打印|本页二维码|您访问的链接|分享此頁|列印|Share (?:this|on)|Seite teilen|Related (?:content|articles|links|news)|Print this page|Back to top)"
)
# Of these, the ones after which no article goes on, however much text follows.
STRONG_TAIL = re.compile(
    r"^[\s\[【(（>]*(?:推荐阅读|延伸阅读|相关(?:文章|新闻|阅读|推荐|稿件|报道)|关联稿件|热点新闻|点击排行|最新更新|上一[篇条]|下一[篇条]|扫一扫|分享到)"
)
PAGER = re.compile(r"[\s\d|<>\[\]【】()«»‹›.…/-]|上一?页|下一?页|首页|尾页|末页|全文")
# A line that is a tool or the info line, wherever it stands.
TOOL = re.compile(
    r"^[\s\[【(（|]*(?:(?:【?字体|字号|字號)[:：\s]|打印|关闭|Play Video$|\S{2,6}客户端下载|【?(?:大|中|小)】?(?:\s*【?(?:大|中|小)】?)*$|放大|缩小|收藏|浏览(?:次数|量)|阅读(?:次数|量)|点击(?:数|量|次数)|访问(?:次数|量)"
    r"|分享到|扫一扫|返回顶部|\[?打印\]?|来源[:：].{0,80}(?:时间|日期|\d{4}[-年])|发布(?:时间|日期)[:：]|信息来源[:：]|文章来源[:：]|責任編輯|字体大小)"
)
EDITOR = re.compile(
    r"[（(\[【]?\s*(?:责任编辑|责\s?编|编\s?辑|責任編輯)\s?[:：]\s?([^\s）)\]】|]{1,20}(?:\s[\u4e00-\u9fff]{1,4})?)\s*[）)\]】]?"
)
AUTHOR = re.compile(r"(?:^|[\s（(【|])(?:作\s?者|撰\s?稿|记者)\s?[:：]\s?([^\s）)】|]{1,30})")
EDITOR_LINE = re.compile(
    r"^[（(\[【]?\s*(?:责任编辑|责\s?编|编\s?辑|審核|责任编审|初审|复审|终审|編輯)\s?[:：].{0,60}$"
)
# An info line holds two of these and little else.
INFO_LABEL = re.compile(
    r"(?:[来來]\s?源|稿源|(?:发布|更新|信息)?(?:[时時]\s?[间間]|日\s?期)|作\s?者|编\s?辑|责任编辑|责编|点击(?:数|量|次数)?|浏览(?:数|量|次数)?|阅读(?:数|量|次数)?|访问(?:量|次数)?|字体|字号|发布(?:人|者|机构))\s?[:：]"
)
RULE = re.compile(r"[-—=_*＊※·.~☆★]{6,}|^[*＊※·☆★]{3,}$")  # a line drawn with characters
MIN_CONTAINER = 20  # characters of text that a named container must hold to be believed


@dataclass(frozen=True, slots=True)
class Body:
    """The body: its lines' numbers, and the rule that found the box."""

    numbers: tuple[int, ...]
    rule: str
    box: Box | None
    editor: str | None = None
    author: str | None = None


def parse_body(page: Page, after: int, title: str, *, selector_box: Box | None = None, cut: Sequence[str] = ()) -> Body:
    """The lines of the body behind line `after` (the headline's end; -1 = nowhere displayed)."""
    box, rule = (selector_box, "selector") if selector_box else _container(page, after)
    if box is None:
        box, rule = _densest(page, after)
    numbers = _own_lines(page, box, title, after, cut) if box else []
    if not numbers:  # no text: the article is a picture or a file; its name is no text of the article
        box, rule = _carrier(page, after)
    if box is None:
        return Body((), "none", None)
    editor, author = _credits(page, box)
    return Body(tuple(numbers), rule, box, editor, author)


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


def chars(page: Page, box: Box) -> int:
    """Visible text of the box that is no link."""
    return sum(line.plain_chars for line in page.lines[box.start : box.end] if not line.hidden)


def _container(page: Page, after: int) -> tuple[Box | None, str]:
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


def _mass(page: Page, after: int) -> int:
    return sum(_weight(line) for line in page.lines[max(after, 0) :])


def _weight(line: Line) -> int:
    """How much a line speaks for being article text."""
    if line.hidden or line.link_chars > len(line.text) * 0.5:
        return 0
    if len(line.text) < 200 and (FOOTER.search(line.text) or TOOL.match(line.text)):
        return 0
    length = line.plain_chars
    return length * 2 if length > 30 or re.search("[。！？；，、,]", line.text) else length


def _densest(page: Page, after: int) -> tuple[Box | None, str]:
    """The smallest box with most of the text mass behind the headline; recorded as a fallback."""
    lines = page.lines
    start = max(after, 0)
    end = next((n for n in range(start, len(lines)) if n > start + 2 and FOOTER.search(lines[n].text)), len(lines))
    weights = [0] * start + [_weight(line) for line in lines[start:end]] + [0] * (len(lines) - end)
    total = sum(weights)
    if total < MIN_CONTAINER:
        return None, ""
    best: Box | None = None
    best_span = 0
    sums = [0]
    for weight in weights:
        sums.append(sums[-1] + weight)
    for box in page.boxes:
        if box.end <= start:
            continue
        inside = sums[min(box.end, len(weights))] - sums[min(box.start, len(weights))]
        span = box.end - box.start
        if inside >= 0.72 * total and (best is None or span <= best_span):
            best, best_span = box, span
    if best is None or _mostly_links(lines[best.start : best.end]):
        return None, ""  # a menu is no article: the text may be in an attachment or a picture
    return best, "density"


def _carrier(page: Page, after: int) -> tuple[Box | None, str]:
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


def _mostly_links(lines: Sequence[Line]) -> bool:
    shown = [line for line in lines if line.text and not line.hidden]
    return sum(line.link_chars > len(line.text) / 2 for line in shown) > 0.6 * len(shown)


def _own_lines(page: Page, box: Box, title: str, after: int, cut: Sequence[str]) -> list[int]:
    """The box's lines, without headline and info line at its head, tools inside, and the page's tail."""
    start = max(box.start, after if box.start < after < box.end else box.start)
    own_title = key(title)
    numbers: list[int] = []
    seen_text = 0
    for number in range(start, box.end):
        line = page.lines[number]
        text = line.text
        if not text or (line.hidden and not _paged(page, number)):
            continue
        if any(text.startswith(word) for word in cut):
            break
        if seen_text < 40 and own_title and key(text) == own_title:
            continue
        if TAIL.match(text) and len(text) < 60:
            if (STRONG_TAIL.match(text) and seen_text > 100) or _rest_is_tail(page, number, box.end):
                break
            if TOOL.match(text) or line.link_chars > len(text) * 0.5:
                continue
        if _is_tool(line) or (seen_text < 12 and _is_dateline(text)):
            continue
        numbers.append(number)
        seen_text += line.plain_chars
    while numbers and _is_file(page.lines[numbers[-1]]):  # a list of files below the text: `attachments` has them
        numbers.pop()
    return numbers


def _is_file(line: Line) -> bool:
    """A line that is nothing but links, by the name of a file."""
    return line.link_chars >= len(line.text) and FILE.search(line.text) is not None


def _is_dateline(text: str) -> bool:
    """A line that is hardly more than a date, or begins with a date's label, at the head of the body."""
    found = parse_times(text) if len(text) < 60 else []
    return bool(found) and (len(text) - len(found[0].raw) < 12 or LABEL.match(text) is not None)


def _is_tool(line: Line) -> bool:
    """The info line, a button, the pager inside the body, an editor's line, the footer."""
    text = line.text
    if (TOOL.match(text) and len(text) < 120) or EDITOR_LINE.match(text) or _is_info(text):
        return True
    if RULE.match(text) and len(RULE.sub("", text)) < 8:
        return True
    if len(line.links) > 2 and line.link_chars > len(text) / 2 and all(href.startswith("#") for _, href in line.links):
        return True  # a menu of the page's own parts
    pager = (line.link_chars > 0 or "页" in text) and not PAGER.sub("", text)
    return pager or (len(text) < 80 and bool(FOOTER.search(text)))


def _is_info(text: str) -> bool:
    """来源, 时间, 作者 … with their values, and nothing that reads like a sentence."""
    return len(text) < 150 and "。" not in text and len(INFO_LABEL.findall(text)) >= 2


def _rest_is_tail(page: Page, number: int, end: int) -> bool:
    """Whether hardly any article text follows: no two paragraphs of sentences, little weight."""
    following = page.lines[number + 1 : end]
    sentences = sum(line.plain_chars > 25 and line.text.rstrip("”）)")[-1:] in "。！？；" for line in following)
    rest = sum(map(_weight, following))
    return sentences < 2 and rest < 600


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
