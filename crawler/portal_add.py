"""Write what a survey found: the definition as TOML, one list page and one article kept as the portal's test pages.

    <definitions>/<folder>/<id>.toml
    <pages>/<id>/kept.json list.gz article.gz      kept.json says what the rules read there (crawler/portal_check.py)

In a checkout the definition goes to crawler/portals/ and the pages to tests/pages/, else both below $DIBAO_PORTALS.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli_w

from archive.urls import host_of
from crawler.definitions import PACKAGE, define, portal_files
from crawler.divisions import level_of, place_of, portal_id
from crawler.errors import PortalError
from crawler.extract import extract
from crawler.fetch_steps import Fetched
from crawler.listing import list_page
from crawler.portal import Portal
from crawler.survey import Survey
from crawler.targets import need_address

ARTICLE_FIELDS = ("title", "source", "published", "breadcrumb", "body")


@dataclass(frozen=True, slots=True)
class Places:
    """Where definitions and kept pages go."""

    definitions: Path
    pages: Path


def places() -> Places:
    """$DIBAO_PORTALS, else the checkout. Raises PortalError where neither is there."""
    own = os.environ.get("DIBAO_PORTALS")
    if own:
        return Places(Path(own), Path(own, "pages"))
    if (PACKAGE.parent / "pyproject.toml").is_file():
        return Places(PACKAGE / "portals", PACKAGE.parent / "tests" / "pages")
    raise PortalError("no folder for the definition: make one and set DIBAO_PORTALS to it")


def kept_folder(portal_id: str) -> Path | None:
    """Where the pages of a definition are kept, None where there are none."""
    roots = [Path(own, "pages") for own in [os.environ.get("DIBAO_PORTALS")] if own]
    folders = [root / portal_id for root in (*roots, PACKAGE.parent / "tests" / "pages")]
    return next((folder for folder in folders if (folder / "kept.json").is_file()), None)


def free_id(url: str, wanted: str | None) -> str:
    """The id that a new definition gets. Raises PortalError where it is taken, or no id, ConfigError for no address."""
    need_address(url)
    name = wanted or portal_id(urlsplit(url).netloc)
    if not re.fullmatch(r"[a-z0-9_]{1,60}", name):
        raise PortalError(f"{name!r} is no id: small letters, digits and _, at most 60; give one with --id")
    if name in (taken := portal_files()):
        raise PortalError(f"{name} is defined already: {taken[name]}; give another id with --id, or edit that file")
    return name


def definition_of(found: Survey, name: str) -> dict[str, Any]:
    """The definition's values, in the order of the file; `name` is its id."""
    _, province, code = place_of(found.site_id_code)
    hosts = dict.fromkeys(host_of(page.url) for page, _ in found.articles)
    named = {host_of(found.url), *(host_of(column.section.url) for column in found.columns)}
    values = {
        "id": name,
        "name": found.name,
        "url": found.url,
        "province": province,
        "level": "central" if (found.site_id_code or "").startswith("bm") else level_of(code) if code else None,
        "division_code": code,
        "site_id_code": found.site_id_code,
        "preset": found.guess.platform if found.guess else None,
        "status": "seen" if found.articles else "inferred",
        "hosts": [host for host in hosts if host not in named] or None,
        "section": [
            {"name": column.section.name, "url": column.section.url, "type": column.section.type,
             "min_rows": max(1, len(column.listing.rows) * 4 // 5)}
            for column in found.columns
        ],
    }  # fmt: skip
    return {key: value for key, value in values.items() if value is not None}


def write(found: Survey, values: dict[str, Any], where: Places) -> Path:
    """Write definition and pages; the path of the definition. Raises PortalError where a folder can't be written."""
    portal = define(values, values["id"])
    folder, _, _ = place_of(found.site_id_code)
    path = where.definitions / folder / f"{portal.id}.toml"
    try:
        keep(found, portal, where.pages / portal.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_toml(values), "utf-8")  # last: a definition stands for a whole addition
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)  # cut short by a full disk; its id was free
        raise PortalError(f"{error.filename or path}: {error.strerror}; the definition was not written") from None
    return path


def to_toml(values: dict[str, Any]) -> str:
    """[[section]] tables, not inline ones: they are what a person edits."""
    head = tomli_w.dumps({key: value for key, value in values.items() if key != "section"})
    columns = ({key: value for key, value in one.items() if value is not None} for one in values["section"])
    return head + "".join(f"\n[[section]]\n{tomli_w.dumps(column)}" for column in columns)


def keep(found: Survey, portal: Portal, folder: Path) -> None:
    """Keep the best column's list page and the first article, with what the rules read there."""
    folder.mkdir(parents=True, exist_ok=True)
    page = found.columns[0].rows_page
    kept: dict[str, Any] = {"list": _kept(page, "list", folder) | list_reading(page, portal)}
    if found.articles:
        page = found.articles[0][0]
        kept["article"] = _kept(page, "article", folder) | article_reading(page, portal)
    (folder / "kept.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")


def list_reading(page: Fetched, portal: Portal) -> dict[str, Any]:
    """What the rules read on a list page, as kept.json has it."""
    listing = list_page(page.payload, page.url, headers=page.headers, portal=portal)
    rows = [[row.url, row.title, row.date] for row in listing.rows]
    return {"rows": rows, "pager": listing.pager.kind, "next": listing.pager.next_url}


def article_reading(page: Fetched, portal: Portal) -> dict[str, Any]:
    """What the rules read on an article page, as kept.json has it. Raises PageError."""
    values = extract(page.payload, page.url, headers=page.headers, portal=portal).as_dict()
    return {field: values[field] for field in ARTICLE_FIELDS}


def _kept(page: Fetched, name: str, folder: Path) -> dict[str, Any]:
    (folder / f"{name}.gz").write_bytes(gzip.compress(page.payload, mtime=0))
    types = [value for key, value in page.headers if key.lower() == "content-type"]
    return {"url": page.url, "content_type": types[0] if types else None}
