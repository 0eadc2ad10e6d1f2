"""A list in several files: a sitemap index. The request for one file carries the addresses of those that follow it.

So the way through the files is kept with the frontier, like every other request, and a killed crawl goes on with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archive.records import Pager

MAX_FILES = 300  # of one index: requests grow with the files still to come


def first_file(files: Sequence[str]) -> Pager:
    """The pager of an index of these files."""
    request = {"url": files[0], "then": list(files[1:MAX_FILES]), "more": max(len(files) - MAX_FILES, 0)}
    return Pager("file_list", files[0], tuple(files), request, total_pages=len(files))


def is_file(request: Mapping[str, Any] | None) -> bool:
    """Whether what was asked for is one file of several."""
    return request is not None and "then" in request


def next_file(request: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The request for the file after this one, None behind the last."""
    if request is None or not request.get("then"):
        return None
    return {"url": request["then"][0], "then": list(request["then"][1:]), "more": request.get("more", 0)}


def pager_in_file(request: Mapping[str, Any]) -> Pager:
    """The pager of one file of several: what it says itself leads nowhere."""
    following = next_file(request)
    if following is None:
        return Pager("file_list")
    return Pager("file_list", following["url"], (following["url"], *following["then"]), following)


def files_unread(request: Mapping[str, Any] | None) -> int:
    """How many files there are past the last that is read, asked at that one."""
    return int((request or {}).get("more", 0)) if is_file(request) and next_file(request) is None else 0
