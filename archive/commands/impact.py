"""`dibao impact`: what crawling cost the portals, from the politeness ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from archive.commands.common import archive_option, json_option, need_portals, opened, say

COLUMNS = ("day", "host", "runs", "requests", "bytes", "statuses", "back-offs", "waited", "robots.txt")


@click.command()
@click.argument("portal", required=False)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only from this day (UTC) on.")
@json_option
@archive_option
def impact(portal: str | None, since: Any, as_json: bool, archive: Path | None) -> None:
    """What was asked of each host, per day: requests, bytes, statuses, back-offs, and how robots.txt was read.

    The record an operator shows to whoever asks what the crawler did to a site.
    """
    from archive.ledger import impact_rows
    from archive.terminal import table

    with opened(archive) as conn:
        need_portals(conn, portal)
        rows = impact_rows(conn, portal, since.strftime("%Y-%m-%d") if since else None)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif rows:
        click.echo(table(COLUMNS, [_shown(row) for row in rows], most=60))
        requests, received = sum(row["requests"] for row in rows), sum(row["bytes"] for row in rows)
        say(f"{requests:,} requests, {received:,} bytes received, {sum(row['backoffs'] for row in rows)} back-offs")
    else:
        when = f"since {since:%Y-%m-%d}" if since else "yet"
        say(f"nothing was asked of {portal or 'any host'} {when}; `dibao crawl PORTAL` fills the ledger")


def _shown(row: dict[str, Any]) -> tuple[str, ...]:
    statuses = ", ".join(f"{status} × {count}" for status, count in sorted(row["statuses"].items()))
    return (
        row["day"], row["host"], str(row["runs"]), f"{row['requests']:,}", f"{row['bytes']:,}", statuses,
        str(row["backoffs"]), f"{row['waited']:.0f} s", row["robots"] or "",
    )  # fmt: skip
