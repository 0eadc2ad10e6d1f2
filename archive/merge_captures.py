"""Captures of another archive: their records copied as they stand, each once, with `origin` saying where from."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from archive.errors import IntegrityError
from archive.rows import insert, one_row
from archive.warc import Place, raw_member
from archive.writer import ArchiveWriter

CAPTURE = ("url", "method", "fetched", "status", "headers", "digest", "truncated", "verdict")


class CaptureCopier:
    def __init__(self, writer: ArchiveWriter, there: sqlite3.Connection, other: Path, run_id: int) -> None:
        self.writer, self.here, self.there, self.other, self.run_id = writer, writer.conn, there, other, run_id
        self.copied = 0
        self.forgotten = 0  # left out: forgotten here
        self.damaged: list[str] = []

    def copy(self, there_id: int | None) -> int | None:
        """The same capture here: held already, or its record copied as it stands. None where it is damaged."""
        if there_id is None:
            return None
        row = one_row(self.there, "SELECT * FROM captures WHERE id = ?", there_id)
        same = "SELECT id FROM captures WHERE url = ? AND fetched = ? AND digest = ? AND status = ?"
        held = self.here.execute(same, (row["url"], row["fetched"], row["digest"], row["status"])).fetchone()
        if held:
            return int(held[0])
        if self._forgotten(row):
            self.forgotten += 1
            return None
        of = self.copy(row["revisit_of"])
        try:
            member = raw_member(self.other / "warc", Place(row["warc"], row["offset"], row["length"]))
        except IntegrityError as error:
            self.damaged.append(str(error))
            return None
        place = self.writer.warc.append_member(member)
        self.copied += 1
        return insert(self.here, "captures", {
            **{name: row[name] for name in CAPTURE}, "run_id": self.run_id, "warc": place.warc, "offset": place.offset,
            "length": place.length, "revisit_of": of, "origin": row["origin"] or self.other.name,
        })  # fmt: skip

    def _forgotten(self, row: dict[str, Any]) -> bool:
        sql = "SELECT 1 FROM tombstones WHERE url = ? OR payload_digest = ?"
        return self.here.execute(sql, (row["url"], row["digest"])).fetchone() is not None
