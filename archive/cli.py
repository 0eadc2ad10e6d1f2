"""The commands that need no crawler, by name: crawler/cli.py mounts them, and `python -m archive` runs them alone."""

from __future__ import annotations

import importlib
import sys

import click

from archive.errors import ArchiveError

COMMANDS = {
    "search": "archive.commands.read:search",
    "show": "archive.commands.read:show",
    "cite": "archive.commands.read:cite",
    "sql": "archive.commands.read:sql",
    "stats": "archive.commands.read:stats",
    "export": "archive.commands.read:export",
}


class LazyGroup(click.Group):
    """Imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def archive_commands() -> None:
    """Search, cite and export a Dibao archive."""


def main() -> None:
    try:
        archive_commands()
    except ArchiveError as error:
        click.echo(f"dibao: {' '.join(str(error).split())}", err=True)
        sys.exit(error.exit_code)
