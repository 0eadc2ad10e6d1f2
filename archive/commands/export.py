"""`dibao export`."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from archive.commands.common import QueryCommand, archive_option, article_number, need_portals, opened, say
from archive.terminal import cut


@click.command(cls=QueryCommand)
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("query", nargs=-1)
@click.option("--format", "format_name", metavar="NAME", help="csv, xlsx, jsonl, parquet, wacz or datapackage.")
@click.option("--excel", is_flag=True, help="CSV for Excel: BOM, no formulas, no overlong cells (changes are counted).")
@click.option("--portal", "portals", multiple=True, help="Only this portal; may be repeated.")
@click.option("--section", "sections", multiple=True, help="Only columns whose name holds this; may be repeated.")
@click.option("--from", "since", metavar="DATE", help="Published on or after 2023, 2023-06 or 2023-06-30.")
@click.option("--to", "until", metavar="DATE", help="Published up to the end of DATE.")
@click.option("--ids", metavar="FILE|1,2,3", help="Only these ids: a list, or a file with one a line.")
@click.option("--as-of", metavar="DATE", help="The archive as it stood at the end of DATE: the same bytes whenever.")
@click.option("--columns", metavar="A,B", help="These columns, in this order.")
@click.option("--without-text", is_flag=True, help="Metadata, digests and addresses only.")
@click.option("--exact", is_flag=True, help="The query as written: no folding of width, case and script.")
@archive_option
def export(out: Path, query: tuple[str, ...], format_name: str | None, ids: str | None, **options: Any) -> None:
    """Write articles to OUT (- is stdout), all of them or those that match QUERY.

    The ending says the format: .csv .xlsx .jsonl .parquet, .zip for a data package with codebook and checksums, .wacz
    for the raw pages, to be replayed in a browser.
    """
    from archive.config import saved_query
    from archive.exports import Selection, export, format_of

    name = format_of(out, format_name)
    selection = Selection(
        query=saved_query(" ".join(query)) or None,
        portals=options["portals"],
        sections=options["sections"],
        since=options["since"],
        until=options["until"],
        ids=_ids(ids) if ids is not None else (),
        as_of=options["as_of"],
        columns=_columns(options["columns"]),
        without_text=options["without_text"],
        folded=not options["exact"],
    )
    target = sys.stdout.buffer if str(out) == "-" else out
    with opened(options["archive"]) as conn:
        need_portals(conn, *selection.portals)
        unknown = _unknown(conn, selection.ids)
        report = export(conn, target, selection, format=name, excel=options["excel"], watch=_progress)
    say(f"{report.rows:,} articles to {out} ({name})")
    if unknown:
        say(f"note: no article has the id {unknown}")
    changes = report.changes
    if changes.quoted or changes.cut or changes.cleaned:
        say(
            f"changed for Excel: {changes.quoted:,} cells like formulas got a leading ', {changes.cut:,} over 32,767"
            f" characters cut, {changes.cleaned:,} freed of control characters; the plain csv is exact"
        )
    if not report.final:
        say(f"note: {selection.as_of} is not over yet, a later export as of the same date may hold more")


def _columns(text: str | None) -> tuple[str, ...]:
    names = tuple(filter(None, re.split(r"[,\s]+", text or "")))
    if text is not None and not names:
        raise click.UsageError("--columns: none is named; give names parted by commas, or leave it out for all")
    return names


def _ids(text: str) -> tuple[int, ...]:
    """Ids out of `1,2,3` or a file with one a line."""
    wanted = "give 1,2,3 or a file with one id a line"
    try:
        listed = Path(text).read_text("utf-8-sig") if os.path.isfile(text) else text
    except UnicodeDecodeError:
        raise click.UsageError(f"--ids: {text} is not UTF-8; save it as that, with one id a line") from None
    except OSError as error:
        raise click.UsageError(f"--ids: {text} can't be read: {error.strerror}; {wanted}") from None
    ids = {word: article_number(word) for word in listed.replace(",", " ").split()}
    if bad := next((word for word, number in ids.items() if number is None), None):
        raise click.UsageError(f"--ids: {cut(bad, 60)!r} is no id; {wanted}")
    if not ids:
        raise click.UsageError(f"--ids: no id in {text!r}; {wanted}")
    return tuple(number for number in ids.values() if number is not None)


def _unknown(conn: sqlite3.Connection, ids: tuple[int, ...]) -> str:
    """Those of the ids that no article has, for people."""
    sql = "SELECT value FROM json_each(?) EXCEPT SELECT id FROM articles"
    found = [str(row[0]) for row in conn.execute(sql, (json.dumps(ids),))]
    return ", ".join(found[:10]) + (f" and {len(found) - 10:,} more" if found[10:] else "")


def _progress(rows: Iterable[Any], total: int | None) -> Iterator[Any]:
    """The rows, with a bar on a terminal."""
    if not sys.stderr.isatty():
        yield from rows
        return
    with click.progressbar(rows, length=total, file=sys.stderr, label="exporting", update_min_steps=500) as bar:
        yield from bar
