"""From a query tree to what SQLite is asked: a MATCH expression, SQL conditions, and a check of the text where needed.

The index answers words of one and two characters exactly, and longer ones that have a token of their own
(archive/search_words.py), and portals. Any other longer word gives a superset, all pairs of it, and is checked in the
text. Dates become ranges of numbers; other fields become checks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from archive.fold import Needle, fold
from archive.query import And, Node, Not, Or, Word
from archive.search_encoding import encode
from archive.search_index import BLOCK_BITS, PORTAL_MARK, TITLE_MARK, block_of

MAX_PAIRS = 64  # of one word: more don't narrow
HIGHEST = 1 << 62
Row = Sequence[str | None]
Check = Callable[[Row], bool]

# What a field looks into, as columns of `articles`; None is a word without field.
COLUMNS: dict[str | None, tuple[str, ...]] = {
    None: ("title", "body"),
    "title": ("title",),
    "source": ("source",),
    "author": ("author",),
    "section": ("section", "breadcrumb"),
    "portal": ("portal",),
    "kind": ("kind",),
    "from": ("published",),
    "to": ("published",),
    "文号": ("document",),
}
BRACKETS = str.maketrans("〔〕【】()﹝﹞", "[][][][]")


@dataclass(slots=True)
class Plan:
    match: str | None = None  # FTS5 expression; None: everything
    where: list[str] = field(default_factory=list)  # conditions on search_docs d
    parameters: list[str] = field(default_factory=list)
    low: int = -HIGHEST  # numbers in the index, both inclusive
    high: int = HIGHEST
    check: Check | None = None
    columns: tuple[str, ...] = ()  # what `check` is given


def make_plan(node: Node, own_tokens: Collection[str] = (), *, folded: bool = True) -> Plan:
    plan = Plan()
    rest = [part for part in (node.parts if isinstance(node, And) else (node,)) if not _condition(plan, part)]
    bounds = _Bounds(own_tokens, folded)
    plan.match, _ = bounds.all_of(rest)
    unanswered = [part for part in rest if not bounds.exact(part) or (isinstance(part, Not) and plan.match is None)]
    if unanswered:
        fields = {field for part in unanswered for field in fields_in(part)}
        plan.columns = tuple(sorted({column for field in fields for column in COLUMNS[field]}))
        plan.check = make_check(And(tuple(unanswered)), plan.columns, folded=folded)
    return plan


def fields_in(node: Node) -> set[str | None]:
    """The fields a tree asks for; None for words in title or body."""
    match node:
        case Word(_, name):
            return {name}
        case Not(part):
            return fields_in(part)
        case And(parts) | Or(parts):
            return {field for part in parts for field in fields_in(part)}


def _condition(plan: Plan, part: Node) -> bool:
    """Take a date into the plan: a range of numbers, and within a month a condition; whether it was one."""
    if not isinstance(part, Word):
        return False
    if part.field == "from":
        plan.low = max(plan.low, block_of(f"{part.text}-01"[:7]))
        if len(part.text) > 7:
            plan.where.append("d.published >= ?")
            plan.parameters.append(part.text)
    elif part.field == "to":
        month = f"{part.text}-12" if len(part.text) == 4 else part.text
        plan.low, plan.high = max(plan.low, 0), min(plan.high, block_of(month) + (1 << BLOCK_BITS) - 1)
        if len(part.text) > 7:
            plan.where.append("substr(d.published, 1, 10) <= ?")
            plan.parameters.append(part.text)
    return part.field in ("from", "to")


class _Bounds:
    """FTS5 expressions that hold for every hit, and whether they hold for nothing else."""

    def __init__(self, own_tokens: Collection[str], folded: bool) -> None:
        self.own_tokens, self.folded = own_tokens, folded

    def exact(self, node: Node) -> bool:
        return self.bound(node.part if isinstance(node, Not) else node)[1]

    def bound(self, node: Node) -> tuple[str | None, bool]:
        match node:
            case Word():
                return self.word(node)
            case Not():
                return None, False
            case And(parts):
                return self.all_of(parts)
            case Or(parts):
                bounds = [self.bound(part) for part in parts]
                expressions = [expression for expression, _ in bounds if expression is not None]
                if len(expressions) < len(parts):
                    return None, False
                return f"({' OR '.join(expressions)})", all(exact for _, exact in bounds)

    def all_of(self, parts: Iterable[Node]) -> tuple[str | None, bool]:
        """A conjunction: what must hold, less what must not and is exactly known."""
        parts = list(parts)
        wanted = [self.bound(part) for part in parts if not isinstance(part, Not)]
        unwanted = [self.bound(part.part) for part in parts if isinstance(part, Not)]
        expressions = [expression for expression, _ in wanted if expression is not None]
        if not expressions:
            return None, False
        match = expressions[0] if len(expressions) == 1 else f"({' AND '.join(expressions)})"
        if known := [expression for expression, exact in unwanted if exact and expression is not None]:
            match = f"({match} NOT ({' OR '.join(known)}))"
        return match, all(exact for _, exact in [*wanted, *unwanted])

    def word(self, word: Word) -> tuple[str | None, bool]:
        if word.field == "portal":
            return _quoted(PORTAL_MARK + encode(word.text)), True
        if word.field not in (None, "title"):
            return None, False
        text = encode(word.text)
        mark = TITLE_MARK if word.field == "title" else ""
        if len(text) <= 2 or (not mark and text in self.own_tokens):
            return _quoted(mark + text), self.folded
        pairs = dict.fromkeys(text[i : i + 2] for i in range(min(len(text) - 1, MAX_PAIRS)))
        own = [] if mark else sorted((part for part in self.own_tokens if part in text), key=len, reverse=True)[:8]
        return f"({' AND '.join(_quoted(mark + gram) for gram in [*own, *pairs])})", False


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'


def make_check(node: Node, columns: tuple[str, ...], *, folded: bool = True) -> Check:
    """The tree as a function of one row of `columns`, which must hold all that the fields of `node` look into."""
    match node:
        case Word():
            return _word_check(node, columns, folded)
        case Not(part):
            inner = make_check(part, columns, folded=folded)
            return lambda row: not inner(row)
        case And(parts):
            every = [make_check(part, columns, folded=folded) for part in parts]
            return every[0] if len(every) == 1 else lambda row: all(check(row) for check in every)
        case Or(parts):
            some = [make_check(part, columns, folded=folded) for part in parts]
            return lambda row: any(check(row) for check in some)


def _word_check(word: Word, columns: tuple[str, ...], folded: bool) -> Check:
    places = [columns.index(column) for column in COLUMNS[word.field]]
    if word.field in ("from", "to"):
        return lambda row: _in_time(word, row[places[0]])
    if word.field == "文号":
        wanted = number_key(word.text)
        return lambda row: any(wanted in number_key(number) for number in document_numbers(row[places[0]]))
    if word.field in ("portal", "kind"):
        return lambda row: fold(row[places[0]] or "") == fold(word.text)
    found_in = Needle(word.text, folded=folded).found_in
    return lambda row: any(found_in(row[place] or "") for place in places)


def _in_time(word: Word, published: str | None) -> bool:
    if published is None:
        return False
    return published >= word.text if word.field == "from" else published[: len(word.text)] <= word.text


def document_numbers(document: str | None) -> list[str]:
    """发文字号 and 文号 out of the index table of a document, as printed."""
    table = json.loads(document or "{}")
    return [str(value) for name, value in table.items() if name in ("发文字号", "文号")]


def number_key(number: str) -> str:
    """A document number as it is compared: folded, without spaces, every kind of bracket the same."""
    return "".join(fold(number).translate(BRACKETS).split())
