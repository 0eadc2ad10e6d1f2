"""Exports: exact where exact is promised, harmless in Excel, whole or not there, one state, the same as of a date."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_rows import new_archive, put

from archive.connection import connect_readonly
from archive.errors import DiskFull, ExportError
from archive.exports import Selection, export
from archive.exports.excel import MOST, Changes, safe_text
from archive.exports.selection import TABLE_COLUMNS

csv.field_size_limit(1 << 30)


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", "  =1", "\u3000=1",
    "\u200b=1", "\ufeff=1", '=HYPERLINK("http://evil.example","x")', "=cmd|' /C calc'!A0", "%0A-3+3", "=1\n+2", "−1",
]  # fmt: skip


ODD = [
    *FORMULAS,
    'say "你好"',
    "a,b",
    "a\r\nb",
    "line\nline",
    "\ufeffbom",
    "\x1b]0;x\x07",
    "\u202eabc",
    "𠮷" * 20_000,
    "0012345",
    "",
]


def archive_with(path: Path, texts: list[str]) -> sqlite3.Connection:
    path.mkdir(exist_ok=True)
    conn = new_archive(path / "archive.db")
    for number, text in enumerate(texts, 1):
        put(
            conn,
            number,
            text or "无题",
            text,
            source=text,
            published="2023-06-30T09:11+08:00",
            breadcrumb=["首页", "要闻"],
        )
    return conn


def read_csv(path: Path, encoding: str = "utf-8") -> list[list[str]]:
    with open(path, encoding=encoding, newline="") as file:
        return list(csv.reader(file))


def test_csv_is_exact_in_the_order_of_the_contract(tmp_path: Path) -> None:
    conn = archive_with(tmp_path, ODD)
    out = tmp_path / "out.csv"
    report = export(conn, out, Selection(), format="csv")
    rows = read_csv(out)
    assert rows[0] == list(TABLE_COLUMNS)
    assert report.rows == len(rows) - 1 == len(ODD)
    assert [row[rows[0].index("body")] for row in rows[1:]] == ODD
    assert {row[4] for row in rows[1:]} == {"首页 > 要闻"}
    data = out.read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_csv_and_jsonl_come_back_as_they_were(tmp_path: Path, texts: list[str]) -> None:
    conn = new_archive()
    for number, text in enumerate(texts, 1):
        put(conn, number, text, text)
    lines, table = io.BytesIO(), io.BytesIO()
    export(conn, lines, Selection(columns=("id", "body")), format="jsonl")
    export(conn, table, Selection(columns=("id", "body")), format="csv")
    expected = list(enumerate(texts, 1))
    assert [
        (item["id"], item["body"]) for item in map(json.loads, lines.getvalue().decode().split("\n")[:-1])
    ] == expected
    rows = list(csv.reader(io.StringIO(table.getvalue().decode(), newline="")))
    assert [(int(number), body) for number, body in rows[1:]] == expected


@pytest.mark.parametrize("text", FORMULAS)
def test_no_formula_for_excel(text: str) -> None:
    changes = Changes()
    cell = safe_text(text, changes)
    assert cell.startswith("'") or cell.lstrip("\ufeff\u200b \u3000").startswith("%"), repr(cell)
    assert changes.quoted == (not text.startswith("%"))
    assert safe_text(text, Changes(), quote=False) == cell.removeprefix("'")


@given(st.text())
def test_cells_for_excel_are_short_enough_and_harmless(text: str) -> None:
    cell = safe_text(text * 3, Changes())
    assert len(cell.encode("utf-16-le")) // 2 <= MOST
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert "\r" not in cell


@pytest.mark.parametrize("length", [MOST - 1, MOST, MOST + 1, 40_000])
@pytest.mark.parametrize("character", ["一", "𠮷"])
def test_long_cells_are_cut_with_a_mark(character: str, length: int) -> None:
    changes = Changes()
    cell = safe_text(character * length, changes)
    too_long = length * (2 if character == "𠮷" else 1) > MOST
    assert changes.cut == too_long
    assert ("cut" in cell) == too_long
    assert len(cell.encode("utf-16-le")) // 2 <= MOST


def test_excel_form_has_a_bom_and_says_what_it_changed(tmp_path: Path) -> None:
    conn = archive_with(tmp_path, ODD)
    out = tmp_path / "out.csv"
    report = export(conn, out, Selection(columns=("title", "body")), format="csv", excel=True)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = read_csv(out, "utf-8-sig")
    assert len(rows) == len(ODD) + 1
    assert report.changes.quoted == 2 * (len(FORMULAS) - 1)
    assert report.changes.cut == 2
    assert rows[1 + ODD.index("line\nline")][1] == "line\nline"


def test_pandas_and_duckdb_read_the_same(tmp_path: Path) -> None:
    duckdb, pandas = pytest.importorskip("duckdb"), pytest.importorskip("pandas")
    conn = archive_with(tmp_path, [text for text in ODD if "\r" not in text])
    expected = [row[0] for row in conn.execute("SELECT body FROM articles ORDER BY id")]
    export(conn, tmp_path / "o.csv", Selection(), format="csv")
    export(conn, tmp_path / "o.parquet", Selection(), format="parquet")
    frame = pandas.read_csv(tmp_path / "o.csv", keep_default_na=False, lineterminator=None)
    assert list(frame["body"]) == expected
    sql = f"SELECT body, breadcrumb, first_seen FROM '{tmp_path}/o.parquet' ORDER BY id"
    rows = duckdb.sql(sql).fetchall()
    assert [row[0] for row in rows] == expected
    assert rows[0][1] == ["首页", "要闻"]
    assert rows[0][2].year == 2026
    table = duckdb.sql(
        f"SELECT body FROM read_csv('{tmp_path}/o.csv', all_varchar = true, max_line_size = 10000000)"
    ).fetchall()
    assert len(table) == len(expected)


def test_xlsx_holds_text_as_text_and_dates_as_dates(tmp_path: Path) -> None:
    conn = archive_with(tmp_path, ODD)
    report = export(conn, tmp_path / "o.xlsx", Selection(), format="xlsx")
    assert report.rows == len(ODD)
    assert report.changes.quoted == 0
    with zipfile.ZipFile(tmp_path / "o.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "frozen" in sheet
    assert "=1+1" in sheet
    assert "<v>45107.38263888889</v>" in sheet, "2023-06-30 09:11"


@pytest.mark.office
def test_libreoffice_sees_no_formula(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    conn = archive_with(tmp_path, ODD)
    export(conn, tmp_path / "o.csv", Selection(), format="csv", excel=True)
    export(conn, tmp_path / "x.xlsx", Selection(), format="xlsx")
    headless = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    to_xml = ["--convert-to", "fods:OpenDocument Spreadsheet Flat XML", "--outdir", str(tmp_path)]
    utf8 = "--infilter=CSV:44,34,76"  # headless, it asks the locale and not the BOM
    for name, arguments in (("o.csv", [utf8]), ("x.xlsx", [])):
        command = [*headless, *arguments, *to_xml, str(tmp_path / name)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        sheet = (tmp_path / name).with_suffix(".fods").read_text("utf-8")
        assert "table:formula" not in sheet
        assert "首页 &gt; 要闻" in sheet
        assert "你好" in sheet
        assert sheet.count("http://www.example.gov.cn/") == len(ODD)


def test_data_package_is_valid_and_explains_itself(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    conn = archive_with(tmp_path, ["防汛", "防汛 抗旱", "无关"])
    put(conn, 9, "", "没有标题的防汛文章")
    out = tmp_path / "o.zip"
    export(conn, out, Selection(query="防汛", as_of="2026-11-25", folded=False), format="datapackage")
    with zipfile.ZipFile(out) as package:
        package.extractall(tmp_path / "package")
        names = package.namelist()
    folder = tmp_path / "package"
    assert set(names) == {
        "data.csv", "datapackage.json", "codebook.md", "query.json", "CITATION.cff", "README.md", "checksums.sha256",
    }  # fmt: skip
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    for line in (folder / "checksums.sha256").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    descriptor = json.loads((folder / "datapackage.json").read_text())
    resource = descriptor["resources"][0]
    assert resource["bytes"] == (folder / "data.csv").stat().st_size
    assert [f["name"] for f in resource["schema"]["fields"]] == list(TABLE_COLUMNS)
    assert json.loads((folder / "query.json").read_text()) == {"query": "防汛", "as of": "2026-11-25", "exact": True}
    assert "标题" in (folder / "codebook.md").read_text()


def test_selections(tmp_path: Path) -> None:
    conn = archive_with(tmp_path, [])
    for number in range(1, 7):
        put(
            conn, number, f"防汛{number}", "全市", portal="erqi" if number % 2 else "gov_cn",
            section="要闻" if number < 4 else "通知", published=f"2023-0{number}-15",
        )  # fmt: skip
    cases: list[tuple[Selection, list[int]]] = [
        (Selection(), [1, 2, 3, 4, 5, 6]),
        (Selection(query="防汛3"), [3]),
        (Selection(portals=("erqi",)), [1, 3, 5]),
        (Selection(portals=("erqi", "gov_cn")), [1, 2, 3, 4, 5, 6]),
        (Selection(sections=("要闻",), portals=("erqi",)), [1, 3]),
        (Selection(since="2023-03", until="2023-04-15"), [3, 4]),
        (Selection(ids=(5, 2, 99)), [2, 5]),
        (Selection(ids=(5, 2), query="防汛", portals=("erqi",)), [5]),
        (Selection(query="防汛 -防汛3", until="2023-03"), [1, 2]),
    ]
    for selection, expected in cases:
        for as_of in (None, "2026-11-30"):
            out = io.BytesIO()
            asked = Selection(
                **{n: getattr(selection, n) for n in selection.__slots__} | {"as_of": as_of, "columns": ("id",)}
            )
            export(conn, out, asked, format="csv")
            assert out.getvalue().decode().split()[1:] == list(map(str, expected)), asked


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
def test_a_column_named_twice_stands_once(name: str) -> None:
    conn = new_archive()
    put(conn, 1, "甲")
    once, twice = io.BytesIO(), io.BytesIO()
    export(conn, once, Selection(columns=("title", "id")), format=name)
    export(conn, twice, Selection(columns=("title", "id", "title")), format=name)
    assert twice.getvalue() == once.getvalue()


def test_without_text_and_unknown_columns(tmp_path: Path) -> None:
    conn = archive_with(tmp_path, ["秘密正文"])
    out = io.BytesIO()
    export(conn, out, Selection(without_text=True, columns=("url", "body", "content_digest")), format="csv")
    assert out.getvalue().decode().splitlines()[0] == "url,content_digest"
    with pytest.raises(ExportError, match=r"nearest: title.*body_html, capture_id"):
        export(conn, io.BytesIO(), Selection(columns=("titel",)), format="csv")
    with pytest.raises(ExportError, match="no column is left"):
        export(conn, io.BytesIO(), Selection(columns=("body",), without_text=True), format="csv")


def test_a_failed_export_leaves_nothing(tmp_path: Path) -> None:
    conn = archive_with(tmp_path, ["一"] * 50)
    out = tmp_path / "out.csv"
    out.write_text("an earlier export")
    with pytest.raises(RuntimeError, match="half way"):
        export(conn, out, Selection(), format="csv", watch=lambda rows, total: _breaking(rows))
    assert out.read_text() == "an earlier export"
    assert not list(tmp_path.glob("*.part"))
    with pytest.raises(ExportError, match="can't be written"):
        export(conn, tmp_path / "missing" / "out.csv", Selection(), format="csv")


def _breaking(rows: object) -> object:
    for number, row in enumerate(rows):  # type: ignore[arg-type, var-annotated]
        if number == 20:
            raise RuntimeError("half way")
        yield row


def test_disk_full_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    archive_with(tmp_path, ["长" * 20_000] * 20).close()
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from archive.connection import connect_readonly; from archive.exports import Selection, export\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "export(connect_readonly(Path(sys.argv[1])), Path(sys.argv[2]), Selection(), format='csv')\n"
    )
    out = tmp_path / "out.csv"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(out)], capture_output=True, text=True, check=False
    )
    assert DiskFull.__name__ in done.stderr, done.stderr
    assert not out.exists()
    assert not list(tmp_path.glob("*.part"))


def test_a_killed_export_has_no_final_name(tmp_path: Path) -> None:
    archive_with(tmp_path, ["一"] * 50).close()
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from archive.connection import connect_readonly; from archive.exports import Selection, export\n"
        "def dying(rows, total):\n"
        "    for number, row in enumerate(rows):\n"
        "        if number == 20: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        yield row\n"
        "export(connect_readonly(Path(sys.argv[1])), Path(sys.argv[2]), Selection(), format='csv', watch=dying)\n"
    )
    out = tmp_path / "out.csv"
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path), str(out)], capture_output=True, check=False)
    assert done.returncode < 0
    assert not out.exists()


def test_one_state_while_a_crawl_writes(tmp_path: Path) -> None:
    writer = archive_with(tmp_path, ["防汛"] * 30)
    writer.execute("PRAGMA journal_mode = WAL")
    reader = connect_readonly(tmp_path)

    def crawling(rows: object, total: int | None) -> object:
        for number, row in enumerate(rows):  # type: ignore[arg-type, var-annotated]
            put(writer, 100 + number, "新", "防汛")
            writer.execute("UPDATE articles SET title = '改了' WHERE id = 30")
            yield row
        assert total == number + 1

    out = tmp_path / "o.csv"
    report = export(reader, out, Selection(query="防汛"), format="csv", watch=crawling)  # type: ignore[arg-type]
    rows = read_csv(out)[1:]
    assert report.rows == len(rows) == 30
    assert rows[-1][5] == "防汛"
    assert os.path.getsize(out) > 0
