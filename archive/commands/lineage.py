"""What became of an article: `dibao history`, `diff`, `reprints`, `gone`."""

from __future__ import annotations

import difflib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archive.absence import GRADES, absences
from archive.commands.common import archive_option, json_option, need_article, opened, say
from archive.lineage import CERTAIN, Changes, First, changes, cluster, first, sentences
from archive.rows import dict_rows
from archive.terminal import clean, table

FIELDS = ("source", "published", "author", "editor", "breadcrumb", "kind", "document", "attachments", "images")


@click.command()
@click.argument("article", metavar="ID|URL")
@json_option
@archive_option
def history(article: str, as_json: bool, archive: Path | None) -> None:
    """List the revisions of an article, oldest first."""
    with opened(archive) as conn:
        rows = _revisions(conn, need_article(conn, article))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    shown = [(row["revision"], row["seen"], row["changed_by"] or "", len(row["body"]), row["title"]) for row in rows]
    click.echo(table(("revision", "first seen", "replaced by", "characters", "title"), shown))


@click.command()
@click.argument("article", metavar="ID|URL")
@click.argument("first", type=int, required=False)
@click.argument("second", type=int, required=False)
@archive_option
def diff(article: str, first: int | None, second: int | None, archive: Path | None) -> None:
    """Show what changed between two revisions (default: the last two): fields, then sentence by sentence."""
    with opened(archive) as conn:
        rows = {row["revision"]: row for row in _revisions(conn, need_article(conn, article))}
    newest = max(rows)
    if newest == 1 and first is second is None:
        return say(f"one revision, of {rows[1]['seen']}: no change was seen")
    old, new = max(newest - 1, 1) if first is None else first, newest if second is None else second
    for number in (old, new):
        if number not in rows:
            raise click.UsageError(f"no revision {number}; this article has 1 to {newest}")
    lines = [*field_diff(rows[old], rows[new]), *sentence_diff(_text(rows[old]), _text(rows[new]))]
    for line in lines:
        colour = {"-": "red", "+": "green"}.get(line[0])
        click.echo(click.style(clean(line), fg=colour))
    if all(line.startswith("  ") for line in lines):
        say("the same sentences and fields; what differs is white space, width or markup")
    return None


@click.command()
@click.argument("article", metavar="[ID|URL]", required=False)
@json_option
@archive_option
def reprints(article: str | None, as_json: bool, archive: Path | None) -> None:
    """List reprints; of one article: who printed its text, in which order, and what each copy changed."""
    with opened(archive) as conn:
        if article:
            return _lineage(cluster(conn, need_article(conn, article)), as_json)
        rows = _reprints(conn)
    if as_json:
        return click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    if not rows:
        return click.echo("no reprints in this archive", err=True)
    head = ("original", "published", "source", "reprint", "published", "kind", "score", "title of the reprint")
    shown = [tuple(row[key] for key in ("original_id", "original_published", "original_source", "article_id",
                                        "published", "kind", "score", "title")) for row in rows]  # fmt: skip
    return click.echo(table(head, shown))


def _lineage(members: list[dict[str, Any]], as_json: bool) -> None:
    """One text and its printings, the first one first; each with what it changed in the first."""
    if len(members) == 1 and not as_json:
        return click.echo(f"no reprints of {members[0]['id']}", err=True)
    head = first(members)
    original = next(row for row in members if row["id"] == head.id)
    found = {row["id"]: changes(original["body"], row["body"]) for row in members}
    if as_json:
        printed = [{key: row[key] for key in row if key != "body"} | asdict(found[row["id"]]) for row in members]
        return click.echo(json.dumps({"first": asdict(head), "members": printed}, ensure_ascii=False, indent=2))
    names = ("id", "published", "first_seen", "publisher", "portal", "kind", "score", "title")
    click.echo(table([name.replace("_", " ") for name in names], [tuple(row[key] for key in names) for row in members]))
    click.echo(f"\nfirst: {head.id} ({_sure(head)})" + _credit(original))
    for row in members:
        if row["id"] != head.id:
            _show_changes(row["id"], found[row["id"]])
    return None


def _sure(head: First) -> str:
    if head.sure == CERTAIN:
        return "certain, of what this archive holds"
    rivals = ", ".join(map(str, head.rivals))
    return f"not sure: no date tells it from {rivals}; ordered by the beginning of the day, else by first sight"


def _credit(original: dict[str, Any]) -> str:
    return clean(f"; it names {original['source']} as its source") if original["source"] else ""


def _show_changes(article_id: int, found: Changes) -> None:
    lines = [("- ", "red", one) for one in found.cut] + [("+ ", "green", one) for one in found.added]
    lines += [("~ ", "yellow", f"{before}  →  {after}") for before, after in found.altered]
    click.echo(f"\n{article_id}: {'cut -, added +, altered ~' if lines else 'the same sentences'}")
    for mark, colour, text in lines:
        click.echo(click.style(mark + clean(text), fg=colour))


@click.command()
@click.option("--grade", type=click.Choice(GRADES), help="Only absences of this grade.")
@json_option
@archive_option
def gone(grade: str | None, as_json: bool, archive: Path | None) -> None:
    """List articles that are away, or were: grade, first and last evidence; their text is kept."""
    with opened(archive) as conn:
        rows = absences(conn, grade)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("nothing is gone", err=True)
        return
    head = ("id", "grade", "last seen", "first evidence", "last evidence", "portal", "title")
    shown = [
        (row["id"], row["grade"], row["last_seen"], _evidence(row["first_evidence"]),
         _evidence(row["last_evidence"]), row["portal"], row["title"])
        for row in rows
    ]  # fmt: skip
    click.echo(table(head, shown))


def _evidence(capture: dict[str, Any] | None) -> str:
    """2026-11-24 404 (capture 17)"""
    return f"{capture['fetched'][:10]} {capture['status']} (capture {capture['id']})" if capture else ""


def sentence_diff(old: str, new: str) -> list[str]:
    """Lines beginning with "- ", "+ " or two blanks: a sentence each, unchanged ones only beside a change."""
    one, other = sentences(old), sentences(new)
    out: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            out += (
                [f"  {sentence}" for sentence in one[a:b]] if b - a <= 2 else [f"  {one[a]}", "  …", f"  {one[b - 1]}"]
            )
        else:
            out += [f"- {sentence}" for sentence in one[a:b]] + [f"+ {sentence}" for sentence in other[c:d]]
    return out


def field_diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Two lines a field that changed, beside title and text."""
    changed = [name for name in FIELDS if old[name] != new[name]]
    return [f"{sign} {name}: {row[name] or '—'}" for name in changed for sign, row in (("-", old), ("+", new))]


def _revisions(conn: sqlite3.Connection, article_id: int) -> list[dict[str, Any]]:
    """Every state of an article: the superseded ones and the current."""
    fields = ", ".join(("title", "body", *FIELDS))
    return dict_rows(
        conn,
        f"SELECT revision, seen, cause AS changed_by, {fields} FROM revisions WHERE article_id = ?1 UNION ALL "
        "SELECT a.revision, coalesce((SELECT max(replaced) FROM revisions WHERE article_id = a.id), c.fetched, "
        f"a.first_seen), NULL, {fields} FROM articles a "
        "LEFT JOIN captures c ON c.id = a.capture_id WHERE a.id = ?1 ORDER BY revision",
        article_id,
    )


def _reprints(conn: sqlite3.Connection) -> list[dict[str, Any]]:
    """Every edge, by the original's day."""
    return dict_rows(
        conn,
        "SELECT r.original_id, o.published AS original_published, o.source AS original_source, "
        "o.title AS original_title, "
        "r.article_id, a.published, a.source, a.portal, a.title, a.url, r.kind, r.score "
        "FROM reprints r JOIN articles o ON o.id = r.original_id JOIN articles a ON a.id = r.article_id "
        "ORDER BY o.published, r.original_id, a.published, a.first_seen",
    )


def _text(row: dict[str, Any]) -> str:
    return f"{row['title']}\n{row['body']}"
