"""The examples in docs/search.md and docs/export.md run, and name every flag and field there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from demo_archive import build
from search_rows import new_archive, put

from archive.cli import archive_commands
from archive.commands.read import cite, export, search, show, sql, stats
from archive.config import KEYS, load_config
from archive.exports import FORMATS
from archive.exports.codebook import COLUMNS
from archive.exports.selection import MORE_COLUMNS, TABLE_COLUMNS
from archive.query import FIELDS

DOCS = Path(__file__).parent.parent / "docs"
SEARCH, EXPORT, EXAMPLE = (DOCS / name for name in ("search.md", "export.md", "worked-example.md"))


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIBAO_ARCHIVE", raising=False)
    monkeypatch.delenv("DIBAO_CONFIG", raising=False)
    (tmp_path / "dibao.toml").write_text('[queries]\nflood = "防汛 OR 抗旱"\n', "utf-8")
    (tmp_path / "data").mkdir()
    conn = new_archive(tmp_path / "data" / "archive.db")
    for number in range(1, 4):
        put(
            conn,
            number,
            f"防汛通知{number}",
            "全市防汛抗旱",
            portal="qinghe" if number == 3 else "erqi",
            published=f"2023-0{number}-01",
            first_seen="2023-05-01T00:00:00Z",
        )
    conn.close()
    return tmp_path


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)


def commands() -> list[str]:
    texts = [block for path in (SEARCH, EXPORT) for block in blocks(path, "console")]
    return [line[2:] for text in texts for line in text.splitlines() if line.startswith("$ dibao ")]


@pytest.mark.parametrize("command", commands())
def test_the_commands_run(directory: Path, command: str) -> None:
    import shlex

    arguments = shlex.split(command, comments=True)[1:]
    result = CliRunner().invoke(archive_commands, arguments)
    if "(防汛" in command:
        assert f"dibao: {result.exception}" in SEARCH.read_text("utf-8")
    else:
        assert result.exit_code == 0, result.output + str(result.exception)
        assert result.output


def test_the_python_runs(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pandas")
    names: dict[str, object] = {}
    for block in blocks(EXPORT, "python"):
        exec(compile(block, "docs/export.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "3 {'2023-01': 1, '2023-02': 1, '2023-03': 1}" in printed
    assert "2023-02    1" in printed


def test_the_sql_runs(directory: Path) -> None:
    (statement,) = blocks(SEARCH, "sql")
    assert "2023-02" in CliRunner().invoke(archive_commands, ["sql", statement]).output


def test_every_flag_field_format_and_column_is_named() -> None:
    text = SEARCH.read_text("utf-8") + EXPORT.read_text("utf-8")
    flags = {
        o for c in (search, show, cite, sql, stats, export) for p in c.params for o in p.opts if o.startswith("--")
    }
    assert not {flag for flag in flags if flag not in text}
    assert not {name for field, names in FIELDS.items() for name in (field, *names) if f"{name}:" not in text}
    assert not {name for pair in FORMATS.items() for name in pair if f"`{name}`" not in text}
    assert not {column for column in TABLE_COLUMNS + MORE_COLUMNS if not re.search(rf"\b{column}\b", text)}
    assert set(COLUMNS) == {*TABLE_COLUMNS, *MORE_COLUMNS}


def test_every_key_of_the_configuration_is_explained(directory: Path) -> None:
    text = (DOCS / "configuration.md").read_text("utf-8")
    assert all(f"| `{key}` |" in text for key in KEYS)
    (example,) = blocks(DOCS / "configuration.md", "toml")
    (directory / "example.toml").write_text(example, "utf-8")
    assert load_config(directory / "example.toml").queries == {"flood": "防汛 OR 抗旱 from:2021"}


def test_the_columns_of_the_views_are_those_named() -> None:
    conn, text = new_archive(), SEARCH.read_text("utf-8")
    for view in ("v_articles", "v_revisions"):
        (line,) = (line for line in text.splitlines() if line.startswith(f"| `{view}`"))
        for (column,) in conn.execute("SELECT name FROM pragma_table_info(?)", (view,)):
            assert re.search(rf"\b{column}\b", line), (view, column)


def test_the_worked_example_is_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of docs/worked-example.md prints what stands there, over the demo's articles."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIBAO_ARCHIVE", raising=False)
    monkeypatch.delenv("DIBAO_CONFIG", raising=False)
    build(tmp_path / "data").close()
    (tmp_path / "dibao.toml").write_text(blocks(EXAMPLE, "toml")[0], "utf-8")
    for block in blocks(EXAMPLE, "console"):
        command, _, printed = block.partition("\n")
        assert comparable(printed) == comparable(output_of(command)), command
    (code,) = blocks(EXAMPLE, "python")
    exec(compile(code, str(EXAMPLE), "exec"), {})


def output_of(command: str) -> str:
    import shlex

    result = CliRunner().invoke(archive_commands, shlex.split(command.removeprefix("$ dibao ")), catch_exceptions=False)
    return "".join(line.rstrip() + "\n" for line in (result.stdout + result.stderr).splitlines())


def comparable(text: str) -> str:
    return re.sub(r"\[\d+\]", "[id]", text)


if __name__ == "__main__":  # writes the outputs into the worked example: PYTHONPATH=. python tests/test_search_docs.py
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        text = EXAMPLE.read_text("utf-8")
        os.chdir(folder)
        build(Path("data")).close()
        Path("dibao.toml").write_text(blocks(EXAMPLE, "toml")[0], "utf-8")
        for block in blocks(EXAMPLE, "console"):
            first = block.partition("\n")[0]
            text = text.replace(f"```console\n{block}```", f"```console\n{first}\n{output_of(first)}```")
        EXAMPLE.write_text(text, "utf-8")
