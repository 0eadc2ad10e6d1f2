"""Text of a page to what a reader sees: lines in order, the boxes they stand in, the meta tags. Limits come first.

The tree is lexbor's HTML5 tree: a stray </html> in mid-page loses nothing (libxml2 drops the rest of the page). One
iterative walk makes `Line`s and `Box`es; every parser works on those, none walks the tree again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawler.errors import PageTooBig

MAX_CHARS = 4 * 1024 * 1024  # 8 MB of tiny elements cost 800 MB of memory
MAX_TAGS = 150_000
MAX_ATTRIBUTES = 1_000  # in one tag: parsers are quadratic in them
MAX_DEPTH = 5_000  # lexbor is quadratic in open elements: 300,000 of them took 283 s, 5,000 take 0.1 s
SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "select", "textarea", "svg", "head", "button", "iframe", "object",
     "frameset", "video", "audio", "input"}
)  # fmt: skip
BLOCKS = frozenset(
    {"p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "tbody", "thead", "tr", "td", "th", "h1", "h2", "h3",
     "h4", "h5", "h6", "section", "article", "header", "footer", "nav", "main", "aside", "form", "fieldset",
     "blockquote",
     "pre", "center", "figure", "figcaption", "hr", "body", "html", "address", "caption", "ucapcontent", "ucaptitle",
     "publishtime", "founder-content", "details", "summary"}
)  # fmt: skip
# What the walk does at a node: from INLINE on it goes in, from BLOCK on lines end. A tag not named here is INLINE.
SKIP, TEXT, BREAK, INLINE, LINK, BLOCK, ROW, CELL = range(8)
KINDS = {
    **dict.fromkeys(SKIPPED | {"-", "-comment", "-doctype", "-document"}, SKIP), **dict.fromkeys(BLOCKS, BLOCK),
    "-text": TEXT, "br": BREAK, "a": LINK, "tr": ROW, "td": CELL, "th": CELL,
}  # fmt: skip
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069\xad]")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
PART = "\x01"  # stands between the text of two elements on one line
NESTING_TAG = re.compile(r"<(/?)(?!(?:br|img|hr|input|meta|link|p|li|td|th|tr|dt|dd|option)\b)[a-zA-Z]")
FOUNDER = re.compile(r"<!--\s?enpproperty(.{0,5000}?)/enpproperty\s?-->", re.DOTALL)
FOUNDER_FIELD = re.compile(r"<(\w{1,20})>([^<]{0,500})</")
FOUNDER_NAMES = {"title": "articletitle", "date": "pubdate", "author": "author", "nodename": "columnname"}
LONG = 20_000  # characters after which a tag's attributes are counted
LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{LONG}}}")


@dataclass(slots=True)
class Line:
    """One line of text as a reader sees it."""

    text: str
    parts: str  # the same, with PART between the texts of different elements
    link_chars: int
    hidden: bool
    row: int  # number of the table row it stands in, 0 = none
    cell: int  # number of the table cell
    links: list[tuple[str, str]]  # (text, href)
    weight: int = -1  # what parsers/lines.py makes of it; -1 = not asked yet

    @property
    def plain_chars(self) -> int:
        return len(self.text) - self.link_chars


@dataclass(slots=True)
class Box:
    """One element, and the lines inside it: lines[start:end]."""

    node: LexborNode
    tag: str
    name: str  # id and classes, lower case
    start: int
    end: int
    parent: int  # number of the enclosing box, -1 = none
    hidden: bool


@dataclass(slots=True)
class Page:
    """A page as a reader sees it."""

    text: str
    tree: LexborHTMLParser
    title: str = ""  # of the <title> element
    metas: list[tuple[str, str]] = field(default_factory=list)  # (name in lower case, content)
    lang: str = ""
    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def meta(self, *names: str) -> str | None:
        """The first non-empty content of the first of these names."""
        for name in names:
            for key, content in self.metas:
                if key == name and content:
                    return content
        return None


def fold(text: str) -> str:
    """White space of every kind to one blank, invisible characters away."""
    folded = " ".join(text.split())
    return folded if folded.isprintable() else " ".join(INVISIBLE.sub("", folded).split())


def parse(text: str) -> LexborHTMLParser:
    """The HTML5 tree. Raises PageTooBig for what would tie up the machine."""
    if len(text) > MAX_CHARS:
        raise PageTooBig(f"page of {len(text)} characters (at most {MAX_CHARS})")
    tags = text.count("<")
    if tags > MAX_TAGS:
        raise PageTooBig(f"page of {tags} tags (at most {MAX_TAGS})")
    if tags > MAX_DEPTH and tags - text.count("</") > MAX_DEPTH and (depth := _depth(text)) > MAX_DEPTH:
        raise PageTooBig(f"elements nested {depth} deep (at most {MAX_DEPTH})")
    for start in _long_tags(text):
        end = text.find(">", start)
        tag = text[start : end if end > 0 else len(text)]
        attributes = max(tag.count("="), len(tag.split()))
        if attributes > MAX_ATTRIBUTES:
            raise PageTooBig(f"a tag with {attributes} attributes (at most {MAX_ATTRIBUTES})")
    try:
        return LexborHTMLParser(text)
    except SelectolaxError as error:  # any text is HTML: what it lacks is memory
        raise MemoryError(f"no memory for a page of {len(text)} characters") from error


def _long_tags(text: str) -> Iterator[int]:
    """Where tags begin that go on for LONG characters without a "<": two steps of half as many cannot miss one."""
    at, step = 0, LONG // 2
    while at < len(text):
        following = text.find("<", at)
        following = len(text) if following < 0 else following
        if following - at < step:
            at += step
            continue
        start = text.rfind("<", 0, at)
        if start >= 0 and LONG_TAG.match(text, start):
            yield start
        at = following + 1


def _depth(text: str) -> int:
    """How deep elements nest at most, read off the tags; void ones and those that close each other do not count."""
    steps = (-1 if tag[1] else 1 for tag in NESTING_TAG.finditer(text))
    return max(accumulate(steps), default=0)


def read_page(text: str) -> Page:
    """Parse and walk a page."""
    tree = parse(text)
    page = Page(text, tree)
    title = tree.css_first("title")
    page.title = fold(title.text()) if title else ""
    for node in tree.css("meta"):
        attributes = node.attributes
        name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
        if name:
            page.metas.append((name.strip().lower(), fold(attributes.get("content") or "")))
    page.metas += _founder_metas(text)
    root = tree.css_first("html")
    page.lang = (root.attributes.get("lang") or "").lower() if root else ""
    if tree.root is not None:
        _Walk(page).walk(tree.root)
    return page


def _founder_metas(text: str) -> list[tuple[str, str]]:
    """What Founder's systems say of an article in a comment instead of meta tags: enpproperty."""
    comment = FOUNDER.search(text) if "enpproperty" in text else None
    given = FOUNDER_FIELD.findall(comment[1]) if comment else []
    return [(FOUNDER_NAMES[name], fold(value)) for name, value in given if name in FOUNDER_NAMES and value.strip()]


class _Walk:
    """The one walk over the tree."""

    def __init__(self, page: Page) -> None:
        self.lines, self.boxes = page.lines, page.boxes
        self.parts: list[str] = []  # texts of the line being collected, PART where an element begins or ends
        self.links: list[tuple[str, str]] = []
        self.link_chars = 0
        self.link: tuple[str, int] | None = None  # (href, parts collected before it)
        self.row = self.cell = self.rows = self.cells = 0
        self.box = -1  # the innermost open one
        self.muting = -1  # the outermost open box that hides a part of a line: a reader does not see its text

    def walk(self, root: LexborNode) -> None:
        """Enter and leave every node in document order, without recursion."""
        parts = self.parts
        open_elements: list[tuple[LexborNode, int, int]] = []  # (element, kind, number of its box or -1)
        node = root
        while True:
            tag = node.tag or "-"
            kind = KINDS.get(tag, INLINE)
            if kind >= INLINE:
                open_elements.append((node, kind, self._enter(node, tag, kind)))
                following = node.child
            else:
                if kind == TEXT and self.muting < 0:
                    text = node.text_content or ""
                    if parts or not text.isspace():
                        parts.append(text)
                elif kind == BREAK:
                    self._flush()
                following = node.next
            while following is None:
                if not open_elements:
                    self._flush()
                    return
                node, kind, box = open_elements.pop()
                self._leave(kind, box)
                following = node.next
            node = following

    def _enter(self, node: LexborNode, tag: str, kind: int) -> int:
        """Open an element; the number of its box, or -1 where it makes none."""
        attributes = node.attributes
        if kind >= BLOCK:
            if self.parts or self.links:
                self._flush()
            if kind == ROW:
                self.row = self.rows = self.rows + 1
            elif kind == CELL:
                self.cell = self.cells = self.cells + 1
        else:
            if self.parts:
                self.parts.append(PART)
            if kind == LINK:
                self.link = (attributes.get("href") or "", len(self.parts))
        name, hides = _described(attributes) if attributes else ("", False)
        if kind < BLOCK and not name and not hides:
            return -1
        number = len(self.boxes)
        if hides and kind < BLOCK and self.muting < 0:
            self.muting = number
        hidden = hides or (self.box >= 0 and self.boxes[self.box].hidden)
        self.boxes.append(Box(node, tag, name, len(self.lines), -1, self.box, hidden))
        self.box = number
        return number

    def _leave(self, kind: int, number: int) -> None:
        if kind >= BLOCK:
            if self.parts or self.links:
                self._flush()
            if kind == ROW:
                self.row = self.cell = 0
        else:
            if self.parts:
                self.parts.append(PART)
            if kind == LINK and self.link is not None:
                self._end_link()
        if number >= 0:
            box = self.boxes[number]
            # an inline box ends inside the line that is being collected
            box.end = len(self.lines) + (kind < BLOCK and self._has_text())
            self.box = box.parent
            if number == self.muting:
                self.muting = -1

    def _has_text(self) -> bool:
        return any(part != PART and not part.isspace() for part in self.parts)

    def _end_link(self) -> None:
        assert self.link is not None
        href, before = self.link
        text = fold("".join(self.parts[before:]).replace(PART, "")) if before < len(self.parts) else ""
        self.links.append((text, href))
        self.link_chars += len(text)
        self.link = None

    def _flush(self) -> None:
        """End the line being collected."""
        if self.link is not None:  # a block inside a link: the link goes on behind the line
            href = self.link[0]
            self._end_link()
            self.link = (href, 0)
        if self.parts:
            parts = " ".join("".join(self.parts).split())
            text = " ".join(parts.replace(PART, "").split()) if PART in parts else parts
            if not text.isprintable():  # PART is not, so that it is the text that is asked
                parts, text = fold(parts), fold(text)
            self.parts.clear()
        else:
            parts = text = ""
        if text or self.links:
            hidden = self.box >= 0 and self.boxes[self.box].hidden
            self.lines.append(Line(text, parts, self.link_chars, hidden, self.row, self.cell, self.links))
            self.links = []
        self.link_chars = 0


def _described(attributes: Mapping[str, str | None]) -> tuple[str, bool]:
    """Id and classes of an element, and whether it hides what is in it."""
    own, classes, style = attributes.get("id"), attributes.get("class"), attributes.get("style")
    name = _name(own, classes) if own or classes else ""
    return name, "hidden" in attributes or (style is not None and _hides(style))


@lru_cache(maxsize=4096)  # the names of a site's elements are few
def _name(own: str | None, classes: str | None) -> str:
    return f"{own or ''} {classes or ''}".strip().lower()


def _hides(style: str) -> bool:
    """Whether a style hides its element; the styles of a site are few, but one may be as long as a page."""
    return _short_hides(style) if len(style) < 300 else HIDDEN.search(style) is not None


@lru_cache(maxsize=4096)
def _short_hides(style: str) -> bool:
    return HIDDEN.search(style) is not None
