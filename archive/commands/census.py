"""`dibao census`: how complete every column is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.common import archive_option, json_option, opened, say
from archive.terminal import clean, table

if TYPE_CHECKING:
    from archive.census import Column, Count

HEAD = ("column", "month", "declared", "listed", "held", "missing", "(failed", "refused", "pending)", "gone",
        "unlisted", "elsewhere")  # fmt: skip


@click.command()
@click.argument("portal", metavar="[PORTAL]", required=False)
@click.option("--missing", "only_missing", is_flag=True, help="List the missing addresses: the next crawl's backlog.")
@click.option("--tree", is_flag=True, help="The sections as breadcrumbs place them, with their former names.")
@archive_option
@json_option
def census(portal: str | None, only_missing: bool, tree: bool, archive: Path | None, as_json: bool) -> None:
    """Declared, listed, held and missing articles of every column; of one PORTAL by month too.

    docs/census.md says what each figure means.
    """
    from archive import census as counting
    from archive.sections import trails

    with opened(archive) as conn:
        if portal and not conn.execute("SELECT 1 FROM sections WHERE portal = ? LIMIT 1", (portal,)).fetchone():
            raise click.UsageError(f"no column of {portal!r} in this archive; `dibao stats` lists its portals")
        if only_missing:
            rows = counting.missing(conn, portal)
            if as_json:
                click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
                return
            for row in rows:
                click.echo("\t".join(clean(str(row[key] or "")) for key in ("url", "state", "reason", "date", "title")))
            say(f"{len(rows)} missing; `dibao crawl {portal or 'PORTAL'}` asks for them again")
            return
        columns = counting.census(conn, portal)
        if tree:
            click.echo("\n".join(_tree(columns, trails(conn, portal))))
            return
    if as_json:
        click.echo(json.dumps([column.as_dict() for column in columns], ensure_ascii=False, indent=2))
        return
    click.echo(table(HEAD, [line for column in columns for line in _lines(column, by_month=portal is not None)]))
    for column in columns:
        if column.unread:
            say(f"{column.portal} {column.name}: its list was not got: {column.unread}; {column.url}")


def _lines(column: Column, *, by_month: bool) -> list[Sequence[object]]:
    name = column.name if by_month else f"{column.portal} {column.name}"
    lines: list[Sequence[object]] = [(name, "all", _declared(column), *_figures(column.total), str(column.elsewhere))]
    if by_month:
        lines += [(name, month or "undated", "", *_figures(count), "")
                  for month, count in sorted(column.months.items(), reverse=True)]  # fmt: skip
    return lines


def _tree(columns: Sequence[Column], trails: Mapping[int, tuple[str, ...]]) -> Iterator[str]:
    """One line a label, below the labels that lead to it; a section with its articles and what it was called."""
    above: tuple[str, ...] = ()
    placed = {column.id: (column.portal, *trails[column.id]) for column in columns}
    for column in sorted(columns, key=lambda column: (placed[column.id], column.id)):
        path = placed[column.id]
        for depth in range(len(path) - 1):
            if path[: depth + 1] != above[: depth + 1]:
                yield "  " * depth + clean(path[depth])
        former = [f"{one['name']} {one['url']} until {one['last_seen'][:10]}" for one in column.names[:-1]]
        told = f"; formerly {', '.join(former)}" if former else ""
        yield "  " * (len(path) - 1) + clean(f"{path[-1]}  {column.total.held} held, {column.url}{told}")
        above = path


def _declared(column: Column) -> str:
    if column.declared_records is not None:
        return str(column.declared_records)
    return f"{column.declared_pages} pages" if column.declared_pages is not None else "-"


def _figures(count: Count) -> tuple[int, ...]:
    return (count.listed, count.held, count.missing, count.failed, count.refused, count.pending, count.gone,
            count.unlisted)  # fmt: skip
