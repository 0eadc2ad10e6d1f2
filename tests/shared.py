"""The shared saved pages: read from outside, never copied into the project; tests skip where they are absent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("DIBAO_SHARED", ROOT.parent / "shared"))
needs_shared = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason=f"no saved pages at {SHARED}; set DIBAO_SHARED"
)


def golds(folder: str) -> list[dict[str, Any]]:
    """The gold files of data/<folder>; empty where the shared material is absent."""
    return [json.loads(path.read_text("utf-8")) for path in sorted((SHARED / "data" / folder / "gold").glob("*.json"))]


def page_of(folder: str, slug: str) -> bytes:
    return next((SHARED / "data" / folder / "pages").glob(f"{slug}.*")).read_bytes()
