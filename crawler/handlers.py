"""Scrapy's HTTP handler with a bound on the response head, which DOWNLOAD_MAXSIZE does not cover.

Without it endless headers end at DOWNLOAD_TIMEOUT only: 8 s of them took 1.7 GB of memory (loopback, Scrapy 2.19).
"""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers import http11
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, ParseError

MAX_HEAD = 256 * 1024  # bytes of status line and headers; browsers stop at the same


class _BoundedProtocol(http11._LenientHTTP11ClientProtocol):
    _head = 0  # bytes received of the head of the answer that is being read

    def request(self, request: Any) -> Any:
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._head += len(data)
            if self._head > MAX_HEAD:
                self._giveUp(Failure(ParseError(f"headers over {MAX_HEAD} bytes", data[:100])))
                return
        super().dataReceived(data)


class _BoundedFactory(http11._LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _BoundedProtocol:
        return _BoundedProtocol(self._quiescentCallback)


class BoundedHandler(http11.HTTP11DownloadHandler):
    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
