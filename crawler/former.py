"""Ids under which what a portal looks after may be archived already: bare addresses, renamed definitions."""

from __future__ import annotations

import sqlite3

from archive.adoption import listed_by
from crawler.definitions import portal_files
from crawler.portal import Portal, for_url


def former_ids(conn: sqlite3.Connection, portal: Portal) -> set[str]:
    """The ids that `portal` takes over. A bare address takes over nothing; a definition that is there keeps its own."""
    columns = [section.url for section in portal.sections]
    bare = {*portal.hosts, *(for_url(url).id for url in (portal.url, *columns))}
    if portal.id in bare:
        return set()
    others = listed_by(conn, columns) - bare - {portal.id}
    return bare | {portal_id for portal_id in others if portal_id not in portal_files()}
