"""`dibao crawl`: portals into the archive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.config import Config, archive_path, contact_of_config, load_config
from crawler.errors import ConfigError
from crawler.options import CrawlOptions

if TYPE_CHECKING:
    from crawler.due import Due
    from crawler.portal import Portal
    from crawler.summary import RunSummary


@click.command()
@click.argument("targets", metavar="PORTAL|URL", nargs=-1)
@click.option("--all", "all_portals", is_flag=True, help="Every definition whose rules were seen on a real page.")
@click.option(
    "--due",
    is_flag=True,
    help="Of those named, else of `portals` in dibao.toml, else of those in the archive: the ones whose time has come.",
)
@click.option("--full", is_flag=True, help="Every list to its end, and every held article re-checked once.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Take up at most N new articles per portal.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Leave rows older than this date alone.")
@click.option("--delay", type=click.FloatRange(min=0), metavar="SECONDS", help="Between requests to one host.")
@click.option("--max-requests", type=click.IntRange(min=1), metavar="N", help="Budget of requests per portal.")
@click.option("--max-bytes", type=click.IntRange(min=1), metavar="N", help="Budget of bytes per portal.")
@click.option("--allow-loopback", is_flag=True, help="Allow addresses on this machine (tests, the demo).")
@click.option("--dry-run", is_flag=True, help="Say what would be asked, and how long it would take; ask nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the summaries, or with --dry-run the plans, as JSON.")
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Append one line an event to FILE, rotated by size.",
)
@click.option("--verbose", "-v", is_flag=True, help="One line an event on stderr.")
@click.option("--archive", type=click.Path(file_okay=False, path_type=Path), help="Archive directory.")
def crawl(
    targets: tuple[str, ...],
    all_portals: bool,
    due: bool,
    full: bool,
    limit: int | None,
    since: datetime | None,
    delay: float | None,
    max_requests: int | None,
    max_bytes: int | None,
    allow_loopback: bool,
    dry_run: bool,
    as_json: bool,
    log: Path | None,
    verbose: bool,
    archive: Path | None,
) -> int:
    """Crawl portals (by id), or bare column addresses, into the archive."""
    from crawler.logs import start_logging

    config, path = load_config(), archive_path(archive)
    options = CrawlOptions(
        full=full,
        limit=limit,
        since=since.strftime("%Y-%m-%d") if since else None,
        allow_loopback=allow_loopback,
        delay=delay,
        contact=contact_of_config(),
        max_requests=max_requests,
        max_bytes=max_bytes,
    )
    chosen = _due(targets, all_portals, config, path) if due else _named(targets, all_portals)
    if dry_run:
        return _dry_run(chosen, path, options, as_json)
    start_logging(verbose, log or (Path(config.log) if config.log else None))
    return _tell([*_crawled(chosen.portals, path, options), *chosen.told], chosen.waiting, as_json)


@dataclass(frozen=True, slots=True)
class Chosen:
    portals: list[Portal]
    told: list[RunSummary] = field(
        default_factory=list
    )  # of portals that are not asked, though somebody waits for them
    waiting: list[Due] = field(default_factory=list)  # not due yet, the next one first


def _named(targets: Sequence[str], all_portals: bool) -> Chosen:
    from crawler.targets import every_seen, resolve_targets, resolve_usable

    if not targets and not all_portals:
        raise ConfigError("name a portal (`dibao portals` lists them), a column address, --all or --due")
    portals = {portal.id: portal for portal in resolve_targets(targets)}
    others, unusable = resolve_usable(every_seen()) if all_portals else ([], [])
    return Chosen(list(portals.values()) + [portal for portal in others if portal.id not in portals], unusable)


def _due(targets: Sequence[str], all_portals: bool, config: Config, archive: Path) -> Chosen:
    from crawler.due import due_now, remember
    from crawler.targets import every_seen, looked_after, resolve_usable

    memories = remember(archive)
    names = [*targets, *(every_seen() if all_portals else ())]
    portals, unusable = resolve_usable(names) if names else looked_after(config.portals, memories)
    if not portals and not unusable:
        raise ConfigError(
            'nothing to look after: put `portals = ["erqi"]` into dibao.toml (`dibao portals` lists them), '
            "or crawl a portal once"
        )
    due, resting, waiting = due_now(portals, memories, datetime.now(UTC))
    return Chosen(due, [*map(_at_rest, resting), *unusable], waiting)


def _at_rest(one: Due) -> RunSummary:
    from crawler.summary import RunSummary

    assert one.at and one.rest
    bare = one.portal.id == one.portal.name  # crawled by address
    name = " ".join(section.url for section in one.portal.sections) if bare else one.portal.id
    message = f"{one.why}; left alone until {one.at:%Y-%m-%d %H:%M} UTC (`dibao crawl {name}` asks now)"
    return RunSummary.not_run(one.portal.id, "resting", one.rest.exit_code, message)


def _dry_run(chosen: Chosen, archive: Path, options: CrawlOptions, as_json: bool) -> int:
    from crawler.dry_run import plans

    planned = list(plans(chosen.portals, archive, options))
    if as_json:
        told = [*map(asdict, planned), *(summary.as_dict() for summary in chosen.told)]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for line in (line for plan in planned for line in plan.lines()):
            click.echo(line)
    for summary in chosen.told:
        click.echo(summary.line(), err=as_json)
    _say_waiting(chosen.waiting)
    return 0


def _crawled(portals: Sequence[Portal], archive: Path, options: CrawlOptions) -> list[RunSummary]:
    from crawler.crawl import crawl as crawl_portals
    from crawler.progress import Progress

    if not portals:
        return []
    with Progress() as progress:
        return crawl_portals(portals, archive, options, on_progress=progress.update)


def _tell(summaries: Sequence[RunSummary], waiting: Sequence[Due], as_json: bool) -> int:
    """A line a portal, or JSON; return the exit code of the whole."""
    from archive.terminal import clean
    from crawler.logs import mask
    from crawler.summary import exit_code

    for summary in summaries:
        click.echo(mask(clean(summary.line())), err=as_json)
    _say_waiting(waiting)
    if as_json:
        click.echo(json.dumps([summary.as_dict() for summary in summaries], ensure_ascii=False, indent=2))
    return exit_code(summaries)


def _say_waiting(waiting: Sequence[Due]) -> None:
    if waiting:
        first = waiting[0]
        click.echo(f"{len(waiting)} not due yet; next: {first.portal.id} at {first.at:%Y-%m-%d %H:%M} UTC", err=True)
