"""Anyone's WARC and WACZ files, record by record, through damage: what can be read is read, what cannot is named.

A gzip file has a member a record, or one for the whole file; after a damaged member reading goes on at the next one.
A WACZ is a zip with WARC files under archive/.
"""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fastwarc.warc import ArchiveIterator, WarcRecordType

from crawler.compression import decompress
from crawler.errors import CrawlError
from crawler.refusal import Refusal

GZIP = b"\x1f\x8b\x08"
CHUNK = 1 << 20
IN_MEMORY = 32 << 20  # a member larger than that is unpacked to disk
MOST = 16 << 20  # bytes of one payload, as in a crawl
KINDS = WarcRecordType.response | WarcRecordType.revisit | WarcRecordType.resource


class NotAWarc(CrawlError):
    """A file that is neither WARC nor WACZ."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class WebRecord:
    """One response, resource or revisit record of an http or https address."""

    kind: str  # response, resource, revisit
    url: str
    date: str  # as printed
    number: str  # WARC-Record-ID
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes  # without transfer and content encoding; of a revisit empty
    digest: str | None  # WARC-Payload-Digest as printed
    refers_to: tuple[str, str] | None  # of a revisit: (address, date)


@dataclass(frozen=True, slots=True)
class Damage:
    """What could not be read: where in the file, and why."""

    offset: int
    reason: str


def records(path: Path) -> Iterator[WebRecord | Damage]:
    """Every record of the file that is of use, in order. Raises NotAWarc."""
    with path.open("rb") as file:
        head = file.read(4)
        if head == b"PK\x03\x04":
            yield from _wacz(path)
            return
        file.seek(0)
        yield from _warc(file, path)


def _wacz(path: Path) -> Iterator[WebRecord | Damage]:
    try:
        with zipfile.ZipFile(path) as package:
            names = [n for n in package.namelist() if n.startswith("archive/") and n.endswith((".warc", ".warc.gz"))]
            if not names:
                raise NotAWarc(f"{path}: a zip without WARC files under archive/: no WACZ")
            for name in names:
                with package.open(name) as file:
                    yield from _warc(file, path)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        yield Damage(0, f"zip: {error}")


def _warc(file: IO[bytes], path: Path) -> Iterator[WebRecord | Damage]:
    head = file.read(5)
    file.seek(0)
    if head[:3] == GZIP:
        yield from _members(file)
    elif head == b"WARC/" or head[:4] == b"\x28\xb5\x2f\xfd":  # plain, or Zstandard
        yield from _plain(file, 0)
    else:
        raise NotAWarc(f"{path}: neither WARC nor WACZ (it begins with {head!r})")


def _members(file: IO[bytes]) -> Iterator[WebRecord | Damage]:
    """The records of a gzip file, member by member; of a damaged member nothing is believed."""
    offset, size = 0, file.seek(0, 2)
    while offset < size:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as member:
            end, damage = _unpack(file, offset, member)
            if damage is None:
                member.seek(0)
                yield from _plain(member, offset)
            else:
                yield Damage(offset, damage)
                end = _next_member(file, offset + 1)
        offset = end


def _unpack(file: IO[bytes], offset: int, out: IO[bytes]) -> tuple[int, str | None]:
    """Unpack one member; where it ends, and what is wrong with it."""
    file.seek(offset)
    stream = zlib.decompressobj(31)
    at = offset
    try:
        while not stream.eof:
            chunk = file.read(CHUNK)
            if not chunk:
                return at, "cut short"
            out.write(stream.decompress(chunk))
            at += len(chunk)
    except zlib.error as error:
        return at, str(error)
    return at - len(stream.unused_data), None


def _next_member(file: IO[bytes], offset: int) -> int:
    """Where the next gzip member may begin; the end of the file where none does."""
    file.seek(offset)
    tail = b""
    while chunk := file.read(CHUNK):
        place = (tail + chunk).find(GZIP)
        if place >= 0:
            return offset - len(tail) + place
        offset += len(chunk)
        tail = (tail + chunk)[-2:]
    return offset


def _plain(file: IO[bytes], offset: int) -> Iterator[WebRecord | Damage]:
    """The records of an unpacked stream that stands at `offset` of the file."""
    try:
        for record in ArchiveIterator(file, record_types=KINDS, parse_http=False):
            read = _record(record, offset)
            if read is not None:
                yield read
    except (OSError, ValueError, EOFError) as error:
        yield Damage(offset, f"{error}")


def _record(record: object, offset: int) -> WebRecord | Damage | None:
    """What is of use in a record; None for other protocols and kinds."""
    fields = {name.lower(): value for name, value in record.headers}  # type: ignore[attr-defined]
    url = fields.get("warc-target-uri", "").strip("<>")
    if not url.lower().startswith(("http://", "https://")):
        return None
    kind = fields.get("warc-type", "")
    raw = record.reader.read(MOST + 65536)  # type: ignore[attr-defined]
    if kind == "resource":
        status, headers, payload = 200, (("Content-Type", fields.get("content-type", "")),), raw
    else:
        parted = _http(raw)
        if parted is None:
            return Damage(offset, f"{url}: no HTTP answer in its record")
        status, headers, payload = parted
        try:
            payload = _decoded(headers, payload) if kind == "response" else b""
        except Refusal as error:
            return Damage(offset, f"{url}: {error.reason}")
    if len(payload) > MOST:
        return Damage(offset, f"{url}: larger than {MOST >> 20} MiB, left out")
    refers = (fields.get("warc-refers-to-target-uri", url).strip("<>"), fields.get("warc-refers-to-date", ""))
    return WebRecord(
        kind, url, fields.get("warc-date", ""), fields.get("warc-record-id", "").strip("<>"), status, headers, payload,
        fields.get("warc-payload-digest"), refers if kind == "revisit" else None,
    )  # fmt: skip


def _http(raw: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes] | None:
    """(status, headers, body as it stands) of an HTTP answer."""
    end = min((at + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (at := raw.find(mark)) >= 0), default=len(raw))
    first, *lines = raw[:end].decode("latin-1").splitlines() or [""]
    words = first.split(None, 2)
    if len(words) < 2 or not words[0].upper().startswith("HTTP/") or not words[1].isdecimal():
        return None
    pairs = (line.partition(":") for line in lines if ":" in line)
    return int(words[1]), tuple((name.strip(), value.strip()) for name, _, value in pairs), raw[end:]


def _decoded(headers: tuple[tuple[str, str], ...], body: bytes) -> bytes:
    """Without chunks and compression; as it stands where it is neither (some tools keep the headers of the wire)."""
    named = {name.lower(): value.lower() for name, value in headers}
    if "chunked" in named.get("transfer-encoding", ""):
        body = _unchunked(body) or body
    coding = named.get("content-encoding", "")
    return decompress(body, coding, limit=MOST)[0] if coding and body else body


def _unchunked(body: bytes) -> bytes | None:
    """None where it is not in chunks after all."""
    out, at = [], 0
    while True:
        end = body.find(b"\r\n", at)
        size = body[at:end].split(b";")[0].strip()
        try:
            length = int(size, 16)
        except ValueError:
            return None
        if end < 0 or length == 0:
            return b"".join(out) if out else None
        out.append(body[end + 2 : end + 2 + length])
        at = end + 2 + length + 2
