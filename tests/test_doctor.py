"""`dibao doctor`: each trouble is made, and found with its cure and its exit code; a healthy archive has none."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from filelock import FileLock
from test_crawl import dibao

from crawler import doctor_archive, doctor_machine, doctor_portals
from crawler.demo.portal import DemoPortal
from crawler.demo.show import write_definition
from crawler.doctor_finding import Finding
from crawler.doctor_lock import is_locked

CONTACT = {"DIBAO_CONTACT": "you@example.org"}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("doctor")
    with DemoPortal() as portal:
        (home / "portals").mkdir()
        write_definition(portal, home / "portals")
        assert dibao("crawl", "qinghe", "--allow-loopback", home=home).returncode == 0
    return home


@pytest.fixture
def home(crawled: Path, tmp_path: Path) -> Path:
    copytree(crawled, tmp_path / "home")
    return tmp_path / "home"


def bad(findings: list[dict[str, str]]) -> list[str]:
    return [f"{one['subject']}: {one['what']}" for one in findings if one["level"] == "BAD"]


def examined(home: Path, **environment: str) -> tuple[int, list[dict[str, str]]]:
    done = dibao("doctor", "--json", home=home, **{**CONTACT, **environment})
    return done.returncode, json.loads(done.stdout)


def test_a_healthy_archive_is_well(home: Path) -> None:
    done = dibao("doctor", home=home, **CONTACT)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert all(line[:5] in ("ok   ", "note ") for line in lines)
    for subject in ("versions", "contact", "definitions", "workers", "disk", "file system", "lock: free", "archive",
                    "raw pages", "clock", "rules"):  # fmt: skip
        assert any(line.startswith(f"ok   {subject}") for line in lines), subject


def test_without_an_archive_it_says_what_to_do(tmp_path: Path) -> None:
    code, findings = examined(tmp_path)
    assert (code, bad(findings)) == (0, [])
    assert any("`dibao crawl PORTAL` makes one" in one["what"] for one in findings)


@pytest.mark.parametrize(
    ("version", "told"),
    [("3.40.1", True), ("3.51.2", True), ("3.51.3", False), ("3.52.0", False), ("3.9.2", True), ("3.100.0", False)],
)
def test_old_sqlite_libraries(version: str, told: bool) -> None:
    assert ["WAL-reset" in one.what for one in doctor_machine.sqlite_library(version)] == [True] * told


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /mnt/nas rw - nfs4 nas:/export rw
31 22 0:27 / /mnt/win\\040share rw - cifs //win/share rw
32 30 8:2 / /mnt/nas/local rw - xfs /dev/sdb1 rw
33 22 0:30 / /home/a rw - fuse.sshfs host: rw
34 22 0:31 / /mnt/usb rw - fuseblk /dev/sdc1 rw
35 22 0:32 / /mnt/9 rw - 9p drive rw
36 22 0:33 / /over rw - tmpfs none rw
37 36 0:34 / /over rw - nfs nas:/b rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind", "network"),
    [
        ("/srv/dibao", "ext4", False), ("/mnt/nas/dibao", "nfs4", True), ("/mnt/nastier", "ext4", False),
        ("/mnt/win share/x", "cifs", True), ("/mnt/nas/local/x", "xfs", False), ("/home/a", "fuse.sshfs", True),
        ("/mnt/usb/x", "fuseblk", False), ("/mnt/9/x", "9p", True), ("/over/x", "nfs", True),
    ],
)  # fmt: skip
def test_file_systems(path: str, kind: str, network: bool) -> None:
    assert doctor_machine.file_system_type(Path(path), MOUNTS) == kind
    assert bool(doctor_machine.NETWORK_TYPES.fullmatch(kind) and kind not in doctor_machine.LOCAL_FUSE) is network


def test_an_archive_on_a_network_file_system_is_bad(tmp_path: Path) -> None:
    (found,) = doctor_machine.file_system(tmp_path, MOUNTS.replace(" / / rw", " / / rw").replace("ext4", "nfs4"))
    assert (found.level, found.exit_code) == ("BAD", 1)
    assert "keep the archive on a local disk" in found.what


def test_a_lock_that_is_held_is_seen_and_not_disturbed(home: Path) -> None:
    with FileLock(home / "archive" / "archive.lock"):
        assert is_locked(home / "archive")
        (found,) = doctor_machine.lock(home / "archive")
        assert found.what.startswith("held by a running crawl (pid ")
    assert not is_locked(home / "archive")


def test_no_contact(home: Path) -> None:
    code, findings = examined(home, DIBAO_CONTACT="")
    assert code == 2
    assert 'put `contact = "you@example.org"` into dibao.toml' in bad(findings)[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('portal = ["x"]', "configuration: dibao.toml: unknown key 'portal'"),
        ('portals = ["qinghe", "nowhere"]', "portals: dibao.toml: no portal 'nowhere'"),
        ('log = "nowhere/dibao.log"', "log: nowhere/dibao.log: its folder cannot be written"),
        ('log = "archive"', "log: archive: a folder; name a file in it"),
    ],
)
def test_settings_that_cannot_be(home: Path, text: str, told: str) -> None:
    (home / "dibao.toml").write_text(text)
    code, findings = examined(home)
    assert code == 2
    assert any(line.startswith(told) for line in bad(findings)), bad(findings)


def test_a_definition_that_cannot_be_used(home: Path) -> None:
    (home / "portals" / "broken.toml").write_text(
        'id = "broken"\nname = "x"\nurl = "http://x/"\n[crawl]\nevery = "often"'
    )
    code, findings = examined(home)
    assert code == 2
    assert len(bad(findings)) == 1 and "broken.toml: every" in bad(findings)[0]


def test_a_cut_raw_file_and_a_lost_one(home: Path) -> None:
    (warc,) = (home / "archive" / "warc").rglob("*.warc.gz")
    os.truncate(warc, 1000)
    code, findings = examined(home)
    assert code == 6
    assert any("is cut short; bring warc/ back from a backup" in line for line in bad(findings))
    warc.unlink()
    assert any("is missing" in line for line in bad(examined(home)[1]))


def test_a_damaged_database(home: Path) -> None:
    database = home / "archive" / "archive.db"
    with database.open("r+b") as file:
        file.seek(4096 * 6)
        file.write(b"\x55" * 4096 * 8)
    code, findings = examined(home)
    assert code == 6
    assert any("archive" in line and "`dibao restore` brings a backup back" in line for line in bad(findings))


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + bytes(4000)])
def test_a_file_that_is_no_archive(home: Path, content: bytes) -> None:
    for extra in ("-wal", "-shm"):
        (home / "archive" / f"archive.db{extra}").unlink(missing_ok=True)
    (home / "archive" / "archive.db").write_bytes(content)
    code, findings = examined(home)
    assert code == 6
    assert len(bad(findings)) == 1, "one trouble, one line"


def at(home: Path, sql: str) -> None:
    with sqlite3.connect(home / "archive" / "archive.db") as conn:
        conn.execute(sql)
    conn.close()


def test_an_archive_of_an_older_dibao_is_one_trouble_and_the_disk_is_looked_at(home: Path) -> None:
    at(home, "DELETE FROM _sqlite_migrations WHERE name = 'm0013_removals'")
    code, findings = examined(home)
    (told,) = bad(findings)
    assert (code, told.split(" ")[0]) == (6, "archive:")
    assert [one["level"] for one in findings if one["subject"] == "disk"] == ["ok"]


def test_a_clock_that_was_set_back(home: Path) -> None:
    now = datetime.now(UTC)
    (found,) = doctor_archive.clock(home / "archive", now - timedelta(days=3))
    assert (found.level, found.exit_code) == ("BAD", 1) and "set back" in found.what
    assert [one.level for one in doctor_archive.clock(home / "archive", now + timedelta(days=300))] == ["ok"]


@pytest.mark.parametrize(("shift", "told"), [("-2 hours", "120 minutes behind"), ("+7 minutes", "7 minutes ahead of")])
def test_a_clock_that_differs_from_the_portals(home: Path, shift: str, told: str) -> None:
    at(home, f"UPDATE captures SET fetched = strftime('%Y-%m-%dT%H:%M:%SZ', fetched, '{shift}')")
    (found,) = doctor_archive.clock(home / "archive", datetime.now(UTC) + timedelta(days=1))
    assert found.level == "BAD" and told in found.what


def test_odd_dates_in_answers_are_none() -> None:
    for text in ("", "yesterday", "0", "Tue, 99 Nov 2026 00:00:00 GMT", "\x00"):
        assert doctor_archive.date_of([["Date", text]]) is None
    assert doctor_archive.date_of([["date", "Tue, 24 Nov 2026 01:02:03 GMT"]]) == datetime(
        2026, 11, 24, 1, 2, 3, tzinfo=UTC
    )


def test_a_portals_clock_now() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    levels = {minutes: [one.level for one in doctor_portals.compare(now, now + timedelta(minutes=minutes), "x")]
              for minutes in (-6, -1, 1, 6)}  # fmt: skip
    assert levels == {-6: ["BAD"], -1: ["ok"], 1: ["ok"], 6: ["BAD"]}


def test_what_a_killed_run_left(home: Path) -> None:
    at(home, "UPDATE runs SET outcome = 'running', finished = NULL")
    (warc,) = (home / "archive" / "warc").rglob("*.warc.gz")
    warc.rename(f"{warc}.open")
    (home / "archive" / "x.csv.part").write_bytes(b"x")
    (home / "archive" / "archive.db.before-m0005").write_bytes(b"x")
    code, findings = examined(home)
    notes = " ".join(one["what"] for one in findings if one["level"] == "note")
    assert (code, bad(findings)) == (0, [])
    for told in ("1 ended without a word", "left open by a killed run", "may be deleted", "before an upgrade"):
        assert told in notes


def test_rules_that_no_longer_fit_the_kept_pages(home: Path) -> None:
    file = home / "portals" / "qinghe.toml"
    file.write_text(
        file.read_text("utf-8")
        + '\n[article]\nbody = "div.nowhere"\ntitle = "h9.nowhere"\n[list]\nrow = "li.nowhere"\n'
    )
    code, findings = examined(home)
    assert code == 4
    assert any(line.startswith("rules: qinghe: ") and "`dibao portal check qinghe`" in line for line in bad(findings))


def test_a_damaged_record_ends_no_check_of_the_others(home: Path) -> None:
    with sqlite3.connect(home / "archive" / "archive.db") as conn:
        name, offset, length = conn.execute(
            'SELECT warc, "offset", length FROM captures WHERE url IN (SELECT url FROM sections) ORDER BY id LIMIT 1'
        ).fetchone()
    warc = home / "archive" / "warc" / name
    raw = bytearray(warc.read_bytes())
    raw[offset + length // 2] ^= 0x55
    warc.write_bytes(raw)
    code, findings = examined(home)
    assert code == 6
    (told,) = bad(findings)
    assert told.startswith("rules: ") and f"{name} at {offset}: record cannot be read" in told
    checked = dibao("portal", "check", "qinghe", "nosuch", "--json", home=home)
    assert checked.returncode == 2
    pages = {one["page"] for one in json.loads(checked.stdout)}
    assert "3 articles" in pages
    assert any(page.startswith("list ") for page in pages)  # whichever column did not come first
    assert f"{name} at {offset}: record cannot be read" in checked.stderr
    assert dibao("portal", "check", "qinghe", home=home).returncode == 6


def test_a_full_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 12 << 20})
    monkeypatch.setattr("shutil.disk_usage", lambda place: usage)
    (found,) = doctor_machine.disk(home / "archive")
    assert isinstance(found, Finding) and (found.level, found.exit_code) == ("BAD", 3)
    assert found.what.startswith("12 MiB free on")


def test_hostile_names_stay_on_their_line(home: Path) -> None:
    at(home, "UPDATE captures SET warc = 'x' || char(10) || char(27) || '[2J'")
    done = dibao("doctor", home=home, **CONTACT)
    assert done.returncode == 6
    assert "\x1b" not in done.stdout and all(
        line[:5].strip() in ("ok", "note", "BAD") for line in done.stdout.splitlines()
    )


def test_it_takes_no_lock_and_writes_nothing(home: Path) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in (home / "archive").rglob("*")
                if p.is_file() and p.suffix != ".db-shm"}  # fmt: skip

    before = state()
    with FileLock(home / "archive" / "archive.lock"):
        held = state()
        env = {**os.environ, **CONTACT, "DIBAO_PORTALS": str(home / "portals")}
        command = [sys.executable, "-m", "crawler.cli", "doctor", "--archive", str(home / "archive")]
        done = subprocess.run(
            command, env=env, cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout
        assert state().keys() - {str(home / "archive" / "archive.db-wal")} == held.keys()
    assert before.keys() <= state().keys()


@pytest.mark.parametrize(
    ("portals", "says"),
    [
        (["nosuch", "http://127.0.0.1:9/zwyw/"], "http://127.0.0.1:9/: "),  # refused: no loopback
        (["nosuch", "http://[x/"], "none of `portals` in dibao.toml can be used"),
    ],
)
def test_the_clock_of_the_first_portal_that_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portals: list[str], says: str
) -> None:
    (tmp_path / "dibao.toml").write_text(f"portals = {json.dumps(portals)}\n", "utf-8")
    monkeypatch.setenv("DIBAO_CONFIG", str(tmp_path / "dibao.toml"))
    monkeypatch.setenv("DIBAO_CONTACT", "you@example.org")
    (finding,) = doctor_portals.clock_of_a_portal()
    assert (finding.level, finding.subject, says in finding.what) == ("note", "portal's clock", True), finding.what
