"""Judge an answer before anything is parsed: content to read, or what else it is. Pure.

A challenge page, a cut body, a redirect and a 404 are never handed to a parser.
"""

from __future__ import annotations

from string import ascii_letters, digits, punctuation
from urllib.parse import quote, urljoin

from archive.frontier import Task
from crawler.answers import Again, Answer, Ended, Outcome, Redirected, Unchanged
from crawler.challenge import ASKS_BACK, recognise
from crawler.jumps import jump_of

MAX_REDIRECTS = 5
MAX_ATTEMPTS = 3
PLAIN = ascii_letters + digits + punctuation  # in a Location: other bytes, of Chinese in any encoding, are escaped
# Trouble that often passes within minutes (522 and 524 are a CDN's time-outs).
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 522, 524})
# First bytes of what is not a page, whatever Content-Type says.
MAGIC = (
    (b"%PDF-", "PDF"), (b"PK\x03\x04", "ZIP or Office file"), (b"\xd0\xcf\x11\xe0", "old Office file"),
    (b"\x89PNG", "PNG image"), (b"\xff\xd8\xff", "JPEG image"), (b"GIF8", "GIF image"), (b"Rar!", "RAR file"),
    (b"7z\xbc\xaf", "7z file"), (b"\x00\x00\x00\x18ftyp", "video"),
)  # fmt: skip


def judge(task: Task, answer: Answer, *, cookies: bool = False) -> Outcome | None:
    """What the answer is, or None where it is content for the parser of the task's kind.

    `cookies`: the portal's own are kept, so that one may be asked back with once.
    """
    status = answer.capture.status
    found = recognise(status, answer.capture.headers, answer.capture.payload, url=task.url)
    if found is not None and cookies and task.attempts == 1 and ASKS_BACK in found.signs:
        return Again(task, "blocked_challenge", ASKS_BACK, answer)
    if found is not None:
        return Ended(task, "blocked_challenge", f"{found.product}: {', '.join(found.signs)}", answer)
    if status == 304:
        return _not_modified(task, answer)
    if 300 <= status < 400:
        return _redirect(task, answer)
    if status in (404, 410):
        return Ended(task, "gone", f"HTTP {status}", answer)
    if status in PASSING:
        state = "retry_later" if status in (429, 503) else "failed_http"
        return Again(task, state, f"HTTP {status}", answer)
    if status != 200:
        return Ended(task, "failed_http", f"HTTP {status}", answer)
    if answer.capture.truncated:
        return Again(task, "failed_truncated", f"body cut short after {len(answer.capture.payload)} bytes", answer)
    if task.kind in ("list", "article") and (target := jump_of(answer.capture)):
        return _led_to(task, answer, target)
    return _wrong_type(task, answer)


def _not_modified(task: Task, answer: Answer) -> Outcome:
    """304 says something only of what we hold, and only to whoever asked whether it changed: never of a list page."""
    if task.article_id is None and not (task.kind == "file" and task.payload_digest):
        return Again(task, "failed_http", f"304 for a {task.kind} we do not hold", answer, unconditional=True)
    if not (task.etag or task.last_modified):
        return Again(task, "failed_http", "304 to a request without a condition", answer)
    return Unchanged(task, answer)


def _redirect(task: Task, answer: Answer) -> Outcome:
    location = (answer.header("Location") or "").strip().replace("\\", "/")
    if not location:
        return Ended(task, "failed_http", f"HTTP {answer.capture.status} without a Location", answer)
    try:
        return _led_to(task, answer, urljoin(task.url, quote(location, safe=PLAIN, encoding="latin-1")))
    except ValueError:
        return Ended(task, "failed_http", f"unreadable Location {location!r}", answer)


def _led_to(task: Task, answer: Answer, target: str) -> Outcome:
    if task.depth >= MAX_REDIRECTS:
        return Ended(task, "failed_redirects", f"more than {MAX_REDIRECTS} redirects, the last to {target}", answer)
    if target == task.url:
        return Ended(task, "failed_redirects", "redirects to itself", answer)
    return Redirected(task, answer, target)


def _wrong_type(task: Task, answer: Answer) -> Outcome | None:
    if task.kind in ("file", "probe"):
        return None
    head = answer.capture.payload[:16]
    found = next((name for magic, name in MAGIC if head.startswith(magic)), None)
    if task.kind != "list" and head.startswith(b"\x1f\x8b"):  # a sitemap may be one
        found = "gzip file"
    if found is None and not answer.capture.payload.strip():
        found = "empty body"
    if found is None:
        return None
    return Ended(task, "failed_wrong_type", f"{found} where a {task.kind} page was expected", answer)
