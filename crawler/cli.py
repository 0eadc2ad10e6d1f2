"""The `dibao` command: a table of commands, loaded when asked for, and one place where errors become one line.

Results go to stdout, talk to stderr. Exit codes: docs/cli.md.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from types import FrameType
from typing import Any, NoReturn

import click

from archive.cli import COMMANDS as ARCHIVE_COMMANDS
from archive.cli import LazyGroup, say_why, use_standard_streams
from archive.errors import ArchiveError
from crawler.errors import CrawlError

# Command -> where it is defined. Listed in the order of `dibao --help`.
COMMANDS = {
    "demo": "crawler.commands.demo:demo",
    "crawl": "crawler.commands.crawl:crawl",
    "extract": "crawler.commands.extract:extract",
    "portals": "crawler.commands.portals:portals",
    "portal": "crawler.commands.portals:portal",
    "ingest": "crawler.commands.ingest:ingest",
    "reparse": "crawler.commands.reparse:reparse",
    "status": "crawler.commands.status:status",
    "schedule": "crawler.commands.schedule:schedule",
    "doctor": "crawler.commands.doctor:doctor",
    **ARCHIVE_COMMANDS,
}


def dibao_version() -> str:
    """The installed version; of a bare checkout: 0+checkout."""
    try:
        return version("dibao")
    except PackageNotFoundError:
        return "0+checkout"


@click.command(
    cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(dibao_version(), "--version", prog_name="dibao")
def cli() -> None:
    """Crawl government news portals into a searchable, citable archive."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `dibao`; every expected error is one line on stderr and its exit code."""
    use_standard_streams()
    _stop_as_by_ctrl_c()
    try:
        result: Any = cli.main(args=list(arguments) if arguments is not None else None, standalone_mode=False)
        _exit(result if isinstance(result, int) else 0)
    except (CrawlError, ArchiveError) as error:
        _fail(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:  # a group alone: its message is its help
        click.echo(error.format_message(), err=True)
        _exit(2)
    except click.UsageError as error:
        _fail(f"{error.format_message()} (try `{error.ctx.command_path if error.ctx else 'dibao'} --help`)", 2)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except click.exceptions.Exit as stop:
        _exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail("stopped", 11)


def _stop_as_by_ctrl_c() -> None:
    """SIGTERM and SIGHUP too leave nothing half done; where they are ignored (nohup) they stay so."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _ctrl_c)


def _ctrl_c(number: int, frame: FrameType | None) -> None:
    """What Ctrl-C does just now: asyncio has a way of its own."""
    now = signal.getsignal(signal.SIGINT)
    if not callable(now):
        raise KeyboardInterrupt
    now(signal.SIGINT, frame)


def _fail(message: str, code: int) -> None:
    say_why(message)
    _exit(code)


def _exit(code: int) -> NoReturn:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # a second one while the interpreter ends is no other end
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    sys.exit(code)


if __name__ == "__main__":
    main()
