"""What the reading commands share: the --archive option and an open archive."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import click

from archive.config import archive_path
from archive.connection import connect_readonly
from archive.terminal import cut
from archive.urls import canonical_url

MOST = click.IntRange(1, 1_000_000_000)  # rows at most
LARGEST_ID = 2**63 - 1
OPTION = re.compile(r"--|-$|-[a-z](\d*$|=)")  # -h, -n5; anything else behind one stroke is a word
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


class QueryCommand(click.Command):
    """A command whose arguments are a query: `-机场`, `-title:规划` in it mean "without", they are no options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        slips = {option[1:] for parameter in self.get_params(ctx) for option in parameter.opts}  # -count for --count
        words = (word.startswith("-") and not OPTION.match(word) and word not in slips for word in args)
        return super().parse_args(ctx, [f" {arg}" if word else arg for arg, word in zip(args, words, strict=True)])


def article_number(text: str) -> int | None:
    """The id that is written; None for what is none, or greater than any SQLite holds."""
    return int(text) if text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_ID else None


def need_article(conn: sqlite3.Connection, reference: str) -> int:
    """The id an article is meant by: its number, or its address, also an alias, in any spelling.

    Raises click.UsageError.
    """
    if reference.isdecimal():
        row = conn.execute("SELECT id FROM articles WHERE id = ?", (article_number(reference),)).fetchone()
    else:
        row = conn.execute(
            "SELECT id FROM articles WHERE url IN (?1, ?2) "
            "UNION ALL SELECT article_id FROM aliases WHERE url IN (?1, ?2)",
            (reference, canonical_url(reference)),
        ).fetchone()
    if row is None:
        raise click.UsageError(f"no article {cut(reference, 200)!r} in this archive; `dibao search` prints ids")
    return int(row[0])


def need_portals(conn: sqlite3.Connection, *portals: str | None) -> None:
    """Raises click.UsageError for a portal of which this archive has neither an article, nor a column, nor a run."""
    tables = ("articles", "sections", "runs")
    known = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE portal = ?1)" for table in tables)
    for portal in portals:
        if portal is not None and not conn.execute(f"SELECT {known}", (portal,)).fetchone()[0]:
            every = " UNION ".join(f"SELECT portal FROM {table}" for table in tables)
            near = get_close_matches(portal, [row[0] for row in conn.execute(every)], 1)
            hint = f"nearest: {near[0]}" if near else "`dibao stats` lists those it has"
            raise click.UsageError(f"no portal {cut(portal, 200)!r} in this archive ({hint})")
