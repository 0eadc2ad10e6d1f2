"""What the downloader raises, as frontier states and in words."""

from __future__ import annotations

from OpenSSL.SSL import Error as TLSError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionClosed

from crawler.refusal import Refusal

# Exception -> (frontier state, word for the ledger).
_STATES: tuple[tuple[type[BaseException], str, str], ...] = (
    (CannotResolveHostError, "failed_dns", "dns"),
    (DownloadTimeoutError, "failed_timeout", "timeout"),
    (DownloadConnectionRefusedError, "failed_network", "connection refused"),
    (ResponseDataLossError, "failed_truncated", "cut short"),
    (DownloadCancelledError, "failed_too_big", "too big"),
    (UnsupportedURLSchemeError, "refused_scheme", "scheme"),
    (TLSError, "failed_tls", "tls"),
    (ConnectError, "failed_network", "no connection"),
    (ConnectionClosed, "failed_network", "connection lost"),
)


def failure_state(error: BaseException) -> tuple[str, str]:
    """The frontier state of a request that gave no answer, and the word the ledger counts it under.

    What is none of the known kinds was an answer that is not HTTP: a status line or header that cannot be read.
    """
    if isinstance(error, Refusal):
        return error.state, error.state
    for cause in (error, *_causes(error)):
        found = next(((state, word) for kind, state, word in _STATES if isinstance(cause, kind)), None)
        if found:
            return found
    return "failed_protocol", "protocol"


def tls_reason(error: BaseException) -> str | None:
    """Why the TLS connection failed ("certificate verify failed"), or None where it was something else."""
    broken = next((cause for cause in (error, *_causes(error)) if isinstance(cause, TLSError)), None)
    if broken is None:
        return None
    parts = [
        text for entry in (broken.args[0] if broken.args else ()) for text in entry if text and "routines" not in text
    ]
    return ", ".join(parts) or "handshake failed"


def _causes(error: BaseException) -> list[BaseException]:
    """What Twisted wrapped: a ResponseFailed carries its reasons as Failures."""
    cause = error.__cause__
    reasons = [failure.value for failure in getattr(cause, "reasons", ())]
    return reasons + ([cause] if cause is not None else [])
