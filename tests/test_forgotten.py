"""What was taken down stays away: from crawls, at another address too, and from other people's files; no bytes left."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mini_site
from test_ingest import HOST as OTHER
from test_ingest import Warc, article, changed, taken

from archive.forget import forget
from archive.reader import Archive
from archive.verify import verify
from archive.writer import ArchiveWriter

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
        assert forget(writer, number, "当事人要求")["captures"] == 1
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
        assert forget(writer, 1, "当事人要求")["captures"] == 3
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
