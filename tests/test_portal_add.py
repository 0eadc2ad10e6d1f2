"""`portal add` and `portal check`: every miniature portal by home page, column and article; drift; bad input."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from test_challenge import BLOCKED, RUISHU
from trapserver import Reply, TrapServer, page

from crawler.catalogue import catalogue
from crawler.definitions import define, portal_files, read_definition
from crawler.errors import ConfigError, CrawlError, PortalError
from crawler.fetch_steps import Fetched
from crawler.portal_accept import accept, passed
from crawler.portal_add import Places, definition_of, free_id, places, write
from crawler.portal_check import Checked, check_kept, check_live, check_portals
from crawler.survey import Survey, survey
from tests.miniportals import PLATFORMS, miniportal
from tests.miniportals.server import MiniPortal
from tests.test_miniportals import dibao as crawl
from tests.test_miniportals import wrong

ROOT = Path(__file__).parent.parent


def fetch(urls: Sequence[str]) -> dict[str, Fetched]:
    """Over real HTTP, without the crawler's gates."""
    return {url: _fetched(url) for url in urls}


def _fetched(url: str) -> Fetched:
    try:
        with urlopen(url, timeout=10) as answer:
            return Fetched(url, answer.read(), tuple(answer.headers.items()))
    except HTTPError as error:
        error.close()
        return Fetched(url, problem=f"HTTP {error.code}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setenv("DIBAO_PORTALS", str(tmp_path))
    return places()


@pytest.fixture
def site() -> Iterator[MiniPortal]:
    with miniportal("jeecms") as portal:
        yield portal


@pytest.mark.parametrize("name", sorted(PLATFORMS))
def test_every_miniature_portal_by_every_kind_of_address(name: str, folder: Places) -> None:
    with miniportal(name) as portal:
        for url in (portal.url + "/", portal.column_url, portal.address(portal.items[2])):
            found = survey(url, fetch)
            assert [column.section.url for column in found.columns] == [portal.column_url], url
            assert (found.guess.platform if found.guess else None) == portal.platform.preset, url
            assert [found.filled(field) for field in ("title", "source", "published", "body")] == [3, 3, 3, 3], url
            assert (found.name, found.site_id_code) == ("清和县人民政府", "4199990001")
        path = write(found, definition_of(found, "mini"), folder)
        definition = read_definition(path)
        assert path == folder.definitions / "henan" / "mini.toml"
        assert (definition.preset, definition.status, definition.province) == (portal.platform.preset, "seen", "河南")
        findings = list(check_kept(definition, folder.pages / "mini"))
        assert len(findings) == 8
        assert [one for one in findings if not one.ok] == []
        assert [one for one in check_live(definition, fetch) if not one.ok] == []


def added(site: MiniPortal, folder: Places) -> Survey:
    found = survey(site.column_url, fetch)
    write(found, definition_of(found, "mini"), folder)
    return found


def test_what_the_rules_read_otherwise_is_drift(site: MiniPortal, folder: Places) -> None:
    added(site, folder)
    kept = folder.pages / "mini" / "article.gz"
    kept.write_bytes(gzip.compress(gzip.decompress(kept.read_bytes()).replace("来源：清和日报".encode(), b"")))
    checked = check_portals(["mini"], folder.pages / "no archive", None)
    assert (checked.without, checked.unusable) == ({}, {})
    assert [(one.page, one.rule, one.yields, one.expected) for one in checked.findings if not one.ok] == [
        ("article", "source", "-", "清和日报")
    ]


def test_a_redesigned_portal_is_drift(site: MiniPortal, folder: Places) -> None:
    added(site, folder)
    definition = read_definition(folder.definitions / "henan" / "mini.toml")
    with miniportal("vsb") as other:
        pages = {"/zwyw/index.jhtml": "/xwzx/zwyw.htm"}  # the old address now answers in another platform's markup
        lists = other.platform.lists
        site.platform = replace(
            site.platform,
            lists=lambda portal, asked: lists(other, replace(asked, path=pages.get(asked.path, asked.path))),
        )
        found = {(one.rule, one.ok): one for one in check_live(definition, fetch)}
    assert found["platform", False].yields.startswith("vsb")
    assert "wrong platform?" in found["rows", False].yields
    site.platform = replace(site.platform, lists=lambda portal, asked: None)
    assert [(one.rule, one.yields) for one in check_live(definition, fetch)] == [("page", "HTTP 404")]


def test_portals_without_pages_are_named(folder: Places) -> None:
    checked = check_portals(["erqi"], folder.pages / "no archive", None)
    assert checked == Checked(without={"erqi": "no page of it is kept"})


def test_one_portal_that_cannot_be_checked_leaves_the_others(site: MiniPortal, folder: Places) -> None:
    added(site, folder)
    (folder.definitions / "broken.toml").write_text("id = ", "utf-8")
    checked = check_portals(["pbc", "broken", "nosuch", "mini"], Path("x"), fetch)
    assert {one.portal for one in checked.findings} == {"mini"}
    assert checked.without["pbc"].startswith("do not crawl: robots.txt ")
    assert "not readable TOML" in checked.unusable["broken"]
    assert "no portal 'nosuch'" in checked.unusable["nosuch"]
    done = dibao(folder.definitions, "check", "broken", "mini")
    assert (done.returncode, "mini" in done.stdout) == (2, True)
    assert "cannot be used: " in done.stderr


def test_a_list_that_the_parser_refuses_is_drift(site: MiniPortal, folder: Places) -> None:
    added(site, folder)
    definition = read_definition(folder.definitions / "henan" / "mini.toml")
    nested = "<html>" + "<div>" * 6_000 + "</html>"
    site.platform = replace(site.platform, lists=lambda portal, asked: nested)
    (one,) = check_live(definition, fetch)
    assert (one.page, one.rule, one.ok) == ("list 要闻", "page", False)
    assert "nested" in one.yields
    (folder.pages / "mini" / "list.gz").write_bytes(gzip.compress(nested.encode()))
    rows = next(one for one in check_kept(definition, folder.pages / "mini") if one.rule == "rows")
    assert (rows.ok, "nested" in rows.yields) == (False, True)


def test_damaged_kept_pages_are_named(site: MiniPortal, folder: Places) -> None:
    added(site, folder)
    for name, content in (("list.gz", b"no gzip"), ("kept.json", b"{"), ("kept.json", b'{"list": {}}')):
        (folder.pages / "mini" / name).write_bytes(content)
        (reason,) = check_portals(["mini"], folder.pages, None).unusable.values()
        assert re.search(r"mini: kept pages cannot be read: .*portal add", reason)


@pytest.mark.parametrize("blocked", ["pages/mini/kept.json", "henan"])
def test_what_cannot_be_written_leaves_no_definition(site: MiniPortal, folder: Places, blocked: str) -> None:
    found = survey(site.column_url, fetch)
    place = folder.definitions / blocked
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir() if place.suffix else place.touch()
    with pytest.raises(PortalError, match="the definition was not written"):
        write(found, definition_of(found, "mini"), folder)
    assert "mini" not in portal_files()


BAD = [
    ("<html><body><div id='app'></div><script src='app.js'></script></body></html>", "its script fills it"),
    ("", "its script fills it"),
    ("<p>about</p>" + "".join(f'<a href="/p{n}">第{n}页</a>' for n in range(9)), "give the address of a column page"),
    ('{"code": 500}', "no list of articles found"),
    ("\x00" * 3000, "no list of articles found"),
]


@pytest.mark.parametrize(("body", "says"), BAD)
def test_what_is_no_portal_is_said_in_one_line(body: str, says: str) -> None:
    with pytest.raises(PortalError, match=says) as caught:
        survey("http://www.x.gov.cn/", lambda urls: {url: Fetched(url, body.encode()) for url in urls})
    assert "\n" not in str(caught.value)


def test_what_cannot_be_fetched_says_why() -> None:
    with pytest.raises(CrawlError, match="not fetched: HTTP 403"):
        survey("http://www.x.gov.cn/", lambda urls: {url: Fetched(url, problem="HTTP 403") for url in urls})


def test_columns_that_were_not_got_are_named() -> None:
    """ "The page has 2 links, its script fills it" was no help where both columns answered with an error."""
    home = '<a href="/xw/">新闻动态</a><a href="/gg/">通知公告</a>'.encode()

    def answers(urls: Sequence[str]) -> dict[str, Fetched]:
        return {url: Fetched(url, home) if url.endswith("cn/") else Fetched(url, problem="HTTP 500") for url in urls}

    with pytest.raises(PortalError, match=r"not got: .*新闻动态 http://www\.x\.gov\.cn/xw/: HTTP 500; 通知公告"):
        survey("http://www.x.gov.cn/", answers)


REFUSALS = {
    "robots": ({"/robots.txt": page(b"User-agent: *\nDisallow: /")}, 12, "disallowed by robots.txt"),
    "a challenge": ({"/": page(RUISHU[0].encode(), status=412)}, 12, "Ruishu"),
    "a challenge with 200": ({"/": page(BLOCKED[3].encode())}, 12, "WAF"),
    "missing": ({"/": Reply(404)}, 1, "HTTP 404"),
    "a file": ({"/": page(b"%PDF-1.4")}, 1, "PDF where a list page was expected"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_portal_that_is_not_had_ends_with_its_exit_code(tmp_path: Path, name: str) -> None:
    """12 where it refuses us, 1 where it fails: 2 is for what a person typed."""
    routes, code, says = REFUSALS[name]
    with TrapServer() as server:
        server.routes |= routes
        done = dibao(tmp_path, "add", server.url("/"), "--id", "qinghe", "--allow-loopback")
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, says in last) == (code, True), done.stderr


def test_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIBAO_PORTALS", raising=False)
    assert free_id("http://czj.new-place.gov.cn/xw/", None) == "czj_new_place"
    with pytest.raises(PortalError, match=r"erqi is defined already: .*--id"):
        free_id("https://www.erqi.gov.cn/", None)
    for name in ("a/b", "../x", "Ä", "", "a" * 61):
        with pytest.raises(PortalError, match=r"is no id|defined already"):
            free_id("http://[::1]/" if not name else "http://x.cn/", name or "Ä")
    for url in ("http://[x/", "http://x.cn:99999/", "www.x.gov.cn"):
        with pytest.raises(ConfigError, match="not an http or https address"):
            free_id(url, None)


def test_doubts_are_said() -> None:
    rows = "".join(f"<li><a href='/xw/{n}.html'>清和县召开第{n}次重点工作会议</a></li>" for n in range(10, 30))
    pages = {"http://www.x.gov.cn/xw/": f"<title>新闻-x</title><ul>{rows}</ul>"}
    found = survey(
        "http://www.x.gov.cn/xw/", lambda urls: {url: Fetched(url, pages.get(url, "").encode()) for url in urls}
    )
    said = "\n".join(found.doubts)
    assert "20 of 20 rows have no date" in said
    assert "no pager found" in said
    assert "no 网站标识码" in said
    assert "not recognised" in said
    assert "article not read" in said
    assert definition_of(found, "x")["status"] == "inferred"


def dibao(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "DIBAO_PORTALS": str(home), "DIBAO_ARCHIVE": str(home / "archive"), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-m", "crawler.cli", "portal", *arguments], env=env, cwd=home,
                          capture_output=True, text=True, timeout=120, check=False)  # fmt: skip


def test_the_commands_through_the_crawler_s_gates(site: MiniPortal, tmp_path: Path) -> None:
    done = dibao(tmp_path, "add", site.column_url, "--id", "qinghe", "--allow-loopback")
    assert done.returncode == 0, done.stderr
    assert "platform: jeecms, certainty 0.9" in done.stdout
    assert site.requests[0].path == "/robots.txt"
    assert len([one for one in site.requests if one.path != "/robots.txt"]) == 4  # the column and three articles
    done = dibao(tmp_path, "check", "qinghe", "--json")
    assert done.returncode == 0
    assert all(one["ok"] for one in json.loads(done.stdout))
    site.platform = replace(site.platform, lists=lambda portal, asked: None)
    done = dibao(tmp_path, "check", "qinghe", "--live", "--allow-loopback")
    assert (done.returncode, "1 with drift: qinghe" in done.stderr) == (4, True)
    done = dibao(tmp_path, "add", site.column_url, "--id", "qinghe", "--allow-loopback")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    done = dibao(tmp_path, "add", "http://127.0.0.1:9/", "--allow-loopback")
    assert done.returncode == 1
    assert "not fetched" in done.stderr


def test_written_definitions_crawl_their_portals_to_the_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All miniature portals: what `portal add` wrote is all that the crawler is told."""
    (tmp_path / "portals").mkdir()
    monkeypatch.setenv("DIBAO_PORTALS", str(tmp_path / "portals"))
    with ExitStack() as stack:
        sites = {name: stack.enter_context(miniportal(name)) for name in sorted(PLATFORMS)}
        for name, one in sites.items():
            found = survey(one.url + "/", fetch)
            write(found, definition_of(found, f"mini_{name}"), places())
        summaries = crawl(tmp_path, *(f"mini_{name}" for name in sites))
        assert {one["portal"]: one["outcome"] for one in summaries} == {f"mini_{name}": "complete" for name in sites}
        assert wrong(tmp_path, sites) == {}


def test_accept_makes_an_inferred_definition_seen(site: MiniPortal, tmp_path: Path) -> None:
    text = (
        f'# by hand\nid = "qinghe"\nname = "清和"\nurl = "{site.url}/"\npreset = "jeecms"\nstatus = "inferred"\n'
        f'\n[[section]]\nname = "要闻"\nurl = "{site.column_url}"\n'
    )
    path = tmp_path / "qinghe.toml"
    path.write_text(text, "utf-8")
    assert dibao(tmp_path, "check", "qinghe", "--accept").returncode == 2
    done = dibao(tmp_path, "check", "qinghe", "--live", "--accept", "--allow-loopback")
    assert (done.returncode, f"qinghe: seen now, `dibao crawl --all` takes it: {path}" in done.stderr) == (0, True)
    assert path.read_text("utf-8") == text.replace("inferred", "seen")
    assert passed(check_live(read_definition(path), fetch)) == ["qinghe"]
    site.platform = replace(site.platform, lists=lambda portal, asked: None)
    assert passed(check_live(read_definition(path), fetch)) == []


def test_a_package_definition_is_accepted_into_the_users_folder(folder: Places) -> None:
    name = next(one.id for one in catalogue() if one.status == "inferred")
    before = portal_files()[name]
    path = accept(name)
    assert path == folder.definitions / before.parent.name / before.name == portal_files()[name]
    assert (read_definition(path).status, read_definition(before).status) == ("seen", "inferred")
    assert "make_catalogue" not in path.read_text("utf-8")  # the script would write `inferred` again
    assert accept(name) is None


def test_a_definition_of_another_schema_says_the_cure() -> None:
    with pytest.raises(PortalError, match=r"x: written for schema 2, this Dibao reads 1: upgrade Dibao") as caught:
        define({"id": "x", "schema": 2, "name": "x", "url": "http://x.gov.cn/"}, "x")
    assert "\n" not in str(caught.value)
    assert define({"id": "x", "schema": 1, "name": "x", "url": "http://x.gov.cn/"}, "x").id == "x"


def test_two_columns_of_one_name_and_two_ways_to_one_list() -> None:
    """A name or an address twice would be no definition."""
    host = "http://www.qinghe.gov.cn"
    links = {"工作动态": "/xw/gzdt.htm", "教育动态": "/jy/gzdt.htm", "通知公告": "/gg/a.htm", "公告公示": "/gg/b.htm"}
    menu = "".join(f'<li><a href="{path}">{name.replace("教育", "工作")}</a></li>' for name, path in links.items())

    def column(path: str) -> bytes:
        rows = "".join(
            f'<li><a href="{path[:4]}info/1001/{n}.htm">关于做好第{n}项重点工作的通知</a><span>2026-04-{n}</span></li>'
            for n in range(10, 20)
        )
        return f"<html><body><ul class=list>{rows}</ul></body></html>".encode()

    def answers(urls: Sequence[str]) -> dict[str, Fetched]:
        found = {}
        for url in urls:
            path = url.removeprefix(host).replace("/gg/b.htm", "/gg/a.htm")  # a redirect
            found[url] = Fetched(host + path, f"<ul>{menu}</ul>".encode() if path == "/" else column(path))
        return found

    written = define(definition_of(survey(f"{host}/", answers), "qinghe"), "qinghe")
    assert sorted((section.name, section.url.removeprefix(host)) for section in written.sections) == [
        ("工作动态", "/xw/gzdt.htm"), ("工作动态 /jy/gzdt.htm", "/jy/gzdt.htm"), ("通知公告", "/gg/a.htm")
    ]  # fmt: skip
