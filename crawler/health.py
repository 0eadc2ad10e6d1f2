"""What a run sees of its portal's columns, and what it makes of it when it ends: alarms, or none.

A page counts when it is new, changed, emptied or no article any more; a page that is as we hold it says nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from archive.frontier import Task
from archive.health import FIELDS, Alarm, Sight, open_alarms, sights, write_alarms, write_sight
from archive.records import Article, Capture, ListRow
from crawler.cure import propose
from crawler.decode import decode_page
from crawler.drift import Drift, drifts
from crawler.silence import Silence, silence
from crawler.workdays import day_in_china

if TYPE_CHECKING:
    from crawler.run import PortalRun

MEMORY = timedelta(days=90)  # what was before is no measure any more: a new layout has become the habit


@dataclass(slots=True)
class _Column:
    """One column as this run saw it."""

    rows: int | None = None
    dates: set[str] = field(default_factory=set)
    read: int = 0
    new: int = 0
    lengths: list[int] = field(default_factory=list)
    filled: dict[str, int] = field(default_factory=dict)
    pages: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)
    worst: tuple[Capture, Mapping[str, str]] | None = None  # a page that lacks fields, and their known values

    def sight(self, run_id: int, section: str, day: date, *, odd: bool = False) -> Sight:
        length = int(median(self.lengths)) if self.lengths else None
        return Sight(run_id, section, day.isoformat(), self.rows, self.read, self.new, length, self.filled,
                     {name: dict(pages) for name, pages in self.pages.items()}, odd)  # fmt: skip


class Health:
    """The health of one portal in one run. Runs inside the writer's transaction."""

    def __init__(self, run: PortalRun) -> None:
        self.run, self.conn, self.portal = run, run.writer.conn, run.portal.id
        self.columns: dict[str, _Column] = {}
        self.challenge: tuple[str, str] | None = None  # address, and what was found
        self.lists: dict[str, Alarm] = {}  # column -> what is wrong with its list
        self.closed: dict[tuple[str, str], list[Task]] = {}  # column, why it is closed to us -> what was not asked

    def listed(self, section: str, rows: Iterable[ListRow]) -> None:
        """The first list page of a column was read."""
        column, rows = self._column(section), list(rows)
        column.rows = max(column.rows or 0, len(rows))
        column.dates |= {row.date[:10] for row in rows if row.date}

    def page(
        self, section: str, article: Article | None, capture: Capture, capture_id: int, *, new: bool = False,
        task: Task | None = None, known: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """An article page was read; None: as no article. `known`: values it should have, else what its row says."""
        if task is not None:
            known = {"title": task.list_title or "", "published": task.list_date or ""}
        column = self._column(section)
        column.read += 1
        column.new += new
        here = (capture.url, capture_id)
        for name in FIELDS:
            pages = column.pages.setdefault(name, {})
            if article is not None and getattr(article, name):
                column.filled[name] = column.filled.get(name, 0) + 1
                pages["good"] = here
            else:
                pages.setdefault("bad", here)
        if article is not None and article.body:
            column.lengths.append(len(article.body))
        if (
            known
            and (column.worst is None or len(known) > len(column.worst[1]))
            and (article is None or any(not getattr(article, name) for name in FIELDS))
        ):
            column.worst = (capture, known)

    def bad_list(self, section: str, message: str, url: str) -> None:
        """The list of a column was not got, or is not what it should be: told now, and an alarm until it is well."""
        self.lists.setdefault(section, Alarm("list", self.portal, section, message, {"bad": [url]}))
        self.run.report("list", message, url)

    def kept_out(self, section: str, task: Task, reason: str) -> None:
        """robots.txt, or the definition, closes an address of the column to us."""
        self.closed.setdefault((section, reason), []).append(task)

    def close(self) -> None:
        """Judge the run, write what it saw, open and clear alarms, tell of all that are found."""
        today = day_in_china(self.run.clock())
        found: list[Alarm] = []
        judged: set[tuple[str, str]] = set()
        for section, column in self.columns.items():
            found += self._drifts(section, column, today)
            judged |= {("drift", section)} if column.read else set()
            judged |= {("list", section), ("refused", section), ("refused", "")} if column.rows is not None else set()
        silent, looked_at = self._silences(today)
        found += [*silent, *self.lists.values(), *self._refusals()]
        judged |= looked_at | self._columns_no_more()
        if self.challenge and self.run.stopped == "challenged":
            found.append(self._challenged(*self.challenge))
        elif self.columns and not self.run.stopped:
            judged.add(("challenged", ""))
        write_alarms(self.conn, self.portal, found, judged, run_id=self.run.run_id, now=self.run.now())
        for alarm in open_alarms(self.conn, self.portal):
            self._tell(alarm, alarm.last_seen == self.run.now())

    def _columns_no_more(self) -> set[tuple[str, str]]:
        """Alarms of columns that the definition names no more and of which no page was read: nobody would end them."""
        portal = self.run.portal
        if portal.id == portal.name:  # a bare address; the host's other columns are crawled by theirs
            return set()
        here = {"", *self.columns, *(section.name for section in portal.sections if section.enabled is not False)}
        return {(one.kind, one.section) for one in open_alarms(self.conn, self.portal) if one.section not in here}

    def _tell(self, alarm: Alarm, found_now: bool) -> None:
        """An open alarm is told by every run until it is cleared, also by one that saw no page to judge by."""
        if not self._told(alarm, found_now):
            since = "" if found_now else f" (since {alarm.opened[:10]}; this run saw nothing to judge it by)"
            self.run.report(alarm.kind, alarm.message + since, str((alarm.evidence.get("bad") or [""])[0]))

    def _told(self, alarm: Alarm, found_now: bool) -> bool:
        """Whether this run has told of it when it met it: a challenge, a bad list, a robots.txt that keeps us out."""
        reason = alarm.evidence.get("reason")
        return (
            alarm.kind == "challenged"
            or (alarm.kind == "list" and alarm.section in self.lists)
            or (found_now and bool(reason) and any(one.message.endswith(str(reason)) for one in self.run.issues))
        )

    def _column(self, section: str) -> _Column:
        return self.columns.setdefault(section, _Column())

    # --- drift -------------------------------------------------------------------------------------------------------

    def _drifts(self, section: str, column: _Column, today: date) -> list[Alarm]:
        history = sights(self.conn, self.portal, section, since=(today - MEMORY).isoformat())
        present = column.sight(self.run.run_id, section, today)
        found = drifts(history, present)
        write_sight(self.conn, self.portal, column.sight(self.run.run_id, section, today, odd=bool(found)))
        fields = [drift for drift in found if drift.what != "rows"]
        rows = [drift for drift in found if drift.what == "rows"]
        alarms = [self._drift_alarm(section, fields, column)] if fields else []
        return alarms + [self._list_alarm(section, drift) for drift in rows]

    def _drift_alarm(self, section: str, found: list[Drift], column: _Column) -> Alarm:
        good = next((drift.good for drift in found if drift.good), None)
        bad = next((drift.bad for drift in found if drift.bad), None)
        cure = self._cure(column, [drift.what for drift in found])
        first = next((drift for drift in found if drift.what == "body"), found[0])
        others = [drift.what for drift in found if drift is not first]
        message = f"{section}: {first.says}" + (f" ({', '.join(others)} too)" if others else "")
        message += f"; last good page {good[0]} (capture {good[1]})" if good else ""
        message += f", first bad page {bad[0]} (capture {bad[1]})" if bad else ""
        message += f"; perhaps {', '.join(f'{name} = {css!r}' for name, css in cure.items())}" if cure else ""
        message += f"; look with {self.run.portal.look()}"
        evidence = {"fields": [drift.what for drift in found], "good": good, "bad": bad, "cure": cure}
        return Alarm("drift", self.portal, section, message, evidence)

    def _cure(self, column: _Column, lost: list[str]) -> dict[str, str]:
        """Selectors for the lost fields, where their known values stand in a page of the new layout."""
        if column.worst is None:
            return {}
        capture, known = column.worst
        text = decode_page(capture.payload, capture.headers, encoding=self.run.portal.encoding).text
        return propose(text, {name: value for name, value in known.items() if value and name in lost})

    def _list_alarm(self, section: str, drift: Drift) -> Alarm:
        message = f"{section}: {drift.says}; has the portal changed? compare {self.run.portal.look()}"
        return Alarm("list", self.portal, section, message, {"fields": ["rows"]})

    # --- what is closed to us ----------------------------------------------------------------------------------------

    def _refusals(self) -> list[Alarm]:
        """Columns whose lists are closed to us, or the one alarm of a portal where all are; single pages are told."""
        columns: dict[str, dict[str, str]] = {}  # reason -> column -> its list page
        for (section, reason), tasks in self.closed.items():
            lists = [task.url for task in tasks if task.kind == "list"]
            if lists:
                columns.setdefault(reason, {})[section] = lists[0]
            else:
                told = f"{section or 'pages'}: {len(tasks)} not asked: {reason}; the first is {tasks[0].url}"
                self.run.report("refused", told, tasks[0].url)
        read = any(column.rows is not None for column in self.columns.values())
        found: list[Alarm] = []
        for reason, lists in columns.items():
            if len(lists) > 1 and not read:
                found.append(self._refused("", f"all of {', '.join(lists)}", next(iter(lists.values())), reason))
            else:
                found += [self._refused(section, section, url, reason) for section, url in lists.items()]
        return found

    def _refused(self, section: str, names: str, url: str, reason: str) -> Alarm:
        message = f"{names}: not crawled: {url}: {reason}; ask the portal, or leave it out"
        return Alarm("refused", self.portal, section, message, {"bad": [url], "reason": reason})

    # --- silence and challenges --------------------------------------------------------------------------------------

    def _silences(self, today: date) -> tuple[list[Alarm], set[tuple[str, str]]]:
        """Silent columns, or the one silence of a portal that is silent as a whole; and what was looked at."""
        listed = [name for name, column in self.columns.items() if column.rows is not None]
        met = {name: day_in_china(datetime.fromisoformat(first)) for name, first in self.conn.execute(
            "SELECT name, min(first_seen) FROM sections WHERE portal = ? GROUP BY name", (self.portal,))}  # fmt: skip
        days = {name: self._days(name) for name in listed}
        if not days:
            return [], set()
        whole = silence(set().union(*days.values()), today, min(met.values()))
        if whole is not None:
            return [self._silent("", whole)], {("silent", "")}
        found = {name: pause for name, dates in days.items() if (pause := silence(dates, today, met[name]))}
        looked_at = {("silent", ""), *(("silent", name) for name in days)}
        return [self._silent(name, pause) for name, pause in found.items()], looked_at

    def _silent(self, section: str, pause: Silence) -> Alarm:
        message = f"{section or 'the whole portal'}: nothing new since {pause.last}, {pause.days} working days"
        message += f", usually {pause.longest} at most; look with {self.run.portal.look(live=True)}"
        evidence = {"last": pause.last.isoformat(), "days": pause.days, "longest": pause.longest}
        return Alarm("silent", self.portal, section, message, evidence)

    def _days(self, section: str) -> set[date]:
        """Days on which the column published: as its rows print them, else as its articles do, else as we met them."""
        rows = self.conn.execute(
            "SELECT coalesce(substr(r.date, 1, 10), substr(a.published, 1, 10), "
            "CASE WHEN r.first_listed > s.first_seen THEN substr(r.first_listed, 1, 10) END) "
            "FROM sections s JOIN section_rows r ON r.section_id = s.id JOIN frontier f ON f.id = r.frontier_id "
            "LEFT JOIN articles a ON a.id = f.article_id WHERE s.portal = ? AND s.name = ? "
            "UNION SELECT substr(coalesce(l.date, l.first_seen), 1, 10) "
            "FROM sections s JOIN links l ON l.section_id = s.id WHERE s.portal = ? AND s.name = ?",
            (self.portal, section) * 2,
        )
        printed = {value for (value,) in rows if value} | self.columns[section].dates
        return {day for value in printed if (day := _day(value))}

    def _challenged(self, url: str, found: str) -> Alarm:
        message = f"answers programs with a challenge ({found}) at {url}; nothing of it is stored as an article"
        return Alarm("challenged", self.portal, "", message, {"bad": [url], "signs": found})


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:  # a row that prints the month only, or an impossible day
        return None
