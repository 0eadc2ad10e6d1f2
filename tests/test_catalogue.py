"""The catalogue: what is shipped, how it is listed, and the script that writes it from a survey."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.catalogue import catalogue
from crawler.commands.portals import portals
from crawler.definitions import PACKAGE, load_portal, portal_files, read_definition
from crawler.divisions import PROVINCES, level_of, place_of, portal_id
from crawler.targets import every_seen, resolve_usable
from tests.shared import SHARED, needs_shared
from tools import make_catalogue


def test_the_short_form_says_what_the_definition_says() -> None:
    entries = list(catalogue())
    assert len(entries) >= 443
    for entry in entries[::9]:
        portal = load_portal(entry.id)
        assert (entry.name, entry.url, entry.province, entry.level, entry.preset, entry.status) == (
            portal.name, portal.url, portal.province, portal.level, portal.preset, portal.status)  # fmt: skip
        assert entry.columns == tuple(section.name for section in portal.sections)


def test_folders_are_provinces_and_every_place_has_its_own() -> None:
    for path in portal_files().values():
        folder = path.relative_to(make_catalogue.PORTALS).parts[0]
        portal = read_definition(path)
        code = portal.division_code
        assert folder == (PROVINCES[code[:2]][0] if code else "central"), path
        assert portal.province == (PROVINCES[code[:2]][1] if code else None), path


def test_all_leaves_out_what_was_never_seen_and_what_may_not_be_crawled() -> None:
    chosen = {portal_id: load_portal(portal_id) for portal_id in every_seen()}
    assert {"gov_cn", "ndrc", "most"} <= set(chosen)
    assert "erqi" not in chosen  # its list page was never seen, its article page only rebuilt from the text
    assert all(portal.status == "seen" for portal in chosen.values())
    pbc = load_portal("pbc")
    assert pbc.robots is not None
    assert "robots.txt" in pbc.robots
    assert "pbc" not in chosen


def line(host: str, **more: object) -> str:
    values = {"name": "某县人民政府", "base_url": f"http://{host}/", "level": "city", "division_code": "411724",
              "site_id_code": None, "cms": "jeecms", "cms_evidence": "url-shape", "encoding": None, "notes": None,
              "columns": [{"name": "要闻", "url": f"http://{host}/c/site/yw.jhtml", "source": "a survey"}]}  # fmt: skip
    return json.dumps({**values, **more}, ensure_ascii=False)


def run(survey: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_catalogue, "PORTALS", folder)
    monkeypatch.setattr(sys, "argv", ["make_catalogue.py", str(survey)])
    make_catalogue.main()


def test_a_survey_becomes_definitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    survey, folder = tmp_path / "portals.jsonl", tmp_path / "portals"
    (folder / "henan").mkdir(parents=True)
    own = 'id = "mine"\nname = "自己的"\nurl = "http://www.mine.gov.cn/"\n'
    (folder / "henan" / "mine.toml").write_text(own, "utf-8")
    survey.write_text("\n".join([
        line("www.mine.gov.cn"),
        line("fgw.zheng-yang.gov.cn", level="department", cms="never heard of", notes="robots.txt: do not crawl; WAF"),
        line("www.zhengyang.gov.cn", cms_evidence="saved page", division_code="110102"),
        line("www.nothing.gov.cn", columns=[]),
    ]), "utf-8")  # fmt: skip
    run(survey, folder, monkeypatch)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.toml")}
    assert set(files) == {"henan/mine.toml", "henan/fgw_zheng_yang.toml", "beijing/zhengyang.toml"}
    assert files["henan/mine.toml"].read_text("utf-8") == own
    unknown = read_definition(files["henan/fgw_zheng_yang.toml"])
    assert (unknown.preset, unknown.status, unknown.robots) == (None, "inferred", "do not crawl: robots.txt; WAF")
    known = read_definition(files["beijing/zhengyang.toml"])
    assert (known.preset, known.status, known.level, known.province) == ("jeecms", "seen", "district", "北京")
    assert known.sections[0].list.pager.template == "yw_{n}.jhtml"

    before = {name: path.read_bytes() for name, path in files.items()}
    run(survey, folder, monkeypatch)  # again: the same bytes, its own files are no strangers to it
    assert {name: path.read_bytes() for name, path in files.items()} == before


@needs_shared
def test_the_survey_gives_the_definitions_that_are_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = PACKAGE / "portals"
    folder = tmp_path / "portals"
    shutil.copytree(here, folder)
    run(SHARED / "data" / "portals.jsonl", folder, monkeypatch)
    before, after = ({p.relative_to(root): p.read_bytes() for p in root.rglob("*.toml")} for root in (here, folder))
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == set()


def test_two_hosts_of_one_id_stop_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = tmp_path / "portals.jsonl"
    survey.write_text(line("a-b.gov.cn") + "\n" + line("a.b.gov.cn"), "utf-8")
    with pytest.raises(SystemExit, match="two portals would be called a_b"):
        run(survey, tmp_path / "portals", monkeypatch)


def test_a_broken_file_is_named_and_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIBAO_PORTALS", str(tmp_path))
    (tmp_path / "x.toml").write_text("name = ", "utf-8")
    (tmp_path / "y.toml").write_text('id = "y"\nsection = 1\n', "utf-8")
    entries = {entry.id: entry for entry in catalogue()}
    assert "x.toml: not readable TOML" in (entries["x"].fault or "")
    assert entries["gov_cn"].fault is None
    assert {"x", "gov_cn"} <= set(every_seen())
    usable, (unusable,) = resolve_usable(every_seen())
    assert "gov_cn" in [portal.id for portal in usable]
    assert (unusable.portal, unusable.exit_code) == ("x", 2)
    done = CliRunner().invoke(portals, ["--status", "seen"], standalone_mode=False)
    assert (done.return_value, "gov_cn" in done.stdout) == (2, True)
    assert "cannot be used: " in done.stderr


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("4101030018", ("henan", "河南", "410103")),
        ("bm04000007", ("central", None, None)),
        ("1101020002", ("beijing", "北京", "110102")),
        ("28", ("other", None, None)),  # a stock exchange
        ("410000000123", ("other", None, None)),
        ("9901030018", ("other", None, None)),
        ("", ("other", None, None)),
        (None, ("other", None, None)),
    ],
)
def test_places_by_site_code(code: str | None, place: tuple[str, str | None, str | None]) -> None:
    assert place_of(code) == place


def test_levels_and_ids() -> None:
    assert [level_of(code) for code in ("410000", "410100", "410103")] == ["province", "city", "district"]
    assert [portal_id(host) for host in ("www.zhongyuan.gov.cn", "gzw.zhengzhou.gov.cn", "WWW.A-B.gov.cn")] == [
        "zhongyuan", "gzw_zhengzhou", "a_b"]  # fmt: skip
