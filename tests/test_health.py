"""Alarms open once, stand until the cause is gone, and are cleared; what runs saw comes back as it was written."""

from __future__ import annotations

import sqlite3

import pytest

from archive.health import Alarm, Sight, all_alarms, open_alarms, sights, write_alarms, write_sight
from archive.migrations import create

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
