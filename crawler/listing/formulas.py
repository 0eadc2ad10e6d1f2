"""What an expression of a page's script comes to: text put together of pieces and numbers, a choice, a comparison.

No JavaScript is run: names, texts, numbers, + - * /, comparisons, `a ? b : c` and a few methods of texts. Everything
else is UNKNOWN, and so is what is made of it.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

TOKEN = re.compile(
    r"(?P<skip>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)"
    r"|(?P<pattern>(?<=[(,])/(?![/*])(?:[^/\\\n]|\\.){1,60}/[gi]{0,2})"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_$][\w$]*)"
    r"|(?P<sign>===|!==|=>|==|!=|<=|>=|&&|\|\||[+*/-]=|\+\+|--|.)",
    re.DOTALL,
)
# Of the patterns of scripts those that cannot run away: characters, sets, and at most two repetitions.
TAME = re.compile(r"/((?:[\w=&?.:-]|\\[dw./?&-]|\[[\w^&?=-]{1,20}\]|(?P<more>[+*])){1,60})/[gi]{0,2}")
OPEN, CLOSE = "([{", ")]}"
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
INSERTED = re.compile(r"\$\{([^{}]{1,80})\}")
PAGEISH = re.compile(
    r"curr\w*|\w*page\w*|num(?:ber)?|index|getCurrent\w*", re.IGNORECASE
)  # of what a widget hands over
HELD = (
    "value",
    "innerHTML",
    "innerText",
    "textContent",
    "val",
    "text",
    "html",
)  # what a field of the page is asked for
MAX_ADDRESS = 1_000
MAX_ARGUMENTS = 300  # words of one call's
WINDOW = ("window.", "document.", "top.", "self.", "parent.")
LEVELS = (("||",), ("&&",), ("==", "!=", "===", "!=="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
ROUNDED: dict[str, Callable[[float], int]] = {"Math.ceil": math.ceil, "Math.floor": math.floor, "Math.round": round}


class Unknown:
    """What cannot be told without running the page."""

    def __bool__(self) -> bool:
        return False


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int  # where it stands in the source
    new_line: bool  # a line ends before it


def tokens_of(source: str) -> list[Token]:
    found, new_line = [], False
    for match in TOKEN.finditer(source):
        kind = match.lastgroup or ""
        if kind == "skip":
            new_line = new_line or "\n" in match[0]
            continue
        found.append(Token(kind, match[0], match.start(), new_line))
        new_line = False
    return found


def closing(tokens: Sequence[Token], at: int) -> int:
    """Where the bracket that opens at `at` closes; the end of the tokens if nowhere."""
    depth = 0
    for place in range(at, len(tokens)):
        if tokens[place].kind == "sign":
            depth += (tokens[place].text in OPEN) - (tokens[place].text in CLOSE)
            if depth <= 0:
                return place
    return len(tokens)


def split(tokens: Sequence[Token], sign: str = ",") -> list[Sequence[Token]]:
    """The parts between signs that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for place, token in enumerate(tokens):
        if token.kind == "sign":
            depth += (token.text in OPEN) - (token.text in CLOSE)
            if token.text == sign and depth == 0:
                parts.append(tokens[start:place])
                start = place + 1
    return [*parts, tokens[start:]] if tokens else []


def text_of(token: Token) -> str:
    """The text that a literal stands for."""
    return ESCAPE.sub(lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 5 else found[1], token.text[1:-1])


@dataclass(slots=True)
class Formula:
    """One expression: `value()` is what it comes to, `at` how far it was read."""

    tokens: Sequence[Token]
    named: Callable[[str], Any]
    call: Callable[[str, list[Any]], Any]
    at: int = 0

    def value(self) -> Any:
        chosen = self._level(0)
        if not self._takes("?"):
            return chosen
        one = self.value()
        other = self.value() if self._takes(":") else UNKNOWN
        return UNKNOWN if chosen is UNKNOWN else one if chosen else other

    def _takes(self, *signs: str) -> str | None:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token is None or token.kind != "sign" or token.text not in signs:
            return None
        self.at += 1
        return token.text

    def _level(self, level: int) -> Any:
        if level == len(LEVELS):
            return self._unary()
        value = self._level(level + 1)
        while sign := self._takes(*LEVELS[level]):
            value = combined(sign, value, self._level(level + 1))
        return value

    def _unary(self) -> Any:
        if self._takes("!"):
            value = self._unary()
            return value if value is UNKNOWN else not value
        if sign := self._takes("-", "+"):
            value = number_of(self._unary())
            return value if value is UNKNOWN or sign == "+" else -value
        return self._parts()

    def _parts(self) -> Any:
        """A literal, a name or a bracket, and what is asked of it: .value, .split("?")[0]."""
        value = self._first()
        while True:
            if self._takes("."):
                name = self.tokens[self.at].text if self.at < len(self.tokens) else ""
                self.at += 1
                given = self._arguments()
                value = member(value, name) if given is None else method(value, name, given)
            elif self._takes("["):
                index = self.value()
                self._takes("]")
                known = isinstance(value, list) and isinstance(index, int) and -1 < index < len(value)
                value = value[index] if known else UNKNOWN
            else:
                return value

    def _first(self) -> Any:
        if self.at >= len(self.tokens):
            return UNKNOWN
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "text":
            return self._written(token)
        if token.kind == "pattern":
            return pattern_of(token.text)
        if token.kind == "number":
            return float(token.text) if "." in token.text else int(token.text)
        if token.kind == "name":
            return self._name(token.text)
        if token.text == "(":
            value = self.value()
            self.at = closing(self.tokens, self.at - 1) if not self._closes() else self.at
            self._takes(")")
            return value
        if token.text == "[":
            end = closing(self.tokens, self.at - 1)
            inside, self.at = self.tokens[self.at : end], end + 1
            return [Formula(part, self.named, self.call).value() for part in split(inside)]
        if token.text == "{":
            self.at = closing(self.tokens, self.at - 1) + 1
        return UNKNOWN

    def _closes(self) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].text == ")"

    def _written(self, token: Token) -> Any:
        text = text_of(token)
        if token.text[0] != "`" or "${" not in text:
            return text
        parts = [Formula(tokens_of(one), self.named, self.call).value() for one in INSERTED.findall(text)]
        known = iter(parts)
        return UNKNOWN if UNKNOWN in parts else INSERTED.sub(lambda _: shown(next(known)), text)

    def _name(self, first: str) -> Any:
        """A name with the dots behind it, as far as it is known as a whole: window.location.href."""
        if first in ("true", "false", "null"):
            return first == "true" if first != "null" else None
        if first == "new" and [token.text for token in self.tokens[self.at : self.at + 2]] == ["Date", "("]:
            self.at = closing(self.tokens, self.at + 1) + 1
            return 0  # against caches
        if first in ("new", "typeof", "function"):
            self.at = len(self.tokens)
            return UNKNOWN
        path = [first]
        while self.at + 1 < len(self.tokens) and self.tokens[self.at].text == ".":
            path.append(self.tokens[self.at + 1].text)
            self.at += 2
        given = self._arguments()
        value = self.named(plain(".".join(path))) if given is None else self.call(plain(".".join(path)), given)
        for length in range(len(path) - 1, 0, -1):
            if value is not UNKNOWN:
                break
            value = self.named(plain(".".join(path[:length])))
            for place in range(length, len(path)):
                asks = given is not None and place == len(path) - 1
                value = method(value, path[place], given or []) if asks else member(value, path[place])
        return value

    def _arguments(self) -> list[Any] | None:
        if self.at >= len(self.tokens) or self.tokens[self.at].text != "(":
            return None
        end = closing(self.tokens, self.at)
        inside = split(self.tokens[self.at + 1 : end]) if end - self.at < MAX_ARGUMENTS else []
        given = [Formula(part, self.named, self.call).value() for part in inside]
        self.at = end + 1
        return given


def pattern_of(text: str) -> Any:
    """The pattern that a literal stands for."""
    tame = TAME.fullmatch(text)
    try:
        return re.compile(tame[1]) if tame and len(re.findall(r"[+*]", tame[1])) <= 2 else UNKNOWN
    except re.error:
        return UNKNOWN


def plain(name: str) -> str:
    """A name without the window it belongs to."""
    for prefix in WINDOW:
        if name.startswith(prefix) and name not in ("document.getElementById", "document.URL"):
            return plain(name.removeprefix(prefix))
    return name


def shown(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def number_of(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    found = re.match(r"\s*-?\d{1,9}", value) if isinstance(value, str) else None
    return int(found[0]) if found else UNKNOWN


def combined(sign: str, one: Any, other: Any) -> Any:
    """What two values with a sign between them come to."""
    if sign in ("||", "&&"):
        return _either(sign, one, other)
    if one is UNKNOWN or other is UNKNOWN or isinstance(one, list) or isinstance(other, list):
        return UNKNOWN
    if sign == "+" and (isinstance(one, str) or isinstance(other, str)):
        return shown(one) + shown(other)
    if sign[:2] in ("==", "!="):
        return (shown(one) == shown(other)) == (sign[0] == "=")
    left, right = number_of(one), number_of(other)
    if left is UNKNOWN or right is UNKNOWN or (sign in "/%" and not right):
        return UNKNOWN
    return SIGNS[sign](left, right)


def _either(sign: str, one: Any, other: Any) -> Any:
    """`a || b` is the first that holds, also where the other is unknown."""
    decides = sign == "||"
    for value in (one, other):
        if value is not UNKNOWN and bool(value) == decides:
            return value
    return UNKNOWN if UNKNOWN in (one, other) else other


def member(value: Any, name: str) -> Any:
    """A property: the number of a page under whatever name a widget hands it over, the length of a text."""
    if isinstance(value, int | float):
        return value if PAGEISH.fullmatch(name) else UNKNOWN
    if name == "length" and isinstance(value, str | list):
        return len(value)
    return value if isinstance(value, str) and name in HELD else UNKNOWN


def method(value: Any, name: str, given: list[Any]) -> Any:
    """What a method of a text or number answers."""
    if name in ("getTime", "valueOf"):
        return value
    if name == "toString" and isinstance(value, str | int | float):
        return shown(value)
    if isinstance(value, int | float):
        return value if PAGEISH.fullmatch(name) else UNKNOWN
    if isinstance(value, str) and name in HELD and not given:
        return value
    if isinstance(value, list) and name == "join" and UNKNOWN not in value and UNKNOWN not in given:
        return shown(given[0] if given else ",").join(map(shown, value))
    if isinstance(value, re.Pattern) and name == "test" and given and isinstance(given[0], str):
        return value.search(given[0]) is not None
    if not isinstance(value, str) or any(one is UNKNOWN for one in given):
        return UNKNOWN
    texts, numbers = [one for one in given if isinstance(one, str)], [one for one in given if isinstance(one, int)]
    if name == "split" and texts and texts[0]:
        return value.split(texts[0])
    if name in ("indexOf", "lastIndexOf") and texts:
        return value.find(texts[0]) if name == "indexOf" else value.rfind(texts[0])
    if name == "replace" and len(given) == 2 and isinstance(given[0], str):
        return value.replace(given[0], shown(given[1]), 1)
    if name == "replace" and len(given) == 2 and isinstance(given[0], re.Pattern):
        return given[0].sub(lambda _: shown(given[1]), value[:MAX_ADDRESS])
    if name in ("substring", "slice", "substr") and numbers:
        end = numbers[1] + (numbers[0] if name == "substr" else 0) if len(numbers) > 1 else len(value)
        return value[numbers[0] : end] if numbers[0] >= 0 <= end else UNKNOWN
    return value.strip() if name == "trim" else UNKNOWN


def common(name: str, given: list[Any]) -> Any:
    """What functions that every page has answer."""
    if name in ("Math.random", "Date.now"):
        return 0
    if not given or given[0] is UNKNOWN:
        return UNKNOWN
    if name in ("parseInt", "Number", "parseFloat"):
        return number_of(given[0])
    if name == "isNaN":
        return number_of(given[0]) is UNKNOWN
    if name in ROUNDED:
        number = number_of(given[0])
        return UNKNOWN if number is UNKNOWN else ROUNDED[name](number)
    if name in ("String", "encodeURIComponent", "encodeURI", "escape"):
        return shown(given[0]) if name == "String" else quote(shown(given[0]), safe="/:?&=,;~*'()!#")
    return UNKNOWN
