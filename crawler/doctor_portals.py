"""The doctor on the portals: every definition loads, rules still fit the last kept pages, their clock against ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archive.config import contact_of_config, load_config
from archive.connection import FILE, connect_readonly
from crawler.definitions import portal_files, read_definition
from crawler.doctor_archive import MAX_SKEW, SET_CLOCK, date_of
from crawler.doctor_finding import BAD, NOTE, OK, Finding
from crawler.errors import PortalError
from crawler.fetch_steps import StepFetcher
from crawler.portal_check import check_portals
from crawler.targets import resolve_usable


def definitions() -> Iterator[Finding]:
    """Every definition loads; everything in `portals` of dibao.toml is there."""
    broken = 0
    files = portal_files()
    for path in files.values():
        try:
            read_definition(path)
        except PortalError as error:
            broken += 1
            yield Finding(BAD, "definitions", str(error), 2)
    for summary in resolve_usable(load_config().portals or ())[1]:
        if summary.portal not in files:
            yield Finding(BAD, "portals", f"dibao.toml: {summary.issues[0].message}", 2)
    if not broken:
        yield Finding(OK, "definitions", f"{len(files)}, all can be used")


def rules(archive: Path) -> Iterator[Finding]:
    """The rules of each portal in the archive against its newest kept pages (`dibao portal check`)."""
    if not (archive / FILE).is_file():
        return
    with closing(connect_readonly(archive)) as conn:
        held = [portal for (portal,) in conn.execute("SELECT DISTINCT portal FROM runs ORDER BY portal")]
    result = check_portals([portal_id for portal_id in held if portal_id in portal_files()], archive, None)
    findings, without = result.findings, result.without  # what cannot be used is said by `definitions`
    for one in findings:
        if not one.ok:
            yield Finding(BAD, "rules", f"{one.portal}: {one.page}: {one.rule} yields {one.yields}, expected "
                          f"{one.expected}; `dibao portal check {one.portal}`", 4)  # fmt: skip
    for reason in result.damaged:
        yield Finding(BAD, "rules", reason, 6)
    checked = {one.portal for one in findings}
    if checked and all(one.ok for one in findings):
        yield Finding(OK, "rules", f"{len(findings)} readings of {len(checked)} portals are as they should be")
    if without:
        yield Finding(
            NOTE, "rules", f"no kept page of {', '.join(without)}; `dibao portal check ID --live` asks the portal"
        )


def clock_of_a_portal() -> Iterator[Finding]:
    """This machine's clock against the Date of the first portal that is looked after, asked now."""
    named = load_config().portals or []
    if not named:
        yield Finding(NOTE, "portal's clock", 'no portal to ask; put `portals = ["gov_cn"]` into dibao.toml')
        return
    portals, _ = resolve_usable(named)  # what cannot be used is said by `definitions`
    if not portals:
        yield Finding(NOTE, "portal's clock", "no portal to ask: none of `portals` in dibao.toml can be used")
        return
    url = portals[0].url
    fetch = StepFetcher(allow_loopback=False, contact=contact_of_config())
    page = fetch([url])[url]
    said = date_of(page.headers)
    if page.problem or said is None:
        yield Finding(NOTE, "portal's clock", f"{url}: {page.problem or 'no Date in its answer'}")
    else:
        yield from compare(datetime.now(UTC), said, url)


def compare(now: datetime, said: datetime, url: str) -> Iterator[Finding]:
    if abs(now - said) > MAX_SKEW:
        told = f"{url} says {said:%Y-%m-%d %H:%M} UTC, this machine {now:%Y-%m-%d %H:%M}"
        yield Finding(BAD, "portal's clock", f"{told}; {SET_CLOCK}", 1)
    else:
        yield Finding(OK, "portal's clock", f"{url} agrees")
