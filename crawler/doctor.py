"""`dibao doctor`: what could go wrong here, before it does. One finding a line, each with its cure.

ok     looked at, and well
note   worth knowing; nothing fails because of it
BAD    something fails, or will; `exit_code` says of which kind
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from archive.errors import ArchiveError
from crawler import doctor_archive, doctor_machine, doctor_portals
from crawler.doctor_finding import BAD, Finding
from crawler.errors import CrawlError

Check = Callable[[], Iterator[Finding]]


def diagnose(archive: Path, *, online: bool = False) -> Iterator[Finding]:
    """Every finding as it is found; a check that cannot be made is a finding too."""
    checks: list[tuple[str, Check]] = [
        ("versions", doctor_machine.versions),
        ("configuration", doctor_machine.configuration),
        ("definitions", doctor_portals.definitions),
        ("workers", doctor_machine.workers),
        ("disk", lambda: doctor_machine.disk(archive)),
        ("file system", lambda: doctor_machine.file_system(archive)),
        ("lock", lambda: doctor_machine.lock(archive)),
        ("archive", lambda: doctor_archive.database(archive)),
        ("raw pages", lambda: doctor_archive.raw_pages(archive)),
        ("clock", lambda: doctor_archive.clock(archive)),
        ("leftovers", lambda: doctor_archive.leftovers(archive)),
        ("rules", lambda: doctor_portals.rules(archive)),
    ]
    if online:
        checks.append(("portal's clock", doctor_portals.clock_of_a_portal))
    told = set()
    for subject, check in checks:
        for finding in _made(subject, check, archive):
            if finding.what not in told:  # a file nobody can read is one trouble, whoever meets it
                told.add(finding.what)
                yield finding


def _made(subject: str, check: Check, archive: Path) -> Iterator[Finding]:
    try:
        yield from check()
    except (ArchiveError, CrawlError) as error:
        yield Finding(BAD, subject, str(error), error.exit_code)
    except sqlite3.DatabaseError as error:
        yield Finding(BAD, subject, f"{archive}: {error}; `dibao verify` tells more, `dibao restore` helps", 6)
    except OSError as error:
        yield Finding(BAD, subject, f"{error.filename or archive}: {error.strerror}", 1)
