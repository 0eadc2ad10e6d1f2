"""`dibao schedule`: units and crontab lines say what they should, whatever the paths are called."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from test_crawl import dibao

from crawler.commands.schedule import _written
from crawler.errors import ConfigError
from crawler.schedule_units import Installation, crontab, parse_time, systemd_units

ODD = [
    "plain",
    "with space",
    "50% done",
    "$HOME",
    "it's",
    'say "hi"',
    "back\\slash",
    "二七区 档案",
    "a;b&c|d",
    "#x %n %%i",
]
SHOW = '#!/bin/sh\nfor word in "$PWD" "$DIBAO_CONTACT" "$@"; do printf "%s\\n" "$word"; done\n'


def installation(folder: Path, contact: str = "you@example.org") -> Installation:
    """A Dibao that prints where it is called, and how."""
    folder.mkdir(parents=True)
    program = folder / "dibao"
    program.write_text(SHOW)
    program.chmod(0o755)
    environment = {"DIBAO_CONTACT": contact}
    return Installation((str(program),), folder, folder / "data", "daemon", environment, folder / "logs" / "x.log")


def unit(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if re.match(r"\w+=", line))


def words(setting: str) -> list[str]:
    """A setting as systemd splits it: quotes and backslashes as in C, %% a percent sign, $$ a dollar sign."""
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(setting)]


@pytest.mark.parametrize("name", ODD)
def test_the_service_calls_this_installation(tmp_path: Path, name: str) -> None:
    here = installation(tmp_path / name)
    service = unit(systemd_units(here, ["02:30"], None, own=False)["dibao.service"])
    command = words(service["ExecStart"])
    assert command[command[0] == "/usr/bin/env" :] == [*here.program, "crawl", "--due", "--archive", str(here.archive)]
    assert service["WorkingDirectory"].replace("%%", "%") == str(here.directory)
    assert words(service["Environment"]) == ["DIBAO_CONTACT=you@example.org"]
    assert words(service["ReadWritePaths"].replace("$", "$$")) == [str(here.archive), str(tmp_path / name / "logs")]
    assert (service["Type"], service["User"], service["SuccessExitStatus"]) == ("oneshot", "daemon", "11")
    assert service["KillMode"] == "mixed"  # the workers must not die of the signal that stops the crawl
    assert "OnFailure" not in service


@pytest.mark.parametrize("name", ODD)
def test_systemd_itself_accepts_the_units(tmp_path: Path, name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    here = installation(tmp_path / name)
    for file, text in systemd_units(here, ["02:30", "14:30"], "you@example.org", own=False).items():
        (tmp_path / file).write_text(text, "utf-8")
    env = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "dibao.service"), str(tmp_path / "dibao.timer")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    ours = [line for line in done.stderr.splitlines() if "dibao" in line]
    assert (done.returncode, ours) == (0, [])


def test_systemd_refuses_what_is_wrong(tmp_path: Path) -> None:
    """So that the test above can fail."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    text = systemd_units(installation(tmp_path / "x"), ["02:30"], None, own=False)["dibao.service"]
    (tmp_path / "dibao.service").write_text(text.replace("ExecStart=", "ExecStart=/nowhere"), "utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "dibao.service")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0


@pytest.mark.parametrize("name", ODD)
def test_a_failed_run_is_mailed_with_the_state_of_the_portals(tmp_path: Path, name: str) -> None:
    here = installation(tmp_path / name)
    units = systemd_units(here, ["02:30"], "you@example.org", own=False)
    assert unit(units["dibao.service"])["OnFailure"] == "dibao-mail@%n.service"
    command = [{"%i": "dibao.service", "%H": "host"}.get(word, word)
               for word in words(unit(units["dibao-mail@.service"])["ExecStart"])]  # fmt: skip
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool, script in {
        "sendmail": f"cat > {tmp_path / 'mail'}",
        "systemctl": 'printf "%s\\n" "systemctl $*"',
    }.items():
        (tools / tool).write_text(f"#!/bin/sh\n{script}\n")
        (tools / tool).chmod(0o755)
    subprocess.run(command, check=True, env={"PATH": f"{tools}:/usr/bin:/bin"}, cwd=here.directory, timeout=20)
    mail = (tmp_path / "mail").read_text("utf-8")
    head, _, body = mail.partition("\n\n")
    assert head.startswith("To: you@example.org\nSubject: Dibao on host: dibao.service failed\n")
    assert f"status\n--archive\n{here.archive}\n" in body
    assert "systemctl status --no-pager --full --lines=60 dibao.service" in body


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("contact", ["you@example.org", "it's me", 'say "hi"', "100%"])
def test_cron_calls_this_installation(tmp_path: Path, name: str, contact: str) -> None:
    here = installation(tmp_path / name, contact)
    *settings, line = crontab(here, ["02:30"], "you@example.org").splitlines()
    assert settings[0] == 'MAILTO="you@example.org"'
    when, command = line[: len("30 2 * * * ")], line[len("30 2 * * * ") :]
    assert when == "30 2 * * * "
    assert re.search(r"(?<!\\)%", command) is None  # cron would end the line there
    environment = {key: value[1:-1] for key, value in (one.split("=", 1) for one in settings)}
    done = subprocess.run(["/bin/sh", "-c", command.replace("\\%", "%")], env={"PATH": "/usr/bin:/bin", **environment},
                          capture_output=True, text=True, timeout=20, check=True)  # fmt: skip
    assert done.stdout.splitlines() == [str(here.directory), contact, "crawl", "--due", "--archive", str(here.archive)]


def test_units_of_a_user_need_no_root(tmp_path: Path) -> None:
    units = systemd_units(installation(tmp_path / "x"), ["2:05", "14:30"], "you", own=True)
    assert units["dibao.timer"].count("OnCalendar=") == 2 and "OnCalendar=*-*-* 02:05:00" in units["dibao.timer"]
    assert not {"User", "ProtectSystem", "SupplementaryGroups"} & {k for text in units.values() for k in unit(text)}
    assert "systemctl --user status" in units["dibao-mail@.service"]


@pytest.mark.parametrize("text", ["", "24:00", "2", "02:60", "02:30:00", "noon", "٠٢:٣٠"])
def test_a_wrong_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="write a time of day"):
        parse_time(text)


@pytest.mark.parametrize("address", ["a b@x", "x@y; rm -rf /", 'x"@y', "%n@y", "$(id)@y", "a@b\nBcc: c@d", ""])
def test_a_hostile_address_is_refused(tmp_path: Path, address: str) -> None:
    here = installation(tmp_path / "x")
    with pytest.raises(ConfigError, match="not a mail address"):
        crontab(here, ["02:30"], address)
    with pytest.raises(ConfigError, match="not a mail address"):
        systemd_units(here, ["02:30"], address, own=False)


def test_the_command_writes_the_files(tmp_path: Path) -> None:
    (tmp_path / "dibao.toml").write_text('log = "logs/crawl.log"')
    done = dibao("schedule", "systemd", "--mail", "you@example.org", "--at", "03:10", "--to", "units", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(one.name for one in (tmp_path / "units").iterdir()) == [
        "dibao-mail@.service", "dibao.service", "dibao.timer",
    ]  # fmt: skip
    service = unit((tmp_path / "units" / "dibao.service").read_text())
    assert service["ExecStart"].endswith(f"crawl --due --archive {tmp_path / 'archive'}")
    assert str(tmp_path / "logs") in service["ReadWritePaths"]
    assert "daemon-reload" in done.stderr and "is not there yet: crawl once" in done.stderr


def test_the_command_refuses_a_path_that_no_unit_can_name(tmp_path: Path) -> None:
    done = dibao("schedule", "cron", "--archive", "a\nb", home=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "a unit cannot name this" in done.stderr


@pytest.mark.parametrize("folder", ["file", "file/below"])
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"file.*; give --to a folder"):
        _written(tmp_path / folder / "dibao.service", "[Service]")
