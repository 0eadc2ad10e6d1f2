"""The miniature portal as a web server on loopback: list pages, article pages, robots.txt, conditional requests."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from crawler.demo.content import COLUMN_NAMES, NEWS, NOTICES, PER_PAGE, Story, Visit, visits

SITE = "清和县人民政府"
MISSING = "您访问的页面不存在或已删除"
CHARSETS = {NOTICES: "gb2312"}  # the old column was never converted


class DemoPortal:
    """`with DemoPortal() as portal:` serves it at `portal.url`; `portal.next_visit()` lets some days pass."""

    def __init__(self, at: Sequence[Visit] = (), site: str = SITE) -> None:
        self.site = site
        self._visits = iter(at or visits())
        self.next_visit()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def page(self, path: str) -> bytes | None:
        return self._pages.get(path)

    def replace(self, path: str, body: bytes) -> None:
        """Serve something else at an address: what tests of changed portals do."""
        self._pages[path] = body

    def next_visit(self) -> None:
        visit = next(self._visits)
        self._pages = _pages(visit, self.site)
        self.moved = visit.home

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(portal: DemoPortal) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: no waiting for an acknowledgement

        def do_GET(self) -> None:
            if self.path in portal.moved:
                return self._answer(302, b"", location="/")
            body = portal.page(self.path)
            if body is None:
                return self._answer(404, "您访问的页面不存在".encode())
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                return self._answer(304, b"", etag)
            return self._answer(200, body, etag)

        def _answer(self, status: int, body: bytes, etag: str | None = None, location: str | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if self.path == "/robots.txt" else "text/html")
            self.send_header("Content-Length", str(len(body)))
            if etag:
                self.send_header("ETag", etag)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent: the demo's screen belongs to the crawl."""

    return Handler


def _pages(visit: Visit, site: str) -> dict[str, bytes]:
    """Every page of the portal by its path, as bytes in its column's charset."""
    pages = {"/robots.txt": b"User-agent: *\nDisallow: /admin/\n", "/": _home(site).encode()}
    for column in COLUMN_NAMES:
        charset = CHARSETS.get(column, "utf-8")
        stories = [story for story in visit.stories if story.column == column]
        listed = [story for story in stories if story.path not in visit.unlisted | visit.missing | visit.home]
        total = -(-len(listed) // PER_PAGE)
        for number in range(1, total + 1):
            path = f"/{column}/index{'' if number == 1 else f'_{number}'}.jhtml"
            rows = listed[(number - 1) * PER_PAGE : number * PER_PAGE]
            pages[path] = _list_page(site, column, rows, number, total, len(listed), charset).encode(charset)
        pages |= {story.path: _article_page(site, story, charset, visit.counter).encode(charset) for story in stories}
    return pages | {path: _frame(site, "页面不存在", f"<p>{MISSING}</p>").encode() for path in visit.missing}


def _frame(site: str, title: str, main: str, charset: str = "utf-8") -> str:
    nav = "".join(f'<li><a href="/{column}/index.jhtml">{name}</a></li>' for column, name in COLUMN_NAMES.items())
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{escape(title)}-{site}</title>
<meta name="SiteName" content="{site}"><meta name="SiteIDCode" content="4199990001">
</head>
<body>
<div class="header"><ul class="nav"><li><a href="/">首页</a></li>{nav}</ul></div>
<div class="main">
{main}
</div>
<div class="footer"><p>主办:{site}办公室</p><p>网站标识码:4199990001</p><p>网站地图 联系我们</p></div>
</body>
</html>
"""


def _home(site: str) -> str:
    return _frame(site, "首页", f"<p>欢迎访问{site}网站(Dibao 内置的虚构门户)。</p>")


def _location(column: str, last: str) -> str:
    return (
        '<div class="location clearfix">您所在的位置: <a href="/">首页</a> <a href="/">新闻中心</a> '
        f'<a href="/{column}/index.jhtml">{COLUMN_NAMES[column]}</a> {last}</div>'
    )


def _list_page(
    site: str, column: str, rows: Sequence[Story], number: int, total: int, records: int, charset: str
) -> str:
    items = "\n".join(
        f'<a href="{story.path}" title="{escape(story.title)}">{escape(story.title)}<em>{story.published[:10]}</em></a>'
        for story in rows
    )
    pager = f"createPageHTML('page_div',{total},{number},'index','jhtml',{records});"
    main = f'{_location(column, "")}\n<div class="news-list date-right">\n{items}\n</div>\n'
    return _frame(site, COLUMN_NAMES[column], f'{main}<div id="page_div"></div><script>{pager}</script>', charset)


def _article_page(site: str, story: Story, charset: str, counter: int) -> str:
    body = "\n".join(f'<p style="text-indent: 2em;">{escape(text, quote=False)}</p>' for text in story.paragraphs)
    info = f"<span>来源:{story.source}</span>&nbsp;&nbsp;&nbsp;<span>时间:{story.published}</span>"
    foot = '<a href="javascript:window.print()">打印此文</a> <a href="javascript:window.close()">关闭窗口</a>'
    views, hot = (f"<span>浏览次数:{counter}</span>", _hot_list()) if counter else ("", "")
    main = f"""{_location(story.column, "正文")}
<div class="news_content">
<div class="news_content_title">{escape(story.title)}</div>
<div class="news_content_date">{info}{views}</div>
<div class="news_content_content">
{body}
</div>
<div class="news_content_foot">{foot}</div>
</div>{hot}"""
    return _frame(site, story.title, main, charset)


def _hot_list() -> str:
    """What changes on every page and is no part of any article."""
    row = f'<li><a href="/{NEWS}/index.jhtml">我县养老服务再上台阶</a></li>'
    return f'<div class="hot"><h3>热点排行</h3><ul>{row}</ul></div>'
