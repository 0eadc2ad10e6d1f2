"""`dibao status`: the operator's one screen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from crawler.status import PortalStatus

COLUMNS = 80
ROWS = 16  # of portals that are well; more only with --all
WIDTHS = (25, 8, 11, 9, 7, 10)
HEAD = ("portal", "last run", "ended", "articles", "waiting", "next due")


@click.command()
@click.option("--all", "everything", is_flag=True, help="Every portal, also where that takes more than a screen.")
@click.option("--check", is_flag=True, help="Exit code 4 where something needs looking at.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--archive", type=click.Path(path_type=Path), help="Archive directory.")
def status(everything: bool, check: bool, as_json: bool, archive: Path | None) -> int:
    """Portals, their last runs, when they are due, open alarms; what needs looking at first."""
    from archive.config import archive_path, load_config
    from crawler.status import portal_states

    now = datetime.now(UTC)
    found = portal_states(archive_path(archive), load_config().portals, now)
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(screen(found, now, rows=None if everything else ROWS)))
    return 4 if check and any(one.needs_looking_at for one in found) else 0


def screen(found: Sequence[PortalStatus], now: datetime, *, rows: int | None) -> Iterator[str]:
    """At most 80 columns: a line on the whole, a line a portal, the reasons of those that need looking at."""
    if not found:
        yield "nothing was crawled yet; `dibao crawl PORTAL` begins (`dibao portals`: which)"
        return
    troubled = [one for one in found if one.needs_looking_at]
    articles = sum(one.articles for one in found)
    yield f"{articles:,} articles of {len(found)} portals; " + (
        f"{len(troubled)} need looking at" if len(troubled) > 1 else "1 needs looking at" if troubled else "all well"
    )
    yield ""
    yield _line(HEAD)
    well = found[len(troubled) :]
    shown = well if rows is None else well[: max(rows - len(troubled), 0)]
    for one in [*troubled, *shown]:
        yield _line(_cells(one, now))
    if len(shown) < len(well):
        yield f"… and {len(well) - len(shown)} more, all well (--all shows them)"
    for one in troubled:
        yield ""
        for reason in _reasons(one):
            yield from _wrapped(f"{one.portal}: {reason}")
    if left := [one.portal for one in well if one.alarms]:
        yield ""
        yield from _wrapped(f"looked after no more, alarms of their last runs open: {', '.join(left)}")


def _cells(one: PortalStatus, now: datetime) -> tuple[str, ...]:
    mark = "! " if one.needs_looking_at else "  "
    ago = f"{_span(now - datetime.fromisoformat(one.last_run))} ago" if one.last_run else "never"
    return (f"{mark}{one.portal} {one.name}".rstrip(), ago, one.outcome, f"{one.articles:,}", f"{one.pending:,}",
            _next(one, now))  # fmt: skip


def _next(one: PortalStatus, now: datetime) -> str:
    if one.next_due is None:
        return "-"
    left = datetime.fromisoformat(one.next_due) - now
    if left <= timedelta(seconds=1):
        return "now"
    return f"rests {_span(left)}" if one.resting else f"in {_span(left)}"


def _reasons(one: PortalStatus) -> Iterator[str]:
    if one.trouble:
        yield one.trouble
    for alarm in one.alarms:
        where = f"{alarm.section}: " if alarm.section and alarm.section not in alarm.message else ""
        yield f"{alarm.kind} since {alarm.opened[:10]}: {where}{alarm.message}"


def _span(span: timedelta) -> str:
    """5 m, 22 h, 3 d: one unit, rounded down."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    if minutes < 60:
        return f"{minutes} m"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def _line(cells: Sequence[str]) -> str:
    from archive.terminal import clean, cut, pad

    right = (False, True, False, True, True, True)
    return "  ".join(
        pad(cut(clean(cell), width), width, right=to_right)
        for cell, width, to_right in zip(cells, WIDTHS, right, strict=True)
    ).rstrip()


def _wrapped(text: str) -> Iterator[str]:
    """Lines of at most 80 columns, broken between words where there are any; what follows is indented."""
    from archive.terminal import clean, width

    line = ""
    for word in clean(text).split(" "):
        if line and width(f"{line} {word}") > COLUMNS:
            yield line
            line = " "
        line = f"{line} {word}" if line else word
        while width(line) > COLUMNS:
            kept = _head(line)
            yield kept
            line = f"  {line[len(kept) :]}"
    yield line


def _head(text: str) -> str:
    """The longest beginning that fits."""
    from archive.terminal import width

    room = 0
    for position, character in enumerate(text):
        room += width(character)
        if room > COLUMNS:
            return text[:position]
    return text
