"""The articles of the miniature portal, made from crawler/demo/texts.toml; the same at every start."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

NEWS, NOTICES = "zwyw", "gsgg"
COLUMN_NAMES = {NEWS: "政务要闻", NOTICES: "公示公告"}
PER_PAGE = 15


@dataclass(frozen=True)
class Story:
    """One page of the portal, as its editors wrote it."""

    id: int
    column: str
    title: str
    source: str
    published: str  # 2026-06-30 09:11
    paragraphs: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"/{self.column}/{self.id}.jhtml"


@dataclass(frozen=True)
class Visit:
    """The portal at one time: its stories, and addresses that answer otherwise."""

    stories: tuple[Story, ...]
    unlisted: frozenset[str] = frozenset()  # answer, stand in no list
    missing: frozenset[str] = frozenset()  # answer 200 and say that the page does not exist
    home: frozenset[str] = frozenset()  # lead to the home page
    counter: int = 0  # what every page prints as its number of views, beside a hot list; 0: neither


def visits() -> tuple[Visit, ...]:
    """The portal from one visit to the next."""
    return Visit(tuple(first_visit())), Visit(tuple(second_visit())), third_visit()


def first_visit() -> list[Story]:
    """60 pages in two columns, one of them the reprint of another under a new headline; newest first."""
    stories = [*_column(NEWS, 30, seed=1), *_column(NOTICES, 29, seed=2)]
    original = stories[4]
    evening = f"{original.published[:10]} 18:30"
    reprint = replace(original, id=_notice_id(29), column=NOTICES, title=f"【转载】{original.title}", published=evening)
    return sorted([*stories, reprint], key=lambda story: story.published, reverse=True)


def second_visit() -> list[Story]:
    """The portal some days later: two new pages, one edited, one withdrawn."""
    stories = first_visit()
    edited, withdrawn = [s for s in stories if s.column == NEWS][7], [s for s in stories if s.column == NOTICES][6]
    correction = (*edited.paragraphs[:-1], "更正:前文所述受益户数应为319户,特此说明。")
    stories[stories.index(edited)] = replace(edited, paragraphs=correction)
    stories.remove(withdrawn)
    new = [replace(story, id=story.id + 500, published=f"2026-07-0{2 + n} 08:30")
           for n, story in enumerate(_column(NEWS, 2, seed=3))]  # fmt: skip
    return sorted([*new, *stories], key=lambda story: story.published, reverse=True)


def third_visit() -> Visit:
    """Weeks later: one edited, the withdrawn one back, four gone, each in its own way; counters on every page."""
    first, stories = first_visit(), second_visit()
    back = next(story for story in first if story.path not in {other.path for other in stories})
    edited, withdrawn, unlisted, missing, home = [story for story in stories if story.column == NEWS][10:15]
    figures = (edited.paragraphs[0].replace("1", "2").replace("3", "4"), *edited.paragraphs[1:])
    changed = [replace(edited, paragraphs=figures) if story == edited else story for story in [*stories, back]]
    kept = [story for story in changed if story != withdrawn]
    return Visit(
        tuple(sorted(kept, key=lambda story: story.published, reverse=True)),
        frozenset({unlisted.path}), frozenset({missing.path}), frozenset({home.path}), counter=4711,
    )  # fmt: skip


def neighbour() -> Visit:
    """The next county's portal: its own stories, one of ours as it was, and one shortened with an editor's line."""
    ours = [story for story in first_visit() if story.column == NEWS]
    own = _column(NEWS, 12, seed=4)
    day = "2026-07-03 09:00"
    whole = replace(ours[1], id=8800001, published=day, title=f"兄弟县动态:{ours[1].title}")
    *most, last = ours[2].paragraphs
    shortened = (*most, last[: last.index("。") + 1], "编者按:邻县的这些做法值得学习。")
    near = replace(ours[2], id=8800002, published=day, source="清和日报", paragraphs=shortened)
    own = [replace(story, id=8800100 + number) for number, story in enumerate(own)]
    return Visit((whole, near, *own))


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(files("crawler.demo").joinpath("texts.toml").read_text("utf-8"))


def _notice_id(number: int) -> int:
    return 7600000 + number * 31


def _column(column: str, count: int, seed: int) -> list[Story]:
    rng = random.Random(seed)
    topics = _texts()["topic" if column == NEWS else "notice"]
    return [_story(rng, column, number, topics[number % len(topics)]) for number in range(count)]


def _story(rng: random.Random, column: str, number: int, topic: dict[str, list[str]]) -> Story:
    chosen = rng.sample(topic["sentences"], 6)
    paragraphs = [
        _fill(rng, first) + _fill(rng, second) for first, second in zip(chosen[::2], chosen[1::2], strict=True)
    ]
    day = date(2026, 6, 30) - timedelta(days=number * 2 + (column == NOTICES))
    clock = f"{rng.randrange(8, 18):02}:{rng.randrange(60):02}"
    return Story(
        id=7500000 + number * 37 if column == NEWS else _notice_id(number),
        column=column,
        title=_fill(rng, topic["title"][number // len(_texts()["topic"]) % 4 if column == NEWS else number % 4]),
        source=rng.choice(_texts()["sources"]),
        published=f"{day} {clock}",
        paragraphs=tuple(paragraphs),
    )


def _fill(rng: random.Random, template: str) -> str:
    """Fill the slots one by one, so that two {n} in a sentence are two numbers."""
    slots = {
        "{n}": lambda: str(rng.randrange(12, 980)),
        "{p}": lambda: f"{rng.randrange(610, 995) / 10}",
        "{d}": lambda: str(rng.randrange(2, 29)),
        "{m}": lambda: str(rng.randrange(1, 13)),
        "{v}": lambda: rng.choice(_texts()["villages"]),
        "{c}": lambda: rng.choice(_texts()["bodies"]),
    }
    for slot, value in slots.items():
        while slot in template:
            template = template.replace(slot, value(), 1)
    return template
