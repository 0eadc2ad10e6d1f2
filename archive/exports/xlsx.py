"""Excel workbook: text cells as text, so nothing is a formula; real dates; a frozen header row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO

from archive.errors import ExportError
from archive.exports.delimited import table_rows
from archive.exports.excel import Changes, safe_text
from archive.exports.selection import Row

MOST_ROWS = 1_048_575  # beside the header
WIDTHS = {"title": 50, "body": 60, "url": 40, "breadcrumb": 40, "source": 18, "published": 17}
MADE = datetime(2000, 1, 1)  # the same articles give the same bytes


def write_xlsx(file: BinaryIO, columns: Sequence[str], rows: Iterable[Row], changes: Changes) -> int:
    """One sheet `articles`; times as cells hold them: `published` in China time, the archive's own in UTC."""
    with _workbook(file) as book:
        book.set_properties({"created": MADE, "title": "Dibao"})
        sheet = book.add_worksheet("articles")
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        dates = {
            length: book.add_format({"num_format": form})
            for length, form in ((10, "yyyy-mm-dd"), (16, "yyyy-mm-dd hh:mm"), (19, "yyyy-mm-dd hh:mm:ss"))
        }
        for place, name in enumerate(columns):
            sheet.set_column(place, place, WIDTHS.get(name, 12))
            sheet.write_string(0, place, name, bold)
        count = 0
        for count, row in enumerate(table_rows(columns, rows), 1):
            if count > MOST_ROWS:
                raise ExportError(f"a sheet holds {MOST_ROWS:,} rows; export less, or as .csv or .parquet")
            for place, (name, cell) in enumerate(zip(columns, row, strict=True)):
                _write(sheet, count, place, name, cell, dates, changes)
    return count


@contextmanager
def _workbook(file: BinaryIO) -> Iterator[Any]:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    quiet = _Quiet(file)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(quiet, options) as book:
            yield book
    except FileCreateError as error:  # an OSError in its clothes: no room for its temporary files
        quiet.error = error.args[0]
    if quiet.error:
        raise quiet.error


class _Quiet:
    """A file that keeps its first error to the end: a zip that is told of it goes on writing as it dies, noisily."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        return int(self._tried(self.file.write, data))

    def seek(self, place: int, whence: int = 0) -> int:
        return int(self._tried(self.file.seek, place, whence))

    def flush(self) -> None:
        self._tried(self.file.flush)

    def tell(self) -> int:
        return 0 if self.error else self.file.tell()  # its own error says that there is no seeking

    def _tried(self, call: Callable[..., Any], *arguments: Any) -> Any:
        if self.error is None:
            try:
                return call(*arguments)
            except OSError as error:
                self.error = error
        return 0


def _write(sheet: Any, row: int, place: int, name: str, cell: Any, dates: dict[int, Any], changes: Changes) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, int | float):
        sheet.write_number(row, place, cell)
    elif name in ("published", "first_seen", "last_seen", "gone_since") and (when := _moment(cell)):
        moment, length = when
        sheet.write_datetime(row, place, moment, dates[length])
    else:
        sheet.write_string(row, place, safe_text(cell, changes, quote=False))


def _moment(text: str) -> tuple[datetime, int] | None:
    """A time without its zone, and how many characters of it were written; None where Excel has no such date."""
    written = text.removesuffix("Z").removesuffix("+08:00")
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    known = moment.tzinfo is None and moment.year >= 1901 and len(written) in (10, 16, 19)
    return (moment, len(written)) if known else None
