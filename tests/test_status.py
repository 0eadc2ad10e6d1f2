"""`dibao status`: one screen of 80 columns, trouble first, whatever portals are called."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from test_crawl import dibao

from archive.health import Alarm, open_alarms, write_alarms
from archive.terminal import UNSAFE, width
from archive.writer import ArchiveWriter
from crawler.commands.status import COLUMNS, screen
from crawler.recheck import utc
from crawler.status import PortalStatus, portal_states

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def state(portal: str = "erqi", **more: Any) -> PortalStatus:
    values: dict[str, Any] = {
        "name": "二七区人民政府", "last_run": utc(NOW - HOUR), "outcome": "complete", "articles": 12_345, "pending": 0,
        "next_due": utc(NOW + 23 * HOUR), "resting": False, "scheduled": True, "trouble": "", "alarms": (),
    }  # fmt: skip
    return PortalStatus(portal, **{**values, **more})


def test_the_screen() -> None:
    silent = Alarm(
        "silent", "ndrc", "新闻发布", "新闻发布: nothing new for 9 working days", opened="2026-11-20T02:00:00Z"
    )
    lines = list(screen([
        state("ndrc", name="国家发展和改革委员会", alarms=(silent,)),
        state("mot", name="交通运输部", outcome="challenged", resting=True, next_due=utc(NOW + 25 * HOUR),
              trouble="challenged on 2026-11-24, 2 in a row; asked again from 2026-11-26 03:00 UTC"),
        state("www.x.gov.cn:8080", name="", next_due=None, scheduled=False, last_run=utc(NOW - 3 * DAY)),
        state(pending=3, next_due=utc(NOW)),
    ], NOW, rows=16))  # fmt: skip
    assert lines == [
        "49,380 articles of 4 portals; 2 need looking at",
        "",
        "portal                     last run  ended         articles  waiting    next due",
        "! ndrc 国家发展和改革委…    1 h ago  complete        12,345        0     in 23 h",
        "! mot 交通运输部            1 h ago  challenged      12,345        0  rests 25 h",
        "  www.x.gov.cn:8080         3 d ago  complete        12,345        0           -",
        "  erqi 二七区人民政府       1 h ago  complete        12,345        3         now",
        "",
        "ndrc: silent since 2026-11-20: 新闻发布: nothing new for 9 working days",
        "",
        "mot: challenged on 2026-11-24, 2 in a row; asked again from 2026-11-26 03:00 UTC",
    ]


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=300)), max_size=4))
def test_no_line_is_wider_than_the_screen(texts: list[tuple[str, str]]) -> None:
    found = [state(name, name=name, trouble=trouble, articles=10**9) for name, trouble in texts]
    for line in screen(found, NOW, rows=16):
        assert width(line) <= COLUMNS
        assert not UNSAFE.search(line)


def test_a_hundred_portals_are_one_screen_and_no_trouble_is_left_out() -> None:
    found = [state(f"bad{n}", trouble="x") for n in range(3)] + [state(f"p{n}") for n in range(97)]
    lines = list(screen(found, NOW, rows=16))
    assert len(lines) <= 26
    assert "… and 84 more, all well (--all shows them)" in lines
    assert len(list(screen(found, NOW, rows=None))) > 100


# --- over a real archive ---------------------------------------------------------------------------------------------


def archive(home: Path, **runs: list[tuple[timedelta, str]]) -> Path:
    """An archive whose portals were crawled so long ago, the newest run first."""
    with ArchiveWriter.open(home / "archive") as writer, writer.page():
        for portal, ended in runs.items():
            for ago, outcome in reversed(ended):
                run_id = writer.start_run(portal, {})
                writer.finish_run(run_id, outcome, {})
                writer.conn.execute("UPDATE runs SET started = ? WHERE id = ?", (utc(NOW - ago), run_id))
    return home / "archive"


def test_trouble_comes_first_and_says_why(tmp_path: Path) -> None:
    runs = {"gov_cn": "complete", "csrc": "challenged", "most": "interrupted", "mct": "drift"}
    directory = archive(tmp_path, ndrc=[(3 * DAY, "complete")], **{name: [(HOUR, end)] for name, end in runs.items()})
    with ArchiveWriter.open(directory) as writer, writer.page():
        alarm = Alarm("drift", "mct", "公告通知", "source found on 0 of 20 pages")
        write_alarms(writer.conn, "mct", [alarm], [], run_id=1, now=utc(NOW))
    listed = ["gov_cn", "ndrc", "csrc", "most", "mct", "nowhere"]
    found = {one.portal: one for one in portal_states(directory, listed, NOW)}
    troubled = list(found)[:4]
    assert sorted(troubled) == ["csrc", "mct", "ndrc", "nowhere"]
    assert found["ndrc"].trouble.startswith("overdue since 2026-11-22 01:30 UTC: does anything call")
    assert found["csrc"].trouble == "challenged on 2026-11-24, 1 in a row; asked again from 2026-11-25 01:00 UTC"
    assert found["nowhere"].trouble.startswith("no portal 'nowhere'")
    assert [alarm.message for alarm in found["mct"].alarms] == ["source found on 0 of 20 pages"]
    assert found["most"].next_due == utc(NOW)
    assert found["gov_cn"].name == "中国政府网"


def columns(directory: Path, portal: str, *urls: str) -> None:
    with ArchiveWriter.open(directory) as writer, writer.page():
        writer.conn.executemany(
            "INSERT INTO sections (portal, name, url, first_seen, last_seen) VALUES (?, ?, ?, ?, ?)",
            [(portal, url, url, utc(NOW), utc(NOW)) for url in urls],
        )


def test_without_a_list_nobody_is_overdue(tmp_path: Path) -> None:
    directory = archive(tmp_path, ndrc=[(30 * DAY, "complete")])
    (found,) = portal_states(directory, None, NOW)
    assert (found.needs_looking_at, (found.next_due or "") < utc(NOW)) == (False, True)


def test_what_was_crawled_by_address_is_looked_after(tmp_path: Path) -> None:
    runs = {"www.x.gov.cn": [(HOUR, "complete")], "www.y.gov.cn": [(HOUR / 2, "unreachable")]}
    directory = archive(tmp_path, **runs)
    for host in runs:
        columns(directory, host, f"http://{host}/zwyw/", f"http://{host}/gg/")
    found = {one.portal: one for one in portal_states(directory, None, NOW)}
    well, away = found["www.x.gov.cn"], found["www.y.gov.cn"]
    assert (well.scheduled, well.needs_looking_at, well.next_due) == (True, False, utc(NOW + 22.5 * HOUR))
    assert away.trouble.startswith("unreachable on 2026-11-24, 1 in a row")
    assert not any(one.scheduled for one in portal_states(directory, ["ndrc"], NOW) if one.portal in runs)


def test_a_portal_whose_definition_is_gone_needs_looking_at(tmp_path: Path) -> None:
    directory = archive(tmp_path, nowhere=[(HOUR, "complete")])
    assert not portal_states(directory, None, NOW)[0].needs_looking_at, "without columns: another id took them over"
    columns(directory, "nowhere", "http://www.x.gov.cn/zwyw/")
    (found,) = portal_states(directory, None, NOW)
    assert found.trouble.startswith("crawled before, and there is no definition of it any more; put it back, or")
    assert not any(one.needs_looking_at for one in portal_states(directory, ["www.x.gov.cn"], NOW)[1:])


def test_alarms_of_a_portal_that_was_taken_out_of_the_list_are_its_past(tmp_path: Path) -> None:
    directory = archive(tmp_path, gov_cn=[(HOUR, "complete")], mct=[(HOUR, "drift")])
    with ArchiveWriter.open(directory) as writer, writer.page():
        write_alarms(writer.conn, "mct", [Alarm("silent", "mct", "", "x")], [], run_id=2, now=utc(NOW))
    assert [one.portal for one in portal_states(directory, ["gov_cn", "mct"], NOW) if one.needs_looking_at] == ["mct"]
    found = portal_states(directory, ["gov_cn"], NOW)
    assert not any(one.needs_looking_at for one in found)
    lines = list(screen(found, NOW, rows=16))
    assert lines[0].endswith("all well")
    assert lines[-1] == "looked after no more, alarms of their last runs open: mct"


def test_an_address_in_the_list_is_the_host_in_the_archive(tmp_path: Path) -> None:
    directory = archive(tmp_path, **{"www.x.gov.cn": [(DAY, "complete")]})
    (found,) = portal_states(directory, ["http://www.x.gov.cn/zwyw/index.html"], NOW)
    assert (found.portal, found.scheduled, found.outcome) == ("www.x.gov.cn", True, "complete")


def test_a_killed_run_is_not_running(tmp_path: Path) -> None:
    directory = archive(tmp_path, ndrc=[(HOUR, "running")])
    assert [one.outcome for one in portal_states(directory, None, NOW)] == ["interrupted"]
    with FileLock(directory / "archive.lock"):
        assert [one.outcome for one in portal_states(directory, None, NOW)] == ["running"]


def test_the_command(tmp_path: Path) -> None:
    archive(tmp_path, gov_cn=[(HOUR, "complete")], csrc=[(HOUR, "challenged")])
    (tmp_path / "dibao.toml").write_text('portals = ["gov_cn", "csrc"]')
    plain, checked = dibao("status", home=tmp_path), dibao("status", "--check", home=tmp_path)
    assert (plain.returncode, checked.returncode, plain.stderr) == (0, 4, "")
    assert plain.stdout.startswith("0 articles of 2 portals; ")
    rows = json.loads(dibao("status", "--json", home=tmp_path).stdout)
    assert {row["portal"] for row in rows} == {"gov_cn", "csrc"}
    assert {"last_run", "outcome", "articles", "pending", "next_due", "alarms"} <= rows[0].keys()


def test_nothing_crawled_yet_says_what_to_do(tmp_path: Path) -> None:
    absent = dibao("status", home=tmp_path)
    assert (absent.returncode, absent.stdout) == (2, "")
    assert "`dibao crawl PORTAL --archive" in absent.stderr
    archive(tmp_path)
    empty = dibao("status", home=tmp_path)
    assert (empty.returncode, empty.stdout.split(";")[0]) == (0, "nothing was crawled yet")


@pytest.mark.parametrize("portal", [None, "mct"])
def test_alarms_are_read_from_the_archive(tmp_path: Path, portal: str | None) -> None:
    with sqlite3.connect(archive(tmp_path) / "archive.db") as conn:
        assert open_alarms(conn, portal) == []
    conn.close()
