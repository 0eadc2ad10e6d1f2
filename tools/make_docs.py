"""Write the generated parts of the docs: docs/cli.md, docs/platforms.md, the tables in docs/portals.md.

tests/test_docs.py holds them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from crawler.catalogue import Entry, catalogue
from crawler.cli import COMMANDS, cli
from crawler.definitions import load_preset
from crawler.platforms import Clue, platforms
from tests.miniportals import PLATFORMS as MINIATURES

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
| 4 | drift or silence: fields, rows or a list page gone, a column silent past its habit; until the alarm is cleared |
| 5 | another crawl holds the lock |
| 6 | integrity: damaged file, newer schema, digest that does not match |
| 10 | partial: pages to be retried or held back, a list not read to its end, a budget or the night window that ended |
| 11 | stopped by request (Ctrl-C, SIGTERM, SIGHUP) |
| 12 | the portal challenged or refused us (anti-bot page, robots.txt) |
"""


def cli_page() -> str:
    """docs/cli.md: the help of every command, and the exit codes."""
    head = "# Commands\n\nGenerated from the commands themselves. Results go to stdout, talk to stderr.\n"
    return "\n".join([head, *(_help(name, command) for name, command in _commands()), EXIT_CODES])


def portal_table() -> str:
    """The definitions, a table for every province, the central bodies first."""
    entries = sorted(catalogue(), key=lambda one: (one.province or "", one.id))
    seen = sum(one.status == "seen" for one in entries)
    parts = [f"{len(entries)} portals, {seen} of them with rules that met a real page (`seen`).\n"]
    for province, here in groupby(entries, key=lambda one: one.province or "中央"):
        parts += [
            f"### {province}\n",
            "| id | name | level | platform | status | columns |",
            "|---|---|---|---|---|---|",
        ]
        parts += [_portal_row(entry) for entry in here]
        parts.append("")
    return "\n".join(parts)


def _portal_row(entry: Entry) -> str:
    columns = entry.robots or ", ".join(entry.columns)
    cells = (f"`{entry.id}`", f"[{entry.name}]({entry.url})", entry.level or "", entry.preset or "", entry.status or "",
             columns)  # fmt: skip
    return f"| {' | '.join(cells)} |"


PLATFORMS = """\
# Platforms

Generated from `crawler/presets/*.toml`. A preset holds what a platform's portals have in common; each field of it can
be overridden in a definition (docs/portals.md). By its clues `crawler/platforms.py` recognises the platform of a page:
a weight says how far a clue is to be trusted alone, and from a certainty of 0.6 a platform is named. The miniature
portals (`tests/miniportals/`) are crawled whole by `tests/test_miniportals.py` and added by `tests/test_portal_add.py`.

| preset | platform | pager | definitions | miniature portals |
|---|---|---|---|---|
"""


def platforms_page() -> str:
    """docs/platforms.md: every preset with its pager and its clues."""
    used = Counter(entry.preset for entry in catalogue())
    rows, chapters = [], []
    for one in platforms():
        pager = load_preset(one.preset).get("list", {}).get("pager", {})
        kind = pager.get("kind", "as the page says")
        kind += f", `{pager['template']}` from {pager['first']}" if "template" in pager else ""
        held = ", ".join(name for name, mini in MINIATURES.items() if mini.preset == one.preset)
        rows.append(f"| `{one.preset}` | {one.name} | {kind} | {used[one.preset]} | {held} |\n")
        clues = "\n".join(_clue(clue) for clue in one.clues)
        chapters.append(f"## {one.preset}: {one.name}\n\n{one.about}\n\n{clues}\n")
    return PLATFORMS + "".join(rows) + "\n" + "\n".join(chapters)


def _clue(clue: Clue) -> str:
    return f"- {clue.weight} · {clue.where}: {clue.says} (`{clue.pattern.pattern}`)"


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
    (DOCS / "platforms.md").write_text(platforms_page(), "utf-8")
    page = DOCS / "portals.md"
    page.write_text(with_table(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
