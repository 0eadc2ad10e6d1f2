"""One page for `dibao extract URL`: through the crawler's own gates (scope, robots, manners), stored nowhere."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from archive.config import load_config
from archive.warc import Place, read_record
from archive.writer import ArchiveWriter
from crawler.crawl import crawl
from crawler.errors import CrawlError
from crawler.options import CrawlOptions
from crawler.portal import for_url


def fetch_page(url: str, *, allow_loopback: bool) -> tuple[bytes, dict[str, str], str]:
    """(payload, headers, address it was at) of one page. Raises CrawlError where it cannot be had."""
    contact = os.environ.get("DIBAO_CONTACT") or load_config().contact
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder)
        options = CrawlOptions(allow_loopback=allow_loopback, contact=contact, limit=0, max_requests=2)
        summaries = crawl([for_url(url)], archive, options)
        with ArchiveWriter.open(archive) as writer:
            row = writer.conn.execute(
                'SELECT url, warc, "offset", length FROM captures WHERE status = 200 ORDER BY id LIMIT 1'
            ).fetchone()
        if row is None:
            issues = [issue.message for summary in summaries for issue in summary.issues]
            raise CrawlError(f"{url}: not fetched: {issues[0] if issues else 'no answer'}")
        _, headers, payload = read_record(archive / "warc", Place(*row[1:]))
        return payload, dict(headers), row[0]
