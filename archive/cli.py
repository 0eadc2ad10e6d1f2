"""The commands that need no crawler, by name: crawler/cli.py mounts them, and `python -m archive` runs them alone."""

from __future__ import annotations

import importlib
import sqlite3
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import click

from archive.errors import ArchiveError, IntegrityError

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

    def invoke(self, ctx: click.Context) -> Any:
        """What SQLite says of a damaged file, as one line with the cure."""
        try:
            return super().invoke(ctx)
        except sqlite3.OperationalError as error:
            raise ArchiveError(f"archive: {error}; `dibao verify` tells whether it is damaged") from error
        except sqlite3.DatabaseError as error:
            raise IntegrityError(
                f"archive: {error}; `dibao verify` tells more, `dibao restore` brings a backup back"
            ) from error


@click.command(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def archive_commands() -> None:
    """Search, cite and export a Dibao archive."""


def main() -> None:
    try:
        archive_commands()
    except ArchiveError as error:
        click.echo(f"dibao: {' '.join(str(error).split())}", err=True)
        sys.exit(error.exit_code)
