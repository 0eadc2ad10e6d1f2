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


def text_digest(text: str) -> str:
    """SHA-256, hex, of a text as it stands."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def content_digest(title: str, body: str) -> str:
    """The digest that decides on a revision: title and body, compatibility forms and white space folded."""
    return text_digest(f"{_folded(title)}\x00{_folded(body)}")


def fields_digest(values: Iterable[str | None]) -> str:
    """The digest of all that was read from a page, exactly as stored: what `dibao verify` holds every bit against."""
    return text_digest("\x00".join("\x01" if value is None else value for value in values))


def body_digest(body: str) -> str:
    """The digest of a body alone: equal under another headline means a reprint."""
    return text_digest(_folded(body))


def sentences(body: str) -> list[str]:
    """The sentences of a body, letters and digits only, short ones left out."""
    pieces = (_NOT_TEXT.sub("", unicodedata.normalize("NFKC", found.group())) for found in _SENTENCE.finditer(body))
    return [piece for piece in pieces if len(piece) >= SENTENCE_MIN]


def sentence_hashes(body: str, keep: int = FINGERPRINTS) -> list[int]:
    """The smallest hashes of the sentences, 63 bits: articles that share sentences are likely to share some of them."""
    return nsmallest(keep, set(map(sentence_hash, sentences(body))))


def sentence_hash(sentence: str) -> int:
    """63 bits of a sentence that consists of letters and digits only."""
    return int.from_bytes(hashlib.blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


@lru_cache(maxsize=8)  # the body of one article is asked for three times in a row
def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
