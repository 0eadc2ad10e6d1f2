"""systemd units and crontab lines that call `dibao crawl --due` as it is installed here: absolute paths, escaped.

No flock around the call: the archive has an OS lock, and a second crawl ends with exit code 5.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archive.config import load_config
from crawler.errors import ConfigError

PASSED_ON = ("DIBAO_CONTACT", "DIBAO_PORTALS")  # variables of this shell that a timer would lack
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}|[a-z_][\w.-]{0,31}", re.ASCII)  # an address, or a local user
PLAIN = re.compile(r"[\w/.:=@+-]+")  # needs no quotes
TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Installation:
    """How this Dibao is called from anywhere."""

    program: tuple[str, ...]
    directory: Path  # relative paths in dibao.toml count from here
    archive: Path
    user: str
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None

    @property
    def crawl(self) -> tuple[str, ...]:
        return (*self.program, "crawl", "--due", "--archive", str(self.archive))

    @property
    def status(self) -> tuple[str, ...]:
        return (*self.program, "status", "--archive", str(self.archive))


def this_installation(archive: Path) -> Installation:
    """The one that is running. Raises ConfigError where a path cannot be written into a unit."""
    config = load_config()
    script = Path(sys.executable).with_name("dibao")
    program = (str(script),) if script.is_file() else (sys.executable, "-m", "crawler.cli")
    environment = {} if script.is_file() else {"PYTHONPATH": str(Path(__file__).parent.parent)}
    file = Path(os.environ.get("DIBAO_CONFIG") or "dibao.toml").absolute()
    if file.is_file():
        environment["DIBAO_CONFIG"] = str(file)
    for name in PASSED_ON:
        if value := os.environ.get(name):
            environment[name] = str(Path(value).absolute()) if name == "DIBAO_PORTALS" else value
    found = Installation(program, Path.cwd(), archive.absolute(), _user(), environment,
                         Path(config.log).expanduser().absolute() if config.log else None)  # fmt: skip
    for text in (*found.crawl, str(found.directory), str(found.log or ""), *environment.values()):
        if not text.isprintable() or text != text.strip():
            raise ConfigError(f"{text!r}: a unit cannot name this; use a path without line ends and outer spaces")
    return found


def systemd_units(here: Installation, times: Sequence[str], mail: str | None, *, own: bool) -> dict[str, str]:
    """File name -> text. `own`: units of the user's own manager (`systemctl --user`)."""
    calendar = "\n".join(f"OnCalendar=*-*-* {hour:02}:{minute:02}:00" for hour, minute in map(parse_time, times))
    environment = "".join(f"Environment={_word(f'{name}={value}')}\n" for name, value in here.environment.items())
    who = "" if own else f"User={here.user}\n"
    units = {
        "dibao.service": (
            "[Unit]\nDescription=Dibao: crawl the portals that are due\n"
            "Wants=network-online.target\nAfter=network-online.target time-sync.target\n"
            + ("OnFailure=dibao-mail@%n.service\n" if mail is not None else "")
            + f"\n[Service]\nType=oneshot\n{who}WorkingDirectory={_percent(here.directory)}\n{environment}"
            f"ExecStart={_command(here.crawl)}\n"
            "# SIGTERM to the crawl alone: pages in flight are read and stored; the next run takes up what waits\n"
            "KillMode=mixed\nTimeoutStopSec=120\nNice=10\n"
            "# somebody stopped it: nothing to report\nSuccessExitStatus=11\n" + ("" if own else _fenced(here))
        ),
        "dibao.timer": (
            f"[Unit]\nDescription=Dibao: ask which portals are due\n\n[Timer]\n{calendar}\n"
            "RandomizedDelaySec=10min\n# after a night switched off: at once\nPersistent=true\n\n"
            "[Install]\nWantedBy=timers.target\n"
        ),
    }
    if mail is not None:
        units["dibao-mail@.service"] = (
            f"[Unit]\nDescription=Dibao: mail about %i\n\n[Service]\nType=oneshot\n{who}"
            + ("" if own else "SupplementaryGroups=systemd-journal\n")
            + f"WorkingDirectory={_percent(here.directory)}\n{environment}"
            f"ExecStart=/bin/sh -c {_argument(_mail_script(here, _address(mail), own=own))} mail %i %H\n"
        )
    return units


def crontab(here: Installation, times: Sequence[str], mail: str | None) -> str:
    """Lines for `crontab -e`; whatever a call prints, a line a portal, goes to `mail`."""
    lines = [f'MAILTO="{_address(mail)}"'] if mail is not None else []
    lines += [f"{name}={_quoted(value)}" for name, value in here.environment.items()]
    command = _shell(["cd", str(here.directory)]) + " && " + _shell(here.crawl) + " 2>&1"
    for hour, minute in map(parse_time, times):
        lines.append(f"{minute} {hour} * * * {command.replace('%', chr(92) + '%')}")
    return "\n".join(lines) + "\n"


def parse_time(text: str) -> tuple[int, int]:
    """Hour and minute. Raises ConfigError."""
    found = TIME.fullmatch(text.strip())
    if found is None:
        raise ConfigError(f'--at "{text}": write a time of day, "02:30"')
    return int(found[1]), int(found[2])


def _mail_script(here: Installation, address: str, *, own: bool) -> str:
    """$1 is the unit that failed, $2 the machine: how it ended, and the portals' state, to sendmail."""
    manager = "systemctl --user" if own else "systemctl"
    head = f"To: {address}\\nSubject: Dibao on %s: %s failed\\nContent-Type: text/plain; charset=UTF-8\\n\\n"
    return (
        f'{{ printf "{head}" "$2" "$1"; {_shell(here.status)}; echo; '
        f'{manager} status --no-pager --full --lines=60 "$1"; }} 2>&1 | sendmail -oi -t'
    )


def _fenced(here: Installation) -> str:
    """What the crawl cannot touch: anything but the archive and the log."""
    writable = [here.archive, *([here.log.parent] if here.log else [])]
    return (
        "NoNewPrivileges=yes\nPrivateTmp=yes\nProtectSystem=strict\nProtectHome=read-only\n"
        f"ReadWritePaths={' '.join(_word(str(path)) for path in writable)}\n"
    )


def _word(text: str) -> str:
    """One word of a setting in a unit file."""
    return '"' + _percent(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _command(words: Sequence[str]) -> str:
    """ExecStart. systemd takes no quotes or backslashes in the program's own path, so an odd one is left to env."""
    through = [] if PLAIN.fullmatch(words[0]) else ["/usr/bin/env"]
    return " ".join([*through, *map(_argument, words)])


def _argument(text: str) -> str:
    """One word of ExecStart, where a dollar sign would be a variable too; plain ones stay legible."""
    return text if PLAIN.fullmatch(text) else _word(text).replace("$", "$$")


def _percent(text: object) -> str:
    return str(text).replace("%", "%%")


def _quoted(value: str) -> str:
    """A value of a variable in a crontab: one kind of quotes around it, taken literally."""
    if '"' in value and "'" in value:
        raise ConfigError(f"{value!r}: a crontab cannot hold both kinds of quotes; set it in dibao.toml")
    return f"'{value}'" if '"' in value else f'"{value}"'


def _shell(words: Sequence[str]) -> str:
    return " ".join(map(shlex.quote, words))


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise ConfigError(f"--mail {text!r}: not a mail address")
    return text


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name
