"""A column whose list is not got is an alarm until it is read again: one that fails, one that is empty, one that
robots.txt closes. Real HTTP on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from test_due import Operator
from test_hostile_crawl import PATHS, article, listing
from trapserver import Reply, TrapServer, page, text

from archive.census import census
from archive.connection import connect_readonly
from archive.health import open_alarms
from crawler.cli import cli
from crawler.portal import Portal
from crawler.status import portal_states
from tests.mini_site import MiniSite, Story, archive, run

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def site(*columns: str) -> MiniSite:
    made = MiniSite({name: f"c{number}" for number, name in enumerate(columns)})
    for name, folder in made.columns.items():
        for number in range(4):
            words = [f"{name}第{number}号：会议要求各单位压实责任，按期完成全年目标任务，确保安全度汛。"] * 3
            story = Story(
                f"/{folder}/{number}.html",
                f"{name}第{number}次会议召开",
                "办公室",
                f"2026-03-0{number + 1} 09:00",
                words,
            )
            made.publish(name, story)
    return made


def alarms(writer: Any) -> list[tuple[str, str, str]]:
    return [(alarm.kind, alarm.section, alarm.opened[:10]) for alarm in open_alarms(writer.conn)]


@pytest.mark.parametrize(
    ("answer", "says"),
    [((404, "<p>404</p>"), "not read: HTTP 404"), ((200, "<html><p>暂无内容</p>"), "instead of a list")],
)
def test_a_list_that_is_not_got_is_an_alarm_until_it_is_read_again(
    tmp_path: Path, answer: tuple[int, str], says: str
) -> None:
    made = site("要闻", "公告")
    made.answers = lambda path: answer if path in ("/c0/", "/c1/") else None
    with archive(tmp_path) as writer:
        first = run(made, writer, NOW)
        assert (first.outcome, first.exit_code) == ("drift", 4)
        assert alarms(writer) == [("list", "要闻", "2026-03-05"), ("list", "公告", "2026-03-05")]
        assert says in open_alarms(writer.conn)[0].message
        (state,) = portal_states(tmp_path, [], NOW + timedelta(hours=1))
        assert [alarm.kind for alarm in state.alarms] == ["list", "list"]
        made.answers = lambda path: answer if path == "/c1/" else None
        second = run(made, writer, NOW + DAY)
        assert (second.exit_code, alarms(writer)) == (4, [("list", "公告", "2026-03-05")])
        told = [issue.message for issue in second.issues if issue.kind == "list"]
        assert len([message for message in told if says in message]) == 1  # said once, when it was met
        made.answers = lambda path: None
        third = run(made, writer, NOW + 2 * DAY)
        assert (third.exit_code, alarms(writer)) == (0, [])
        assert not portal_states(tmp_path, [], NOW + 2 * DAY)[0].alarms


class Weekly(MiniSite):
    """Its last column is not due."""

    def portal(self) -> Portal:
        portal = MiniSite.portal(self)
        *others, last = portal.sections
        return replace(portal, sections=(*others, replace(last, later=True)))


def test_the_alarm_of_a_column_that_is_not_due_stands(tmp_path: Path) -> None:
    made = site("要闻", "年报")
    made.answers = lambda path: (404, "<p>404</p>") if path == "/c1/" else None
    with archive(tmp_path) as writer:
        run(made, writer, NOW)
        later = run(Weekly(made.columns, made.stories, answers=made.answers), writer, NOW + DAY)
        assert (later.exit_code, alarms(writer)) == (4, [("list", "年报", "2026-03-05")])
        assert "this run saw nothing to judge it by" in later.issues[0].message


# --- what robots.txt closes ------------------------------------------------------------------------------------------

DEFINED = """id = "{0}"
name = "{0}"
url = "{1}"
status = "seen"
[[section]]
name = "要闻"
url = "{1}news/"
[[section]]
name = "公告"
url = "{1}gg/"
"""
CLOSED = {"column": "/gg/", "pages": "/news/202306/", "all": "/", "failing": "/gg/"}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Portals whose robots.txt closes a column, the pages of another, everything, all that does not fail."""
    operator = Operator(tmp_path_factory.mktemp("closed"))
    servers = {name: TrapServer() for name in CLOSED}
    for name, server in servers.items():
        server.__enter__()
        server.routes |= {"/robots.txt": text(f"User-agent: *\nDisallow: {CLOSED[name]}"), "/news/": listing(*PATHS)}
        server.routes |= {"/gg/": listing("/x/1.html"), "/x/1.html": page(article(PATHS[0]))}
        server.routes |= {path: page(article(path)) for path in PATHS}
        (operator.home / "portals" / f"{name}.toml").write_text(DEFINED.format(name, server.url("/")))
    servers["failing"].routes["/news/"] = Reply(500)
    operator.config(*CLOSED)
    _, runs, _ = operator.due()
    states = portal_states(operator.home / "data", None, datetime.now(UTC))
    yield {"runs": runs, "states": {one.portal: one for one in states}, "home": operator.home, "servers": servers}
    for server in servers.values():
        server.__exit__(None, None, None)


def test_a_closed_column_is_named_with_the_reason(closed: dict[str, Any]) -> None:
    run, url = closed["runs"]["column"], closed["servers"]["column"].url("/gg/")
    told = f"公告: not crawled: {url}: disallowed by robots.txt; ask the portal, or leave it out"
    assert (run["exit_code"], run["issues"]) == (10, [f"column: {told}"])
    (alarm,) = closed["states"]["column"].alarms
    assert (alarm.kind, alarm.section, alarm.message) == ("refused", "公告", told)


def test_the_census_says_why_a_column_is_empty(closed: dict[str, Any]) -> None:
    with closing(connect_readonly(closed["home"] / "data")) as conn:
        found = {(column.portal, column.name): column.as_dict()["unread"] for column in census(conn)}
        listed = {portal: sum(column.total.listed for column in census(conn, portal)) for portal in CLOSED}
    empty = {("column", "公告"), *((portal, name) for portal in ("all", "failing") for name in ("要闻", "公告"))}
    assert {key for key, reason in found.items() if reason} == empty
    assert found[("column", "公告")] == "disallowed by robots.txt"
    assert listed == {"column": 8, "pages": 9, "all": 0, "failing": 0}
    printed = CliRunner().invoke(cli, ["census", "column", "--archive", str(closed["home"] / "data")])
    url = closed["servers"]["column"].url("/gg/")
    assert f"column 公告: its list was not got: disallowed by robots.txt; {url}\n" in printed.stderr


def test_closed_pages_are_one_line(closed: dict[str, Any]) -> None:
    run = closed["runs"]["pages"]
    first = closed["servers"]["pages"].url(PATHS[0])
    assert run["issues"] == [f"pages: 要闻: 8 not asked: disallowed by robots.txt; the first is {first}"]
    assert closed["states"]["pages"].alarms == ()


def test_a_closed_portal_is_one_alarm(closed: dict[str, Any]) -> None:
    run = closed["runs"]["all"]
    assert (run["outcome"], run["exit_code"], len(run["issues"])) == ("refused", 12, 1)
    assert "all of 要闻, 公告: not crawled: " in run["issues"][0]
    assert [(alarm.kind, alarm.section) for alarm in closed["states"]["all"].alarms] == [("refused", "")]


def test_a_portal_that_fails_for_a_day_is_not_left_alone_for_its_closed_column(closed: dict[str, Any]) -> None:
    run = closed["runs"]["failing"]
    assert (run["outcome"], run["exit_code"]) == ("drift", 4)
    kinds = {(alarm.kind, alarm.section) for alarm in closed["states"]["failing"].alarms}
    assert kinds == {("list", "要闻"), ("refused", "公告")}
