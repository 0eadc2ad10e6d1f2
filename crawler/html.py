"""Text of a page to what a reader sees: lines in order, the boxes they stand in, the meta tags. Limits come first.

The tree is lexbor's HTML5 tree: a stray </html> in mid-page loses nothing (libxml2 drops the rest of the page). One
iterative walk makes `Line`s and `Box`es; every parser works on those, none walks the tree again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

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
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069\xad]")
SPACE = re.compile(r"[\s\u3000\xa0]+")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
PART = "\x01"  # stands between the text of two elements on one line
NESTING_TAG = re.compile(r"<(/?)(?!(?:br|img|hr|input|meta|link|p|li|td|th|tr|dt|dd|option)\b)[a-zA-Z]")
LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000}")


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
    for found in LONG_TAG.finditer(text):
        end = text.find(">", found.start())
        attributes = text.count("=", found.start(), end if end > 0 else len(text))
        blanks = len(text[found.start() : end if end > 0 else len(text)].split())
        if max(attributes, blanks) > MAX_ATTRIBUTES:
            raise PageTooBig(f"a tag with {max(attributes, blanks)} attributes (at most {MAX_ATTRIBUTES})")
    return LexborHTMLParser(text)


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
        self.texts: list[str] = []
        self.parts: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.link_chars = 0
        self.hidden_depth = 0
        self.hidden: set[int] = set()  # elements that hide what is in them
        self.row = self.cell = self.rows = self.cells = 0
        self.link: tuple[str, int] | None = None  # (href, texts collected before it)
        self.box = -1

    def walk(self, root: LexborNode) -> None:
        """Enter and leave every node in document order, without recursion: pages nest 300,000 deep."""
        node: LexborNode | None = root
        end = root.mem_id
        while node is not None:
            down = self._enter(node)
            child = node.child if down else None
            if child is not None:
                node = child
                continue
            self._leave(node, down)
            while node is not None and node.next is None:
                node = node.parent
                if node is None or node.mem_id == end:
                    self._flush()
                    return
                self._leave(node, True)
            node = node.next if node is not None else None

    def _enter(self, node: LexborNode) -> bool:
        if node.is_text_node:
            text = node.text(deep=False)
            if text:
                self.texts.append(text)
                self.parts.append(text)
            return False
        if not node.is_element_node:
            return False
        tag = node.tag or ""
        if tag in SKIPPED:
            return False
        if tag == "br":
            self._flush()
            return False
        attributes = node.attributes
        hidden = bool(attributes) and _is_hidden(attributes)
        if hidden:
            self.hidden.add(node.mem_id)
        if tag in BLOCKS:
            self._flush()
            self.hidden_depth += hidden
            if tag == "tr":
                self.rows += 1
                self.row = self.rows
            elif tag in ("td", "th"):
                self.cells += 1
                self.cell = self.cells
        else:
            self.parts.append(PART)
            self.hidden_depth += hidden
            if tag == "a":
                self.link = (attributes.get("href") or "", len(self.texts))
        if (
            tag in BLOCKS
            or attributes.get("id")
            or attributes.get("class")
            or hidden
            or tag in ("h1", "font", "ucapcontent")
        ):
            name = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".strip().lower() if attributes else ""
            self.page.boxes.append(Box(node, tag, name, len(self.page.lines), -1, self.box, self.hidden_depth > 0))
            self.box = len(self.page.boxes) - 1
        return True

    def _leave(self, node: LexborNode, entered: bool) -> None:
        if not node.is_element_node or not entered:
            return
        tag = node.tag or ""
        if tag == "a" and self.link is not None:
            href, before = self.link
            text = fold("".join(self.texts[before:]))
            self.links.append((text, href))
            self.link_chars += len(text)
            self.link = None
        if tag in BLOCKS:
            self._flush()
            if tag == "tr":
                self.row = self.cell = 0
        else:
            self.parts.append(PART)
        if self.box >= 0 and self.page.boxes[self.box].node.mem_id == node.mem_id:
            box = self.page.boxes[self.box]
            # an inline box ends inside the line that is being collected
            box.end = len(self.page.lines) + (tag not in BLOCKS and bool("".join(self.texts).strip()))
            self.box = box.parent
        if self.hidden and node.mem_id in self.hidden:
            self.hidden_depth -= 1

    def _flush(self) -> None:
        if not self.texts and not self.links:
            self.parts.clear()
            return
        text = fold("".join(self.texts))
        if self.link is not None:  # a block inside a link: the link goes on behind the line
            href, before = self.link
            inside = fold("".join(self.texts[before:]))
            self.links.append((inside, href))
            self.link_chars += len(inside)
            self.link = (href, 0)
        if text or self.links:
            parts = "".join(self.parts)
            parts = SPACE.sub(" ", parts if parts.isascii() else INVISIBLE.sub("", parts))
            self.page.lines.append(
                Line(text, parts, self.link_chars, self.hidden_depth > 0, self.row, self.cell, self.links)
            )
            self.links = []
        self.texts.clear()
        self.parts.clear()
        self.link_chars = 0


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and bool(HIDDEN.search(style)))
