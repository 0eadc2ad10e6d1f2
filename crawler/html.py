"""Text of a page to what a reader sees: lines in order, the boxes they stand in, the meta tags. Limits come first.

The tree is lexbor's HTML5 tree: a stray </html> in mid-page loses nothing (libxml2 drops the rest of the page). One
iterative walk makes `Line`s and `Box`es; every parser works on those, none walks the tree again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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
ROWS_AND_CELLS = frozenset({"tr", "td", "th"})
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069\xad]")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
PART = "\x01"  # stands between the text of two elements on one line
NESTING_TAG = re.compile(r"<(/?)(?!(?:br|img|hr|input|meta|link|p|li|td|th|tr|dt|dd|option)\b)[a-zA-Z]")
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
    return " ".join((text if text.isascii() else INVISIBLE.sub("", text)).split())


def parse(text: str) -> LexborHTMLParser:
    """The HTML5 tree. Raises PageTooBig for what would tie up the machine."""
    if len(text) > MAX_CHARS:
        raise PageTooBig(f"page of {len(text)} characters (at most {MAX_CHARS})")
    tags = text.count("<")
    if tags > MAX_TAGS:
        raise PageTooBig(f"page of {tags} tags (at most {MAX_TAGS})")
    if tags > MAX_DEPTH and (depth := _depth(text)) > MAX_DEPTH:
        raise PageTooBig(f"elements nested {depth} deep (at most {MAX_DEPTH})")
    for found in LONG_TAG.finditer(text) if max(map(len, text.split("<"))) > LONG else ():
        end = text.find(">", found.start())
        attributes = text.count("=", found.start(), end if end > 0 else len(text))
        blanks = len(text[found.start() : end if end > 0 else len(text)].split())
        if max(attributes, blanks) > MAX_ATTRIBUTES:
            raise PageTooBig(f"a tag with {max(attributes, blanks)} attributes (at most {MAX_ATTRIBUTES})")
    try:
        return LexborHTMLParser(text)
    except SelectolaxError as error:  # any text is HTML: what it lacks is memory
        raise MemoryError(f"no memory for a page of {len(text)} characters") from error


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
    root = tree.css_first("html")
    page.lang = (root.attributes.get("lang") or "").lower() if root else ""
    if tree.root is not None:
        _Walk(page).walk(tree.root)
    return page


class _Walk:
    """The one walk over the tree."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lines, self.boxes = page.lines, page.boxes
        self.parts: list[str] = []  # texts of the line being collected, PART where an element begins or ends
        self.links: list[tuple[str, str]] = []
        self.link_chars = 0
        self.link: tuple[str, int] | None = None  # (href, parts collected before it)
        self.hiding: set[int] = set()  # open boxes that hide what is in them
        self.muted: set[int] = set()  # of these, the ones inside a line: a reader does not see their text
        self.row = self.cell = self.rows = self.cells = 0
        self.box = -1

    def walk(self, root: LexborNode) -> None:
        """Enter and leave every node in document order, without recursion."""
        open_elements: list[tuple[LexborNode, str, int]] = []
        parts, muted = self.parts, self.muted
        node = root
        while True:
            tag = node.tag or "-"
            if tag == "-text":
                text = node.text_content or ""
                if (parts or not text.isspace()) and not muted:
                    parts.append(text)
            elif tag not in SKIPPED and tag[0] != "-":
                box = self._enter(node, tag)
                child = node.child
                if child is not None:
                    open_elements.append((node, tag, box))
                    node = child
                    continue
                self._leave(tag, box)
            following = node.next
            while following is None:
                if not open_elements:
                    self._flush()
                    return
                node, tag, box = open_elements.pop()
                self._leave(tag, box)
                following = node.next
            node = following

    def _enter(self, node: LexborNode, tag: str) -> int:
        """Open an element; the number of its box, or -1 where it makes none."""
        attributes = node.attributes
        block = tag in BLOCKS
        if block:
            if self.parts or self.links:
                self._flush()
            if tag in ROWS_AND_CELLS:
                self._count(tag)
        elif tag == "br":
            self._flush()
            return -1
        else:
            if self.parts:
                self.parts.append(PART)
            if tag == "a":
                self.link = (attributes.get("href") or "", len(self.parts))
        if not attributes:
            return self._open(node, tag, "", False) if block else -1
        name = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".strip().lower()
        hides = _is_hidden(attributes)
        return self._open(node, tag, name, hides) if block or name or hides else -1

    def _count(self, tag: str) -> None:
        if tag == "tr":
            self.rows += 1
            self.row = self.rows
        else:
            self.cells += 1
            self.cell = self.cells

    def _open(self, node: LexborNode, tag: str, name: str, hides: bool) -> int:
        number = len(self.boxes)
        if hides:
            self.hiding.add(number)
            if tag not in BLOCKS:
                self.muted.add(number)
        self.boxes.append(Box(node, tag, name, len(self.lines), -1, self.box, bool(self.hiding)))
        self.box = number
        return number

    def _leave(self, tag: str, number: int) -> None:
        block = tag in BLOCKS
        if block:
            if self.parts or self.links:
                self._flush()
            if tag == "tr":
                self.row = self.cell = 0
        else:
            if self.parts:
                self.parts.append(PART)
            if tag == "a" and self.link is not None:
                self._end_link()
        if number >= 0:
            box = self.boxes[number]
            # an inline box ends inside the line that is being collected
            box.end = len(self.lines) + (not block and self._has_text())
            self.box = box.parent
            self.hiding.discard(number)
            self.muted.discard(number)

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
            parts = fold("".join(self.parts))
            text = " ".join(parts.replace(PART, "").split()) if PART in parts else parts
            self.parts.clear()
        else:
            parts = text = ""
        if text or self.links:
            hidden = bool(self.hiding)
            self.lines.append(Line(text, parts, self.link_chars, hidden, self.row, self.cell, self.links))
            self.links = []
        self.link_chars = 0


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and bool(HIDDEN.search(style)))
