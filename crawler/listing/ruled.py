"""Pagers as a portal's definition states them: a template with {n}, where n starts, how far it goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from archive.records import Pager
from archive.urls import canonical_url
from crawler.listing.addresses import absolute
from crawler.listing.numbered import MAX_URLS
from crawler.portal import PagerRules


def ruled_pager(
    text: str, tree: LexborHTMLParser | None, url: str, rows: int, request: Mapping[str, Any] | None, rules: PagerRules
) -> Pager | None:
    """The pager by the definition's rules, None where they leave it open."""
    if rules.kind in ("single", "file_list"):
        return Pager(rules.kind)
    if rules.selector and tree is not None:
        node = tree.css_first(rules.selector)
        target = absolute(node.attributes.get("href") or "", url) if node else None
        target = target if target and canonical_url(target) != canonical_url(url) else None
        return Pager(rules.kind or "next_link", target, (target,) if target else ())
    posted = request is not None and str(request.get("method") or "GET").upper() != "GET"
    if rules.body or (rules.template and not posted):  # a page that was posted for has no place in the template
        return _by_template(text, url, rows, request, rules)
    return None


def _by_template(text: str, url: str, rows: int, request: Mapping[str, Any] | None, rules: PagerRules) -> Pager | None:
    total, records = declared(text, rules)
    step, second = rules.step or 1, 2 if rules.first is None else rules.first
    current = _current(url, request, rules, second, step)  # place on screen, counted from 1
    kind = rules.kind or "numbered"
    if kind == "descending":
        number = _number_of(url, rules.template or "")
        ahead = number - 1 if number is not None else total - 1 if total else 0
        numbers = list(range(ahead, 0, -1))[:MAX_URLS]
    elif total is None and not records:
        numbers = [second + (current - 1) * step] if rows else []
    else:
        numbers = [second + (n - 2) * step for n in range(current + 1, min(total or current, current + MAX_URLS) + 1)]
    if not numbers or not rows:
        return Pager(kind, None, (), None, total, records)
    addresses = tuple(urljoin(url, (rules.template or url).replace("{n}", str(n))) for n in numbers)
    if rules.body or rules.headers or (rules.method or "GET").upper() != "GET":
        body = rules.body.replace("{n}", str(numbers[0])) if rules.body else None
        asked = {
            "url": addresses[0],
            "method": (rules.method or "GET").upper(),
            "body": body,
            "headers": dict(rules.headers or {}),
        }
        return Pager(kind, None, (), asked, total, records)
    return Pager(kind, addresses[0], addresses, None, total, records)


def declared(text: str, rules: PagerRules) -> tuple[int | None, int | None]:
    """(pages, records) by the definition's `total`."""
    found = re.search(rules.total, text) if rules.total else None
    number = int(found[1]) if found and found[1] and found[1].isdigit() else None
    if number is None or rules.total_unit != "records":
        return number, None
    return (-(-number // rules.page_size) if rules.page_size else None), number


def _current(url: str, request: Mapping[str, Any] | None, rules: PagerRules, second: int, step: int) -> int:
    body = str((request or {}).get("body") or "")
    number = (
        _number_of(body, rules.body) if rules.body and "{n}" in rules.body else _number_of(url, rules.template or "")
    )
    return 1 if number is None else (number - second) // step + 2


def _number_of(address: str, template: str) -> int | None:
    """The number that stands for {n} in an address made by a template."""
    if "{n}" not in template:
        return None
    pattern = re.escape(template.lstrip("./")).replace(re.escape("{n}"), r"(\d+)", 1).replace(re.escape("{n}"), r"\d+")
    found = re.search(rf"(?:^|[/?&]|(?<=\W)){pattern}$", address) or re.search(rf"{pattern}$", address)
    return int(found[1]) if found else None
