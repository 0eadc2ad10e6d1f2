"""Records of an unpacked WARC stream: framing, digests, the HTTP answer in them.

A record whose digest disagrees, or that is cut short, is damage, never a page; reading goes on at the next record that
begins like one.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from crawler.compression import decompress
from crawler.refusal import Refusal

MOST = 16 << 20  # bytes of one payload, as in a crawl
HEAD = 1 << 16  # bytes of HTTP head and of WARC header that are looked at
CHUNK = 1 << 20
KINDS = ("response", "resource", "revisit")
OTHER_KINDS = ("warcinfo", "request", "metadata", "conversion", "continuation")
VERSION = re.compile(rb"WARC/\d\.\d+\s*$")
HASHES = {"sha1": "sha1", "sha-1": "sha1", "sha256": "sha256", "sha-256": "sha256", "sha512": "sha512", "md5": "md5"}


@dataclass(frozen=True, slots=True)
class WebRecord:
    """One response, resource or revisit record of an http or https address."""

    offset: int  # in the file
    kind: str  # response, resource, revisit
    url: str
    date: str  # as printed
    number: str  # WARC-Record-ID
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes  # without transfer and content encoding; of a revisit empty
    truncated: str | None  # WARC-Truncated, or that less came than the headers said
    digest: str | None  # WARC-Payload-Digest as printed
    refers_to: tuple[str, str] | None  # of a revisit: (address, date)
    proved: bool  # a digest in the record agrees

    def header(self, name: str) -> str:
        """The first value of an HTTP header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class Damage:
    """What could not be read: where in the file, and why."""

    offset: int
    reason: str


class _Broken(Exception):
    """The record here can't be read; the next one begins somewhere behind its first byte."""


def web_records(file: IO[bytes], packed_at: int | None = None) -> Iterator[WebRecord | Damage]:
    """The records of use in a stream. `packed_at`: where the member it was unpacked from stands in its file."""
    at: int | None = file.seek(0)
    while at is not None:
        line = _first_line(file)
        if not line:
            return
        at = file.tell() - len(line)
        place = at if packed_at is None else packed_at
        try:
            fields = _header(line, file)
            following = file.tell() + _length(fields)
            found = _record(fields, file, place)
            if found is not None:
                yield found
            at = file.seek(following)
        except _Broken as error:
            yield Damage(place, str(error))
            at = _next_record(file, at + 1)


def _first_line(file: IO[bytes]) -> bytes:
    """The next line that is not empty; nothing at the end of the stream."""
    line = b"\n"
    while line in (b"\r\n", b"\n"):
        line = file.readline(HEAD)
    return line


def _header(line: bytes, file: IO[bytes]) -> dict[str, str]:
    """The named fields of the WARC header that begins with `line`, names in lower case."""
    if not VERSION.match(line):
        raise _Broken(f"no record begins here ({line[:20]!r})")
    fields: dict[str, str] = {}
    name = ""
    while (line := file.readline(HEAD)) not in (b"\r\n", b"\n"):
        if not line.endswith(b"\n"):
            raise _Broken("cut short in its header")
        text = line.decode("utf-8", "replace").strip()
        if line[:1] in b" \t" and name:
            fields[name] += f" {text}"
            continue
        name, _, value = text.partition(":")
        name = name.strip().lower()
        fields.setdefault(name, value.strip())
    return fields


def _length(fields: Mapping[str, str]) -> int:
    printed = fields.get("content-length", "")
    if not (printed.isascii() and printed.isdecimal()):
        raise _Broken(f"no readable Content-Length ({printed!r})")
    return int(printed)


def _next_record(file: IO[bytes], offset: int) -> int | None:
    """Where the next record may begin, the file standing there; None where none does."""
    file.seek(offset)
    tail = b""
    while chunk := file.read(CHUNK):
        found = re.search(rb"\nWARC/\d\.", tail + chunk)
        if found:
            return file.seek(offset - len(tail) + found.start() + 1)
        offset += len(chunk)
        tail = (tail + chunk)[-16:]
    return None


def _record(fields: Mapping[str, str], file: IO[bytes], place: int) -> WebRecord | Damage | None:
    """What is of use in the record whose block begins here; None for other protocols and kinds."""
    url, kind, length = fields.get("warc-target-uri", "").strip("<>"), fields.get("warc-type", ""), _length(fields)
    if kind not in (*KINDS, *OTHER_KINDS):
        raise _Broken(f"no known WARC-Type ({kind!r})")
    if kind not in KINDS or not url.lower().startswith(("http://", "https://")):
        if not _reaches(file, length):
            raise _Broken("cut short")
        return None
    if length > MOST + HEAD:
        return Damage(place, f"{url}: larger than {MOST >> 20} MiB, left out")
    raw = file.read(length)
    if len(raw) < length:
        raise _Broken(f"{url}: cut short")
    proved = _agrees(fields.get("warc-block-digest"), raw)
    if proved is False:
        raise _Broken(f"{url}: damaged, its digest says otherwise")
    try:
        return _web_record(fields, kind, url, raw, place, proved)
    except Refusal as error:
        return Damage(place, f"{url}: {error.reason}")


def _web_record(
    fields: Mapping[str, str], kind: str, url: str, raw: bytes, place: int, proved: bool | None
) -> WebRecord:
    truncated = fields.get("warc-truncated")
    printed = fields.get("warc-payload-digest")
    if kind == "resource":
        status, body = 200, raw
        headers: tuple[tuple[str, str], ...] = (("Content-Type", fields.get("content-type", "")),)
    elif kind == "revisit" and not raw:
        status, headers, body = 200, (), raw
    else:
        status, headers, body = _http(raw, url)
    payload, cut = _decoded(headers, body) if kind == "response" else (body if kind == "resource" else b"", False)
    if proved is None and kind != "revisit" and not truncated:
        proved = _agrees(printed, body) or _agrees(printed, payload)
        if proved is False and not _encoded(headers):  # of encoded bodies tools take the digest in several forms
            raise _Broken(f"{url}: damaged, its digest says otherwise")
    if kind == "response" and (cut or _short(headers, body)):
        truncated = truncated or "disconnect"
    refers = (fields.get("warc-refers-to-target-uri", url).strip("<>"), fields.get("warc-refers-to-date", ""))
    return WebRecord(
        place, kind, url, fields.get("warc-date", ""), fields.get("warc-record-id", "").strip("<>"), status, headers,
        payload, truncated, printed, refers if kind == "revisit" else None, bool(proved),
    )  # fmt: skip


def _reaches(file: IO[bytes], length: int) -> bool:
    """Whether so many bytes follow; the file stands behind them."""
    if length == 0:
        return True
    file.seek(length - 1, 1)
    return bool(file.read(1))


def _agrees(printed: str | None, data: bytes) -> bool | None:
    """Whether a digest as WARC prints it is that of the data; None where there is none that we can compute."""
    name, _, value = (printed or "").strip().partition(":")
    algorithm = HASHES.get(name.lower())
    if algorithm is None or not value:
        return None
    digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    return value.strip("=").upper() in (base64.b32encode(digest).decode().strip("="), digest.hex().upper())


def _http(raw: bytes, url: str) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """(status, headers, body as it stands) of an HTTP answer."""
    end = min((at + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (at := raw.find(mark)) >= 0), default=len(raw))
    first, *lines = raw[:end].decode("latin-1").splitlines() or [""]
    words = first.split(None, 2)
    if len(words) < 2 or not words[0].upper().startswith("HTTP/") or not words[1].isdecimal():
        raise _Broken(f"{url}: no HTTP answer in its record")
    pairs = (line.partition(":") for line in lines if ":" in line)
    return int(words[1]), tuple((name.strip(), value.strip()) for name, _, value in pairs), raw[end:]


def _named(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {name.lower(): value.lower() for name, value in headers}


def _encoded(headers: tuple[tuple[str, str], ...]) -> bool:
    return bool(_named(headers).keys() & {"transfer-encoding", "content-encoding"})


def _short(headers: tuple[tuple[str, str], ...], body: bytes) -> bool:
    """Whether less came than the server said. With an encoding the length is that of a form that may be gone."""
    length = _named(headers).get("content-length", "")
    return not _encoded(headers) and length.isascii() and length.isdecimal() and len(body) < int(length)


def _decoded(headers: tuple[tuple[str, str], ...], body: bytes) -> tuple[bytes, bool]:
    """Without chunks and compression, and whether it was cut; as it stands where it is neither after all.

    Some tools take the encodings off and keep the headers of the wire. Raises Refusal for more than MOST bytes.
    """
    named, cut = _named(headers), False
    if "chunked" in named.get("transfer-encoding", ""):
        body, cut = _unchunked(body)
    if coding := named.get("content-encoding", "") if body else "":
        body, torn = decompress(body, coding, limit=MOST)
        cut = cut or torn
    if len(body) > MOST:
        raise Refusal("failed_too_big", f"larger than {MOST >> 20} MiB, left out")
    return body, cut


def _unchunked(body: bytes) -> tuple[bytes, bool]:
    """The chunks put together, and whether the last one is missing; the body itself where it is not in chunks."""
    out: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at)
        size = body[at : max(end, at)].split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size):
            return (b"".join(out), True) if out else (body, False)
        length = int(size, 16)
        if length == 0:
            return b"".join(out), False
        out.append(body[end + 2 : end + 2 + length])
        at = end + 2 + length + 2
