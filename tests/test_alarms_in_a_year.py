"""A year of daily runs over one portal: holidays, a redesign, a challenge, a silence, and the alarms that were raised.

2025-07-01 to 2026-06-30, every morning at eight. Working days publish; weekends seldom, holidays not. Six columns with
habits of their own. What happens, and which alarm on which day, is the table EXPECTED; nothing else may be raised.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from archive.frontier import imbalances
from archive.health import Alarm, all_alarms
from archive.writer import ArchiveWriter
from crawler.summary import RunSummary
from crawler.workdays import works
from tests.mini_site import HOST, MiniSite, Story, archive, first_layout, page, run

FIRST, LAST = date(2025, 7, 1), date(2026, 6, 30)
# Column -> (folder, articles on a working day at most, every how many working days)
COLUMNS = {
    "政务要闻": ("yw", 3, 1), "部门动态": ("bm", 2, 1), "通知公告": ("gg", 1, 2), "政策文件": ("zc", 1, 8),
    "领导活动": ("ld", 1, 1), "年度报告": ("nb", 1, 250),
}  # fmt: skip
REDESIGN, ADAPTED = date(2025, 9, 8), date(2025, 9, 15)  # of all article pages; then the definition follows
CHALLENGE = (date(2025, 11, 10), date(2025, 11, 14))  # a gate before everything
SOFT_404 = (date(2026, 1, 12), date(2026, 1, 14))  # every article address shows the portal's error page
SILENT, BACK = date(2026, 3, 16), date(2026, 4, 20)  # 领导活动
LABEL = date(2026, 5, 18)  # 来源：becomes 信息来源：, which is read as before
OUTAGE = (date(2026, 6, 8), date(2026, 6, 9))  # the list of 部门动态 comes with three rows

# (kind, column, opened, cleared)
EXPECTED = [
    ("drift", "政务要闻", "2025-09-08", "2025-09-15"),
    ("drift", "部门动态", "2025-09-08", "2025-09-15"),
    ("drift", "领导活动", "2025-09-08", "2025-09-15"),
    ("drift", "通知公告", "2025-09-09", "2025-09-15"),
    ("challenged", "", "2025-11-10", "2025-11-15"),
    ("drift", "政务要闻", "2026-01-13", "2026-01-15"),
    ("drift", "部门动态", "2026-01-14", "2026-01-15"),
    ("drift", "领导活动", "2026-01-14", "2026-01-15"),
    ("silent", "领导活动", "2026-03-20", "2026-04-21"),
    ("list", "部门动态", "2026-06-08", "2026-06-10"),
]

ERROR = page("服务提示", "<h1>服务提示</h1><p>请返回首页继续浏览，或拨打12345政务服务热线咨询。</p>")
GATE = "<html><head><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;$_ts.cd='x';</script></head></html>"
WORDS = (
    "压实",
    "责任",
    "推进",
    "项目",
    "建设",
    "服务",
    "群众",
    "企业",
    "防汛",
    "安全",
    "检查",
    "会议",
    "部署",
    "落实",
    "春耕",
    "教育",
)
OFFICES = ("市政府办公室", "市发展改革委", "市水利局", "清河日报", "市教育局")


def redesigned(story: Story) -> str:
    """Other names, other places, no label before the source, the text in pieces without paragraphs of their own."""
    body = "".join(f"<div class=seg><a href='#'>{text}</a></div>" for text in story.paragraphs)
    return page(
        "清河市", f"<div class=hd2>{story.title}</div><div class=dept>{story.source}</div><div id=txt9>{body}</div>"
    )


def during(day: date, span: tuple[date, date]) -> bool:
    return span[0] <= day <= span[1]


class Year:
    """The portal day by day. Deterministic: one seed."""

    def __init__(self) -> None:
        self.dice = random.Random(20250701)
        self.site = MiniSite({name: folder for name, (folder, _, _) in COLUMNS.items()}, recheck=((10, 3), (3650, 365)))
        self.made = self.worked = 0
        for back in range(400, 0, -1):
            self._publish(FIRST - timedelta(days=back))

    def morning(self, day: date) -> None:
        """What the portal shows at eight: yesterday's articles, and what befell it."""
        self._publish(day - timedelta(days=1))
        new = REDESIGN <= day < ADAPTED
        label = "信息来源：" if day >= LABEL else "来源："
        self.site.layout = redesigned if new else lambda story: first_layout(story, label)
        self.site.answers = lambda path: self._answer(path, day)
        self.site.shown = {"部门动态": 3} if during(day, OUTAGE) else {}

    def _answer(self, path: str, day: date) -> tuple[int, str] | None:
        if during(day, CHALLENGE):
            return 412, GATE
        if "dibao-" in path or (during(day, SOFT_404) and path.endswith(".html")):
            return 200, ERROR
        return None

    def _publish(self, day: date) -> None:
        self.worked += works(day)
        for name, (folder, most, every) in COLUMNS.items():
            if not works(day):
                count = int(name == "政务要闻" and self.dice.random() < 0.3 and day.weekday() >= 5)
            elif every == 1:
                count = self.dice.randint(1, most)
            else:
                count = int(self.worked % every == 0)
            if name == "领导活动" and SILENT <= day < BACK - timedelta(days=1):
                count = 0
            for _ in range(count):
                self._story(name, folder, day)

    def _story(self, name: str, folder: str, day: date) -> None:
        self.made += 1
        title = "".join(self.dice.choices(WORDS, k=7)) + f"第{self.made}号"
        text = ["".join(self.dice.choices(WORDS, k=self.dice.randint(30, 60))) + "。" for _ in range(4)]
        path = f"/{folder}/{day:%Y%m}/t{day:%Y%m%d}_{self.made}.html"
        self.site.publish(
            name, Story(path, title, self.dice.choice(OFFICES), f"{day:%Y-%m-%d} 10:{self.made % 60:02}", text)
        )


@dataclass
class Lived:
    summaries: dict[date, RunSummary]
    alarms: list[Alarm]
    writer: ArchiveWriter
    site: MiniSite


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    year, summaries = Year(), {}
    with archive(tmp_path_factory.mktemp("year")) as writer:
        day = FIRST
        while day <= LAST:
            year.morning(day)
            summaries[day] = run(year.site, writer, datetime(day.year, day.month, day.day, 0, 0, tzinfo=UTC))
            day += timedelta(days=1)
        yield Lived(summaries, all_alarms(writer.conn), writer, year.site)


def test_these_alarms_on_these_days_and_no_others(lived: Lived) -> None:
    raised = [(a.kind, a.section, a.opened[:10], a.cleared[:10] if a.cleared else None) for a in lived.alarms]
    assert raised == EXPECTED


def test_exit_codes(lived: Lived) -> None:
    """12 on the days of the challenge, 4 on every day with an open alarm, 0 else; 10 where pages were held back."""
    for day, done in lived.summaries.items():
        open_then = [a for a in EXPECTED if a[2] <= day.isoformat() < a[3]]
        wanted = {12} if during(day, CHALLENGE) else {4} if open_then else {0}
        if done.states.get("held_back") and not open_then:
            wanted = {10}
        assert done.exit_code in wanted, day


@pytest.mark.parametrize(("first", "last"), [("2025-10-01", "2025-10-08"), ("2026-02-15", "2026-02-23")])
def test_holidays_are_quiet(lived: Lived, first: str, last: str) -> None:
    days = [done for day, done in lived.summaries.items() if first < day.isoformat() <= last]
    assert sum(done.verdicts.get("new", 0) for done in days) <= 4
    assert {(done.outcome, done.exit_code) for done in days} == {("complete", 0)}


def test_what_is_held_in_the_end_is_what_was_published(lived: Lived) -> None:
    """No challenge and no error page among the articles, no field emptied by the redesign, none missed."""
    rows = lived.writer.conn.execute(
        "SELECT url, title, source, substr(published, 1, 10), body FROM articles"
    ).fetchall()
    assert len(rows) > 900
    for url, *fields in rows:
        story = lived.site.stories[url.removeprefix(HOST)]
        assert fields == [story.title, story.source, story.published[:10], "\n".join(story.paragraphs)]
    later = {path for path, story in lived.site.stories.items() if story.published[:10] >= FIRST.isoformat()}
    assert later <= {url.removeprefix(HOST) for url, *_ in rows}


def test_every_page_that_was_held_back_is_kept(lived: Lived) -> None:
    first, last = lived.writer.conn.execute(
        "SELECT min(substr(fetched, 1, 10)), max(substr(fetched, 1, 10)) FROM captures WHERE verdict = 'held_back'"
    ).fetchone()
    assert (first, last) == ("2025-09-08", "2025-09-14")
    assert imbalances(lived.writer.conn) == []


def test_the_probe_asks_once_a_week(lived: Lived) -> None:
    probes = lived.writer.conn.execute("SELECT count(*) FROM captures WHERE verdict = 'probe'").fetchone()[0]
    assert 45 <= probes <= 53
