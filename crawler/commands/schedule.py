"""`dibao schedule systemd|cron`: what to install so that portals are crawled when they are due."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from crawler.errors import ConfigError

Command = TypeVar("Command", bound=Callable[..., Any])


def _options(command: Command) -> Command:
    """What both have in common."""
    at = click.option("--at", "times", multiple=True, metavar="HH:MM", default=("02:30",), show_default=True,
                      help="When to look which portals are due; more than once: more often.")  # fmt: skip
    mail = click.option("--mail", metavar="ADDRESS", help="Who is told when a run needs looking at.")
    archive = click.option("--archive", type=click.Path(file_okay=False, path_type=Path), help="Archive directory.")
    return at(mail(archive(command)))


@click.group()
def schedule() -> None:
    """Print what runs `dibao crawl --due` regularly: systemd units, or lines for crontab."""


@schedule.command()
@click.option("--user", "own", is_flag=True, help="For `systemctl --user`: no root needed.")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Write the unit files there instead of printing them.")  # fmt: skip
@_options
def systemd(times: tuple[str, ...], mail: str | None, archive: Path | None, own: bool, folder: Path | None) -> None:
    """A service, its timer and, with --mail, a unit that tells you when a run failed."""
    from archive.config import archive_path
    from crawler.schedule_units import systemd_units, this_installation

    here = this_installation(archive_path(archive))
    units = systemd_units(here, times, mail, own=own)
    where = "~/.config/systemd/user" if own else "/etc/systemd/system"
    for name, text in units.items():
        if folder is not None:
            click.echo(str(_written(folder / name, text)))
        else:
            click.echo(f"# {where}/{name}\n{text}")
    manager = "systemctl --user" if own else "systemctl"
    click.echo(
        f"next: put the files into {where}; {manager} daemon-reload; {manager} enable --now dibao.timer", err=True
    )
    if own:
        click.echo("and `loginctl enable-linger`, so that the timer runs while nobody is logged in", err=True)
    _warn_where_absent(here.archive)


@schedule.command()
@_options
def cron(times: tuple[str, ...], mail: str | None, archive: Path | None) -> None:
    """Lines for `crontab -e`; what a call prints is mailed by cron."""
    from archive.config import archive_path
    from crawler.schedule_units import crontab, this_installation

    here = this_installation(archive_path(archive))
    click.echo(crontab(here, times, mail), nl=False)
    click.echo("next: crontab -e, and paste these lines", err=True)
    _warn_where_absent(here.archive)


def _written(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; give --to a folder that can be written") from None
    return path


def _warn_where_absent(archive: Path) -> None:
    if not archive.is_dir():
        click.echo(
            f"{archive} is not there yet: crawl once by hand (`dibao crawl PORTAL`) before the first call", err=True
        )
