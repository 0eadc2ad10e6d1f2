"""Looking after an archive: `dibao verify`, `backup`, `restore`, `merge`, `forget`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.common import archive_option, json_option, need_article, opened, progress, say
from archive.config import archive_path
from archive.connection import connect_readonly, need_archive
from archive.errors import ArchiveError, DiskFull

if TYPE_CHECKING:
    from archive.backup import Copied


@click.command()
@click.option("--repair", "mend", is_flag=True, help="Mend what can be: torn WARC tails, the search index.")
@json_option
@archive_option
def verify(mend: bool, as_json: bool, archive: Path | None) -> int:
    """Check the whole archive: SQLite, every text and payload against its digest, books, index."""
    from archive.verify import repair
    from archive.verify import verify as findings_of

    if mend:
        from archive.writer import ArchiveWriter

        need_archive(archive_path(archive))
        with ArchiveWriter.open(archive_path(archive)) as writer:
            with writer.page():
                done = [*writer.recovered, *repair(writer.conn)]
            for line in done:
                say(line)
    with opened(archive) as conn:
        findings = list(findings_of(conn, archive_path(archive)))
    if as_json:
        rows = [{"place": f.place, "what": f.what, "repairable": f.repairable} for f in findings]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"{len(findings)} findings" if findings else "all is well: database, texts, raw pages, books, index")
    return 6 if findings else 0


@click.command()
@click.argument("destination", type=click.Path(path_type=Path))
@archive_option
def backup(destination: Path, archive: Path | None) -> int:
    """Copy the archive to a new directory, its database checked; also while a crawl writes."""
    from archive.backup import backup as copy

    return _told(copy(archive_path(archive), destination), f"copied to {destination}")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@archive_option
def restore(source: Path, archive: Path | None) -> int:
    """Make an archive again from a backup."""
    from archive.backup import restore as bring_back

    return _told(bring_back(source, archive_path(archive)), f"restored to {archive_path(archive)}")


def _told(copied: Copied, where: str) -> int:
    for line in copied.missing:
        click.echo(f"missing in the copy too: {line}")
    click.echo(f"{copied.articles} articles and {copied.files} raw files {where}, checked")
    return 6 if copied.missing else 0


@click.command()
@click.argument("other", type=click.Path(path_type=Path))
@click.option("--apply-tombstones", is_flag=True, help="Forget here too what was forgotten there.")
@json_option
@archive_option
def merge(other: Path, apply_tombstones: bool, as_json: bool, archive: Path | None) -> int:
    """Take the articles, pages and history of another archive over; run twice, it adds nothing."""
    from archive.merge import merge as take_over
    from archive.writer import ArchiveWriter

    need_archive(archive_path(archive))
    with closing(connect_readonly(other)) as conn:
        (total,) = conn.execute("SELECT count(*) FROM articles").fetchone()
    with ArchiveWriter.open(archive_path(archive)) as writer, progress("merging", total) as advance:
        report = take_over(writer, other, apply_tombstones=apply_tombstones, advance=advance)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        return 6 if report.damaged else _code(report.not_removed)
    for line in report.conflicts:
        click.echo(f"conflict: {line}")
    for line in report.damaged:
        click.echo(f"damaged, left out: {line}")
    for line in report.forgotten_there:
        click.echo(f"forgotten there{', now here too' if apply_tombstones else ''}: {line}")
    if report.forgotten_there and not apply_tombstones:
        say("--apply-tombstones forgets them here too")
    click.echo(f"from {other}: {', '.join(f'{count} {what}' for what, count in report.counts.items())}")
    if report.forgotten_here:
        click.echo(f"{report.forgotten_here} left out: forgotten here")
    for error in report.not_removed:
        click.echo(f"not removed yet: {error}")
    return 6 if report.damaged else _code(report.not_removed)


def _code(not_removed: Sequence[ArchiveError]) -> int:
    return next((error.exit_code for error in not_removed if isinstance(error, DiskFull)), 10 if not_removed else 0)


def _some_words(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("is empty; say why, it is all that will be left of the article")
    return value


@click.command()
@click.argument("article", metavar="ID|URL")
@click.option("--reason", required=True, callback=_some_words, help="Why; kept in the tombstone.")
@archive_option
def forget(article: str, reason: str, archive: Path | None) -> int:
    """Remove an article's text and raw bytes for good; it does not come back with the next crawl."""
    from archive.forget import forget as remove
    from archive.writer import ArchiveWriter

    with opened(archive) as conn:
        article_id = need_article(conn, article)
    with ArchiveWriter.open(archive_path(archive)) as writer:
        done = remove(writer, article_id, reason)
    click.echo(f"removed: article {article_id}, {done.addresses} addresses, {done.captures} captures; tombstone kept")
    for error in done.left:
        click.echo(f"not removed yet: {error}")
    return _code(done.left)
