"""`dibao search`, `show`, `cite`, `stats`; `sql` and `export` stand in modules of their own."""

from __future__ import annotations

import json
from pathlib import Path

import click

from archive.commands.common import (
    MOST,
    QueryCommand,
    archive_option,
    json_option,
    need_article,
    need_portals,
    opened,
    say,
)
from archive.commands.export import export
from archive.commands.sql import sql

__all__ = ["cite", "export", "search", "show", "sql", "stats"]


@click.command(cls=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", "-n", type=MOST, default=20, show_default=True, help="Hits at most.")
@click.option("--count", is_flag=True, help="Print only how many articles match.")
@click.option("--rank", is_flag=True, help="Best first (bm25) instead of newest first.")
@click.option("--kwic", is_flag=True, help="Every occurrence on a line, the word in the middle.")
@click.option("--histogram", is_flag=True, help="Hits per month, drawn as bars.")
@click.option("--exact", is_flag=True, help="As written: no folding of width, case and script.")
@json_option
@archive_option
def search(query: tuple[str, ...], limit: int, exact: bool, as_json: bool, archive: Path | None, **ways: bool) -> None:
    """Search titles and texts: 郑州 防汛, "人民 政府", 郑州 OR 洛阳, 郑州 NOT 机场, title:规划, from:2023-06.

    A word is found wherever its characters stand, of one character on; full and half width, simplified and traditional
    characters are the same. @NAME is a saved query. Fields: title, source, portal, section,
    author, kind, from, to, 文号.
    """
    from archive import search as searching
    from archive.commands import show as display
    from archive.config import saved_query

    chosen = [name for name, wanted in ways.items() if wanted]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(f'--{name}' for name in chosen)} exclude each other; ask twice")
    text, folded = saved_query(" ".join(query)), not exact
    with opened(archive) as conn, searching.snapshot(conn):
        if ways["count"]:
            click.echo(searching.count(conn, text, folded=folded))
        elif ways["histogram"]:
            display.show_histogram(searching.histogram(conn, text, folded=folded), as_json)
        elif ways["kwic"]:
            display.show_contexts(conn, text, limit, folded, as_json)
        else:
            display.show_search(conn, text, limit, folded, as_json, ranked=ways["rank"])


@click.command()
@click.argument("article")
@click.option("--evidence", is_flag=True, help="Which rule gave each field, and the text it stood in.")
@json_option
@archive_option
def show(article: str, evidence: bool, as_json: bool, archive: Path | None) -> None:
    """One article, by its id or address."""
    import sqlite3

    from archive.commands import show as display
    from archive.exports.selection import as_values

    with opened(archive) as conn:
        cursor = conn.execute("SELECT * FROM articles WHERE id = ?", (need_article(conn, article),))
        cursor.row_factory = sqlite3.Row
        row = dict(cursor.fetchone())
        found = conn.execute(
            "SELECT field, rule, raw, value, chosen FROM evidence WHERE article_id = ? ORDER BY field, chosen DESC",
            (row["id"],),
        ).fetchall()
        if as_json:
            names = ("field", "rule", "raw", "value", "chosen")
            shown = as_values(row) | {"evidence": [dict(zip(names, item, strict=True)) for item in found]}
            click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        elif evidence:
            display.show_evidence(found)
        else:
            display.show_article(row)


@click.command()
@click.argument("article")
@click.option(
    "--style", type=click.Choice(["gbt7714", "bibtex", "csl-json", "all"]), default="gbt7714", show_default=True,
    help="Form of the reference.",
)  # fmt: skip
@archive_option
def cite(article: str, style: str, archive: Path | None) -> None:
    """A reference to one article, with the date of access and the archived capture."""
    from archive.cite import STYLES, reference
    from archive.terminal import clean

    with opened(archive) as conn:
        ref = reference(conn, need_article(conn, article))
    for name in STYLES if style == "all" else (style,):
        click.echo("\n".join(map(clean, STYLES[name](ref).split("\n"))))


@click.command()
@click.option("--portal", help="Only this portal.")
@click.option("--top", type=MOST, default=10, show_default=True, help="Rows of each list.")
@json_option
@archive_option
def stats(portal: str | None, top: int, as_json: bool, archive: Path | None) -> None:
    """What the archive holds: by portal, section, month, source; how often each field is filled."""
    from archive import stats as counting
    from archive.commands import show as display
    from archive.search import snapshot

    with opened(archive) as conn, snapshot(conn):
        need_portals(conn, portal)
        found = counting.stats(conn, portal, top=top)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    elif found.articles:
        display.show_stats(found)
    elif portal:
        say(f"no articles of portal {portal!r} yet; `dibao census {portal}` tells what its columns list")
