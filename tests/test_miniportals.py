"""Every platform and pager kind as a portal of its own, crawled by the real crawler: every article once, no more."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from archive.records import ListRow
from archive.urls import canonical_url
from crawler.decode import decode_page
from crawler.extract import extract
from crawler.listing import list_page
from crawler.listing.twins import without_twins
from crawler.platforms import platform_of
from tests.miniportals import PLATFORMS, miniportal
from tests.miniportals.items import item
from tests.miniportals.server import Asked, MiniPortal, article_page

ROOT = Path(__file__).parent.parent
NAMES = sorted(PLATFORMS)
HAVE_PRESET = [name for name in NAMES if PLATFORMS[name].preset]
UNTITLED = {"sitemap", "sitemap_index"}


def dibao(home: Path, *arguments: str) -> list[dict[str, Any]]:
    """One `dibao crawl` in a process of its own; its summaries."""
    (home / "portals").mkdir(exist_ok=True)
    env = {**os.environ, "DIBAO_ARCHIVE": str(home / "archive"), "DIBAO_PORTALS": str(home / "portals"),
           "PYTHONPATH": str(ROOT)}  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "crawler.cli", "crawl", *arguments, "--allow-loopback", "--json"],
                          env=env, cwd=home, capture_output=True, text=True, timeout=180, check=False)  # fmt: skip
    assert done.stdout, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def held(
    home: Path, sql: str = "SELECT url, title, published, body FROM articles WHERE gone_since IS NULL"
) -> list[Any]:
    conn = sqlite3.connect(f"file:{home / 'archive' / 'archive.db'}?mode=ro", uri=True)
    try:
        return conn.execute(sql).fetchall()
    finally:
        conn.close()


def of_site(rows: list[Any], site: MiniPortal) -> dict[str, tuple[str, ...]]:
    return {row[0]: tuple(row[1:]) for row in rows if row[0].startswith(f"{site.url}/")}


def written(site: MiniPortal) -> dict[str, tuple[str, str, str]]:
    """What the archive must hold of a portal, to the minute."""
    return {
        url: (one.title, f"{one.day}T{one.clock}+08:00", "\n".join(one.paragraphs)) for url, one in site.truth().items()
    }


def visit(home: Path, sites: dict[str, MiniPortal], *options: str) -> dict[str, dict[str, Any]]:
    """One crawl of all portals by their bare column addresses; what it said of each."""
    for site in sites.values():
        site.requests.clear()
    summaries = dibao(home, *options, *(site.column_url for site in sites.values()))
    return dict(zip(sites, summaries, strict=True))


def asked(site: MiniPortal) -> list[str]:
    """The articles that were asked for, doubled slashes collapsed."""
    targets = [one.target.replace("//", "/") for one in site.requests]
    return [target for target in targets if target in site.articles]


def test_every_portal_visited_three_times(tmp_path: Path) -> None:
    """One test, as its three crawls of all portals cost the most."""
    with ExitStack() as stack:
        sites = {name: stack.enter_context(miniportal(name)) for name in NAMES}

        first = visit(tmp_path, sites)
        assert {name: one["outcome"] for name, one in first.items()} == dict.fromkeys(NAMES, "complete")
        assert wrong(tmp_path, sites) == {}
        for site in sites.values():
            assert sorted(asked(site)) == sorted(site.articles)  # each once
            site.insert(2)
            site.withdraw(5)
            site.edit(4)

        second = visit(tmp_path, sites)  # asks only for what can have changed
        assert {name: one["outcome"] for name, one in second.items()} == dict.fromkeys(NAMES, "complete")
        assert {name: one["verdicts"]["new"] for name, one in second.items()} == dict.fromkeys(NAMES, 2)
        for name, site in sites.items():
            assert len(asked(site)) == 2, name
            # robots.txt, and the head of the list, twice; the files of an index are in no order: all of them, twice
            assert len(site.requests) <= (16 if name == "sitemap_index" else 9), name

        full = visit(tmp_path, sites, "--full")
        assert wrong(tmp_path, sites) == {}
        counts = {name: one["verdicts"] for name, one in full.items()}
        assert {name: (c["revision"], c["gone"], c.get("new", 0)) for name, c in counts.items()} == dict.fromkeys(
            NAMES, (1, 1, 0)
        )
        for site in sites.values():
            assert len(asked(site)) == len(set(asked(site))) == 36


def wrong(home: Path, sites: dict[str, MiniPortal]) -> dict[str, Any]:
    """Portals of which the archive holds more or less than was published, or other texts."""
    rows = held(home)
    found = {name: (of_site(rows, site), written(site)) for name, site in sites.items()}
    return {name: (sorted(own.items() ^ truth.items())[:3]) for name, (own, truth) in found.items() if own != truth}


def test_nothing_is_lost_while_items_come_and_go(tmp_path: Path) -> None:
    """All portals by definitions with their preset; each publishes and withdraws while its list is read."""
    (tmp_path / "portals").mkdir()
    with ExitStack() as stack:
        sites = {name: stack.enter_context(miniportal(name)) for name in NAMES}
        withdrawn = {name: meddle(site) for name, site in sites.items()}
        for name, site in sites.items():
            define(tmp_path / "portals", name, site)
        summaries = dibao(tmp_path, *(f"mini_{name}" for name in NAMES))
        assert [one["outcome"] for one in summaries] == ["complete"] * len(NAMES)
        rows = held(tmp_path)
        for name, site in sites.items():
            own, truth = of_site(rows, site), written(site)
            assert {url: own.get(url) for url in truth} == truth, name
            assert set(own) - set(truth) <= {site.address(one) for one in withdrawn[name]}, name


def test_a_wrong_platform_in_a_definition_is_no_quiet_day(tmp_path: Path) -> None:
    (tmp_path / "portals").mkdir()
    with miniportal("vsb") as site:
        define(tmp_path / "portals", "vsb", site)
        path = tmp_path / "portals" / "mini_vsb.toml"
        path.write_text(path.read_text("utf-8").replace('preset = "vsb"', 'preset = "jeecms"'), "utf-8")
        (summary,) = dibao(tmp_path, "mini_vsb")
    assert (summary["outcome"], summary["exit_code"]) == ("drift", 4)
    said = "\n".join(summary["issues"])
    assert "要闻: 10 rows found, none fits the definition's `include`" in said
    assert f"0 rows on the list page (wanted at least 5) at {site.column_url}" in said


def meddle(site: MiniPortal) -> list[Any]:
    """At the third list page three items are published, at the fourth two withdrawn from its head."""
    lists = 0
    withdrawn: list[Any] = []

    def before(portal: MiniPortal, request: Asked) -> None:
        nonlocal lists
        if request.path == "/robots.txt" or request.target.replace("//", "/") in portal.articles:
            return
        lists += 1
        if lists == 3:
            portal.insert(3)
        if lists == 4:
            withdrawn.extend([portal.withdraw(4), portal.withdraw(7)])

    site.before = before
    return withdrawn


def define(folder: Path, name: str, site: MiniPortal) -> None:
    preset = f'preset = "{site.platform.preset}"\n' if site.platform.preset else ""
    (folder / f"mini_{name}.toml").write_text(
        f'id = "mini_{name}"\nname = "{name}"\nurl = "{site.url}/"\n{preset}\n[[section]]\nname = "要闻"\n'
        f'url = "{site.column_url}"\nmin_rows = 5\n',
        "utf-8",
    )


@pytest.mark.parametrize("name", NAMES)
def test_first_page_pager_and_platform(name: str) -> None:
    with miniportal(name) as site:
        with urlopen(site.column_url) as answer:
            page = answer.read()
        listing = list_page(page, site.column_url)
        truth = {url: ("" if name in UNTITLED else one.title, one.day) for url, one in site.truth().items()}
        rows = {canonical_url(row.url): (row.title, row.date) for row in listing.rows}
        own = {url: row for url, row in rows.items() if url in truth}
        assert own == {url: truth[url] for url in own}
        assert listing.pager.kind == site.platform.pager
        assert listing.platform == platform_of(decode_page(page).text, site.column_url) == site.platform.preset


@pytest.mark.parametrize("name", HAVE_PRESET)
def test_an_article_shows_its_platform_or_another_of_its_maker(name: str) -> None:
    family = {"jpaas": "hanweb", "querylist": "hanweb"}
    platform, one = PLATFORMS[name], item(34, 34)
    page, url = platform.article(one), f"http://www.x.gov.cn{platform.address(one)}"
    said = platform_of(page, url)
    assert family.get(said or "", said) in (family.get(platform.preset or "", platform.preset), None)
    assert extract(page, url).title == one.title


def test_mobile_twins_are_one_row() -> None:
    rows = (
        ListRow("http://a.cn/content/post_1.html", "一"),
        ListRow("http://a.cn/content/mpost_1.html", "一", "2026-04-09"),
        ListRow("http://a.cn/content/mpost_2.html", "二", "2026-04-08"),  # no desktop form here: it stays
        ListRow("http://m.b.cn/3.html", "三"),
        ListRow("http://www.b.cn/3.html", "三", "2026-04-07"),
    )
    assert without_twins(rows) == (replace(rows[0], date="2026-04-09"), rows[2], rows[4])
    assert without_twins(rows[2:3]) == rows[2:3]


@pytest.mark.parametrize(
    ("script", "numbers"),
    [
        ('createPageHTML(3, 0, "t20260403_1404028", "html");', [1, 2]),
        ("createPageHTML('pager', 3, 1, 't20260403_1404028', 'html', 40);", [2, 3]),
        ("var countPage = 3; var currentPage = 0;", [1, 2]),
        ('createPageHTML(1, 0, "t20260403_1404028", "html");', []),
        ('createPageHTML(9, 0, "index", "html");', []),  # the list beside it
        ('createPageHTML(9, 0, "index", "html"); createPageHTML(2, 0, "t20260403_1404028", "html");', [1]),
        ("function createPageHTML(total, now) {}", []),
    ],
)
def test_the_further_pages_of_a_body(script: str, numbers: list[int]) -> None:
    one = item(28, 34)
    page = PLATFORMS["trs_stubs"].article(one).replace("</body>", f"<script>{script}</script></body>")
    url = f"http://www.x.gov.cn{PLATFORMS['trs'].address(one)}"
    assert list(extract(page, url).next_pages) == [url.replace(".html", f"_{number}.html") for number in numbers]


@pytest.mark.parametrize(
    ("own", "linked", "further"),
    [
        ("/a/7.html", ["7_2.html", "7_3.html", "7_2.html"], ["/a/7_2.html", "/a/7_3.html"]),
        ("/show-17-7-1.html", ["show-17-7-1.html", "show-17-7-2.html", "show-17-8-1.html"], ["/show-17-7-2.html"]),
        ("/v.asp?id=7", ["v.asp?id=7&page=1", "v.asp?id=7&page=2", "v.asp?id=8&page=2"], ["/v.asp?id=7&page=2"]),
        ("/v.php?aid=7", ["v.php?aid=7&pageno=10", "v.php?aid=7&pageno=2"],
         ["/v.php?aid=7&pageno=2", "/v.php?aid=7&pageno=10"]),
        ("/a/7.html", ["8.html", "7.html", "17_2.html", "index_2.html"], []),
        ("/art-12-1.html", ["art-12-2.html"], []),  # the next article, perhaps
    ],
)  # fmt: skip
def test_further_pages_that_are_linked_below_the_text(own: str, linked: list[str], further: list[str]) -> None:
    links = "".join(f'<a href="{target}">{number}</a> ' for number, target in enumerate(linked, 1))
    page = article_page(item(30, 34), '<div class="article-content">{}</div>' + f"<p>{links}</p>")
    found = extract(page, f"http://www.x.gov.cn{own}").next_pages
    assert found == tuple(f"http://www.x.gov.cn{address}" for address in further)
