"""Bytes of a page to text. Declarations lie, strict decoding does not: docs/extraction.md, "Encoding".

BOM; else the whole body is strict UTF-8 with at least ten non-ASCII characters -> UTF-8, whatever is declared;
else the declared codec, if it decodes strictly; else gb18030, if strict; else the declared one with replacement.
Big5 and GBK bytes each decode as the other: there the commonest characters of Chinese decide.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ENOUGH = 10  # non-ASCII characters after which strict UTF-8 is no accident: none in 200,000 random GBK texts
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# What is declared -> what it means. Text marked gb2312 holds rare characters of GB18030 (names); a page that declares
# utf-16 in a meta tag cannot be UTF-16, or the tag could not have been read (WHATWG).
SYNONYMS = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "hz": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "utf8": "utf-8", "unicode": "utf-8",
    "utf-16": "utf-8", "utf-16le": "utf-8", "utf-16be": "utf-8", "utf-7": "utf-8", "utf-32": "utf-8",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
}  # fmt: skip
SINGLE_BYTE = re.compile(r"^(?:cp125\d|iso-?8859|latin|windows-125|koi8|macroman)", re.IGNORECASE)
IN_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
IN_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
PUNCTUATION = re.compile("[\u2010-\u2027\u2030-\u203a]")
BESIDE_ASCII = re.compile("[\xa0\u2010-\u2027\u2030-\u203a]")
HEAD = 8192  # bytes in which a meta charset is looked for
COMMON = re.compile(
    "[，。、：；的一是在不了有和人这這中大为為上个個国國以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也能下过過子说說产產种種面而方后後多定行学學法所民得经經"
    "十三之进進等部度家电電力里如水化高自二理起小物现現实實加量都两兩体體制机機当當使点點从從业業本去把性好应應开開它合还還因由其些然前外天政四日那社义義事平形相全表间間样樣与與关關各重新线線内內"
    "数數正心反你明看原又么麼利比或但质質气氣第向道命此变變条條只没沒结結解问問意建月公无無系系统統管级級通知县縣市区區省府务務委会會乡鄉村镇鎮单單位办辦]"
)
MOJIBAKE = ("锟斤拷", "鐨勪", "ï»¿", "烫烫烫", "屯屯屯")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as text, and how it was read."""

    text: str
    encoding: str
    declared: str | None = None  # as the page or the server printed it
    replaced: int = 0  # characters that could not be decoded
    nul_dropped: int = 0
    flags: tuple[str, ...] = ()  # encoding_override, encoding_suspect, mojibake_source


def decode_page(
    page: bytes | str,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
    *,
    encoding: str | None = None,
) -> Decoded:
    """The text of a page. `encoding` is what a portal definition forces. Never raises."""
    if isinstance(page, str):
        return _cleaned(page, "text", None, 0, ())
    for bom, codec in BOMS:
        if page.startswith(bom):
            return _finished(page[len(bom) :], codec, None, ())
    declared = encoding or _declared(page, headers)
    wanted = codec_of(declared)
    strict = _strict(page, "utf-8")
    if strict is not None and (wanted in (None, "utf-8") or _is_utf8(strict)):
        flags = ("encoding_override",) if wanted not in (None, "utf-8") else ()
        return _cleaned(strict, "utf-8", declared, 0, flags)
    if _looks_utf16(page):
        return _finished(page, "utf-16-le" if page[1:2] == b"\x00" else "utf-16-be", declared, ("encoding_override",))
    readable = _readable(page, wanted)
    if readable:
        codec, text = readable
        return _cleaned(text, codec, declared, 0, () if codec == wanted else ("encoding_override",))
    return _finished(page, _best(page, wanted), declared, ("encoding_suspect",))


def _readable(page: bytes, wanted: str | None) -> tuple[str, str] | None:
    """(codec, text): the declared codec, else gb18030, by strict decoding; another where only that one makes sense.

    Big5 bytes are valid gb18030 too, and the other way round: a text without the commonest characters is none.
    """
    found: list[tuple[str, str]] = []
    for codec in dict.fromkeys((wanted, "gb18030", "big5hkscs")):
        # single-byte codecs decode anything: an Apache default of ISO-8859-1 says nothing about a Chinese page
        if codec is None or (SINGLE_BYTE.match(codec) and _many_high(page)):
            continue
        text = _strict(page, codec)
        if text is not None:
            found.append((codec, text))
    if not found or SINGLE_BYTE.match(found[0][0]) or _non_ascii(found[0][1]) < ENOUGH:
        return found[0] if found and found[0][0] in (wanted, "gb18030") else None
    first = _commonness(found[0][1])
    best = max(found, key=lambda pair: _commonness(pair[1]))
    if _commonness(best[1]) > 2 * first + 0.1:
        return best
    return found[0] if found[0][0] in (wanted, "gb18030") else None


def _commonness(text: str) -> float:
    """Share of the commonest Chinese characters among the non-ASCII ones: about .35 in prose, 0 in mojibake."""
    others = _non_ascii(sample := text[:200_000])
    return len(COMMON.findall(sample)) / others if others else 0.0


def _declared(page: bytes, headers: Mapping[str, str] | Iterable[tuple[str, str]] | None) -> str | None:
    """The charset of the Content-Type header, else of the page itself."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    for name, value in pairs:
        if name.lower() == "content-type":
            found = IN_HEADER.search(value)
            if found and not SINGLE_BYTE.match(codec_of(found[1]) or ""):
                return found[1]
    in_page = IN_META.search(page[:HEAD]) or IN_XML.match(page[:HEAD].lstrip())
    return in_page[1].decode("ascii", "replace") if in_page else None


def codec_of(name: str | None) -> str | None:
    """The codec that is meant by the name of an encoding, None where there is none."""
    if not name:
        return None
    lowered = name.strip().lower()
    codec = SYNONYMS.get(lowered, lowered)
    try:
        return codec if codecs.lookup(codec)._is_text_encoding else None
    except LookupError:
        return None


def _strict(page: bytes, codec: str) -> str | None:
    try:
        return page.decode(codec)
    except (UnicodeDecodeError, UnicodeError):
        return None


def _non_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _is_utf8(strict: str) -> bool:
    """Whether decoding as UTF-8 is no accident: by number, or because it gives nothing but dashes and quotes."""
    others = _non_ascii(strict)
    return others >= ENOUGH or (PUNCTUATION.search(strict) is not None and others == len(BESIDE_ASCII.findall(strict)))


def _many_high(page: bytes) -> bool:
    """Whether bytes beyond ASCII come in pairs, as in GBK and Big5, rather than one by one, as accents do."""
    return len(re.findall(rb"[\x81-\xfe][\x40-\xfe]", page)) > 20 and len(re.findall(rb"[\x81-\xfe]{2}", page)) > 10


def _looks_utf16(page: bytes) -> bool:
    """Markup is ASCII: in UTF-16 every second byte of it is NUL, on one side only."""
    head = page[:400]
    even, odd = head[::2].count(0), head[1::2].count(0)
    return len(head) > 20 and max(even, odd) > len(head) // 30 and min(even, odd) * 10 <= max(even, odd)


def _best(page: bytes, wanted: str | None) -> str:
    """The declared codec, else the one that has to replace less."""
    return wanted or min(("utf-8", "gb18030"), key=lambda codec: page.decode(codec, "replace").count("\ufffd"))


def _finished(page: bytes, codec: str, declared: str | None, flags: tuple[str, ...]) -> Decoded:
    text = page.decode(codec, "replace")
    replaced = text.count("\ufffd")
    if replaced and "encoding_suspect" not in flags:
        flags = (*flags, "encoding_suspect")
    return _cleaned(text, codec, declared, replaced, flags)


def _cleaned(text: str, codec: str, declared: str | None, replaced: int, flags: tuple[str, ...]) -> Decoded:
    """NUL dropped, lone surrogates replaced, tell-tales of an earlier wrong decoding flagged."""
    nuls = text.count("\x00")
    if nuls:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        clean = text.encode("utf-8", "replace").decode()
        replaced += sum(a != b for a, b in zip(text, clean, strict=True))
        text = clean
    if any(sign[1] in text and sign in text for sign in MOJIBAKE):  # one character is found ten times as fast
        flags = (*flags, "mojibake_source")
    return Decoded(text, codec, declared, replaced, nuls, flags)
