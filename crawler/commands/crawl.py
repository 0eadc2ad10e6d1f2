"""`dibao crawl`: portals into the archive."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

import click

from archive.config import archive_path, load_config
from crawler.errors import ConfigError
from crawler.options import CrawlOptions


@click.command()
@click.argument("targets", metavar="PORTAL|URL", nargs=-1)
@click.option("--all", "all_portals", is_flag=True, help="Every definition whose rules were seen on a real page.")
@click.option("--full", is_flag=True, help="Every list to its end, and every held article re-checked once.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Take up at most N new articles per portal.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Leave rows older than this date alone.")
@click.option("--delay", type=click.FloatRange(min=0), metavar="SECONDS", help="Between requests to one host.")
@click.option("--max-requests", type=click.IntRange(min=1), metavar="N", help="Budget of requests per portal.")
@click.option("--max-bytes", type=click.IntRange(min=1), metavar="N", help="Budget of bytes per portal.")
@click.option("--allow-loopback", is_flag=True, help="Allow addresses on this machine (tests, the demo).")
@click.option("--dry-run", is_flag=True, help="Say what would be asked, and how long it would take; ask nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the summaries as JSON on stdout.")
@click.option("--verbose", "-v", is_flag=True, help="One line an event.")
@click.option("--archive", type=click.Path(file_okay=False, path_type=Path), help="Archive directory.")
def crawl(
    targets: tuple[str, ...],
    all_portals: bool,
    full: bool,
    limit: int | None,
    since: object,
    delay: float | None,
    max_requests: int | None,
    max_bytes: int | None,
    allow_loopback: bool,
    dry_run: bool,
    as_json: bool,
    verbose: bool,
    archive: Path | None,
) -> int:
    """Crawl portals (by id), or bare column addresses, into the archive."""
    from crawler.targets import resolve_targets

    config = load_config()
    options = CrawlOptions(
        full=full,
        limit=limit,
        since=since.strftime("%Y-%m-%d") if since else None,  # type: ignore[attr-defined]
        allow_loopback=allow_loopback,
        delay=delay,
        contact=os.environ.get("DIBAO_CONTACT") or config.contact,
        max_requests=max_requests,
        max_bytes=max_bytes,
    )
    portals = resolve_targets(targets, all_portals=all_portals)
    if not portals:
        raise ConfigError("name a portal (`dibao portals` lists them), a column address, or --all")
    path = archive_path(archive)
    _log_to_stderr(verbose)
    if dry_run:
        from crawler.dry_run import describe

        for line in describe(portals, path, options):
            click.echo(line)
        return 0
    from crawler.crawl import crawl as crawl_portals
    from crawler.progress import Progress
    from crawler.summary import exit_code

    with Progress() as progress:
        summaries = crawl_portals(portals, path, options, on_progress=progress.update)
    for summary in summaries:
        click.echo(summary.line(), err=as_json)
    if as_json:
        click.echo(json.dumps([summary.as_dict() for summary in summaries], ensure_ascii=False, indent=2))
    return exit_code(summaries)


def _log_to_stderr(verbose: bool) -> None:
    """One line an event on stderr; control characters in titles and addresses are neutralised."""
    from archive.terminal import LineFormatter

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter("%(message)s"))
    logger = logging.getLogger("dibao")
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO if verbose else logging.WARNING)
