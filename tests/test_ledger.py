"""The politeness ledger: counted in memory, added up in the table, shown by `dibao impact`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner, Result

from archive.commands.impact import impact
from archive.ledger import Ledger, impact_rows
from archive.writer import ArchiveWriter

MORNING = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


def filled(directory: Path) -> None:
    """Two runs of erqi over midnight, one of another portal on the same host."""
    clock = Clock()
    with ArchiveWriter.open(directory) as writer:
        for portal in ("erqi", "erqi", "jinshui"):
            ledger = Ledger(clock)
            with writer.page():
                run_id = writer.start_run(portal, {})
            ledger.robots("www.erqi.gov.cn", "no robots.txt (404)")
            ledger.record("www.erqi.gov.cn", 404, 100, 0.1)
            ledger.record("www.erqi.gov.cn", 200, 5000, 0.2)
            with writer.page():
                ledger.flush(writer.conn, run_id)
            ledger.record("www.erqi.gov.cn", 503, 10, 0.1)
            ledger.backoff("www.erqi.gov.cn", 30.0)
            ledger.record("zwgk.erqi.gov.cn", "timeout", 0, 30.0)
            with writer.page():
                ledger.flush(writer.conn, run_id)
                ledger.flush(writer.conn, run_id)
            assert (ledger.requests, ledger.bytes) == (4, 5110)
            clock.now += timedelta(minutes=2)


def run(directory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(impact, [*arguments, "--archive", str(directory)])


def test_flushing_adds_up_and_a_flush_without_news_changes_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    with ArchiveWriter.open(tmp_path) as writer:
        rows = impact_rows(writer.conn, "erqi")
    assert [(row["day"], row["host"], row["requests"]) for row in rows] == [
        ("2026-11-25", "www.erqi.gov.cn", 3),
        ("2026-11-25", "zwgk.erqi.gov.cn", 1),
        ("2026-11-24", "www.erqi.gov.cn", 3),
        ("2026-11-24", "zwgk.erqi.gov.cn", 1),
    ]
    assert rows[0]["statuses"] == {"200": 1, "404": 1, "503": 1}
    assert rows[0] | {"statuses": 0} == {
        "day": "2026-11-25", "host": "www.erqi.gov.cn", "portals": ["erqi"], "runs": 1, "requests": 3, "bytes": 5110,
        "statuses": 0, "robots": "no robots.txt (404)", "backoffs": 1, "waited": 30.0,
    }  # fmt: skip


def test_runs_of_one_day_stand_in_one_row(tmp_path: Path) -> None:
    filled(tmp_path)
    rows = json.loads(run(tmp_path, "--json").stdout)
    assert (rows[0]["portals"], rows[0]["runs"], rows[0]["requests"]) == (["erqi", "jinshui"], 2, 6)
    assert rows[0]["statuses"] == {"200": 2, "404": 2, "503": 2}


def test_the_table_and_its_sum(tmp_path: Path) -> None:
    filled(tmp_path)
    shown = run(tmp_path, "erqi", "--since", "2026-11-25")
    assert shown.exit_code == 0
    assert "200 × 1, 404 × 1, 503 × 1" in shown.stdout
    assert "timeout × 1" in shown.stdout
    assert "2026-11-24" not in shown.stdout
    assert "4 requests, 5,110 bytes received, 1 back-offs" in shown.stderr


def test_a_portal_never_asked(tmp_path: Path) -> None:
    filled(tmp_path)
    shown = run(tmp_path, "nowhere")
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "no portal 'nowhere' in this archive" in shown.stderr
    assert "nothing was asked of erqi since 2027-01-01" in run(tmp_path, "erqi", "--since", "2027-01-01").stderr
