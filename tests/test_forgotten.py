"""What was taken down stays away: from crawls, at another address too, and from other people's files; no bytes left."""

from __future__ import annotations

import gzip
import resource
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mini_site
import pytest
from test_ingest import HOST as OTHER
from test_ingest import Warc, article, changed, taken

from archive import removal
from archive.articles import ArticleStore
from archive.errors import ArchiveError, DiskFull
from archive.forget import Forgotten, forget
from archive.merge import merge
from archive.reader import Archive
from archive.records import Article, Capture
from archive.reprints import link_reprints
from archive.verify import verify
from archive.writer import ArchiveWriter
from tests.test_crawl import dibao

TEXT = "县里召开会议，研究部署安全生产、防汛备汛等工作，要求各部门压紧压实责任。"
SECRET = "某某人的身份信息在这一段里，当事人要求把它撤下，不再出现在任何地方。"
FIRST = datetime(2026, 3, 10, 2, tzinfo=UTC)


def everything(directory: Path) -> bytes:
    """All raw bytes that the archive keeps, unpacked."""
    return b"".join(gzip.decompress(path.read_bytes()) for path in sorted((directory / "warc").rglob("*.gz")))


def story(path: str, title: str, text: str) -> mini_site.Story:
    return mini_site.Story(path, title, "清河日报", "2026-03-09 10:20", [text, TEXT])


def test_a_crawl_keeps_nothing_of_it_wherever_it_stands(tmp_path: Path) -> None:
    site = mini_site.MiniSite({"要闻": "yw", "公告": "gg"})
    for number in range(1, 6):
        site.publish("要闻", story(f"/yw/{number}.html", f"县里召开第{number}次会议", f"第{number}次。"))
    site.publish("要闻", story("/yw/9.html", "关于某某人的通报", SECRET))
    with mini_site.archive(tmp_path) as writer:
        mini_site.run(site, writer, FIRST)
        (number,) = writer.conn.execute("SELECT id FROM articles WHERE url LIKE '%/yw/9.html'").fetchone()
        assert forget(writer, number, "当事人要求").captures == 1
        site.publish("公告", story("/gg/77.html", "关于某某人的通报", SECRET))
        mini_site.run(site, writer, FIRST + timedelta(days=1), full=True)
        states = dict(writer.conn.execute("SELECT url, state FROM frontier WHERE kind = 'article'"))
        assert states[f"{mini_site.HOST}/gg/77.html"] == states[f"{mini_site.HOST}/yw/9.html"] == "forgotten"
        assert writer.conn.execute("SELECT count(*) FROM articles").fetchone() == (5,)
        assert not list(verify(writer.conn, tmp_path))
    assert TEXT.encode() in everything(tmp_path)
    assert SECRET.encode() not in everything(tmp_path)


def test_an_ingest_keeps_nothing_of_it_however_its_address_is_written(tmp_path: Path) -> None:
    forms = (f"{OTHER}/9.html", f"{OTHER}:80/9.html#top", f"{OTHER.upper().replace('HTTP', 'http')}/9.html?spm=1")
    warc = Warc(tmp_path / "x.warc.gz")
    for day, url in enumerate(forms, 1):
        warc.response(url, article("关于某某人的通报", SECRET + TEXT, source=f"县{day}"), f"{day:02}")
    warc.response(f"{OTHER}/1.html", article("县里召开会议", TEXT))
    assert changed(taken(tmp_path / "a", warc.save())) == {"new": 2, "unchanged": 2}
    with ArchiveWriter.open(tmp_path / "a") as writer:
        assert forget(writer, 1, "当事人要求").captures == 3
        assert not list(verify(writer.conn, tmp_path / "a"))
    assert SECRET.encode() not in everything(tmp_path / "a")
    elsewhere = Warc(tmp_path / "y.warc.gz")
    elsewhere.response(f"{OTHER}/tz/9.html", article("关于某某人的通报", SECRET + TEXT, source="县委"), "07")
    elsewhere.response("http://www.y.gov.cn/3.html", article("关于某某人的通报", SECRET + TEXT), "08")
    assert changed(taken(tmp_path / "a", warc.path, elsewhere.save())) == {"held": 1, "forgotten": 4, "new": 1}
    with Archive.open(tmp_path / "a") as archive:
        assert [stored.article.url for stored in archive.articles()] == [
            f"{OTHER}/1.html",
            "http://www.y.gov.cn/3.html",  # another portal's print is another matter
        ]


# --- what stands in the way of a takedown ----------------------------------------------------------------------------


def filled(directory: Path, articles: int = 12) -> Path:
    """Article 1, in two states, is the secret one."""
    with mini_site.archive(directory) as writer, writer.page():
        store = ArticleStore(writer.conn)
        for number, more in [(1, SECRET), (1, SECRET + TEXT), *((number, TEXT) for number in range(2, articles + 1))]:
            url, body = f"http://x.gov.cn/{number}.html", f"{more}{number}" * 20
            seen = f"2026-07-{len(body) % 28 + 1:02}T00:00:00Z"
            capture_id = writer.add_capture(Capture(url, seen, 200, (), body.encode()), run_id=None)
            store.add(Article(url=url, title=f"标题{number}", body=body, portal="x"), capture_id=capture_id, seen=seen)
    assert traces(directory) == {"archive.db", "warc"}
    return directory


def traces(directory: Path) -> set[str]:
    """Where the secret still stands."""
    beside = {path.name for path in directory.glob("archive.db*") if SECRET.encode() in path.read_bytes()}
    return beside | ({"warc"} if SECRET.encode() in everything(directory) else set())


def well(directory: Path) -> bool:
    with Archive.open(directory) as archive:
        return list(verify(archive.conn, directory)) == []


def test_a_damaged_record_is_overwritten_too(tmp_path: Path) -> None:
    filled(tmp_path)
    with mini_site.archive(tmp_path) as writer:
        warc, offset, length = writer.conn.execute('SELECT warc, "offset", length FROM captures LIMIT 1').fetchone()
        path = tmp_path / "warc" / warc
        data = bytearray(path.read_bytes())
        data[offset + length // 2] ^= 4
        path.write_bytes(data)
        assert forget(writer, 1, "x") == Forgotten(1, 2, ())
    assert traces(tmp_path) == set()
    assert well(tmp_path)


def test_what_another_capture_has_is_left_alone_and_said(tmp_path: Path) -> None:
    """A damaged row names a record that is not its own."""
    filled(tmp_path)
    with mini_site.archive(tmp_path) as writer:
        writer.conn.execute('UPDATE captures SET "offset" = (SELECT "offset" FROM captures WHERE id = 5) WHERE id = 1')
        done = forget(writer, 1, "x")
        assert [str(error).split(": ")[1] for error in done.left] == [
            "not removed, another capture has this place too; `dibao verify` tells more"
        ]
        assert not list(writer.conn.execute("SELECT * FROM removals"))
    assert "warc" in traces(tmp_path)


@pytest.mark.parametrize("step", ["_overwrite", "_rewrite"])
def test_the_next_writer_goes_on_with_a_takedown_that_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    filled(tmp_path)
    with mini_site.archive(tmp_path) as writer, monkeypatch.context() as patch:
        patch.setattr(removal, step, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            forget(writer, 1, "x")
    assert not well(tmp_path)
    with mini_site.archive(tmp_path) as writer:
        assert writer.recovered == ["2 raw records removed that `dibao forget` had left"]
    assert traces(tmp_path) == set()
    assert well(tmp_path)


def test_a_reader_of_the_state_before_is_said_and_waited_for(tmp_path: Path) -> None:
    filled(tmp_path)
    with Archive.open(tmp_path) as reader, mini_site.archive(tmp_path) as writer:
        reader.conn.execute("BEGIN")
        reader.conn.execute("SELECT count(*) FROM articles").fetchone()
        writer.conn.execute("PRAGMA busy_timeout = 0")
        (error,) = forget(writer, 1, "x").left
        assert "another process reads its state before" in str(error)
    with mini_site.archive(tmp_path):
        pass
    assert traces(tmp_path) == set()
    assert well(tmp_path)


@pytest.mark.parametrize("seen", [True, False])
def test_a_disk_without_room_to_rewrite_the_database_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    """Seen before, and met by SQLite itself."""
    filled(tmp_path, 60)
    with mini_site.archive(tmp_path) as writer:
        writer.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if seen:
            monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=4096))
        else:
            writer.commit()
            soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            real = removal.finish

            def limited(*given: Any) -> list[ArchiveError]:
                resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "archive.db").stat().st_size // 2, hard))
                try:
                    return real(*given)
                finally:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

            monkeypatch.setattr(removal, "finish", limited)
        (error,) = forget(writer, 1, "x").left
        assert isinstance(error, DiskFull), error
    monkeypatch.undo()
    assert "warc" not in traces(tmp_path)
    with mini_site.archive(tmp_path):
        pass
    assert traces(tmp_path) == set()
    assert well(tmp_path)


def test_the_copy_that_a_migration_left_goes_too(tmp_path: Path) -> None:
    filled(tmp_path)
    shutil.copyfile(tmp_path / "archive.db", tmp_path / "archive.db.before-m0011_section_names")
    with mini_site.archive(tmp_path) as writer:
        forget(writer, 1, "x")
    assert traces(tmp_path) == set()


def test_whatever_named_its_captures_lets_go_of_them(tmp_path: Path) -> None:
    filled(tmp_path)
    with mini_site.archive(tmp_path) as writer:
        writer.conn.execute("INSERT INTO probes VALUES ('x', 'http://x.gov.cn/p', '2026-07-01T00:00:00Z', 404, 1)")
        assert forget(writer, 1, "x").captures == 2
        assert writer.conn.execute("SELECT capture_id FROM probes").fetchall() == [(None,)]
    assert well(tmp_path)


def test_reprints_of_what_is_forgotten_find_each_other(tmp_path: Path) -> None:
    with mini_site.archive(tmp_path) as writer, writer.page():
        for number, host in enumerate(("a", "b", "c"), 1):
            url = f"http://{host}.gov.cn/1.html"
            page = Capture(url, "2026-07-05T00:00:00Z", 200, (), (url + TEXT).encode())
            article = Article(url=url, title="题", body=TEXT, portal=host, published=f"2026-07-0{number}")
            capture_id = writer.add_capture(page, run_id=None)
            ArticleStore(writer.conn).add(article, capture_id=capture_id, seen=page.fetched)
        link_reprints(writer.conn, [1, 2, 3])
    with mini_site.archive(tmp_path) as writer:
        forget(writer, 1, "x")
        assert writer.conn.execute("SELECT article_id, original_id FROM reprints").fetchall() == [(3, 2)]


def test_the_headline_leaves_the_lists_and_does_not_come_back(tmp_path: Path) -> None:
    site = mini_site.MiniSite({"要闻": "yw"})
    for number in range(1, 6):
        site.publish("要闻", story(f"/yw/{number}.html", f"县里召开第{number}次会议", f"第{number}次。"))
    site.publish("要闻", story("/yw/9.html", "关于某某人的通报", SECRET))
    with mini_site.archive(tmp_path) as writer:
        mini_site.run(site, writer, FIRST)
        (number,) = writer.conn.execute("SELECT id FROM articles WHERE url LIKE '%/yw/9.html'").fetchone()
        forget(writer, number, "当事人要求")
        titled = writer.conn.execute("SELECT count(*) FROM section_rows WHERE title LIKE '%某某人%'")
        assert titled.fetchone() == (0,)
        mini_site.run(site, writer, FIRST + timedelta(days=1), full=True)
    assert [path.name for path in tmp_path.glob("archive.db*") if "某某人".encode() in path.read_bytes()] == []


def test_no_id_is_given_again(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    with mini_site.archive(tmp_path) as writer:
        (before,) = writer.conn.execute("SELECT max(id) FROM captures").fetchone()
        forget(writer, 3, "x")
        forget(writer, 1, "x")
    filled(tmp_path / "other", 1)
    with mini_site.archive(tmp_path) as writer:
        page = Capture("http://x.gov.cn/4.html", "2026-07-05T00:00:00Z", 200, (), b"4")
        assert writer.add_capture(page, run_id=None) == before + 1
        article = Article(url=page.url, title="四", body=TEXT * 4, portal="x")
        stored = ArticleStore(writer.conn).add(article, capture_id=before + 1, seen=page.fetched)
        assert stored.article_id == 4
        merge(writer, tmp_path / "other")
        assert {row[0] for row in writer.conn.execute("SELECT id FROM articles")} == {2, 4}  # 1 is forgotten


def test_a_takedown_needs_a_reason(tmp_path: Path) -> None:
    filled(tmp_path / "archive", 1)
    done = dibao("forget", "1", "--reason", " ", home=tmp_path)
    assert (done.returncode, "is empty; say why" in done.stderr) == (2, True)
