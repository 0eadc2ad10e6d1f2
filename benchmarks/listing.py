"""Scores list_page on the saved list pages of the shared material, without definitions: rows, dates, page 2."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from archive.urls import canonical_url
from crawler.listing import list_page

SHARED = Path(os.environ.get("DIBAO_SHARED", "../shared"))


def main() -> None:
    folder = SHARED / "data" / "lists"
    if not folder.is_dir():
        sys.exit(f"skipped: no saved list pages at {folder}; set DIBAO_SHARED")
    print("page".ljust(34), "gold found  recall precision dates page-2")
    for gold_file in sorted((folder / "gold").glob("*.json")):
        gold = json.loads(gold_file.read_text("utf-8"))
        page = next((folder / "pages").glob(f"{gold['slug']}.*"))
        print(gold["slug"].ljust(34), *_score(gold, page.read_bytes()))


def _score(gold: dict[str, Any], page: bytes) -> list[str]:
    listing = list_page(page, gold["url"])
    wanted = {canonical_url(row["href"]): row for row in gold["rows"]}
    found = {canonical_url(row.url): row for row in listing.rows}
    right = wanted.keys() & found.keys()
    dated = [url for url in right if wanted[url].get("date")]
    dates = sum((found[url].date or "")[:10] == wanted[url]["date"][:10] for url in dated)
    pager = gold.get("pager") or {}
    following = pager.get("page2") or pager.get("next_url") or pager.get("next")
    page2 = "-" if not following else str(listing.pager.next_url == following)
    return [f"{len(wanted):4} {len(found):5}", f"{len(right) / max(len(wanted), 1):7.3f}",
            f"{len(right) / max(len(found), 1):9.3f}", f"{dates}/{len(dated)}", page2]  # fmt: skip


if __name__ == "__main__":
    main()
