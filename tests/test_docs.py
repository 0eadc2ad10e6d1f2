"""Docs are checked, not trusted: every command, field, setting, portal and exit code stands in them."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from archive.config import KEYS
from archive.migrations import create
from archive.records import Article
from crawler.cli import COMMANDS
from crawler.definitions import portal_ids
from crawler.summary import EXIT_ORDER, STOPPED
from tools.make_docs import platforms_page, with_table

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def test_cli_page_is_what_the_commands_say() -> None:
    code = "import sys; from tools.make_docs import cli_page; sys.stdout.buffer.write(cli_page().encode())"
    # in a process of its own: click keeps a command's first help option, whichever test asked for it
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert (DOCS / "cli.md").read_text("utf-8") == done.stdout.decode(), "run `make docs`"


def test_portals_page_is_what_the_definitions_say() -> None:
    page = (DOCS / "portals.md").read_text("utf-8")
    assert page == with_table(page), "run `make docs`"
    for portal_id in portal_ids():
        assert f"`{portal_id}`" in page


def test_platforms_page_is_what_the_presets_say() -> None:
    assert (DOCS / "platforms.md").read_text("utf-8") == platforms_page(), "run `make docs`"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    assert f"## dibao {name}\n" in (DOCS / "cli.md").read_text("utf-8")


def test_every_exit_code_is_documented() -> None:
    page = (DOCS / "cli.md").read_text("utf-8")
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    assert codes == set(EXIT_ORDER)
    assert {code for _, code in STOPPED.values()} <= codes


def test_every_field_is_documented() -> None:
    page = (DOCS / "fields.md").read_text("utf-8")
    conn = sqlite3.connect(":memory:")
    create(conn)
    columns = {row[1] for row in conn.execute("PRAGMA table_info(articles)")}
    for name in columns | {f.name for f in fields(Article)} - {"evidence"}:
        assert f"`{name}`" in page, f"docs/fields.md does not know {name}"


@pytest.mark.parametrize("key", KEYS)
def test_every_setting_is_documented(key: str) -> None:
    assert f"| `{key}` |" in (DOCS / "configuration.md").read_text("utf-8")


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_architecture_page_names_what_exists() -> None:
    page = (DOCS / "architecture.md").read_text("utf-8")
    for path in re.findall(r"`((?:archive|crawler)/[\w/.]+(?:\.py|/))`", page):
        assert (ROOT / path).exists(), f"docs/architecture.md names {path}"


def test_every_test_that_the_pages_name_is_there() -> None:
    """Tables of faults with the test that holds each."""
    named = {
        found
        for page in DOCS.glob("*.md")
        for found in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page.read_text("utf-8"))
    }
    assert len(named) > 60
    for file, test in sorted(named):
        path = DOCS.parent / file
        assert path.is_file(), file
        assert not test or f"def {test}(" in path.read_text("utf-8"), f"{file}::{test}"
