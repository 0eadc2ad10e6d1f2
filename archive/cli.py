"""The commands that need no crawler, by name: crawler/cli.py mounts them, and `python -m archive` runs them alone."""

from __future__ import annotations

import importlib
import os
import select
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from typing import Any

import click

from archive.errors import ArchiveError, DiskFull, IntegrityError, is_disk_full

COMMANDS = {
    "search": "archive.commands.read:search",
    "show": "archive.commands.read:show",
    "cite": "archive.commands.read:cite",
    "sql": "archive.commands.read:sql",
    "stats": "archive.commands.read:stats",
    "census": "archive.commands.census:census",
    "history": "archive.commands.lineage:history",
    "diff": "archive.commands.lineage:diff",
    "reprints": "archive.commands.lineage:reprints",
    "gone": "archive.commands.lineage:gone",
    "impact": "archive.commands.impact:impact",
    "export": "archive.commands.read:export",
    "verify": "archive.commands.keep:verify",
    "backup": "archive.commands.keep:backup",
    "restore": "archive.commands.keep:restore",
    "merge": "archive.commands.keep:merge",
    "forget": "archive.commands.keep:forget",
}


class LazyGroup(click.Group):
    """Commands by name -> "module:attribute"; imports one only when it is asked for."""

    def __init__(self, *arguments: Any, table: Mapping[str, str], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.table:
            return None
        module, _, name = self.table[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where there is none of that name."""
        if args and args[0] not in self.table:
            near = get_close_matches(args[0], self.table, 1)
            hint = f"did you mean {near[0]!r}?" if near else "--help lists the commands"
            raise click.UsageError(f"no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        with _clear_errors():  # --help and --version print here already
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _clear_errors():
            return super().invoke(ctx)


@contextmanager
def _clear_errors() -> Iterator[None]:
    """What SQLite and the output say, as one line with the cure; a reader that has had enough ends it quietly."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError as error:  # `dibao search … | head`; click itself would end with 1
        if not _reader_left():
            raise ArchiveError(f"a process this command talks to has ended: {error}; try again") from error
        _drop_output()
        raise click.exceptions.Exit(0) from error
    except OSError as error:
        if not is_disk_full(error):
            raise
        _drop_output()
        raise DiskFull("no room left for the output; free some space and ask again") from error
    except sqlite3.OperationalError as error:
        if "disk is full" in str(error):
            raise DiskFull(f"{error}: no room for what is sorted; free some in $TMPDIR and ask again") from error
        raise ArchiveError(f"archive: {error}; `dibao verify` tells whether it is damaged") from error
    except sqlite3.DatabaseError as error:
        raise IntegrityError(
            f"archive: {error}; `dibao verify` tells more, `dibao restore` brings a backup back"
        ) from error


def _reader_left() -> bool:
    """Whether stdout is a pipe that nobody reads any more."""
    watch = select.poll()
    watch.register(sys.stdout.fileno(), 0)
    return any(event & select.POLLERR for _, event in watch.poll(0))


def use_standard_streams() -> None:
    """A daemon may start us without them: the first file that is opened would get their number, and what is printed."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            empty = os.open(os.devnull, os.O_RDWR)
            if empty != number:
                os.dup2(empty, number)
                os.close(empty)
            setattr(sys, name, os.fdopen(number, "w" if number else "r"))


def say_why(message: str) -> None:
    """The one line of an error; where stderr takes none, the exit code has to do."""
    with suppress(OSError):
        click.echo(f"dibao: {' '.join(message.split())}", err=True)


def _drop_output() -> None:
    """What stdout would not take is not tried again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.command(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def archive_commands() -> None:
    """Search, cite and export a Dibao archive."""


def main() -> None:
    use_standard_streams()
    try:
        archive_commands()
    except ArchiveError as error:
        say_why(str(error))
        sys.exit(error.exit_code)
