"""The headline: the visible text that the page repeats in its <title>, its meta tags and its address bar."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from archive.records import Evidence
from crawler.html import Page, fold

META = ("articletitle", "og:title", "twitter:title", "dc.title", "dcterms.title", "title", "headline")
NAMED = re.compile(r"(?:^|[\s_-])(?:\w*title\w*|tit[\d_]*|\w*[_-]tit|bt|biaoti|headline|subject|h1)(?:$|[\s_-])")
NOT_NAMED = re.compile(
    r"sub_?title|fu_?title|site|logo|nav|column|lanmu|list|menu|foot|side|right|related|channel|crumb|position"
)
SEPARATORS = re.compile(
    r"\s*[_|｜»－]\s*|\s+[-–—·:]\s+|(?<=[\u4e00-\u9fff）)》”])[-–—]+(?=[\u4e00-\u9fff])|\s*(?:--|——|>>)\s*"
)
NO_TITLE = re.compile(
    r"^(?:当前位置|您所在|您的位置|首页|来源|发布|时间|打印|字体|正文|索\s?引\s?号|附件|下载)|网站$|门户网站$"
)
LONGEST = 200
ABOVE = "line above source and time"
FULL_WIDTH = "\uf900"  # characters from here on are compatibility forms, which `key` changes
INFO = re.compile(
    r"(?:来\s?源|來源|时间|時間|日期|(?i:(?:posted|published)(?: on)?))\s?[:：]|(?:19|20)\d{2}[-年/.]\d{1,2}[-月/.]\d{1,2}"
)
PORTAL_NAME = re.compile(r"(?:网|网站|门户|人民政府)$")
SITE_NAME = re.compile(r"(?:网|网站|门户|人民政府|委员会|[局厅部办院]|首页)$")


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline and the lines it stands in: lines[start:end]; start = -1 where it is not displayed."""

    text: str
    start: int
    end: int
    rule: str


def key(text: str) -> str:
    """For comparing: compatibility forms, white space and punctuation aside."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def parse_title(page: Page) -> tuple[Headline, list[Evidence]]:
    """The headline (text "" where there is none) and the candidates that lost."""
    metas = [value for name in META if (value := _plain(page.meta(name) or ""))]
    declared = _plain(page.title)
    named = metas[0] if metas else ""
    best, best_score = Headline("", -1, -1, "none"), 0.0
    losers = []
    for headline, base in _candidates(page):
        score = base + _support(headline.text, declared, metas)
        if score > best_score:
            if best.text:
                losers.append(best)
            best, best_score = headline, score
    if best.text and best_score < 3 and _above_info(page, best):
        best_score += 1.5
    if (
        best_score < 3
        and not named
        and (not declared or (len(declared) <= 25 and SITE_NAME.search(_first_part(declared))))
    ):
        best = _over_info(page) or best
        best_score = 3.0 if best.rule == ABOVE else best_score
    if best_score < 3 and not (best_score > 0 and SITE_NAME.search(_first_part(declared))):
        best = _declared(declared, named, page) or best
    evidence = [Evidence("title", best.rule, best.text, best.text)] if best.text else []
    evidence += [Evidence("title", loser.rule, loser.text[:500], loser.text, False) for loser in losers[-3:]]
    if named and key(named) != key(best.text):
        evidence.append(Evidence("title", "meta:ArticleTitle", named[:500], named, False))
    return best, evidence


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
        if sum(len(line.text) for line in lines) > LONGEST:
            continue
        text = fold(" ".join(line.text for line in lines))
        if not 3 <= len(text) <= LONGEST or NO_TITLE.search(text):
            continue
        links = sum(line.link_chars for line in lines)
        if links > len(text) * 0.5:
            continue
        base = {"h1": 2.0, "ucaptitle": 3.0, "h2": 1.2, "h3": 1.0}.get(box.tag, 0.0) + (1.0 if named else 0.0)
        rule = f"heading:{'.'.join([box.tag, *box.name.split()[:1]])}"
        found.append((Headline(text, box.start, box.end, rule), base))
    return found + _plain_lines(page)


@lru_cache(maxsize=4096)  # the names of a site's elements are few
def _is_named(name: str) -> bool:
    return bool(NAMED.search(f" {name} ")) and not NOT_NAMED.search(name)


def _plain_lines(page: Page) -> list[tuple[Headline, float]]:
    """Any line (or two or three in a row) that is the <title>'s beginning, whatever element it stands in."""
    cut = [key(part) for part in (page.title, page.meta(*META) or "") if re.search(r"(?:\.{2,}|…)\s*$", part)]
    parts = [page.title, *SEPARATORS.split(page.title), page.meta(*META) or ""]
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
        if line.hidden or line.link_chars > len(line.text) * 0.5 or len(line.text) < 2:
            continue
        first = line.text[0].lower()
        if first.isalnum() and first < FULL_WIDTH and first not in beginnings:
            continue
        text = ""
        for end in range(start + 1, min(start + 5, len(page.lines)) + 1):
            text = fold(f"{text} {page.lines[end - 1].text}")
            if len(text) > LONGEST:
                break
            own = key(text)
            if own and (own in declared or any(len(part) > 9 and own.startswith(part) for part in cut)):
                found.append((Headline(text, start, end, "line = <title>"), 0.8))
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
        score += 3.0 if title.startswith(own) else 1.5
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
    if len(own) <= 12 and SITE_NAME.search(own) and own not in map(key, metas):
        score -= 2.5  # the site's own name, not a headline
    return score + (0.5 if len(own) >= 8 else -0.5)


def _above_info(page: Page, headline: Headline) -> bool:
    """Whether source or time stand right below: what a headline has and a column's name has not."""
    below = page.lines[headline.end : headline.end + 2]
    return any(
        len(line.text) < 100 and line.link_chars < len(line.text) / 2 and INFO.search(line.text) for line in below
    )


def _over_info(page: Page) -> Headline | None:
    """Where <title> is the site's name: the plain line right above the first line with source or time."""
    shown = [n for n, line in enumerate(page.lines[:600]) if line.text and not line.hidden]
    for above, number in pairwise(shown):
        line, headline = page.lines[number], page.lines[above]
        if len(line.text) < 100 and line.link_chars < len(line.text) / 2 and INFO.search(line.text):
            fits = 4 <= len(headline.text) <= 80 and not headline.links and not INFO.search(headline.text)
            return (
                Headline(headline.text, above, above + 1, ABOVE)
                if fits and not NO_TITLE.search(headline.text)
                else None
            )
    return None


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
    first = pieces[0] if len(key(pieces[0])) >= 4 or len(pieces) == 1 else max(pieces, key=len)
    return Headline(first.strip("【】 "), -1, -1, "<title>")


def _first_part(declared: str) -> str:
    return next((piece for piece in SEPARATORS.split(declared) if key(piece)), "")


def _plain(text: str) -> str:
    """Markup that templates leave in titles, away."""
    return fold(re.sub(r"<[^>]{0,80}>|&lt;[^&]{0,40}&gt;|&nbsp;", " ", text))
