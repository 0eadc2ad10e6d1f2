"""Errors of the crawler.

    CrawlError                       `exit_code` is what the command ends with (docs/cli.md, "Exit codes")
    ├── PortalError                  a definition that cannot be used: file, key, nearest valid name      2
    ├── ConfigError                  dibao.toml, a flag, a missing contact                                2
    ├── RefusedError                 a portal that does not want us: robots.txt, a challenge             12
    ├── WorkersGone                  the processes that read pages are gone, and no new ones begin        1
    └── PageError                    one page; a run goes on
        ├── PageTooBig               over the size, nesting or attribute limits of crawler/html.py
        ├── PageTimeout              the parser passed its deadline and was killed
        └── NotAnArticle             a page, but no article; `kind` says what it is

A message gives portal, address, what was expected, what was found, and what to do next, on one line.
"""

from __future__ import annotations


def named(error: BaseException) -> str:
    """An error that nobody foresaw, in words: `KeyError: 'column'`."""
    return f"{type(error).__name__}: {error}"


class CrawlError(Exception):
    exit_code = 1


class PortalError(CrawlError):
    exit_code = 2


class ConfigError(CrawlError):
    exit_code = 2


class WorkersGone(CrawlError):
    """No page can be read any more in this process; what was asked for is to be asked again."""


class RefusedError(CrawlError):
    exit_code = 12


class PageError(CrawlError):
    """One page could not be used. `state` is the frontier state it ends in (archive/frontier.py)."""

    state = "failed_parse"


class PageTooBig(PageError):
    state = "failed_too_big"


class PageTimeout(PageError):
    state = "failed_parse_timeout"


class NotAnArticle(PageError):
    """`kind`: list, shell, soft_404, redirect, empty, frameset, wrong_type."""

    state = "not_article"

    def __init__(self, message: str, kind: str = "empty") -> None:
        super().__init__(message)
        self.kind = kind
        if kind == "soft_404":  # a held article whose address says so is gone, not misread
            self.state = "soft_404"

    def __reduce__(self) -> tuple[type[NotAnArticle], tuple[str, str]]:
        return type(self), (str(self), self.kind)  # crosses the worker-process border
