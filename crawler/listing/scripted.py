"""Addresses that a click makes: written out in the call, or put together by a function of the page from an id."""

from __future__ import annotations

import re
from collections.abc import Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.listing.addresses import absolute

WRITTEN = re.compile(
    r"[\"']([^\"'\s]{2,300}?(?:\.(?:s?html?|jhtml|jsp|aspx?|php|do)\b|[?&]\w*id=)[^\"'\s]{0,200})[\"']", re.I
)
FUNCTION = re.compile(r"\bfunction\s+(\w{1,40})\s*\(\s*(\w{1,20})\b[^()]{0,80}\)\s*\{([^{}]{1,600})\}")
CALL = re.compile(r"\b(\w{1,40})\(\s*[\"']?([\w-]{1,64})[\"']?\s*[,)]")

Functions = Mapping[str, tuple[str, str]]  # name -> what stands before and behind its argument in the address


def functions_of(tree: LexborHTMLParser) -> Functions:
    """The functions of a page that open an address made of their first argument: view.do?id= and the id."""
    found: dict[str, tuple[str, str]] = {}
    for script in tree.css("script"):
        for name, argument, body in FUNCTION.findall(script.text() or ""):
            splice = (
                rf"[\"']([^\"'\s<>]{{1,200}}[=/_])[\"']\s*\+\s*{argument}\b(?:\s*\+\s*[\"']([^\"'\s<>]{{0,60}})[\"'])?"
            )
            if made := re.search(splice, body):
                found[name] = (made[1], made[2] or "")
    return found


def clicked(node: LexborNode, functions: Functions, base: str) -> str | None:
    """What a click on an element opens, by its onclick or its javascript: address; None where that is no page."""
    script = f"{node.attributes.get('onclick') or ''} {node.attributes.get('href') or ''}"[:600]
    if written := WRITTEN.search(script):
        return absolute(written[1], base)
    for name, argument in CALL.findall(script) if functions else ():
        if name in functions:
            before, behind = functions[name]
            return absolute(f"{before}{argument}{behind}", base)
    return None
