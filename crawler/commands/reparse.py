"""`dibao reparse`: what the present rules make of the pages that are kept."""

from __future__ import annotations

import json
from pathlib import Path

import click

from archive.commands.common import archive_option, json_option, need_portals, opened, progress
from archive.config import archive_path
from archive.terminal import clean, cut, table


@click.command()
@click.option("--portal", "portals", multiple=True, help="Only this portal; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Only report (the default).")
@click.option("--accept", is_flag=True, help="Write what changed, as revisions with cause `rules`.")
@json_option
@archive_option
def reparse(portals: tuple[str, ...], dry_run: bool, accept: bool, as_json: bool, archive: Path | None) -> None:
    """Read the fields of every article again from the pages kept, and report what would change."""
    from crawler.reparse import reparse as read_again

    if dry_run and accept:
        raise click.UsageError("--dry-run and --accept exclude each other")
    with opened(archive) as conn:
        need_portals(conn, *portals)
        (total,) = conn.execute("SELECT count(*) FROM articles").fetchone()
    with progress("reading again", total) as advance:
        report = read_again(archive_path(archive), portals=portals, accept=accept, advance=advance)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        return
    kinds = ("filled", "altered", "emptied")
    names = sorted({name for name, _ in report.counts})
    if names:
        click.echo(table(("field", *kinds), [(name, *(report.counts[name, kind] for kind in kinds)) for name in names]))
        click.echo()
    for change in sorted(report.samples, key=lambda c: (c.kind != "emptied", c.field)):
        before, after = (cut(clean(str(value)), 60) for value in (change.before, change.after))
        click.echo(f"{change.field} {change.kind}  [{change.article_id}] {before or '-'}  ->  {after or '-'}")
    if emptied := [f"{name} {report.counts[name, 'emptied']}" for name in names if report.counts[name, "emptied"]]:
        click.echo(f"emptied where the archive has something: {', '.join(emptied)}; look at these before --accept")
    for number, url, reason in report.unread:
        click.echo(f"left as it is  [{number}] {url}: {clean(reason)}")
    for alarm in report.cleared:
        click.echo(f"alarm cleared, its page is read well now: {clean(alarm)}")
    done = "written" if accept else "nothing written; --accept writes"
    left = f", {len(report.unread)} could not be" if report.unread else ""
    differ = f"{report.changed} differ{': ' + done if report.changed else ''}"
    click.echo(f"{report.read} articles read again{left}, {differ}")
