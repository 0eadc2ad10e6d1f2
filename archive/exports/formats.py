"""One entry for all formats: which one is meant, what it needs, and the whole file or none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

from archive.errors import ExportError
from archive.exports import as_of, datapackage, delimited, jsonl, parquet, wacz, xlsx
from archive.exports.excel import Changes
from archive.exports.files import whole_file
from archive.exports.selection import JSON_COLUMNS, TABLE_COLUMNS, Row, Selection, select
from archive.search import snapshot

FORMATS = {
    ".csv": "csv", ".xlsx": "xlsx", ".jsonl": "jsonl", ".parquet": "parquet", ".zip": "datapackage", ".wacz": "wacz",
}  # fmt: skip
Watch = Callable[[Iterable[Row], int | None], Iterable[Row]]  # rows and their number, if known, to the same rows


@dataclass(slots=True)
class Report:
    """What was written; `changes` are those made for Excel."""

    format: str
    rows: int = 0
    changes: Changes = field(default_factory=Changes)
    final: bool = True  # False: as of a day that is not over


def format_of(out: Path, name: str | None = None) -> str:
    """The format `name`, or the one the ending of `out` stands for. Raises ExportError."""
    names = list(FORMATS.values())
    if name is None:
        name = FORMATS.get(out.suffix.lower())
        if name is None:
            raise ExportError(f"{out}: no format has the ending {out.suffix!r}; use {' '.join(FORMATS)}, or --format")
    if name not in names:
        near = (get_close_matches(name, names, 1) or ["csv"])[0]
        raise ExportError(f"no format {name!r} (nearest: {near}); there are {', '.join(names)}")
    return name


def export(
    conn: sqlite3.Connection,
    out: Path | BinaryIO,
    selection: Selection,
    *,
    format: str,
    excel: bool = False,
    watch: Watch = lambda rows, total: rows,
) -> Report:
    """Write the selected articles to `out`, from one state of the archive, also while a crawl writes.

    A path gets its name only when the file is whole. Raises ExportError, QueryError, DiskFull.
    """
    if excel and format != "csv":
        raise ExportError(f"--excel is a form of csv; {format} needs none")
    report = Report(format)
    columns = selection.columns_of(JSON_COLUMNS if format in ("jsonl", "parquet") else TABLE_COLUMNS)
    if format == "wacz":
        wacz.refuse(selection)
        columns = wacz.COLUMNS
    if not columns:
        raise ExportError("no column is left to export; name others with --columns")
    if selection.as_of:
        report.final = as_of.is_past(as_of.instant(selection.as_of))
    with snapshot(conn), _file(out) as file:
        total, selected = select(conn, selection, columns)
        rows = watch(selected, total)
        match format:
            case "csv":
                report.rows = delimited.write_csv(file, columns, rows, excel=report.changes if excel else None)
            case "xlsx":
                report.rows = xlsx.write_xlsx(file, columns, rows, report.changes)
            case "jsonl":
                report.rows = jsonl.write_jsonl(file, columns, rows)
            case "parquet":
                report.rows = parquet.write_parquet(file, columns, rows)
            case "wacz":
                report.rows = wacz.write_wacz(file, rows, conn, selection)
            case _:
                report.rows = datapackage.write_datapackage(file, columns, rows, conn, selection)
    return report


@contextmanager
def _file(out: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(out, Path):
        with whole_file(out) as file:
            yield file
    else:
        yield out
