"""Where the known values of an article stand in a page of a new layout: CSS selectors for its definition. Pure.

The smallest element that holds the value and can be named, by an id or by a class that comes first in the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.html import fold

NAME = re.compile(r"[A-Za-z_][\w-]*")
ROOM = {"title": 40, "source": 40, "published": 60, "breadcrumb": 40}  # characters that may stand around a value
MARKS = re.compile(r"\d+")
MARKUP = 10_000_000  # characters of all elements, inner ones counted again in outer ones: a page nests to make it more
MOST = 100  # elements for which a selector is looked for


@dataclass(frozen=True, slots=True)
class _Node:
    node: LexborNode
    text: str
    size: int  # characters of its markup


def propose(markup: str, known: Mapping[str, str]) -> dict[str, str]:
    """Field -> selector, for the values that are found in the page; a body is found by its first and last line."""
    tree = LexborHTMLParser(markup)
    nodes = list(_nodes(tree))
    found: dict[str, str] = {}
    for name, value in known.items():
        holding = sorted(
            (one for one in nodes if _holds(name, value, one.text)), key=lambda one: (len(one.text), one.size)
        )
        selector = next(filter(None, (_selector(tree, one.node) for one in holding[:MOST])), None)
        if selector:
            found[name] = selector
    return found


def _nodes(tree: LexborHTMLParser) -> Iterator[_Node]:
    """The elements of the page, inner ones before those around them, as far as MARKUP goes."""
    left = MARKUP
    for node in reversed(tree.css("body *")):
        size = len(node.html or "")
        left -= size
        if left < 0:
            return
        if node.tag not in ("script", "style"):
            yield _Node(node, fold(node.text(separator="")), size)


def _holds(name: str, value: str, text: str) -> bool:
    plain = re.sub(r"\s", "", text)
    if name == "body":
        lines = [re.sub(r"\s", "", line) for line in value.splitlines() if line.strip()]
        return bool(lines) and lines[0] in plain and lines[-1] in plain
    parts = json.loads(value) if name == "breadcrumb" else [value]
    if name == "published":
        return len(text) <= 10 + ROOM[name] and [*map(int, MARKS.findall(value)[:3])] in _dates(text)
    wanted = [re.sub(r"\s", "", part) for part in parts]
    return all(part in plain for part in wanted) and len(plain) <= sum(map(len, wanted)) + ROOM.get(name, 0)


def _dates(text: str) -> list[list[int]]:
    """Every three numbers in a row: a date is among them if there is one."""
    numbers = [int(one[-9:]) for one in MARKS.findall(text)]
    return [numbers[at : at + 3] for at in range(len(numbers) - 2)]


def _selector(tree: LexborHTMLParser, node: LexborNode) -> str | None:
    """A selector that names this element first in the page, or None."""
    for name in _names(node):
        first = tree.css_first(name)
        if first is not None and first.mem_id == node.mem_id:
            return name
    return None


def _names(node: LexborNode) -> Iterator[str]:
    own = list(_own(node))
    yield from own
    parent = node.parent
    for name in _own(parent) if parent is not None else ():
        yield from (f"{name} {mine}" for mine in [*own, node.tag or "*"])


def _own(node: LexborNode) -> Iterator[str]:
    if (own := node.attributes.get("id")) and NAME.fullmatch(own):
        yield f"#{own}"
    for name in (node.attributes.get("class") or "").split():
        if NAME.fullmatch(name):
            yield f".{name}"
            yield f"{node.tag}.{name}"
    if node.tag in ("h1", "article"):
        yield node.tag
