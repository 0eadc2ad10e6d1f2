"""The rows of a list in HTML: repeated siblings, each with one link to an article and, mostly, a date."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.records import ListRow
from crawler.html import fold
from crawler.listing.dates import date_of, date_in_address

NO_ARTICLE = re.compile(
    r"^(?:javascript|mailto|tel|data):|^#|/index(?:_\d+)?\.\w+$|/$|\.(?:css|js|jpg|jpeg|png|gif|ico)$|[?&]page(?:No|Num|Index)?=\d+$",
    re.IGNORECASE,
)
FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|zip|rar|ofd|wps)$", re.IGNORECASE)
ID_IN_ADDRESS = re.compile(
    r"\d{4,}|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-|/art/|content|/info/\d|detail|article|[?&]\w*id=\w+", re.IGNORECASE
)
NAVIGATION = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|foot\w*|header|top|crumb\w*|location|breadcrumb|position|link\w*|page\w*)(?:$|[\s_-])"
)
MORE = re.compile(
    r"^(?:更多|more|查看更多|>>|\[更多\]|详情|查看详情|详细|下载|上一页|下一页|首页|末页|尾页|\d{1,4})\s*[>»]*$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Candidate:
    """One link that may be a row."""

    url: str
    title: str
    date: str | None
    group: tuple[str, ...]  # what its row and its list look like
    order: int


def html_rows(tree: LexborHTMLParser, base: str) -> list[ListRow]:
    """The rows of the page's main list, in order, each address once."""
    candidates = _candidates(tree, base)
    groups: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.group].append(candidate)
    scored = sorted(groups.values(), key=_score, reverse=True)
    if not scored or _score(scored[0]) <= 0:
        return []
    chosen = list(scored[0])
    for other in scored[1:]:
        if _belongs(scored[0], other):
            chosen += other
    rows: dict[str, Candidate] = {}
    for candidate in sorted(chosen, key=lambda c: c.order):
        held = rows.get(candidate.url)
        if held is None or (len(candidate.title) > len(held.title) and not held.title):
            rows.setdefault(candidate.url, candidate)
    return [ListRow(row.url, row.title, row.date) for row in rows.values()]


def _candidates(tree: LexborHTMLParser, base: str) -> list[Candidate]:
    anchors = [a for a in tree.css("a[href]") if _usable(a)]
    by_address: dict[int, str] = {a.mem_id: _address(a, base) for a in anchors}
    inside: dict[int, set[str]] = defaultdict(set)  # element -> addresses below it
    for a in anchors:
        node: LexborNode | None = a
        while node is not None:
            inside[node.mem_id].add(by_address[a.mem_id])
            node = node.parent
    found = []
    for order, a in enumerate(anchors):
        url = by_address[a.mem_id]
        row = _row_of(a, inside)
        container = row.parent
        if container is None or _navigation(container):
            continue
        text = fold(a.text(separator=" "))
        title = _title(a, text)
        if not title or MORE.match(title):
            continue
        outside = fold(row.text(separator=" ")).replace(text, " ", 1) if row.mem_id != a.mem_id else ""
        date = (
            date_of(outside)
            or date_of(text[len(title) - 4 :] if text.startswith(title[:6]) else text)
            or _date_attribute(row)
        )
        group = (_look(container.parent), _look(container), row.tag or "", _look(row).partition(".")[0])
        found.append(Candidate(url, title, date, group, order))
    for candidate in found:
        candidate.date = candidate.date or date_in_address(candidate.url)
    return found


def _usable(a: LexborNode) -> bool:
    href = re.sub(r"\s+", "", a.attributes.get("href") or "")
    return bool(href) and not NO_ARTICLE.search(href.partition("#")[0] or "#")


def _address(a: LexborNode, base: str) -> str:
    href = re.sub(r"[\r\n\t]+\s*", "", a.attributes.get("href") or "").strip()
    try:
        return urljoin(base, href).partition("#")[0]
    except ValueError:
        return href


def _row_of(a: LexborNode, inside: dict[int, set[str]]) -> LexborNode:
    """The largest element around the link that holds no link elsewhere (files of the same row aside)."""
    row = a
    own = inside[a.mem_id]
    while row.parent is not None and row.tag != "li" and row.tag != "tr":
        others = {url for url in inside[row.parent.mem_id] if not FILE.search(urlsplit(url).path)}
        if len(others | own) > len(own) or row.parent.tag in ("body", "html"):
            break
        row = row.parent
    return row


def _title(a: LexborNode, text: str) -> str:
    """The whole headline: the title attribute where the text is cut; the date inside the link taken off."""
    attribute = fold(a.attributes.get("title") or "")
    plain = re.sub(
        r"[\[(（【]?\s*(?:(?:19|20)\d{2}[-./年])?\d{1,2}[-./月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?\s*[\])）】]?$",
        "",
        text,
    ).strip(" ·•-")
    start = plain.rstrip(".…· ")[:8]
    if attribute and (
        not plain
        or plain.endswith(("...", "…", ".."))
        or (start and attribute.startswith(start) and len(attribute) >= len(plain))
    ):
        return re.sub(r"^(?:标题|名称)[:：]\s*", "", attribute)
    if attribute and len(attribute) > len(plain) and start and start in attribute:
        return attribute
    return plain or text


def _date_attribute(row: LexborNode) -> str | None:
    for node in row.css("[readlabel], [datetime], [data-date], [data-time]"):
        for name in ("readlabel", "datetime", "data-date", "data-time"):
            found = date_of(node.attributes.get(name) or "")
            if found:
                return found
    return None


def _look(node: LexborNode | None) -> str:
    if node is None:
        return ""
    classes = re.sub(r"\d+", "", (node.attributes.get("class") or "")).split()
    return ".".join([node.tag or "", *classes[:2]])


def _navigation(node: LexborNode) -> bool:
    current: LexborNode | None = node
    for _ in range(5):
        if current is None or current.tag in ("body", "html"):
            return False
        if current.tag in ("nav", "footer", "header"):
            return True
        name = f"{current.attributes.get('id') or ''} {current.attributes.get('class') or ''}".lower()
        if NAVIGATION.search(f" {name} "):
            return True
        current = current.parent
    return False


def _score(group: list[Candidate]) -> float:
    """Rows with dates, headlines and article addresses make the main list."""
    urls = {c.url for c in group}
    dated = sum(c.date is not None for c in group)
    like_article = sum(bool(ID_IN_ADDRESS.search(urlsplit(c.url).path + "?" + urlsplit(c.url).query)) for c in group)
    length = sum(min(len(c.title), 40) for c in group) / len(group)
    if length < 5 or like_article * 2 < len(group):
        return 0.0
    return len(urls) * (1 + 2 * dated / len(group)) * (0.5 + like_article / len(group)) * min(length / 15, 1.3)


def _belongs(main: list[Candidate], other: list[Candidate]) -> bool:
    """Whether a second group is the same list in another wrapping (a list broken into several)."""
    same_row = main[0].group[1:] == other[0].group[1:]
    dated = sum(c.date is not None for c in main) > len(main) / 2
    other_dated = sum(c.date is not None for c in other) > len(other) / 2
    return same_row and dated == other_dated and _score(other) > 0 and _shape(main[0].url) == _shape(other[0].url)


def _shape(url: str) -> str:
    """The address with its numbers and ids taken out."""
    parts = urlsplit(url)
    return parts.netloc + re.sub(r"[0-9a-f]{32}|\d+", "#", parts.path.rsplit("/", 1)[-1])
