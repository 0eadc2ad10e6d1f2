"""`dibao ingest`: other people's crawls into the archive."""

from __future__ import annotations

import json
from pathlib import Path

import click

from archive.commands.common import archive_option, json_option, progress
from archive.config import archive_path


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@archive_option
def ingest(files: tuple[Path, ...], as_json: bool, archive: Path | None) -> int:
    """Take the articles in WARC and WACZ files of any tool into the archive; run twice, it adds nothing."""
    from archive.writer import ArchiveWriter
    from crawler.ingest import WORDS
    from crawler.ingest import ingest as take_in
    from crawler.warc_files import refuse_others

    for path in files:
        refuse_others(path)
    size = sum(path.stat().st_size for path in files)
    with ArchiveWriter.open(archive_path(archive)) as writer, progress("bytes", size) as advance:
        report = take_in(writer, files, advance=advance)
    if as_json:
        said = {**report.counts, "reprints": report.reprints, "damaged": report.damaged}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        for line in report.damaged:
            click.echo(f"damaged, left out: {line}")
        counts = [f"{count} {WORDS[what]}" for what, count in report.counts.items() if count]
        click.echo(f"{', '.join(counts) or 'no record of use'}; {report.reprints} reprints")
    return 10 if report.damaged else 0
