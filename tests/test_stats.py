"""Counts, and what the terminal is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_rows import new_archive, put

from archive.stats import stats
from archive.terminal import bars, clean, cut, table, width


def test_stats() -> None:
    conn = new_archive()
    put(conn, 1, "甲", "正文", portal="erqi", section="要闻", source="郑州日报", published="2023-06-30T09:11+08:00",
        published_precision="minute", breadcrumb=["首页"])  # fmt: skip
    put(conn, 2, "乙", "", portal="erqi", section="通知", published="2023-07-01", published_precision="day", revision=2)
    put(conn, 3, "丙", "文", portal="gov_cn", source="", gone_since="2024-01-01T00:00:00Z")
    conn.execute("INSERT INTO reprints VALUES (2, 1, 1.0, 'exact')")
    found = stats(conn)
    assert (found.articles, found.characters, found.gone, found.revised, found.reprints) == (3, 3, 1, 1, 1)
    assert list(found.portals.items()) == [("erqi", 2), ("gov_cn", 1)]
    assert found.sections == {"erqi / 要闻": 1, "erqi / 通知": 1}
    assert found.sources == {"郑州日报": 1}
    assert list(found.months.items()) == [("", 1), ("2023-06", 1), ("2023-07", 1)]
    assert found.coverage["source"] == 0.3333
    assert found.coverage["title"] == 1
    assert found.coverage["published to the minute"] == 0.3333
    assert (found.oldest, found.newest) == ("2023-06-30T09:11+08:00", "2023-07-01")
    one = stats(conn, "gov_cn")
    assert (one.articles, one.reprints, one.sources) == (1, 0, {})
    assert stats(conn, top=1).portals == {"erqi": 2}


def test_captures_are_those_of_the_portal() -> None:
    conn = new_archive()
    put(conn, 1, "甲", portal="erqi", url="http://e/1.html")
    put(conn, 2, "乙", portal="gov_cn", url="http://g/1.html")
    conn.execute("INSERT INTO aliases VALUES ('http://e/old.html', 1, 'redirect', '2023')")
    conn.execute(
        "INSERT INTO frontier (key, url, portal, kind, state, discovered_run, run_id)"
        " VALUES ('http://e/', 'http://e/', 'erqi', 'list', 'done', 1, 1)"
    )
    for url in ("http://e/", "http://e/1.html", "http://e/1.html", "http://e/old.html", "http://g/1.html"):
        conn.execute(
            "INSERT INTO captures (url, fetched, status, headers, digest, warc, offset, length)"
            " VALUES (?, '2023', 200, '[]', '', '', 0, 0)",
            (url,),
        )
    assert [stats(conn, portal).captures for portal in (None, "erqi", "gov_cn")] == [5, 4, 1]


def test_stats_of_an_empty_archive() -> None:
    found = stats(new_archive())
    assert found.articles == found.gone == found.characters == 0
    assert set(found.coverage.values()) == {0.0}


@given(st.text())
def test_clean_text_cannot_move_the_cursor(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert not any(c in cleaned for c in "\x1b\r\n\t\x9b\u202e\u2066\u200f\x00")
    cleaned.encode()


@pytest.mark.parametrize(
    ("text", "columns", "expected"), [("二七区", 6, "二七区"), ("二七区", 5, "二七…"), ("abc", 2, "a…")]
)
def test_cut(text: str, columns: int, expected: str) -> None:
    assert cut(text, columns) == expected


@given(st.text(), st.integers(2, 30))
def test_cut_fits(text: str, columns: int) -> None:
    assert width(cut(text, columns)) <= columns


def test_table_lines_up_in_columns_of_the_terminal() -> None:
    lines = table(("name", "n"), [("二七区", 1), ("ab\x1b[2J", 1000), (None, 20)]).splitlines()
    assert lines[2] == "二七区     1"
    assert lines[3] == "ab\ufffd[2J  1000"
    assert lines[4].endswith("  20")


def test_bars() -> None:
    lines = bars([("一", 8), ("ab", 4), ("c", 0)], columns=4).splitlines()
    assert lines == ["一  8  ████", "ab  4  ██", "c   0"]
    assert bars([]) == ""
