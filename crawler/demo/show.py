"""The demo's run and its closing screen."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from archive.connection import FILE, read_only_uri
from crawler.demo.content import COLUMN_NAMES, NEWS, NOTICES, PER_PAGE, neighbour
from crawler.demo.portal import SITE, DemoPortal

NEIGHBOUR = "云岭县人民政府"
WORD = "养老"  # two characters: what stock full-text search does not find
DEFINITION = """\
# The built-in miniature portal: a county that does not exist, served on loopback.
id = "{id}"
name = "{name}"
url = "{url}/"
preset = "jeecms"
status = "seen"
{sections}"""
SECTION = """
[[section]]
name = "{name}"
url = "{url}/{column}/index.jhtml"
"""


def run_demo(directory: Path) -> None:
    """Crawl the miniature portal and its neighbour into the archive `directory`, search, export; all said on stdout."""
    _clear(directory)
    with DemoPortal() as portal:
        write_definition(portal, directory / "portals")
        say = click.echo
        say(f"A county portal that does not exist now answers at {portal.url}: {len(COLUMN_NAMES)} columns, "
            f"list pages of {PER_PAGE}, the column {COLUMN_NAMES[NOTICES]} in GB2312.\n")  # fmt: skip
        say("First visit   $ dibao crawl qinghe --allow-loopback")
        say(_dibao(directory, "crawl", "qinghe", "--allow-loopback"))
        portal.next_visit()
        say(
            "Some days later: two new pages, one edited, one withdrawn\n"
            "              $ dibao crawl qinghe --full --allow-loopback"
        )
        say(_dibao(directory, "crawl", "qinghe", "--full", "--allow-loopback"))
        portal.next_visit()
        say(
            "Weeks later: view counters on every page, one page edited, one back, four gone, each in its own way\n"
            "              $ dibao crawl qinghe --full --allow-loopback"
        )
        say(_dibao(directory, "crawl", "qinghe", "--full", "--allow-loopback"))
    with DemoPortal((neighbour(),), NEIGHBOUR) as portal:
        write_definition(portal, directory / "portals", "yunling", NEIGHBOUR, (NEWS,))
        say("The neighbours' portal prints two of its stories\n              $ dibao crawl yunling --allow-loopback")
        say(_dibao(directory, "crawl", "yunling", "--allow-loopback"))
    say("Gone, or back $ dibao gone")
    say(_dibao(directory, "gone"))
    say(f"Search        $ dibao search {WORD}")
    say(_dibao(directory, "search", WORD, "--limit", "3"))
    table = directory / "qinghe.csv"
    say(f"Export        $ dibao export {table.name} --excel")
    say(_dibao(directory, "export", str(table), "--excel"))
    say(f"The table opens in Excel:  {table}")
    say(f"The archive:               {directory / 'archive.db'} (any SQLite shell), raw pages beside it in warc/\n")
    dibao = _command()
    for what, command in (
        ("read one article", f"{dibao} show 1 --archive {directory}"),
        ("what was edited", f"{dibao} diff {_edited(directory)} --archive {directory}"),
        ("who printed it first", f"{dibao} reprints {_reprinted(directory)} --archive {directory}"),
    ):
        say(f"Next, {what}:\n  {command}")


def _clear(directory: Path) -> None:
    """Make room for the demo's archive; only a demo's own may be thrown away. Raises click.ClickException."""
    if directory.exists() and any(directory.iterdir()):
        if not (directory / "portals" / "qinghe.toml").is_file():
            raise click.ClickException(f"{directory} is not empty and holds no demo: name a new directory")
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)


def _command() -> str:
    """How this Python's `dibao` is called: by name where it is on the path."""
    return "dibao" if shutil.which("dibao") else str(Path(sys.executable).with_name("dibao"))


def _dibao(directory: Path, *arguments: str) -> str:
    """Run one dibao command as a person would; return what it printed, indented."""
    environment = {
        **os.environ,
        "DIBAO_ARCHIVE": str(directory),
        "DIBAO_PORTALS": str(directory / "portals"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0,):
        raise click.ClickException(f"dibao {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return "\n".join(f"  {line}" for line in (done.stdout + done.stderr).rstrip().splitlines()) + "\n"


def _edited(archive: Path) -> int:
    return _one(archive, "SELECT id FROM articles WHERE revision > 1 ORDER BY id LIMIT 1")


def _reprinted(archive: Path) -> int:
    return _one(archive, "SELECT article_id FROM reprints WHERE kind = 'near' ORDER BY article_id LIMIT 1")


def _one(archive: Path, sql: str) -> int:
    with closing(sqlite3.connect(read_only_uri(archive / FILE), uri=True)) as conn:
        row = conn.execute(sql).fetchone()
    return int(row[0]) if row else 1


def write_definition(
    portal: DemoPortal,
    folder: Path,
    portal_id: str = "qinghe",
    name: str = SITE,
    columns: Sequence[str] = tuple(COLUMN_NAMES),
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sections = "".join(SECTION.format(name=COLUMN_NAMES[one], url=portal.url, column=one) for one in columns)
    text = DEFINITION.format(id=portal_id, name=name, url=portal.url, sections=sections)
    (folder / f"{portal_id}.toml").write_text(text, encoding="utf-8")
