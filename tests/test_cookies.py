"""Cookies: none, but where a definition asks for them; and then a jar of that portal's own."""

from __future__ import annotations

from pathlib import Path

from test_hostile_crawl import PATHS, article, listing
from trapserver import Asked, Reply, TrapServer, page

from tests.test_crawl import dibao, rows

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
