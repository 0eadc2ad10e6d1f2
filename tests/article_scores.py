"""Which fields of a saved page were read right, by its gold: as tools/extraction_bench.py of the shared material."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Any

from crawler.errors import PageError
from crawler.extract import extract

FIELDS = ("title", "published", "source", "breadcrumb", "body")
PERFECT = 0.98  # share of a body's runs of four characters that must agree


def right(page: bytes | str, gold: dict[str, Any]) -> dict[str, bool]:
    """Field -> whether it is what a careful reader sees; a page that is refused has nothing right."""
    try:
        found = extract(page, gold["url"])
    except PageError:
        return dict.fromkeys(FIELDS, False)
    return {
        "title": _same(found.title, gold, "title"),
        "source": _same(found.source, gold, "source"),
        "published": _dated(found.published, gold),
        "breadcrumb": _same(found.breadcrumb, gold, "breadcrumb"),
        "body": body_f1(found.body, gold) >= PERFECT,
    }


def body_f1(body: str, gold: dict[str, Any]) -> float:
    """How far two texts agree, by runs of four characters; what the gold calls optional counts for neither."""
    own, wanted = (_runs(_without(text, gold.get("optional") or [])) for text in (body, gold.get("body") or ""))
    if not own and not wanted:
        return 1.0
    return 2 * (own & wanted).total() / (own.total() + wanted.total())


def _runs(text: str) -> Counter[str]:
    return Counter(text[n : n + 4] for n in range(max(1, len(text) - 3))) if text else Counter()


def _without(text: str, optional: list[str]) -> str:
    squashed = _folded(text)
    for one in sorted(map(_folded, optional), key=len, reverse=True):
        squashed = squashed.replace(one, "", 1) if one else squashed
    return squashed


def _same(found: object, gold: dict[str, Any], field: str) -> bool:
    answers = [gold.get(field), *(gold.get(f"{field}_alt") or [])]
    return any(_folded(found) == _folded(answer) for answer in answers)


def _folded(value: object) -> str:
    text = "|".join(value) if isinstance(value, list | tuple) else str(value or "")
    return "".join(re.sub("[\u200b-\u200f\u2060\ufeff\xad]", "", unicodedata.normalize("NFKC", text)).split())


def _dated(found: str | None, gold: dict[str, Any]) -> bool:
    """The day, and the minute where the gold has one; midnight is no time of day."""
    alternatives = gold.get("published_alt") or []
    answers = [gold.get("published"), *(alternatives if isinstance(alternatives, list) else [alternatives])]
    for answer in answers:
        if not answer or not found:
            if not answer and not found:
                return True
            continue
        wanted = str(answer).replace(" ", "T")[:16].removesuffix("T00:00")
        if found.startswith(wanted):
            return True
    return False
