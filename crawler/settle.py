"""What becomes of an answer: every kind of outcome into frontier, captures, articles, links. Inside one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from archive.articles import ArticleStore
from archive.forget import forgotten_text
from archive.frontier import Frontier, Settlement, Task
from archive.records import Article, Stored
from archive.urls import canonical_url
from archive.warc import payload_digest
from crawler.answers import Again, Answer, ArticleRead, Ended, FileRead, ListRead, Outcome, Redirected, Unchanged
from crawler.away import leads_away
from crawler.emptied import Emptied
from crawler.files import Files, sniff
from crawler.health import Health
from crawler.intake import Intake, member
from crawler.judge import MAX_ATTEMPTS
from crawler.listing.walk import Step, is_older, leads_on
from crawler.oddities import Oddities
from crawler.probe import Probe
from crawler.recheck import next_check
from crawler.redirects import Redirects
from crawler.scope import refuse_url, scope_of
from crawler.walks import Walk, Walks

if TYPE_CHECKING:
    from crawler.run import PortalRun

log = logging.getLogger("dibao")

# Verdict of the archive -> end state of the address.
STATE_OF = {"new": "stored", "revision": "revised", "revisit": "unchanged"}
CHALLENGES_BEFORE_STOP = 3
# Only what we hold can be "not modified": of these alone ETag and Last-Modified are kept.
HELD = frozenset({"stored", "revised", "unchanged", "duplicate", "file"})


class Settler:
    """Settles the outcomes of one run."""

    def __init__(self, run: PortalRun, frontier: Frontier, walks: Walks, intake: Intake) -> None:
        self.run, self.frontier, self.walks, self.intake = run, frontier, walks, intake
        self.writer, self.portal = run.writer, run.portal
        self.articles = ArticleStore(run.writer.conn)
        self.redirects = Redirects(run.writer.conn, frontier, self.articles, walks.columns)
        self.new_articles: list[int] = []  # new or changed in this run: to be compared for reprints
        self.files = Files(run.writer, frontier, run.portal)
        self.health, self.probe, self.emptied = Health(run), Probe(run, frontier), Emptied(run)
        self.oddities = Oddities(run, walks, self.health)
        self._challenges = 0
        self._positions: dict[int, int] = {}  # rows seen so far in the walk over a column

    def settle(self, outcome: Outcome) -> None:
        match outcome:
            case _ if outcome.task.kind == "probe":
                self._probed(outcome)
            case ListRead():
                self._list(outcome)
            case ArticleRead():
                self._article(outcome)
            case FileRead():
                self._file(outcome)
            case Unchanged():
                self._unchanged(outcome)
            case Redirected():
                self._redirected(outcome)
            case Again():
                self._again(outcome)
            case Ended():
                self._ended(outcome)

    # --- list pages ----------------------------------------------------------------------------------------------

    def _list(self, read: ListRead) -> None:
        task, listing = read.task, read.listing
        capture_id = self._capture(read.answer, "list")
        walk, met = self._walk_of(task), set[str]()
        if walk is not None:
            first_page = walk.state.pages_read == 0
            if first_page and listing.platform and not self.portal.preset:
                log.info("%s: %s: recognised as %s", self.portal.id, walk.section.name, listing.platform)
            if not leads_on(listing):
                self.oddities.of_page(task, walk, listing, first_page=first_page)
            if first_page:
                self.health.listed(walk.section.name, listing.rows)
            known = self._known(walk)
            met = {row.url for row in listing.rows if known(row.url)}  # before the rows of this page are taken up
            self._take_rows(walk, read, first_page)
        self._end(task, Settlement("listed"), read.answer, capture_id)  # before the walk asks, perhaps for it again
        if walk is not None:
            cut = "limit of new articles reached" if self.run.limit_reached() else None
            step = self.walks.read(walk, listing, read.answer.capture.status, met.__contains__, cut=cut)
            if step.next is None:
                self._walk_ended(walk, step)

    def _take_rows(self, walk: Walk, read: ListRead, first_page: bool) -> None:
        position = 0 if first_page else self._positions.get(walk.section_id, 0)
        for row in read.listing.rows:
            position += 1
            wanted = not is_older(row, walk.since) and not self.run.limit_reached()
            taken = self.intake.take(row, walk.section_id, position, walk.state.pass_, fetch=wanted)
            if taken.fresh:
                self.run.tally.add("found")
                self.probe.ask(row.url)
        self._positions[walk.section_id] = position

    def _walk_of(self, task: Task) -> Walk | None:
        return self.walks.open_walks.get(task.section_id or 0)

    def _known(self, walk: Walk) -> Callable[[str], bool]:
        """Whether an earlier complete walk of this column knew an address; in a second look, whether it was met."""
        second_look = walk.state.pass_ > 1

        def known(url: str) -> bool:
            address = canonical_url(url)
            found = self.frontier.find(address)
            if found is None:
                return self.intake.never_taken(address)
            return second_look or found[2] <= walk.baseline

        return known

    def _walk_ended(self, walk: Walk, step: Step) -> None:
        self.oddities.of_walk(walk, step, self._positions.get(walk.section_id, 0))
        if step.complete and walk.state.full:
            for frontier_id in self.walks.unlisted(walk.section_id):
                self.frontier.reopen(frontier_id)

    # --- articles ------------------------------------------------------------------------------------------------

    def _article(self, read: ArticleRead) -> None:
        task, now = read.task, self.run.now()
        if self._is_another_page(task, read.answer, "list"):
            return self._home_page(task, read.answer)
        if missing := self.probe.same(read.answer, read.article):
            return self._ended(Ended(task, "soft_404", missing, read.answer))
        key = canonical_url(task.url)
        if self.articles.forgotten(key) or forgotten_text(
            self.writer.conn, key, read.article.title, read.article.body
        ):  # nothing of it is kept, not even the bytes
            return self._end(task, Settlement("forgotten", "removed by `dibao forget`"), None, None)
        capture_id = self._capture(read.answer, None)
        section = self._section_name(task) or read.article.section
        article = replace(read.article, url=key, portal=self.portal.id, section=section)
        lost = self.emptied.lost(task.article_id, article)
        if lost and not self.emptied.believed(task.id, section, lost):
            return self._hold_back(task, lost, read.answer, article)
        stored = self.articles.add(article, capture_id=capture_id, seen=now, lost=bool(lost))
        for page in read.more:
            self.writer.add_capture(page.capture, run_id=self.run.run_id, verdict="page")
            self.articles.add_alias(canonical_url(page.capture.url), stored.article_id, "page", now)
        self._count_verdict(stored, capture_id)
        if stored.verdict != "revisit":
            self.health.page(section, article, read.answer.capture, capture_id, new=stored.verdict == "new", task=task)
        member(self.writer.conn, task.id, stored.article_id)
        self.redirects.alias_sources(task, stored.article_id, now)
        self.files.take(article, stored.article_id, again=stored.verdict == "revision")
        end = Settlement(
            "duplicate" if stored.alias else STATE_OF[stored.verdict],
            article_id=stored.article_id,
            payload_digest=payload_digest(read.answer.capture.payload),
            next_check=None if stored.alias else self._next_check(article.published),
        )
        # of a body of several pages a 304 for the first one says nothing
        several = bool(read.more) or "pages_missing" in article.flags
        return self._end(task, end, read.answer, capture_id, conditional=not several)

    def _hold_back(self, task: Task, lost: tuple[str, ...], answer: Answer, article: Article | None) -> None:
        """Keep what we hold of an article whose page gives less now."""
        capture_id = self._capture(answer, "held_back")
        if not self.emptied.days(task.id):  # the same page again is no further sign
            section = self._section_name(task) or ""
            self.health.page(section, article, answer.capture, capture_id, known=self.emptied.known(task.article_id))
        self.run.tally.add("held_back")
        reason = f"answers without {', '.join(lost)}, which we hold; kept, to be asked again"
        self._end(task, Settlement("held_back", reason, next_check=self.emptied.next_check()), answer, capture_id)

    def _probed(self, outcome: Outcome) -> None:
        """An address that cannot exist was asked; whatever came is what the portal answers then."""
        if isinstance(outcome, Ended) and outcome.state == "pending":
            return self._ended(outcome)
        capture_id = None
        if outcome.answer is not None:
            capture_id = self._capture(outcome.answer, "probe")
            self.probe.learn(outcome.task, outcome.answer, capture_id)
        return self._end(outcome.task, Settlement("probed"), outcome.answer, capture_id)

    def _count_verdict(self, stored: Stored, capture_id: int) -> None:
        self.writer.set_verdict(capture_id, stored.verdict)
        self.run.tally.add("duplicate" if stored.alias else stored.verdict)
        if stored.verdict in ("new", "revision"):
            self.new_articles.append(stored.article_id)

    def _file(self, read: FileRead) -> None:
        """An attachment's bytes stand under files/ alone, not in the WARC files too."""
        task, payload = read.task, read.answer.capture.payload
        kind = sniff(task, payload)
        if kind is None:
            return self._ended(Ended(task, "failed_wrong_type", "a page where a file was promised", read.answer))
        digest = self.files.keep(payload, kind, self.run.now())
        return self._end(task, Settlement("file", payload_digest=digest), read.answer, None)

    def _unchanged(self, outcome: Unchanged) -> None:
        task, published = outcome.task, None
        if task.kind == "file":
            end = Settlement("file", payload_digest=task.payload_digest)
            return self._end(task, end, outcome.answer, None)
        if task.article_id is not None:
            self.articles.touch(task.article_id, self.run.now(), canonical_url(task.url))
            published = self.articles.published_of(task.article_id)
        self.run.tally.add("revisit")
        end = Settlement("unchanged", next_check=self._next_check(published))
        return self._end(task, end, outcome.answer, None)

    def _gone(self, task: Task, grade: str, end: Settlement, answer: Answer | None, capture_id: int | None) -> None:
        away = self.redirects.article_away(task)
        if away is not None:
            self.articles.mark_gone(away, grade, self.run.now())
            self.run.tally.add("gone")
            end = replace(end, next_check=self._next_check(None))
        self._finish_bad(task, end, answer, capture_id)

    def _section_name(self, task: Task) -> str | None:
        row = self.writer.conn.execute(
            "SELECT s.name FROM section_rows r JOIN sections s ON s.id = r.section_id WHERE r.frontier_id = ? "
            "ORDER BY r.first_listed, s.id LIMIT 1",
            (task.id,),
        ).fetchone()
        if row is None and task.section_id:
            row = self.writer.conn.execute("SELECT name FROM sections WHERE id = ?", (task.section_id,)).fetchone()
        return row[0] if row else None

    def _next_check(self, published: str | None) -> str:
        return next_check(published, self.run.clock(), self.portal.recheck or ())

    # --- everything else -----------------------------------------------------------------------------------------

    def _redirected(self, outcome: Redirected) -> None:
        task, answer, target = outcome.task, outcome.answer, canonical_url(outcome.target)
        away = (
            leads_away(target, self.portal)
            if task.kind == "article" and self.redirects.article_of(task) is not None
            else None
        )
        if away is not None:
            gone = Settlement("soft_404", f"leads to {target} now")
            return self._gone(task, away, gone, answer, self._capture(answer, away))
        capture_id = self._capture(answer, "redirect")
        walk = self._walk_of(task) if task.kind == "list" else None
        if walk is not None and walk.state.pages_read and leads_away(target, self.portal):
            end = Settlement("gone", f"leads to {target}")  # how some portals answer for a page past the end
            return self._finish_bad(task, end, answer, capture_id, past_the_end=True)
        refusal = refuse_url(target, scope_of(self.portal))
        if refusal:
            state, reason = refusal
            self.run.report("refused", f"redirect from {task.url} to {target} not followed: {reason}", task.url)
            end = Settlement(state, f"redirect to {target}: {reason}", next_check=self._check_of_own(task))
            return self._finish_bad(task, end, answer, capture_id)
        end = self.redirects.follow(task, outcome.target, self.run.now(), same=answer.capture.status in (307, 308))
        if end.state == "failed_redirects":
            if task.kind != "list":  # of a list page it is told with its column
                self.run.report("redirects", end.reason or "", task.url)
            return self._finish_bad(task, end, answer, capture_id)
        return self._end(task, replace(end, next_check=self._check_of_own(task)), answer, capture_id)

    def _check_of_own(self, task: Task) -> str | None:
        """When an article's own address is asked for again that gave no article today; None for any other."""
        if task.article_id is None or self.articles.url_of(task.article_id) != canonical_url(task.url):
            return None
        return self._next_check(self.articles.published_of(task.article_id))

    def _again(self, outcome: Again) -> None:
        task = outcome.task
        if outcome.unconditional:
            self.frontier.forget_condition(task.id)
        if task.attempts < MAX_ATTEMPTS and not self.run.stopped:
            return self._end(task, Settlement("pending", outcome.reason), outcome.answer, None)
        capture_id = self._capture(outcome.answer, outcome.state) if outcome.answer else None
        return self._finish_bad(task, Settlement(outcome.state, outcome.reason), outcome.answer, capture_id)

    def _ended(self, outcome: Ended) -> None:
        task, end = outcome.task, Settlement(outcome.state, outcome.reason)
        if outcome.state == "pending":  # a gate closed before it was asked: night is over, or somebody said stop
            self.run.stop(outcome.reason if outcome.reason in ("window", "budget") else "stopping")
            return self._end(task, end, outcome.answer, None)
        if outcome.state == "not_article" and outcome.answer and self._is_another_page(task, outcome.answer):
            return self._home_page(task, outcome.answer)
        if outcome.state == "not_article" and outcome.answer and (missing := self.probe.same(outcome.answer, None)):
            return self._ended(replace(outcome, state="soft_404", reason=missing))
        if outcome.state == "not_article" and outcome.answer:
            lost = self.emptied.lost(task.article_id, None)
            if lost and not self.emptied.believed(task.id, self._section_name(task) or "", lost):
                return self._hold_back(task, lost, outcome.answer, None)
        capture_id = self._capture(outcome.answer, outcome.state) if outcome.answer else None
        if outcome.state == "blocked_challenge":
            self._challenged(outcome)
        if outcome.state in ("not_article", "soft_404") and outcome.answer and capture_id and task.article_id is None:
            self.health.page(self._section_name(task) or "", None, outcome.answer.capture, capture_id, task=task)
        if outcome.state in ("gone", "soft_404"):
            grade = "once" if outcome.state == "gone" else "soft_404"
            return self._gone(task, grade, end, outcome.answer, capture_id)
        return self._finish_bad(task, end, outcome.answer, capture_id)

    def _is_another_page(self, task: Task, answer: Answer, verdict: str | None = None) -> bool:
        """Whether a held article answers 200 with the very bytes of another address: a column, the home page."""
        if task.article_id is None:
            return False
        sql = "SELECT 1 FROM captures WHERE digest = ? AND url != ? AND status = 200 AND verdict = coalesce(?, verdict)"
        values = (payload_digest(answer.capture.payload), answer.capture.url, verdict)
        return self.writer.conn.execute(sql, values).fetchone() is not None

    def _home_page(self, task: Task, answer: Answer) -> None:
        end = Settlement("soft_404", "answers with the page of another address")
        self._gone(task, "redirected_home", end, answer, self._capture(answer, "redirected_home"))

    def _challenged(self, outcome: Ended) -> None:
        self._challenges += 1
        self.health.challenge = (outcome.task.url, outcome.reason)
        if self._challenges >= CHALLENGES_BEFORE_STOP or outcome.task.kind == "list":
            self.run.stop(
                "challenged",
                f"answers programs with a challenge ({outcome.reason}); nothing of it is stored as an article; "
                "stopped until the next run",
            )

    def _finish_bad(
        self, task: Task, end: Settlement, answer: Answer | None, capture_id: int | None, *, past_the_end: bool = False
    ) -> None:
        """End a task that gave nothing to store; a list page that fails ends its walk, loudly."""
        self._end(task, end, answer, capture_id)
        walk = self._walk_of(task) if task.kind == "list" else None
        if walk is not None:
            first_page = walk.state.pages_read == 0
            status = 404 if past_the_end else answer.capture.status if answer else 0
            told = end.reason if past_the_end or not answer else None
            step = self.walks.read(walk, None, status, self._known(walk), told=told)
            if first_page and not self.run.stopped and end.state != "refused_robots":
                message = f"{walk.section.name}: list page {task.url} not read: {end.reason}"
                self.health.bad_list(walk.section.name, message, task.url)
            if step.next is None:
                self._walk_ended(walk, step)
        if end.state == "refused_robots":
            self.health.kept_out(self._section_name(task) or "", task, end.reason or end.state)

    def _end(
        self, task: Task, end: Settlement, answer: Answer | None, capture_id: int | None, *, conditional: bool = True
    ) -> None:
        """`conditional`: what the answer says of its version is kept, to ask next time whether it changed."""
        if answer is not None:
            status, held = answer.capture.status, end.state in HELD
            if held and status == 200:  # the version before is none of ours any more, also where this one has no name
                self.frontier.forget_condition(task.id)
            end = replace(
                end,
                status=status,
                bytes=answer.wire_bytes,
                elapsed=answer.elapsed,
                capture_id=capture_id,
                etag=answer.header("ETag") if held and conditional else None,
                last_modified=answer.header("Last-Modified") if held and conditional else None,
            )
        self.frontier.settle(task.id, end, checked=self.run.now())
        if task.kind == "file" and end.state != "pending":
            self.files.ended(end, self.redirects.chain(task).values(), answer)

    def _capture(self, answer: Answer, verdict: str | None) -> int:
        return self.writer.add_capture(answer.capture, run_id=self.run.run_id, verdict=verdict)
