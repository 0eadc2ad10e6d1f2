"""Captures of another archive: their records copied as they stand, each once, with `origin` saying where from.

A record is read before it is copied: one that is damaged, or whose payload is not what its digest says, stays out, and
so do the revisit records that refer to it. They would stand for bytes that are nowhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from archive.articles import with_bytes
from archive.errors import IntegrityError
from archive.rows import insert, one_row
from archive.urls import canonical_url
from archive.warc import CURE, Place, parse_member, payload_digest, raw_member
from archive.writer import ArchiveWriter

CAPTURE = ("url", "method", "fetched", "status", "headers", "digest", "truncated", "verdict")


class CaptureCopier:
    """`damaged` names what was left out as damaged, each record once; `forgotten` counts what was forgotten here."""

    def __init__(self, writer: ArchiveWriter, there: sqlite3.Connection, other: Path, run_id: int) -> None:
        self.writer, self.here, self.there, self.other, self.run_id = writer, writer.conn, there, other, run_id
        self.copied = 0
        self.forgotten = 0
        self.damaged: list[str] = []
        self._left_out: set[int] = set()  # their ids
        self._without: set[str] = set()  # addresses

    def leave_out(self, addresses: Iterable[str]) -> None:
        """Copy no capture of these addresses: their article was forgotten here."""
        self._without.update(addresses)

    def copy(self, there_id: int | None) -> int | None:
        """The same capture here: held already, or its record copied as it stands. None where it stays out."""
        if there_id is None or there_id in self._left_out:
            return None
        row = self._row(there_id)
        same = "SELECT id FROM captures WHERE url = ? AND fetched = ? AND digest = ? AND status = ?"
        held = self.here.execute(same, (row["url"], row["fetched"], row["digest"], row["status"])).fetchone()
        if held:
            return int(held[0])
        if self._is_forgotten(row):
            self.forgotten += 1
        else:
            try:
                return self._take(row)
            except IntegrityError as error:
                self.damaged.append(str(error))
        self._left_out.add(there_id)
        return None

    def is_forgotten(self, there_id: int | None) -> bool:
        """Whether these bytes, or their address, were forgotten here."""
        return there_id is not None and self._is_forgotten(self._row(there_id))

    def _is_forgotten(self, row: dict[str, Any]) -> bool:
        url = canonical_url(row["url"])
        sql = "SELECT 1 FROM tombstones WHERE url = ? OR payload_digest = ?"
        return url in self._without or self.here.execute(sql, (url, row["digest"])).fetchone() is not None

    def _take(self, row: dict[str, Any]) -> int:
        """Copy one record. Raises IntegrityError where it is damaged, or the one it refers to stays out."""
        of = self.copy(row["revisit_of"])
        if row["revisit_of"] is not None and of is None:
            raise IntegrityError(
                f"capture {row['id']} ({row['url']}): refers to the page of capture {row['revisit_of']}, left out"
            )
        folder, place = self.other / "warc", Place(row["warc"], row["offset"], row["length"])
        member = raw_member(folder, place)
        payload = parse_member(member, folder, place).payload
        if of is None and payload_digest(payload) != row["digest"]:
            raise IntegrityError(
                f"{folder / row['warc']} at {row['offset']}: payload is not what its digest says; {CURE}"
            )
        place = self.writer.warc.append_member(member)
        self.copied += 1
        return insert(self.here, "captures", {
            **{name: row[name] for name in CAPTURE}, "run_id": self.run_id, "warc": place.warc, "offset": place.offset,
            "length": place.length, "revisit_of": of and with_bytes(self.here, of),
            "origin": row["origin"] or self.other.name,
        })  # fmt: skip

    def _row(self, there_id: int) -> dict[str, Any]:
        return one_row(self.there, "SELECT * FROM captures WHERE id = ?", there_id)
