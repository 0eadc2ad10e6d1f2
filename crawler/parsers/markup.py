"""The body as clean, safe HTML: what the body's lines hold, with its tables and pictures; every address absolute."""

from __future__ import annotations

import re

import nh3

from crawler.html import Page
from crawler.parsers.attachments import resolve
from crawler.parsers.body import Body

SAFE_TAGS = {
    "p", "br", "table", "thead", "tbody", "tr", "td", "th", "ul", "ol", "li", "a", "img", "b", "strong", "i", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "sup", "sub", "u", "figure", "figcaption", "pre", "div",
}  # fmt: skip
SPANS = {"colspan", "rowspan"}
SAFE_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt"}, "td": SPANS, "th": SPANS}
# As lexbor writes them: names of elements that body_html never has, but of which word processors make most of a text
INLINE = re.compile(r"</?(?:span|font)(?: [^\s=\"<>]+=\"[^\"]*\")*>")
EMPTY = re.compile(r"<(div|p|b|strong|i|em|u|h[1-6]|blockquote|ul|ol)>(?:[ \t\r\n]|&nbsp;)*</\1>")
NESTED = 20  # empty elements within each other at most; deeper nesting is a hostile page's
BLANKS = re.compile("[ \t\r\n]+")
DROPPED = {"script", "style", "noscript", "iframe", "object", "template", "select", "textarea", "title"}


def clean_html(page: Page, body: Body, base: str | None) -> str:
    """The body's box without the boxes that hold none of its lines. Changes the page's tree: call it last."""
    if body.box is None:
        return ""
    _drop_others(page, body)
    for name in ("href", "src"):
        for node in body.box.node.css(f"[{name}]"):
            node.attrs[name] = resolve((node.attributes.get(name) or "").strip(), base)
    clean = nh3.clean(
        INLINE.sub("", body.box.node.html or ""),
        tags=SAFE_TAGS,
        clean_content_tags=DROPPED,
        attributes=SAFE_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )  # fmt: skip
    return tidy(clean)


def tidy(markup: str) -> str:
    """Without elements that hold nothing and with single blanks, as a browser shows them; what is in <pre> as it stands."""
    for _ in range(NESTED):  # an element may be empty once those in it are gone
        before, markup = markup, EMPTY.sub("", markup)
        if before == markup:
            break
    if "<pre" not in markup:
        markup = BLANKS.sub(" ", markup)
    return markup.strip()


def _drop_others(page: Page, body: Body) -> None:
    """Tools, tails and hidden copies inside the box, away; pictures hold no lines and stay."""
    if not body.numbers or body.box is None:
        return
    own = set(body.numbers)
    gone_until = -1
    for box in page.boxes:
        if not body.box.start <= box.start < box.end <= body.box.end or box.start < gone_until or box is body.box:
            continue
        if own.isdisjoint(range(box.start, box.end)) and any(line.text for line in page.lines[box.start : box.end]):
            box.node.remove()
            gone_until = box.end
