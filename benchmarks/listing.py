"""Scores list_page on the shared saved list pages, without definitions: rows, dates, headlines, page 2."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).parents[1])  # not this folder: it has an archive.py too

from archive.urls import canonical_url
from crawler.html import fold
from crawler.listing import list_page

SHARED = Path(os.environ.get("DIBAO_SHARED", "../shared"))


def main() -> None:
    folder = SHARED / "data" / "lists"
    if not folder.is_dir():
        sys.exit(f"skipped: no saved list pages at {folder}; set DIBAO_SHARED")
    print("page".ljust(28), "gold found  recall precision  dates titles page-2     ms")
    for gold_file in sorted((folder / "gold").glob("*.json")):
        gold = json.loads(gold_file.read_text("utf-8"))
        page = next((folder / "pages").glob(f"{gold['slug']}.*"))
        print(gold["slug"].ljust(28), *_score(gold, page.read_bytes()))


def _score(gold: dict[str, Any], page: bytes) -> list[str]:
    began = time.perf_counter()
    listing = list_page(page, gold["url"])
    spent = time.perf_counter() - began
    wanted = {canonical_url(row["href"]): row for row in gold["rows"]}
    found = {canonical_url(row.url): row for row in listing.rows}
    right = wanted.keys() & found.keys()
    dates = sum(found[url].date == wanted[url].get("date") for url in right)  # a date where gold has none is wrong
    # the saved page of CSRC prints a second line in its links: gold takes both forms
    titles = sum(fold(found[url].title).startswith(fold(wanted[url]["title"])) for url in right)
    following = (gold.get("pager") or {}).get("page2")
    page2 = "-" if not following else str(listing.pager.next_url == following)
    return [f"{len(wanted):4} {len(found):5}", f"{len(right) / max(len(wanted), 1):7.3f}",
            f"{len(right) / max(len(found), 1):9.3f}", f"{dates:3}/{len(right):2}", f"{titles:3}/{len(right):2}",
            f"{page2:6}", f"{spent * 1000:6.1f}"]  # fmt: skip


if __name__ == "__main__":
    main()
