"""List pages: rows and pagers of any platform. `list_page` is pure; docs/listing.md says what is read how."""

from crawler.listing.page import list_page

__all__ = ["list_page"]
