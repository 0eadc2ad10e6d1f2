"""References to one article: GB/T 7714-2015 (electronic form), BibTeX, CSL-JSON.

Each names the date of access (the day the cited text was read from the page) and the capture in the archive that holds
those bytes, by SHA-256: what was cited can be shown when the page is gone. Days are those of China.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from archive.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Reference:
    id: int
    title: str
    url: str
    portal: str  # name of the portal where the page gives one, else its id
    creator: str | None  # author, else source
    published: str | None  # ISO date
    accessed: str  # ISO date, China time
    captured: str | None  # UTC
    digest: str | None  # SHA-256 of the archived bytes
    gone_since: str | None  # ISO date, China time


def reference(conn: sqlite3.Connection, article_id: int) -> Reference:
    row = conn.execute(
        "SELECT a.id, a.title, a.url, coalesce(nullif(json_extract(a.site, '$.SiteName'), ''), a.portal),"
        " coalesce(nullif(a.author, ''), nullif(a.source, '')), substr(a.published, 1, 10),"
        " date(coalesce(c.fetched, a.last_seen), '+8 hours'), c.fetched, c.digest, date(a.gone_since, '+8 hours')"
        " FROM articles a LEFT JOIN captures c ON c.id = a.capture_id WHERE a.id = ?",
        (article_id,),
    ).fetchone()
    if row is None:
        raise ArchiveError(f"no article {article_id} in this archive; `dibao search` prints ids")
    number, title, url, portal, creator, *rest = row
    return Reference(number, _line(title), _line(url), portal, creator and _line(creator), *rest)


def gbt7714(ref: Reference) -> str:
    """作者. 题名[EB/OL]. 网站, (日期)[引用日期]. 地址. 存档说明"""
    creator = f"{_ended(ref.creator)} " if ref.creator else ""
    published = f"({ref.published})" if ref.published else ""
    archived = f" 存档: {ref.captured}, SHA-256 {ref.digest}." if ref.digest else ""
    gone = f" 原页面自{ref.gone_since}起不可访问." if ref.gone_since else ""
    return f"{creator}{ref.title}[EB/OL]. {ref.portal}, {published}[{ref.accessed}]. {ref.url}.{archived}{gone}"


def bibtex(ref: Reference) -> str:
    fields = {
        "title": f"{{{_tex(ref.title)}}}",
        "author": f"{{{_tex(ref.creator)}}}" if ref.creator else None,
        "organization": _tex(ref.portal),
        "date": ref.published,
        "year": ref.published and ref.published[:4],
        "url": ref.url.replace("{", "%7B").replace("}", "%7D"),
        "urldate": ref.accessed,
        "language": "chinese",
        "note": _archived_note(ref),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return "@online{dibao" + str(ref.id) + ",\n" + ",\n".join(lines) + "\n}"


def csl_json(ref: Reference) -> str:
    item = {
        "id": f"dibao{ref.id}",
        "type": "webpage",
        "title": ref.title,
        "container-title": ref.portal,
        "author": [{"literal": ref.creator}] if ref.creator else None,
        "issued": _date_parts(ref.published),
        "accessed": _date_parts(ref.accessed),
        "URL": ref.url,
        "note": _archived_note(ref),
        "language": "zh-CN",
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2)


STYLES: dict[str, Callable[[Reference], str]] = {"gbt7714": gbt7714, "bibtex": bibtex, "csl-json": csl_json}


def _line(text: str) -> str:
    return " ".join(text.split())


def _archived_note(ref: Reference) -> str | None:
    gone = f"; page gone since {ref.gone_since}" if ref.gone_since else ""
    return f"archived {ref.captured}, SHA-256 {ref.digest}{gone}" if ref.digest else gone[2:] or None


def _date_parts(day: str | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[int(part) for part in day.split("-")]]} if day else None


def _ended(name: str) -> str:
    return name if name.endswith(".") else f"{name}."


def _tex(text: str) -> str:
    """Characters that mean something to TeX, escaped."""
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return re.sub(r"[\\~^&%$#_{}]", lambda m: special.get(m[0], "\\" + m[0]), text)
