"""The archive that `make demo` ends with, put together without crawling: the same pages after the second visit."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from search_rows import new_archive, put

from crawler.demo.content import COLUMN_NAMES, Story, first_visit, second_visit

FIRST, SECOND = "2026-07-01T01:00:00Z", "2026-07-04T01:00:00Z"


def build(directory: Path, portal: str = "http://127.0.0.1:8000") -> sqlite3.Connection:
    directory.mkdir(parents=True, exist_ok=True)
    conn = new_archive(directory / "archive.db")
    before, after = ({story.id: story for story in visit()} for visit in (first_visit, second_visit))
    for number, story in enumerate({**before, **after}.values(), 1):
        old = before.get(story.id)
        seen = FIRST if old else SECOND
        changed = old is not None and story.id in after and story != old
        put(
            conn, number, story.title, _text(story), url=portal + story.path, portal="qinghe", source=story.source,
            section=COLUMN_NAMES[story.column], breadcrumb=["首页", "新闻中心", COLUMN_NAMES[story.column], "正文"],
            published=f"{story.published.replace(' ', 'T')}+08:00", published_precision="minute",
            first_seen=seen, last_seen=SECOND if story.id in after else FIRST, lang="zh-Hans",
            gone_since=None if story.id in after else SECOND, revision=2 if changed else 1,
            site={"SiteName": "清和县人民政府"},
        )  # fmt: skip
    return conn


def _text(story: Story) -> str:
    return "\n".join(story.paragraphs)
