"""A miniature portal served over real HTTP: what it holds can change while it is read, every request is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from archive.urls import canonical_url
from tests.miniportals.items import Item, item

SIZE = 10  # rows a list page
COLUMN = "/$column"  # in markup: the path of the portal's column
SITE = "清和县人民政府"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the portal sees it."""

    method: str
    target: str  # path and query
    path: str
    query: dict[str, str]
    form: dict[str, str]
    referer: str | None
    if_none_match: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    body: str | bytes
    type: str = "text/html"
    status: int = 200
    headers: tuple[tuple[str, bytes], ...] = ()  # values as bytes: some servers send raw GBK


@dataclass(frozen=True, slots=True)
class Platform:
    """How a platform addresses, lists and prints articles."""

    name: str
    column: str  # path of the column's first page
    address: Callable[[Item], str]  # path (and query) of an article
    lists: Callable[[MiniPortal, Asked], Answer | str | None]  # list pages, interfaces; None: not one of them
    article: Callable[[Item], str] = field(default=lambda one: article_page(one))
    preset: str | None = None  # what crawler/platforms.py must say
    charset: str = "utf-8"
    decoys: str = ""  # markup of links on list pages that are no articles
    pager: str = "numbered"  # kind, as list_page names it on the first page (docs/listing.md)
    parts: Callable[[Item], dict[str, str]] = field(default=lambda one: {})  # further pages of a body, by path


class MiniPortal:
    """`with MiniPortal(platform) as site:` serves it at `site.url`."""

    def __init__(self, platform: Platform, items: int = 34) -> None:
        self.platform, self.began = platform, items
        self.items = [item(number, items) for number in range(items, 0, -1)]  # newest first
        self.articles = {platform.address(one) for one in self.items}  # targets of all there ever were
        self.requests: list[Asked] = []
        self.before: Callable[[MiniPortal, Asked], None] | None = None  # called before every request is answered
        self._last = items
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def column_url(self) -> str:
        return self.url + self.platform.column

    def address(self, one: Item) -> str:
        return canonical_url(self.url + self.platform.address(one))

    def truth(self) -> dict[str, Item]:
        """Every article that is there now, by its address."""
        return {self.address(one): one for one in self.items}

    def insert(self, count: int = 1) -> list[Item]:
        """Publish so many new articles, at the head of the list."""
        with self._lock:
            new = [item(self._last + n, self.began) for n in range(count, 0, -1)]
            self._last += count
            self.articles |= {self.platform.address(one) for one in new}
            self.items[:0] = new
            return new

    def withdraw(self, place: int) -> Item:
        """Take the article at this place of the list away: it answers 404 and stands in no list."""
        with self._lock:
            return self.items.pop(place)

    def edit(self, place: int) -> Item:
        with self._lock:
            self.items[place] = self.items[place].edited()
            return self.items[place]

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.items) // SIZE))

    def page(self, number: int) -> list[Item]:
        return self.items[(number - 1) * SIZE : number * SIZE]

    def answer(self, asked: Asked) -> Answer:
        with self._lock:
            if self.before is not None:
                self.before(self, asked)
            self.requests.append(asked)
            found = self._found(asked)
        answer = found if isinstance(found, Answer) else Answer(found)
        if isinstance(answer.body, str):
            answer = replace(answer, body=answer.body.replace(COLUMN, escape(self.platform.column)))
        return answer

    def _found(self, asked: Asked) -> Answer | str:
        if asked.target == "/":
            return frame("首页", "<p>欢迎访问清和县人民政府网站</p>")
        for one in self.items:
            if self.platform.address(one) == asked.target or self.address(one) == canonical_url(
                self.url + asked.target
            ):
                return self.platform.article(one)
            if asked.target in (parts := self.platform.parts(one)):
                return parts[asked.target]
        listed = self.platform.lists(self, asked)
        return listed if listed is not None else Answer("<html><body>您访问的页面不存在</body></html>", status=404)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


def frame(title: str, main: str, head: str = "", charset: str = "utf-8") -> str:
    """A page with what stands around it: menu, foot, links that lead to no article."""
    names = {"/": "首页", "/zfxxgk/": "政府信息公开", "/zwfw/": "政务服务", "/hdjl/": "互动交流", "/zjqh/": "走进清和"}
    nav = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in names.items())
    nav += f'<li><a href="{COLUMN}">新闻要闻</a></li><li><a href="/zt/">专题专栏</a></li>'
    return f"""<!DOCTYPE html>
<html><head><meta charset="{charset}"><title>{title}-{SITE}</title>{head}</head>
<body><div class="header"><ul class="nav">{nav}</ul></div>
<div class="main">{main}</div>
<div class="footer"><p>主办：{SITE}办公室 网站标识码：4199990001</p><a href="/wzdt/">网站地图</a>
<a href="https://www.gov.cn/">中国政府网</a> <a href="https://beian.miit.gov.cn/">豫ICP备00000001号</a></div></body></html>"""


def article_page(
    one: Item,
    box: str = '<div class="article-content">{}</div>',
    info: str = "<span>来源：清和日报</span> <span>发布时间：{day} {clock}</span>",
    head: str = "",
    charset: str = "utf-8",
) -> str:
    """An article in the common shape; `box` and `info` as the platform has them."""
    body = "\n".join(f'<p style="text-indent:2em">{text}</p>' for text in one.paragraphs)
    line = info.format(day=one.day, clock=one.clock)
    trail = '<div class="location">您所在的位置：<a href="/">首页</a> &gt; <a href="/xw/">新闻中心</a> &gt; 要闻</div>'
    main = f"{trail}<h1>{one.title}</h1><div class='info'>{line}</div>{box.format(body)}"
    return frame(one.title, main + "<p><a href='javascript:window.print()'>打印本页</a></p>", head, charset)


def _handler(site: MiniPortal) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode() if length else ""
            parts = urlsplit(self.path)
            asked = Asked(self.command, self.path, parts.path, _first(parts.query), _first(body),
                          self.headers.get("Referer"), self.headers.get("If-None-Match"))  # fmt: skip
            self._send(site.answer(asked))

        do_POST = do_GET

        def _send(self, answer: Answer) -> None:
            body = answer.body.encode(site.platform.charset) if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in answer.headers:
                self.send_header(name, value.decode("latin-1"))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent: the test's screen is for the test."""

    return Handler


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
