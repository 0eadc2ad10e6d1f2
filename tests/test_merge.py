"""Two archives into one: nothing lost, nothing twice, contradictions listed; a second merge adds nothing."""

# ruff: noqa: E501  tables of columns

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.articles import ArticleStore
from archive.errors import ArchiveError, ArchiveNotFound, IntegrityError, SchemaError
from archive.files import path_of, put
from archive.forget import forget
from archive.frontier import Frontier, Settlement
from archive.merge import Report, merge
from archive.reader import Archive
from archive.records import Article, Capture
from archive.search import count
from archive.sections import history
from archive.timeline import State, interleave
from archive.verify import verify
from archive.writer import ArchiveWriter

URL = "http://www.x.gov.cn/{}.html"
Visit = tuple[int, str, str]  # number of the page, day in July 2026, its text; "" = 404


def archive_of(directory: Path, visits: list[Visit], *, portal: str = "x") -> Path:
    """An archive that saw these pages in this order, by the writer's own code."""
    with ArchiveWriter.open(directory) as writer, writer.page():
        run = writer.start_run(portal, {})
        frontier, store = Frontier(writer.conn, portal, run), ArticleStore(writer.conn)
        for number, day, text in visits:
            url, seen = URL.format(number), f"2026-07-{day}T01:02:03Z"
            status = 200 if text else 404
            capture = Capture(url, seen, status, (("Content-Type", "text/html"),), f"<p>{text}</p>".encode())
            capture_id = writer.add_capture(capture, run_id=run)
            task, _ = frontier.take_up(url, url, "article")
            if not text:
                article_id = store.find(url)
                assert article_id
                store.mark_gone(article_id, "once", seen)
                frontier.settle(task, Settlement("gone"))
                continue
            article = Article(url=url, title=f"标题{number}", body=text, portal=portal, published="2026-07-01")
            stored = store.add(article, capture_id=capture_id, seen=seen)
            writer.set_verdict(capture_id, stored.verdict)
            frontier.settle(task, Settlement("stored", article_id=stored.article_id))
    return directory


def merged(directory: Path, other: Path, **how: bool) -> Report:
    with ArchiveWriter.open(directory) as writer:
        return merge(writer, other, **how)


def facts(directory: Path) -> dict[str, object]:
    """What an archive says, its runs aside."""
    with Archive.open(directory) as archive:
        ask = archive.conn.execute
        return {
            "articles": ask("SELECT id, url, title, body, revision, first_seen, last_seen, gone_since FROM articles").fetchall(),
            "revisions": ask("SELECT article_id, revision, seen, replaced, body FROM revisions ORDER BY 1, 2").fetchall(),
            "captures": ask("SELECT url, fetched, status, digest, origin FROM captures ORDER BY 1, 2").fetchall(),
            "frontier": ask("SELECT key, state, article_id FROM frontier ORDER BY 1").fetchall(),
            "reprints": ask("SELECT * FROM reprints ORDER BY 1, 2").fetchall(),
        }  # fmt: skip


def well(directory: Path) -> bool:
    with Archive.open(directory) as archive:
        findings = list(verify(archive.conn, directory))
    assert not findings, [str(finding) for finding in findings]
    return True


LONG = "会议指出，要压紧压实责任，深入开展隐患排查整治，坚决防范和遏制重特大事故发生。"


def test_two_vantage_points_become_one_archive(tmp_path: Path) -> None:
    here = archive_of(
        tmp_path / "here", [(1, "01", LONG), (2, "01", "只有这里有的一篇"), (4, "01", "后来没有了"), (4, "09", "")]
    )
    there = archive_of(
        tmp_path / "there",
        [(1, "02", LONG), (3, "02", "只有那里有的一篇，防汛"), (4, "05", "后来没有了"), (5, "03", LONG)],
    )
    before = facts(there)
    report = merged(here, there)
    assert report.counts["articles"] == 2
    assert (report.counts["states"], report.conflicts, report.damaged) == (0, [], [])
    now = facts(here)
    assert [row[1] for row in now["articles"]] == [URL.format(n) for n in (1, 2, 4, 3, 5)]  # type: ignore[attr-defined]
    by_url = {row[1]: row for row in now["articles"]}  # type: ignore[attr-defined]
    assert by_url[URL.format(1)][5:] == ("2026-07-01T01:02:03Z", "2026-07-02T01:02:03Z", None)
    assert by_url[URL.format(4)][5:] == ("2026-07-01T01:02:03Z", "2026-07-05T01:02:03Z", "2026-07-09T01:02:03Z")
    assert [row[:2] for row in now["reprints"]] == [(5, 1)]  # type: ignore[attr-defined]
    origins = {(row[0], row[1][8:10]): row[4] for row in now["captures"]}  # type: ignore[attr-defined]
    assert origins[URL.format(1), "01"] is None
    assert origins[URL.format(1), "02"] == "there"
    with Archive.open(here) as archive:
        assert count(archive.conn, "防汛") == 1
        stored = archive.get(4)
        assert stored is not None
        assert stored.capture_id is not None
        capture = archive.capture(stored.capture_id)
        assert capture is not None
        assert "防汛" in capture.payload.decode()
    assert well(here)
    assert facts(there) == before, "the other archive is only read"
    again = merged(here, there)
    assert set(again.counts.values()) == {0}
    assert facts(here) == now
    for path in sorted((here / "warc").rglob("*.warc.gz")):
        with path.open("rb") as file:
            assert sum(1 for _ in ArchiveIterator(file, check_digests="raise")) > 0


HISTORIES = {
    "an edit that only they saw": (
        [(1, "01", "一")], [(1, "01", "一"), (1, "05", "二")], ["一", "二"], 0),
    "an edit that only we saw": (
        [(1, "01", "一"), (1, "05", "二")], [(1, "03", "一")], ["一", "二"], 0),
    "a text between two of ours": (
        [(1, "01", "一"), (1, "09", "三")], [(1, "05", "二")], ["一", "二", "三"], 0),
    "they were first": (
        [(1, "05", "二")], [(1, "01", "一"), (1, "06", "二")], ["一", "二"], 0),
    "they saw the same text earlier": (
        [(1, "05", "一"), (1, "07", "二")], [(1, "02", "一")], ["一", "二"], 0),
    "they saw another text while we saw ours": (
        [(1, "01", "一"), (1, "09", "一")], [(1, "05", "二")], ["一", "二", "一"], 1),
    "two texts in one second": (
        [(1, "01", "一")], [(1, "01", "二")], ["一", "二", "一"], 2),
}  # fmt: skip


@pytest.mark.parametrize("name", HISTORIES)
def test_states_in_order_of_time(name: str, tmp_path: Path) -> None:
    ours, theirs, texts, conflicts = HISTORIES[name]
    here, there = archive_of(tmp_path / "here", ours), archive_of(tmp_path / "there", theirs)
    report = merged(here, there)
    assert len(report.conflicts) == conflicts, report.conflicts
    assert all(URL.format(1) in line for line in report.conflicts)
    found = facts(here)
    history = [row[4] for row in found["revisions"]] + [found["articles"][0][3]]  # type: ignore[attr-defined, index]
    assert history == texts
    assert well(here)
    assert set(merged(here, there).counts.values()) == {0}
    assert facts(here) == found


days = st.integers(1, 28).map(lambda day: f"2026-07-{day:02}T00:00:00Z")


@st.composite
def timelines(draw: st.DrawFn, ours: bool) -> tuple[list[State], str]:
    """States at growing times, of one text several readings by newer rules, and when the last was seen last."""
    seen = sorted(draw(st.sets(days, min_size=1, max_size=5)))
    digests = [draw(st.sampled_from("abc")) for _ in seen]
    states = [
        State(when, digest, (number, ours), "publisher" if digest != following else "rules", ours)
        for number, (when, digest, following) in enumerate(zip(seen, digests, [*digests[1:], ""], strict=True))
    ]
    return states, draw(days.filter(lambda day: day >= seen[-1]))


@given(timelines(ours=True), timelines(ours=False))
def test_any_two_histories(ours: tuple[list[State], str], theirs: tuple[list[State], str]) -> None:
    merged, _ = interleave(ours[0], theirs[0], ours_last=ours[1], theirs_last=theirs[1])
    assert all(one.seen <= other.seen for one, other in pairwise(merged))
    assert all(one.digest != other.digest or one.ours == other.ours for one, other in pairwise(merged))
    assert {s.digest for s in merged} == {s.digest for s in (*ours[0], *theirs[0])}
    assert [s.columns for s in merged if s.ours][: len(ours[0])] == [s.columns for s in ours[0]]
    last = ours if ours[1] >= theirs[1] else theirs
    assert merged[-1].digest == last[0][-1].digest
    assert merged[-1].columns in (ours[0][-1].columns, theirs[0][-1].columns), "a present reading, no superseded one"
    again = [State(s.seen, s.digest, s.columns, s.cause, True) for s in merged]
    latest = max(ours[1], theirs[1])
    assert interleave(again, theirs[0], ours_last=latest, theirs_last=theirs[1])[0] == again


def test_what_was_forgotten_stays_out_and_what_they_forgot_is_listed(tmp_path: Path) -> None:
    here = archive_of(tmp_path / "here", [(1, "01", LONG), (2, "01", "第二篇的文字")])
    there = archive_of(tmp_path / "there", [(1, "02", LONG), (2, "02", "第二篇的文字"), (3, "02", "第三篇的文字")])
    with ArchiveWriter.open(here) as writer:
        forget(writer, 1, "takedown here")
    with ArchiveWriter.open(there) as writer:
        forget(writer, 2, "takedown there")
    report = merged(here, there)
    assert report.counts["articles"] == 1
    assert report.forgotten_here >= 1
    assert report.forgotten_there == [f"{URL.format(2)} (takedown there)"]
    with Archive.open(here) as archive:
        assert [stored.article.url for stored in archive.articles()] == [URL.format(2), URL.format(3)]
        assert archive.conn.execute("SELECT count(*) FROM captures WHERE url = ?", (URL.format(1),)).fetchone() == (0,)
    merged(here, there, apply_tombstones=True)
    with Archive.open(here) as archive:
        assert [stored.article.url for stored in archive.articles()] == [URL.format(3)]
    assert well(here)


def test_open_and_failed_addresses_become_the_backlog_and_list_pages_come_along(tmp_path: Path) -> None:
    here, there = archive_of(tmp_path / "here", [(1, "01", "一")]), archive_of(tmp_path / "there", [(1, "01", "一")])
    with ArchiveWriter.open(there) as writer, writer.page():
        column = Capture("http://www.x.gov.cn/", "2026-07-01T01:02:00Z", 200, (), b"<ul></ul>")
        writer.add_capture(column, run_id=None, verdict="list")
        writer.add_capture(replace(column, fetched="2026-07-02T01:02:00Z"), run_id=None, verdict="list")
        frontier = Frontier(writer.conn, "x", writer.start_run("x", {}))
        frontier.take_up(URL.format(7), URL.format(7), "article")
        task, _ = frontier.take_up(URL.format(8), URL.format(8), "article")
        frontier.settle(task, Settlement("failed_timeout", "no answer"))
    report = merged(here, there)
    assert (report.counts["addresses"], report.counts["captures"]) == (2, 2)
    with Archive.open(here) as archive:
        ids = archive.conn.execute("SELECT id FROM captures WHERE verdict = 'list' AND origin = 'there'").fetchall()
        assert [archive.capture(number).payload for (number,) in ids] == [b"<ul></ul>"] * 2  # type: ignore[union-attr]
    with sqlite3.connect(here / "archive.db") as conn:
        states = dict(conn.execute("SELECT key, state FROM frontier"))
    assert (states[URL.format(7)], states[URL.format(8)]) == ("pending", "failed_timeout")
    assert well(here)


def test_attachments_come_along_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    here, there = archive_of(tmp_path / "here", []), archive_of(tmp_path / "there", [(1, "01", LONG)])
    with ArchiveWriter.open(there) as writer, writer.page():
        for name, payload in (("通知.pdf", b"%PDF whole"), ("附件.doc", b"damaged later")):
            digest = put(writer.conn, there, payload, "application/pdf", "2026-07-01T01:02:03Z")
            row = (URL.format(name), name, digest)
            writer.conn.execute(
                "INSERT INTO article_files (article_id, url, name, digest, state) VALUES (1, ?, ?, ?, 'stored')", row
            )
    path_of(there, digest).write_bytes(b"damaged now")
    report = merged(here, there)
    assert (report.counts["files"], report.damaged) == (1, [f"file {digest}: is not what its digest says"])
    with Archive.open(here) as archive:
        ((name, held),) = archive.conn.execute("SELECT name, digest FROM article_files").fetchall()
    assert (name, path_of(here, held).read_bytes()) == ("通知.pdf", b"%PDF whole")
    assert well(here)
    assert merged(here, there).counts["files"] == 0


def test_renamed_columns_come_along_as_one_section(tmp_path: Path) -> None:
    ours, theirs = (archive_of(tmp_path / name, [(1, "01", "甲")]) for name in ("ours", "theirs"))
    names = "INSERT INTO section_names VALUES (?, ?, ?, ?, '2026-07-01', '2026-07-02')"
    columns = "INSERT INTO sections (id, portal, name, url, first_seen, last_seen) VALUES (?, 'x', ?, ?, '2026-07-01', '2026-07-02')"
    held = {
        theirs: [(3, 3, "要闻", "/yw/"), (4, 3, "政务要闻", "/zwyw/"), (5, 5, "公告", "/gg/")],
        ours: [(1, 1, "政务要闻", "/zwyw/")],
    }
    for directory, rows in held.items():
        with sqlite3.connect(directory / "archive.db") as conn:
            conn.executemany(columns, [(number, name, url) for number, _, name, url in rows])
            conn.executemany(names, rows)
    for _ in range(2):
        merged(ours, theirs)
        with Archive.open(ours) as archive:
            found = {frozenset(row["name"] for row in rows) for rows in history(archive.conn, "x").values()}
            assert found == {frozenset({"要闻", "政务要闻"}), frozenset({"公告"})}
            assert archive.conn.execute("SELECT count(*) FROM section_names").fetchone() == (3,)


def test_a_damaged_record_is_left_out_and_named(tmp_path: Path) -> None:
    here, there = archive_of(tmp_path / "here", []), archive_of(tmp_path / "there", [(1, "01", LONG), (2, "02", "二")])
    (path,) = (there / "warc").rglob("*.warc.gz")
    path.write_bytes(path.read_bytes()[:400])
    report = merged(here, there)
    assert report.counts["articles"] == 2
    assert report.damaged
    assert all("no whole record" in line for line in report.damaged)


def test_what_cannot_be_merged_is_said(tmp_path: Path) -> None:
    here = archive_of(tmp_path / "here", [(1, "01", "一")])
    with pytest.raises(ArchiveError, match="this archive itself"):
        merged(here, here)
    with pytest.raises(ArchiveNotFound):
        merged(here, tmp_path / "nothing")
    there = archive_of(tmp_path / "there", [(n, "01", f"{LONG}{n}" * 40) for n in range(1, 60)])
    raw = bytearray((there / "archive.db").read_bytes())
    for at in range(8192, len(raw), 4096):  # the head of every page but the first two
        raw[at : at + 8] = b"\xff" * 8
    (there / "archive.db").write_bytes(raw)
    with pytest.raises((IntegrityError, ArchiveError), match="restore"):
        merged(here, there)


def test_the_other_archive_may_be_crawled_meanwhile(tmp_path: Path) -> None:
    here, there = archive_of(tmp_path / "here", []), archive_of(tmp_path / "there", [(1, "01", LONG)])
    with ArchiveWriter.open(there) as crawl:
        for number, commits in ((2, True), (3, False)):
            with crawl.page():
                url, seen = URL.format(number), "2026-07-03T01:02:03Z"
                capture_id = crawl.add_capture(Capture(url, seen, 200, (), b"<p></p>"), run_id=None)
                article = Article(url=url, title=f"标题{number}", body=f"{LONG}{number}", portal="x")
                ArticleStore(crawl.conn).add(article, capture_id=capture_id, seen=seen)
            if commits:
                crawl.commit()
        assert merged(here, there).counts["articles"] == 2
        assert well(here)
    assert merged(here, there).counts["articles"] == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('dibao', 'm9999_x', '')", "newer"),
        ("DELETE FROM _sqlite_migrations WHERE name = 'm0007_fields_digest'", "older"),
    ],
)
def test_an_archive_of_another_version_is_refused(tmp_path: Path, change: str, says: str) -> None:
    here, there = archive_of(tmp_path / "here", []), archive_of(tmp_path / "there", [(1, "01", LONG)])
    with sqlite3.connect(there / "archive.db") as conn:
        conn.execute(change)
    with pytest.raises(SchemaError, match=says) as caught:
        merged(here, there)
    assert caught.value.exit_code == 6


def test_the_command(tmp_path: Path) -> None:
    here, there = archive_of(tmp_path / "here", [(1, "01", "一")]), archive_of(tmp_path / "there", [(1, "03", "二")])
    shutil.copytree(here, tmp_path / "copy")

    def dibao(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "archive", "merge", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    done = dibao(str(there), "--archive", str(here))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"from {there}: 0 articles, 1 states, 1 captures, 0 aliases, 0 addresses, 0 files\n"
    done = dibao(str(there), "--archive", str(tmp_path / "copy"), "--json")
    assert json.loads(done.stdout)["added"]["states"] == 1
    missing = dibao(str(tmp_path / "no"), "--archive", str(here))
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "no archive at" in missing.stderr
