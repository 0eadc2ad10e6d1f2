"""What a run does not import: a library's heavy companions."""

from __future__ import annotations

import subprocess
import sys


def test_a_writer_brings_no_pandas_and_takes_none_away() -> None:
    script = "import sys, archive.writer, crawler.run; print({'pandas', 'numpy'} & {*sys.modules}); import pandas"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "set()\n"), done.stderr
