"""What a page says of its headline elsewhere: <title>, meta tags, index table, trail; and what it calls its site."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from crawler.html import Page, fold

META = ("articletitle", "og:title", "twitter:title", "dc.title", "dcterms.title", "title", "headline")
SEPARATORS = re.compile(
    r"\s*[_|｜»－]\s*|\s+[-–—·:]\s+|(?<=[\u4e00-\u9fff）)》”])[-–—]+(?=[\u4e00-\u9fff（《“])|\s*(?:--|——|>>)\s*"
)
LONGEST = 200
SHORT = 12  # characters of a <title> that is hardly a headline: 清和县人民政府公报
COLUMN = 8  # characters of a column's name at most
HEAD = 40  # lines of the page's head, and of its foot, that name the site
HOME_ADDRESS = re.compile(r"/|\./|(?:https?:)?//[^/]+/?|/?(?:index|default)\.\w{3,5}")
INDEX_LABEL = re.compile(r"^(?:标\s?题|名\s?称|(?:信息|文件|公文)(?:标题|名称)|题\s?名|제목|件名)(?:\s?[:：]\s?|$)")
COLON = re.compile("[:：]")
ACRONYM = re.compile(r"(?<=[\u4e00-\u9fff])[a-z]{2,10}$")  # behind a site's name: 博彩監察協調局 DICJ
MARKS = re.compile(r"[\W_]+")
INDEX_FIRST = frozenset("标名信文公题제件")
PORTAL_NAME = re.compile(r"(?:网|网站|门户|人民政府)$")
SITE_NAME = re.compile(r"(?:网|网站|網站|資訊網|门户|人民政府|政府|委员会|委員會|[局厅廳部办院署處]|首页|首頁)$")


@dataclass(frozen=True, slots=True)
class Declared:
    """What the page says of its headline, and of what is none."""

    title: str  # of the <title> element, markup of templates away
    names: tuple[str, ...]  # headlines by meta tags and the index table, the likeliest first; never the site's name
    site: frozenset[str]  # keys of what the page calls its site
    columns: frozenset[str]  # keys of short names that the page links
    ends: frozenset[str]  # keys of what stands last in a trail

    @property
    def name(self) -> str:
        return self.names[0] if self.names else ""

    @property
    def pieces(self) -> list[str]:
        """The parts of <title>: headline, column, site, in whatever order."""
        return [piece for piece in SEPARATORS.split(self.title) if key(piece)]

    @property
    def first(self) -> str:
        return next(iter(self.pieces), "")

    @property
    def is_site_alone(self) -> bool:
        """Whether <title> says no more than what site or column this is."""
        if key(self.title) in {"", *self.site}:
            return True
        known = SITE_NAME.search(ACRONYM.sub("", key(self.first))) or key(self.first) in self.columns
        return len(self.title) <= SHORT or (len(self.title) <= 25 and bool(known))

    def support(self, text: str) -> float:
        """How often the page repeats a text as its headline; less than 0 for what is a column's or the site's name."""
        own = key(text)
        if not own:
            return -5
        score = self._in_title(own) + self._in_names(own) + (2.5 if own in self.ends else 0)
        if own in self.columns or own in self.site:
            score -= 2.5
        most = 20 if own == key(self.title) else SHORT
        if len(own) <= most and SITE_NAME.search(own) and own not in map(key, self.names):
            score -= 2.5
        return score + (0.5 if len(own) >= 8 else -0.5)

    def _in_title(self, own: str) -> float:
        title = key(self.title)
        if len(own) >= 4 and own in title:
            pieces = [key(piece) for piece in SEPARATORS.split(self.title)]
            longest = len(pieces) > 2 and own == max(pieces, key=len)  # site, column, headline in whatever order
            return (3.0 if title.startswith(own) or longest else 1.5) + min(len(own) / max(len(title), 1), 1.0)
        if len(title) > 8 and title in own:
            return 2.5 if own.startswith(title) else 1.0
        return 2.5 if _shared(own, title) >= max(8, len(own) * 0.7) else 0.0  # （图）, or a title cut short

    def _in_names(self, own: str) -> float:
        score = 0.0
        for name in map(key, self.names[:3]):
            if name in self.columns:  # a system that puts the column's name into every page
                continue
            if own == name:
                score += 3.0
            elif len(own) >= 6 and (own in name or name in own):
                score += 1.0
        return score


def declared_by(page: Page) -> Declared:
    site = _site_names(page)
    names = [*(plain(page.meta(name) or "") for name in META), _index_title(page)]
    return Declared(
        title=plain(page.title),
        names=tuple(name for name in names if name and key(name) not in site),
        site=site,
        columns=_columns(page),
        ends=_trail_ends(page),
    )


def key(text: str) -> str:
    """For comparing: compatibility forms, white space and punctuation aside."""
    return _short_key(text) if len(text) <= LONGEST else _key(text)


@lru_cache(maxsize=4096)  # the same few texts are compared again and again, and a site's menus come with every page
def _short_key(text: str) -> str:
    return _key(text)


def _key(text: str) -> str:
    return MARKS.sub("", unicodedata.normalize("NFKC", text)).lower()


def plain(text: str) -> str:
    """Markup that templates leave in titles, away."""
    return fold(re.sub(r"<[^>]{0,80}>|&lt;[^&]{0,40}&gt;|&nbsp;", " ", text))


def _columns(page: Page) -> frozenset[str]:
    """Short names that the page links: what stands in its menu and its trail."""
    links = (name for line in page.lines for name, _ in line.links)
    return frozenset(key(name) for name in links if 1 < len(name) <= (3 * COLUMN if name.isascii() else COLUMN))


def _trail_ends(page: Page) -> frozenset[str]:
    """What stands behind the last link of a line with several: a trail ends in the headline."""
    ends = (
        line.text.rpartition(line.links[-1][0])[2] for line in page.lines if len(line.links) > 1 and line.links[-1][0]
    )
    return frozenset(known for end in ends if len(known := key(end)) > COLUMN)


def _site_names(page: Page) -> frozenset[str]:
    """What the page calls its site: in meta tags, in the link to the home page, behind ©."""
    names = [page.meta("sitename", "og:site_name") or ""]
    for line in [*page.lines[:HEAD], *page.lines[HEAD:][-HEAD:]]:
        names += [name for name, href in line.links if HOME_ADDRESS.fullmatch(href.strip())]
        if "©" in line.text and len(line.text) < 120:
            names += [re.sub(r"[^\W\d_]*©|[\d–—-]{4,}|[,.].*", " ", line.text)]
    return frozenset(known for name in names if len(known := key(name)) > 3)


def _index_title(page: Page) -> str:
    """标题 or 名称 in the index table above a document: as good as a meta tag."""
    for number, line in enumerate(page.lines[:300]):
        match = INDEX_LABEL.match(line.text) if line.text[:1] in INDEX_FIRST else None
        if match is None or line.links or (not COLON.search(match[0]) and not line.row):
            continue
        value = line.text[match.end() :] or (page.lines[number + 1].text if number + 1 < len(page.lines) else "")
        if 4 <= len(value) <= LONGEST and not value.endswith((":", "：")):
            return plain(value)
    return ""


def _shared(one: str, other: str) -> int:
    """Length of the beginning that two texts share."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
