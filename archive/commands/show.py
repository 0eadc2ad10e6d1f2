"""How hits, occurrences, months and one article look in a terminal. Nothing a page says controls the terminal."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from archive.commands.common import say
from archive.fold import Needle
from archive.rank import ranked as best
from archive.search import Hit, article_ids, count, needles_of, search
from archive.snippets import contexts, mark
from archive.stats import Stats
from archive.terminal import bars, clean, cut, pad, table, width

BEFORE, AFTER = "\x1b[1;33m", "\x1b[0m"  # click.echo takes them out where stdout is no terminal
KWIC_WIDTH = 20  # characters on both sides
MOST_MONTHS = 600  # a wider span has a wrong date in it: no gaps are shown


def show_search(conn: sqlite3.Connection, query: str, limit: int, folded: bool, as_json: bool, *, ranked: bool) -> None:
    """Hits newest or best first; how many there are goes to stderr."""
    found = best(conn, query, limit, folded=folded) if ranked else search(conn, query, limit, folded=folded)
    if as_json:
        click.echo(json.dumps([hit.as_dict() for hit in found], ensure_ascii=False, indent=2))
        return
    show_hits(found, query, folded)
    say_matches(count(conn, query, folded=folded) if len(found) == limit else len(found), len(found), ranked=ranked)


def say_matches(total: int, shown: int, *, ranked: bool = False) -> None:
    """How many articles match, and that there are more than shown."""
    rest = f", the {shown} {'best' if ranked else 'newest'} shown (--limit)" if total > shown else ""
    say(f"{total:,} {'article matches' if total == 1 else 'articles match'}{rest}")


def show_hits(found: Sequence[Hit], query: str, folded: bool) -> None:
    needles = needles_of(query, folded=folded)
    for hit in found:
        gone = f" · gone since {hit.gone_since}" if hit.gone_since else ""
        day = (hit.published or "no date")[:16].replace("T", " ")
        click.echo(f"{click.style(f'[{hit.id}]', fg='cyan')} {day}  {_marked(hit.title, needles)}")
        click.echo(
            click.style(f"     {clean(hit.source or '—')} · {clean(hit.portal)}{gone} · {clean(hit.url)}", dim=True)
        )
        if hit.snippet:
            click.echo(f"     {_marked(hit.snippet, needles)}")


def show_contexts(conn: sqlite3.Connection, query: str, limit: int, folded: bool, as_json: bool) -> None:
    """Keyword in context, newest article first, at most `limit` articles; of how many goes to stderr."""
    needles = needles_of(query, folded=folded)
    if not needles:
        say("no word of this query is looked for in title or text, so there is none to show in its context")
    rows: list[dict[str, Any]] = []
    ids = article_ids(conn, query, limit, folded=folded)
    for article_id in ids:
        title, day, body = conn.execute(
            "SELECT title, published, body FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        for c in contexts(f"{title}\n{body}", needles, KWIC_WIDTH):
            rows.append({"id": article_id, "published": day, "before": c.before, "word": c.word, "after": c.after})
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _show_occurrences(rows)
    say_matches(count(conn, query, folded=folded) if len(ids) == limit else len(ids), len(ids))


def _show_occurrences(rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        before, word, after = (clean(row[name]) for name in ("before", "word", "after"))
        label = pad(f"[{row['id']}] {(row['published'] or 'no date')[:10]}", 20)
        click.echo(f"{label} {pad(before, 2 * KWIC_WIDTH, right=True)}{BEFORE}{word}{AFTER}{after}")


def show_histogram(months: Mapping[str | None, int], as_json: bool) -> None:
    counts = with_gaps(months)
    if as_json:
        click.echo(json.dumps([{"month": month, "articles": n} for month, n in counts], indent=2))
    elif counts:
        click.echo(bars((month or "no date", n) for month, n in counts))
    else:
        say_matches(0, 0)


def with_gaps(months: Mapping[str | None, int]) -> list[tuple[str | None, int]]:
    """The months in order with those between that have none: a gap is a finding."""
    numbers = {int(month[:4]) * 12 + int(month[5:]) - 1: n for month, n in months.items() if month}
    between: Iterable[int] = range(min(numbers), max(numbers) + 1) if numbers else ()
    if numbers and max(numbers) - min(numbers) > MOST_MONTHS:
        between = sorted(numbers)
    filled: list[tuple[str | None, int]] = [
        (f"{number // 12:04}-{number % 12 + 1:02}", numbers.get(number, 0)) for number in between
    ]
    return [*((month, n) for month, n in months.items() if month is None), *filled]


def show_article(row: Mapping[str, Any]) -> None:
    """One article as it is read: headline, where it stands, fields, text."""
    click.echo(click.style(clean(row["title"]), bold=True))
    crumbs = " > ".join(json.loads(row["breadcrumb"])) or row["section"]
    facts = {
        "where": crumbs, "source": row["source"], "published": row["published"], "author": row["author"],
        "editor": row["editor"], "portal": row["portal"], "address": row["url"],
        "first seen": row["first_seen"], "last seen": row["last_seen"],
        "gone since": row["gone_since"] and f"{row['gone_since']} ({row['gone_grade'] or 'grade unknown'})",
        "revision": row["revision"] if row["revision"] > 1 else None,
    }  # fmt: skip
    facts |= json.loads(row["document"])
    facts = {name: value for name, value in facts.items() if value}
    names = max(width(name) for name in facts)
    for name, value in facts.items():
        click.echo(f"{click.style(pad(clean(name), names), dim=True)}  {clean(str(value))}")
    click.echo()
    click.echo("\n".join(clean(line) for line in row["body"].split("\n")) or "(no text)")
    for attachment in json.loads(row["attachments"]):
        click.echo(f"attachment: {cut(clean(attachment['name']), 60)}  {clean(attachment['url'])}")


def show_evidence(found: Sequence[tuple[str, str, str, str, int]]) -> None:
    rows = [(field, "✓" if chosen else "·", value, rule, raw) for field, rule, raw, value, chosen in found]
    click.echo(table(("field", "", "value", "rule", "stood in"), rows, most=50))


def show_stats(found: Stats) -> None:
    """Totals, bars by month, the lists, coverage."""
    span = f"{(found.oldest or '—')[:10]} to {(found.newest or '—')[:10]}"
    click.echo(f"{found.articles:,} articles of {span}, {found.characters:,} characters, {found.captures:,} captures")
    click.echo(
        f"{found.revised:,} revised, {found.reprints:,} reprints, {found.gone:,} gone; last seen {found.last_seen}"
    )
    lists = {"portal": found.portals, "section": found.sections, "source": found.sources}
    for name, counts in lists.items():
        if counts:
            click.echo(f"\n{click.style(name, bold=True)}\n{bars((cut(k, 40), n) for k, n in counts.items())}")
    months = ((month or "no date", n) for month, n in found.months.items())
    click.echo(f"\n{click.style('month', bold=True)}\n{bars(months)}")
    shares = [(name, f"{100 * share:.1f} %") for name, share in found.coverage.items()]
    click.echo(f"\n{click.style('fields filled', bold=True)}")
    names = max(width(name) for name, _ in shares)
    click.echo("\n".join(f"{pad(name, names)}  {share:>7}" for name, share in shares))


def _marked(text: str, needles: Sequence[Needle]) -> str:
    return mark(clean(text), needles, BEFORE, AFTER)
