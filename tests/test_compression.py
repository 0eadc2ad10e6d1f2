"""Content encodings: whole, cut at every byte, false, stacked, and bombs. The middleware: test_hostile_network.py."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.compression import CHUNK, DECODERS, ZSTD_WINDOW_LOG, decompress, zstd
from crawler.refusal import Refusal

LIMIT = 1 << 20
TEXT = ("二七区人民政府办公室关于印发防汛应急预案的通知" * 40).encode()


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
]
each_packer = pytest.mark.parametrize(("name", "pack"), PACKERS, ids=lambda value: getattr(value, "__name__", value))


@each_packer
@given(data=st.binary(max_size=4000))
def test_round_trip(name: str, pack: Callable[[bytes], bytes], data: bytes) -> None:
    assert decompress(pack(data), name, limit=LIMIT) == (data, False)


@each_packer
def test_more_than_one_chunk(name: str, pack: Callable[[bytes], bytes]) -> None:
    data = bytes(range(256)) * (3 * CHUNK // 256) + b"end"
    assert decompress(pack(data), name, limit=LIMIT) == (data, False)


@each_packer
def test_every_cut_is_seen(name: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(TEXT)
    for cut in range(1, len(packed)):
        data, truncated = decompress(packed[:cut], name, limit=LIMIT)
        assert truncated, f"cut after {cut} of {len(packed)} bytes taken for a whole body"
        assert TEXT.startswith(data)


@each_packer
@given(rubbish=st.binary(min_size=1, max_size=300))
def test_rubbish_never_raises(name: str, pack: Callable[[bytes], bytes], rubbish: bytes) -> None:
    decompress(rubbish, name, limit=LIMIT)
    decompress(pack(TEXT)[:40] + rubbish, name, limit=LIMIT)


@pytest.mark.parametrize("name", sorted(DECODERS))
def test_a_page_that_is_not_compressed_although_it_says_so(name: str) -> None:
    page = b"<!DOCTYPE html><html><body>" + TEXT + b"</body></html>"
    assert decompress(page, name, limit=LIMIT) == (page, False)


@pytest.mark.parametrize("name", ["", "identity", "none", "utf-8", "aws-chunked", "GB2312"])
def test_names_that_are_no_encoding_change_nothing(name: str) -> None:
    assert decompress(TEXT, name, limit=LIMIT) == (TEXT, False)


def test_stacked_the_outermost_last() -> None:
    assert decompress(brotli.compress(gzip.compress(TEXT)), " GZIP , br", limit=LIMIT) == (TEXT, False)


def test_a_cut_inside_a_stack_is_seen() -> None:
    assert decompress(brotli.compress(gzip.compress(TEXT)[:60]), "gzip, br", limit=LIMIT)[1]


def test_members_in_a_row_and_rubbish_behind() -> None:
    assert decompress(gzip.compress(b"one") + gzip.compress(b"two"), "gzip", limit=LIMIT) == (b"onetwo", False)
    assert decompress(zstd.compress(b"one") + zstd.compress(b"two"), "zstd", limit=LIMIT) == (b"onetwo", False)
    assert decompress(gzip.compress(TEXT) + b"\0\0\0<!-- cached -->", "gzip", limit=LIMIT) == (TEXT, False)


def test_a_broken_checksum_is_no_whole_body() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-8] ^= 0xFF
    assert decompress(bytes(packed), "gzip", limit=LIMIT)[1]


@each_packer
def test_a_bomb_is_refused_at_the_limit(name: str, pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Refusal, match="after decompression") as caught:
        decompress(pack(bytes(8 * LIMIT)), name, limit=LIMIT)
    assert caught.value.state == "failed_too_big"


def test_the_limit_itself_is_allowed() -> None:
    assert decompress(gzip.compress(bytes(LIMIT)), "gzip", limit=LIMIT) == (bytes(LIMIT), False)


def test_a_bomb_of_layers_is_refused() -> None:
    with pytest.raises(Refusal, match="stacked"):
        decompress(TEXT, ", ".join(["gzip"] * 5), limit=LIMIT)


def test_a_zstd_window_beyond_the_standard_is_not_allocated() -> None:
    for window_log, whole in ((ZSTD_WINDOW_LOG, True), (ZSTD_WINDOW_LOG + 3, False)):
        stream = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window_log})
        packed = stream.compress(TEXT) + stream.flush()
        assert decompress(packed, "zstd", limit=LIMIT) == ((TEXT, False) if whole else (b"", True))
