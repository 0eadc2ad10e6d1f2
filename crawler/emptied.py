"""A held article that answers without fields it had: the layout changed, or the publisher took something out.

What we hold is kept, and the address asked again the next day. From the third day on the loss is believed, where other
pages of the column still have those fields; from the tenth in any case; never while the column's drift alarm is open.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from archive.health import open_alarms, sights
from archive.records import Article
from crawler.recheck import utc

if TYPE_CHECKING:
    from crawler.run import PortalRun

KEPT = ("title", "source", "published", "breadcrumb", "body")
BELIEVED = 3  # days on which the page answered so, today included
ANYHOW = 10
AGAIN = timedelta(days=1)


class Emptied:
    """What a run needs to know of losses. Runs inside the writer's transaction."""

    def __init__(self, run: PortalRun) -> None:
        self.run, self.conn, self.portal = run, run.writer.conn, run.portal.id

    def lost(self, article_id: int | None, article: Article | None) -> tuple[str, ...]:
        """What the held article has and this reading of its page lacks; None: the page reads as no article."""
        known = self.known(article_id)
        lost = [name for name in known if not (article and getattr(article, name))]
        if article and "pages_missing" in article.flags and len(article.body) < len(known.get("body", "")):
            lost.append("further pages of the body")
        return tuple(lost)

    def known(self, article_id: int | None) -> dict[str, str]:
        """The fields that we hold; {} for an address that we hold nothing of."""
        columns = ", ".join(KEPT)
        row = self.conn.execute(f"SELECT {columns} FROM articles WHERE id = ?", (article_id,)).fetchone()
        return {name: value for name, value in zip(KEPT, row, strict=True) if value and value != "[]"} if row else {}

    def days(self, frontier_id: int) -> list[str]:
        """Days before today on which the address was held back, since it last answered well."""
        today = self.run.now()[:10]
        rows = self.conn.execute(
            "SELECT DISTINCT substr(at, 1, 10) FROM outcomes WHERE frontier_id = ? AND state = 'held_back' "
            "AND run_id > coalesce((SELECT max(run_id) FROM outcomes WHERE frontier_id = ? "
            "AND state IN ('stored', 'revised', 'unchanged')), 0) ORDER BY 1",
            (frontier_id, frontier_id),
        )
        return [day for (day,) in rows if day and day < today]

    def believed(self, frontier_id: int, section: str, lost: tuple[str, ...]) -> bool:
        """Whether the loss is the publisher's doing."""
        days = self.days(frontier_id)
        drifting = {a.section for a in open_alarms(self.conn, self.portal) if a.kind == "drift"}
        if len(days) + 1 < BELIEVED or section in drifting:
            return False
        since = sights(self.conn, self.portal, section, since=days[0])
        return len(days) + 1 >= ANYHOW or all(any(sight.filled.get(name) for sight in since) for name in lost)

    def next_check(self) -> str:
        return utc(self.run.clock() + AGAIN)
