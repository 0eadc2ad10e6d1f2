"""Whether a crawl holds an archive's lock, looked up in the kernel's table."""

from __future__ import annotations

from pathlib import Path


def is_locked(archive: Path) -> bool:
    """Whether a process holds the archive's lock; looked up, not tried, so that no crawl is turned away meanwhile."""
    file, table = archive / "archive.lock", Path("/proc/locks")
    if not file.is_file() or not table.is_file():
        return False
    inode = file.stat().st_ino
    return any(words[1] == "FLOCK" and words[5].rsplit(":", 1)[-1] == str(inode)
               for words in map(str.split, table.read_text().splitlines()) if len(words) > 5)  # fmt: skip
