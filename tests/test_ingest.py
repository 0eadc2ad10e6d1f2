"""Other people's WARC and WACZ files: articles out of them once, whatever wrote them and whatever came before."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warc_maker import HOST, LONG, Warc, article, changed, damage_capture, facts, taken, two_pages

from archive.errors import ArchiveError
from archive.forget import forget
from archive.reader import Archive
from archive.search import count
from archive.verify import verify
from archive.writer import ArchiveWriter
from crawler.errors import PortalError
from crawler.ingest import ingest
from crawler.reparse import reparse
from crawler.status import portal_states


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_pages_become_articles_once(tmp_path: Path, packed: bool) -> None:
    """Records as Browsertrix, Heritrix, wget and Common Crawl mix them."""
    warc = Warc(tmp_path / "crawl.warc", packed=packed)
    warc.other("urn:pageinfo:http://www.x.gov.cn/1.html", "resource", b"{}", "application/json")
    warc.other("metadata://gnu.org/software/wget/warc/MANIFEST.txt", "resource", b"x", "text/plain")
    warc.response(f"{HOST}/zwyw/1.html", article("县里召开第一次会议"), WARC_Identified_Payload_Type="text/html")
    warc.response(
        f"{HOST}/zwyw/2.html",
        gzip.compress(article("县里召开第二次会议", LONG + "二")),
        http=[("Content-Encoding", "gzip")],
    )
    body = article("县里召开第三次会议", LONG + "三")
    warc.response(
        f"{HOST}/zwyw/3.html", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), http=[("Transfer-Encoding", "chunked")]
    )
    warc.response(
        f"{HOST}/zwyw/4.html", article("县里召开第四次会议", LONG + "四"), http=[("Content-Encoding", "gzip")]
    )  # kept decoded
    warc.response(f"{HOST}/style.css", b"p{}", kind="text/css")
    warc.response(f"{HOST}/moved", b"", status="301 Moved", http=[("Location", "/zwyw/1.html")])
    warc.response(f"{HOST}/lost.html", b"gone", status="404 Not Found")
    rows = "".join(f"<li><a href=/zwyw/{n}.html>县里召开第{n}次会议研究部署</a> 2026-04-0{n}</li>" for n in range(1, 9))
    warc.response(f"{HOST}/zwyw/index.html", f"<title>要闻</title><ul>{rows}</ul>".encode())
    path = warc.save()
    report = taken(tmp_path / "a", path)
    assert changed(report) == {"new": 4, "no_article": 1, "other": 3}
    assert report.damaged == []
    with Archive.open(tmp_path / "a") as archive:
        stored = list(archive.articles())
        assert [s.article.title for s in stored] == [f"县里召开第{n}次会议" for n in "一二三四"]
        assert {s.first_seen for s in stored} == {"2026-07-01T01:02:03Z"}
        assert {(s.article.portal, s.article.source) for s in stored} == {("www.x.gov.cn", "清和日报")}
        assert count(archive.conn, "防汛") == 4
        origins = [row[0] for row in archive.conn.execute("SELECT origin FROM captures")]
        capture = archive.capture(stored[1].capture_id or 0)
    assert all(origin.startswith("crawl.warc urn:uuid:") for origin in origins)
    assert capture is not None
    assert capture.payload == article("县里召开第二次会议", LONG + "二"), (
        "kept as it reads, not as it came over the wire"
    )
    before = facts(tmp_path / "a")
    again = taken(tmp_path / "a", path)
    assert changed(again) == {"held": 5, "other": 3}
    assert facts(tmp_path / "a") == before


def test_time_is_that_of_the_capture(tmp_path: Path) -> None:
    """Records in any order, absences and revisit records before their article too: the same history."""
    visits = [("05", "第二稿"), ("01", "第一稿"), ("09", "第二稿"), ("07", "")]
    for number, order in enumerate((visits, visits[::-1])):
        warc = Warc(tmp_path / f"{number}.warc.gz")
        warc.revisit(f"{HOST}/1.html", "11", of=(f"{HOST}/1.html", "09"))
        warc.revisit(f"{HOST}/1.html", "12", of=(f"{HOST}/1.html", "10"))  # of bytes that are not here
        for day, text in order:
            if text:
                warc.response(f"{HOST}/1.html", article("县里召开会议", text + LONG), day)
            else:
                warc.response(f"{HOST}/1.html", b"gone", day, status="404 Not Found")
        warc.response(f"{HOST}/2.html", b"gone", "08", status="410 Gone")
        warc.response(f"{HOST}/2.html", article("县里又开会议", "另一篇" + LONG), "06")
        taken(tmp_path / f"a{number}", warc.save())
        with Archive.open(tmp_path / f"a{number}") as archive:
            first, second = archive.articles()
            states = archive.conn.execute("SELECT seen, replaced, substr(body, 1, 3) FROM revisions").fetchall()
        assert (first.first_seen, first.last_seen) == ("2026-07-01T01:02:03Z", "2026-07-12T01:02:03Z")
        assert first.article.body.startswith("第二稿")
        assert states == [("2026-07-01T01:02:03Z", "2026-07-05T01:02:03Z", "第一稿")]
        assert (second.gone_since, second.gone_grade) == ("2026-07-08T01:02:03Z", "once")
        before = facts(tmp_path / f"a{number}")
        taken(tmp_path / f"a{number}", warc.path)
        assert facts(tmp_path / f"a{number}") == before


def test_revisit_records_are_the_answer_they_repeat(tmp_path: Path) -> None:
    """The first text is back, by address and time; another address had the same bytes, by their digest."""
    first = article("县里召开会议", "第一稿" + LONG)
    warc = Warc(tmp_path / "x.warc.gz")
    warc.revisit(f"{HOST}/1.html", "09", of=(f"{HOST}/1.html", "01"))
    warc.revisit("http://www.y.gov.cn/1.html", "03", of=(f"{HOST}/1.html", "31"), digest=sha1_of(first))
    warc.response(f"{HOST}/1.html", first, "01")
    warc.response(f"{HOST}/1.html", article("县里召开会议", "第二稿" + LONG), "05")
    assert changed(taken(tmp_path / "a", warc.save())) == {"new": 2, "revised": 2}
    with Archive.open(tmp_path / "a") as archive:
        back, other = archive.articles()
        kept = archive.conn.execute("SELECT count(*), count(revisit_of) FROM captures").fetchone()
        read_from = archive.conn.execute(
            "SELECT revisit_of FROM captures c JOIN articles a ON a.capture_id = c.id"
        ).fetchall()
    assert (back.revision, back.article.body[:3], back.last_seen[:10]) == (3, "第一稿", "2026-07-09")
    assert (other.article.url, other.article.body, other.first_seen[:10]) == (
        "http://www.y.gov.cn/1.html", back.article.body, "2026-07-03",
    )  # fmt: skip
    assert kept == (4, 1)
    assert read_from == [(None,), (None,)], "an article is read from bytes, not from a record that says the same again"
    before = facts(tmp_path / "a")
    assert changed(taken(tmp_path / "a", warc.path)) == {"held": 4}
    assert facts(tmp_path / "a") == before


def sha1_of(payload: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()


def test_a_damaged_record_that_is_repeated_ends_nothing_and_is_healed_by_one_that_is_whole(tmp_path: Path) -> None:
    first = Warc(tmp_path / "1.warc.gz")
    first.response(f"{HOST}/1.html", article("县里召开会议"))
    taken(tmp_path / "a", first.save())
    damage_capture(tmp_path / "a", 1)
    again = Warc(tmp_path / "2.warc.gz")
    again.revisit(f"{HOST}/1.html", "05", of=(f"{HOST}/1.html", "01"))
    again.response(f"{HOST}/3.html", article("县里召开第三次会议", LONG + "三"))
    report = taken(tmp_path / "a", again.save())
    assert changed(report) == {"new": 1, "unchanged": 1}
    (told,) = report.damaged
    assert f"{HOST}/1.html: repeats a record that is damaged here" in told
    assert [one[0] for one in reparse(tmp_path / "a").unread] == [1]
    whole = Warc(tmp_path / "3.warc.gz")
    whole.response(f"{HOST}/1.html", article("县里召开会议"), "07")
    taken(tmp_path / "a", whole.save())
    assert reparse(tmp_path / "a").unread == []


def test_half_a_page_is_no_article(tmp_path: Path) -> None:
    """As the record says it, as the length says it, as the end of the chunks and of the compression say it."""
    body = article("县里召开会议")
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(f"{HOST}/1.html", body[:-40], WARC_Truncated="length")
    warc.response(f"{HOST}/2.html", body[:-40], http=[("Content-Length", str(len(body)))])
    warc.response(f"{HOST}/3.html", b"%x\r\n%s" % (len(body), body[:-40]), http=[("Transfer-Encoding", "chunked")])
    warc.response(f"{HOST}/4.html", gzip.compress(body)[:-30], http=[("Content-Encoding", "gzip")])
    assert changed(taken(tmp_path / "a", warc.save())) == {"cut": 4}
    with Archive.open(tmp_path / "a") as archive:
        kept = archive.conn.execute("SELECT DISTINCT verdict, truncated FROM captures").fetchall()
    assert sorted(kept) == [("failed_truncated", "disconnect"), ("failed_truncated", "length")]


@pytest.mark.parametrize("at", [2, 4], ids=["in the file", "before the bodies over several pages"])
def test_after_an_interruption_the_next_run_goes_on(tmp_path: Path, at: int) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    first, second = two_pages()
    warc.response(f"{HOST}/9.html", first)
    warc.response(f"{HOST}/1.html", article("县里召开会议"))
    warc.response(f"{HOST}/9_2.html", second)
    path = warc.save()
    calls = iter(range(10))

    def stop(_: int) -> None:
        if next(calls) == at - 1:
            raise KeyboardInterrupt

    with ArchiveWriter.open(tmp_path / "a") as writer, pytest.raises(KeyboardInterrupt):
        ingest(writer, [path], advance=stop)
    taken(tmp_path / "a", path)
    taken(tmp_path / "b", path)
    texts = []
    for name in "ab":
        facts(tmp_path / name)
        with Archive.open(tmp_path / name) as archive:
            texts.append(sorted((s.article.url, s.article.body, s.first_seen) for s in archive.articles()))
            counts = archive.conn.execute("SELECT verdict, count(*) FROM captures GROUP BY 1 ORDER BY 1").fetchall()
            assert counts == [("new", 2), ("page", 1)]
    assert texts[0] == texts[1]
    with Archive.open(tmp_path / "a") as archive:
        assert archive.conn.execute("SELECT outcome FROM runs").fetchall() == [("stopped",), ("complete",)]


def test_what_a_killed_run_stored_is_compared_by_the_next(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(f"{HOST}/1.html", article("县里召开会议", LONG * 4))
    warc.response("http://www.y.gov.cn/1.html", article("县里召开会议", LONG * 4), "02")
    taken(tmp_path / "a", warc.save())
    with ArchiveWriter.open(tmp_path / "a") as writer, writer.page():
        writer.conn.execute("DELETE FROM reprints")
        writer.conn.execute("UPDATE runs SET finished = NULL, outcome = 'running'")
    assert taken(tmp_path / "a", warc.path).reprints == 1
    assert taken(tmp_path / "a", warc.path).reprints == 0


def test_the_rules_of_a_definition_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "portals").mkdir()
    (tmp_path / "portals" / "qinghe.toml").write_text(
        'id = "qinghe"\nname = "清和"\nurl = "http://www.x.gov.cn/"\n[article]\nsource = ".by"\n'
        '[[section]]\nname = "政务要闻"\nurl = "http://www.x.gov.cn/zwyw/index.html"\n', "utf-8",
    )  # fmt: skip
    monkeypatch.setenv("DIBAO_PORTALS", str(tmp_path / "portals"))
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(
        f"{HOST}/zwyw/1.html",
        article("县里召开会议").replace(b"<div id=zoom>", "<b class=by>县府办</b><div id=zoom>".encode()),
    )
    taken(tmp_path / "a", warc.save())
    with Archive.open(tmp_path / "a") as archive:
        (stored,) = archive.articles()
    assert (stored.article.portal, stored.article.section, stored.article.source) == ("qinghe", "政务要闻", "县府办")


def test_what_was_forgotten_stays_away(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(f"{HOST}/1.html", article("县里召开会议"))
    warc.response(f"{HOST}/copy.html", article("县里召开会议"), "02")
    taken(tmp_path / "a", warc.save())
    with ArchiveWriter.open(tmp_path / "a") as writer:
        forget(writer, 1, "takedown")
    later = Warc(tmp_path / "y.warc.gz")
    later.response(f"{HOST}/1.html", article("县里召开会议", "改过的" + LONG), "05")
    report = taken(tmp_path / "a", warc.path, later.save())
    assert changed(report) == {"forgotten": 3}
    with Archive.open(tmp_path / "a") as archive:
        assert list(archive.articles()) == []


def test_challenges_are_no_articles(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    script = b"<html><head><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script></head><body></body></html>"
    warc.response(f"{HOST}/1.html", script, kind="text/html")
    warc.response(f"{HOST}/2.html", article("县里召开会议"))
    assert changed(taken(tmp_path / "a", warc.save())) == {"challenge": 1, "new": 1}


def test_the_command(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(f"{HOST}/1.html", article("县里召开会议"))
    warc.response(f"{HOST}/2.html", article("县里召开会议", LONG + "再"))
    path = warc.save()

    def dibao(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "crawler.cli", "ingest", *arguments, "--archive", str(tmp_path / "a")]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    done = dibao(str(path))
    assert (done.returncode, done.stdout) == (0, "2 new articles; 1 reprints\n"), done.stderr
    done = dibao(str(path), "--json")
    assert json.loads(done.stdout)["held"] == 2
    path.write_bytes(path.read_bytes()[:-30])
    done = dibao(str(path))
    assert done.returncode == 10
    assert "damaged, left out: x.warc.gz at " in done.stdout
    (tmp_path / "notes.txt").write_text("no archive")
    done = dibao(str(tmp_path / "notes.txt"))
    assert (done.returncode, "neither WARC nor WACZ" in done.stderr) == (2, True)
    assert dibao(str(tmp_path / "missing.warc")).returncode == 2


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_stopped_by_a_signal_what_is_committed_stays(tmp_path: Path, name: str) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    for number in range(400):
        warc.response(f"{HOST}/{number}.html", article(f"县里召开第{number}次会议", f"{number}" + LONG))
    command = [sys.executable, "-m", "crawler.cli", "ingest", str(warc.save()), "--archive", str(tmp_path / "a")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))  # fmt: skip
    deadline = time.monotonic() + 60
    while running.poll() is None and not committed(tmp_path / "a") and time.monotonic() < deadline:
        time.sleep(0.02)
    running.send_signal(getattr(signal, name))
    _, said = running.communicate(timeout=60)
    assert (running.returncode, said.strip()) == (11, "dibao: stopped")
    before = committed(tmp_path / "a")
    assert 0 < before < 400
    with Archive.open(tmp_path / "a") as archive:
        assert archive.conn.execute("SELECT outcome FROM runs").fetchone() == ("stopped",)
        assert not list(verify(archive.conn, tmp_path / "a"))
    assert changed(taken(tmp_path / "a", warc.path)) == {"held": before, "new": 400 - before}


def committed(directory: Path) -> int:
    """How many articles another process can see."""
    try:
        with Archive.open(directory) as archive:
            return int(archive.conn.execute("SELECT count(*) FROM articles").fetchone()[0])
    except ArchiveError:
        return 0


def test_status_shows_the_portals_that_came(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(f"{HOST}/1.html", article("县里召开会议"))
    taken(tmp_path / "a", warc.save())
    (state,) = portal_states(tmp_path / "a", None, datetime.now(UTC))
    assert (state.portal, state.articles, state.needs_looking_at) == ("www.x.gov.cn", 1, False)


@pytest.mark.parametrize("kind", ["response", "revisit", "gone"])
def test_an_address_that_cannot_be_read_is_one_damaged_record(tmp_path: Path, kind: str) -> None:
    warc = Warc(tmp_path / "crawl.warc.gz")
    bad = ("http://www.x.gov.cn:abc/1.html", "http://www.x.gov.cn:99999/1.html", "http://[x/1.html")
    for url in bad:
        if kind == "revisit":
            warc.revisit(url, "02", of=(f"{HOST}/zwyw/1.html", "01"))
        else:
            warc.response(url, article("不知在何处的页"), status="404 Not Found" if kind == "gone" else "200 OK")
    warc.response(f"{HOST}/zwyw/1.html", article("县里召开第一次会议"))
    report = taken(tmp_path / "a", warc.save())
    assert changed(report) == {"new": 1}
    assert [line.partition(": ")[2].rpartition(": ") for line in report.damaged] == [
        (url, ": ", "no address whose host and port can be read") for url in bad
    ]


def test_definitions_of_other_hosts_may_be_odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "portals"
    own.mkdir()
    monkeypatch.setenv("DIBAO_PORTALS", str(own))
    (own / "odd.toml").write_text('id = "odd"\nurl = "http://[x/"\nhosts = 1\nsection = ["a"]\n', "utf-8")
    warc = Warc(tmp_path / "crawl.warc.gz")
    warc.response(f"{HOST}/zwyw/1.html", article("县里召开第一次会议"))
    path = warc.save()
    assert changed(taken(tmp_path / "a", path)) == {"new": 1}
    (own / "odd.toml").write_text('id = "odd"\nname = "某县"\nurl = "http://www.x.gov.cn/"\ndelay_s = 1\n', "utf-8")
    with pytest.raises(PortalError, match="unknown key 'delay_s'"):
        taken(tmp_path / "b", path)
    with Archive.open(tmp_path / "b") as archive:
        assert [tuple(row) for row in archive.conn.execute("SELECT outcome FROM runs")] == [("failed",)]
