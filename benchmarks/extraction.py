"""Adapter for tools/extraction_bench.py of the shared material: `--project benchmarks.extraction:read`."""

from __future__ import annotations

from typing import Any

from crawler.errors import PageError
from crawler.extract import extract


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
