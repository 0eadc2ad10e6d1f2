"""Write the generated parts of the docs: docs/cli.md, the table in docs/portals.md. tests/test_docs.py holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from crawler.cli import COMMANDS, cli
from crawler.definitions import load_portal, portal_ids

DOCS = Path(__file__).parent.parent / "docs"
EXIT_CODES = """\
## Exit codes

The first that applies, from left to right of this order: 2, 5, 3, 6, 1, 11, 12, 4, 10, 0.

| code | means |
|---|---|
| 0 | complete, nothing to look at |
| 1 | failure: a portal that cannot be reached, an error that was not expected |
| 2 | usage or configuration: unknown portal, key, column; no contact; no archive there |
| 3 | disk full, paused; nothing committed is lost |
| 4 | drift or silent portal: a list without its rows, a list page that is gone |
| 5 | another crawl holds the lock |
| 6 | integrity: damaged file, newer schema, digest that does not match |
| 10 | partial: some pages to be retried, or a budget or the night window ended |
| 11 | stopped by request (Ctrl-C, SIGTERM, SIGHUP) |
| 12 | the portal challenged or refused us (anti-bot page, robots.txt) |
"""


def cli_page() -> str:
    """docs/cli.md: the help of every command, and the exit codes."""
    head = "# Commands\n\nGenerated from the commands themselves. Results go to stdout, talk to stderr.\n"
    return "\n".join([head, *(_help(name, command) for name, command in _commands()), EXIT_CODES])


def portal_table() -> str:
    """The table of definitions."""
    lines = ["| id | name | province | level | platform | status | columns |", "|---|---|---|---|---|---|---|"]
    for portal in map(load_portal, portal_ids()):
        columns = ", ".join(section.name for section in portal.sections)
        cells = (f"`{portal.id}`", f"[{portal.name}]({portal.url})", portal.province or "", portal.level or "",
                 portal.preset or "", portal.status or "", columns)  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def with_table(page: str) -> str:
    """The portals page with its table renewed."""
    head, mark, _ = page.partition("## The definitions\n")
    return f"{head}{mark}\n{portal_table()}"


def _commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli, info_name="dibao")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield f"dibao {name}", command
        if isinstance(command, click.Group):
            for sub in command.list_commands(context):
                child = command.get_command(context, sub)
                assert child is not None
                yield f"dibao {name} {sub}", child


def _help(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100,
                            help_option_names=["-h", "--help"])  # fmt: skip
    return f"## {name}\n\n```\n{re.sub(r'[ ]+$', '', command.get_help(context), flags=re.MULTILINE)}\n```\n"


def main() -> None:
    (DOCS / "cli.md").write_text(cli_page(), "utf-8")
    page = DOCS / "portals.md"
    page.write_text(with_table(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
