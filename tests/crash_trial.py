"""kill -9 at random moments of a crawl, again and again, until the crawl completes: what is lost, what stands twice?

    python tests/crash_trial.py --kills 200      prints the table of docs/reliability.md (`make crash-test`)

The site is asked what it served; acknowledged articles are read from the archive after every kill and must all be
there after the next. A crawler killed within its start-up proves nothing, so each is killed some time after the site
has answered it so many times, both by chance: on a fast machine as on a slow one.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).parent.parent
PER_PAGE = 20
DELAY = 1.0  # seconds at most between the answer that seals a crawl's fate and its end
DEFINITION = 'id = "trial"\nname = "trial"\nurl = "{url}/"\n\n[[section]]\nname = "要闻"\nurl = "{url}/yw/index.html"\n'


@dataclass
class Trial:
    kills: int = 0
    kills_in_crawl: int = 0  # that hit a run which had stored something
    acknowledged: int = 0
    lost: set[str] = field(default_factory=set)
    duplicates: int = 0
    missing: int = 0
    foreign: int = 0
    refetched: int = 0
    outcome: str = ""
    findings: list[str] = field(default_factory=list)

    def table(self) -> str:
        return (
            "| kills | in a running crawl | articles acknowledged before a kill | lost | stored twice | "
            "missing at the end | not of the site | fetched more than once | last run | verify |\n|"
            + "---|"
            * 10
            + "\n"
            f"| {self.kills} | {self.kills_in_crawl} | {self.acknowledged} | {len(self.lost)} | {self.duplicates} | "
            f"{self.missing} | {self.foreign} | {self.refetched} | {self.outcome} | "
            f"{'; '.join(self.findings[:3]) or 'no findings'} |"
        )


class Site:
    """A column of `articles` articles, a page of each list, and a count of what was served."""

    def __init__(self, articles: int) -> None:
        self.articles, self.served = articles, Counter[str]()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet: no waiting for an acknowledgement

            def do_GET(self) -> None:
                site.served[self.path] += 1
                body = site.page(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """A killed crawler resets its connections."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.paths = {f"/yw/202606/t20260601_{1000 + n}.html" for n in range(articles)}

    def page(self, path: str) -> bytes | None:
        if path in self.paths:
            number = path.rpartition("_")[2].removesuffix(".html")
            title = f"第{number}号文章的标题文字"
            text = "".join(f"<p>第{number}号文章的第{n}段,内容各不相同,编号为{number}乘{n}。</p>" for n in range(4))
            info = "<div>时间:2026-06-01 09:11 来源:清和日报</div>"
            head = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
            return f"{head}{info}<div id='zoom'>{text}</div></body></html>".encode()
        pages = -(-self.articles // PER_PAGE)
        names = {f"/yw/index{'' if n == 0 else f'_{n}'}.html": n for n in range(pages)}
        if path not in names:
            return None
        first = names[path] * PER_PAGE
        rows = "".join(
            f"<li><a href='{path}'>第{n}号文章的标题文字</a><span>2026-06-01</span></li>"
            for n, path in enumerate(sorted(self.paths)[first : first + PER_PAGE], first)
        )
        pager = f"<script>createPageHTML({pages}, {names[path]}, 'index', 'html');</script>"
        return f"<html><body><ul class='list'>{rows}</ul>{pager}</body></html>".encode()


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()


def trial(kills: int, *, articles: int = 600, seed: int = 1) -> Trial:
    """Kill a crawl `kills` times at random moments (beginning anew when it completes), then let it complete."""
    rng, result = random.Random(seed), Trial()
    with serving(Site(articles)) as site:
        while True:
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder)
                (home / "trial.toml").write_text(DEFINITION.format(url=site.url), "utf-8")
                site.served.clear()
                _until_complete(result, site, home, kills, rng)
            if result.kills >= kills:
                return result


def _until_complete(result: Trial, site: Site, home: Path, kills: int, rng: random.Random) -> None:
    held: set[str] = set()
    while True:
        before = len(held)
        answers = rng.randint(1, site.articles // 2) if result.kills < kills else None
        died = _crawl(site, home, answers, rng.uniform(0, DELAY))
        now = _urls(home)
        result.lost |= held - set(now)
        result.duplicates += len(now) - len(set(now))
        held = set(now)
        if not died:
            break
        result.kills += 1
        result.kills_in_crawl += len(held) > before
        result.acknowledged += len(held) - before
    truth = {site.url + path for path in site.paths}
    result.missing += len(truth - held)
    result.foreign += len(held - truth)
    result.refetched += sum(count - 1 for path, count in site.served.items() if path in site.paths and count > 1)
    result.outcome = _outcome(home)
    result.findings += _verify(home)


def _crawl(site: Site, home: Path, answers: int | None, delay: float) -> bool:
    """One `dibao crawl`, killed `delay` seconds after so many answers; True where it was killed."""
    command = [sys.executable, "-m", "crawler.cli", "crawl", "trial", "--allow-loopback"]
    with subprocess.Popen(command, cwd=ROOT, env=_environment(home), stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, start_new_session=True) as process:  # fmt: skip
        enough = site.served.total() + answers if answers is not None else None
        while process.poll() is None and (enough is None or site.served.total() < enough):
            time.sleep(0.01)
        with suppress(subprocess.TimeoutExpired):
            process.wait(delay)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            return True
    return False


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "DIBAO_ARCHIVE": str(home / "archive"), "DIBAO_PORTALS": str(home)}


def _urls(home: Path) -> list[str]:
    database = home / "archive" / "archive.db"
    if not database.exists():
        return []
    conn = sqlite3.connect(database)
    try:
        return [row[0] for row in conn.execute("SELECT url FROM articles")]
    except sqlite3.OperationalError:
        return []  # killed before the tables were there
    finally:
        conn.close()


def _outcome(home: Path) -> str:
    conn = sqlite3.connect(home / "archive" / "archive.db")
    outcome = conn.execute("SELECT outcome FROM runs ORDER BY id DESC LIMIT 1").fetchone()[0]
    conn.close()
    return str(outcome)


def _verify(home: Path) -> list[str]:
    done = subprocess.run([sys.executable, "-m", "crawler.cli", "verify"], cwd=ROOT, env=_environment(home),
                          capture_output=True, text=True, check=False)  # fmt: skip
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    result = trial(options.kills, articles=options.articles, seed=options.seed)
    print(result.table())
    sys.exit(bool(result.lost or result.duplicates or result.missing or result.foreign or result.findings))


if __name__ == "__main__":
    main()
