"""`dibao doctor`: what could go wrong on this machine and in this archive, each with its cure."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.option("--online", is_flag=True, help="Also compare the clock with a portal's, asking it for its home page.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--archive", type=click.Path(path_type=Path), help="Archive directory.")
def doctor(online: bool, as_json: bool, archive: Path | None) -> int:
    """Look at versions, disk, lock, clock, settings, definitions, the archive, and the rules on its kept pages.

    Exit code: 0 nothing bad, else the first that applies of 2 (settings, definitions), 3 (disk), 6 (integrity),
    1 (machine), 4 (rules that no longer fit).
    """
    from dataclasses import asdict

    from archive.config import archive_path
    from archive.errors import ConfigurationError
    from archive.terminal import clean
    from crawler.doctor import diagnose
    from crawler.summary import EXIT_ORDER

    try:
        directory = archive_path(archive)
    except ConfigurationError:  # the doctor says so himself
        directory = Path("data")
    found = []
    for finding in diagnose(directory, online=online):
        found.append(finding)
        if not as_json:
            click.echo(clean(str(finding)))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    return next(code for code in EXIT_ORDER if code in {0, *(one.exit_code for one in found)})
