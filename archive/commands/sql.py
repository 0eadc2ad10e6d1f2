"""`dibao sql`."""

from __future__ import annotations

import itertools
import json
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from archive.commands.common import archive_option, json_option, say

MOST_SHOWN = 1_000  # rows of a table in the terminal


@click.command()
@click.argument("statement")
@click.option("--csv", "as_csv", is_flag=True, help="CSV, RFC 4180.")
@json_option
@click.option("--timeout", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="Seconds at most.")
@archive_option
def sql(statement: str, as_csv: bool, as_json: bool, timeout: float, archive: Path | None) -> None:
    """Ask the archive in SQL, read only: dibao sql "SELECT month, count(*) FROM v_articles GROUP BY month".

    Views for people: v_articles, v_reprints, v_revisions. Functions: fold(text), contains(text, word), grams(word),
    search_ids(query).
    """
    from archive.config import archive_path
    from archive.sql import run_sql
    from archive.terminal import table

    with run_sql(archive_path(archive), statement, seconds=timeout) as result:
        if as_json:
            _print_json(result.columns, result.rows)
        elif as_csv:
            import csv

            writer = csv.writer(sys.stdout, lineterminator="\r\n")
            writer.writerow(result.columns)
            writer.writerows([_printable(cell) for cell in row] for row in result.rows)
        else:
            rows = [[_printable(cell) for cell in row] for row in itertools.islice(result.rows, MOST_SHOWN + 1)]
            click.echo(table(result.columns, rows[:MOST_SHOWN]))
            if len(rows) > MOST_SHOWN:
                say(f"the first {MOST_SHOWN:,} rows; --csv or --json prints all")


def _print_json(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A JSON list, one row a line, written as it comes."""
    keys, before = _told_apart(columns), "["
    for row in rows:
        item = dict(zip(keys, map(_json, row), strict=True))
        click.echo(f"{before}\n{json.dumps(item, ensure_ascii=False)}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def _told_apart(columns: Sequence[str]) -> list[str]:
    """The names as keys: of equal ones the second is `name:1`, as SQLite calls it in a subquery."""
    keys: list[str] = []
    for name in columns:
        others = (f"{name}:{number}" for number in itertools.count(1))
        keys.append(name if name not in keys else next(other for other in others if other not in {*keys, *columns}))
    return keys


def _printable(cell: Any) -> Any:
    return cell.hex() if isinstance(cell, bytes) else cell


def _json(cell: Any) -> Any:
    """What JSON has no form for is text."""
    return str(cell) if isinstance(cell, float) and math.isinf(cell) else _printable(cell)
