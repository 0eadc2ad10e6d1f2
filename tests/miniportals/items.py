"""What the editors of a miniature portal wrote: articles, each with a sentence of its own in its body."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta

NEWEST = date(2026, 4, 9)
SUBJECTS = (
    "春季农业生产",
    "安全生产大检查",
    "乡村道路养护",
    "政务服务改革",
    "义务教育招生",
    "防汛抗旱准备",
    "医保基金监管",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One article. `number` grows with time: the newest has the highest."""

    number: int
    title: str
    day: str  # 2026-04-09
    paragraphs: tuple[str, ...]

    @property
    def id(self) -> int:
        return 1_404_000 + self.number

    @property
    def hex(self) -> str:
        return hashlib.md5(str(self.number).encode(), usedforsecurity=False).hexdigest()

    @property
    def marker(self) -> str:
        return self.paragraphs[1]

    @property
    def clock(self) -> str:
        return f"{9 + self.number % 8:02}:{self.number % 60:02}"

    @property
    def cut(self) -> str:
        """The headline as lists with little room print it."""
        return self.title[:12] + "..."

    def edited(self) -> Item:
        return replace(self, paragraphs=(*self.paragraphs, "更正：上文中的数字以此次公布的为准。"))


def item(number: int, of: int) -> Item:
    """The article with this number of a portal that began with `of`."""
    subject = SUBJECTS[number % len(SUBJECTS)]
    day = NEWEST - timedelta(days=of - number) if number <= of else NEWEST
    mark = hashlib.sha1(str(number).encode(), usedforsecurity=False).hexdigest()
    text = (
        f"近日，清和县召开第{number}次专题会议，对全县{subject}工作作出安排，文号{mark[:6]}。",
        f"会议指出，第{number}项任务事关群众切身利益，编号{mark[6:18]}的清单要逐条落实。",
        f"会议要求，各单位在{number + 20}个工作日内完成自查，按照{mark[18:26]}号方案把各项措施落到实处。",
        f"县直有关单位和{number + 3}个乡镇、街道的负责同志参加会议，会议由{mark[26:32]}室主办。",
    )
    return Item(number, f"清和县部署第{number}批{subject}重点工作", day.isoformat(), text)
