"""How like two texts are: what of the shorter stands in the longer one, and what was put in the place of what.

A reprint leaves out, adds, or changes a word here and there. Two notices on the same form also share most of their
text, but differ in every slot of it: names, numbers, addresses, each in the place of another. So substitutions are
counted apart from cuts and additions. Letters and digits only, compatibility forms folded, as in fingerprints.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.fingerprint import nfkc, sentence_hash

GRAM = 5
NEAR = 0.8  # containment from which two texts are near-identical
SLOTS = 0.05  # share of the shorter text that may be substituted: 0.01 in an edited copy, 0.13 between two notices
NUMBERS = 0.015  # share of substituted digits and Latin letters: an edited copy keeps its numbers
ALIKE = 0.3  # share of pairs of characters from which a sentence is another one changed
LABEL = 2  # characters at the beginning or end of both, like a label, do as well
MOST_SENTENCES = 400  # unmatched sentences that are compared one by one
_SENTENCE = re.compile(r"[。！？!?；;\n]+")
_NOT_TEXT = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Likeness:
    score: float  # share of the shorter text's character 5-grams that stand in the longer one, 0 to 1
    slots: float  # share of the shorter text in whose place another text stands
    numbers: float  # share that is digits or Latin letters among it

    @property
    def near(self) -> bool:
        return self.score >= NEAR and self.slots <= SLOTS and self.numbers <= NUMBERS


def compare(one: str, other: str, form: Collection[int] = ()) -> Likeness:
    """Compare two bodies. `form`: hashes of sentences that are form where either was printed; they are no evidence."""
    parts = [pieces(one), pieces(other)]
    if form:
        rest = [[piece for piece in part if sentence_hash(piece) not in form] for part in parts]
        if not any(rest):  # form from end to end, both of them: no evidence at all
            return Likeness(0.0, 0.0, 0.0)
        if min(sum(map(len, part)) for part in rest) >= GRAM:  # what is outside the form decides
            parts = rest
    short, long = sorted(parts, key=lambda part: sum(map(len, part)))
    score = containment("".join(short), "".join(long))
    if score < NEAR:
        return Likeness(score, 0.0, 0.0)
    substituted, numbers = _substituted(short, long)
    length = sum(map(len, short)) or 1
    return Likeness(score, substituted / length, numbers / length)


def pieces(body: str) -> list[str]:
    """The sentences of a body, letters and digits only, short ones too."""
    split = _SENTENCE.split(nfkc(body))
    return [piece for part in split if (piece := _NOT_TEXT.sub("", part))]


def containment(short: str, long: str) -> float:
    """Share of the 5-grams of `short` (letters and digits) that stand in `long`."""
    grams = _grams(short)
    return len(grams & _grams(long)) / len(grams) if grams else 0.0


def _grams(letters: str) -> set[str]:
    return {letters[at : at + GRAM] for at in range(max(len(letters) - GRAM + 1, 1 if letters else 0))}


def _substituted(short: Sequence[str], long: Sequence[str]) -> tuple[int, int]:
    """Characters in whose place others stand, and how many of them are digits or Latin letters."""
    held, kept = set(long), set(short)
    changed = [piece for piece in short if piece not in held][:MOST_SENTENCES]
    others = [piece for piece in long if piece not in kept][:MOST_SENTENCES]
    total = numbers = 0
    for piece in changed:
        other = _changed_from(piece, others)
        if other is None:
            continue  # cut or added
        same = [False] * len(piece)
        for at, _, size in SequenceMatcher(None, piece, other, autojunk=False).get_matching_blocks():
            same[at : at + size] = [True] * size
        lost = min(len(piece), len(other)) - sum(same)
        if lost > 0:
            total += lost
            numbers += min(lost, sum(c.isascii() for c, kept_ in zip(piece, same, strict=True) if not kept_))
    return total, numbers


def _changed_from(piece: str, others: Sequence[str]) -> str | None:
    """The sentence that this one was changed from, if there is one."""
    pairs = _pairs(piece)
    best = max(others, key=lambda other: len(pairs & _pairs(other)), default=None)
    if best is None:
        return None
    labelled = piece[:LABEL] == best[:LABEL] or piece[-LABEL:] == best[-LABEL:]
    return best if labelled or len(pairs & _pairs(best)) >= ALIKE * len(pairs) else None


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(max(len(text) - 1, 1))}
