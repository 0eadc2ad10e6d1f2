"""`dibao portals`, `dibao portal show`: the catalogue."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from archive.terminal import table


@click.command()
@click.option("--province", help="Only this province, as in the definitions: 河南.")
@click.option("--level", help="central, province, city, district, department.")
@click.option("--platform", help="Only this preset.")
@click.option("--status", type=click.Choice(["seen", "inferred"]), help="seen: rules met a real page.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def portals(as_json: bool, **wanted: str | None) -> None:
    """List the portal definitions."""
    from crawler.definitions import load_portal, portal_ids

    fields = {"province": "province", "level": "level", "platform": "preset", "status": "status"}
    found = [
        portal
        for portal in map(load_portal, portal_ids())
        if all(value is None or getattr(portal, fields[name]) == value for name, value in wanted.items())
    ]
    if as_json:
        rows = [{"id": p.id, "name": p.name, "url": p.url, "province": p.province, "level": p.level, "preset": p.preset,
                 "status": p.status, "sections": len(p.sections)} for p in found]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    rows_shown = [(p.id, p.name, p.province or "", p.level or "", p.preset or "", p.status or "", len(p.sections))
                  for p in found]  # fmt: skip
    click.echo(table(("id", "name", "province", "level", "platform", "status", "columns"), rows_shown))


@click.group()
def portal() -> None:
    """Look at one portal definition."""


@portal.command()
@click.argument("portal_id", metavar="ID")
def show(portal_id: str) -> None:
    """Print a definition as it is used, its preset merged in."""
    from crawler.definitions import load_portal

    click.echo(json.dumps(_said(asdict(load_portal(portal_id))), ensure_ascii=False, indent=2))


def _said(value: Any) -> Any:
    """Without what a definition leaves open."""
    if isinstance(value, dict):
        return {key: said for key, child in value.items() if (said := _said(child)) not in (None, {}, [])}
    return [_said(child) for child in value] if isinstance(value, list | tuple) else value
