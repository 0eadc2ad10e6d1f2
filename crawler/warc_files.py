"""Anyone's WARC and WACZ files, through damage: what can be read is read, what cannot is named.

A gzip or Zstandard file has a member a record, or one for the whole file; after a damaged gzip member reading goes on
at the next one. A WACZ is a zip with WARC files under archive/, or with further WACZ files (a collection).
"""

from __future__ import annotations

import re
import shutil
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from crawler.errors import CrawlError
from crawler.warc_records import CHUNK, Damage, WebRecord, web_records

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZIP, PLAIN = b"PK\x03\x04", b"WARC/"
GZIP = b"\x1f\x8b\x08"
# The header of a gzip member as tools write it: flags, time, level, system. Three bytes alone stand in any packed file
MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f].{4}[\x00\x02\x04][\x00-\x0d\xff]", re.DOTALL)
ZSTD = (b"\x28\xb5\x2f\xfd", *(bytes([low]) + b"\x2a\x4d\x18" for low in range(0x50, 0x60)))  # a frame, a dictionary
MEMBER_CHUNK = 1 << 15  # bytes: most members are a page, and what is read beyond one is read again
IN_MEMORY = 32 << 20  # a member larger than that is unpacked to disk
# What zipfile raises of a damaged, an encrypted, or a strangely packed file
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
NO_WACZ = "a zip without WARC files under archive/: no WACZ"
WARC_ENDINGS = (".warc", ".warc.gz", ".warc.zst")


class NotAWarc(CrawlError):
    """A file that is neither WARC nor WACZ."""

    exit_code = 2


def records(path: Path) -> Iterator[WebRecord | Damage]:
    """Every record of the file that is of use, in order, and what is damaged; whatever the file is."""
    with path.open("rb") as file:
        if file.read(4) == ZIP:
            yield from _wacz(file, 0)
        else:
            yield from _warc(file, 0, file.seek(0, 2))


def refuse_others(path: Path) -> None:
    """Raise NotAWarc for a file that is no WARC and no WACZ; an empty or damaged one may pass: it is named later."""
    with path.open("rb") as file:
        head = file.read(5)
        if head[:4] == ZIP:
            try:
                names = zipfile.ZipFile(file).namelist()
            except ZIP_ERRORS:
                return
            if not any(_holds_records(name, 0) for name in names):
                raise NotAWarc(f"{path}: {NO_WACZ}")
        elif head and not (head == PLAIN or head[:3] == GZIP or head[:4] in ZSTD):
            raise NotAWarc(f"{path}: neither WARC nor WACZ (it begins with {head!r})")


def _warc(file: IO[bytes], start: int, end: int) -> Iterator[WebRecord | Damage]:
    """The records between two places of a file."""
    file.seek(start)
    head = file.read(5)
    if head[:3] == GZIP:
        yield from _members(file, start, end)
    elif head == PLAIN and (start, end) == (0, file.seek(0, 2)):
        yield from web_records(file)
    elif head == PLAIN or head[:4] in ZSTD:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as plain:
            damage = _unfold(file, start, end, plain, zstandard=head != PLAIN)
            yield from _through(plain, start, damage)
    else:
        yield Damage(start, f"no WARC begins here ({head!r})" if head else "empty")


def _unfold(file: IO[bytes], start: int, end: int, out: IO[bytes], *, zstandard: bool) -> str | None:
    """Copy, or unpack, a part of a file; what is wrong with it."""
    file.seek(start)
    frame = zstd.ZstdDecompressor()
    try:
        while chunk := file.read(min(CHUNK, end - file.tell())):
            if not zstandard:
                out.write(chunk)
            while zstandard and chunk:
                if frame.eof:
                    frame = zstd.ZstdDecompressor()
                out.write(frame.decompress(chunk))
                chunk = frame.unused_data if frame.eof else b""
    except zstd.ZstdError as error:
        return f"{error}"
    return "cut short" if zstandard and not frame.eof else None


def _members(file: IO[bytes], start: int, end: int) -> Iterator[WebRecord | Damage]:
    """The records of a gzip file, member by member."""
    offset = start
    while offset < end:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as member:
            following, damage = _unpack(file, offset, end, member)
            yield from _through(member, offset, damage)
        offset = following if damage is None else _next_member(file, offset + 1, end)


def _through(plain: IO[bytes], packed_at: int, damage: str | None) -> Iterator[WebRecord | Damage]:
    """The records of what was unpacked; where that is damaged, those that a digest of their own proves."""
    for found in web_records(plain, packed_at):
        if damage is None or (isinstance(found, WebRecord) and found.proved):
            yield found
    if damage is not None:
        yield Damage(packed_at, damage)


def _unpack(file: IO[bytes], offset: int, end: int, out: IO[bytes]) -> tuple[int, str | None]:
    """Unpack one member; where it ends, and what is wrong with it."""
    stream = zlib.decompressobj(31)
    at = file.seek(offset)
    try:
        while not stream.eof:
            chunk = file.read(min(MEMBER_CHUNK, end - at))
            if not chunk:
                return at, "cut short"
            out.write(stream.decompress(chunk))
            at += len(chunk)
    except zlib.error as error:
        return at, str(error)
    return at - len(stream.unused_data), None


def _next_member(file: IO[bytes], offset: int, end: int) -> int:
    """Where the next gzip member may begin; the end where none does."""
    file.seek(offset)
    tail = b""
    while chunk := file.read(min(CHUNK, end - offset)):
        found = MEMBER.search(tail + chunk)
        if found:
            return offset - len(tail) + found.start()
        offset += len(chunk)
        tail = (tail + chunk)[-9:]
    return end


# --- WACZ ------------------------------------------------------------------------------------------------------------


def _wacz(file: IO[bytes], depth: int) -> Iterator[WebRecord | Damage]:
    try:
        package = zipfile.ZipFile(file)
    except ZIP_ERRORS as error:
        yield Damage(0, f"zip: {error}")
        return
    with package:
        entries = [one for one in package.infolist() if _holds_records(one.filename, depth)]
        if not entries:
            yield Damage(0, NO_WACZ)
        for entry in entries:
            yield from _entry(package, entry, file, depth)


def _holds_records(name: str, depth: int) -> bool:
    inside = name.startswith("archive/") and name.endswith(WARC_ENDINGS)
    return inside or (depth == 0 and name.endswith(".wacz"))


def _entry(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, file: IO[bytes], depth: int
) -> Iterator[WebRecord | Damage]:
    """One file of a WACZ: read in its place where it is stored as it is, else unpacked first."""
    nested = entry.filename.endswith(".wacz")
    if entry.compress_type == zipfile.ZIP_STORED and not nested:
        start = _data_of(file, entry)
        if start is None:
            yield Damage(entry.header_offset, f"{entry.filename}: not where the zip says")
            return
        yield from _warc(file, start, start + entry.file_size)
        return
    with tempfile.TemporaryFile() as copy:
        try:
            with package.open(entry) as packed:
                shutil.copyfileobj(packed, copy, CHUNK)
        except ZIP_ERRORS as error:
            yield Damage(entry.header_offset, f"{entry.filename}: {error}")
        if nested:
            yield from _wacz(copy, depth + 1)
        elif copy.tell():
            yield from _warc(copy, 0, copy.seek(0, 2))


def _data_of(file: IO[bytes], entry: zipfile.ZipInfo) -> int | None:
    """Where the bytes of a stored entry begin: behind its local header; None where there is none."""
    if entry.header_offset < 0:
        return None
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        return None
    name, extra = struct.unpack("<26xHH", header)
    return int(entry.header_offset + 30 + name + extra)
