"""Where a page's own functions lead: goPage(2), with function goPage(n) { location.href = "index_" + n + ".html" }.

Of a function only this is followed: variables, `if` and `else`, `return`, and what is assigned to `location`. A
condition that cannot be told is taken to hold where what stands under it leads to an address with the number that the
function was given, else not to hold: if (!member) { location.href = "/login" } is passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawler.listing.formulas import UNKNOWN, Formula, Token, closing, combined, common, plain, shown, split, tokens_of

MAX_BODY = 3_000  # characters of a function, or of a call
MAX_FUNCTIONS = 2_000  # of a page
MAX_LISTENERS = 100
MAX_WORK = 50_000  # words of scripts that are followed in a page: a hostile one calls itself again and again
MAX_WRITES, MAX_WRITTEN = 60, 800
MAX_CALLS = 4  # functions that call each other
HEAD = re.compile(
    r"\bfunction\s+([\w$]{1,40})\s*\(([^()]{0,120})\)\s*\{"
    r"|\b([\w$]{1,40})\s*[=:]\s*function\s*(?:[\w$]{1,40}\s*)?\(([^()]{0,120})\)\s*\{"
)
GIVEN = re.compile(
    r"(?<![\w$.])([A-Za-z_$][\w$]{0,40})\s*=\s*(?:(?:parseInt|Number)\(\s*)?"
    r"(\"[^\"<>\n\\]{0,200}\"|'[^'<>\n\\]{0,200}'|\d{1,8})\s*[\s;,)]"
)
LISTENER = re.compile(r"\bfunction\s*\([^()]{0,40}\)\s*\{")
WRITE = re.compile(r"\bdocument\.write(?:ln)?\s*\(")
LOCATION = ("location", "location.href")
OPENS = ("location.replace", "location.assign", "open", "location")
FOUND = ("$", "jQuery", "document.getElementById", "getElementById")
KEYWORDS = frozenset({"for", "while", "switch", "function", "do"})


class Target(str):
    """An address that was opened, as against a text that a function returned."""

    __slots__ = ()


class Opened(Exception):
    """A page was opened, or the function returned: what with."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Scripts:
    """What the scripts of a page define: functions by name, and variables with a plain value. Read when asked."""

    def __init__(self, tree: LexborHTMLParser, url: str) -> None:
        self.tree, self.url = tree, url
        self.bodies: dict[int, Sequence[Token]] = {}  # of functions, by where they stand
        self.depth = 0
        self.believing = True  # conditions that cannot be told are taken to hold
        self.left = MAX_WORK

    @cached_property
    def text(self) -> str:
        return "\n".join(node.text() or "" for node in self.tree.css("script"))

    @cached_property
    def functions(self) -> dict[str, tuple[list[str], int]]:
        """Parameters, and where the body begins."""
        found = {}
        for head in islice(HEAD.finditer(self.text), MAX_FUNCTIONS):
            name, parameters = head[1] or head[3], head[2] if head[1] else head[4]
            found[name] = names_in(parameters), head.end() - 1
        return found

    @cached_property
    def given(self) -> dict[str, Any]:
        """The first value of each variable."""
        found: dict[str, Any] = {}
        for name, value in GIVEN.findall(self.text):
            found.setdefault(name, int(value) if value.isdecimal() else value[1:-1])
        return found

    def opened(self, source: str, known: dict[str, Any] | None = None) -> str | None:
        """The address that a piece of script opens, as it stands there; None where it opens none."""
        address = self._outcome(tokens_of(source[:MAX_BODY]), known or {})
        return _cleaned(address) if isinstance(address, Target) else None

    def followed(self, tokens: Sequence[Token], known: Mapping[str, Any]) -> str | None:
        """The address that the body of a function opens or returns."""
        address = self._outcome(tokens, known)
        return _cleaned(address) if isinstance(address, str) else None

    def _outcome(self, tokens: Sequence[Token], known: Mapping[str, Any]) -> Any:
        """What a function opens or returns for what it was given; UNKNOWN where nothing."""
        believed = self._ended(tokens, known)
        texts = [shown(value) for value in known.values() if isinstance(value, int | str) and value != ""]
        if not self.believing or not isinstance(believed, str) or any(text in believed for text in texts):
            return believed
        self.believing = False
        doubted = self._ended(tokens, known)
        self.believing = True
        return doubted if isinstance(doubted, str) else believed

    def _ended(self, tokens: Sequence[Token], known: Mapping[str, Any]) -> Any:
        try:
            self._run(tokens, dict(known))
        except Opened as opened:
            return opened.value
        except RecursionError:
            return UNKNOWN
        return UNKNOWN

    def function(self, name: str) -> tuple[list[str], Sequence[Token]]:
        """Parameters and body of a function of the page."""
        parameters, at = self.functions[name]
        if at not in self.bodies:
            self.bodies[at] = tokens_of(body_at(self.text, at))
        return parameters, self.bodies[at]

    def listeners(self) -> Iterator[str]:
        """The bodies of functions without a name, as they are given to .click and .on."""
        for head in islice(LISTENER.finditer(self.text), MAX_LISTENERS):
            yield body_at(self.text, head.end() - 1)

    def written(self) -> Iterator[str]:
        """The markup that document.write puts into the page."""
        for call in islice(WRITE.finditer(self.text), MAX_WRITES):
            tokens = tokens_of(self.text[call.end() - 1 : call.end() + MAX_WRITTEN])
            markup = self.value(tokens[1 : closing(tokens, 0)], {})
            if isinstance(markup, str):
                yield markup

    def value(self, tokens: Sequence[Token], known: Mapping[str, Any]) -> Any:
        def named(name: str) -> Any:
            return self._named(name, known)

        self.left -= len(tokens)
        try:
            return Formula(tokens, named, self._called).value()
        except RecursionError:
            return UNKNOWN

    def _named(self, name: str, known: Mapping[str, Any]) -> Any:
        if name in known:
            return known[name]
        if name in LOCATION or name == "document.URL":
            return self.url
        if name == "location.search":
            return self.url[self.url.find("?") :].partition("#")[0] if "?" in self.url else ""
        if name == "location.pathname":
            return re.sub(r"^https?://[^/]*|[?#].*$", "", self.url)
        return self.given.get(name, UNKNOWN)

    def _called(self, name: str, given: list[Any]) -> Any:
        if name in FOUND and given and isinstance(given[0], str):
            return self._field(given[0].lstrip("#"))
        if name not in self.functions or self.depth >= MAX_CALLS:
            return common(name, given)
        parameters, body = self.function(name)
        self.depth += 1
        value = self._outcome(body, dict(zip(parameters, given, strict=False)))
        self.depth -= 1
        return value

    def _field(self, name: str) -> Any:
        """What a field of the page holds, as text: the number of pages is often kept in a hidden one."""
        node = self.tree.css_first(f'[id="{name}"]') if re.fullmatch(r"[\w-]{1,40}", name) else None
        if node is None:
            return UNKNOWN
        value = node.attributes.get("value")
        return value if value is not None else node.text(strip=True)[:200]

    def _run(self, tokens: Sequence[Token], known: dict[str, Any]) -> None:
        at = 0
        while at < len(tokens) and self.left > 0:
            at = self._statement(tokens, at, known)

    def _statement(self, tokens: Sequence[Token], at: int, known: dict[str, Any]) -> int:
        """Follow one statement; where the next one begins."""
        token = tokens[at]
        self.left -= 1
        if token.text == "{":
            end = closing(tokens, at)
            self._run(tokens[at + 1 : end], known)
            return end + 1
        if token.text == "if" and at + 1 < len(tokens):
            return self._choice(tokens, at, known)
        if token.text in KEYWORDS:
            brace = next((place for place in range(at, len(tokens)) if tokens[place].text == "{"), len(tokens))
            end = closing(tokens, brace)
            if token.text == "switch":
                self._case(self.value(tokens[at + 1 : brace], known), tokens[brace + 1 : end], known)
            return end + 1
        end = end_of(tokens, at)
        self._simple(tokens[at:end], known)
        return end + 1 if end < len(tokens) and tokens[end].text == ";" else max(end, at + 1)

    def _choice(self, tokens: Sequence[Token], at: int, known: dict[str, Any]) -> int:
        end = closing(tokens, at + 1)
        holds = self.value(tokens[at + 2 : end], known)
        if end + 1 >= len(tokens):
            return len(tokens)
        after = _behind(tokens, end + 1)
        other = after if after < len(tokens) and tokens[after].text == "else" else None
        rest = _behind(tokens, other + 1) if other is not None and other + 1 < len(tokens) else after
        if holds is UNKNOWN and self.believing:
            self._tried(tokens[end + 1 : after], known)
        if holds is not UNKNOWN and holds:
            self._run(tokens[end + 1 : after], known)
        elif other is not None:
            self._run(tokens[other + 1 : rest], known)
        return rest

    def _case(self, chosen: Any, tokens: Sequence[Token], known: dict[str, Any]) -> None:
        """Follow the case that was chosen, up to its break."""
        parts = _cases(tokens)
        labelled = (
            body for label, body in parts
            if label is None or (chosen is not UNKNOWN and combined("==", self.value(label, known), chosen) is True)
        )  # fmt: skip
        self._run(next(labelled, ()), known)

    def _tried(self, tokens: Sequence[Token], known: dict[str, Any]) -> None:
        value = self._ended(tokens, known)
        if isinstance(value, str):
            raise Opened(value)

    def _simple(self, tokens: Sequence[Token], known: dict[str, Any]) -> None:
        while tokens and tokens[0].text in ("var", "let", "const"):
            tokens = tokens[1:]
        if tokens and tokens[0].text == "return":
            value = self.value(tokens[1:], known) if len(tokens) > 1 else None
            raise Opened(value)
        for part in split(tokens):
            self._assigned(part, known)

    def _assigned(self, tokens: Sequence[Token], known: dict[str, Any]) -> None:
        at = next(
            (n for n, one in enumerate(tokens) if one.text in ("=", "+=", "++", "--", "(", "?", "&&", "||")), None
        )
        if at is None:
            return
        name, sign = plain("".join(one.text for one in tokens[:at])), tokens[at].text
        if sign in ("++", "--"):
            known[name] = self.value(tokens_of(f"{name}{sign[0]}1"), known)
        elif sign == "(" and name in OPENS:
            given = split(tokens[at + 1 : closing(tokens, at)])
            self._open(self.value(given[0], known) if given else UNKNOWN)
        elif sign in ("?", "&&", "||") or (sign == "(" and name in ("", *self.functions)):
            value = self.value(tokens, known)
            if isinstance(value, Target):
                raise Opened(value)
        elif sign in ("=", "+="):
            value = self.value(tokens[at + 1 :], known)
            if name in LOCATION:
                self._open(value)
            elif name == "location.search" and isinstance(value, str):
                self._open("?" + value.lstrip("?"))
            elif sign == "+=":
                before = self._named(name, known)
                value = UNKNOWN if UNKNOWN in (before, value) else f"{before}{value}"
            known[name] = value

    def _open(self, value: Any) -> None:
        if isinstance(value, str):
            raise Opened(Target(value))


def _cases(tokens: Sequence[Token]) -> list[tuple[Sequence[Token] | None, Sequence[Token]]]:
    """(label, what stands behind it up to a break) of every case; no label for the default."""
    found: list[tuple[Sequence[Token] | None, Sequence[Token]]] = []
    places = [place for place, token in enumerate(tokens) if token.kind == "name" and token.text in ("case", "default")]
    for place in places:
        colon = next((at for at in range(place, len(tokens)) if tokens[at].text == ":"), len(tokens))
        end = next((at for at in range(colon, len(tokens)) if tokens[at].text == "break"), len(tokens))
        found.append((tokens[place + 1 : colon] if tokens[place].text == "case" else None, tokens[colon + 1 : end]))
    return found


def _cleaned(address: str) -> str:
    return str(address).replace("&amp;", "&")


def _behind(tokens: Sequence[Token], at: int) -> int:
    """Where the statement that begins at `at` is over."""
    if tokens[at].text == "{":
        return closing(tokens, at) + 1
    if tokens[at].text == "if" and at + 1 < len(tokens):
        end = closing(tokens, at + 1) + 1
        after = _behind(tokens, end) if end < len(tokens) else end
        has_other = after + 1 < len(tokens) and tokens[after].text == "else"
        return _behind(tokens, after + 1) if has_other else after
    end = end_of(tokens, at)
    return end + 1 if end < len(tokens) and tokens[end].text == ";" else end


def end_of(tokens: Sequence[Token], at: int) -> int:
    """Where a plain statement ends: at its semicolon, or at a line that begins another."""
    place = at
    while place < len(tokens) and tokens[place].text not in (";", "}"):
        goes_on = tokens[place].kind == "sign" or (
            tokens[place - 1].kind == "sign" and tokens[place - 1].text not in ")]}"
        )
        if place > at and tokens[place].new_line and not goes_on:
            return place
        place = closing(tokens, place) + 1 if tokens[place].text in ("(", "[", "{") else place + 1
    return min(place, len(tokens))


def names_in(parameters: str | None) -> list[str]:
    return [one.strip() for one in (parameters or "").split(",")]


def body_at(text: str, at: int) -> str:
    """What stands in the bracket that opens at `at`."""
    tokens = tokens_of(text[at : at + MAX_BODY])
    end = closing(tokens, 0)
    return text[at + 1 : at + tokens[end].at] if end < len(tokens) else ""
