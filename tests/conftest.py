"""What every test starts from."""

from __future__ import annotations

import signal

# A shell that runs the tests in the background has them ignore Ctrl-C, and every crawl they start inherits that.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
