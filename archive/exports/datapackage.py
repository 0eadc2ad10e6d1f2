"""One zip that explains itself: data.csv, datapackage.json (Data Package v2), codebook, checksums, citation, README.

Nothing in it tells when it was written unless the export is of the present: as of a date, the bytes are the same for
ever. Entries carry the date the zip format begins with.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

from archive.exports import as_of
from archive.exports.codebook import COLUMNS, codebook
from archive.exports.delimited import write_csv
from archive.exports.files import Hashed
from archive.exports.selection import Row, Selection

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE_PROFILE = "https://datapackage.org/profiles/2.0/dataresource.json"
RIGHTS = (
    "The texts belong to the portals that published them; this package hands on no rights in them. "
    "文本的权利属于原发布机构，本数据包不转授任何权利。"
)


def write_datapackage(
    file: BinaryIO, columns: Sequence[str], rows: Iterable[Row], conn: sqlite3.Connection, selection: Selection
) -> int:
    state = as_of.instant(selection.as_of) if selection.as_of else datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        with package.open(_entry("data.csv"), "w", force_zip64=True) as entry:
            hashed = Hashed(entry)
            count = write_csv(hashed, columns, rows)  # type: ignore[arg-type]
        texts = {
            "codebook.md": codebook(tuple(columns)),
            "query.json": json.dumps(selection.described(), ensure_ascii=False, indent=2) + "\n",
            "CITATION.cff": _citation(selection, state, count),
            "README.md": _readme(selection, state, count),
            "datapackage.json": _descriptor(columns, selection, state, count, hashed),
        }
        sums = {"data.csv": hashed.digest.hexdigest()}
        for name, text in texts.items():
            package.writestr(_entry(name), text.encode())
            sums[name] = hashlib.sha256(text.encode()).hexdigest()
        package.writestr(_entry("checksums.sha256"), "".join(f"{digest}  {name}\n" for name, digest in sums.items()))
    return count


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _title(selection: Selection) -> str:
    asked = "; ".join(f"{name}: {value}" for name, value in selection.described().items() if name != "as of")
    return f"Government news articles 政府新闻文章 ({asked or 'the whole archive 全部'})"


def _descriptor(columns: Sequence[str], selection: Selection, state: str, count: int, data: Hashed) -> str:
    fields = [
        {"name": name, "type": COLUMNS[name].type, "description": f"{COLUMNS[name].english} {COLUMNS[name].chinese}"}
        | ({"format": "default"} if COLUMNS[name].type == "datetime" else {})
        | ({"constraints": {"required": True}} if COLUMNS[name].required else {})
        for name in columns
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if "id" in columns:
        schema["primaryKey"] = ["id"]
    descriptor = {
        "$schema": PROFILE,
        "name": "dibao-export",
        "title": _title(selection),
        "description": f"{count} articles, state of {state}. {RIGHTS}",
        "created": state,
        "resources": [
            {
                "$schema": RESOURCE_PROFILE,
                "name": "data",
                "type": "table",
                "path": "data.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": data.length,
                "hash": f"sha256:{data.digest.hexdigest()}",
                "dialect": {"lineTerminator": "\r\n", "doubleQuote": True},
                "schema": schema,
            }
        ],
    }
    return json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"


def _citation(selection: Selection, state: str, count: int) -> str:
    """Citation File Format 1.2.0; texts as JSON strings, which YAML reads."""
    lines = {
        "cff-version": "1.2.0",
        "message": "Please cite this data set with its state. 引用时请注明数据状态时间。",
        "type": "dataset",
        "title": _title(selection),
        "abstract": f"{count} articles, state of {state}.",
        "date-released": state[:10],
        "version": state,
    }
    body = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in lines.items())
    return body + 'authors:\n  - name: "Dibao archive"\n'


def _readme(selection: Selection, state: str, count: int) -> str:
    asked = "".join(f"* {name}: {value}\n" for name, value in selection.described().items()) or "* everything 全部\n"
    return (
        f"# {_title(selection)}\n\n{count} articles, state of {state} (UTC; later changes are not in it).\n"
        f"共 {count} 篇，截至 {state}（UTC）。\n\n## What was asked for · 检索条件\n\n{asked}\n"
        "## Files · 文件\n\n"
        "* `data.csv`: one article a row, UTF-8, RFC 4180 · 每行一篇\n"
        "* `codebook.md`: what the columns mean · 各列含义\n"
        "* `datapackage.json`: the same for programs (Data Package v2) · 机器可读的描述\n"
        "* `query.json`: what was asked for · 检索条件\n"
        "* `CITATION.cff`: how to cite · 引用方式\n"
        "* `checksums.sha256`: `sha256sum -c checksums.sha256` verifies the files · 校验\n\n"
        f"## Rights · 权利\n\n{RIGHTS}\n"
    )
