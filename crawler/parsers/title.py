"""The headline: the visible text that the page repeats in its <title>, its meta tags and its address bar."""

from __future__ import annotations

import re
from functools import lru_cache

from archive.records import Evidence
from crawler.html import PART, Page, fold
from crawler.parsers.declared import LONGEST, META, PORTAL_NAME, SEPARATORS, SITE_NAME, Declared, declared_by, key
from crawler.parsers.placed import INFO, NO_TITLE, Headline, over_info, over_text, stands_above_info

NAMED = re.compile(r"(?:^|[\s_-])(?:\w*title\w*|tit[\d_]*|\w*[_-]tit|bt|biaoti|headline|subject|h1)(?:$|[\s_-])")
NOT_NAMED = re.compile(
    r"sub_?title|fu_?title|site|logo|nav|column|lanmu|list|menu|foot|side|right|related|channel|crumb|position"
)
BULLETS = "›»>•▪◆■ "  # before a headline, as an arrow before a link
LINE = "line = <title>"
PIECES = 6  # of a <title>, at most, of which a headline is put together
FULL_WIDTH = "\uf900"  # characters from here on are compatibility forms, which `key` changes
# Tools that stand in the headline's element, behind it
TOOLS = re.compile(
    r"\s*[\[【（(]?\s*(?:字体|字号|字號)\s?[:：\[【（(].*$|\s+[\[【（(]?(?:打印|列印|打印本页|分享|分享到[:：]?|收藏|关闭|关闭窗口|语音播报)[\])】）]?(?:\s.*)?$"
)
DATED = re.compile(  # behind the headline, in an element of its own
    rf"{PART}[\s\[（(]*(?:19|20)\d{{2}}[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?[\s\d:]*[\]）)\s{PART}]*$"
)
SENTENCE = 12  # characters that no column's name has
ENOUGH = 3.0  # of support: below, the headline is looked for by its place


def parse_title(page: Page) -> tuple[Headline, list[Evidence]]:
    """The headline (text "" where there is none) and the candidates that lost."""
    said = declared_by(page)
    best, score, losers = _best(page, said)
    if score < ENOUGH and said.is_site_alone and best.text and _is_heading(best, said):
        score = ENOUGH
    if score < ENOUGH and said.is_site_alone and not said.name:
        placed = over_info(page) or over_text(page)
        best, score = (placed, ENOUGH) if placed else (best, score)
    if score < ENOUGH and not (score > 0 and SITE_NAME.search(said.first)):
        best = _undisplayed(said, page) or best
    evidence = [Evidence("title", best.rule, best.text, best.text)] if best.text else []
    evidence += [Evidence("title", loser.rule, loser.text[:500], loser.text, False) for loser in losers[-3:]]
    if said.name and key(said.name) != key(best.text):
        evidence.append(Evidence("title", "meta:ArticleTitle", said.name[:500], said.name, False))
    return best, evidence


def _best(page: Page, said: Declared) -> tuple[Headline, float, list[Headline]]:
    """The displayed text with most support, its score, and those that led before it."""
    best, best_score = Headline("", -1, -1, "none"), 0.0
    losers = []
    for headline, base in _candidates(page, said):
        score = base + said.support(headline.text)
        if score > best_score:
            if best.text:
                losers.append(best)
            best, best_score = headline, score
    signature = said.is_site_alone and best.rule == LINE  # the site's name above a date is no headline
    if best.text and best_score < ENOUGH and not signature and stands_above_info(page, best):
        best_score += 1.5
    return best, best_score, losers


def _is_heading(headline: Headline, said: Declared) -> bool:
    """An <h1>, or an element whose name says so with more than a column's name in it."""
    own = key(headline.text)
    is_long = len(own) >= SENTENCE and headline.end - headline.start == 1 and not SITE_NAME.search(own)
    return headline.rule.startswith("heading:h1" if not is_long else "heading:") and own not in said.columns


def _candidates(page: Page, said: Declared) -> list[tuple[Headline, float]]:
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
    return found + _plain_lines(page, said)


@lru_cache(maxsize=4096)  # the names of a site's elements are few
def _is_named(name: str) -> bool:
    return bool(NAMED.search(f" {name} ")) and not NOT_NAMED.search(name)


def _plain_lines(page: Page, said: Declared) -> list[tuple[Headline, float]]:
    """Any line (or two or three in a row) that is the <title>'s beginning, whatever element it stands in."""
    cut = [key(part) for part in (page.title, page.meta(*META) or "") if re.search(r"(?:\.{2,}|…)\s*$", part)]
    pieces = SEPARATORS.split(page.title)
    whole = (
        [] if len(pieces) > 1 and PORTAL_NAME.search(pieces[-1]) else [page.title]
    )  # with the site's name: no headline
    joined = []  # a headline that itself holds a dash
    if len(pieces) <= PIECES:
        runs = (pieces[first:end] for first in range(len(pieces)) for end in range(first + 2, len(pieces) + 1))
        joined = ["".join(run) for run in runs if len(run) < len(pieces)]
    parts = [*whole, *pieces, *joined, page.meta(*META) or "", *said.names]
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


def _undisplayed(said: Declared, page: Page) -> Headline | None:
    """From meta tag or <title> alone, the site's name cut off."""
    if said.name:
        return Headline(said.name, -1, -1, "meta:ArticleTitle")
    site = key(page.meta("sitename", "og:site_name") or "")
    pieces = [piece for piece in said.pieces if key(piece) != site]
    if not pieces:
        return Headline(said.title, -1, -1, "<title>") if said.title else None
    if len(pieces) > 1:
        pieces = [piece for piece in pieces if not PORTAL_NAME.search(piece)] or pieces
    shown = [line.text for line in page.lines if not line.links and not line.hidden]
    whole = len(pieces) == 1 or len(key(pieces[0])) >= 4 or pieces[0] in shown  # a name: 李明辉
    first = pieces[0] if whole else max(pieces, key=len)
    return Headline(first.strip("【】 "), -1, -1, "<title>")
