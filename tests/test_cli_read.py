"""The reading commands as a person or a program calls them."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from search_rows import new_archive, put

from archive.cli import COMMANDS, archive_commands
from archive.commands.show import with_gaps
from archive.config import archive_path, load_config
from archive.errors import ArchiveError, ArchiveNotFound, ConfigurationError, SchemaError

EVIL = "\x1b]0;owned\x07\u202e防汛\r通知"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("read") / "archive.db"
    conn = new_archive(path)
    for number in range(1, 31):
        put(
            conn,
            number,
            f"防汛通知{number}",
            "郑州市防汛抗旱",
            source="郑州日报",
            published=f"2023-06-{number:02}",
            breadcrumb=["首页"],
        )
    put(conn, 31, EVIL, EVIL, source=EVIL, url="http://x/\x1b[2J", gone_since="2024-01-01T00:00:00Z")
    conn.execute("INSERT INTO evidence VALUES (1, 'title', 'meta:ArticleTitle', '防汛通知1', '防汛通知1', 1)")
    conn.execute("INSERT INTO aliases VALUES ('http://x/old', 1, 'redirect', '2023')")
    conn.close()
    return path


@pytest.fixture
def directory(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIBAO_CONFIG", raising=False)
    monkeypatch.setenv("DIBAO_ARCHIVE", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    shutil.copy(archive, tmp_path / "data")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(archive_commands, list(arguments))


def test_search_as_json_is_a_list_of_hits(directory: Path) -> None:
    result = run("search", "防汛", "--json", "--limit", "3")
    found = json.loads(result.stdout)
    assert [hit["id"] for hit in found] == [30, 29, 28]
    assert list(found[0])[:7] == ["id", "url", "title", "source", "published", "portal", "snippet"]
    assert json.loads(run("search", "无此词语", "--json").stdout) == []


def test_search_for_people(directory: Path) -> None:
    result = run("search", "防汛", "抗旱", "-n", "2")
    assert "[30] 2023-06-30  防汛通知30" in result.stdout
    assert "30 articles match, the 2 newest shown" in result.stderr
    assert run("search", "防汛", "--count").stdout == "31\n"
    assert "2023-06" in run("search", "防汛", "--histogram").stdout
    assert json.loads(run("search", "郑州", "--histogram", "--json").stdout) == [{"month": "2023-06", "articles": 30}]
    assert with_gaps({None: 2, "2023-11": 1, "2024-02": 3}) == [
        (None, 2), ("2023-11", 1), ("2023-12", 0), ("2024-01", 0), ("2024-02", 3),
    ]  # fmt: skip
    line = run("search", "抗旱", "--kwic", "-n", "1").stdout
    assert line == "[30] 2023-06-30                         防汛通知30 郑州市防汛抗旱\n"
    assert len(json.loads(run("search", "防汛", "--kwic", "--json", "-n", "2").stdout)) == 4
    assert run("search", "抗旱", "--kwic", "-n", "1").stderr == "30 articles match, the 1 newest shown (--limit)\n"
    assert "is looked for in title or text" in run("search", "source:日报", "--kwic").stderr
    assert run("search", "没有", "--histogram").stderr == "0 articles match\n"
    assert "best shown" in run("search", "防汛", "--rank", "-n", "1").stderr


@pytest.mark.parametrize(
    "command",
    [
        "search 通知 -n 50",
        "search 通知 --kwic -n 50",
        "show 31",
        "stats",
        "cite 31",
        "sql SELECT|title,url|FROM|articles",
    ],
)
def test_nothing_a_page_says_controls_the_terminal(directory: Path, command: str) -> None:
    result = run(*(part.replace("|", " ") for part in command.split()))
    assert result.exit_code == 0
    assert "防汛" in result.stdout
    assert not set("\x07\x9b\u202e\r") & set(result.stdout + result.stderr)
    assert "\x1b]" not in result.stdout
    assert "\x1b[2J" not in result.stdout


def test_show_by_id_address_and_alias(directory: Path) -> None:
    assert "郑州市防汛抗旱" in run("show", "1").stdout
    assert "防汛通知1\n" in run("show", "http://x/old").stdout
    shown = json.loads(run("show", "1", "--json").stdout)
    assert shown["breadcrumb"] == ["首页"]
    assert shown["evidence"][0]["rule"] == "meta:ArticleTitle"
    assert "meta:ArticleTitle" in run("show", "1", "--evidence").stdout
    missing = run("show", "999")
    assert missing.exit_code == 2
    assert "no article '999'" in missing.stderr


def test_sql_as_table_csv_and_json(directory: Path) -> None:
    sql = "SELECT id, title, NULL AS none, x'00ff' AS bytes FROM articles WHERE id = 1"
    assert "防汛通知1" in run("sql", sql).stdout
    assert list(csv.reader(io.StringIO(run("sql", sql, "--csv").stdout))) == [
        ["id", "title", "none", "bytes"], ["1", "防汛通知1", "", "00ff"],
    ]  # fmt: skip
    assert json.loads(run("sql", sql, "--json").stdout) == [
        {"id": 1, "title": "防汛通知1", "none": None, "bytes": "00ff"}
    ]
    assert json.loads(run("sql", "SELECT 1 WHERE 0", "--json").stdout) == []


def test_export(directory: Path) -> None:
    result = run("export", "out.csv", "郑州", "--excel")
    assert "30 articles to out.csv (csv)" in result.stderr
    assert result.stdout == ""
    assert (directory / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    result = run("export", "-", "--format", "jsonl", "--ids", "1,2", "--columns", "id,title")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1, 2]
    (directory / "ids.txt").write_text("3\n4\n")
    assert len(run("export", "-", "--format", "jsonl", "--ids", "ids.txt").stdout.splitlines()) == 2
    for arguments, message in (
        (["out.foo"], "no format has the ending"),
        (["out.csv", "--format", "cvs"], "nearest: csv"),
        (["o.jsonl", "--excel"], "form of csv"),
        (["o.csv", "--columns", "titel"], "nearest: title"),
        (["o.csv", "(防汛"], "closing bracket"),
        (["o.csv", "--from", "June"], "wants a date"),
        (["o.csv", "--from", "2026-02", "--to", "2026-01"], "from:2026-02 is after to:2026-01"),
    ):
        error = run("export", *arguments).exception
        assert isinstance(error, ArchiveError), arguments
        assert message in str(error)
        assert error.exit_code == 2
    assert run("export", "o.csv", "--ids", "").exit_code == 2
    assert not (directory / "o.csv").exists()


def test_saved_queries_and_configuration(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIBAO_ARCHIVE")
    Path("dibao.toml").write_text(
        'archive = "data"\ncontact = "a@example.org"\n[queries]\nflood = "抗旱 from:2023-06-29"\n'
    )
    assert run("search", "@flood", "--count").stdout == "2\n"
    assert run("search", "@flood", "to:2023-06-29", "--count").stdout == "1\n"
    assert run("search", "(通知 -@flood) OR 没有", "--count").stdout == "29\n"
    assert run("search", '"@flod"', "a@b", "--count").stdout == "0\n"
    with pytest.raises(ConfigurationError, match="nearest: @flood"):
        CliRunner().invoke(archive_commands, ["search", "防汛", "@flod"], catch_exceptions=False)
    assert load_config().contact == "a@example.org"
    assert archive_path(None) == Path("data")
    assert archive_path(Path("x")) == Path("x")
    Path("dibao.toml").write_text('archive = "~/dibao"')
    assert archive_path(None) == Path.home() / "dibao", "as `log` does"
    for text, message in (
        ('archiv = "x"', "unknown key 'archiv' .nearest: 'archive'"),
        ("archive = 3", "must be a str"),
        ("[queries]\na = 1", "queries.a"),
        ("archive = ", "dibao.toml"),
    ):
        Path("dibao.toml").write_text(text)
        with pytest.raises(ConfigurationError, match=message):
            load_config()
    monkeypatch.setenv("DIBAO_CONFIG", "nowhere.toml")
    with pytest.raises(ConfigurationError, match=r"nowhere.toml: no such file"):
        load_config()


def test_missing_empty_and_foreign_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    missing = run("search", "防汛", "--archive", "nowhere").exception
    assert isinstance(missing, ArchiveNotFound)
    assert "dibao crawl" in str(missing)
    assert not Path("nowhere").exists()
    Path("空 档案?#%").mkdir()
    new_archive("空 档案?#%/archive.db").close()
    for command in (["search", "防汛"], ["stats"], ["export", "-", "--format", "csv"]):
        empty = run(*command, "--archive", "空 档案?#%")
        assert empty.exit_code == 0
        assert "holds no articles yet; `dibao crawl" in empty.stderr
    Path("foreign").mkdir()
    for content in (b"", b"not a database at all, but long enough to be taken for one" * 20):
        Path("foreign/archive.db").write_bytes(content)
        assert isinstance(run("stats", "--archive", "foreign").exception, SchemaError)


def test_every_command_explains_itself() -> None:
    for name in COMMANDS:
        result = run(name, "--help")
        assert result.exit_code == 0
        assert "--archive" in result.stdout


def test_alone_without_scrapy(directory: Path) -> None:
    """`python -m archive` works, loads no crawler, and ends with the error's code and one line."""
    script = "import sys; sys.argv = ['dibao', 'search', '防汛', '--count']\nimport archive.cli\n"
    script += "try: archive.cli.main()\nfinally: assert not {'scrapy', 'crawler'} & set(sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment)
    assert done.stdout == "31\n", done.stderr
    command = [sys.executable, "-m", "archive", "search", "("]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 2
    assert done.stderr.startswith("dibao: query:")
    assert done.stderr.count("\n") == 1


HUGE = "99999999999999999999"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        *(([name, HUGE], "no article") for name in ("show", "cite", "history", "diff", "reprints")),
        (["show", "9" * 5_000], "no article"),
        (["search", "防汛", "-n", HUGE], "not in the range"),
        (["stats", "--top", HUGE], "not in the range"),
        (["export", "o.csv", "--ids", f"1,{HUGE}"], "is no id"),
        (["export", "o.csv", "--ids", ",".join(["x"] * 5_000)], "'x' is no id"),
        (["export", "o.csv", "--ids", "utf16.txt"], "is not UTF-8"),
        (["export", "o.csv", "--columns", ""], "none is named"),
        (["export", "o.csv", "--portal", "erqy"], "no portal 'erqy' in this archive (nearest: erqi)"),
        (["stats", "--portal", "nosuch"], "no portal 'nosuch'"),
        (["impact", "nosuch"], "no portal 'nosuch'"),
        (["search", "防汛", "--histogram", "--rank"], "--histogram and --rank exclude each other"),
        (["search", "防汛", "--kwic", "--count"], "--kwic and --count exclude each other"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(directory: Path, arguments: list[str], message: str) -> None:
    (directory / "utf16.txt").write_text("1\n2\n", "utf-16")
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert not (directory / "o.csv").exists()


def test_ids_in_a_file_of_windows(directory: Path) -> None:
    (directory / "ids.txt").write_bytes("\ufeff1\r\n2\r\n".encode())
    found = run("export", "-", "--format", "csv", "--ids", "ids.txt", "--columns", "id").stdout
    assert found.split() == ["id", "1", "2"]


def test_ids_of_no_article_are_named(directory: Path) -> None:
    result = run("export", "o.csv", "--ids", "1,98," + ",".join(map(str, range(99, 112))))
    assert result.stderr.startswith("1 articles to o.csv (csv)\nnote: no article has the id 98, 99, 100,")
    assert "107 and 4 more\n" in result.stderr


def test_a_long_list_of_ids_is_no_file_name(directory: Path) -> None:
    found = run("export", "-", "--format", "csv", "--ids", ",".join(["1", "2"] * 5_000), "--columns", "id").stdout
    assert found.split() == ["id", "1", "2"]


@pytest.mark.parametrize("word", ["-通知", "NOT 通知", "-title:通知", "-标题:通知", "-(通知 OR 5G)"])
def test_a_word_that_is_not_wanted_needs_no_quotes(directory: Path, word: str) -> None:
    conn = sqlite3.connect(directory / "data" / "archive.db", isolation_level=None)
    put(conn, 40, "抗旱方案", "防汛")
    conn.close()
    assert run("search", "防汛", word, "--count").stdout == "1\n"
    assert run("search", word, "--count").stdout == "1\n"
    assert "1 articles to o.csv" in run("export", "o.csv", "防汛", word).stderr


def test_what_looks_like_no_option_is_a_word(directory: Path) -> None:
    for word in ("-5G", "-GDP", "-covid", "-n1n1"):
        assert run("search", "防汛", word, "-n3", "--count").stdout == "31\n"
    assert "No such option" in run("search", "防汛", "-count").stderr


@pytest.mark.parametrize(
    "address", ["HTTP://WWW.example.gov.cn/1.html", "http://www.example.gov.cn:80/1.html#top", "HTTP://x/old"]
)
def test_an_address_is_found_in_any_spelling(directory: Path, address: str) -> None:
    assert json.loads(run("show", address, "--json").stdout)["id"] == 1


def test_one_revision_has_no_difference(directory: Path) -> None:
    result = run("diff", "1")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "one revision" in result.stderr
    assert run("diff", "1", "1", "1").stdout == "  防汛通知1\n  郑州市防汛抗旱\n"


def test_sql_tells_columns_of_one_name_apart_and_numbers_whole(directory: Path) -> None:
    both = 'SELECT 1 AS id, 2 AS id, 3 AS "id:1", 9e999 AS big, -9e999 AS small, 1234567.891 AS exact'
    assert json.loads(run("sql", both, "--json").stdout) == [
        {"id": 1, "id:2": 2, "id:1": 3, "big": "inf", "small": "-inf", "exact": 1234567.891}
    ]
    assert "1234567.891" in run("sql", both).stdout
    assert "0.3\n" in run("sql", "SELECT 0.1 + 0.2").stdout
