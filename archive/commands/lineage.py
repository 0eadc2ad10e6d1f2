"""What became of an article: `dibao history`, `diff`, `reprints`, `gone`."""

from __future__ import annotations

import difflib
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import click

from archive.absence import GRADES, absences
from archive.commands.common import archive_option, json_option, need_article, opened
from archive.rows import dict_rows
from archive.terminal import clean, table

SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?|\n")


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
    """Show, sentence by sentence, what changed between two revisions (default: the last two)."""
    with opened(archive) as conn:
        rows = {row["revision"]: row for row in _revisions(conn, need_article(conn, article))}
    newest = max(rows)
    old, new = first or max(newest - 1, 1), second or newest
    for number in (old, new):
        if number not in rows:
            raise click.UsageError(f"no revision {number}; this article has 1 to {newest}")
    for line in sentence_diff(_text(rows[old]), _text(rows[new])):
        colour = {"-": "red", "+": "green"}.get(line[0])
        click.echo(click.style(clean(line), fg=colour))


@click.command()
@click.argument("article", metavar="[ID|URL]", required=False)
@json_option
@archive_option
def reprints(article: str | None, as_json: bool, archive: Path | None) -> None:
    """List reprints: of one article's text, or all, the earliest first."""
    with opened(archive) as conn:
        article_id = need_article(conn, article) if article else None
        rows = _reprints(conn, article_id)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("no reprints" + (f" of {article}" if article else " in this archive"), err=True)
        return
    head = ("original", "published", "source", "reprint", "published", "kind", "score", "title of the reprint")
    shown = [tuple(row[key] for key in ("original_id", "original_published", "original_source", "article_id",
                                        "published", "kind", "score", "title")) for row in rows]  # fmt: skip
    click.echo(table(head, shown))


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
    head = ("id", "grade", "gone since", "last seen", "first evidence", "last evidence", "portal", "title")
    shown = [
        (row["id"], row["grade"], row["gone_since"] or "", row["last_seen"], _evidence(row["first_evidence"]),
         _evidence(row["last_evidence"]), row["portal"], row["title"])
        for row in rows
    ]  # fmt: skip
    click.echo(table(head, shown))


def _evidence(capture: dict[str, Any] | None) -> str:
    """2026-11-24T01:02:03Z 404 (capture 17)"""
    return f"{capture['fetched']} {capture['status']} (capture {capture['id']})" if capture else ""


def sentence_diff(old: str, new: str) -> list[str]:
    """Lines beginning with "- ", "+ " or two blanks: a sentence each, unchanged ones only beside a change."""
    one, other = ([s.strip() for s in SENTENCE.findall(text) if s.strip()] for text in (old, new))
    out: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            out += (
                [f"  {sentence}" for sentence in one[a:b]] if b - a <= 2 else [f"  {one[a]}", "  …", f"  {one[b - 1]}"]
            )
        else:
            out += [f"- {sentence}" for sentence in one[a:b]] + [f"+ {sentence}" for sentence in other[c:d]]
    return out


def _revisions(conn: sqlite3.Connection, article_id: int) -> list[dict[str, Any]]:
    """Every state of an article: the superseded ones and the current."""
    return dict_rows(
        conn,
        "SELECT revision, seen, cause AS changed_by, title, body FROM revisions WHERE article_id = ?1 UNION ALL "
        "SELECT a.revision, coalesce((SELECT max(replaced) FROM revisions WHERE article_id = a.id), c.fetched, "
        "a.first_seen), NULL, a.title, a.body FROM articles a "
        "LEFT JOIN captures c ON c.id = a.capture_id WHERE a.id = ?1 ORDER BY revision",
        article_id,
    )


def _reprints(conn: sqlite3.Connection, article_id: int | None) -> list[dict[str, Any]]:
    """Edges, of the cluster of one article where one is given."""
    where, values = "", tuple[int, ...]()
    if article_id is not None:
        where = (
            "WHERE r.original_id = ?1 OR r.article_id = ?1 "
            "OR r.original_id IN (SELECT original_id FROM reprints WHERE article_id = ?1)"
        )
        values = (article_id,)
    return dict_rows(
        conn,
        "SELECT r.original_id, o.published AS original_published, o.source AS original_source, "
        "o.title AS original_title, "
        "r.article_id, a.published, a.source, a.portal, a.title, a.url, r.kind, r.score "
        f"FROM reprints r JOIN articles o ON o.id = r.original_id JOIN articles a ON a.id = r.article_id {where} "
        "ORDER BY o.published, r.original_id, a.published, a.first_seen",
        *values,
    )


def _text(row: dict[str, Any]) -> str:
    return f"{row['title']}\n{row['body']}"
