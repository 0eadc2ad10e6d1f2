"""Logs of a crawl: one line an event on stderr, and in a file that is rotated by size.

Titles and addresses come from strangers and pass archive/terminal.py's `clean`; passwords and tokens that stand in an
address or a header never reach a line.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from filelock import FileLock, Timeout

from archive.terminal import LineFormatter, clean
from crawler.answers import Again, ArticleRead, Ended, FileRead, ListRead, Outcome, Redirected, Unchanged
from crawler.errors import ConfigError

MAX_BYTES = 10 * 1024 * 1024  # of one file
KEPT = 5  # older files beside it: dibao.log.1 is the newest of them
# user:password before a host; values of parameters, cookies and headers that open doors. Each group 1 stays.
LOGIN = re.compile(r"(://)[^\s/?#@]{1,500}@")
NAMES = (
    r"pass(?:word|wd)?|pwd|secret|token|access[_-]?token|api[_-]?key|key|sign(?:ature)?|sig|auth|session(?:id)?|sid|"
    r"jsessionid|phpsessid|ticket|credential"
)
PARAMETER = re.compile(
    rf"((?:^|[?&;#,\s\"'])(?:[\w.-]{{0,40}}[_.-])?(?:{NAMES})=)[^&;#?\s\"']{{1,4000}}", re.IGNORECASE
)
HEADER = re.compile(r"(\b(?:(?:proxy-)?authorization|(?:set-)?cookie)\W{1,4})[^\r\n]{1,4000}", re.IGNORECASE)


WORDS = {ListRead: "list", ArticleRead: "article", FileRead: "file", Unchanged: "not modified"}


def event(outcome: Outcome) -> str:
    """200 article, 8312 bytes in 0.21 s: https://… : what came back for one address, and what became of it."""
    answer = outcome.answer
    came = f"{answer.capture.status} " if answer else ""
    size = f", {answer.wire_bytes} bytes in {answer.elapsed:.2f} s" if answer else ""
    return f"{came}{_became(outcome)}{size}: {outcome.task.url}"


def _became(outcome: Outcome) -> str:
    if isinstance(outcome, Again):
        return f"once more, else {outcome.state} ({outcome.reason})"
    if isinstance(outcome, Ended):
        return f"{outcome.state} ({outcome.reason})"
    return f"redirect to {outcome.target}" if isinstance(outcome, Redirected) else WORDS[type(outcome)]


def mask(text: str) -> str:
    """Without passwords, tokens and session ids: `***` stands in their place."""
    text = LOGIN.sub(r"\1***@", text)
    return PARAMETER.sub(r"\1***", HEADER.sub(r"\1***", text))


class EventFormatter(LineFormatter):
    """2026-11-24T01:02:03Z WARNING erqi: 要闻: 0 rows …: one line, in UTC, harmless, without secrets."""

    def __init__(self, *, stamped: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s" if stamped else "%(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class RotatingLog(RotatingFileHandler):
    """Rotates under a lock, so that a second crawl which is only told to go away loses no line of the first one's."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=kept, encoding="utf-8", errors="backslashreplace")
        self._rotating = FileLock(f"{self.baseFilename}.lock", timeout=10)
        self._told = False

    def doRollover(self) -> None:
        try:
            with self._rotating:
                if Path(self.baseFilename).exists() and Path(self.baseFilename).stat().st_size >= self.maxBytes // 2:
                    return super().doRollover()
        except (OSError, Timeout) as error:  # no line is lost for it, and it is not tried for each
            self.maxBytes = 0
            return self._tell(f"cannot be rotated ({error}); it grows on")
        if self.stream:  # another process has rotated meanwhile: go on in the new file
            self.stream.close()
        self.stream = self._open()
        return None

    def handleError(self, record: logging.LogRecord) -> None:
        self._tell(f"cannot be written ({sys.exc_info()[1]}); the crawl goes on without it")

    def _tell(self, trouble: str) -> None:
        """Once, on stderr: a full disk would else be a traceback for every page."""
        if not self._told and sys.stderr:
            self._told = True
            with suppress(OSError):
                print(f"log {self.baseFilename}: {clean(trouble)}", file=sys.stderr)


def start_logging(verbose: bool, file: Path | None = None) -> None:
    """Warnings to stderr, with `verbose` everything; everything to `file`. Raises ConfigError for a file that cannot
    be written."""
    screen = logging.StreamHandler(sys.stderr)
    screen.setFormatter(EventFormatter(stamped=False))
    screen.setLevel(logging.INFO if verbose else logging.WARNING)
    handlers: list[logging.Handler] = [screen]
    if file is not None:
        handlers.append(_file_handler(file))
    for handler in handlers:
        handler.addFilter(_worth_telling)
    logging.getLogger().handlers[:] = handlers
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.getLogger("dibao").setLevel(logging.INFO)


def _worth_telling(record: logging.LogRecord) -> bool:
    """Libraries speak up only when something is wrong."""
    return record.name == "dibao" or record.levelno >= logging.WARNING


def _file_handler(file: Path) -> RotatingLog:
    try:
        handler = RotatingLog(file.expanduser())
    except OSError as error:
        raise ConfigError(
            f"log {file}: cannot be written ({error.strerror}); name another with --log, or `log` in dibao.toml"
        ) from None
    handler.setFormatter(EventFormatter(stamped=True))
    return handler
