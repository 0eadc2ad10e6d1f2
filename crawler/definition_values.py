"""What the values of a definition may be, beyond their type: a selector, a pattern, a date, one of a few words.

A value that means nothing is refused when the definition is loaded: a crawl that took it would be quietly wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from math import inf
from typing import Any

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.decode import codec_of
from crawler.errors import PortalError
from crawler.every import parse_every
from crawler.portal import ArticleRules, ListRules, PagerRules, Portal, Section, is_web_address
from crawler.window import Window

# Told of one value, says what it must be; None where it can be used
Check = Callable[[Any], str | None]

STATUSES = ("seen", "inferred")
ATTACHMENTS = ("download", "record")
MODES = ("html", "html_in_comment", "xml_cdata", "json", "html_in_json", "js_var", "file_list", "rss")
PAGERS = ("numbered", "descending", "next_link", "offset", "embedded", "json_page", "file_list", "postback", "single")
HOST = re.compile(r"[^\s/:@?#\[\]]+|[0-9A-Fa-f:.]+")  # a name or address without port


def check_value(record: type[Any], key: str, value: Any, where: str) -> None:
    """Whether a field of a record can be what a definition says; types are checked. Raises PortalError."""
    if value is None or (check := CHECKS.get(record, {}).get(key)) is None:
        return
    try:
        wanted = check(value)
    except PortalError as error:  # says key and value itself
        raise PortalError(f"{where}: {error}") from None
    if wanted:
        raise PortalError(f"{where}: {key} {wanted}")


def _said(value: Any) -> str:
    return repr(list(value) if isinstance(value, tuple) else value)


def _must(holds: Callable[[Any], bool], wanted: str) -> Check:
    return lambda value: None if holds(value) else f"must be {wanted}, not {_said(value)}"


def _one_of(*names: str, fold: Callable[[str], str] = str) -> Check:
    def check(value: str) -> str | None:
        if fold(value) in names:
            return None
        near = get_close_matches(fold(value), names, 1, 0.6)
        return f"must be one of {', '.join(names)}, not {value!r}" + (f" (nearest: {near[0]})" if near else "")

    return check


def _selector(value: str) -> str | None:
    try:
        LexborHTMLParser("<p>").css_first(value)
    except (SelectolaxError, ValueError) as error:
        return f"is no CSS selector: {value!r} ({error})"
    return None


def _pattern(groups: int = 0) -> Check:
    def check(value: str) -> str | None:
        try:
            if re.compile(value).groups < groups:
                return f"needs a group, (…), round what is wanted: {value!r}"
        except re.error as error:
            return f"is no regular expression: {value!r} ({error})"
        return None

    return check


def _is_date(value: str) -> bool:
    """The whole date, with hyphens: dates of rows are compared with it as text."""
    with suppress(ValueError):
        return date.fromisoformat(value).isoformat() == value
    return False


def _is_schedule(rows: Sequence[tuple[float, float]]) -> bool:
    return bool(rows) and all(0 < number < inf for row in rows for number in row)


def _every(value: str) -> None:
    parse_every(value)


def _window(value: str) -> None:
    Window.parse(value)


ADDRESS = _must(is_web_address, "an http or https address")
ABOVE_0 = _must(lambda number: 0 < number < inf, "above 0")
NOT_BELOW_0 = _must(lambda number: 0 <= number < inf, "0 or more")

CHECKS: Mapping[type[Any], Mapping[str, Check]] = {
    Portal: {
        "url": ADDRESS,
        "status": _one_of(*STATUSES),
        "hosts": _must(lambda hosts: all(map(HOST.fullmatch, hosts)), "names of hosts, without scheme and port"),
        "encoding": _must(lambda name: codec_of(name) is not None, "an encoding that Python knows, as gb18030"),
        "delay_s": NOT_BELOW_0,
        "every": _every,
        "window": _window,
        "recheck": _must(_is_schedule, "pairs of [age in days, interval in days], both above 0"),
        "attachments": _one_of(*ATTACHMENTS),
        "attachments_max_mb": ABOVE_0,
    },
    Section: {
        "url": ADDRESS,
        "every": _every,
        "min_rows": NOT_BELOW_0,
        "since": _must(_is_date, "a date like 2026-11-24"),
    },
    ListRules: {
        "mode": _one_of(*MODES),
        **dict.fromkeys(("row", "link", "title", "date"), _selector),
        **dict.fromkeys(("include", "exclude"), _pattern()),
    },
    PagerRules: {
        "kind": _one_of(*PAGERS),
        "method": _one_of("GET", "POST", fold=str.upper),
        "total_unit": _one_of("pages", "records"),
        "selector": _selector,
        "total": _pattern(groups=1),
        **dict.fromkeys(("page_size", "max_pages"), ABOVE_0),
    },
    ArticleRules: {
        **dict.fromkeys(("title", "source", "published", "breadcrumb", "body", "remove"), _selector),
        "url": _pattern(),
        "key": _pattern(groups=1),
    },
}
