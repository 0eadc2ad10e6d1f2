"""`dibao sql`: reads, searches, and does nothing else, in bounded time and memory."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from search_rows import new_archive, put

from archive.errors import QueryError
from archive.sql import run_sql


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sql")
    conn = new_archive(path / "archive.db")
    for number, (title, published) in enumerate((("防汛抗旱", "2023-06-30T09:11+08:00"), ("國務院", None)), 1):
        put(
            conn, number, title, f"{title}正文", published=published, breadcrumb=["首页", "要闻"],
            site={"SiteName": "二七区政府"}, document={"发文字号": "郑政〔2023〕5号"},
        )  # fmt: skip
    conn.close()
    return path


def rows(directory: Path, sql: str, seconds: float = 5) -> list[tuple[object, ...]]:
    with run_sql(directory, sql, seconds=seconds) as result:
        return [tuple(row) for row in result.rows]


def test_views_for_people(directory: Path) -> None:
    sql = "SELECT breadcrumb, day, month, time, portal_name, document_number, characters FROM v_articles WHERE id = 1"
    assert rows(directory, sql) == [
        ("首页 > 要闻", "2023-06-30", "2023-06", "09:11", "二七区政府", "郑政〔2023〕5号", 6)
    ]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT id FROM articles WHERE contains(title, '国务院')", [(2,)]),
        ("SELECT fold('國務院ＡＢ'), fold(NULL)", [("国务院ab", None)]),
        ("SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(search_ids('防汛 from:2023')))", [(1,)]),
        (
            "SELECT article_id FROM search JOIN search_docs ON doc = search.rowid WHERE search MATCH grams('务院')",
            [(2,)],
        ),
        ("SELECT name FROM pragma_table_info('v_reprints') LIMIT 1", [("original_id",)]),
        ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT sum(i) FROM n", [(6,)]),
    ],
)
def test_reading(directory: Path, sql: str, expected: list[tuple[object, ...]]) -> None:
    assert rows(directory, sql) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM articles", "UPDATE articles SET title = ''", "INSERT INTO articles(id) VALUES (9)",
        "DROP TABLE articles", "CREATE TABLE t(a)", "CREATE TEMP TABLE t(a)", "ATTACH 'other.db' AS o",
        "VACUUM INTO 'copy.db'", "VACUUM", "REINDEX", "PRAGMA query_only = OFF", "PRAGMA journal_mode = DELETE",
        "PRAGMA hard_heap_limit = 0", "PRAGMA temp_store = 2", "PRAGMA writable_schema = ON", "BEGIN", "SAVEPOINT s",
        "ANALYZE", "SELECT load_extension('x')", "DETACH main", "SELECT 1; DELETE FROM articles",
        "INSERT INTO search(search) VALUES ('optimize')", "", "-- nothing", "SELEC 1", "SELECT * FROM missing",
        "SELECT search_ids('(')", "SELECT id FROM search WHERE search MATCH 'a\"'",
        "REPLACE INTO articles(id) VALUES (1)", "ALTER TABLE articles ADD COLUMN x", "EXPLAIN DELETE FROM articles",
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_changes_nothing(
    directory: Path, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(directory)
    before = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in directory.iterdir()}
    with pytest.raises(QueryError) as error:
        rows(directory, sql)
    assert "\n" not in str(error.value)
    assert {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in directory.iterdir()} == before


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0",
        "SELECT hex(randomblob(300000000))",
        "SELECT hex(hex(hex(hex(zeroblob(10000000)))))",
        "WITH n(x) AS (SELECT randomblob(15000000)) SELECT length(a.x || b.x) FROM n a, n b",
        "SELECT group_concat(hex(zeroblob(200000))) FROM pragma_table_info('articles') a, json_each('[1,2]') b",
        "SELECT 'a' LIKE '" + "%a" * 400 + "'",
        "SELECT " + "(" * 500 + "1" + ")" * 500,
        "SELECT count(*) FROM " + ", ".join(f"v_articles a{n}" for n in range(40)),
    ],
)
def test_heavy_questions_end(directory: Path, sql: str) -> None:
    start = time.monotonic()
    with pytest.raises(QueryError):
        rows(directory, sql, seconds=0.5)
    assert time.monotonic() - start < 10


def test_the_limits_end_with_the_question(directory: Path) -> None:
    with pytest.raises(QueryError, match="16 MB"):
        rows(directory, "SELECT zeroblob(17000000)")
    assert rows(directory, "SELECT count(*) FROM articles") == [(2,)]


def test_a_query_inside_says_what_is_wrong_with_it(directory: Path) -> None:
    with pytest.raises(QueryError, match="a closing bracket is missing, at character 4"):
        rows(directory, "SELECT search_ids('(防汛')")
    with pytest.raises(QueryError, match="no field"):
        rows(directory, "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(search_ids('titel:x')))")


def test_no_pattern_takes_longer_than_the_limit(directory: Path) -> None:
    """SQLite cannot stop a function of ours: each call must be short, whatever it is given."""
    start = time.monotonic()
    long = "SELECT contains(title, printf('%.*c', 1000000, 'a')), contains(NULL, 'a'), contains(title, NULL)"
    assert rows(directory, f"{long} FROM articles LIMIT 1", seconds=1) == [(0, 0, 0)]
    alike = "contains(printf('%.*c', 4000000, 'a'), printf('%.*c', 2000, 'a') || 'b')"
    assert rows(directory, f"SELECT {alike}", seconds=1) == [(0,)]
    assert rows(directory, "SELECT contains('x' || printf('%.*c', 100, 'Ａ'), printf('%.*c', 100, 'a'))") == [(1,)]
    assert time.monotonic() - start < 5
