"""An export as of a day: the archive as it stood then, the same bytes whenever it is asked for."""

from __future__ import annotations

import io
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from search_rows import new_archive, put
from test_hostile_crawl import listing
from test_recheck import Portal, crawl, made_due
from trapserver import Reply, TrapServer, page

from archive import search_index
from archive.absence import absences
from archive.articles import ArticleStore
from archive.errors import ExportError
from archive.exports import Selection, export
from archive.merge import merge
from archive.records import Article
from archive.writer import ArchiveWriter


def capture(conn: sqlite3.Connection, url: str, fetched: str, status: int = 200, verdict: str = "revisit") -> int:
    cursor = conn.execute(
        "INSERT INTO captures (url, fetched, status, headers, digest, warc, offset, length, verdict)"
        " VALUES (?, ?, ?, '[]', '', '', 0, 0, ?)",
        (url, fetched, status, verdict),
    )
    return int(cursor.lastrowid or 0)


def visit(conn: sqlite3.Connection, number: int, seen: str, body: str) -> None:
    """What a crawl does with one page, by the writer's own code."""
    url = f"http://www.example.gov.cn/{number}.html"
    article = Article(
        url=url, title=f"标题{number}", body=body, portal="erqi", published="2024-01-01", breadcrumb=("首页",)
    )
    ArticleStore(conn).add(article, capture_id=capture(conn, url, seen), seen=seen)


@pytest.mark.parametrize("name", ["csv", "jsonl", "xlsx", "parquet", "datapackage"])
def test_as_of_gives_the_same_bytes_after_later_crawls(name: str) -> None:
    conn = new_archive()

    def exported() -> bytes:
        out = io.BytesIO()
        export(conn, out, Selection(query="防汛", as_of="2024-01-31"), format=name)
        return out.getvalue()

    for number in range(1, 6):
        visit(conn, number, "2024-01-01T08:00:00Z", f"防汛 {number}")
    visit(conn, 5, "2024-01-15T08:00:00Z", "没有那个词了")
    first = exported()
    visit(conn, 9, "2024-02-01T00:00:00Z", "防汛 9")
    visit(conn, 1, "2024-02-01T00:00:00Z", "改了")
    visit(conn, 2, "2024-01-31T16:00:00Z", "改了")  # the first of February in China
    visit(conn, 2, "2024-03-01T00:00:00Z", "又改了,防汛")
    visit(conn, 4, "2024-03-01T00:00:00Z", "防汛 4")
    visit(conn, 5, "2024-03-01T00:00:00Z", "防汛 又有了")
    capture(conn, "http://www.example.gov.cn/3.html", "2024-02-02T00:00:00Z", 404, "gone")
    ArticleStore(conn).mark_gone(3, "once", "2024-02-02T00:00:00Z")
    search_index.rebuild(conn)
    assert exported() == first
    texts = conn.execute("SELECT revision, seen, current FROM v_revisions WHERE article_id = 2 ORDER BY revision")
    assert [row[0] for row in texts] == [1, 2, 3]
    out = io.BytesIO()
    assert export(conn, out, Selection(query="防汛", as_of="2024-01-31"), format="csv").rows == 4
    visit(conn, 4, "2024-01-31T15:59:59Z", "防汛 四")
    assert exported() != first, "seen within the day after all, as in an archive that is merged"


def test_as_of_tells_what_was_gone_then() -> None:
    conn = new_archive()
    put(conn, 1, "题", "文", first_seen="2024-01-01T08:00:00Z")
    url = "http://www.example.gov.cn/1.html"
    for fetched, status, verdict in (
        ("2024-01-01", 200, "new"), ("2024-02-01", 404, "gone"), ("2024-03-01", 404, "gone"),
        ("2024-04-01", 200, "revisit"), ("2024-05-01", 503, "failed_http"), ("2024-05-02", 200, "blocked_challenge"),
        ("2024-06-01", 200, "soft_404"), ("2024-07-01", 302, "redirected_home"),
    ):  # fmt: skip
        capture(conn, url, f"{fetched}T08:00:00Z", status, verdict)

    def at(day: str) -> str:
        out = io.BytesIO()
        export(conn, out, Selection(as_of=day, columns=("last_seen", "gone_since")), format="csv")
        return out.getvalue().decode().split()[-1]

    assert at("2024-01-15") == "2024-01-01T08:00:00Z,"
    assert at("2024-03-15") == "2024-01-01T08:00:00Z,2024-02-01T08:00:00Z"
    assert at("2024-04-15") == at("2024-05-15") == "2024-04-01T08:00:00Z,"
    assert at("2024-07-15") == "2024-04-01T08:00:00Z,2024-06-01T08:00:00Z"
    assert at("2023-12-31").startswith("last_seen"), "not seen yet"


@pytest.mark.parametrize("bad", ["yesterday", "2024-13-01", "2024", "2024-01-01 00:00"])
def test_as_of_wants_a_date(bad: str) -> None:
    with pytest.raises(ExportError, match="as-of"):
        export(new_archive(), io.BytesIO(), Selection(as_of=bad), format="csv")


def agree(then: bytes, now: bytes) -> None:
    """The same but for the second that may pass between an answer and what is noted of it."""
    one, other = ([row.split(",") for row in table.decode().splitlines()] for table in (then, now))
    assert [[bool(cell) for cell in row] for row in one] == [[bool(cell) for cell in row] for row in other]
    for here, there in zip(one[1:], other[1:], strict=True):
        assert here[0] == there[0]
        for moment, noted in zip(here[1:], there[1:], strict=True):
            apart = datetime.fromisoformat(moment) - datetime.fromisoformat(noted) if moment else timedelta()
            assert abs(apart) <= timedelta(seconds=2), here[0]


def told(conn: sqlite3.Connection, as_of: str | None) -> bytes:
    out = io.BytesIO()
    export(conn, out, Selection(columns=("url", "gone_since", "last_seen"), as_of=as_of), format="csv")
    return out.getvalue()


def test_what_came_back_with_a_304_is_there_and_what_lists_spell_otherwise_is_gone(tmp_path: Path) -> None:
    with TrapServer() as server:
        portal = Portal(server)
        back, spelled = list(portal.pages)[:2]
        printed = spelled.replace("/news/", "/news//") + "?utm_source=list"
        server.routes[printed] = lambda *_: Reply(404) if spelled in portal.gone else page(portal.pages[spelled])
        server.routes["/news/"] = listing(back, printed)
        crawl(tmp_path, portal)
        portal.gone |= {back, spelled}
        made_due(tmp_path, back, printed)
        crawl(tmp_path, portal)
        portal.gone.remove(back)
        made_due(tmp_path, back)
        crawl(tmp_path, portal)
    with closing(sqlite3.connect(tmp_path / "archive" / "archive.db")) as conn:
        assert conn.execute("SELECT count(*) FROM captures WHERE url = ?", (server.url(printed),)).fetchone()[0] >= 2
        time.sleep(1.1)  # the second of the last answer is over
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        agree(told(conn, now), told(conn, None))
        found = {row["url"].rpartition("/")[2]: row for row in absences(conn)}
        assert found[back.rpartition("/")[2]]["grade"] == "back"
        assert found[spelled.rpartition("/")[2]]["first_evidence"]["status"] == 404
    with ArchiveWriter.open(tmp_path / "merged") as writer:
        merge(writer, tmp_path / "archive")
        agree(told(writer.conn, now), told(writer.conn, None))


def test_where_the_address_leads_tells_what_was_gone(tmp_path: Path) -> None:
    with TrapServer() as server:
        portal = Portal(server)
        moved, gone, healed = list(portal.pages)[:3]

        def led_away(path: str) -> str:
            server.routes[path] = Reply(302, b"", (("Location", f"{path}.new.html"),))
            portal.pages[f"{path}.new.html"] = portal.pages[path]
            server.routes[f"{path}.new.html"] = portal.answer
            return f"{path}.new.html"

        server.routes["/news/"] = listing(moved, gone, healed)
        crawl(tmp_path, portal)
        targets = [led_away(path) for path in (moved, gone, healed)]
        crawl(tmp_path, portal, "--full")
        portal.gone |= set(targets[1:])
        crawl(tmp_path, portal, "--full")
        server.routes[healed] = portal.answer  # answers itself again: what it led to says nothing of it any more
        for _ in range(2):
            crawl(tmp_path, portal, "--full")
    with closing(sqlite3.connect(tmp_path / "archive" / "archive.db")) as conn:
        time.sleep(1.1)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        agree(told(conn, now), told(conn, None))
        assert [row.decode().split(",")[1] > "" for row in told(conn, now).split()[1:]].count(True) == 1
        found = {row["grade"]: row["first_evidence"]["url"].partition("/news/")[2] for row in absences(conn)}
        assert found == {"lasting": targets[1].partition("/news/")[2], "back": targets[2].partition("/news/")[2]}
