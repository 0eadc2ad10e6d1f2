"""How fast pages are read: the parts of one page's time, and the rates beside trafilatura and the bare parser.

    PYTHONPATH=. python benchmarks/extraction.py [--set DIR] [--passes N]

`read` is the adapter for tools/extraction_bench.py of the shared material: `--project benchmarks.extraction:read`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).parents[1])  # not this folder: it has an archive.py too

from selectolax.lexbor import LexborHTMLParser

from crawler.decode import decode_page
from crawler.errors import PageError
from crawler.extract import extract
from crawler.html import read_page

URL = "http://www.example.gov.cn/xw/t20230101_1.html"


def read(html: str, url: str | None) -> dict[str, Any]:
    """The fields the harness judges."""
    try:
        article = extract(html, url)
    except PageError:
        return dict.fromkeys(("title", "published", "source", "breadcrumb", "body"))
    return {
        "title": article.title or None,
        "published": article.published,
        "source": article.source,
        "breadcrumb": list(article.breadcrumb) or None,
        "body": article.body or None,
    }


def milliseconds(work: Callable[[Any], object], pages: Sequence[Any], passes: int) -> float:
    """CPU time of one page, the best of several passes."""
    best = float("inf")
    for _ in range(passes):
        began = time.process_time()
        for page in pages:
            work(page)
        best = min(best, time.process_time() - began)
    return 1000 * best / len(pages)


def steps() -> dict[str, Callable[[Any], object]]:
    found: dict[str, Callable[[Any], object]] = {
        "parse (lexbor)": lambda page: LexborHTMLParser(page.decode("utf-8", "replace")),
        "decode": decode_page,
        "decode, parse, walk": lambda page: read_page(decode_page(page).text),
        "all fields": lambda page: extract(page, URL),
    }
    try:
        from trafilatura import bare_extraction
        from trafilatura.settings import set_date_params
    except ImportError:
        return found

    def peer(page: bytes) -> object:
        """With the options of tools/extraction_bench.py, by which the issue measures."""
        dates = {**set_date_params(), "outputformat": "%Y-%m-%d %H:%M:%S"}
        return bare_extraction(
            page.decode("utf-8", "replace"),
            url=URL,
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            include_formatting=False,
            date_extraction_params=dates,
        )

    return {**found, "trafilatura": peer}


def main() -> None:
    shared = Path(os.environ.get("DIBAO_SHARED", Path(__file__).parent.parent.parent / "shared"))
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--set", type=Path, default=shared / "data/articles", help="folder with pages/*.html")
    options.add_argument("--passes", type=int, default=5)
    chosen = options.parse_args()
    pages = [path.read_bytes() for path in sorted((chosen.set / "pages").glob("*.html"))]
    if not pages:
        raise SystemExit(f"no pages in {chosen.set / 'pages'}; set DIBAO_SHARED or --set")
    costs = {name: milliseconds(work, pages, chosen.passes) for name, work in steps().items()}
    whole = costs["all fields"]
    print(f"{len(pages)} pages\n{'':22}{'ms a page':>10}{'pages/s':>10}{'of our time':>13}")
    for name, cost in costs.items():
        print(f"{name:22}{cost:10.2f}{1000 / cost:10.0f}{cost / whole:13.2f}")


if __name__ == "__main__":
    main()
