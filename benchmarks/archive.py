"""What the archive costs: articles a second through the writer with everything on, bytes by part, reading, memory.

    python benchmarks/archive.py [--articles N] [--keep DIR]     # default 100,000; articles of about 1,500 characters

Everything on is what a crawl does with a page: frontier (taken up, leased, settled), raw page in WARC, fields,
evidence, search index, fingerprints, one transaction per 200 pages. One process writes; another makes the texts up.
Fetching and parsing are not part of it. Stages are told on stderr as they end, the tables stand on stdout.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from multiprocessing.queues import Queue
from pathlib import Path
from typing import NamedTuple

sys.path[0] = str(Path(__file__).parents[1])  # not this folder: it has an archive.py too

from archive import search_index
from archive.articles import ArticleStore
from archive.frontier import Frontier, Settlement
from archive.reader import Archive
from archive.records import Article, Capture, Evidence
from archive.reprints import link_reprints
from archive.verify import verify
from archive.writer import ArchiveWriter
from benchmarks import corpus

SEEN = "2026-11-24T01:02:03Z"
# Which part of the archive a table or index belongs to.
PARTS = {
    "articles": "articles", "search": "search index", "evidence": "evidence", "frontier": "frontier",
    "outcomes": "frontier", "captures": "captures", "sentence_hashes": "fingerprints", "reprints": "fingerprints",
}  # fmt: skip


def texts(count: int) -> Iterator[Article]:
    """Made-up articles of 1,500 characters on average, from 120 to 12,000."""
    for number, text in enumerate(corpus.articles(count), 1):
        url = f"http://www.{text.portal}.gov.cn/xw/{text.published[:7].replace('-', '')}/t{number}.html"
        yield Article(
            url=url, title=text.title, breadcrumb=("首页", "新闻中心", "政务要闻", "正文"), source=text.source,
            published=text.published, published_precision="minute", body=text.body, body_html=_html(text.body),
            lang="zh-Hans", site={"SiteName": "清和县人民政府", "SiteIDCode": "4199990001", "ColumnName": "政务要闻"},
            portal=text.portal, section="政务要闻",
            evidence=(
                Evidence("title", "heading:div.title", text.title, text.title),
                Evidence("source", "label:来源", f"来源：{text.source} 时间：{text.published}", text.source),
                Evidence("published", "displayed", text.published, text.published),
                Evidence("body", "container:zoom", "12 lines"),
            ),
        )  # fmt: skip


def _html(body: str) -> str:
    return "".join(f"<p>{line}</p>" for line in body.split("\n"))


class Mark(NamedTuple):
    """How it went since the mark before."""

    articles: int  # written in all
    rate: float  # a second by the clock
    computing: float  # ms of an article
    memory: int  # MB, now


class Watch:
    """Sums what is spent within `with watch:`, by the clock and computing, in seconds."""

    def __init__(self) -> None:
        self.spent = self.computed = 0.0
        self._mark = (0, 0.0, 0.0)

    def __enter__(self) -> None:
        self._began, self._computing = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.spent += time.perf_counter() - self._began
        self.computed += time.process_time() - self._computing

    def mark(self, articles: int) -> Mark:
        (done, spent, computed), self._mark = self._mark, (articles, self.spent, self.computed)
        new = articles - done
        return Mark(articles, new / (self.spent - spent), 1000 * (self.computed - computed) / new, memory("VmRSS"))


def fill(directory: Path, count: int) -> tuple[Watch, list[Mark]]:
    """Write the articles: what it took, and how it went at each tenth."""
    watch, marks = Watch(), []
    with ArchiveWriter.open(directory) as writer:
        run = writer.start_run("bench", {})
        frontier, store = Frontier(writer.conn, "bench", run), ArticleStore(writer.conn)
        fresh: list[int] = []
        for number, article in enumerate(_made_elsewhere(count), 1):
            page = f"<html><head><title>{article.title}</title></head><body>{article.body_html}</body></html>".encode()
            with watch:
                fresh.append(_store(writer, frontier, store, run, article, page))
                writer.commit_if_due()
            if number % max(count // 10, 1) == 0:
                marks.append(watch.mark(number))
                told(f"{number:,} articles, {marks[-1].rate:,.0f}/s, {marks[-1].computing:.2f} ms of computing")
        with watch, writer.page():
            link_reprints(writer.conn, fresh)
        told(f"reprints linked; {watch.computed:,.0f} s of computing in all")
        with watch:
            with writer.page():
                search_index.tidy(writer.conn)
                writer.finish_run(run, "complete", {"taken": count})
            writer.commit()
        told(f"index tidied; {watch.computed:,.0f} s of computing in all")
    return watch, marks


def _made_elsewhere(count: int) -> Iterator[Article]:
    """The texts, made by another process: making them is not what is measured."""
    context = multiprocessing.get_context("spawn")
    queue: Queue[list[Article]] = context.Queue(maxsize=20)
    maker = context.Process(target=_make, args=(count, queue), daemon=True)
    maker.start()
    while articles := queue.get():
        yield from articles
    maker.join()


def _make(count: int, queue: Queue[list[Article]]) -> None:
    made = texts(count)
    while articles := list(islice(made, 100)):
        queue.put(articles)
    queue.put([])


def told(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def _store(
    writer: ArchiveWriter, frontier: Frontier, store: ArticleStore, run: int, article: Article, page: bytes
) -> int:
    with writer.page():
        frontier.take_up(article.url, article.url, "article", title=article.title, date=article.published)
        task = frontier.lease()
        assert task is not None
        capture = Capture(article.url, SEEN, 200, (("Content-Type", "text/html; charset=utf-8"),), page)
        capture_id = writer.add_capture(capture, run_id=run)
        stored = store.add(article, capture_id=capture_id, seen=SEEN)
        writer.set_verdict(capture_id, stored.verdict)
        end = Settlement("stored", status=200, bytes=len(page), capture_id=capture_id, article_id=stored.article_id,
                         next_check=SEEN)  # fmt: skip
        frontier.settle(task.id, end, checked=SEEN)
    return stored.article_id


def memory(field: str) -> int:
    """MB of this process: VmRSS now, VmHWM at most."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) // 1024
    return 0


def sizes(directory: Path) -> tuple[Counter[str], int]:
    """Bytes of archive.db by part (body_html says the same again, so it is one), and of all titles and bodies."""
    with sqlite3.connect(directory / "archive.db") as conn:
        owner = dict(conn.execute("SELECT name, tbl_name FROM sqlite_schema"))
        found: Counter[str] = Counter()
        for name, size in conn.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"):
            table = owner.get(name, name)
            found[next((part for prefix, part in PARTS.items() if table.startswith(prefix)), "rest")] += size
        text, html = conn.execute(
            "SELECT sum(length(CAST(title || body AS BLOB))), sum(length(CAST(body_html AS BLOB))) FROM articles"
        ).fetchone()
    found["body_html"] = html
    found["articles"] -= html
    return found, int(text)


def milliseconds(action: Callable[[int], object], numbers: list[int]) -> str:
    times = []
    for number in numbers:
        began = time.perf_counter()
        action(number)
        times.append(1000 * (time.perf_counter() - began))
    return f"{statistics.median(times):.3f} | {statistics.quantiles(times, n=20)[-1]:.3f}"


def reading(directory: Path, count: int) -> None:
    rng = random.Random(9)
    numbers = [rng.randint(1, count) for _ in range(1000)]
    print("\n| reading, ms | p50 | p95 |\n|---|---|---|")
    with Archive.open(directory) as archive:
        urls = {number: str(archive.conn.execute("SELECT url FROM articles WHERE id = ?", (number,)).fetchone()[0])
                for number in numbers}  # fmt: skip
        sql = "SELECT id FROM articles WHERE url = ?"
        print(f"| article by id | {milliseconds(archive.get, numbers)} |")
        print(
            f"| id by address | {milliseconds(lambda n: archive.conn.execute(sql, (urls[n],)).fetchone(), numbers)} |"
        )
        print(f"| raw page by offset | {milliseconds(archive.capture, numbers)} |")
        began = time.perf_counter()
        findings = list(verify(archive.conn, directory))
        spent = time.perf_counter() - began
    print(f"\nverify: {count / spent:,.0f} articles/s with their raw pages, {len(findings)} findings")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="write the archive here and leave it")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        directory = asked.keep or Path(temporary)
        watch, marks = fill(directory, asked.articles)
        for what, seconds in (("by the clock", watch.spent), ("computing", watch.computed)):
            print(f"{asked.articles:,} articles in {seconds:,.0f} s {what}: {asked.articles / seconds:,.0f} a second")
        print("\n| articles | articles/s since the mark before | ms computing | memory, MB |\n|---|---|---|---|")
        for mark in marks:
            print(f"| {mark.articles:,} | {mark.rate:,.0f} | {mark.computing:.2f} | {mark.memory} |")
        parts, text = sizes(directory)
        warc = sum(path.stat().st_size for path in (directory / "warc").rglob("*") if path.is_file())
        print("\n| part | bytes an article | × text |\n|---|---|---|")
        whole = sum(parts.values())
        rows = [*parts.most_common(), ("archive.db in all", whole), ("without body_html", whole - parts["body_html"]),
                ("raw pages (WARC)", warc)]  # fmt: skip
        for part, size in [*rows, ("text", text)]:
            print(f"| {part} | {size / asked.articles:,.0f} | {size / text:.2f} |")
        reading(directory, asked.articles)
        print(f"peak of memory: {memory('VmHWM')} MB")


if __name__ == "__main__":
    main()
