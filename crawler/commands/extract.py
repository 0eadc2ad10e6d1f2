"""`dibao extract`: one page to one JSON object, or to a table of evidence."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from crawler.errors import ConfigError


@click.command()
@click.argument("page", metavar="FILE|URL|-")
@click.option("--url", help="Address the page was fetched from: links resolve against it, its date is a witness.")
@click.option("--portal", "portal_id", help="Use the rules of this portal definition.")
@click.option("--explain", is_flag=True, help="Print which rule gave each field, and which values lost.")
@click.option("--allow-loopback", is_flag=True, help="Allow an address on this machine.")
def extract(page: str, url: str | None, portal_id: str | None, explain: bool, allow_loopback: bool) -> None:
    """Read one page: breadcrumb, title, source, time, body. JSON keys are the archive's column names."""
    from crawler.definitions import load_portal
    from crawler.extract import extract as extract_page
    from crawler.targets import need_address

    if url is not None:
        need_address(url)
    headers: dict[str, str] | None = None
    if page.startswith(("http://", "https://")):
        content, headers, url = _fetch(page, allow_loopback)
    else:
        content = _read(page)
    portal = load_portal(portal_id) if portal_id else None
    article = extract_page(content, url, headers=headers, portal=portal)
    if explain:
        from crawler.explain import explain_table

        click.echo(explain_table(article))
    else:
        click.echo(json.dumps(article.as_dict(), ensure_ascii=False, indent=2))


def _fetch(address: str, allow_loopback: bool) -> tuple[bytes, dict[str, str], str]:
    """(payload, headers, address it was at); through the crawler's own gates, stored nowhere."""
    from archive.config import contact_of_config
    from crawler.fetch_steps import fetch_now
    from crawler.targets import need_address

    fetched = fetch_now([need_address(address)], allow_loopback, contact_of_config())[address].had(address)
    return fetched.payload, dict(fetched.headers), fetched.url


def _read(name: str) -> bytes:
    """The bytes of a file, or of standard input for "-"."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{name}: {error.strerror}; give a file, an http(s) address, or - for standard input"
        ) from None
