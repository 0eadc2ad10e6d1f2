"""References carry what is needed to show the text again, and stay well formed whatever a title says."""

from __future__ import annotations

import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_rows import new_archive, put

from archive.cite import bibtex, csl_json, gbt7714, reference
from archive.errors import ArchiveError


@pytest.fixture
def conn() -> sqlite3.Connection:
    conn = new_archive()
    conn.execute(
        "INSERT INTO captures (id, url, fetched, status, headers, digest, warc, offset, length)"
        " VALUES (3, 'http://x/', '2026-11-23T17:00:00Z', 200, '[]', 'ab12', 'a.warc.gz', 0, 9)"
    )
    put(
        conn, 1, "二七区召开防汛会议", "全文", url="http://www.erqi.gov.cn/1.html", source="郑州日报", capture_id=3,
        published="2023-06-30T09:11+08:00", site={"SiteName": "二七区人民政府"},
    )  # fmt: skip
    return conn


def test_gbt7714(conn: sqlite3.Connection) -> None:
    assert gbt7714(reference(conn, 1)) == (
        "郑州日报. 二七区召开防汛会议[EB/OL]. 二七区人民政府, (2023-06-30)[2026-11-24]. http://www.erqi.gov.cn/1.html."
        " 存档: 2026-11-23T17:00:00Z, SHA-256 ab12."
    )  # the day of access is the Chinese one


def test_author_goes_before_source_and_what_is_missing_is_left_out(conn: sqlite3.Connection) -> None:
    put(conn, 2, "题", "", url="http://x/2", author="王五", source="郑州日报", gone_since="2024-01-02T00:00:00Z")
    put(conn, 3, "题", "", url="http://x/3", portal="x")
    assert gbt7714(reference(conn, 2)).startswith("王五. 题[EB/OL].")
    assert "2024-01-02起不可访问" in gbt7714(reference(conn, 2))
    assert gbt7714(reference(conn, 3)) == "题[EB/OL]. x, [2026-11-24]. http://x/3."
    assert "author" not in bibtex(reference(conn, 3))
    assert "issued" not in json.loads(csl_json(reference(conn, 3)))[0]


def test_a_page_that_went_the_night_it_was_read_was_not_gone_the_day_before(conn: sqlite3.Connection) -> None:
    conn.execute("UPDATE articles SET gone_since = '2026-11-23T20:00:00Z'")  # the morning after, in China
    assert "[2026-11-24]" in gbt7714(reference(conn, 1))
    assert "原页面自2026-11-24起不可访问" in gbt7714(reference(conn, 1))
    assert "page gone since 2026-11-24" in bibtex(reference(conn, 1))


def test_csl_json(conn: sqlite3.Connection) -> None:
    (item,) = json.loads(csl_json(reference(conn, 1)))
    assert item["type"] == "webpage"
    assert item["issued"] == {"date-parts": [[2023, 6, 30]]}
    assert item["accessed"] == {"date-parts": [[2026, 11, 24]]}
    assert item["author"] == [{"literal": "郑州日报"}]
    assert "ab12" in item["note"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_bibtex_braces_balance_whatever_the_title(title: str) -> None:
    conn = new_archive()
    put(conn, 1, title, "")
    text = bibtex(reference(conn, 1)).replace("\\{", "").replace("\\}", "")
    assert text.count("{") == text.count("}")
    assert text.count("\n") == bibtex(reference(conn, 1)).count("\n")
    json.loads(csl_json(reference(conn, 1)))


def test_no_such_article(conn: sqlite3.Connection) -> None:
    with pytest.raises(ArchiveError, match="no article 99"):
        reference(conn, 99)
