"""Sections survive a redesign: all columns under new names and addresses, the same items; the census goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from archive.connection import connect_readonly
from archive.sections import history, trails
from crawler.cli import cli
from tests.miniportals import miniportal
from tests.miniportals.server import MiniPortal
from tests.test_miniportals import define, dibao

NEW = "/xwdt/tpxw.htm"


def redesign(home: Path, site: MiniPortal, name: str = "头条新闻") -> None:
    """The column moves and is renamed; the definition follows."""
    lists, old = site.platform.lists, site.platform.column

    def moved(portal: MiniPortal, asked: Any) -> Any:
        if asked.path == old:
            return None
        folder, stem = NEW.rsplit("/", 1)
        path = old if asked.path == NEW else asked.path.replace(folder, old.rsplit("/", 1)[0])
        path = path.replace(f"/{stem[:-4]}/", f"/{old.rsplit('/', 1)[1][:-4]}/")
        return lists(portal, replace(asked, path=path, target=path))

    site.platform = replace(site.platform, lists=moved, column=NEW)
    define(home / "portals", "vsb", site)
    path = home / "portals" / "mini_vsb.toml"
    path.write_text(path.read_text("utf-8").replace('name = "要闻"', f'name = "{name}"'), "utf-8")


def census_of(home: Path, *options: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(cli, ["census", "--json", *options, "--archive", str(home / "archive")])
    found: list[dict[str, Any]] = json.loads(done.output)
    return found


def test_a_redesign_keeps_the_section(tmp_path: Path) -> None:
    (tmp_path / "portals").mkdir()
    with miniportal("vsb") as site:
        define(tmp_path / "portals", "vsb", site)
        old = site.column_url
        dibao(tmp_path, "mini_vsb")
        (before,) = census_of(tmp_path)
        gone = site.withdraw(4)
        site.insert(3)
        redesign(tmp_path, site)
        dibao(tmp_path, "mini_vsb", "--full")
        (after,) = census_of(tmp_path)  # one section still
        assert (after["id"], after["name"], after["url"]) == (before["id"], "头条新闻", site.column_url)
        assert [(one["name"], one["url"]) for one in after["names"]] == [("要闻", old), ("头条新闻", site.column_url)]
        figures = {name: after[name] for name in ("declared_records", "listed", "held", "gone", "missing", "unlisted")}
        assert figures == {
            "declared_records": 36, "listed": 37, "held": 36, "gone": 1, "missing": 0, "unlisted": 1,
        }  # fmt: skip
        assert gone.title  # its row stands in the old column alone
        told = CliRunner().invoke(cli, ["census", "--tree", "--archive", str(tmp_path / "archive")]).output
    lines = told.splitlines()
    assert lines[:2] == ["mini_vsb", "  新闻中心"]
    assert f"头条新闻  36 held, {site.column_url}; formerly 要闻 {old} until 20" in lines[-1]


def test_a_new_column_of_other_articles_is_a_section_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "portals").mkdir()
    with miniportal("vsb", 12) as site:
        define(tmp_path / "portals", "vsb", site)
        dibao(tmp_path, "mini_vsb")
        for _ in range(9):
            site.withdraw(3)  # three of twelve old ones stay
        site.insert(12)
        redesign(tmp_path, site)
        dibao(tmp_path, "mini_vsb")
    assert [one["name"] for one in census_of(tmp_path)] == ["要闻", "头条新闻"]


def test_a_rename_at_the_same_address_is_history(tmp_path: Path) -> None:
    (tmp_path / "portals").mkdir()
    with miniportal("vsb", 5) as site:
        define(tmp_path / "portals", "vsb", site)
        dibao(tmp_path, "mini_vsb")
        path = tmp_path / "portals" / "mini_vsb.toml"
        path.write_text(path.read_text("utf-8").replace('name = "要闻"', 'name = "头条"'), "utf-8")
        dibao(tmp_path, "mini_vsb")
        dibao(tmp_path, "mini_vsb")
    conn = connect_readonly(tmp_path / "archive")
    (names,) = history(conn, "mini_vsb").values()
    assert [one["name"] for one in names] == ["要闻", "头条"]
    assert names[0]["last_seen"] < names[1]["first_seen"] < names[1]["last_seen"]
    assert list(trails(conn, "mini_vsb").values()) == [("新闻中心", "要闻", "头条")]  # articles still print the old one
    conn.close()
