"""A file that has its name only when it is whole."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from archive import crash
from archive.errors import ArchiveError, DiskFull, ExportError, is_disk_full


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A binary file at `path`.part, written through to disk and renamed to `path` at the end; removed on any failure.

    A symlink stays, and the file it leads to is the one that is made. A pipe or a device is written into as it is.

    Raises ExportError where it can't be written, DiskFull where room runs out.
    """
    try:
        if _is_regular(path):
            with _part(Path(os.path.realpath(path))) as file:
                yield file
        else:
            with open(path, "wb") as file:
                yield file
    except BrokenPipeError:  # the reader of a pipe has had enough
        raise
    except OSError as error:
        raise _explained(error, path) from error


def _is_regular(path: Path) -> bool:
    """Whether a rename may put a file here: nothing else than a file stands at the end of all symlinks."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True


@contextmanager
def _part(path: Path) -> Iterator[BinaryIO]:
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        crash.point("in_export")
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


class Hashed:
    """A binary file that knows the length and SHA-256 of what went through."""

    def __init__(self, file: Any) -> None:
        self.file, self.digest, self.length = file, hashlib.sha256(), 0
        self.closed = False

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.length += len(data)
        return int(self.file.write(data))

    def flush(self) -> None:
        """Nothing is held back here."""

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def _explained(error: OSError, path: Path) -> ArchiveError:
    if is_disk_full(error):
        return DiskFull(f"no room left for {path}; nothing was left behind, free some space and export again")
    return ExportError(f"{path} can't be written: {error.strerror or error}; choose another place")
