"""Content-Encoding: bounded decompression, and the middleware that applies it.

Scrapy's own middleware accepts half a gzip as a whole page. Here the end of the stream is looked for, the output is
bounded chunk by chunk, and nothing is decoded that says it is compressed but is not.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Self

import brotli

from crawler.refusal import Refusal

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
CHUNK = 65_536  # bytes of output at a time: what a bomb can add before it is seen
MAX_LAYERS = 4  # encodings stacked on one body
ZSTD_WINDOW_LOG = 23  # 8 MiB, the window RFC 9659 allows in HTTP; a frame may ask for gigabytes
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

Stream = Iterator[bytes]  # chunks of output; _Cut where the stream has no end


class _Cut(Exception):
    """The stream ended, or broke, before its end mark."""


def decompress(body: bytes, content_encoding: str, *, limit: int) -> tuple[bytes, bool]:
    """Return the body without its content encodings, and whether it was cut short.

    `content_encoding` is the header's value, the outermost encoding last. A body that is not compressed although the
    header says so comes back as it is. Raises Refusal("failed_too_big") past `limit` bytes of output.
    """
    layers = [name for name in (part.strip().lower() for part in content_encoding.split(",")) if name in DECODERS]
    if len(layers) > MAX_LAYERS:
        raise Refusal("failed_too_big", f"{len(layers)} content encodings stacked on one body (at most {MAX_LAYERS})")
    truncated = False
    for name in reversed(layers):
        body, cut = _decode(DECODERS[name], body, name, limit)
        truncated = truncated or cut
    return body, truncated


def _decode(decoder: Callable[[bytes], Stream], body: bytes, name: str, limit: int) -> tuple[bytes, bool]:
    out = bytearray()
    try:
        for chunk in decoder(body):
            out += chunk
            if len(out) > limit:
                raise Refusal("failed_too_big", f"body over {limit} bytes after decompression ({name})")
    except _Cut:
        return bytes(out), True
    return bytes(out), False


def _gzip(data: bytes) -> Stream:
    """Members one after the other, as RFC 1952 allows; rubbish behind a whole member is left alone."""
    if not data.startswith(GZIP_MAGIC[: len(data)]):
        yield data
        return
    data = yield from _inflated(zlib.decompressobj(wbits=31), data)
    while data.startswith(GZIP_MAGIC):
        data = yield from _inflated(zlib.decompressobj(wbits=31), data)


def _deflate(data: bytes) -> Stream:
    """zlib as the standard has it, or the raw stream some servers send; neither: not compressed."""
    for wbits in (15, -15):
        try:
            zlib.decompressobj(wbits).decompress(data, CHUNK)
        except zlib.error:
            continue
        yield from _inflated(zlib.decompressobj(wbits), data)
        return
    yield data


def _inflated(inflater: zlib._Decompress, data: bytes) -> Generator[bytes, None, bytes]:
    """Yield the output of one zlib stream and return the bytes behind it."""
    while not inflater.eof:
        try:
            chunk = inflater.decompress(data, CHUNK)
        except zlib.error as error:
            raise _Cut from error
        data = inflater.unconsumed_tail
        if not chunk and not data and not inflater.eof:
            raise _Cut
        yield chunk
    return inflater.unused_data


def _brotli(data: bytes) -> Stream:
    """One stream; it has no magic number, so what breaks in its first chunk was not brotli."""
    decoder = brotli.Decompressor()
    try:
        chunk = decoder.process(data, output_buffer_limit=CHUNK)
    except brotli.error:
        yield data
        return
    while chunk or not decoder.is_finished():
        if not chunk:
            raise _Cut
        yield chunk
        try:
            chunk = b"" if decoder.is_finished() else decoder.process(b"", output_buffer_limit=CHUNK)
        except brotli.error as error:
            raise _Cut from error


def _zstd(data: bytes) -> Stream:
    """Frames one after the other; a frame that asks for more memory than the standard allows counts as cut."""
    if not data.startswith(ZSTD_MAGIC[: len(data)]):
        yield data
        return
    data = yield from _unframed(data)
    while data.startswith(ZSTD_MAGIC):
        data = yield from _unframed(data)


def _unframed(data: bytes) -> Generator[bytes, None, bytes]:
    """Yield the output of one zstd frame and return the bytes behind it."""
    frame = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})
    while not frame.eof:
        try:
            chunk = frame.decompress(data, CHUNK)
        except zstd.ZstdError as error:
            raise _Cut from error
        data = b""
        if not chunk and frame.needs_input and not frame.eof:
            raise _Cut
        yield chunk
    return frame.unused_data


DECODERS: dict[str, Callable[[bytes], Stream]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}


class CompressionMiddleware:
    """Asks for compressed bodies and hands them on decoded. The headers stay as received; a cut body is flagged."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        request.headers.setdefault(b"Accept-Encoding", ACCEPT_ENCODING)

    def process_response(self, request: Request, response: Response) -> Response:
        encoding = b",".join(response.headers.getlist(b"Content-Encoding")).decode("latin-1")
        if not encoding or not response.body:
            return response
        limit = request.meta.get("download_maxsize", self.limit)
        body, truncated = decompress(response.body, encoding, limit=limit)
        flags = [*response.flags, "truncated"] if truncated else response.flags
        return response.replace(body=body, flags=flags)
