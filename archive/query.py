"""The query language of `dibao search`: text to a tree.

    郑州 防汛                both words                "人民 政府"       exactly this, with the space
    郑州 OR 洛阳             one of them               title:规划        in the title
    郑州 NOT 机场, -机场     without it                source: portal: section: author: kind: 文号:
    (郑州 OR 洛阳) 地铁      grouped                   from:2023-06 to:2024

A word is found wherever its characters stand, also inside longer words, so there are no wildcards. Operators are
upper case. Full-width brackets, full-width colons after a field and “Chinese quotes” do as well. Brackets without a
space inside that touch a word are a part of it: 国发(2023)5号, 通知（试行）. Grammar:

    any = all {("OR" | "|") all} · all = one {["AND"] one} · one = ("NOT" | "-") one | "(" any ")" | [field ":"] word
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from archive.errors import QueryError
from archive.fold import fold
from archive.terminal import clean

MAX_LENGTH, MAX_WORDS, MAX_DEPTH = 2000, 60, 20

FIELDS = {
    "title": ("标题",),
    "source": ("来源",),
    "portal": ("门户",),
    "section": ("栏目",),
    "author": ("作者",),
    "kind": ("类型",),
    "from": ("从",),
    "to": ("到",),
    "文号": ("number", "发文字号"),
}
NAMES = {name: field for field, others in FIELDS.items() for name in (field, *others)}
OPERATORS = {"(": "(", ")": ")", "（": "(", "）": ")", "|": "OR"}
TEXT = r'[^\s()（）|"“「]'
ENCLOSED = rf"[(（]{TEXT}*[)）]"  # text where it touches some: 国发(2023)5号 is one word
BARE = re.compile(rf"(?:{TEXT}|{ENCLOSED}(?={TEXT}))(?:{TEXT}|{ENCLOSED})*")
QUOTES = {'"': '"', "“": "”", "「": "」"}


@dataclass(frozen=True, slots=True)
class Word:
    """Characters that stand in the title or body, or in `field` (a key of FIELDS)."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Node = Word | And | Or | Not


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # word, phrase, field, (, ), AND, OR, NOT
    text: str
    at: int


def parse(query: str) -> Node:
    """Raises QueryError, with the place, where the query can't be read."""
    if len(query) > MAX_LENGTH:
        raise QueryError(f"query of {len(query):,} characters; at most {MAX_LENGTH:,} can be searched for")
    if bad := re.search(r"[\ud800-\udfff]", query):
        raise _error(query.encode("utf-8", "replace").decode(), bad.start(), "not valid UTF-8")
    tokens = list(_tokens(query))
    if not tokens:
        raise QueryError("empty query; give a word, for example: dibao search 郑州")
    if sum(t.kind in ("word", "phrase") for t in tokens) > MAX_WORDS:
        raise QueryError(f"more than {MAX_WORDS} words in one query; search in steps, or export and filter")
    parser = _Parser(query, tokens)
    node = parser.any()
    if parser.peek() != "end":
        raise parser.error("a closing bracket without an opening one")
    return node


def words(node: Node, *, unwanted: bool = False) -> list[Word]:
    """The words that are looked for, in order: what a hit is highlighted by; with `unwanted` those behind NOT too."""
    match node:
        case Word():
            return [node]
        case Not(part):
            return words(part, unwanted=True) if unwanted else []
        case And(parts) | Or(parts):
            return [word for part in parts for word in words(part, unwanted=unwanted)]


def _error(query: str, at: int, what: str) -> QueryError:
    return QueryError(
        f"query: {what}, at character {at + 1}: {clean(query[max(0, at - 20) : at])}▸{clean(query[at : at + 20])}"
    )


def _tokens(query: str) -> Iterator[_Token]:
    at, end = 0, len(query)
    while at < end:
        if query[at].isspace():
            at += 1
        elif query[at] in OPERATORS and not BARE.match(query, at):
            yield _Token(OPERATORS[query[at]], query[at], at)
            at += 1
        elif query[at] in QUOTES:
            close = query.find(QUOTES[query[at]], at + 1)
            if close < 0:
                raise _error(query, at, "a quotation mark that is not closed")
            if close == at + 1:
                raise _error(query, at, "nothing between the quotation marks")
            yield _Token("phrase", query[at + 1 : close], at)
            at = close + 1
        elif query[at] == "-" and at + 1 < end and not query[at + 1].isspace():
            yield _Token("NOT", "-", at)
            at += 1
        elif field := _field(query, at):
            yield field
            at += len(field.text) + 1
        else:
            token = _bare(query, at)
            yield token
            at += len(token.text)


def _field(query: str, at: int) -> _Token | None:
    """`title:`; an unknown name of Latin letters is an error, other text before a colon is just text."""
    match = re.compile(r"(\w{1,20})[:：](?!//)").match(query, at)
    if not match:
        return None
    name = match[1]
    if name.lower() in NAMES:
        return _Token("field", name, at)
    if re.fullmatch(r"[a-z]+", name) and len(name) > 1:
        near = get_close_matches(name, NAMES, 1) or ["title"]
        raise _error(query, at, f'no field "{name}" (nearest: {near[0]}:); put quotes round it to search for the text')
    return None


def _bare(query: str, at: int) -> _Token:
    match = BARE.match(query, at)
    text = match[0] if match else query[at]
    if text in ("AND", "OR", "NOT"):
        return _Token(text, text, at)
    if wild := re.search(r"[*?]", text):
        what = f'"{wild[0]}" is no wildcard: words are found inside longer ones anyway; in quotes it is a character'
        raise _error(query, at + wild.start(), what)
    return _Token("word", text, at)


class _Parser:
    """Recursive descent over the tokens; depth is bounded by MAX_DEPTH."""

    def __init__(self, query: str, tokens: list[_Token]) -> None:
        self.query, self.tokens, self.position, self.depth = query, tokens, 0, 0

    def peek(self) -> str:
        return self.tokens[self.position].kind if self.position < len(self.tokens) else "end"

    def take(self) -> _Token:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def error(self, what: str) -> QueryError:
        at = self.tokens[self.position].at if self.position < len(self.tokens) else len(self.query)
        return _error(self.query, at, what)

    def any(self, field: str | None = None) -> Node:
        parts = [self.all(field)]
        while self.peek() == "OR":
            self.take()
            parts.append(self.all(field))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def all(self, field: str | None) -> Node:
        parts = [self.one(field)]
        while self.peek() not in ("OR", ")", "end"):
            if self.peek() == "AND":
                self.take()
            parts.append(self.one(field))
        days = {part.field: part.text for part in parts if isinstance(part, Word)}
        first, last = days.get("from", ""), days.get("to", "9999")
        if first[: len(last)] > last:
            raise self.error(f"from:{first} is after to:{last}, which nothing can be")
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self, field: str | None) -> Node:
        kind = self.peek()
        if kind not in ("NOT", "(", "field", "word", "phrase"):
            raise self.error("a word is missing")
        token = self.take()
        if kind == "word" or kind == "phrase":
            return _word(self.query, token, field)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} levels of brackets and NOT")
        node = self.group(field) if kind == "(" else self.nested(token, field)
        self.depth -= 1
        return node

    def nested(self, token: _Token, field: str | None) -> Node:
        """What follows NOT or a field name."""
        if token.kind == "NOT":
            return Not(self.one(field))
        if self.peek() not in ("word", "phrase", "("):
            raise self.error(f"{token.text}: has no value")
        return self.one(NAMES[token.text.lower()])

    def group(self, field: str | None) -> Node:
        node = self.any(field)
        if self.peek() != ")":
            raise self.error("a closing bracket is missing")
        self.take()
        return node


def _word(query: str, token: _Token, field: str | None) -> Word:
    if field not in ("from", "to"):
        return Word(token.text, field)
    day = fold(token.text)  # full-width digits are digits
    try:
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", day):
            raise ValueError
        date.fromisoformat(f"{day}-01-01"[:10])
    except ValueError:
        raise _error(query, token.at, f"{field}: wants a date like 2023, 2023-06 or 2023-06-30") from None
    return Word(day, field)
