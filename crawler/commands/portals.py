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
    from crawler.catalogue import catalogue

    fields = {"province": "province", "level": "level", "platform": "preset", "status": "status"}
    found = [
        entry
        for entry in catalogue()
        if all(value is None or getattr(entry, fields[name]) == value for name, value in wanted.items())
    ]
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in found], ensure_ascii=False, indent=2))
        return
    rows = [(e.id, e.name, e.province or "", e.level or "", e.preset or "", e.status or "", len(e.columns))
            for e in found]  # fmt: skip
    click.echo(table(("id", "name", "province", "level", "platform", "status", "columns"), rows))


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
