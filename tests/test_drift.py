"""When a column reads otherwise than it used to, when it is silent, and where its fields went."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from archive.health import FIELDS, Sight
from crawler.cure import propose
from crawler.drift import drifts
from crawler.silence import silence
from crawler.workdays import workdays_between, works

DAY = date(2026, 3, 2)


def sight(run: int, read: int, rows: int | None = 15, length: int | None = 800, **filled: int) -> Sight:
    """A run that read so many pages; every field is filled but the ones given."""
    here = {name: filled.get(name, read) for name in FIELDS}
    pages = {
        name: {"good": [f"http://x/{run}", run], **({"bad": [f"http://x/{run}b", run]} if here[name] < read else {})}
        for name in FIELDS
    }
    return Sight(run, "要闻", DAY.isoformat(), rows, read, read, length, here, pages)


def runs(reads: Sequence[int], **filled: Any) -> list[Sight]:
    return [sight(number + 1, read, **filled) for number, read in enumerate(reads)]


def what(history: Sequence[Sight], present: Sight) -> list[str]:
    return [drift.what for drift in drifts(history, present)]


# --- fields ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reads", "present", "found"),
    [
        ([60, 3, 2], sight(9, 3, source=0), ["source"]),
        ([60, 3, 2], sight(9, 4, body=0, source=0), ["source", "body"]),
        ([60, 3, 2], sight(9, 1, source=0), []),  # one page is an exception
        ([60, 3, 2], sight(9, 2, source=0), ["source"]),
        ([60, 3, 2], sight(9, 5, source=4), []),
        ([5], sight(9, 5, source=0), []),  # five pages are no habit yet
        ([9], sight(9, 4, source=0), ["source"]),
        ([60, 3], sight(9, 0), []),
        ([60, 3, 2], sight(9, 2000, source=1100), ["source"]),  # a first crawl of a whole column
        ([60, 3000], sight(9, 200_000, source=199_000), []),
    ],
)
def test_a_field_that_is_gone(reads: list[int], present: Sight, found: list[str]) -> None:
    assert what(runs(reads), present) == found


def test_one_page_a_run_is_judged_over_several_runs() -> None:
    history = runs([1] * 40)
    for number in range(100, 103):
        present = sight(number, 1, source=0)
        if found := drifts(history, present):
            break
        history.append(present)
    assert (number, found[0].what) == (102, "source")
    assert found[0].good == ("http://x/40", 40)
    assert found[0].bad == ("http://x/100b", 100)


def test_a_field_that_half_of_the_pages_have() -> None:
    history = [sight(n, 6, source=3) for n in range(1, 20)]
    assert what(history, sight(30, 6, source=1)) == []
    assert what(history, sight(30, 16, source=0)) == ["source"]


def test_a_column_that_posts_batches_without_a_source() -> None:
    """Seven notices of one office on one day: chance would call it drift, the column's own past does not."""
    history = [sight(n, 7, source=0 if n % 6 == 0 else 7) for n in range(1, 24)]
    assert what(history, sight(30, 7, source=0)) == []


def test_a_repaired_definition_ends_it() -> None:
    odd = [replace(seen, odd=True) for seen in runs([3, 3], source=0)]
    assert what([*runs([40, 3, 3]), *odd], sight(50, 1)) == []


def test_a_new_layout_is_the_habit_when_nothing_else_is_remembered() -> None:
    odd = [replace(seen, odd=True) for seen in runs([9] * 40, source=0)]
    assert what(odd, sight(99, 3, source=0)) == []


def test_runs_that_were_odd_are_no_measure() -> None:
    odd = [replace(seen, odd=True, run_id=seen.run_id + 1) for seen in runs([9] * 40, source=0)]
    assert what([*runs([40]), *odd], sight(99, 3, source=0)) == ["source"]


def test_steady_columns_raise_hardly_an_alarm() -> None:
    """140 columns of 120 runs, each at a steady rate of its own: at most one false alarm in a thousand runs."""
    alarms, looked_at = 0, 0
    for seed in range(140):
        dice, rate = random.Random(seed), (1, 0.98, 0.95, 0.9, 0.8, 0.65, 0.5)[seed % 7]
        history = [sight(1, 30, source=round(30 * rate))]
        for number in range(2, 122):
            read = dice.choice((0, 1, 2, 3, 5))
            present = sight(number, read, source=sum(dice.random() < rate for _ in range(read)))
            odd = "source" in what(history[-60:], present)
            history.append(replace(present, odd=odd))
            alarms, looked_at = alarms + odd, looked_at + 1
    assert alarms <= looked_at / 1000


# --- lengths and rows ------------------------------------------------------------------------------------------------


def test_lengths() -> None:
    history = [sight(n, 6, length=700 + 40 * (n % 5)) for n in range(1, 12)]
    assert what(history, sight(30, 6, length=300)) == ["length"]
    assert what(history, sight(30, 6, length=2000)) == ["length"]
    assert what(history, sight(30, 6, length=500)) == []
    assert what(history, sight(30, 3, length=100)) == []  # too few pages


def test_rows() -> None:
    history = runs([1] * 8)
    assert what(history, sight(30, 0, rows=5)) == ["rows"]
    assert what(history, sight(30, 0, rows=8)) == []
    assert what(history, sight(30, 0, rows=None)) == []
    assert what(runs([1] * 3), sight(30, 0, rows=1)) == []


# --- silence ---------------------------------------------------------------------------------------------------------


def published(first: date, last: date, step: int = 1) -> list[date]:
    """Every `step`-th working day."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if works(day)][::step]


def first_alarm(days: list[date], until: date) -> date | None:
    met, day = days[0], days[-1]
    while day < until:
        day += timedelta(days=1)
        if silence(days, day, met):
            return day
    return None


def test_working_days_know_holidays_and_make_up_days() -> None:
    assert works(date(2026, 2, 14))  # a Saturday that makes up for Spring Festival
    assert not works(date(2026, 2, 18))  # a Wednesday of Spring Festival
    assert works(date(2031, 3, 4))  # not known yet: a weekday
    assert not works(date(2031, 3, 8))
    assert workdays_between(date(2026, 2, 14), date(2026, 2, 24)) == 0
    assert workdays_between(date(2026, 3, 2), date(2026, 3, 5)) == 2


@pytest.mark.parametrize(
    ("days", "until", "alarm"),
    [
        (published(date(2025, 9, 1), date(2026, 2, 13)), date(2026, 2, 24), None),  # quiet over Spring Festival
        (published(date(2025, 9, 1), date(2026, 3, 6)), date(2026, 4, 1), date(2026, 3, 13)),
        (published(date(2025, 9, 1), date(2026, 3, 6), 5), date(2026, 4, 1), date(2026, 3, 21)),  # weekly
        ([date(year, 1, 20) for year in range(2019, 2027)], date(2027, 12, 31), None),  # yearly
        ([date(2026, 1, 5), date(2026, 1, 6)], date(2027, 1, 1), None),  # no habit yet
        ([date(2026, 1, 5), date(2099, 1, 6)], date(2099, 1, 5), None),  # a date of the future
    ],
)
def test_silence(days: list[date], until: date, alarm: date | None) -> None:
    assert first_alarm([day for day in days if day.year < 2099], until) == alarm


def test_a_weekly_column_has_its_own_measure() -> None:
    days = published(date(2025, 9, 1), date(2026, 3, 6), 5)
    pause = silence(days, date(2026, 3, 30), days[0])
    assert pause is not None
    assert (pause.last, pause.longest, pause.allowed) == (days[-1], 4, 9)


def test_a_column_that_was_dead_when_we_met_it_is_no_alarm_until_it_lives() -> None:
    days, met = published(date(2019, 1, 1), date(2019, 12, 31)), date(2026, 3, 2)
    assert silence(days, met, met) is None
    assert silence(days, date(2026, 6, 1), met) is None
    assert silence([*days, date(2026, 3, 3)], date(2036, 6, 1), met) is not None


# --- where the fields went -------------------------------------------------------------------------------------------

KNOWN = {
    "title": "全市防汛工作会议召开",
    "source": "清河市水利局",
    "published": "2026-03-09T10:20+08:00",
    "breadcrumb": '["首页", "新闻", "要闻"]',
    "body": "三月八日，全市防汛工作会议召开。\n会议要求，压实责任。",
}
REDESIGNED = """<html><head><title>x</title></head><body>
<nav class="where"><a>首页</a> &gt; <a>新闻</a> &gt; <a>要闻</a></nav>
<div class="art"><h2 class="big">全市防汛工作会议召开</h2>
<ul class="meta"><li class="who">发布机构：清河市水利局</li><li class="when">日期：2026年03月09日 10:20</li></ul>
<div id="txt"><p>三月八日，全市防汛工作会议召开。</p><p>会议要求，压实责任。</p></div></div>
<ul><li>2025-01-01 全市防汛工作会议召开</li></ul></body></html>"""


def test_known_values_are_found_in_a_new_layout() -> None:
    assert propose(REDESIGNED, KNOWN) == {
        "title": ".big", "source": ".who", "published": ".when", "breadcrumb": ".where", "body": "#txt",
    }  # fmt: skip


def test_what_is_not_there_is_not_proposed() -> None:
    assert propose(REDESIGNED, {"source": "某局", "published": "2020-01-01", "title": "别的标题"}) == {}
    assert propose("", KNOWN) == {}


@pytest.mark.parametrize("markup", ["<div>" * 1000, "<div class='w'>" * 400 + "<p title='" + "x" * 900_000 + "'></p>"])
def test_a_page_that_nests_its_text_costs_no_minutes(markup: str) -> None:
    line = "清河市人民政府办公室今日发布通知，要求各部门压实责任，按期完成重点工作任务。"
    text = "".join(f"<p>第{n}条：{line}</p>" for n in range(4000))
    began = time.monotonic()
    found = propose(f"<body>{markup}{text}<div class='who'>办公室</div></body>", {"source": "办公室", "title": line})
    assert time.monotonic() - began < 5
    assert found["source"] == ".who"
