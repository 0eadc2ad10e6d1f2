"""A file that has its name only when it is whole."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archive import crash
from archive.errors import ArchiveError, DiskFull, ExportError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A binary file at `path`.part, written through to disk and renamed to `path` at the end; removed on any failure.

    Raises ExportError where it can't be written, DiskFull where room runs out.
    """
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        crash.point("in_export")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _explained(error, path) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _explained(error: OSError, path: Path) -> ArchiveError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFull(f"no room left for {path}; nothing was left behind, free some space and export again")
    return ExportError(f"{path} can't be written: {error.strerror or error}; choose another place")
