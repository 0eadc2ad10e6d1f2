"""Cookies: none, but where a definition asks for them; and then a jar of that portal's own."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from scrapy import Request
from scrapy.http import Response
from test_hostile_crawl import PATHS, article, listing
from trapserver import Asked, Reply, TrapServer, page

from crawler.cookies import CookiesMiddleware
from crawler.network_settings import settings_for
from tests.test_crawl import dibao, rows

if TYPE_CHECKING:
    from crawler.portal import Portal

DEFINITION = """
id = "{name}"
name = "{name}"
url = "{url}"
status = "seen"
[crawl]
cookies = {cookies}
[[section]]
name = "要闻"
url = "{url}news/"
"""


def served(server: TrapServer, name: str) -> None:
    """A portal that sets a session cookie on its list, and answers articles only to who brings one back."""
    first = listing(*PATHS)
    cookie = ("Set-Cookie", f"session={name}; Path=/")
    server.routes |= {"/robots.txt": Reply(404), "/news/": Reply(200, first.body, (*first.headers, cookie))}

    def answer(asked: Asked, _: object) -> Reply:
        return page(article(asked.path)) if "cookie" in asked.headers else Reply(403)

    server.routes |= dict.fromkeys(PATHS, answer)


def test_a_jar_for_each_portal_that_needs_one_and_none_for_others(tmp_path: Path) -> None:
    """All three on one address: jars kept by host would mix, so there is one for each crawl."""
    (tmp_path / "portals").mkdir()
    with TrapServer() as one, TrapServer() as two, TrapServer() as without:
        servers = {"one": one, "two": two, "without": without}
        for name, server in servers.items():
            served(server, name)
            text = DEFINITION.format(name=name, url=server.url("/"), cookies=str(name != "without").lower())
            (tmp_path / "portals" / f"{name}.toml").write_text(text, "utf-8")
        dibao("crawl", *servers, "--allow-loopback", home=tmp_path)
        sent = {name: {asked.headers.get("cookie") for asked in server.log} for name, server in servers.items()}
    assert sent == {"one": {None, "session=one"}, "two": {None, "session=two"}, "without": {None}}
    held = dict(rows(tmp_path, "SELECT portal, count(*) FROM articles GROUP BY portal"))
    assert held == {"one": 8, "two": 8}
    kept = "".join(headers for (headers,) in rows(tmp_path, "SELECT headers FROM captures"))
    assert "session=" in kept
    assert "session=one" not in kept, "a cookie is kept by its name alone"


def test_a_gate_that_asks_for_its_cookie_back_lets_in_who_keeps_it(tmp_path: Path) -> None:
    """Every address leads to itself with a cookie, but for who brings it: `cookies = true` is for these."""
    (tmp_path / "portals").mkdir()

    def gated(asked: Asked, _: object) -> Reply:
        if "CT6T=1" not in asked.headers.get("cookie", ""):
            return Reply(302, b"", (("Location", asked.path), ("Set-Cookie", "CT6T=1; path=/")))
        return listing(*PATHS) if asked.path == "/news/" else page(article(asked.path))

    with TrapServer() as keeps, TrapServer() as without, TrapServer() as never:
        for name, server in {"keeps": keeps, "without": without, "never": never}.items():
            server.routes |= {"/robots.txt": Reply(404), **dict.fromkeys(("/news/", *PATHS), gated)}
            text = DEFINITION.format(name=name, url=server.url("/"), cookies=str(name != "without").lower())
            (tmp_path / "portals" / f"{name}.toml").write_text(text, "utf-8")
        loop = Reply(302, b"", (("Location", "/news/"), ("Set-Cookie", "CT6T=1; path=/")))
        never.routes["/news/"] = loop
        dibao("crawl", "keeps", "without", "never", "--allow-loopback", home=tmp_path)
        asked = [server.paths().count("/news/") for server in (keeps, without, never)]
    assert rows(tmp_path, "SELECT portal, outcome FROM runs ORDER BY portal") == [
        ("keeps", "complete"), ("never", "challenged"), ("without", "challenged")
    ]  # fmt: skip
    assert asked == [2, 1, 2], "asked back once, with the cookie, and no more"
    assert rows(tmp_path, "SELECT portal, count(*) FROM articles GROUP BY portal") == [("keeps", 8)]


def answered(middleware: CookiesMiddleware, url: str, *cookies: str) -> bytes | None:
    """What the middleware sends to `url`, before the answer sets these cookies."""
    request = Request(url)
    middleware.process_request(request)
    middleware.process_response(request, Response(url, headers={"Set-Cookie": list(cookies)}))
    sent: bytes | None = request.headers.get("Cookie")
    return sent


def test_a_cookie_goes_back_to_who_set_it_and_nobody_else() -> None:
    jar = CookiesMiddleware()
    answered(jar, "http://www.x.gov.cn/a", "id=1; Domain=.gov.cn; Path=/", "b = 2=3 ;HttpOnly", "=none", "x")
    assert answered(jar, "http://www.x.gov.cn/b") == b"id=1; b=2=3; x="
    for url in ("https://www.x.gov.cn/", "http://www.x.gov.cn:8080/", "http://x.gov.cn/", "http://y.gov.cn/"):
        assert answered(jar, url) is None


ENDED = ("id=; Max-Age=0", "id=x; max-age=-5; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
         "id=x; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT")  # fmt: skip
KEPT = ("id=1; Max-Age=600; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "id=1; Expires=whenever", "id=1; Max-Age=",
        "id=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT", "id=1; \xff")  # fmt: skip


@pytest.mark.parametrize("line", ENDED + KEPT)
def test_a_cookie_that_has_ended_is_forgotten(line: str) -> None:
    jar, url = CookiesMiddleware(), "http://www.x.gov.cn/"
    answered(jar, url, "id=0")
    answered(jar, url, line)
    assert answered(jar, url) == (b"id=1" if line in KEPT else None)


def test_a_jar_is_bounded() -> None:
    jar, url = CookiesMiddleware(), "http://www.x.gov.cn/"
    answered(jar, url, *(f"n{number}=1" for number in range(500)), "long=" + "x" * 5000)
    answered(jar, url, "n0=2")
    sent = answered(jar, url) or b""
    assert sent.count(b"=") == 50
    assert sent.startswith(b"n0=2; n1=1")


def test_no_list_of_public_suffixes_is_fetched() -> None:
    """Scrapy's own middleware asks publicsuffix.org, past every gate, when a first cookie names a Domain."""
    portal = cast("Portal", SimpleNamespace(verify_tls=None, cookies=True))
    on = {name for name, place in settings_for(portal)["DOWNLOADER_MIDDLEWARES"].items() if place is not None}
    assert {name for name in on if "ookies" in name} == {"crawler.cookies.CookiesMiddleware"}
    assert not [name for name in on if name.startswith("scrapy.")]
