"""archive.Archive: the archive as a library, typed records out, also while a crawl writes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from archive import Archive
from archive.articles import ArticleStore
from archive.errors import ArchiveNotFound, QueryError
from archive.records import Article, Attachment, Capture, Evidence
from archive.writer import ArchiveWriter

ARTICLE = Article(
    url="http://x.cn/1.html",
    title="我县新增养老床位",
    breadcrumb=("首页", "要闻"),
    source="清和日报",
    published="2026-06-30T09:11+08:00",
    published_precision="minute",
    body="第一段。\n第二段有一点长。",
    portal="qinghe",
    section="要闻",
    site={"SiteName": "清和县"},
    attachments=(Attachment("名单.xlsx", "http://x.cn/a.xlsx"),),
    lang="zh-Hans",
    evidence=(Evidence("title", "h1", "我县新增养老床位", "我县新增养老床位"),),
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    with ArchiveWriter.open(tmp_path) as writer, writer.page():
        answer = Capture(ARTICLE.url, "2026-11-24T01:02:03Z", 200, (("Content-Type", "text/html"),), b"<p>raw</p>")
        first = writer.add_capture(answer, run_id=None)
        writer.add_capture(answer, run_id=None)
        ArticleStore(writer.conn).add(ARTICLE, capture_id=first, seen=answer.fetched)
    return tmp_path


def test_what_was_stored_comes_back(directory: Path) -> None:
    with Archive.open(directory) as archive:
        (hit,) = archive.search("养老")
        stored = archive.get(hit.id)
        assert stored is not None
        assert stored.as_dict() == {
            "id": 1, **{k: v for k, v in ARTICLE.as_dict().items() if k != "next_pages"},
            "first_seen": "2026-11-24T01:02:03Z", "last_seen": "2026-11-24T01:02:03Z", "gone_since": None,
            "gone_grade": None, "revision": 1, "content_digest": stored.content_digest, "capture_id": 1,
        }  # fmt: skip
        assert archive.evidence(1) == list(ARTICLE.evidence)
        assert archive.count("床位") == 1
        assert archive.get(99) is None


def test_articles_by_conditions_and_by_column(directory: Path) -> None:
    with Archive.open(directory) as archive:
        assert [a.id for a in archive.articles()] == [1]
        assert [a.id for a in archive.articles("养老", portals=("qinghe",), since="2026")] == [1]
        assert list(archive.articles(portals=("other",))) == []
        with pytest.raises(TypeError, match=r"portals=\('qinghe',\)"):
            list(archive.articles(portals="qinghe"))  # type: ignore[arg-type]
        frame = pd.DataFrame(archive.columns())
        assert list(frame["title"]) == ["我县新增养老床位"]


def test_raw_answers_come_back_of_revisits_too(directory: Path) -> None:
    with Archive.open(directory) as archive:
        for number in (1, 2):
            capture = archive.capture(number)
            assert capture is not None
            assert (capture.status, capture.payload) == (200, b"<p>raw</p>")
        assert archive.capture(3) is None


def test_reading_while_a_writer_writes_sees_what_is_committed(directory: Path) -> None:
    with ArchiveWriter.open(directory) as writer, Archive.open(directory) as archive:
        with writer.page():
            writer.conn.execute("UPDATE articles SET title = 'not committed'")
        assert next(archive.articles()).article.title == "我县新增养老床位"


def test_errors_say_what_to_do(directory: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotFound, match="dibao crawl"):
        Archive.open(tmp_path / "nowhere")
    with Archive.open(directory) as archive, pytest.raises(QueryError):
        archive.search('"养老')
