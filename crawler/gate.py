"""One gate per host, shared by all crawlers of the process: every request passes it, one at a time.

After a request has ended the gate stays shut for the longest of: the delay, Crawl-delay, five times the response time,
the back-off after errors, Retry-After. Jitter only adds: nobody is asked sooner than was promised.
Refusals end a task as "pending" (the run is ending; the next one asks) or "retry_later" (the host said so).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from crawler.addresses import normal_host
from crawler.refusal import Refusal
from crawler.scope import is_loopback

JITTER = 0.25  # of the wait, added at random
ADAPTIVE = 5.0  # times the last response time, as Heritrix
MAX_ADAPTIVE = 30.0  # seconds
MAX_BACKOFF = 300.0  # seconds, after errors that came without a Retry-After
THROTTLED_WAIT = 30.0  # seconds, doubled each time: 429 or 503 without a Retry-After that can be read
MAX_RETRY_AFTER = 3600.0  # seconds; who asks for more is left alone until the next run
MAX_THROTTLED = 3  # 429 or 503 in a row
SLICE = 0.25  # seconds between two looks at whether the run is being stopped
THROTTLED = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class GateState:
    """What a gate knows of its host, for the gate of another process."""

    closed: str | None
    crawl_delay: float
    opens: float  # time.time(): monotonic clocks are each process's own
    errors: int
    throttled: int


class Gate:
    """One host's gate. `enter` waits for the turn, `leave` says how the request ended."""

    def __init__(self, host: str, jitter: Callable[[], float] = lambda: random.uniform(1, 1 + JITTER)) -> None:
        self.host, self.jitter = host, jitter
        self.crawl_delay = 0.0  # seconds; set from robots.txt
        self.closed: str | None = None  # why no request goes out any more in this run
        self.stopped = False
        self._turn = asyncio.Lock()
        self._open_at = 0.0  # time.monotonic()
        self._last_end = 0.0
        self._errors = 0  # in a row, time-outs and 5xx
        self._throttled = 0  # in a row, 429 and 503

    async def enter(self, stopping: Callable[[], str | None]) -> None:
        """Wait until the host may be asked; Refusal where it may not. `stopping`: why the run is ending, or None."""
        turn = asyncio.ensure_future(self._turn.acquire())  # keeps its place in the queue while we look around
        try:
            while not turn.done():
                await asyncio.wait({turn}, timeout=SLICE)
                self._check(stopping)
            while (left := self._seconds_left()) > 0:
                self._check(stopping)
                await asyncio.sleep(min(left, SLICE))
            self._check(stopping)
        except BaseException:
            if turn.done():
                self._turn.release()
            turn.cancel()
            raise

    def _seconds_left(self) -> float:
        """Until the gate opens; Crawl-delay is learnt only after robots.txt itself was asked."""
        return max(self._open_at, self._last_end + self.crawl_delay) - time.monotonic()

    def _check(self, stopping: Callable[[], str | None]) -> None:
        if self.stopped:
            raise Refusal("pending", "stopping")
        if why := stopping():
            raise Refusal("pending", why)
        if self.closed:
            raise Refusal("retry_later", self.closed)

    def leave(self, status: int | None, elapsed: float, delay: float, retry_after: str = "") -> float:
        """Open the gate for the next request in due time; return the seconds of back-off, 0 where there is none.

        `status` None: no answer came. `delay` 0 is for this machine: then only what the host asked for counts.
        """
        self._errors = self._errors + 1 if status is None or status >= 500 or status == 429 else 0
        self._throttled = self._throttled + 1 if status in THROTTLED else 0
        wait = max(delay, min(ADAPTIVE * elapsed, MAX_ADAPTIVE) if delay else 0.0, self.crawl_delay) * self.jitter()
        backoff = self._backoff(status, delay, retry_after)
        self._last_end = time.monotonic()
        self._open_at = self._last_end + max(wait, backoff)
        self._turn.release()
        return backoff

    def _backoff(self, status: int | None, delay: float, retry_after: str) -> float:
        asked = retry_seconds(retry_after, datetime.now(UTC)) if status in THROTTLED else None
        if asked is not None and asked > MAX_RETRY_AFTER:
            self.closed = f"{self.host} asked us to wait {asked:.0f} s; stopped until the next run"
            return 0.0
        if self._throttled >= MAX_THROTTLED:
            self.closed = f"{self.host} answered {status} {MAX_THROTTLED} times in a row; stopped until the next run"
        if asked is not None:
            return asked
        if not self._errors:
            return 0.0
        first = max(THROTTLED_WAIT, delay) if status in THROTTLED and delay else 2 * delay
        return min(first * 2.0 ** min(self._errors - 1, 10), MAX_BACKOFF)

    def state(self) -> GateState:
        opens = time.time() + max(0.0, self._seconds_left())
        return GateState(self.closed, self.crawl_delay, opens, self._errors, self._throttled)

    def go_on(self, state: GateState) -> None:
        """Be as shut as the gate that `state` is of."""
        self.closed, self.crawl_delay = state.closed, state.crawl_delay
        self._open_at = time.monotonic() + state.opens - time.time()
        self._errors, self._throttled = state.errors, state.throttled


_gates: dict[str, Gate] = {}


def gate_for(url: str) -> Gate:
    """The gate of the host of `url`. Ports of one public host share it; servers on this machine have one each."""
    parts = urlsplit(url)
    host = normal_host(parts.hostname or "")
    key = parts.netloc if is_loopback(host) else host
    return _gates.setdefault(key, Gate(key))


def gate_states() -> dict[str, GateState]:
    """Host -> the state of its gate, for `go_on` in another process."""
    return {host: gate.state() for host, gate in _gates.items()}


def go_on(states: Mapping[str, GateState]) -> None:
    """Take over the gates of another process."""
    for host, state in states.items():
        _gates.setdefault(host, Gate(host)).go_on(state)


def stop_all_gates() -> None:
    """Wake whatever waits at a gate, with Refusal("pending", "stopping"): Ctrl-C takes no longer than one answer."""
    for gate in _gates.values():
        gate.stopped = True


def retry_seconds(value: str, now: datetime) -> float | None:
    """Retry-After as seconds from `now`: a number or an HTTP date; the past is 0; None where it cannot be read."""
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:12])  # nobody means to wait for more than 30,000 years
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
