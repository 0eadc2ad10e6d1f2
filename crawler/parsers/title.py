"""The headline: the visible text that the page repeats in its <title>, its meta tags and its address bar."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from archive.records import Evidence
from crawler.html import PART, Page, fold
from crawler.parsers.dates import parse_times

META = ("articletitle", "og:title", "twitter:title", "dc.title", "dcterms.title", "title", "headline")
NAMED = re.compile(r"(?:^|[\s_-])(?:\w*title\w*|tit[\d_]*|\w*[_-]tit|bt|biaoti|headline|subject|h1)(?:$|[\s_-])")
NOT_NAMED = re.compile(
    r"sub_?title|fu_?title|site|logo|nav|column|lanmu|list|menu|foot|side|right|related|channel|crumb|position"
)
SEPARATORS = re.compile(
    r"\s*[_|｜»－]\s*|\s+[-–—·:]\s+|(?<=[\u4e00-\u9fff）)》”])[-–—]+(?=[\u4e00-\u9fff])|\s*(?:--|——|>>)\s*"
)
NO_TITLE = re.compile(
    r"^(?:当前位置|您所在|您的位置|首页|来源|稿源|▲|△|发布|时间|打印|字体|正文|索\s?引\s?号|附件|下载)|网站$|门户网站$"
    r"|^相[关關](?:檔案|連結|新聞|訊息|链接|稿件|阅读|附件|新闻|文档|信息|解读|报道|文章|资料|政策|推荐)\s?[:：]?$|[:：]$"
)
LONGEST = 200
SHORT = 12  # characters of a <title> that is hardly a headline: 清和县人民政府公报
COLUMN = 8  # characters of a column's name at most
BULLETS = "›»>•▪◆■ "  # before a headline, as an arrow before a link
LINE = "line = <title>"
ABOVE = "line above source and time"
ABOVE_TEXT = "line above the text"
PARAGRAPH = re.compile(r"[^。]{25,}。|[^\u4e00-\u9fff]{80,}\.")
FULL_WIDTH = "\uf900"  # characters from here on are compatibility forms, which `key` changes
INFO = re.compile(
    r"(?:来\s?源\s?于?|來源|稿\s?源|出\s?处|来\s?自|时间|時間|日期|(?i:(?:posted|published)(?: on)?))\s?[:：]|(?:19|20)\d{2}[-年/.]\d{1,2}[-月/.]\d{1,2}"
)
UNDER = re.compile(
    r"^[（(【\[].*[）)】\]]$|^\S{0,12}[〔\[【（(]?(?:19|20)\d{2}[〕\]】）)]?\s?第?\s?\d+\s?号$|^第\s?\d+\s?号$|[:：]$|^【[^】]{2,8}】"
)
# Tools that stand in the headline's element, behind it
TOOLS = re.compile(
    r"\s*[\[【（(]?\s*(?:字体|字号|字號)\s?[:：\[【（(].*$|\s+[\[【（(]?(?:打印|列印|打印本页|分享|分享到[:：]?|收藏|关闭|关闭窗口|语音播报)[\])】）]?(?:\s.*)?$"
)
DATED = re.compile(  # behind the headline, in an element of its own
    rf"{PART}[\s\[（(]*(?:19|20)\d{{2}}[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?[\s\d:]*[\]）)\s{PART}]*$"
)
HEAD = 40  # lines of the page's head, and of its foot, that name the site
HOME_ADDRESS = re.compile(r"/|\./|(?:https?:)?//[^/]+/?|/?(?:index|default)\.\w{3,5}")
HEADLINE_TAGS = ("p", "div", "td", "span", "strong", "b", "font", "center", "h1", "h2", "h3", "h4")
INDEX_LABEL = re.compile(r"^(?:标\s?题|名\s?称|(?:信息|文件|公文)(?:标题|名称)|题\s?名|제목|件名)(?:\s?[:：]\s?|$)")
COLON = re.compile("[:：]")
INDEX_FIRST = frozenset("标名信文公题제件")
PORTAL_NAME = re.compile(r"(?:网|网站|门户|人民政府)$")
SITE_NAME = re.compile(r"(?:网|网站|網站|資訊網|门户|人民政府|政府|委员会|委員會|[局厅廳部办院署處]|首页|首頁)$")


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline and the lines it stands in: lines[start:end]; start = -1 where it is not displayed."""

    text: str
    start: int
    end: int
    rule: str


def key(text: str) -> str:
    """For comparing: compatibility forms, white space and punctuation aside."""
    return _short_key(text) if len(text) <= LONGEST else _key(text)


@lru_cache(maxsize=1024)  # the same few texts are compared again and again while a page is read
def _short_key(text: str) -> str:
    return _key(text)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def parse_title(page: Page) -> tuple[Headline, list[Evidence]]:
    """The headline (text "" where there is none) and the candidates that lost."""
    metas = [value for name in META if (value := _plain(page.meta(name) or ""))]
    metas += [value for value in [_index_title(page)] if value]
    declared = _plain(page.title)
    site = _site_names(page)
    metas = [value for value in metas if key(value) not in site]
    named = metas[0] if metas else ""
    best, best_score = Headline("", -1, -1, "none"), 0.0
    losers = []
    columns, ends = _columns(page), _trail_ends(page)
    for headline, base in _candidates(page):
        score = base + _support(headline.text, declared, metas) + (2.5 if key(headline.text) in ends else 0)
        score -= 2.5 if key(headline.text) in columns or key(headline.text) in site else 0
        if score > best_score:
            if best.text:
                losers.append(best)
            best, best_score = headline, score
    only_site_named = key(declared) in {"", *site} or (
        len(declared) <= 25
        and (
            len(declared) <= SHORT
            or SITE_NAME.search(key(_first_part(declared)))
            or key(_first_part(declared)) in columns
        )
    )
    signature = only_site_named and best.rule == LINE  # the site's name above a date is no headline
    if best.text and best_score < 3 and not signature and _above_info(page, best):
        best_score += 1.5
    is_heading = best.rule.startswith("heading:h1") and key(best.text) not in columns
    if best_score < 3 and not named and only_site_named and not is_heading:
        best = _over_info(page) or _over_text(page) or best
        best_score = 3.0 if best.rule in (ABOVE, ABOVE_TEXT) else best_score
    elif best_score < 3 and only_site_named and is_heading:
        best_score = 3.0
    if best_score < 3 and not (best_score > 0 and SITE_NAME.search(_first_part(declared))):
        best = _declared(declared, named, page) or best
    evidence = [Evidence("title", best.rule, best.text, best.text)] if best.text else []
    evidence += [Evidence("title", loser.rule, loser.text[:500], loser.text, False) for loser in losers[-3:]]
    if named and key(named) != key(best.text):
        evidence.append(Evidence("title", "meta:ArticleTitle", named[:500], named, False))
    return best, evidence


def _columns(page: Page) -> set[str]:
    """Short names that the page links: what stands in its menu and its trail."""
    links = (name for line in page.lines for name, _ in line.links)
    return {key(name) for name in links if 1 < len(name) <= (3 * COLUMN if name.isascii() else COLUMN)}


def _trail_ends(page: Page) -> set[str]:
    """What stands behind the last link of a line with several: a trail ends in the headline."""
    ends = (
        line.text.rpartition(line.links[-1][0])[2] for line in page.lines if len(line.links) > 1 and line.links[-1][0]
    )
    return {known for end in ends if len(known := key(end)) > COLUMN}


def _site_names(page: Page) -> set[str]:
    """What the page calls its site: in meta tags, in the link to the home page, behind ©."""
    names = [page.meta("sitename", "og:site_name") or ""]
    for line in [*page.lines[:HEAD], *page.lines[HEAD:][-HEAD:]]:
        names += [name for name, href in line.links if HOME_ADDRESS.fullmatch(href.strip())]
        if "©" in line.text and len(line.text) < 120:
            names += [re.sub(r"[^\W\d_]*©|[\d–—-]{4,}|[,.].*", " ", line.text)]
    return {known for name in names if len(known := key(name)) > 3}


def _candidates(page: Page) -> list[tuple[Headline, float]]:
    """Visible texts that look like a headline, with what their element says for them."""
    found = []
    for box in page.boxes:
        heading = box.tag in ("h1", "h2", "h3", "ucaptitle")
        if box.hidden or not 0 < box.end - box.start <= 14 or not (heading or box.name):
            continue
        named = _is_named(box.name)
        if not heading and not named:
            continue
        lines = [line for line in page.lines[box.start : box.end] if not line.hidden and line.text]
        if not lines or sum(len(line.text) for line in lines) > LONGEST:
            continue
        while len(lines) > 1 and INFO.search(lines[-1].text):  # the info line in the headline's element
            lines.pop()
        text = fold(" ".join([*(line.text for line in lines[:-1]), DATED.sub("", lines[-1].parts)]).replace(PART, ""))
        text = TOOLS.sub("", text).lstrip(BULLETS)
        if not 3 <= len(text) <= LONGEST or NO_TITLE.search(text):
            continue
        links = sum(line.link_chars for line in lines)
        if links > len(text) * 0.5:
            continue
        base = {"h1": 2.0, "ucaptitle": 3.0, "h2": 1.2, "h3": 1.0}.get(box.tag, 0.0) + (1.0 if named else 0.0)
        rule = f"heading:{'.'.join([box.tag, *box.name.split()[:1]])}"
        found.append((Headline(text, box.start, page.lines.index(lines[-1], box.start) + 1, rule), base))
    return found + _plain_lines(page)


@lru_cache(maxsize=4096)  # the names of a site's elements are few
def _is_named(name: str) -> bool:
    return bool(NAMED.search(f" {name} ")) and not NOT_NAMED.search(name)


def _plain_lines(page: Page) -> list[tuple[Headline, float]]:
    """Any line (or two or three in a row) that is the <title>'s beginning, whatever element it stands in."""
    cut = [key(part) for part in (page.title, page.meta(*META) or "") if re.search(r"(?:\.{2,}|…)\s*$", part)]
    pieces = SEPARATORS.split(page.title)
    whole = (
        [] if len(pieces) > 1 and PORTAL_NAME.search(pieces[-1]) else [page.title]
    )  # with the site's name: no headline
    parts = [*whole, *pieces, page.meta(*META) or ""]
    declared = [key(part) for part in parts if len(key(part)) > 5]
    site, *rest = page.title.split(" ")
    last = rest[-1] if rest else ""
    if PORTAL_NAME.search(site) and len(key(last)) > 7:  # 清和县人民政府 政务要闻 and then the headline
        declared.append(key(last))
    if not declared:
        return []
    found = []
    beginnings = {name[0] for name in declared}
    for start, line in enumerate(page.lines[:400]):
        first = line.text[:1].lower()
        if first not in beginnings and first.isalnum() and first < FULL_WIDTH:
            continue
        if line.hidden or line.link_chars > len(line.text) * 0.5 or len(line.text) < 2:
            continue
        text = ""
        for end in range(start + 1, min(start + 5, len(page.lines)) + 1):
            text = fold(f"{text} {page.lines[end - 1].text}")
            if len(text) > LONGEST:
                break
            own = key(text)
            if own and (own in declared or any(len(part) > 9 and own.startswith(part) for part in cut)):
                found.append((Headline(text, start, end, LINE), 0.8))
                break
            if not any(name.startswith(own) for name in declared):
                break
    return found


def _support(text: str, declared: str, metas: list[str]) -> float:
    """How often the page repeats the text elsewhere."""
    own = key(text)
    if not own:
        return -5
    score = 0.0
    title = key(declared)
    if own and len(own) >= 4 and own in title:
        pieces = [key(piece) for piece in SEPARATORS.split(declared)]
        longest = len(pieces) > 2 and own == max(pieces, key=len)  # site, column, headline in whatever order
        score += 3.0 if title.startswith(own) or longest else 1.5
        score += min(len(own) / max(len(title), 1), 1.0)
    elif title and len(title) > 8 and title in own:
        score += 2.5 if own.startswith(title) else 1.0
    elif _shared(own, title) >= max(8, len(own) * 0.7):  # （图）, or a title cut short
        score += 2.5
    for meta in metas[:3]:
        other = key(meta)
        if own == other:
            score += 3.0
        elif len(own) >= 6 and (own in other or other in own):
            score += 1.0
    most = 20 if own == title else SHORT
    if len(own) <= most and SITE_NAME.search(own) and own not in map(key, metas):
        score -= 2.5  # the site's own name, not a headline
    return score + (0.5 if len(own) >= 8 else -0.5)


def _above_info(page: Page, headline: Headline) -> bool:
    """Whether source or time stand right below: what a headline has and a column's name has not."""
    below = page.lines[headline.end : headline.end + 2]
    return any(
        len(line.text) < 100 and line.link_chars < len(line.text) / 2 and INFO.search(line.text) for line in below
    )


def _over_info(page: Page) -> Headline | None:
    """Where <title> is the site's name: the plain text above the first line with source or time."""
    shown = [n for n, line in enumerate(page.lines[:600]) if line.text and not line.hidden]
    for at, number in enumerate(shown):
        line = page.lines[number]
        linked = any(len(name) > COLUMN for name, _ in line.links)  # a row of a list
        if not linked and _is_info(line.text):
            above = [n for n in reversed(shown[max(at - 12, 0) : at]) if not _is_cell(page, n)]
            number = next((n for n in above[:4] if not _under_headline(page.lines[n].text)), -1)
            return _whole_headline(page, number) if number >= 0 else None
    return None


def _is_info(text: str) -> bool:
    """A line with source or time, in whatever words."""
    return (len(text) < 100 and INFO.search(text) is not None) or (6 < len(text) < 30 and bool(parse_times(text)))


def _is_cell(page: Page, number: int) -> bool:
    """Whether the line stands in a table row with other cells."""
    line = page.lines[number]
    around = page.lines[max(number - 3, 0) : number + 4]
    return line.row > 0 and any(other.row == line.row and other.cell != line.cell for other in around)


def _over_text(page: Page) -> Headline | None:
    """Where source and time stand below the text or nowhere: the plain text above its first paragraph."""
    shown = [n for n, line in enumerate(page.lines[:600]) if line.text and not line.hidden]
    first = next((at for at, n in enumerate(shown) if PARAGRAPH.match(page.lines[n].text)), 0)
    above = (n for n in reversed(shown[max(first - 4, 0) : first]) if not _under_headline(page.lines[n].text))
    number = next(above, -1)
    found = _whole_headline(page, number) if number >= 0 else None
    return replace(found, rule=ABOVE_TEXT) if found and len(found.text) >= COLUMN else None


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


def _index_title(page: Page) -> str:
    """标题 or 名称 in the index table above a document: as good as a meta tag."""
    for number, line in enumerate(page.lines[:300]):
        match = INDEX_LABEL.match(line.text) if line.text[:1] in INDEX_FIRST else None
        if match is None or line.links or (not COLON.search(match[0]) and not line.row):
            continue
        value = line.text[match.end() :] or (page.lines[number + 1].text if number + 1 < len(page.lines) else "")
        if 4 <= len(value) <= LONGEST and not value.endswith((":", "：")):
            return _plain(value)
    return ""


def _shared(one: str, other: str) -> int:
    """Length of the beginning that two texts share."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _declared(declared: str, named: str, page: Page) -> Headline | None:
    """From meta tag or <title> alone, the site's name cut off."""
    if named:
        return Headline(named, -1, -1, "meta:ArticleTitle")
    site = key(page.meta("sitename", "og:site_name") or "")
    pieces = [piece for piece in SEPARATORS.split(declared) if key(piece) and key(piece) != site]
    if not pieces:
        return Headline(declared, -1, -1, "<title>") if declared else None
    if len(pieces) > 1:
        pieces = [piece for piece in pieces if not PORTAL_NAME.search(piece)] or pieces
    plain = [line.text for line in page.lines if not line.links and not line.hidden]
    whole = len(pieces) == 1 or len(key(pieces[0])) >= 4 or pieces[0] in plain  # a name: 李明辉
    first = pieces[0] if whole else max(pieces, key=len)
    return Headline(first.strip("【】 "), -1, -1, "<title>")


def _first_part(declared: str) -> str:
    return next((piece for piece in SEPARATORS.split(declared) if key(piece)), "")


def _plain(text: str) -> str:
    """Markup that templates leave in titles, away."""
    return fold(re.sub(r"<[^>]{0,80}>|&lt;[^&]{0,40}&gt;|&nbsp;", " ", text))
