"""`portal check --live --accept`: a definition whose rules met the real portal is `seen` from then on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from crawler.definitions import PACKAGE, portal_files
from crawler.errors import PortalError
from crawler.portal_add import places
from crawler.portal_check import Finding

WRITTEN = re.compile(r"\A# Written by tools/make_catalogue\.py\.")  # a file that begins so is written anew
STATUS = re.compile(r'^status\s*=\s*"(\w+)"', re.MULTILINE)


def passed(findings: Iterable[Finding]) -> list[str]:
    """The portals without drift of which an article was read, too."""
    whole: dict[str, bool] = {}
    article: set[str] = set()
    for one in findings:
        whole[one.portal] = whole.get(one.portal, True) and one.ok
        article |= {one.portal} if one.page.endswith("articles") and one.rule == "body" else set()
    return [portal for portal, ok in whole.items() if ok and portal in article]


def accept(portal_id: str) -> Path | None:
    """Write `status = "seen"`; the file, or None where it says so already. Comments and order stay.

    In a checkout the package's own file is changed; with $DIBAO_PORTALS set a copy goes there, which is looked at
    first. Raises PortalError where neither can be written.
    """
    source = portal_files()[portal_id]
    text = source.read_text("utf-8")
    found = STATUS.search(text)
    if found and found[1] == "seen":
        return None
    line = 'status = "seen"'
    if found:
        text = text[: found.start()] + line + text[found.end() :]
    else:
        text = re.sub(r"^id\s*=.*$", lambda match: f"{match[0]}\n{line}", text, count=1, flags=re.MULTILINE)
    text = WRITTEN.sub("#", text)
    target = _target(source)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    except OSError as error:
        raise PortalError(f"{target}: {error.strerror}; {portal_id} is not accepted; set DIBAO_PORTALS") from None
    return target


def _target(source: Path) -> Path:
    folder = places().definitions
    if source.is_relative_to(folder):
        return source
    return folder / source.relative_to(PACKAGE / "portals")
