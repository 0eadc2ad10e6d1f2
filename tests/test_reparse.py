"""Fields again from kept bytes: unchanged rules change nothing, other rules are reported, and written when accepted."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from article_shapes import BODY, PARAGRAPHS, pg

from archive.articles import ArticleStore
from archive.exports import Selection, export
from archive.reader import Archive
from archive.records import Article, Capture
from archive.search import count
from archive.verify import verify
from archive.writer import ArchiveWriter
from crawler.demo.portal import DemoPortal
from crawler.demo.show import write_definition
from crawler.ingest import ingest
from crawler.reparse import reparse
from crawler.workers import PageWorkers

FETCHED = "2026-04-10T01:02:03Z"


def dibao(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crawler.cli", *arguments],
        env={"PATH": "", "DIBAO_ARCHIVE": str(directory / "archive"), "DIBAO_PORTALS": str(directory / "portals")},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's portal, crawled by the real crawler."""
    directory = tmp_path_factory.mktemp("reparse")
    with DemoPortal() as portal:
        write_definition(portal, directory / "portals")
        done = dibao(directory, "crawl", "qinghe", "--allow-loopback")
        assert done.returncode == 0, done.stderr
    return directory


def test_unchanged_rules_change_nothing(crawled: Path) -> None:
    before = (crawled / "archive" / "archive.db").read_bytes()
    for arguments in (("reparse",), ("reparse", "--accept"), ("reparse", "--portal", "qinghe", "--accept")):
        done = dibao(crawled, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert report["read"] == 60
        assert (report["changed"], report["fields"], report["unread"]) == (0, {}, [])
    with Archive.open(crawled / "archive") as archive:
        assert archive.conn.execute("SELECT count(*) FROM revisions").fetchone() == (0,)
    assert len(before) > 0
    unknown = dibao(crawled, "reparse", "--portal", "nowhere", "--json")
    assert (unknown.returncode, unknown.stdout) == (2, "")


def test_other_rules_are_reported_and_written_only_when_accepted(crawled: Path, tmp_path: Path) -> None:
    shutil.copytree(crawled, tmp_path, dirs_exist_ok=True)
    definition = tmp_path / "portals" / "qinghe.toml"
    definition.write_text(definition.read_text("utf-8") + '\n[article]\nsource = ".news_content_title"\n', "utf-8")

    def as_of_then() -> bytes:
        out = io.BytesIO()
        with Archive.open(tmp_path / "archive") as archive:
            (last,) = archive.conn.execute("SELECT max(fetched) FROM captures").fetchone()
            export(archive.conn, out, Selection(as_of=last), format="csv")
        return out.getvalue()

    then = as_of_then()
    said = dibao(tmp_path, "reparse")
    assert said.returncode == 0, said.stderr
    differ = re.search(r"60 articles read again, (\d+) differ: nothing written; --accept writes", said.stdout)
    assert differ
    assert int(differ[1]) > 50  # a headline that is no name is taken for no source
    assert re.search(rf"^source +0 +{differ[1]} +0$", said.stdout, re.MULTILINE)
    with Archive.open(tmp_path / "archive") as archive:
        sources = {article.article.source for article in archive.articles()}
        assert "县民政局" in sources
    asyncio.run(asyncio.sleep(1.1))  # the revision must not fall into the second the export speaks of
    assert f"{differ[1]} differ: written" in dibao(tmp_path, "reparse", "--accept").stdout
    with Archive.open(tmp_path / "archive") as archive:
        changed = [stored for stored in archive.articles() if stored.article.source == stored.article.title]
        assert {stored.revision for stored in changed} == {2}
        causes = archive.conn.execute("SELECT cause, count(*), min(seen < replaced) FROM revisions GROUP BY cause")
        assert causes.fetchall() == [("rules", len(changed), 1)]
    assert str(len(changed)) == differ[1]
    assert as_of_then() == then, "what the archive said of that day does not change with our rules"
    assert "all is well" in dibao(tmp_path, "verify").stdout
    again = dibao(tmp_path, "reparse", "--accept")
    assert "60 articles read again, 0 differ" in again.stdout


def test_our_own_files_ingested_elsewhere_give_the_same_articles(
    crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIBAO_PORTALS", str(crawled / "portals"))
    files = sorted((crawled / "archive" / "warc").rglob("*.gz"))
    with ArchiveWriter.open(tmp_path) as writer:
        assert ingest(writer, files).damaged == []
    found = []
    for directory in (crawled / "archive", tmp_path):
        with Archive.open(directory) as archive:
            found.append({stored.article.url: replace(stored.article, section="") for stored in archive.articles()})
            assert not list(verify(archive.conn, directory))
    assert len(found[1]) == 60
    assert found[0] == found[1]


def test_dry_run_and_accept_exclude_each_other(crawled: Path) -> None:
    done = dibao(crawled, "reparse", "--dry-run", "--accept")
    assert (done.returncode, done.stdout) == (2, "")
    assert "exclude each other" in done.stderr


def page(text: str, title: str = "") -> bytes:
    pager = '<p><a href="9.html">1</a> <a href="9_2.html">2</a></p>'
    return pg(f"<h1>县政府召开第18次常务会议</h1>{title}<div id=zoom>{text}{pager}</div>").encode()


def capture(name: str, payload: bytes) -> Capture:
    return Capture(f"http://x.gov.cn/a/{name}", FETCHED, 200, (("Content-Type", "text/html; charset=utf-8"),), payload)


@pytest.fixture
def by_hand(tmp_path: Path) -> Path:
    """An article over two pages, stored as a crawl stores it."""
    first = capture("9.html", page(BODY, "<div>来源：清和日报 时间：2026-04-09</div>"))
    second = capture("9_2.html", page("<p>第二页的正文写的是另一件事情，也在这篇文章里，一直写到最后。</p>"))

    async def read() -> Article:
        with PageWorkers() as workers:
            assert (await workers.extract(first, None)).next_pages == ("http://x.gov.cn/a/9_2.html",)
            return await workers.stitch([first, second], None)

    whole = asyncio.run(read())
    with ArchiveWriter.open(tmp_path) as writer, writer.page():
        run = writer.start_run("x.gov.cn", {})
        capture_id = writer.add_capture(first, run_id=run, verdict="new")
        ArticleStore(writer.conn).add(whole, capture_id=capture_id, seen=FETCHED)
        writer.add_capture(second, run_id=run, verdict="page")
    return tmp_path


def test_a_body_over_several_pages_is_stitched_again(by_hand: Path) -> None:
    with Archive.open(by_hand) as archive:
        stored = archive.get(1)
    assert stored is not None
    assert stored.article.body.startswith(PARAGRAPHS[0])
    assert "第二页的正文" in stored.article.body
    report = reparse(by_hand, accept=True)
    assert (report.read, report.changed, report.unread) == (1, 0, [])


def test_what_cannot_be_read_again_keeps_its_fields_and_is_named(by_hand: Path) -> None:
    with ArchiveWriter.open(by_hand) as writer, writer.page():
        writer.conn.execute("DELETE FROM captures WHERE verdict = 'page'")
        shell = writer.add_capture(capture("7.html", b"<html><script>go()</script></html>"), run_id=None)
        store = ArticleStore(writer.conn)
        store.add(Article(url="http://x.gov.cn/a/7.html", title="题", body="文"), capture_id=shell, seen=FETCHED)
        lost = Article(url="http://x.gov.cn/a/8.html", title="没有原页的文章", body="只有文字。")
        store.add(lost, capture_id=shell, seen=FETCHED)
        writer.conn.execute("UPDATE articles SET capture_id = NULL WHERE url = ?", (lost.url,))
    report = reparse(by_hand, accept=True)
    assert (report.read, len(report.unread), report.changed) == (0, 3, 0)
    for why in ("no folder", "not held"):  # the first: without the folder of definitions
        said = dibao(by_hand, "reparse", "--archive", str(by_hand))
        assert said.stdout.splitlines()[-1] == "0 articles read again, 3 could not be, 0 differ"
        assert (why in said.stdout, said.stderr, said.returncode) == (True, "", 0)
        (by_hand / "portals").mkdir(exist_ok=True)
    reasons = {url.rsplit("/", 1)[1]: reason for _, url, reason in report.unread}
    assert reasons["9.html"].startswith(
        "1 further pages of the body are not held (the first: http://x.gov.cn/a/9_2.html"
    )
    assert "no article" in reasons["7.html"]
    assert "not held" in reasons["8.html"]
    with Archive.open(by_hand) as archive:
        assert "题" in {stored.article.title for stored in archive.articles()}


def test_fields_read_by_other_rules_are_searched_as_they_are_now(tmp_path: Path) -> None:
    """The fields held are wrong, as an older version read them: text, index, month and fingerprints follow."""
    with ArchiveWriter.open(tmp_path) as writer, writer.page():
        held = capture("1.html", page(BODY, "<div>来源：清和日报 时间：2026-04-09</div>"))
        number = writer.add_capture(held, run_id=None, verdict="new")
        poor = Article(url=held.url, title="您访问的栏目", body="导航条的文字", published="1999-01-01")
        ArticleStore(writer.conn).add(poor, capture_id=number, seen=FETCHED)
    report = reparse(tmp_path, accept=True)
    assert report.counts["source", "filled"] == report.counts["body", "altered"] == 1
    with Archive.open(tmp_path) as archive:
        assert (count(archive.conn, "导航条"), count(archive.conn, "防汛备汛")) == (0, 1)
        assert count(archive.conn, "from:2026-04 to:2026-04") == 1
        assert archive.conn.execute("SELECT count(*) FROM sentence_hashes").fetchone()[0] > 1
        assert archive.evidence(1)


def test_a_date_alone_moves_the_article_in_the_index(tmp_path: Path) -> None:
    held = capture("1.html", page(BODY, "<div>来源：清和日报 时间：2026-04-09</div>"))

    async def read() -> Article:
        with PageWorkers() as workers:
            return await workers.extract(held, None)

    right = replace(asyncio.run(read()), next_pages=())
    with ArchiveWriter.open(tmp_path) as writer, writer.page():
        number = writer.add_capture(held, run_id=None, verdict="new")
        wrong = replace(right, published="1999-01-01")
        ArticleStore(writer.conn).add(wrong, capture_id=number, seen=FETCHED)
        assert ArticleStore(writer.conn).reread(1, right, "2026-05-01T00:00:00Z")
        assert not ArticleStore(writer.conn).reread(1, right, "2026-05-02T00:00:00Z")
    with Archive.open(tmp_path) as archive:
        assert [count(archive.conn, f"防汛备汛 from:{month} to:{month}") for month in ("1999-01", "2026-04")] == [0, 1]
        assert not list(verify(archive.conn, tmp_path))
