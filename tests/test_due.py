"""`dibao crawl --due`: who is asked when, who rests, and that one portal's trouble touches no other."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_challenge import RUISHU
from test_hostile_crawl import PATHS, article, challenge, listing
from trapserver import Reply, TrapServer, page

from archive.config import load_config
from archive.errors import ConfigurationError
from crawler.definitions import define
from crawler.due import Due, Memory, due, remember
from crawler.errors import PortalError
from crawler.every import parse_every
from crawler.portal import Portal, Section
from crawler.targets import looked_after

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "interval"),
    [(None, DAY), ("6h", 6 * HOUR), ("1d", DAY), (" 7 d ", 7 * DAY), ("2w", 14 * DAY), ("15m", timedelta(minutes=15))],
)
def test_intervals(text: str | None, interval: timedelta) -> None:
    assert parse_every(text) == interval


@pytest.mark.parametrize(
    "text", ["", "d", "0h", "-1d", "1.5h", "14m", "367d", "99999w", "every day", "6 hours", "٦h", "每天"]
)
def test_what_is_no_interval_is_refused_with_the_form_to_use(text: str) -> None:
    with pytest.raises(PortalError, match="write a number and m, h, d or w"):
        parse_every(text)


DEFINED = {"id": "x", "name": "某县", "url": "http://x.gov.cn/"}


def test_a_definition_and_its_columns_have_rhythms_of_their_own() -> None:
    column = {"name": "年报", "url": "http://x.gov.cn/nb/", "every": "30d"}
    portal = define({**DEFINED, "crawl": {"every": "6h"}, "section": [column]}, "x.toml")
    assert (portal.every, portal.sections[0].every) == ("6h", "30d")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"crawl": {"every": "daily"}}, r'x.toml: every = "daily"'),
        ({"crawl": {"every": 6}}, "every must be str"),
        ({"crawl": {"evry": "6h"}}, "nearest: every"),
        (
            {"section": [{"name": "年报", "url": "http://x.gov.cn/nb/", "every": "5m"}]},
            r"x.toml: \[\[section\]\] 1: every",
        ),
    ],
)
def test_a_wrong_rhythm_names_file_and_key(values: dict[str, Any], told: str) -> None:
    with pytest.raises(PortalError, match=told):
        define({**DEFINED, **values}, "x.toml")


def memory(*runs: tuple[timedelta, str], **visits: timedelta) -> Memory:
    """Runs that began so long before NOW, the newest first; columns visited so long ago."""
    return Memory(
        tuple((NOW - ago, outcome) for ago, outcome in runs),
        {f"http://x.gov.cn/{name}/": NOW - ago for name, ago in visits.items()},
    )


def asked(every: str | None, *runs: tuple[timedelta, str]) -> Due:
    return due(Portal("x", "某县", "http://x.gov.cn/", every=every), memory(*runs), NOW)


@pytest.mark.parametrize(
    ("every", "runs", "is_due"),
    [
        (None, [], True),  # never crawled
        (None, [(DAY, "complete")], True),
        (None, [(DAY - timedelta(seconds=5), "complete")], True),  # the timer fired five seconds sooner than yesterday
        (None, [(DAY - timedelta(minutes=40), "complete")], False),
        ("6h", [(5 * HOUR, "complete")], False),
        ("6h", [(6 * HOUR, "drift")], True),
        ("6h", [(HOUR, "partial")], False),  # its window ended, or its budget: the next turn goes on
        ("7d", [(6 * DAY, "complete")], False),
        (None, [(HOUR, "interrupted"), (2 * HOUR, "complete")], True),  # killed: taken up at once
        (None, [(HOUR, "running"), (2 * HOUR, "complete")], True),  # killed, and nobody has noticed yet
        (None, [(HOUR, "stopped")], True),
        (None, [(HOUR, "disk_full")], True),
        (None, [(-400 * DAY, "complete")], True),  # the clock was wrong by a year
        (None, [(HOUR / 2, "unreachable")], False),
        (None, [(HOUR, "unreachable")], True),
        (None, [(3 * HOUR, "unreachable"), (5 * HOUR, "failed"), (6 * HOUR, "unreachable")], False),  # third: 4 hours
        (None, [(4 * HOUR, "unreachable"), (5 * HOUR, "failed"), (6 * HOUR, "unreachable")], True),
        (None, [(HOUR, "unreachable"), (5 * HOUR, "complete"), (6 * HOUR, "unreachable")], True),  # the first again
        (None, [(6 * DAY, "unreachable")] * 30, False),
        (None, [(7 * DAY, "unreachable")] * 30, True),
        (None, [(23 * HOUR, "challenged")], False),
        (None, [(DAY, "challenged")], True),
        (None, [(DAY, "refused"), (2 * DAY, "challenged")], False),  # second: two days
        ("7d", [(2 * DAY, "challenged")], False),  # never sooner than its own rhythm
        (None, [(29 * DAY, "challenged")] * 9, False),
        (None, [(30 * DAY, "challenged")] * 9, True),
        (None, [(HOUR, "interrupted"), (2 * HOUR, "challenged")], False),  # a kill does not end a rest
    ],
)
def test_when_a_portal_is_due(every: str | None, runs: list[tuple[timedelta, str]], is_due: bool) -> None:
    assert asked(every, *runs).is_due(NOW) is is_due


def test_columns_that_are_not_due_are_left_out_of_the_run() -> None:
    columns = tuple(
        Section(name, f"http://x.gov.cn/{name}/", every=every, enabled=enabled)
        for name, every, enabled in (
            ("news", "6h", None),
            ("laws", "7d", None),
            ("new", None, None),
            ("off", "1h", False),
        )
    )
    portal = Portal("x", "某县", "http://x.gov.cn/", every="1d", sections=columns)
    found = due(portal, memory((6 * HOUR, "complete"), news=6 * HOUR, laws=6 * DAY), NOW)
    assert found.is_due(NOW)
    assert {s.name: (s.later, s.walked) for s in found.portal.sections} == {
        "news": (None, True),
        "laws": (True, False),
        "new": (None, True),
        "off": (None, False),
    }
    assert not due(portal, memory((5 * HOUR, "complete"), news=5 * HOUR), NOW).is_due(NOW)


@pytest.mark.parametrize("text", ['portals = "erqi"', "portals = [1]", "log = 3", 'portal = ["x"]'])
def test_a_wrong_setting_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "dibao.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=r"must be|must hold|nearest: 'portals'"):
        load_config(tmp_path / "dibao.toml")


# --- five portals in one process -------------------------------------------------------------------------------------

TOML = '[crawl]\nevery = "{every}"\n[[section]]\nname = "要闻"\nurl = "{url}"\n'


class Operator:
    """A machine that looks after portals: dibao.toml, definitions, an archive."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "portals").mkdir()

    def define(self, name: str, url: str, every: str = "1d") -> None:
        head = f'id = "{name}"\nname = "{name}"\nurl = "{url}"\nstatus = "seen"\n'
        (self.home / "portals" / f"{name}.toml").write_text(head + TOML.format(url=url, every=every))

    def config(self, *portals: str) -> None:
        (self.home / "dibao.toml").write_text(f'archive = "data"\nportals = {json.dumps(portals)}\n')

    def due(self, *more: str) -> tuple[int, dict[str, Any], str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("DIBAO_")}
        env |= {"DIBAO_PORTALS": "portals", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "crawler.cli", "crawl", "--due", "--json", "--allow-loopback", *more]
        done = subprocess.run(command, cwd=self.home, env=env, capture_output=True, text=True, timeout=100)
        runs = json.loads(done.stdout) if done.stdout.startswith("[") else []
        return done.returncode, {run["portal"]: run for run in runs}, done.stderr

    def age(self, portal: str, days: float) -> None:
        """Let the portal's runs have been so long ago."""
        with sqlite3.connect(self.home / "data" / "archive.db") as conn:
            columns = "section_id IN (SELECT id FROM sections WHERE portal = ?1)"
            for table, which in (("runs", "portal = ?1"), ("section_visits", columns)):
                conn.execute(
                    f"UPDATE {table} SET started = strftime('%Y-%m-%dT%H:%M:%SZ', started, ?2) WHERE {which}",
                    (portal, f"-{days} days"),
                )
        conn.close()


def slow(reply: Reply) -> Any:
    def answer(*_: object) -> Reply:
        time.sleep(0.4)
        return reply

    return answer


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Well, well too, slow, challenged, not there; and a definition nobody can read. Called four times."""
    operator = Operator(tmp_path_factory.mktemp("five"))
    names = ("well", "well_too", "slow", "challenged")
    servers = {name: TrapServer() for name in names}
    for name, server in servers.items():
        server.__enter__()
        server.routes |= {"/news/": listing(*PATHS), **{path: page(article(path)) for path in PATHS}}
        operator.define(name, server.url("/news/"), "6h" if name == "well_too" else "1d")
    servers["slow"].routes |= {path: slow(page(article(path))) for path in PATHS}
    servers["challenged"].routes |= {path: challenge(RUISHU[0], 412) for path in PATHS}
    with TrapServer() as closed:
        operator.define("not_there", closed.url("/news/"))
    operator.config(*names, "not_there", "unreadable")
    (operator.home / "portals" / "unreadable.toml").write_text("id = [")
    calls = [operator.due(), operator.due()]
    operator.age("well_too", 0.25)
    operator.age("not_there", 0.25)
    calls.append(operator.due())
    (operator.home / "portals" / "unreadable.toml").unlink()
    operator.config("well", "slow")
    calls.append(operator.due())
    yield {"calls": calls, "operator": operator, "asked": {name: server.paths() for name, server in servers.items()}}
    for server in servers.values():
        server.__exit__(None, None, None)


def test_one_portals_trouble_touches_no_other(five: dict[str, Any]) -> None:
    code, runs, _ = five["calls"][0]
    assert {name: run["outcome"] for name, run in runs.items()} == {
        "well": "complete", "well_too": "complete", "slow": "complete", "challenged": "challenged",
        "not_there": "unreachable", "unreadable": "unusable",
    }  # fmt: skip
    assert {name: run["states"].get("stored") for name, run in runs.items() if run["outcome"] == "complete"} == {
        "well": 8, "well_too": 8, "slow": 8,
    }  # fmt: skip
    assert "unreadable.toml" in runs["unreadable"]["issues"][0]
    assert code == 2  # the first of the codes that applies: a definition that cannot be used


def test_at_once_again_nobody_is_asked_and_nobody_in_trouble_is_passed_over(five: dict[str, Any]) -> None:
    code, runs, talk = five["calls"][1]
    assert {name: run["outcome"] for name, run in runs.items()} == {
        "challenged": "resting", "not_there": "resting", "unreadable": "unusable",
    }  # fmt: skip
    assert "3 not due yet; next: well_too at " in talk
    assert "challenged on " in runs["challenged"]["issues"][0] and "1 in a row; left alone until" in talk
    assert code == 2


def test_six_hours_later_only_what_is_due_is_asked(five: dict[str, Any]) -> None:
    _, runs, _ = five["calls"][2]
    assert {name for name, run in runs.items() if run["run"]} == {"well_too", "not_there"}
    assert five["asked"]["well"].count("/news/") == five["asked"]["slow"].count("/news/") == 1
    assert five["asked"]["well_too"].count("/news/") == 2


def test_nothing_due_and_no_trouble_is_all_well(five: dict[str, Any]) -> None:
    code, runs, talk = five["calls"][3]
    assert (code, runs) == (0, {})
    assert talk.startswith("2 not due yet; next: ")


def test_without_a_list_those_of_the_archive_are_looked_after(five: dict[str, Any]) -> None:
    (five["operator"].home / "dibao.toml").write_text('archive = "data"\n')
    code, plans, talk = five["operator"].due("--dry-run")
    *resting, waiting = talk.splitlines()
    assert (code, [line.partition(":")[0] for line in resting]) == (0, ["not_there", "challenged"])
    assert waiting.startswith("3 not due yet; next: "), "as without --dry-run"
    assert {portal: plan.get("outcome") for portal, plan in plans.items()} == dict.fromkeys(
        ["not_there", "challenged"], "resting"
    )
    assert set(remember(five["operator"].home / "data")) == {"well", "well_too", "slow", "challenged", "not_there"}


def test_columns_crawled_by_address_are_looked_after(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    (tmp_path / "dibao.toml").write_text('archive = "data"\n')
    with TrapServer() as server:
        server.routes |= {"/a/news/": listing(*PATHS[:2]), "/a/gg/": listing(*PATHS[2:4])}
        server.routes |= {path: page(article(path)) for path in PATHS}
        _, runs, _ = operator.due(server.url("/a/news/"), server.url("/a/gg/"))
        assert runs[server.authority]["states"]["listed"] == 2, "addresses of one host are columns of one portal"
        code, runs, talk = operator.due()
        assert (code, runs) == (0, {})
        assert f"1 not due yet; next: {server.authority} at " in talk
        operator.age(server.authority, 1)
        code, runs, _ = operator.due()
        assert (code, list(runs)) == (0, [server.authority])
        assert (server.paths().count("/a/news/"), server.paths().count("/a/gg/")) == (2, 2)
    with closing(sqlite3.connect(tmp_path / "data" / "archive.db")) as conn:
        assert conn.execute("SELECT name FROM sections ORDER BY id").fetchall() == [("a/news",), ("a/gg",)]


def test_a_definition_that_is_gone_is_named() -> None:
    before = {"nowhere": Memory(columns=("http://www.x.gov.cn/zwyw/",))}
    portals, (unusable,) = looked_after(None, before)
    assert (portals, unusable.portal, unusable.exit_code) == ([], "nowhere", 2)
    assert "no definition of it any more; put it back, or name what is to be looked after" in unusable.line()
    assert looked_after(None, {"qinghe": Memory(columns=("http://127.0.0.1:8000/zwyw/",))}) == ([], []), "the demo's"


def test_an_archive_of_nothing_and_no_list_says_what_to_do(tmp_path: Path) -> None:
    code, _, talk = Operator(tmp_path).due()
    assert code == 2
    assert "nothing to look after: put `portals = " in talk
