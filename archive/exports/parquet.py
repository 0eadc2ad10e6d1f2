"""Parquet (needs pyarrow): typed columns, breadcrumb a list, the archive's own times as timestamps in UTC."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

from archive.errors import ExportError
from archive.exports.selection import Row

BATCH = 2_000
TIMES = ("first_seen", "last_seen", "gone_since")
NUMBERS = ("id", "revision", "capture_id")
LISTS = ("breadcrumb", "images", "flags")


def write_parquet(file: BinaryIO, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """`published` stays text, because it is a day or a minute; document, site and attachments are JSON text."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ExportError("parquet needs pyarrow: pip install 'dibao[parquet]'") from error
    types = {name: _type(pa, name) for name in columns}
    schema = pa.schema(list(types.items()))
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batched(rows):
            arrays = [
                pa.array([_value(name, cell) for cell in cells], types[name])
                for name, cells in zip(columns, zip(*batch, strict=True), strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(batch)
    return count


def _batched(rows: Iterable[Row]) -> Iterable[tuple[Row, ...]]:
    iterator = iter(rows)
    while batch := tuple(itertools.islice(iterator, BATCH)):
        yield batch


def _type(pa: Any, name: str) -> Any:
    if name in TIMES:
        return pa.timestamp("s", "UTC")
    if name in LISTS:
        return pa.list_(pa.string())
    return pa.int64() if name in NUMBERS else pa.string()


def _value(name: str, cell: Any) -> Any:
    if cell is None:
        return None
    if name in TIMES:
        return datetime.fromisoformat(cell).astimezone(UTC)
    return json.loads(cell) if name in LISTS else cell
