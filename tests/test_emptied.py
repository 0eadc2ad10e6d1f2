"""Held articles whose pages give less: kept, asked again, and believed only when it is the publisher's doing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.frontier import imbalances
from archive.health import open_alarms
from archive.writer import ArchiveWriter
from crawler import reparse as reparse_module
from crawler.reparse import reparse
from crawler.summary import RunSummary
from tests.mini_site import MiniSite, Story, archive, first_layout, page, run

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in China
TEXT = [
    "清河市人民政府办公室今日发布通知，部署第一季度重点工作，要求各部门压实责任，按期完成。",
    "通知自印发之日起施行。",
]


def story(number: int, day: datetime) -> Story:
    paragraphs = [f"第{number}号：{TEXT[0]}", *TEXT[1:]]
    when = f"{day:%Y-%m-%d} 09:{number % 60:02}"
    path = f"/yw/{day:%Y%m}/t{day:%Y%m%d}_{1000 + number}.html"
    return Story(path, f"关于第{number}项重点工作的通知", "市政府办公室", when, paragraphs)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ArchiveWriter]:
    with archive(tmp_path) as opened:
        yield opened


@pytest.fixture
def site() -> MiniSite:
    made = MiniSite({"要闻": "yw"})
    for number in range(12):
        made.publish("要闻", story(number, START - timedelta(days=12 - number)))
    return made


def states(writer: ArchiveWriter) -> dict[str, int]:
    return dict(writer.conn.execute("SELECT state, count(*) FROM frontier WHERE kind = 'article' GROUP BY state"))


def without_source(given: Story) -> str:
    return first_layout(replace(given, source=""))


def test_a_new_layout_never_empties_what_we_hold(site: MiniSite, writer: ArchiveWriter) -> None:
    assert run(site, writer, START).exit_code == 0
    held = writer.conn.execute("SELECT url, title, source, published, body FROM articles ORDER BY id").fetchall()
    site.layout = lambda s: page(s.title, f"<div class=headline>{s.title}</div><div id=who>{s.source}</div>")
    for number in range(12, 15):
        site.publish("要闻", story(number, START))
    for day in range(1, 5):
        last = run(site, writer, START + timedelta(days=day), full=True)
        assert last.exit_code == 4
        assert writer.conn.execute("SELECT url, title, source, published, body FROM articles ORDER BY id LIMIT 12"
                                   ).fetchall() == held  # fmt: skip
    (alarm,) = open_alarms(writer.conn, "qinghe")
    assert (alarm.kind, alarm.section, alarm.opened[:10]) == ("drift", "要闻", "2026-03-03")
    assert imbalances(writer.conn) == []
    assert states(writer)["held_back"] == 12
    kept = writer.conn.execute("SELECT count(DISTINCT url) FROM captures WHERE verdict = 'held_back'").fetchone()
    assert kept == (12,)


def test_the_alarm_names_pages_and_selectors(site: MiniSite, writer: ArchiveWriter) -> None:
    run(site, writer, START)
    site.layout = lambda s: without_source(s).replace("</h1>", f"</h1><div class=dw>{s.source}</div>")
    last = run(site, writer, START + timedelta(days=1), full=True)
    (alarm,) = open_alarms(writer.conn)
    assert alarm.evidence["fields"] == ["source"]
    assert alarm.evidence["cure"] == {"source": ".dw"}
    for which, verdict in (("good", "new"), ("bad", "held_back")):
        url, capture = alarm.evidence[which]
        assert writer.conn.execute("SELECT url, verdict FROM captures WHERE id = ?", (capture,)).fetchone() == (
            url, verdict,
        )  # fmt: skip
        assert f"{url} (capture {capture})" in alarm.message
    assert "dibao portal check qinghe" in alarm.message
    assert any(alarm.message in str(issue) for issue in last.issues)


def test_an_alarm_ends_when_the_cure_reads_its_page(
    site: MiniSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the column publishes nothing for months, by which a run could see it."""
    definition = tmp_path / "portals" / "qinghe.toml"
    definition.parent.mkdir()
    text = 'id = "qinghe"\nname = "清河市"\nurl = "http://www.qinghe.gov.cn/"\n'
    definition.write_text(text)
    monkeypatch.setenv("DIBAO_PORTALS", str(definition.parent))
    monkeypatch.setattr(reparse_module, "_portal", reparse_module._portal.__wrapped__)  # each time as the file is
    with archive(tmp_path / "a") as writer:
        run(site, writer, START)
        site.layout = lambda s: without_source(s).replace("</h1>", f"</h1><div class=dw>{s.source}</div>")
        run(site, writer, START + timedelta(days=1), full=True)
        (alarm,) = open_alarms(writer.conn)
    assert reparse(tmp_path / "a", accept=True).cleared == [], "by the rules it has its page is as bad as it was"
    definition.write_text(text + '[article]\nsource = ".dw"\n')
    assert reparse(tmp_path / "a").cleared == [], "nothing is written"
    assert reparse(tmp_path / "a", accept=True, portals=["others"]).cleared == []
    assert reparse(tmp_path / "a", accept=True).cleared == [f"qinghe: {alarm.message}"]
    with archive(tmp_path / "a") as writer:
        assert open_alarms(writer.conn) == []


def test_a_publisher_may_take_a_source_out(site: MiniSite, writer: ArchiveWriter) -> None:
    run(site, writer, START)
    one = next(iter(site.stories))
    site.layout = lambda s: without_source(s) if s.path == one else first_layout(s)
    seen: list[tuple[RunSummary, object]] = []
    for day in range(1, 4):
        site.publish("要闻", story(20 + day, START + timedelta(days=day)))
        done = run(site, writer, START + timedelta(days=day), full=True)
        source = writer.conn.execute("SELECT source FROM articles WHERE url LIKE '%' || ?", (one,)).fetchone()[0]
        seen.append((done, source))
    assert [source for _, source in seen] == ["市政府办公室", "市政府办公室", None]
    assert [done.exit_code for done, _ in seen] == [10, 10, 0]
    assert [done.states.get("held_back") for done, _ in seen] == [1, 1, None]
    kept = writer.conn.execute("SELECT r.source, r.cause FROM revisions r").fetchall()
    assert kept == [("市政府办公室", "publisher")]
    assert open_alarms(writer.conn) == []


def test_several_looks_on_one_day_are_one(site: MiniSite, writer: ArchiveWriter) -> None:
    run(site, writer, START)
    one = next(iter(site.stories))
    site.layout = lambda s: without_source(s) if s.path == one else first_layout(s)
    for hour in range(1, 8):
        done = run(site, writer, START + timedelta(hours=hour), full=True)
        assert done.states["held_back"] == 1


def test_without_other_pages_it_takes_ten_days(site: MiniSite, writer: ArchiveWriter) -> None:
    run(site, writer, START)
    one = next(iter(site.stories))
    site.layout = lambda s: without_source(s) if s.path == one else first_layout(s)
    held = [run(site, writer, START + timedelta(days=day)).states.get("held_back", 0) for day in range(1, 20)]
    first = held.index(1)
    assert held[first : first + 10] == [1] * 9 + [0]


def test_a_page_that_comes_back_is_as_it_was(site: MiniSite, writer: ArchiveWriter) -> None:
    run(site, writer, START)
    one = next(iter(site.stories))
    site.layout = lambda s: page("x", "<p>维护中</p>") if s.path == one else first_layout(s)
    assert run(site, writer, START + timedelta(days=1), full=True).states["held_back"] == 1
    site.layout = first_layout
    assert run(site, writer, START + timedelta(days=2)).states.get("held_back") is None
    assert states(writer) == {"unchanged": 12}
    assert writer.conn.execute("SELECT count(*) FROM revisions").fetchone() == (0,)
