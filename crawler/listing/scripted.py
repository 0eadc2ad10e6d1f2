"""Addresses that a click makes: written out in the call, or put together by a function of the page."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from crawler.listing.actions import Scripts
from crawler.listing.addresses import absolute

WRITTEN = re.compile(
    r"[\"']([^\"'\s]{2,300}?(?:\.(?:s?html?|jhtml|jsp|aspx?|php|do)\b|[?&]\w*id=)[^\"'\s]{0,200})[\"']", re.I
)
SCHEME = re.compile(r"^\s*javascript\s*:", re.IGNORECASE)
PAGE_ATTRIBUTE = re.compile(r"(?:data-)?(?:\w*page\w*|num|index)", re.IGNORECASE)
ASKED = (
    r"""\$\(this\)\.(?:attr|data)\(["'](?:{name}|{data})["']\)"""
    r"""|this\.getAttribute\(["']{name}["']\)|this\.dataset\.{data}"""
)
MAX_SCRIPT = 600


def clicked(node: LexborNode, scripts: Scripts, base: str) -> str | None:
    """What a click on an element opens, by its onclick or its javascript: address; None where that is no page."""
    script = script_of(node)
    if written := WRITTEN.search(script):
        return absolute(written[1], base)
    return turned(node, scripts, base)


def turned(node: LexborNode, scripts: Scripts, base: str) -> str | None:
    """The same, by what its script does alone."""
    script = script_of(node)
    opened = scripts.opened(script) if script and "doPostBack" not in script else None
    opened = opened or _listened(node, scripts)
    return absolute(opened, base) if opened else None


def _listened(node: LexborNode, scripts: Scripts) -> str | None:
    """What a function that listens for clicks opens, of a number that the element carries: data-page="2"."""
    carried = ((name, value or "") for name, value in node.attributes.items() if PAGE_ATTRIBUTE.fullmatch(name))
    name, number = next(((name, value) for name, value in carried if value.isdecimal()), ("", ""))
    if not number or "location" not in scripts.text:
        return None
    asked = re.compile(ASKED.format(name=name, data=name.removeprefix("data-")))
    for body in scripts.listeners():
        if asked.search(body) and (opened := scripts.opened(asked.sub(number, body))):
            return opened
    return None


def script_of(node: LexborNode) -> str:
    """What a click on an element runs."""
    href = node.attributes.get("href") or ""
    called = SCHEME.sub("", href) if SCHEME.match(href) else ""
    return f"{node.attributes.get('onclick') or ''};{called}".strip(" ;")[:MAX_SCRIPT]
