"""The archive: one SQLite file, raw captures beside it, and everything that reads them.

Never imports `crawler` or `scrapy` (tests/test_architecture.py holds it), so that a researcher can install and
query an archive without a crawler. Layout on disk and tables: docs/architecture.md.
"""

from archive.reader import Archive

__all__ = ["Archive"]
