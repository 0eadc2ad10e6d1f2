"""One finding of `dibao doctor`."""

from __future__ import annotations

from dataclasses import dataclass

OK, NOTE, BAD = "ok", "note", "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    level: str  # ok, note, BAD
    subject: str
    what: str  # on one line: what was found; and of what is not well, the cure
    exit_code: int = 0

    def __str__(self) -> str:
        return f"{self.level:<5}{self.subject}: {self.what}"
