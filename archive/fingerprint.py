"""Digests and fingerprints of texts: what makes two articles the same, or nearly the same."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from heapq import nsmallest

FINGERPRINTS = 8  # sentence hashes kept per article
SENTENCE_MIN = 10  # shorter ones are everybody's
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_NOT_TEXT = re.compile(r"[\W_]+")
# Compatibility forms that every Chinese text has. With them replaced most texts are NFKC already, which is found out in
# a small part of the time that folding takes; the rest is folded as before, to the same.
_COMMON_FORMS = tuple((form, unicodedata.normalize("NFKC", form)) for form in "，：；！？（）％．～／－…\u3000\xa0")
# What changes by itself at the edges of a text, in folded form: view counters, the time of printing or generation.
_EDGE = 160  # characters
_COUNTED = r"(?:浏览|阅读|点击|访问|查看|人气)"
_VOLATILE = re.compile(
    rf"[\[【(]?(?:本文|此件|本页)?(?:{_COUNTED}(?:(?:次数|人数|总数|数|量|率|统计):?|:)\d[\d.,]*万?(?:次|人次|人)?"
    rf"|(?:已|被|已被){_COUNTED}\d+次|(?:您是)?第\d+位访问者|共有?\d+人次?{_COUNTED}"
    r"|(?:打印|页面生成|页面更新|生成|当前|现在)(?:时间|日期)?:\d{4}[-/.年]\d\d?[-/.月]\d\d?日?(?:星期.)?"
    r"(?:\d\d?:\d\d(?::\d\d)?)?)[\]】)]?"
)
_HINT = re.compile(rf"{_COUNTED}|打印|生成|更新|当前|现在")  # no volatile passage is without one of these


def text_digest(text: str) -> str:
    """SHA-256, hex, of a text as it stands."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def content_digest(title: str, body: str) -> str:
    """The digest that decides on a revision: title and body, compatibility forms and white space folded.

    View counters and times of generation at either end of the body are left out: they change by themselves.
    """
    return text_digest(f"{_folded(title)}\x00{_steady(body)}")


def fields_digest(values: Iterable[str | None]) -> str:
    """The digest of all that was read from a page, exactly as stored: what `dibao verify` holds every bit against."""
    return text_digest("\x00".join("\x01" if value is None else value for value in values))


def body_digest(body: str) -> str:
    """The digest of a body alone: equal under another headline means a reprint."""
    return text_digest(_steady(body))


def sentences(body: str) -> list[str]:
    """The sentences of a body, letters and digits only, short ones left out."""
    split = _SENTENCE.findall(_plain(body))  # folded piece by piece: rarer forms, as ｡ and ‼, divide nothing
    pieces = (_NOT_TEXT.sub("", unicodedata.normalize("NFKC", piece)) for piece in split)
    return [piece for piece in pieces if len(piece) >= SENTENCE_MIN]


def sentence_hashes(body: str, keep: int = FINGERPRINTS) -> list[int]:
    """The smallest hashes of the sentences, 63 bits: articles that share sentences are likely to share some of them."""
    return nsmallest(keep, set(map(sentence_hash, sentences(body))))


def sentence_hash(sentence: str) -> int:
    """63 bits of a sentence that consists of letters and digits only."""
    return int.from_bytes(hashlib.blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


@lru_cache(maxsize=8)  # the body of one article is asked for three times in a row
def _steady(body: str) -> str:
    """The folded body without what changes by itself at its ends."""
    text = _folded(body)
    if len(text) <= 2 * _EDGE:
        return _without_volatile(text)
    return _without_volatile(text[:_EDGE]) + text[_EDGE:-_EDGE] + _without_volatile(text[-_EDGE:])


def _without_volatile(edge: str) -> str:
    return _VOLATILE.sub("", edge) if _HINT.search(edge) else edge


def nfkc(text: str) -> str:
    """Compatibility forms folded: what unicodedata's NFKC gives, in a part of its time for Chinese texts."""
    return unicodedata.normalize("NFKC", _plain(text))


def _folded(text: str) -> str:
    return "".join(nfkc(text).split())


def _plain(text: str) -> str:
    """The text with common compatibility forms replaced: its NFKC is the same."""
    for form, folded in _COMMON_FORMS:
        text = text.replace(form, folded)
    return text
