"""Raw captures in WARC 1.1 files: append, make durable, read one back, cut a torn tail. The one place that knows WARC.

    warc/2026/dibao-20261124T010203Z-00001.warc.gz.open   being written; `.open` goes when it is closed
    one gzip member a record, so that a record is read by offset and length alone

`captures.warc` holds the name without `.open`. Payloads are kept as decoded from Content-Encoding: the headers that
spoke of the wire get the prefix X-Wire-, Content-Length is that of the payload as kept; `captures.headers` has them
as received.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import responses
from io import BufferedReader, BufferedWriter, BytesIO
from pathlib import Path

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from archive.errors import IntegrityError
from archive.records import Capture

OPEN = ".open"
ROTATE_AT = 1 << 30  # bytes; a file that long is closed and the next begun
LEVEL = 4  # gzip: 0.5 ms a page; 9 costs 3 x that for 2 % less
PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
WIRE_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
CURE = "`dibao verify` says what else is damaged, `dibao restore` brings a backup back"
TRUNCATIONS = frozenset({"length", "time", "disconnect", "unspecified"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands."""

    warc: str  # path under warc/, without .open
    offset: int
    length: int  # bytes of the gzip member


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in its file."""

    url: str
    date: str
    status: int
    headers: list[tuple[str, str]]
    payload: bytes  # of a revisit record empty


def payload_digest(payload: bytes) -> str:
    """SHA-256 of a payload, hex: `captures.digest`."""
    return hashlib.sha256(payload).hexdigest()


class WarcWriter:
    """Appends records below `folder`. Nothing is durable before `sync()`."""

    def __init__(self, folder: Path, *, software: str = "dibao") -> None:
        self.folder, self.software = folder, software
        self._handle: BufferedWriter | None = None
        self._path: Path | None = None
        self._name = ""
        self._end = 0
        self._serial = 0

    def append(self, capture: Capture, digest: str, *, revisit_of: tuple[str, str] | None = None) -> Place:
        """Write a response record, or, with `revisit_of` = (url, date) of the same payload, a revisit record."""
        kind = WarcRecordType.revisit if revisit_of else WarcRecordType.response
        head = _http_head(capture)
        headers = [
            ("WARC-Target-URI", capture.url),
            ("WARC-Payload-Digest", _labelled(bytes.fromhex(digest))),
            *([("WARC-Truncated", _truncation(capture.truncated))] if capture.truncated else []),
        ]
        if revisit_of:
            headers += [("WARC-Profile", PROFILE), ("WARC-Refers-To-Target-URI", revisit_of[0]),
                        ("WARC-Refers-To-Date", revisit_of[1])]  # fmt: skip
        block = head if revisit_of else head + capture.payload
        member = _member(kind, block, capture.fetched, "application/http; msgtype=response", headers)
        return self.append_member(member)

    def append_member(self, member: bytes) -> Place:
        """Write one record that is a gzip member already: made here, or copied from another archive."""
        if self._path is None or self._end >= ROTATE_AT:
            self.close()
            self._begin()
        return self._write(member)

    def flush(self) -> None:
        """Let readers see everything appended so far."""
        if self._handle is not None:
            self._handle.flush()

    def sync(self) -> None:
        """Make everything appended so far durable."""
        if self._handle is not None:
            self._handle.flush()
            os.fsync(self._handle.fileno())

    def close(self) -> None:
        """Close the file being written and take its `.open` away."""
        if self._handle is None or self._path is None:
            return
        self.sync()
        self._handle.close()
        self._path.rename(self._path.with_name(self._path.name.removesuffix(OPEN)))
        self._handle, self._path = None, None

    def _begin(self) -> None:
        now = datetime.now(UTC)
        folder = self.folder / f"{now:%Y}"
        folder.mkdir(parents=True, exist_ok=True)
        self._name = self._free_name(now)
        self._path = self.folder / (self._name + OPEN)
        self._handle = self._path.open("xb")
        self._end = 0
        self._write(warcinfo_member(Path(self._name).name, now.strftime("%Y-%m-%dT%H:%M:%SZ"), self.software))
        _sync_folder(folder)

    def _free_name(self, now: datetime) -> str:
        """A name that no file has, closed or open: this process may have had another writer within the second."""
        while True:
            self._serial += 1
            name = f"{now:%Y}/dibao-{now:%Y%m%dT%H%M%SZ}-{os.getpid()}-{self._serial:05}.warc.gz"
            if not any((self.folder / one).exists() for one in (name, name + OPEN)):
                return name

    def _write(self, member: bytes) -> Place:
        assert self._handle is not None
        place = Place(self._name, self._end, len(member))
        self._handle.write(member)
        self._end += len(member)
        return place


def warcinfo_member(filename: str, date: str, software: str = "dibao") -> bytes:
    """The first record of a WARC file, as a gzip member; the same for the same name and date."""
    info = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"{filename} {date}")
    return _member(
        WarcRecordType.warcinfo, info, date, "application/warc-fields", [("WARC-Filename", filename)], number
    )


def raw_member(folder: Path, place: Place) -> bytes:
    """One record as it stands in its file: a whole gzip member. Raises IntegrityError where it is not all there."""
    path = warc_path(folder, place.warc)
    try:
        with open_warc(folder, place.warc) as file:
            file.seek(place.offset)
            member = file.read(place.length)
    except OSError as error:
        raise IntegrityError(f"{path}: {error.strerror}; {CURE}") from None
    if len(member) != place.length or member[:2] != b"\x1f\x8b":
        raise IntegrityError(f"{path} at {place.offset}: record cannot be read (no whole record there); {CURE}")
    return member


def base32_digest(digest: str) -> str:
    """A hex SHA-256 as WARC and CDXJ write it."""
    return _labelled(bytes.fromhex(digest))


def read_record(folder: Path, place: Place) -> Record:
    """One record. Raises IntegrityError where the file is missing or the record there is damaged."""
    return parse_member(raw_member(folder, place), folder, place)


def parse_member(member: bytes, folder: Path, place: Place) -> Record:
    """The record in a member that was read from a place. Raises IntegrityError, which names the place."""
    path = warc_path(folder, place.warc)
    try:
        record = next(iter(ArchiveIterator(BytesIO(member), parse_http=True)))
        http = record.http_headers
        if http is None:
            raise IntegrityError(f"{path} at {place.offset}: no HTTP record; {CURE}")
        said = record.headers
        return Record(
            said.get("WARC-Target-URI") or "", said.get("WARC-Date") or "", int(http.status_code or 0), list(http),
            record.reader.read(),
        )  # fmt: skip
    except (OSError, StopIteration, ValueError, EOFError) as error:
        raise IntegrityError(f"{path} at {place.offset}: record cannot be read ({error or 'empty'}); {CURE}") from None


def warc_path(folder: Path, name: str) -> Path:
    """The file of a name in `captures.warc`, also while it is still being written."""
    path = folder / name
    return path if path.exists() else path.with_name(path.name + OPEN)


def open_warc(folder: Path, name: str) -> BufferedReader:
    """The file of a name in `captures.warc`, for reading. Raises OSError."""
    try:
        return warc_path(folder, name).open("rb")
    except FileNotFoundError:  # its writer closed it, and took `.open` away, between the look and the call
        return (folder / name).open("rb")


def cut_torn_tails(folder: Path, indexed_end: dict[str, int]) -> list[str]:
    """Close files that a killed process left `.open`, cut at the last indexed record; return what was done."""
    done = []
    for path in sorted(folder.rglob(f"*.warc.gz{OPEN}")):
        name = path.relative_to(folder).as_posix().removesuffix(OPEN)
        end, size = indexed_end.get(name, 0), path.stat().st_size
        if end == 0:
            path.unlink()
            done.append(f"{name}: removed, nothing in it was committed")
            continue
        if size > end:
            os.truncate(path, end)
            done.append(f"{name}: cut {size - end} bytes that were never committed")
        path.rename(path.with_name(path.name.removesuffix(OPEN)))
    return done


def _member(
    kind: WarcRecordType,
    block: bytes,
    date: str,
    content_type: str,
    headers: list[tuple[str, str]],
    number: uuid.UUID | None = None,
) -> bytes:
    """One record as one gzip member."""
    record = WarcRecord()
    record.init_headers(kind)
    fixed = {"WARC-Date": date, "Content-Type": content_type, "WARC-Record-ID": f"<urn:uuid:{number or uuid.uuid4()}>"}
    for name, value in (*fixed.items(), *headers, ("WARC-Block-Digest", _labelled(hashlib.sha256(block).digest()))):
        record.headers[name] = _one_line(value)
    record.set_bytes_content(block)
    out = BytesIO()
    stream = GzipWriter(out, LEVEL)
    record.write(stream)
    stream.finish()
    return out.getvalue()


def _http_head(capture: Capture) -> bytes:
    lines = [f"HTTP/1.1 {capture.status} {responses.get(capture.status, 'Unknown')}"]
    for name, value in capture.headers:
        prefix = "X-Wire-" if name.lower() in WIRE_HEADERS else ""
        lines.append(f"{prefix}{name}: {_one_line(value)}")
    lines.append(f"Content-Length: {len(capture.payload)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _one_line(value: str) -> str:
    return re.sub(r"[\r\n]+", " ", value)


def _labelled(digest: bytes) -> str:
    """A digest as WARC writes it: sha256: and base 32, which warcio and pywb check."""
    return "sha256:" + base64.b32encode(digest).decode()


def _truncation(reason: str) -> str:
    return reason if reason in TRUNCATIONS else "unspecified"


def _sync_folder(folder: Path) -> None:
    """A new file's name is durable only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
