"""The shape of the house: who may import whom, and that formatting, lints and types hold."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def imports(path: Path) -> set[str]:
    """The top-level names a module imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", sorted((ROOT / "archive").rglob("*.py")), ids=lambda p: p.name)
def test_archive_knows_no_crawler(path: Path) -> None:
    assert not imports(path) & {"crawler", "scrapy", "twisted"}


@pytest.mark.parametrize("path", sorted((ROOT / "crawler" / "parsers").rglob("*.py")), ids=lambda p: p.name)
def test_parsers_are_pure(path: Path) -> None:
    assert not imports(path) & {"scrapy", "twisted", "sqlite3", "socket", "urllib3", "requests", "sqlite_utils"}


def test_searching_needs_no_scrapy() -> None:
    code = "import sys, archive.commands.read, archive.search, archive.exports; assert 'scrapy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize(
    "command", [["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"]], ids=" ".join
)
def test_formatting_lints_types(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_no_registry_host_in_the_locks() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        assert text.count("--hash=sha256:") > 100
