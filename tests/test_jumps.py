"""Pages that only lead on: a meta refresh, a literal address in a script; and pages that only seem to."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from test_hostile_crawl import PATHS, article, listing
from trapserver import Reply, TrapServer, page

from archive.records import Capture
from crawler.jumps import jump_of
from tests.quick_crawl import crawl, held, portal_of
from tests.test_crawl import rows

HERE = "http://www.x.gov.cn/zcfb/index.html"
THERE = "http://www.x.gov.cn/zcfb/fzggwl/"

LEADING = {
    "meta": '<meta http-equiv="refresh" content="0;url=./fzggwl/">',
    "meta in other words": "<META content='3; URL=\"fzggwl/\"' HTTP-EQUIV=Refresh>",
    "href": "<script>window.location.href='./fzggwl/';</script>",
    "location": '<script language="javascript">\n<!--\ntop.location = "/zcfb/fzggwl/"\n//-->\n</script>',
    "replace": "<script>location.replace('http://www.x.gov.cn/zcfb/fzggwl/')</script>",
    "assign": "<body onload=\"window.location.assign('fzggwl/#top')\">",
    "with a link": "<p>正在跳转，如无反应请<a href='fzggwl/'>点击这里</a></p><script>location='fzggwl/'</script>",
}
NOT_LEADING = {
    "computed": "<script>location.href = './' + name;</script>",
    "computed from the end": "<script>location.href = base + './fzggwl/';</script>",
    "for phones": "<script>if (/Mobile/.test(navigator.userAgent)) location.href='/m/';</script>",
    "one of two": "<script>if (a) location='/a/'; else location='/b/';</script>",
    "to itself": '<meta http-equiv="refresh" content="60;url=index.html">',
    "reloading": '<meta http-equiv="refresh" content="60">',
    "compared": "<script>if (location.href == 'fzggwl/') x();</script>",
    "in a comment": "<!-- <meta http-equiv='refresh' content='0;url=fzggwl/'> -->",
    "commented out": "<script>\n// location.href='fzggwl/';\n</script>",
    "a page": "<script>location.href='fzggwl/'</script><p>" + "会议强调，要扎实推进各项重点工作。" * 15 + "</p>",
    "a list": "<script>location.href='fzggwl/'</script>" + "<a href='/a.html'>政策</a>" * 3,
    "a button": "<h1>公告</h1><input type=button value='返回' onclick=\"location.href='fzggwl/'\">",
    "a picture": "<h1>一图读懂</h1><img src='a.png'><script>function back() { location.href='fzggwl/' }</script>",
    "a short notice": "<p>"
    + "因系统维护，本网站将于今晚暂停服务。" * 5
    + "</p><script>function b(){location='fzggwl/'}</script>",
    "a frame": "<iframe src='/a.html'></iframe><script>function b(){location='fzggwl/'}</script>",
    "no address": "<script>location.href='http://[x/'</script>",
}


def shell(inner: str) -> bytes:
    return f"<html><head><meta charset='utf-8'><title>政策发布</title></head>{inner}</html>".encode()


def led(inner: str) -> str | None:
    return jump_of(Capture(HERE, "2026-11-24T00:00:00Z", 200, (), shell(inner)))


@pytest.mark.parametrize("name", LEADING)
def test_a_shell_leads_on(name: str) -> None:
    assert led(LEADING[name] + "<style>" + "x" * 600 + "</style>") == THERE


@pytest.mark.parametrize("name", NOT_LEADING)
def test_what_is_not_sure_or_is_a_page_does_not(name: str) -> None:
    assert led(NOT_LEADING[name]) is None


def test_a_column_and_its_articles_behind_shells(tmp_path: Path) -> None:
    """Of eight articles four were no articles, and the run was complete."""
    with TrapServer() as server:
        server.routes |= {path: page(article(path)) for path in PATHS}
        server.routes |= {"/robots.txt": Reply(404), "/news/": page(shell(LEADING["href"])),
                          "/news/fzggwl/": listing(*PATHS)}  # fmt: skip
        for number, path in enumerate(PATHS[:3]):
            server.routes[path] = page(shell(f'<meta http-equiv="refresh" content="0;url=/new/{number}.html">'))
            server.routes[f"/new/{number}.html"] = page(article(path))
        server.routes[PATHS[3]] = page(shell("<script>location.href='http://other.gov.cn/1.html'</script>"))
        summary = crawl(tmp_path, portal_of(server, {"要闻": "/news/"}))
    assert len(held(tmp_path)) == 7
    assert rows(tmp_path, "SELECT url FROM frontier WHERE state = 'refused_scope'") == [(server.url(PATHS[3]),)]
    assert any("other.gov.cn" in str(issue) for issue in summary.issues)


def test_shells_in_a_circle_end(tmp_path: Path) -> None:
    with TrapServer() as server:
        server.routes |= {"/robots.txt": Reply(404), "/news/": listing(PATHS[0]),
                          PATHS[0]: page(shell("<script>location='/a.html'</script>")),
                          "/a.html": page(shell(f"<script>location='{PATHS[0]}'</script>"))}  # fmt: skip
        summary = crawl(tmp_path, portal_of(server, {"要闻": "/news/"}))
    assert summary.outcome == "partial"
    assert any("in a circle" in str(issue) for issue in summary.issues)


def test_a_packed_file_is_no_article(tmp_path: Path) -> None:
    """A server that does not say that its pages are gzip: 354 characters of rubbish were an article."""
    with TrapServer() as server:
        server.routes |= {"/robots.txt": Reply(404), "/news/": listing(PATHS[0]),
                          PATHS[0]: page(gzip.compress(article(PATHS[0])))}  # fmt: skip
        summary = crawl(tmp_path, portal_of(server, {"要闻": "/news/"}))
    assert (summary.outcome, held(tmp_path)) == ("partial", [])
    assert rows(tmp_path, "SELECT state FROM frontier WHERE kind = 'article'") == [("failed_wrong_type",)]
