"""What the reading commands share: the --archive option and an open archive."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from archive.config import archive_path
from archive.connection import connect_readonly

Command = TypeVar("Command", bound=Callable[..., Any])


def archive_option(command: Command) -> Command:
    return click.option(
        "--archive", type=click.Path(path_type=Path), help="Archive directory (default $DIBAO_ARCHIVE, else ./data)."
    )(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(command)


@contextmanager
def opened(option: Path | None) -> Iterator[sqlite3.Connection]:
    """A read-only connection to the archive that is meant; says on stderr what to do when it is empty."""
    path = archive_path(option)
    with closing(connect_readonly(path)) as conn:
        if not conn.execute("SELECT EXISTS (SELECT 1 FROM articles)").fetchone()[0]:
            say(f"the archive at {path} holds no articles yet; `dibao crawl PORTAL` fills it (`dibao portals`: which)")
        yield conn


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[..., None]]:
    """A bar on a terminal, nothing in cron; the callable moves it on, by one or by what it is given."""
    if not sys.stderr.isatty():
        yield lambda steps=1: None
        return
    with click.progressbar(length=total, file=sys.stderr, label=label, update_min_steps=max(total // 1000, 1)) as bar:
        yield lambda steps=1: bar.update(steps)


def say(message: str) -> None:
    """Talk: stderr, so that stdout holds results only."""
    click.echo(message, err=True)


def need_article(conn: sqlite3.Connection, reference: str) -> int:
    """The id an article is meant by: its number, or its address, also an alias. Raises click.UsageError."""
    if reference.isdecimal():
        row = conn.execute("SELECT id FROM articles WHERE id = ?", (int(reference),)).fetchone()
    else:
        row = conn.execute(
            "SELECT id FROM articles WHERE url = ?1 UNION SELECT article_id FROM aliases WHERE url = ?1", (reference,)
        ).fetchone()
    if row is None:
        raise click.UsageError(f"no article {reference!r} in this archive; `dibao search` prints ids")
    return int(row[0])
