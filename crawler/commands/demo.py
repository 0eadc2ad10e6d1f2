"""`dibao demo`: the built-in portals crawled, searched, exported; the screen that shows what Dibao is for."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click


@click.command()
@click.option("--archive", "directory", type=click.Path(file_okay=False, path_type=Path),
              help="Leave the demo's archive here (default: a new temporary directory).")  # fmt: skip
def demo(directory: Path | None) -> None:
    """Crawl the built-in miniature portals, then search and export what was found."""
    from crawler.demo.show import run_demo

    run_demo(directory or Path(tempfile.mkdtemp(prefix="dibao-demo-")))
