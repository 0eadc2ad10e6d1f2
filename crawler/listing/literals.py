"""Values that stand in scripts: JSON, the looser literals of JavaScript, and records written as assignments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

TOKEN = re.compile(
    r"(?P<string>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<name>[A-Za-z_$][\w$.]*)|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<mark>[\[\]{}:,])|(?P<skip>\s+|//[^\n]*|/\*.*?\*/)|(?P<other>.)",
    re.DOTALL,
)
START = re.compile(r"(?:[=:(]|^)\s*(?=[\[{])")
ASSIGNED = re.compile(
    r"([A-Za-z_]\w*)\s*(?:\[\s*(\w+(?:\+\+)?)\s*\])?\s*=\s*(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
)
SPLICE = re.compile(
    r"^[\"'][\"']\s*\+|\+\s*[\"'][\"']$"
)  # of markup around a variable, as ASSIGNED finds it: "' + title + '"
WORDS = {"true": "true", "false": "false", "null": "null", "undefined": "null", "NaN": "null"}
MAX_STARTS = 300  # places in one script where a value is tried
MAX_LITERAL = 4_000_000


def script_values(script: str) -> Iterator[Any]:
    """Every list or object written out in a script, outer ones first; what is inside a value is not tried again."""
    decoder, end, tried = json.JSONDecoder(), 0, 0
    for start in START.finditer(script):
        if start.end() < end:
            continue
        tried += 1
        if tried > MAX_STARTS:
            return
        try:
            value, end = decoder.raw_decode(script, start.end())
        except (ValueError, RecursionError):
            value, after = loose_value(script, start.end())
            end = after if value is not None else end
        if value:
            yield value


def loose_value(script: str, start: int) -> tuple[Any, int]:
    """A JavaScript literal (bare keys, single quotes, comments, trailing commas) and its end; (None, start) if none."""
    out: list[str] = []
    depth = 0
    for token in TOKEN.finditer(script, start, start + MAX_LITERAL):
        kind, text = token.lastgroup, token[0]
        if kind == "mark":
            depth += (text in "[{") - (text in "]}")
            if text in "]}" and out and out[-1] == ",":
                out.pop()
            out.append(text)
            if depth == 0:
                return _loaded("".join(out)), token.end()
        elif kind == "string":
            out.append(json.dumps(unquoted(text)))
        elif kind == "name":
            out.append(WORDS.get(text) or json.dumps(text))
        elif kind == "number":
            out.append(text)
        elif kind == "other":
            return None, start
    return None, start


def unquoted(literal: str) -> str:
    """The text of a quoted JavaScript string."""
    inner = literal[1:-1].replace("\\'", "'").replace("\t", " ")
    try:
        return str(json.loads(f'"{inner}"')) if "\\" in inner else inner
    except ValueError:
        return inner.replace("\\/", "/").replace('\\"', '"')


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def assigned_records(script: str) -> list[dict[str, str]]:
    """Records written as assignments: `urls[3]='…'; headers[3]='…'`, or `url = '…'; title = '…'` again and again."""
    indexed: dict[str, dict[str, str]] = {}
    serial: list[dict[str, str]] = [{}]
    for name, index, literal in ASSIGNED.findall(script):
        if SPLICE.search(literal):
            continue
        if index.isdigit():
            indexed.setdefault(index, {})[name] = unquoted(literal)
        else:
            if name in serial[-1]:
                serial.append({})
            serial[-1][name] = unquoted(literal)
    return list(indexed.values()) if len(indexed) >= len(serial) else serial
