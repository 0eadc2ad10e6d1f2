"""A portal in memory, and runs over it on days of our choosing: `PortalRun`, judge and parsers as in a crawl.

Columns list their newest articles; `layout` draws article pages; `answers` overrides what an address answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from archive.frontier import Task
from archive.records import Article, Capture, Listing
from archive.writer import ArchiveWriter
from crawler.answers import Answer, ArticleRead, Ended, FileRead, ListRead, Outcome
from crawler.errors import PageError
from crawler.extract import extract
from crawler.judge import judge
from crawler.listing import list_page
from crawler.options import CrawlOptions
from crawler.portal import Portal, Section
from crawler.recheck import utc
from crawler.run import PortalRun
from crawler.summary import RunSummary

HOST = "http://www.qinghe.gov.cn"
NAV = "".join(f'<li><a href="/{name}/">{name}</a></li>' for name in ("首页", "要闻", "公告", "公开", "互动", "服务"))
FOOT = "<div class=foot>主办：清河市人民政府办公室 承办：清河市大数据中心 网站标识码：4100000001</div>"


@dataclass(slots=True)
class Story:
    path: str
    title: str
    source: str
    published: str  # 2026-03-09 10:20
    paragraphs: list[str]
    column: str = "要闻"


def page(title: str, inner: str) -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title></head><body><div class=nav><ul>{NAV}"
        f"</ul></div>{inner}{FOOT}</body></html>"
    )


def first_layout(story: Story, label: str = "来源：") -> str:
    source = f"<span>{label}{story.source}</span>" if story.source else ""
    body = "".join(f"<p>{text}</p>" for text in story.paragraphs)
    return page(
        f"{story.title}_清河市人民政府",
        f'<div class=crumb>您所在的位置：<a href="/">首页</a> &gt; <a href="/yw/">{story.column}</a> &gt; 正文</div>'
        f"<h1>{story.title}</h1><div class=info><span>发布时间：{story.published}</span> {source}</div>"
        f"<div class=TRS_Editor>{body}</div>",
    )


@dataclass(slots=True)
class MiniSite:
    columns: dict[str, str]  # name -> folder
    stories: dict[str, Story] = field(default_factory=dict)
    layout: Callable[[Story], str] = first_layout
    answers: Callable[[str], tuple[int, str] | None] = lambda path: None
    shown: dict[str, int] = field(default_factory=dict)  # column -> rows on its list page
    recheck: tuple[tuple[float, float], ...] = ()  # as the crawler's own
    asked: list[str] = field(default_factory=list)

    def portal(self) -> Portal:
        sections = tuple(Section(name, f"{HOST}/{folder}/") for name, folder in self.columns.items())
        return Portal("qinghe", "清河市", f"{HOST}/", hosts=("www.qinghe.gov.cn",), sections=sections,
                      recheck=self.recheck)  # fmt: skip

    def publish(self, column: str, story: Story) -> None:
        story.column = column
        self.stories[story.path] = story

    def answer(self, path: str) -> tuple[int, str]:
        """(status, page) of one address."""
        self.asked.append(path)
        if (given := self.answers(path)) is not None:
            return given
        for name, folder in self.columns.items():
            if path == f"/{folder}/":
                return 200, self._list(name)
        story = self.stories.get(path)
        return (200, self.layout(story)) if story else (404, page("404", "<p>404 Not Found</p>"))

    def _list(self, name: str) -> str:
        newest = sorted((s for s in self.stories.values() if s.column == name), key=lambda s: s.published)[::-1]
        rows = "".join(
            f'<li><a href="{s.path}" title="{s.title}">{s.title}</a><span>{s.published[:10]}</span></li>'
            for s in newest[: self.shown.get(name, 12)]
        )
        return page(name, f"<ul class=list>{rows}</ul>")


@contextmanager
def archive(directory: Path) -> Iterator[ArchiveWriter]:
    with ArchiveWriter.open(directory) as writer:
        yield writer


def run(
    site: MiniSite, writer: ArchiveWriter, now: datetime, *, full: bool = False, limit: int | None = None
) -> RunSummary:
    """One run on one day."""
    run = PortalRun(writer, site.portal(), CrawlOptions(full=full, limit=limit), clock=lambda: now)
    run.open()
    while task := run.next_task():
        run.settle(_outcome(site, run.portal, task, now))
    return run.close()


def _outcome(site: MiniSite, portal: Portal, task: Task, now: datetime) -> Outcome:
    status, text = site.answer(urlsplit(task.url).path)
    payload = text.encode()
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Date", format_datetime(now)))
    answer = Answer(Capture(task.url, utc(now), status, headers, payload), 0.01, len(payload))
    if (found := judge(task, answer)) is not None:
        return found
    if task.kind == "probe":
        return FileRead(task, answer)
    try:
        if task.kind == "list":
            return ListRead(task, answer, _listing(payload, task.url))
        return ArticleRead(task, answer, _article(payload, task.url, portal.id))
    except PageError as error:
        return Ended(task, error.state, str(error), answer)


@lru_cache(maxsize=2000)  # reading is pure, and most pages are as they were the day before
def _listing(payload: bytes, url: str) -> Listing:
    return list_page(payload, url)


@lru_cache(maxsize=2000)
def _article(payload: bytes, url: str, portal: str) -> Article:
    return replace(extract(payload, url), portal=portal)
