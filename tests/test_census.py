"""`dibao census`: every figure, on a portal with holes made on purpose, crawled by the real crawler."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.census import census, missing
from archive.connection import connect_readonly
from crawler.cli import cli
from tests.miniportals import miniportal
from tests.miniportals.items import Item
from tests.miniportals.server import Answer, Asked, MiniPortal
from tests.test_miniportals import define, dibao


@dataclass
class Holes:
    """A portal that answers some addresses otherwise than its list promises."""

    site: MiniPortal
    broken: set[str] = field(default_factory=set)  # 403
    vanished: set[str] = field(default_factory=set)  # listed, but 404
    forbidden: set[str] = field(default_factory=set)  # robots.txt
    hidden: list[Item] = field(default_factory=list)  # in no list, but there

    def address(self, place: int) -> str:
        return self.site.platform.address(self.site.items[place])

    def hide(self, place: int) -> None:
        self.hidden.append(self.site.withdraw(place))

    def answer(self, found: Callable[[Asked], Answer | str], asked: Asked) -> Answer | str:
        if asked.path == "/robots.txt":
            lines = "".join(f"Disallow: {path}\n" for path in sorted(self.forbidden))
            return Answer(f"User-agent: *\n{lines}", "text/plain")
        if asked.target in self.broken:
            return Answer("<html>禁止访问</html>", status=403)
        if asked.target in self.vanished:
            return Answer("<html>页面不存在</html>", status=404)
        for one in self.hidden:
            if asked.target == self.site.platform.address(one):
                return self.site.platform.article(one)
        return found(asked)


def holed(site: MiniPortal) -> Holes:
    holes, found = Holes(site), site._found
    site._found = lambda asked: holes.answer(found, asked)  # type: ignore[method-assign]
    return holes


def figures(home: Path) -> dict[str, Any]:
    conn = connect_readonly(home / "archive")
    try:
        (column,) = census(conn, "mini_vsb")
    finally:
        conn.close()
    months = column.months.values()
    for name in ("listed", "held", "gone", "missing", "other", "unlisted"):
        assert sum(getattr(month, name) for month in months) == getattr(column.total, name)
    total = column.total
    assert total.listed == total.held + total.gone + total.missing + total.other
    found = {"declared": column.declared_records, "unseen": column.unseen, **total.as_dict()}
    return {name: value for name, value in found.items() if value}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "portals").mkdir()
    return tmp_path


def test_every_figure_of_a_portal_with_holes(home: Path) -> None:
    with miniportal("vsb") as site:
        define(home / "portals", "vsb", site)
        holes = holed(site)
        holes.broken = {holes.address(place) for place in (1, 12, 20)}
        holes.vanished = {holes.address(place) for place in (3, 33)}
        holes.forbidden = {holes.address(7)}
        dibao(home, "mini_vsb")
        assert figures(home) == {
            "declared": 34, "listed": 34, "held": 28, "gone": 2, "failed": 3, "refused": 1, "missing": 4,
        }  # fmt: skip
        conn = connect_readonly(home / "archive")
        backlog = {row["url"].removeprefix(site.url): row["state"] for row in missing(conn)}
        conn.close()
        assert backlog == dict.fromkeys(holes.broken, "failed_http") | dict.fromkeys(holes.forbidden, "refused_robots")

        # two are mended, robots.txt relents; the list shrinks: one article goes, one stays but is listed no more
        healed = {holes.address(1), holes.address(12), holes.address(7)}
        holes.broken -= healed
        holes.forbidden.clear()
        site.requests.clear()
        dibao(home, "mini_vsb")
        assert healed <= {one.target for one in site.requests}  # the backlog, taken up by a crawl like any other
        assert figures(home) == {"declared": 34, "listed": 34, "held": 31, "gone": 2, "failed": 1, "missing": 1}
        site.withdraw(5)
        holes.hide(8)
        site.insert(1)
        dibao(home, "mini_vsb", "--full")
        assert figures(home) == {
            "declared": 33, "listed": 35, "held": 31, "gone": 3, "gone_held": 1, "failed": 1, "missing": 1,
            "unlisted": 2,
        }  # fmt: skip

        site.insert(3)
        dibao(home, "mini_vsb", "--max-requests", "3")  # robots.txt and the list are asked first
        last = figures(home)
        assert (last["listed"], last["held"] + last["pending"]) == (38, 35)  # the failed one waits again
        assert last["pending"] >= 1
        dibao(home, "mini_vsb")
        assert figures(home) == {
            "declared": 36, "listed": 38, "held": 34, "gone": 3, "gone_held": 1, "failed": 1, "missing": 1,
            "unlisted": 2,
        }  # fmt: skip
    visits_are_whole(home / "archive" / "archive.db")
    commands_print_it(home)


def visits_are_whole(path: Path) -> None:
    """Each visit names what the column held at the end of its run, and the capture of its first list page."""
    with sqlite3.connect(path) as conn:
        rows = conn.execute(
            "SELECT v.items_held, c.verdict, c.url = s.url, c.run_id = v.run_id FROM section_visits v "
            "JOIN sections s ON s.id = v.section_id LEFT JOIN captures c ON c.id = v.capture_id ORDER BY v.id"
        ).fetchall()
    assert rows == [(held, "list", 1, 1) for held in (28, 31, 32, 35)]  # the cut visit was resumed


def commands_print_it(home: Path) -> None:
    run = CliRunner().invoke
    told = run(cli, ["census", "mini_vsb", "--archive", str(home / "archive")])
    assert told.output.splitlines()[2].split()[:7] == ["要闻", "all", "36", "38", "34", "1", "1"]
    assert [line.split()[1] for line in told.output.splitlines()[3:]] == ["2026-04", "2026-03"]
    (column,) = json.loads(run(cli, ["census", "--json", "--archive", str(home / "archive")]).output)
    assert (column["missing"], column["months"]["2026-03"]["failed"]) == (1, 1)
    told = run(cli, ["census", "--missing", "--archive", str(home / "archive")])
    assert "failed_http\tHTTP 403\t2026-03-20" in told.output
    wrong = run(cli, ["census", "nowhere", "--archive", str(home / "archive")])
    assert (wrong.exit_code, "no column of 'nowhere'" in wrong.output) == (2, True)
