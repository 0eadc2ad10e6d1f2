"""Alarms open once, stand until the cause is gone, and are cleared; what runs saw comes back as it was written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.health import Alarm, Sight, all_alarms, open_alarms, sights, write_alarms, write_sight
from archive.migrations import create
from crawler.options import CrawlOptions
from crawler.run import PortalRun
from tests.mini_site import MiniSite, Story, archive, run

SILENT = Alarm("silent", "qinghe", "要闻", "要闻: nothing new", {"last": "2026-03-02"})
DRIFT = Alarm("drift", "qinghe", "公告", "公告: no source any more")


@pytest.fixture
def conn() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    create(made)
    made.execute("INSERT INTO runs (id, portal, started) VALUES (1, 'qinghe', 'x'), (2, 'qinghe', 'x')")
    return made


def test_an_alarm_opens_once_and_is_cleared_when_it_was_looked_at(conn: sqlite3.Connection) -> None:
    judged = {("silent", "要闻"), ("drift", "公告")}
    assert write_alarms(conn, "qinghe", [SILENT, DRIFT], judged, run_id=1, now="2026-03-09T00:00:00Z") == [
        SILENT, DRIFT,
    ]  # fmt: skip
    assert write_alarms(conn, "qinghe", [SILENT], {("silent", "要闻")}, run_id=2, now="2026-03-10T00:00:00Z") == []
    still = open_alarms(conn, "qinghe")
    assert [(a.kind, a.opened[:10], a.last_seen[:10]) for a in still] == [
        ("silent", "2026-03-09", "2026-03-10"), ("drift", "2026-03-09", "2026-03-09"),
    ]  # fmt: skip
    assert still[0].evidence == {"last": "2026-03-02"}
    write_alarms(conn, "qinghe", [], judged, run_id=2, now="2026-03-11T00:00:00Z")
    assert open_alarms(conn) == []
    assert [a.cleared for a in all_alarms(conn)] == ["2026-03-11T00:00:00Z"] * 2


def test_portals_are_apart(conn: sqlite3.Connection) -> None:
    write_alarms(conn, "qinghe", [SILENT], [("silent", "要闻")], run_id=1, now="2026-03-09T00:00:00Z")
    write_alarms(conn, "erqi", [], [("silent", "要闻")], run_id=2, now="2026-03-09T00:00:00Z")
    assert len(open_alarms(conn, "qinghe")) == 1
    assert open_alarms(conn, "erqi") == []


def test_sights_come_back_oldest_first(conn: sqlite3.Connection) -> None:
    first = Sight(1, "要闻", "2026-03-02", 15, 3, 3, 820, {"source": 3}, {"source": {"good": ["http://x/1", 7]}})
    second = Sight(2, "要闻", "2026-03-03", None, odd=True)
    for sight in (second, first):
        write_sight(conn, "qinghe", sight)
    assert sights(conn, "qinghe", "要闻", since="2026-01-01") == [first, second]
    assert sights(conn, "qinghe", "要闻", since="2026-03-03") == [second]


@pytest.mark.parametrize("columns", [{"新闻": "yw"}, {"公告": "gg"}])
def test_an_alarm_of_a_column_that_the_definition_names_no_more_ends(tmp_path: Path, columns: dict[str, str]) -> None:
    now = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    site = MiniSite({"要闻": "yw", "公告": "gg"})
    for column, folder in site.columns.items():
        for number in range(3):
            text = [f"第{number}号{column}：请各单位压实责任，按期完成。"]
            title, when = f"{column}第{number}号通知", "2026-03-02 09:00"
            site.publish(column, Story(f"/{folder}/t{number}.html", title, "办公室", when, text))
    with archive(tmp_path) as writer:
        run(site, writer, now)
        write_alarms(writer.conn, "qinghe", [SILENT, DRIFT], (), run_id=1, now="2026-03-09T00:00:00Z")
        assert run(site, writer, now + timedelta(hours=1)).exit_code == 4  # nothing was read to judge them by
        site.columns = columns
        for one in site.stories.values():
            one.column = "新闻" if "新闻" in columns and one.column == "要闻" else one.column
        run(site, writer, now + timedelta(hours=2))
        assert [alarm.section for alarm in open_alarms(writer.conn)] == [name for name in columns if name == "公告"]


# --- rows 57 and 99 of the fault matrix, beside the alarms -----------------------------------------------------------

NEW_YEAR = """
from crawler.extract import extract
page = ('<html><body><h1>新年贺词</h1><div>发布时间：2026-01-01 00:30 来源：新华社</div><div class=TRS_Editor>'
        '<p>2025年是很不平凡的一年。我们迎难而上、奋力拼搏，顺利完成经济社会发展主要目标任务。</p></div></body></html>')
print(extract(page, 'http://x.gov.cn/t20260101_1.html', headers={'Date': 'Wed, 31 Dec 2025 16:45:00 GMT'}).published)
"""


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"])
def test_half_past_midnight_in_beijing_is_the_same_everywhere(zone: str) -> None:
    done = subprocess.run([sys.executable, "-c", NEW_YEAR], env={**os.environ, "TZ": zone}, capture_output=True,
                          text=True, check=True, cwd=Path(__file__).parent.parent)  # fmt: skip
    assert done.stdout.strip() == "2026-01-01T00:30+08:00"


def test_a_killed_run_and_a_week_without_the_machine(tmp_path: Path) -> None:
    """The dead run is marked, what it had taken up is finished, what came in between is found: no gap, no alarm."""
    start = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    site = MiniSite({"要闻": "yw"})
    for number in range(20):
        day = start + timedelta(days=number - 12)
        text = [f"第{number}号：全市重点项目建设推进会召开，会议要求各单位压实责任，按期完成任务。"]
        site.publish("要闻", Story(f"/yw/{number}.html", f"推进会{number}", "办公室", f"{day:%Y-%m-%d} 09:00", text))
    later = {path: site.stories.pop(path) for path in list(site.stories)[12:]}
    with archive(tmp_path) as writer:
        killed = PortalRun(writer, site.portal(), CrawlOptions(), clock=lambda: start)
        killed.open()
        assert killed.next_task() is not None
    site.stories.update(later)
    with archive(tmp_path) as writer:
        done = run(site, writer, start + timedelta(days=8))
        outcomes = [row[0] for row in writer.conn.execute("SELECT outcome FROM runs ORDER BY id")]
        assert (outcomes, done.exit_code, done.verdicts["new"]) == (["interrupted", "complete"], 0, 12)
        assert open_alarms(writer.conn) == []
