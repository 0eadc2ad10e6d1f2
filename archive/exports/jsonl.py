"""JSON Lines: one article a line, lists and objects as such, exact."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from archive.exports.selection import STRUCTURED, Row


def write_jsonl(file: BinaryIO, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """The JSON columns are JSON already, so each line is put together from its cells."""
    keys = [json.dumps(name) + ": " for name in columns]
    structured = [name in STRUCTURED for name in columns]
    encode = json.JSONEncoder(ensure_ascii=False).encode
    count = 0
    for row in rows:
        cells = (
            key + (cell if as_is and cell is not None else encode(cell))
            for key, as_is, cell in zip(keys, structured, row, strict=True)
        )
        file.write(f"{{{', '.join(cells)}}}\n".encode())
        count += 1
    return count
