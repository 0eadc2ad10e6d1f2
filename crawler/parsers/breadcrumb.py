"""您所在的位置: the trail of columns, outermost first, as printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from archive.records import Evidence
from crawler.html import PART, Line, Page, fold
from crawler.parsers.declared import key

LABEL = re.compile(
    r"(?:您\s?现?\s?在?\s?所?\s?在?\s?的?\s?位\s?置|您所处的位置|您当前的?位置|你当前的?位置|您当前所在的?位置|你所在的?位置|你的位置|当前所?在?的?位置|所在位置|现在位置|"
    r"當前位置|您的位置|你的位置|目前位置|當前的位置|位置|[您你]?(?:現在|現時|目前|現正瀏覽)的?(?:所在)?位置|您的位置|現在地|現在のページ|You are here|Sie sind hier|Sie befinden sich hier|Vous êtes ici|Usted está aquí|Você está aqui|Вы здесь|Ви тут|Du är här|Du er her|Olet tässä|Jesteś tutaj|Tu jesteś|Jste zde|Nacházíte se|Ti trovi in|Sei qui|Está em|Estás en|Está en|U bevindt zich hier|Anda (?:berada )?di sini|Bạn đang ở(?: đây)?|Buradasınız|Sunteți aici|Jelenlegi hely|現在位置|현재\s?위치|パンくずリスト|Kruimelpad|Breadcrumbs?|Pfadnavigation|[您你]?(?:当前|正在|现在)浏览(?:的?(?:栏目|位置|页面))?)\s?(?:是|为)?\s?[:：>】]?"
)
PLACEHOLDER = re.compile(r"\{\d?\}")  # what a template left unfilled
STARTS = re.compile(rf"^[\s\[【{PART}]*{LABEL.pattern}", re.IGNORECASE)
WITHIN = re.compile(rf"[\s|｜{PART}]{LABEL.pattern}")
NAMED = re.compile(
    r"(?:^|[\s_-])(?:\w*trail|\w*location\w*|\w*crumbs?\w*|bread\w*|position|\w*[_-]position|pos|posi|\w*path|where|navigation|weizhi|wz\w*|\w*dqwz\w*|mbx|"
    r"\w*mnav|curr?ent\w*|place|\w*mianbao\w*|lujing|dh_?lj|nowplace)(?:$|[\s_-])"
)
HOME = re.compile(
    r"^(?:网站|本站|返回|[\u4e00-\u9fff]{1,4}[网網])?首\s?[页頁]$|^laman utama$|^beranda$|^trang chủ$|^ana\s?sayfa$|^acasă$|^(?:címlap|főoldal|kezdőlap)$|^主[页頁]$|^home(?:page)?$|^(?:zur )?startseite$|^головна$|^accueil$|^inicio$|^início$|^главная(?: страница)?$|^startsida$|^forside$|^hjem$|^etusivu$|^strona główna$|^(?:hlavní strana|domů|úvod)$|^página inicial$|^portada$|^hafan$|^avaleht$|^(?:pradžia|titulinis)$|^sākums$|^naslovnica$|^ホーム$|^トップ(?:ページ)?$|^홈$",
    re.IGNORECASE,
)
OWN_LABEL = re.compile(rf"^[{PART}\s]*[\u4e00-\u9fff]{{2,8}}\s?[:：][{PART}\s]*")
PLAIN_TRAIL = re.compile(
    r"^(?:(?:网站)?首\s?[页頁]|主[页頁]|홈|ホーム|トップ(?:ページ)?)\s?(?:[>»›＞→].{2,60}|(?:/\s?[^/。，]{2,12}){1,5}/?)$"
)  # a trail whose crumbs are no links
MENU = re.compile(r"nav|menu|tab|head|top|link")
LAST = re.compile(r"^(?:正文|详情|详细内容|内容|文章详情)$")
SEPARATOR = re.compile(r"\s*(?:>>|>|»|›|→|＞|/|\\|\||▶|-(?=\s)|[－—–～~]+|：|·)\s*")
ARROW = re.compile(r"\s*(?:>>|>|»|›|→|＞|▶)\s*")
STROKES = re.compile(r"[/|·-]")  # also between the items of a menu
STRIP = " >»›→＞/|\\-－—–～~:：▶·<"
TOOLS = re.compile(
    r"^(?:19|20)\d\d\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d|^(?:字号|字体|默认|打印|收藏|分享|留言|来源|时间|日期|发布时间|发布日期|浏览|大|中|小|大 中 小|默认 大 超大|关闭|搜索|English)(?:$|[:： ])"
)
LONGEST = 9  # crumbs: more are a menu
FEW = 5  # crumbs that nothing parts; more are a menu
MAX_LINES = 14


Found = tuple[tuple[str, ...], str]  # the crumbs, and the text they stood in


def parse_breadcrumb(page: Page, before: int) -> tuple[tuple[str, ...], list[Evidence]]:
    """The crumbs and the rule. `before`: number of the headline's first line; what stands behind it hardly counts."""
    for rule, find in (("label", _by_label), ("container", _by_name), ("trail", _by_home), ("list", _by_list)):
        found = find(page, before)
        if found:
            crumbs, raw = found
            return crumbs, [Evidence("breadcrumb", rule, raw[:500], " > ".join(crumbs))]
    return (), []


def named_breadcrumb(page: Page, lines: Sequence[int]) -> tuple[tuple[str, ...], list[Evidence]] | None:
    """The crumbs in the lines that a definition names; None where they hold none."""
    group = [page.lines[number] for number in lines]
    crumbs = _crumbs(group) if group else ()
    raw = " ".join(line.text for line in group)
    return (crumbs, [Evidence("breadcrumb", "selector", raw[:500], " > ".join(crumbs))]) if crumbs else None


def _by_label(page: Page, before: int) -> Found | None:
    for number, line in enumerate(page.lines):
        if (line.hidden and number > 3) or not STARTS.match(line.parts):
            continue
        group = [line]
        text = STARTS.sub("", line.parts, count=1)
        if not fold(PLACEHOLDER.sub("", text.replace(PART, " "))).strip(STRIP) or _goes_on(page, number):
            group = _rest_of_box(page, number, before)
        crumbs = _crumbs(group)
        if crumbs and (len(crumbs) > 1 or any(line.links for line in group)):
            return crumbs, " ".join(line.text for line in group)
    return _in_info_line(page)


def _in_info_line(page: Page) -> Found | None:
    """2022-11-03 | 来源: 县人社局 | 您的位置: 首页 > 人事人才: the label within a line, two links or more behind it."""
    for line in page.lines:
        label = WITHIN.search(line.parts) if len(line.links) > 1 and not line.hidden else None
        crumbs = _split(line.parts[label.end() :], line) if label else []
        if len(crumbs) > 1 and HOME.match(crumbs[0]):
            return tuple(crumbs[:LONGEST]), line.text
    return None


def _goes_on(page: Page, number: int) -> bool:
    """Whether the next line is a further crumb: begins with a separator, or stands in the same small box."""
    following = page.lines[number + 1] if number + 1 < len(page.lines) else None
    return following is not None and (following.text[:1] in ">»›→＞/|\\" or page.lines[number].text[-1:] in ">»›＞")


def _rest_of_box(page: Page, number: int, before: int) -> list[Line]:
    """The lines of the smallest enclosing box that holds links besides the label; the headline is no crumb."""
    boxes = [box for box in page.boxes if box.start <= number < box.end and box.end - number <= MAX_LINES]
    for box in sorted(boxes, key=lambda box: box.end - box.start):
        lines = page.lines[number : before if number < before < box.end else box.end]
        if any(line.links for line in lines) and len(lines) > 1:
            return lines
    return page.lines[number : number + 1]


def _by_name(page: Page, before: int) -> Found | None:
    for box in page.boxes:
        if not box.name or box.hidden or not 0 < box.end - box.start <= MAX_LINES or not _is_named(box.name):
            continue
        group = page.lines[box.start : box.end]
        if any(line.plain_chars > 120 for line in group):
            continue
        crumbs = _crumbs(group)
        named, parted = "crumb" in box.name or "bread" in box.name, _has_separator(group)
        least = 1 if named and parted else 2  # the home crumb may be a picture
        linked = any(line.links for line in group)
        if not linked and not (len(crumbs) > 1 and re.fullmatch("(?:网站)?首 ?页", crumbs[0])):
            continue
        if not least <= len(crumbs) < LONGEST:
            continue
        if named or parted or (HOME.match(crumbs[0]) and len(crumbs) <= FEW):
            return crumbs, " ".join(line.text for line in group)
    return None


@lru_cache(maxsize=4096)  # the names of a site's elements are few
def _is_named(name: str) -> bool:
    return NAMED.search(f" {name} ") is not None


def _by_home(page: Page, before: int) -> Found | None:
    """A trail 首页 > … or 新华网 > … above the headline, without label or telling name; in one line or one table row."""
    for number, line in enumerate(page.lines[: before if before >= 0 else 200]):
        if line.hidden or len(line.text) > 160 or not (line.links or PLAIN_TRAIL.match(line.text)):
            continue
        group = [line]
        for following in page.lines[number + 1 : number + 8]:
            if not following.text or following.text[0] not in ">»›＞→":
                break
            group.append(following)
        if _begins_at_home(line) and (
            _has_separator(group) or not line.links or _ends_here(line) or _is_short_trail(page, number, before)
        ):
            crumbs = _crumbs(group)
            if 2 <= len(crumbs) <= 7 or (len(crumbs) == 1 and not line.text.startswith(crumbs[0])):
                return crumbs, " ".join(one.text for one in group)
    return None


def _ends_here(line: Line) -> bool:
    """首页 / 政务 / 正文: links parted by a stroke and a last crumb without link, which no menu has."""
    names = [fold(name) for name, _ in line.links if fold(name)]
    if len(names) < 2:
        return False
    tail = line.text.rpartition(names[-1])[2].strip(STRIP)
    return bool(tail) and STROKES.search(line.text) is not None and not TOOLS.match(tail)


def _is_short_trail(page: Page, number: int, before: int) -> bool:
    """首页 | 政务公开 right above the headline: two or three links parted by strokes are too few for a menu."""
    line = page.lines[number]
    names = [fold(name) for name, _ in line.links if fold(name)]
    alone = all(not one.text or one.hidden for one in page.lines[number + 1 : max(before, 0)])
    parted = len(STROKES.findall(line.text)) >= len(names) - 1 and not any(map(TOOLS.match, names))
    return before > number and alone and 2 <= len(names) <= 3 and parted


def _begins_at_home(line: Line) -> bool:
    """首页 first, or the site's name, or a picture that links to the home page."""
    if not line.links:
        return True
    first, href = fold(line.links[0][0]), line.links[0][1].strip()
    if not first and line.text[:1] not in ">»›＞→":  # pictures of the head that stand in the same line
        first = next((named for name, _ in line.links if (named := fold(name))), "")
    if not first:
        return line.text[:1] in ">»›＞→" and re.fullmatch(r"/|\.\./|(?:https?:)?//[^/]+/?", href) is not None
    return bool(HOME.match(first)) or (line.text.startswith(first) and first.endswith("网"))


def _by_list(page: Page, before: int) -> Found | None:
    """A list of single links right above the headline that begins with 首页 and ends with 正文 or the headline."""
    start = max(before - MAX_LINES, 0)
    for number in range(max(before, 0) - 1, start - 1, -1):
        line = page.lines[number]
        if line.hidden or not line.links or not HOME.match(line.text):
            continue
        group = page.lines[number:before]
        names = [fold(one.text) for one in group if one.text and not one.hidden]
        linked = [bool(one.links) for one in group if one.text and not one.hidden]
        end = next((at for at, link in enumerate(linked) if not link), len(linked) - 1)
        last_is_here = bool(key(names[end]) in key(page.title) or LAST.match(names[end]))
        if 2 <= end + 1 <= 7 and last_is_here and not linked[end]:
            return tuple(names[: end + 1]), " ".join(names[: end + 1])
        if 2 <= len(names) <= 7 and last_is_here and end == len(linked) - 1:
            return tuple(names), " ".join(names)
        if 2 <= len(names) <= 4 and all(linked) and _is_own_box(page, number, before):
            return tuple(names), " ".join(names)
    return None


def _is_own_box(page: Page, start: int, end: int) -> bool:
    """Whether an element that is no menu holds just these lines."""
    own = [box for box in page.boxes if (box.start, box.end) == (start, end)]
    return bool(own) and not any(box.tag in ("nav", "header") or MENU.search(box.name) for box in own)


def _has_separator(lines: list[Line]) -> bool:
    return any(re.search(r">|»|›|＞|→", line.text) for line in lines)


def _crumbs(lines: list[Line]) -> tuple[str, ...]:
    """Split at element borders that are links, and at separators; one crumb each."""
    crumbs: list[str] = []
    for number, line in enumerate(lines):
        text = _unlabelled(line) if number == 0 else line.parts
        found = _split(text, line) if line.links or number == 0 else _plain_pieces(text, ARROW)
        if number and not line.links and found == crumbs[-1:]:  # the column's name again, as a heading
            continue
        crumbs += found
    crumbs = [crumb for crumb in crumbs if PLACEHOLDER.sub("", crumb) and not STARTS.fullmatch(crumb)]
    if len(crumbs) > 1 and HOME.match(crumbs[1]) and not (lines[0].links and _is_link(crumbs[0], lines)):
        crumbs = crumbs[1:]  # a label in words of its own: 当前栏目
    end = next((at for at, crumb in enumerate(crumbs) if at and TOOLS.match(crumb)), len(crumbs))
    return tuple(crumbs[:end][:LONGEST])


def _unlabelled(line: Line) -> str:
    """The line without its label: the known ones, or whatever ends in a colon before the first link."""
    text = STARTS.sub("", line.parts, count=1)
    return OWN_LABEL.sub("", text, count=1) if line.links and text == line.parts else text


def _is_link(crumb: str, lines: list[Line]) -> bool:
    return any(fold(name).strip(STRIP) == crumb for line in lines for name, _ in line.links)


def _split(text: str, line: Line) -> list[str]:
    names = [fold(name) for name, _ in line.links if fold(name)]
    pieces: list[str] = []
    rest = text
    between: list[str] = []
    for name in names:
        before, found, after = _cut(rest, name)
        if not found:
            continue
        pieces += _plain_pieces(before)
        between += SEPARATOR.findall(before) if pieces else []
        pieces.append(name.strip(STRIP))
        rest = after
    arrows = not between and ARROW.search(rest)
    tail = _plain_pieces(rest, ARROW if arrows else _like(frozenset(map(str.strip, between))))
    if pieces and tail[:1] == pieces[-1:]:  # the last column once more, as text
        tail = tail[1:]
    return [piece for piece in [*pieces, *tail] if piece]


@lru_cache(maxsize=256)
def _like(separators: frozenset[str]) -> re.Pattern[str]:
    """What parts the crumbs behind the last link: what parts the links. Another stroke there belongs to a name."""
    if not separators:
        return SEPARATOR
    if any(map(ARROW.fullmatch, separators)):
        return ARROW
    parts = "|".join(r"-(?=\s)" if one == "-" else re.escape(one) for one in sorted(separators))
    return re.compile(rf"\s*(?:{parts})\s*")


def _cut(text: str, name: str) -> tuple[str, bool, str]:
    """`text` around the link text `name`, which may hold element borders."""
    at = text.find(name)
    if at >= 0:
        return text[:at], True, text[at + len(name) :]
    pattern = re.compile(f"[{PART} ]*".join(re.escape(c) for c in name if c != " "))
    match = pattern.search(text)
    return (text[: match.start()], True, text[match.end() :]) if match else (text, False, "")


def _plain_pieces(text: str, separator: re.Pattern[str] = SEPARATOR) -> list[str]:
    """Crumbs that are no links: between separators or element borders."""
    return [piece for part in text.split(PART) for one in separator.split(part) if (piece := fold(one).strip(STRIP))]
