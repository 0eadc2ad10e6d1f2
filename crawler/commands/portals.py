"""`dibao portals`, `dibao portal show|add|check`: the catalogue, growing it, checking it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.terminal import clean, table
from crawler.errors import ConfigError

if TYPE_CHECKING:
    from crawler.survey import Survey


@click.command()
@click.option("--province", help="Only this province, as in the definitions: 河南.")
@click.option("--level", help="central, province, city, district, department.")
@click.option("--platform", help="Only this preset.")
@click.option("--status", type=click.Choice(["seen", "inferred"]), help="seen: rules met a real page.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def portals(as_json: bool, **wanted: str | None) -> int:
    """List the portal definitions. A file that cannot be read is named, the others are listed: exit 2."""
    from crawler.catalogue import catalogue

    fields = {"province": "province", "level": "level", "platform": "preset", "status": "status"}
    entries = list(catalogue())
    found = [
        entry
        for entry in entries
        if not entry.fault
        and all(value is None or getattr(entry, fields[name]) == value for name, value in wanted.items())
    ]
    if as_json:
        told = [{key: value for key, value in asdict(entry).items() if key != "fault"} for entry in found]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        rows = [(e.id, e.name, e.province or "", e.level or "", e.preset or "", e.status or "", len(e.columns))
                for e in found]  # fmt: skip
        click.echo(table(("id", "name", "province", "level", "platform", "status", "columns"), rows))
    faults = [entry.fault for entry in entries if entry.fault]
    for fault in faults:
        click.echo(f"cannot be used: {clean(fault)}", err=True)
    return 2 if faults else 0


@click.group()
def portal() -> None:
    """Look at portal definitions, add one, check them."""


@portal.command()
@click.argument("portal_id", metavar="ID")
def show(portal_id: str) -> None:
    """Print a definition as it is used, its preset merged in."""
    from crawler.definitions import load_portal

    click.echo(json.dumps(_said(asdict(load_portal(portal_id))), ensure_ascii=False, indent=2))


@portal.command()
@click.argument("url", metavar="URL")
@click.option("--id", "portal_id", metavar="ID", help="Call it so; default: the host.")
@click.option("--dry-run", is_flag=True, help="Print the definition, write nothing.")
@click.option("--allow-loopback", is_flag=True, help="Allow an address on this machine.")
def add(url: str, portal_id: str | None, dry_run: bool, allow_loopback: bool) -> None:
    """Recognise a portal by its home page, a column or an article; try it and write its definition.

    About ten pages are asked for, politely. The definition goes to $DIBAO_PORTALS, or into the checkout.
    """
    from archive.config import contact_of_config
    from crawler.fetch_steps import StepFetcher
    from crawler.portal_add import definition_of, free_id, places, to_toml, write
    from crawler.survey import survey

    where, name = places(), free_id(url, portal_id)
    found = survey(url, StepFetcher(allow_loopback=allow_loopback, contact=contact_of_config()))
    values = definition_of(found, name)
    for line in _told(found):
        click.echo(line, err=dry_run)
    if dry_run:
        click.echo(to_toml(values), nl=False)
        return
    path = write(found, values, where)
    click.echo(f"\nwritten: {path}\nkept pages: {where.pages / name}")
    click.echo(f"next: dibao portal check {name}; dibao crawl {name} --limit 5")


def _told(found: Survey) -> Iterator[str]:
    """What was found, and what is unsure."""
    from crawler.survey import FIELDS

    guess = found.guess
    yield f"{found.name} ({found.url})"
    yield f"platform: {guess.platform}, certainty {guess.certainty:.2f}" if guess else "platform: not recognised"
    yield from (f"  {clue}" for clue in (guess.clues if guess else ()))
    rows = [(c.section.name, c.section.url, len(c.listing.rows), sum(bool(r.date) for r in c.listing.rows),
             c.listing.pager.kind, c.listing.pager.total_pages or "") for c in found.columns]  # fmt: skip
    yield table(("column", "address", "rows", "dated", "pager", "pages"), rows)
    tried = len(found.articles)
    yield f"tried {tried} articles: " + ", ".join(f"{field} {found.filled(field)}" for field in FIELDS)
    yield from (f"unsure: {doubt}" for doubt in found.doubts)


@portal.command()
@click.argument("ids", metavar="ID", nargs=-1)
@click.option("--all", "all_portals", is_flag=True, help="Every definition.")
@click.option("--live", is_flag=True, help="Ask the portals: one list page a column, three articles.")
@click.option("--accept", "accepting", is_flag=True, help="With --live: what passes is `seen` from now on.")
@click.option("--archive", type=click.Path(file_okay=False, path_type=Path), help="Archive directory.")
@click.option("--allow-loopback", is_flag=True, help="Allow addresses on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def check(
    ids: tuple[str, ...], all_portals: bool, live: bool, accepting: bool, archive: Path | None, allow_loopback: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Try definitions on kept pages: a line a rule, exit 4 on drift.

    Pages are the ones kept by `portal add`, else the newest ones in the archive; with --live the portal's own. A
    definition that cannot be used is named, the others are checked: exit 2; so is a damaged record: exit 6.
    """
    from archive.config import archive_path, contact_of_config
    from crawler.definitions import portal_ids
    from crawler.fetch_steps import StepFetcher
    from crawler.portal_accept import accept, passed
    from crawler.portal_check import check_portals

    if accepting and not live:
        raise ConfigError("--accept needs --live: only a real page makes a definition `seen`")
    chosen = portal_ids() if all_portals else list(ids)
    if not chosen:
        raise ConfigError("name a portal (`dibao portals` lists them), or --all")
    fetch = StepFetcher(allow_loopback=allow_loopback, contact=contact_of_config()) if live else None
    checked = check_portals(chosen, archive_path(archive), fetch)
    findings = checked.findings
    if as_json:
        click.echo(json.dumps([asdict(one) for one in findings], ensure_ascii=False, indent=2))
    elif findings:
        rows = [(f.portal, f.page, f.rule, f.yields, f.expected, "ok" if f.ok else "DRIFT") for f in findings]
        click.echo(table(("portal", "page", "rule", "yields", "expected", ""), rows))
    drifted = sorted({one.portal for one in findings if not one.ok})
    for reason in checked.unusable.values():
        click.echo(f"cannot be used: {clean(reason)}", err=True)
    for reason in checked.damaged:
        click.echo(f"passed over: {clean(reason)}", err=True)
    for portal_id, reason in checked.without.items() if live else ():
        click.echo(f"not asked: {portal_id}: {clean(reason)}", err=True)
    without = f"{len(checked.without)} " + ("not asked" if live else "without pages to check (--live asks the portal)")
    click.echo(
        f"{len(chosen) - len(checked.without) - len(checked.unusable)} checked, "
        f"{len(drifted)} with drift{': ' * bool(drifted)}{', '.join(drifted)}; {without}"
        + (f"; {len(checked.unusable)} cannot be used" if checked.unusable else ""),
        err=True,
    )
    for portal_id in passed(findings) if accepting else ():
        if path := accept(portal_id):
            click.echo(f"{portal_id}: seen now, `dibao crawl --all` takes it: {path}", err=True)
    return 2 if checked.unusable else 6 if checked.damaged else 4 if drifted else 0


def _said(value: Any) -> Any:
    """Without what a definition leaves open."""
    if isinstance(value, dict):
        return {key: said for key, child in value.items() if (said := _said(child)) not in (None, {}, [])}
    return [_said(child) for child in value] if isinstance(value, list | tuple) else value
