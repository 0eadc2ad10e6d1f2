"""CSV: exact and RFC 4180 for programs, or made for Excel (BOM, no formula, no overlong cell)."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from archive.exports.excel import Changes, safe_text
from archive.exports.selection import Row, table_converters


def write_csv(file: BinaryIO, columns: Sequence[str], rows: Iterable[Row], *, excel: Changes | None = None) -> int:
    """Write `rows` as UTF-8 with CRLF; the number of rows. With `excel` as Excel needs it, changes counted there."""
    text = codecs.getwriter("utf-8-sig" if excel else "utf-8")(file)  # no TextIOWrapper: it closes `file` as it dies
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    counted = _Counted(table_rows(columns, rows))
    writer.writerows(counted if excel is None else _for_excel(counted, excel))
    return counted.count


def table_rows(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[list[Any]]:
    """Rows as a table shows them: the breadcrumb as one text."""
    converters = table_converters(columns)
    for row in rows:
        cells = list(row)
        for place, convert in converters:
            cells[place] = convert(cells[place])
        yield cells


def _for_excel(rows: Iterable[list[Any]], changes: Changes) -> Iterator[list[Any]]:
    for row in rows:
        yield [safe_text(cell, changes) if isinstance(cell, str) else cell for cell in row]


class _Counted:
    """An iterator that knows how many it gave."""

    def __init__(self, rows: Iterator[list[Any]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows:
            self.count += 1
            yield row
