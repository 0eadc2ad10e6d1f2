"""Write the portal catalogue: one definition per portal of a survey file, into crawler/portals/<province>/<id>.toml.

    python tools/make_catalogue.py [portals.jsonl]

Each line of the survey is one portal: {name, base_url, level, division_code, site_id_code, cms, cms_evidence, columns:
[{name, url, source}], notes}. The default is $DIBAO_SHARED/data/portals.jsonl. Portals whose host a hand-written
definition has already are left alone; what this script wrote itself (its first line says so) is written anew.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli_w

from crawler.definitions import load_preset, read_definition
from crawler.divisions import PROVINCES, level_of, portal_id

ROOT = Path(__file__).parent.parent
PORTALS = ROOT / "crawler" / "portals"
MARK = "# Written by tools/make_catalogue.py."
CLOSED = re.compile(r": (?:record, )?do not crawl")  # in the notes of a portal that must be left alone
# Portals whose line gives no division code
CODES = {"www.hyzww.gov.cn": "411603", "rsj.gnrzmzf.gov.cn": "623000", "www.dlf.gov.cn": "532900"}
# The survey's name for a platform -> preset. Others have no preset: the generic reading holds.
PRESETS = {
    "trs": "trs", "trs (.shtml)": "trs", "trs-like": "trs", "trs-like (directory URL)": "trs",
    'col-dir (dialect "colN/colN", TRS-like)': "trs", "ucap": "ucap", "ucap (/pc/list.html sites)": "ucap",
    "shtml-other (UCAP-like)": "ucap", "sjj list/content (UCAP-like)": "ucap", "hanweb": "hanweb",
    "jpaas (Hanweb)": "jpaas", "hanweb (queryList variant)": "querylist", "vsb": "vsb", "jeecms": "jeecms",
    "epoint": "epoint", "henan-sitesources (page_pc)": "sitesources", "henan-dahe (YYYY/MM-DD/ID.html)": "henan",
    "nfcms-gd": "nfcms", "ccontent (nNNN/cNNN/content.html)": "ccontent", "ccontent (nNNN/index.html)": "ccontent",
    "shanghai": "shanghai", "dedecms": "dedecms", "dedecms-like (/a/<col>/)": "dedecms", "powereasy": "powereasy",
    "phpcms": "phpcms", "longxun-anhui": "longxun", "asp-classic": "asp", "aspx-other": "aspnet",
    "govcn-json": "gov_cn",
}  # fmt: skip


def main() -> None:
    shared = os.environ.get("DIBAO_SHARED", str(ROOT.parent / "shared"))
    survey = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(shared, "data", "portals.jsonl")
    for path in PORTALS.rglob("*.toml"):
        if path.read_text("utf-8").startswith(MARK):
            path.unlink()
    taken = dict(_hand_written())
    written = 0
    for line in survey.read_text("utf-8").splitlines():
        portal = json.loads(line)
        name = portal_id(host_of_portal(portal))
        if host_of_portal(portal) in taken or not portal["columns"]:
            continue
        if name in taken.values():
            raise SystemExit(f"{survey}: two portals would be called {name}")
        taken[host_of_portal(portal)] = name
        _write(name, portal)
        written += 1
    print(f"{written} definitions written, {len(taken)} in all")


def _hand_written() -> Iterator[tuple[str, str]]:
    for path in PORTALS.rglob("*.toml"):
        definition = read_definition(path)
        yield from ((host, definition.id) for host in definition.hosts)


def host_of_portal(portal: Mapping[str, Any]) -> str:
    return urlsplit(portal["base_url"]).hostname or ""


def _write(name: str, portal: Mapping[str, Any]) -> None:
    code = portal["division_code"] or CODES.get(host_of_portal(portal))
    folder, province = PROVINCES[code[:2]] if code else ("central", None)
    path = PORTALS / folder / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    sources = dict.fromkeys(column["source"] for column in portal["columns"])
    head = f"{MARK} Platform known by: {portal['cms_evidence']} ({portal['cms']}).\n"
    head += "".join(f"# Columns: {source}\n" for source in sources)
    preset = PRESETS.get(portal["cms"])
    sections = "".join(_section(column, preset) for column in portal["columns"])
    path.write_text(head + tomli_w.dumps(_definition(name, portal, province, code)) + sections, "utf-8")
    read_definition(path)  # what cannot be loaded is not shipped


def _definition(name: str, portal: Mapping[str, Any], province: str | None, code: str | None) -> dict[str, Any]:
    notes = portal["notes"]
    values = {
        "id": name,
        "name": portal["name"],
        "url": portal["base_url"],
        "level": _level(portal["level"], code),
        "province": province,
        "division_code": code,
        "site_id_code": portal["site_id_code"],
        "preset": PRESETS.get(portal["cms"]),
        "status": "seen" if portal["cms_evidence"].startswith("saved") else "inferred",
        "notes": notes,
        "crawl": {"robots": f"do not crawl: {CLOSED.sub('', notes)}"} if CLOSED.search(notes or "") else None,
    }
    return {key: value for key, value in values.items() if value is not None}


def _level(level: str, code: str | None) -> str:
    """The districts of Beijing are no cities."""
    return level_of(code) if code and level in ("city", "district") else level


def _section(column: Mapping[str, str], preset: str | None) -> str:
    """A column as TOML; where its file is not called index, so are its other pages."""
    text = "\n[[section]]\n" + tomli_w.dumps({"name": column["name"], "url": column["url"]})
    template = load_preset(preset).get("list", {}).get("pager", {}).get("template", "") if preset else ""
    own = re.search(r"/([\w-]+?)(?:_\d+)?(\.\w+)$", urlsplit(column["url"]).path)
    if own and template.startswith("index_{n}.") and (fitting := f"{own[1]}_{{n}}{own[2]}") != template:
        text += "\n[section.list.pager]\n" + tomli_w.dumps({"template": fitting})
    return text


if __name__ == "__main__":
    main()
