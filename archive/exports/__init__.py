"""Getting articles out: `export(conn, out, selection)` in one consistent snapshot, `.part` first, then renamed.

selection.py    which articles, which columns, as of when; rows in the order of their ids
as_of.py        the archive as it stood at an instant
files.py        the `.part` file
delimited.py jsonl.py xlsx.py parquet.py datapackage.py    one writer a format
excel.py        what Excel makes of cells, and how it is kept from it
"""

from __future__ import annotations

from archive.exports.formats import FORMATS, Report, export, format_of
from archive.exports.selection import Selection, as_columns

__all__ = ["FORMATS", "Report", "Selection", "as_columns", "export", "format_of"]
