"""Search compared: our index beside a LIKE scan, FTS5 trigram and FTS5 unicode61, over the same made-up articles.

    python benchmarks/search.py                                  # 100,000 articles, all four
    python benchmarks/search.py --articles 1000000 --only grams  # ours alone (about 30 minutes, 20 GB)
    python benchmarks/search.py --db /tmp/bench.db --keep        # build once, measure again

Sixty words of one to four characters. For each: the 20 newest with title and date, and the exact count. Recall is the
share of articles a scan finds; `wrong` counts words whose count differs from the scan's. Times are milliseconds,
caches warm, the median of three runs a word.
"""

from __future__ import annotations

import argparse
import itertools
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])  # not this folder: it has an archive.py too

from archive import search_index, search_words
from archive.migrations import create
from archive.search import article_ids, count
from benchmarks import corpus

WORDS = {
    1: "的 和 在 是 郑 汛 嵩 黄 河 养 习 碳 麦 州 龙",
    2: "发展 工作 郑州 防汛 嵩山 黄河 地铁 高铁 小麦 医保 养老 抗旱 疫情 登封 审批",
    3: "国务院 高质量 新时代 现代化 习近平 委员会 负责人 共产党 河南省 郑州市 大数据 互联网 少林寺 养老金 志愿者",
    4: "乡村振兴 防汛抗旱 公共服务 营商环境 人民政府 应急管理 疫情防控 一带一路 黄河流域 南水北调 脱贫攻坚 龙门石窟 "
    "人工智能 2023 落实到位",
}  # fmt: skip
NEWEST = "ORDER BY a.published DESC, a.first_seen DESC, a.id DESC LIMIT 20"
Ask = Callable[[sqlite3.Connection, str], object]


def build(path: Path, articles: int, batch: int) -> sqlite3.Connection:
    """Articles and our index; batches are sorted by month as a crawl of one column is."""
    conn = connect(path)
    create(conn)
    inserting = indexing = 0.0
    numbered = enumerate(corpus.articles(articles), 1)
    while rows := list(itertools.islice(numbered, batch)):
        rows.sort(key=lambda row: row[1].published)
        start = time.perf_counter()
        conn.execute("BEGIN IMMEDIATE")
        conn.executemany(
            "INSERT INTO articles (id, url, portal, title, source, published, body, first_seen, last_seen,"
            " content_digest, body_digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, '2026-11-24T00:00:00Z', '2026-11-24T00:00:00Z', '', '')",
            [(n, f"http://{t.portal}/{n}", t.portal, t.title, t.source, t.published, t.body) for n, t in rows],
        )
        middle = time.perf_counter()
        for number, text in rows:
            search_index.add(conn, number, text.title, text.body)
        conn.execute("COMMIT")
        inserting, indexing = inserting + middle - start, indexing + time.perf_counter() - middle
        last = max(n for n, _ in rows)
        if last % 50_000 < batch:
            print(f"  {last:,}: {inserting:.0f} s rows, {indexing:.0f} s index", flush=True)
    start = time.perf_counter()
    search_words.refresh(conn)
    refreshed = time.perf_counter()
    search_index.tidy(conn, whole=True)
    ended = time.perf_counter()
    print(f"  index {indexing:.0f} s, words {refreshed - start:.0f} s, tidy {ended - refreshed:.0f} s", flush=True)
    conn.execute("CREATE TABLE build (name TEXT, seconds REAL)")
    conn.execute("INSERT INTO build VALUES ('grams', ?)", (indexing + ended - start,))
    return conn


def build_fts(conn: sqlite3.Connection, name: str) -> None:
    start = time.perf_counter()
    conn.execute(
        f"CREATE VIRTUAL TABLE {name} USING"
        f" fts5(title, body, content='articles', content_rowid='id', tokenize='{name}')"
    )
    conn.execute(f"INSERT INTO {name}({name}) VALUES ('rebuild')")
    conn.execute(f"INSERT INTO {name}({name}) VALUES ('optimize')")
    conn.execute("INSERT INTO build VALUES (?, ?)", (name, time.perf_counter() - start))


def methods(name: str) -> tuple[Ask, Ask]:
    """How the newest and the count are asked for."""
    if name == "grams":
        shown = "SELECT id, title, published FROM articles WHERE id = ?"
        return (
            lambda conn, word: [conn.execute(shown, (i,)).fetchone() for i in article_ids(conn, word, 20)],
            count,
        )
    if name == "LIKE":
        where = "FROM articles a WHERE a.body LIKE '%' || ?1 || '%' OR a.title LIKE '%' || ?1 || '%'"
        return (
            lambda conn, word: conn.execute(f"SELECT id, title, published {where} {NEWEST}", (word,)).fetchall(),
            lambda conn, word: conn.execute(f"SELECT count(*) {where}", (word,)).fetchone()[0],
        )
    where = f"FROM {name} f JOIN articles a ON a.id = f.rowid WHERE {name} MATCH '\"' || ?1 || '\"'"
    return (
        lambda conn, word: conn.execute(f"SELECT a.id, a.title, a.published {where} {NEWEST}", (word,)).fetchall(),
        lambda conn, word: conn.execute(
            f"SELECT count(*) FROM {name} WHERE {name} MATCH '\"' || ?1 || '\"'", (word,)
        ).fetchone()[0],
    )


def timed(ask: Ask, conn: sqlite3.Connection, word: str, runs: int) -> tuple[float, object]:
    times, answer = [], None
    for _ in range(runs):
        start = time.perf_counter()
        answer = ask(conn, word)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), answer


def p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, round(0.95 * len(times) + 0.5) - 1)]


def measure(conn: sqlite3.Connection, name: str, truth: dict[str, int]) -> None:
    """One table row a word length. `truth` is filled by the first method that is measured, the scan."""
    newest, counting = methods(name)
    runs = 1 if name == "LIKE" else 3
    for length, words in WORDS.items():
        shown, counted, found, true, wrong = [], [], 0, 0, 0
        for word in words.split():
            timed(newest, conn, word, 1)
            shown.append(timed(newest, conn, word, runs)[0])
            milliseconds, number = timed(counting, conn, word, runs)
            counted.append(milliseconds)
            truth.setdefault(word, int(str(number)))
            found, true = found + min(int(str(number)), truth[word]), true + truth[word]
            wrong += number != truth[word]
        times = (statistics.median(shown), p95(shown), statistics.median(counted), p95(counted))
        cells = [name, length, *(f"{t:.1f}" for t in times), f"{found / max(1, true):.3f}", wrong]
        print("|", " | ".join(map(str, cells)), "|", flush=True)


def sizes(conn: sqlite3.Connection) -> None:
    (text,) = conn.execute(
        "SELECT sum(length(CAST(title AS BLOB)) + length(CAST(body AS BLOB))) FROM articles"
    ).fetchone()
    prefixes = {"grams": "search%", "trigram": "trigram%", "unicode61": "unicode61%"}
    print(f"\ntext: {text / 1e6:,.0f} MB\n\n| index | size × text | build s |\n|---|---|---|")
    for name, seconds in conn.execute("SELECT name, seconds FROM build").fetchall():
        sql = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE ?"
        (size,) = conn.execute(sql, (prefixes[name],)).fetchone()
        print(f"| {name} | {size / text:.2f} | {seconds:.0f} |", flush=True)


def connect(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -65536", "mmap_size = 8589934592"):
        conn.execute(f"PRAGMA {pragma}")
    return conn


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--only", choices=["grams"], help="our index alone; truth by a scan with instr")
    parser.add_argument("--batch", type=int, default=200, help="articles of one transaction")
    parser.add_argument("--db", type=Path)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.db or Path(folder) / "bench.db"
        conn = connect(path) if options.keep and path.exists() else build(path, options.articles, options.batch)
        names = ["grams"] if options.only else ["LIKE", "grams", "trigram", "unicode61"]
        for name in ("trigram", "unicode61"):
            if name in names and not conn.execute("SELECT 1 FROM build WHERE name = ?", (name,)).fetchone():
                build_fts(conn, name)
        sizes(conn)
        print("\n| method | characters | newest 20 p50 | p95 | count p50 | p95 | recall | wrong |\n" + 8 * "|---" + "|")
        truth: dict[str, int] = {}
        for name in names:
            measure(conn, name, truth)
        conn.close()


if __name__ == "__main__":
    main()
