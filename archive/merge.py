"""`dibao merge OTHER`: another archive, of another vantage point, into this one. Run twice, it adds nothing.

Articles are the same by the rules a crawl has (address, alias, document, headline and text); their states are put in
order of time (archive/timeline.py), contradictions are listed and none is lost. Ids of this archive stay. Records are
copied as they stand, with `captures.origin` saying where from. What was forgotten here stays out; what was forgotten
there is listed, and forgotten here too only when asked. The other archive is read in one state, also during a crawl.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from archive import removal, search_index
from archive.articles import ArticleStore, with_bytes
from archive.connection import FILE, connect_readonly
from archive.errors import ArchiveError, IntegrityError
from archive.files import path_of, put
from archive.forget import forget_rows, forgotten_text
from archive.frontier import OPEN
from archive.merge_captures import CaptureCopier
from archive.reprints import link_reprints
from archive.rows import dict_rows, insert, one_row, update
from archive.sections import merge_names
from archive.states import STATE, read_states, reindex, write_earlier, write_evidence, write_states
from archive.timeline import State, interleave
from archive.warc import payload_digest
from archive.writer import ArchiveWriter

Ids = dict[int, int]  # there -> here


@dataclass(slots=True)
class Report:
    """What was taken over, and what needs a person's eye."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(
        ("articles", "states", "captures", "aliases", "addresses", "files"), 0))  # fmt: skip
    conflicts: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    forgotten_there: list[str] = field(default_factory=list)
    not_removed: list[ArchiveError] = field(default_factory=list)  # of what is forgotten here too
    forgotten_here: int = 0  # articles and captures left out, because they were forgotten here

    def add(self, what: str, number: int = 1) -> None:
        self.counts[what] += number

    def as_dict(self) -> dict[str, Any]:
        return {"added": self.counts, "conflicts": self.conflicts, "damaged": self.damaged,
                "forgotten_there": self.forgotten_there, "forgotten_here": self.forgotten_here,
                "not_removed": [str(error) for error in self.not_removed]}  # fmt: skip


def merge(
    writer: ArchiveWriter,
    other: Path,
    *,
    apply_tombstones: bool = False,
    advance: Callable[[], None] = lambda: None,
) -> Report:
    """Take everything of the archive in `other` over.

    Raises ArchiveError for this archive itself, ArchiveNotFound, SchemaError, IntegrityError for a damaged one.
    """
    if other.exists() and os.path.samefile(other, writer.directory):
        raise ArchiveError(f"{other} is this archive itself; name the other one")
    with closing(connect_readonly(other)) as there:
        _check(there, other)
        there.execute("BEGIN")  # one state, whatever is written meanwhile
        work = _Merge(writer, there, other)
        work.run(advance)
        work.tombstones(apply_tombstones)
    return work.report


def _check(there: sqlite3.Connection, other: Path) -> None:
    try:
        result = there.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        result = str(error)
    if result != "ok":
        raise IntegrityError(f"{other / FILE}: {result}; restore it from a backup, then merge")


class _Merge:
    def __init__(self, writer: ArchiveWriter, there: sqlite3.Connection, other: Path) -> None:
        self.writer, self.here, self.there, self.other = writer, writer.conn, there, other
        self.store = ArticleStore(writer.conn)
        self.report = Report()
        self.sections: Ids = {}
        self.changed: list[int] = []  # articles to be compared for reprints
        self.run_id = 0
        self.captures: CaptureCopier

    def run(self, advance: Callable[[], None]) -> None:
        with self.writer.page():
            self.run_id = self.writer.start_run("merge", {"other": self.other.name})
            self.captures = CaptureCopier(self.writer, self.there, self.other, self.run_id)
            self._sections()
        for (article_id,) in self.there.execute("SELECT id FROM articles ORDER BY id"):
            with self.writer.page():
                self._article(article_id)
            self.writer.commit_if_due()
            advance()
        self._captures()
        with self.writer.page():
            self._rest()
            link_reprints(self.here, self.changed)
            search_index.tidy(self.here)
            self.report.add("captures", self.captures.copied)
            self.report.forgotten_here += self.captures.forgotten
            self.report.damaged += self.captures.damaged
            (taken,) = self.here.execute("SELECT count(*) FROM outcomes WHERE run_id = ?", (self.run_id,)).fetchone()
            self.writer.finish_run(self.run_id, "complete", {"taken": taken, **self.report.counts})
        self.writer.commit()

    def tombstones(self, apply: bool) -> None:
        """What was forgotten there and not here."""
        for url, reason in self.there.execute("SELECT url, reason FROM tombstones ORDER BY url"):
            article_id = self.store.find(url)
            if article_id is None:
                continue
            self.report.forgotten_there.append(f"{url} ({reason})")
            if apply:
                self.report.not_removed += forget_rows(
                    self.writer, article_id, f"{reason} (forgotten in {self.other.name})"
                ).left
        self.report.not_removed += removal.finish(self.here, self.writer.directory)

    # --- articles --------------------------------------------------------------------------------------------------

    def _article(self, there_id: int) -> None:
        row = one_row(self.there, "SELECT * FROM articles WHERE id = ?", there_id)
        aliases = dict(self._theirs("SELECT url, kind FROM aliases WHERE article_id = ?", there_id))
        addresses = [row["url"], *aliases]
        states = list(read_states(self.there, there_id, ours=False))
        if self._is_forgotten(addresses, states):
            self.captures.leave_out(addresses)
            self.report.forgotten_here += 1
            return
        here_id = self._held(row, aliases, states)
        if here_id is None:
            here_id = self._insert(row, states)
            self.report.add("articles")
            self.changed.append(here_id)
        else:
            self._join(here_id, row, states)
        self._aliases(here_id, there_id, row["url"])
        self._memberships(here_id, there_id)
        self._frontier(here_id, there_id)
        self._files(here_id, there_id)

    def _held(self, row: dict[str, Any], aliases: dict[str, str], states: list[State]) -> int | None:
        """The article here that it is: at its address, under another one that either has for it, or the same document.

        Addresses that once had one text (内容更新中) are two articles where one of them has a text of its own by now.
        """
        for url in (row["url"], *aliases):
            found = self.store.find(url)
            if found is None:
                continue
            kind = self.here.execute("SELECT kind FROM aliases WHERE url = ?", (url,)).fetchone()
            if kind == ("same_text",):
                same = self.store.says(found, row["content_digest"], row["title"], row["document_key"])
            elif aliases.get(url) == "same_text":
                now = self.here.execute("SELECT content_digest FROM articles WHERE id = ?", (found,)).fetchone()[0]
                same = now in {state.digest for state in states}
            else:
                same = True
            if same:
                return found
        return self.store.same_document(row["portal"], row["title"], row["body"], row["document_key"])

    def _is_forgotten(self, addresses: list[str], states: list[State]) -> bool:
        """Whether it was forgotten here: an address, or of one of its states the bytes or, on its host, the text."""
        if any(map(self.store.forgotten, addresses)):
            return True
        for state in states:
            columns = dict(zip(STATE, state.columns, strict=True))
            title, body = columns["title"], columns["body"]
            if self.captures.is_forgotten(columns["capture_id"]) or any(
                forgotten_text(self.here, url, title, body) for url in addresses
            ):
                return True
        return False

    def _insert(self, row: dict[str, Any], states: list[State]) -> int:
        states = [self._mapped(state) for state in states]
        present = dict(zip(STATE, states[-1].columns, strict=True))
        columns = {**row, **present, "revision": len(states)}
        del columns["id"]
        here_id = insert(self.here, "articles", columns)
        self._part(row["url"], here_id)
        write_earlier(self.here, here_id, states)
        search_index.add(self.here, here_id, present["title"], present["body"])
        self.store.fingerprint(here_id, present["body"])
        write_evidence(self.here, here_id, self._evidence(row["id"]))
        return here_id

    def _part(self, url: str, here_id: int) -> None:
        """Its address is no alias, where it was one of an article whose text it once had."""
        self.here.execute("DELETE FROM aliases WHERE url = ?", (url,))
        self.here.execute("UPDATE frontier SET article_id = ? WHERE key = ? AND article_id NOT NULL", (here_id, url))

    def _join(self, here_id: int, row: dict[str, Any], theirs: list[State]) -> None:
        """Their states of an article that is held here."""
        held = one_row(self.here, "SELECT * FROM articles WHERE id = ?", here_id)
        ours = list(read_states(self.here, here_id))
        merged, conflicts = interleave(ours, theirs, ours_last=held["last_seen"], theirs_last=row["last_seen"])
        added = [state for state in merged if not state.ours]
        seen = {name: how(held[name], row[name]) for name, how in (("first_seen", min), ("last_seen", max))}
        gone = _gone(held, row, seen["last_seen"])
        if merged != ours:
            self.report.conflicts += [f"article {here_id} ({held['url']}): {line}" for line in conflicts]
            self.report.add("states", len(added))
            evidence = None if merged[-1].ours else self._evidence(row["id"])
            write_states(self.store, here_id, [self._mapped(state) for state in merged], evidence)
            self.changed.append(here_id)
        if {**seen, **gone} != {name: held[name] for name in (*seen, *gone)}:
            update(self.here, "articles", here_id, {**seen, **gone})
            reindex(self.here, here_id)

    def _mapped(self, state: State) -> State:
        """A state with the number that the capture of its bytes has here."""
        if state.ours:
            return state
        columns = dict(zip(STATE, state.columns, strict=True))
        copied = self.captures.copy(columns["capture_id"])
        columns["capture_id"] = copied and with_bytes(self.here, copied)
        return replace(state, columns=tuple(columns.values()))

    def _evidence(self, there_id: int) -> list[tuple[Any, ...]]:
        return self._theirs("SELECT field, rule, raw, value, chosen FROM evidence WHERE article_id = ?", there_id)

    # --- what belongs to an article --------------------------------------------------------------------------------

    def _aliases(self, here_id: int, there_id: int, url: str) -> None:
        rows = self._theirs("SELECT url, kind, first_seen FROM aliases WHERE article_id = ?", there_id)
        if url != self.store.url_of(here_id):
            seen = self.there.execute("SELECT first_seen FROM articles WHERE id = ?", (there_id,)).fetchone()[0]
            rows.append((url, "same_text", seen))
        for alias, kind, seen in rows:
            if self.store.find(alias) is None:
                self.store.add_alias(alias, here_id, kind, seen)
                self.report.add("aliases")

    def _memberships(self, here_id: int, there_id: int) -> None:
        rows = self._theirs(
            "SELECT section_id, first_seen, last_seen FROM article_sections WHERE article_id = ?", there_id
        )
        self.here.executemany(
            "INSERT INTO article_sections VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)",
            [(here_id, self.sections[section], first, last) for section, first, last in rows],
        )

    def _frontier(self, here_id: int | None, there_id: int) -> None:
        for (number,) in self._theirs("SELECT id FROM frontier WHERE article_id = ? ORDER BY id", there_id):
            self._address(number, here_id)

    def _address(self, there_id: int, article_id: int | None) -> None:
        """One address of their frontier, where ours has none; what was open there is to be asked here."""
        row = one_row(self.there, "SELECT * FROM frontier WHERE id = ?", there_id)
        known = self.here.execute("SELECT id FROM frontier WHERE key = ?", (row["key"],)).fetchone()
        here_id = known[0] if known else None
        if here_id is None:
            columns = {name: value for name, value in row.items() if name not in ("id", "parent_id", "run_id")}
            columns |= {
                "section_id": self.sections.get(row["section_id"]), "article_id": article_id, "run_id": self.run_id,
                "discovered_run": self.run_id, "state": "pending" if row["state"] in OPEN else row["state"],
            }  # fmt: skip
            here_id = insert(self.here, "frontier", columns)
            answered = row["checked"] if row["state"] == "unchanged" else None  # a 304 leaves no capture that tells
            self.here.execute(
                "INSERT INTO outcomes (run_id, frontier_id, state, reason, at) VALUES (?, ?, ?, ?, ?)",
                (self.run_id, here_id, columns["state"], row["reason"], answered),
            )
            self.report.add("addresses")
        rows = self._theirs(
            "SELECT section_id, first_listed, last_listed, position, title, date FROM section_rows "
            "WHERE frontier_id = ?", there_id,
        )  # fmt: skip
        self.here.executemany(
            "INSERT INTO section_rows (section_id, frontier_id, first_listed, last_listed, last_run, position, title, "
            "date) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "first_listed = min(first_listed, excluded.first_listed), "
            "last_listed = max(last_listed, excluded.last_listed)",
            [(self.sections[r[0]], here_id, r[1], r[2], self.run_id, *r[3:]) for r in rows],
        )

    def _files(self, here_id: int, there_id: int) -> None:
        for url, name, digest, state in self._theirs(
            "SELECT url, name, digest, state FROM article_files WHERE article_id = ?", there_id
        ):
            ours = self.here.execute("SELECT state FROM frontier WHERE key = ?", (url,)).fetchone()
            if ours == ("forgotten",):
                digest, state = None, "forgotten"
            elif digest is not None and not self._file(digest):
                continue
            self.here.execute(
                "INSERT INTO article_files (article_id, url, name, digest, state) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET name = excluded.name, digest = excluded.digest, state = excluded.state "
                "WHERE digest IS NULL AND excluded.digest NOT NULL",  # not had here, held there
                (here_id, url, name, digest, state),
            )

    def _file(self, digest: str) -> bool:
        """An attachment by its digest, copied where it is not held; whether it is now."""
        if self.here.execute("SELECT 1 FROM files WHERE digest = ?", (digest,)).fetchone():
            return True
        row = one_row(self.there, "SELECT * FROM files WHERE digest = ?", digest)
        try:
            payload = path_of(self.other, digest).read_bytes()
        except OSError as error:
            self.report.damaged.append(f"file {digest}: {error.strerror}")
            return False
        if payload_digest(payload) != digest:
            self.report.damaged.append(f"file {digest}: is not what its digest says")
            return False
        put(self.here, self.writer.directory, payload, row["type"], row["fetched"])
        self.report.add("files")
        return True

    # --- columns, and addresses without an article ------------------------------------------------------------------

    def _sections(self) -> None:
        for row in dict_rows(self.there, "SELECT * FROM sections ORDER BY id"):
            found = self.here.execute(
                "SELECT id FROM sections WHERE portal = ? AND url = ?", (row["portal"], row["url"])
            ).fetchone()
            if found:
                self.here.execute(
                    "UPDATE sections SET first_seen = min(first_seen, ?), last_seen = max(last_seen, ?) WHERE id = ?",
                    (row["first_seen"], row["last_seen"], found[0]),
                )
                self.sections[row["id"]] = found[0]
            else:
                columns = {name: value for name, value in row.items() if name not in ("id", "parent_id")}
                self.sections[row["id"]] = insert(self.here, "sections", columns)
        for number, parent in self._theirs("SELECT id, parent_id FROM sections WHERE parent_id NOT NULL"):
            self.here.execute(
                "UPDATE sections SET parent_id = coalesce(parent_id, ?) WHERE id = ?",
                (self.sections[parent], self.sections[number]),
            )
        merge_names(self.here, self.there, self.sections)

    def _captures(self) -> None:
        """All other captures: earlier states, list pages, errors."""
        for (number,) in self.there.execute("SELECT id FROM captures ORDER BY id"):
            with self.writer.page():
                self.captures.copy(number)
            self.writer.commit_if_due()

    def _rest(self) -> None:
        """Links, and addresses that gave no article there: failed, open, gone."""
        for section, *link in self._theirs(
            "SELECT section_id, url, title, date, kind, first_seen, last_seen FROM links"
        ):
            self.here.execute(
                "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)",
                (self.sections[section], *link),
            )
        others = (
            "SELECT id FROM frontier WHERE article_id IS NULL AND kind != 'list' AND state != 'forgotten' ORDER BY id"
        )
        for (number,) in self._theirs(others):
            self._address(number, None)

    def _theirs(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.there.execute(sql, values).fetchall()


def _gone(ours: dict[str, Any], theirs: dict[str, Any], last_seen: str) -> dict[str, Any]:
    """Gone only where nobody saw the page afterwards: the earliest absence after it was last seen.

    A living page keeps the grade it has here, unlisted or none: it comes of walks over columns, which stay there.
    """
    absent = [row for row in (ours, theirs) if row["gone_since"] and row["gone_since"] > last_seen]
    first = min(absent, key=lambda row: row["gone_since"], default=None)
    if first is None:
        return {"gone_since": None, "gone_grade": None if ours["gone_since"] else ours["gone_grade"]}
    return {name: first[name] for name in ("gone_since", "gone_grade")}
