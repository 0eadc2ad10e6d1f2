"""Cookies, for a portal that answers nobody without them: `cookies = true` in its definition.

Stricter than a browser: a cookie goes back to the scheme, host and port that set it and nowhere else, whatever its
Domain says (many portals set theirs for all of .gov.cn). Each crawl of a portal has a jar of its own, in memory only.
"""

from __future__ import annotations

import time
from collections import defaultdict
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

MAX_COOKIES = 50  # of one origin, as browsers keep at least
MAX_SIZE = 4096  # bytes of one cookie


class CookiesMiddleware:
    """One portal's jar."""

    def __init__(self) -> None:
        self._jars: defaultdict[tuple[str, str], dict[bytes, bytes]] = defaultdict(dict)

    def process_request(self, request: Request) -> None:
        jar = self._jars[_origin(request.url)]
        if jar:
            request.headers[b"Cookie"] = b"; ".join(name + b"=" + value for name, value in jar.items())

    def process_response(self, request: Request, response: Response) -> Response:
        jar = self._jars[_origin(request.url)]
        for line in response.headers.getlist(b"Set-Cookie"):
            pair, *attributes = line.split(b";")
            name, _, value = (part.strip() for part in pair.partition(b"="))
            if _has_ended(attributes):
                jar.pop(name, None)
            elif name and len(pair) <= MAX_SIZE and (name in jar or len(jar) < MAX_COOKIES):
                jar[name] = value
        return response


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _has_ended(attributes: list[bytes]) -> bool:
    """Whether a cookie is set only to be deleted: Max-Age goes before Expires."""
    given = {name.strip().lower(): value.strip() for name, _, value in (one.partition(b"=") for one in attributes)}
    if age := given.get(b"max-age"):
        return age == b"0" or age.startswith(b"-")
    try:
        return parsedate_to_datetime(given.get(b"expires", b"").decode("latin-1")).timestamp() <= time.time()
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
