"""Pagers that a script draws - layui, pagination.js, kkpager, bootstrapPaginator and their like - where the call itself
says how many pages there are and where a page is: laypage.render({count: 312, limit: 20, jump: … location.href = …}).

Settings go by many names and mean the same everywhere: the pages, or the records and how many make a page; the page
shown; and the address of a page, as a text with a place for its number, as beginning and end, or made by a function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from archive.records import Pager
from archive.urls import canonical_url
from crawler.listing.actions import Scripts, names_in
from crawler.listing.addresses import absolute
from crawler.listing.formulas import Token, closing, number_of, split, text_of, tokens_of
from crawler.listing.scripted import SCHEME

CALL = re.compile(r"(?:lay|kk)?[Pp]ag(?:e|ing?)[\w$.]{0,40}\s*(?=\()")
MAX_CALLS, MAX_CALL = 80, 4_000
# Names of settings, in small letters without strokes.
PAGES = re.compile(r"pages|num|(?:total|count|all|max|sum|last|end)pages?|pages?(?:counts?|total|sum|all)")
RECORDS = re.compile(
    r"count|items|records|(?:total|all|data|record|row)(?:counts?|records?|data|num(?:ber)?|size|rows?|items?|total)"
)
SIZE = re.compile(
    r"limit|size|rows|showdata|page(?:size|rows|limit)|(?:per|every|one)page(?:count|num|size)?|(?:items|num)(?:per|on)page"
)
CURRENT = re.compile(
    r"(?:curr?|current|now|init|active|start)(?:page)?(?:no|num|index)?|page(?:index|no|now|number)?|pno"
)
PAGE_NUM = re.compile(r"pagenum")  # the pages, beside a setting for the page shown
TOTAL = re.compile(r"total")  # of pages, or of records where it is also said how many make a page
BEFORE = re.compile(r"hreftextprefix|hrefformer|(?:url|link)pre(?:fix)?|prefixurl")
BEHIND = re.compile(r"hreftextsuffix|hreflatter|(?:url|link)suf(?:fix)?|suffixurl")
LINK = re.compile(r"href|url|link")
PLACE = re.compile(r"\{\{?\s*(?:\w*page\w*|p|n|num(?:ber)?|no|i|0|curr\w*|index)\s*\}?\}|__id__|\[page\]|#page#|%page%")
ENDS_OPEN = re.compile(r"[?&]\w*(?:page|pn|(?<=[?&])p)\w*=$", re.IGNORECASE)
FROM_ZERO = frozenset(("itemsperpage", "numdisplayentries", "numedgeentries", "linkto"))  # jQuery's oldest pagination
NUMBER = re.compile(r"\d{1,5}")
CHOSEN = re.compile(r"this\.options\[\s*this\.selectedIndex\s*\]\.value")
PAGE_NAMED = re.compile(r"^(?:p|n|i|no|pn|pg)$|page|cur|num|index", re.IGNORECASE)
LAYUI_SIZE = 10

Address = Callable[[int], str | None]


@dataclass(frozen=True, slots=True)
class Widget:
    """One call that draws a pager."""

    name: str
    given: list[Sequence[Token]]  # what stands before its settings
    settings: Mapping[str, Sequence[Token]]  # by name, in small letters without strokes
    raw: Mapping[str, Sequence[Token]]  # by name as it stands there


def drawn_pager(tree: LexborHTMLParser, url: str, base: str) -> Pager | None:
    """The pager of a page whose script draws one and says where its pages are; None where none does."""
    scripts = Scripts(tree, url)
    chosen = _chosen(tree, scripts, url, base)
    if chosen is not None:
        return chosen
    for widget in chain(_widgets(scripts.text), _in_attributes(tree)):
        pages, records = _extent(widget, scripts)
        if pages is None:
            continue
        for address in _addresses(widget, scripts):
            if address(2) and address(2) != address(3):
                shown_now = _number(widget, CURRENT, scripts)
                shown_now = shown_now + _from_zero(widget) if shown_now is not None else None
                return _pager(address, shown_now, url, base, pages, records)
    return None


def _chosen(tree: LexborHTMLParser, scripts: Scripts, url: str, base: str) -> Pager | None:
    """A choice of page numbers that opens the page chosen: location.href = "list_" + this.value + ".html"."""
    for select in tree.css("select[onchange]"):
        texts = ((option.text(strip=True)[:12], option.attributes.get("value")) for option in select.css("option"))
        values = {int(found[0]): value or found[0] for text, value in texts if (found := NUMBER.search(text))}
        if not all(map(str.isdecimal, values.values())):
            continue  # addresses are links
        if len(values) < 2 or sorted(values) != list(range(1, len(values) + 1)):
            continue
        script = CHOSEN.sub("this.value", SCHEME.sub("", select.attributes.get("onchange") or ""))

        def address(n: int, script: str = script, values: Mapping[int, str] = values) -> str | None:
            return scripts.opened(script, {"this.value": values[n]}) if n in values else None

        if address(2) and address(2) != address(len(values) if len(values) > 2 else 1):
            shown_now = next((int(found[0]) for option in select.css("option[selected]")
                              if (found := NUMBER.search(option.text()))), None)  # fmt: skip
            return _pager(address, shown_now, url, base, len(values), None)
    return None


def _pager(
    address: Address, shown_now: int | None, url: str, base: str, pages: int, records: int | None
) -> Pager | None:
    current = _own_number(address, url, base, pages) or shown_now or 1
    made = address(max(current, 1) + 1) if current < pages else None
    target = absolute(made, base) if made else None
    if made and target is None:
        return None
    return Pager("numbered", target, (target,) if target else (), None, pages, records)


def _own_number(address: Address, url: str, base: str, pages: int) -> int | None:
    """Which page this one is, by the numbers in its address."""
    for number in map(int, re.findall(r"(?<!\d)\d{1,5}(?!\d)", url)):
        for n in (number, number + 1):
            made = address(n) if 1 < n <= pages else None
            if made and canonical_url(urljoin(base, made)) == canonical_url(url):
                return n
    return None


def _widgets(text: str) -> Iterator[Widget]:
    for call in islice(CALL.finditer(text), MAX_CALLS):
        tokens = tokens_of(text[call.end() : call.end() + MAX_CALL])
        given = split(tokens[1 : closing(tokens, 0)])
        for place, argument in enumerate(given):
            settings = _settings(_literal(argument, text))
            if settings:
                yield Widget(call[0].strip(), given[:place], {_plain(name): value for name, value in settings.items()},
                             settings)  # fmt: skip


def _in_attributes(tree: LexborHTMLParser) -> Iterator[Widget]:
    """The same, for a script that is not here, in attributes: data-pages="6" data-url="list_{page}.html"."""
    for node in tree.css("[data-url], [data-href], [data-link]"):
        raw = {name.removeprefix("data-"): tokens_of(f'"{value}"') for name, value in node.attributes.items()
               if name.startswith("data-") and value and '"' not in value}  # fmt: skip
        yield Widget("", [], {_plain(name): value for name, value in raw.items()}, raw)


def _literal(argument: Sequence[Token], text: str) -> Sequence[Token]:
    """The settings themselves, also where a variable holds them."""
    if len(argument) == 1 and argument[0].kind == "name":
        found = re.search(rf"\b{re.escape(argument[0].text)}\s*=\s*(?=\{{)", text)
        argument = tokens_of(text[found.end() : found.end() + MAX_CALL]) if found else ()
    if not argument or argument[0].text != "{":
        return ()
    return argument[1 : closing(argument, 0)]


def _settings(tokens: Sequence[Token]) -> dict[str, Sequence[Token]]:
    found: dict[str, Sequence[Token]] = {}
    for part in split(tokens):
        if len(part) < 3 or part[0].kind not in ("name", "text"):
            continue
        name = text_of(part[0]) if part[0].kind == "text" else part[0].text
        if part[1].text in (":", "("):
            found[name] = part[2:] if part[1].text == ":" else part[1:]
    return found


def _plain(name: str) -> str:
    return re.sub(r"[_-]", "", name).lower()


def _number(widget: Widget, names: re.Pattern[str], scripts: Scripts) -> int | None:
    for name, tokens in widget.settings.items():
        if names.fullmatch(name):
            number = number_of(scripts.value(tokens, {}))
            if isinstance(number, int | float):
                return int(number)
    return None


def _extent(widget: Widget, scripts: Scripts) -> tuple[int | None, int | None]:
    """(pages, records) that the call states."""
    pages, records = _number(widget, PAGES, scripts), _number(widget, RECORDS, scripts)
    size, total = _number(widget, SIZE, scripts), _number(widget, TOTAL, scripts)
    first = number_of(scripts.value(widget.given[0], {})) if widget.given else None
    if records is None and isinstance(first, int) and _from_zero(widget):
        records, size = first, size or LAYUI_SIZE
    if pages is None and size and (records is not None or total is not None):
        records = total if records is None else records
    elif pages is None:
        pages = total
    if pages is None and records is None and _number(widget, CURRENT, scripts) is not None:
        pages = _number(widget, PAGE_NUM, scripts)
    if "laypage" in widget.name:
        size = size or LAYUI_SIZE
    if pages is None and records is not None and size:
        pages = -(-records // size)
    return pages, records


def _from_zero(widget: Widget) -> int:
    return int(bool(widget.given) and not FROM_ZERO.isdisjoint(widget.settings))


def _addresses(widget: Widget, scripts: Scripts) -> Iterator[Address]:
    """Every way in which the call may say where page n is."""
    shift = _from_zero(widget)
    parts = {}
    for name, tokens in widget.settings.items():
        value = scripts.value(tokens, {})
        if isinstance(value, str) and "<" not in value:
            parts[name] = value
            if LINK.search(name) and PLACE.search(value):
                yield lambda n, value=value: PLACE.sub(str(n - shift), value)  # type: ignore[misc]
            elif LINK.search(name) and ENDS_OPEN.search(value):
                yield lambda n, value=value: f"{value}{n - shift}"  # type: ignore[misc]
    known = {f"this.{name}": parts[_plain(name)] for name in widget.raw if _plain(name) in parts}
    for tokens in widget.settings.values():
        if function := _function(tokens, scripts):
            yield _made(*function, known, scripts, shift)
    before = next((parts[name] for name in parts if BEFORE.fullmatch(name)), None)
    behind = next((parts[name] for name in parts if BEHIND.fullmatch(name)), "")
    if before is not None:
        joint = "_" if "hrefformer" in parts else ""
        yield lambda n: f"{before}{joint}{n - shift}{behind}"


def _made(
    parameters: list[str], body: Sequence[Token], known: Mapping[str, Any], scripts: Scripts, shift: int
) -> Address:
    page = next((name for name in parameters if PAGE_NAMED.search(name)), parameters[0] if parameters else "")

    def address(n: int) -> str | None:
        return scripts.followed(body, {**known, page: n - shift})

    return address


def _function(tokens: Sequence[Token], scripts: Scripts) -> tuple[list[str], Sequence[Token]] | None:
    """(parameters, body) of a function given as a setting: in place, with an arrow, or by its name."""
    if len(tokens) == 1 and tokens[0].text in scripts.functions:
        return scripts.function(tokens[0].text)
    start = next((n for n, token in enumerate(tokens[:3]) if token.text == "("), None)
    if start is None:
        if len(tokens) > 2 and tokens[1].text == "=>":
            return [tokens[0].text], _body(tokens[2:])
        return None
    end = closing(tokens, start)
    parameters = names_in("".join(token.text for token in tokens[start + 1 : end]))
    rest = tokens[end + 1 :]
    if rest and rest[0].text == "=>":
        return parameters, _body(rest[1:])
    return (parameters, _body(rest)) if rest and rest[0].text == "{" else None


def _body(tokens: Sequence[Token]) -> Sequence[Token]:
    if tokens and tokens[0].text == "{":
        return tokens[1 : closing(tokens, 0)]
    return [Token("name", "return", 0, False), *tokens]
