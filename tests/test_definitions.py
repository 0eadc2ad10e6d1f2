"""Portal definitions: every shipped one loads; what is wrong is said with file, key and the nearest valid name."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.definitions import load_portal, portal_ids, read_definition
from crawler.errors import PortalError
from crawler.portal import for_url

GOOD = 'id = "x"\nname = "某县"\nurl = "http://www.x.gov.cn/"\npreset = "jeecms"\n'
SECTION = '\n[[section]]\nname = "要闻"\nurl = "http://news.x.gov.cn/zwyw/index.jhtml"\n'


def write(folder: Path, text: str, name: str = "x") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("portal_id", portal_ids())
def test_every_shipped_definition_loads(portal_id: str) -> None:
    portal = load_portal(portal_id)
    assert portal.id == portal_id
    assert portal.name
    assert portal.sections
    assert portal.status in ("seen", "inferred")


def test_the_zhengzhou_districts_and_three_central_bodies_are_there() -> None:
    assert {
        "erqi",
        "zhengzhou",
        "zhongyuan",
        "guancheng",
        "jinshui",
        "huiji",
        "shangjie",
        "gov_cn",
        "ndrc",
        "most",
    } <= set(portal_ids())


def test_own_keys_go_before_the_preset_and_every_named_host_may_be_asked(tmp_path: Path) -> None:
    portal = read_definition(write(tmp_path, GOOD + "[list.pager]\nfirst = 7\n" + SECTION + "min_rows = 5\n"))
    assert portal.hosts == ("www.x.gov.cn", "news.x.gov.cn")
    (section,) = portal.sections
    assert (section.min_rows, section.list.pager.first, section.list.pager.template) == (5, 7, "index_{n}.jhtml")
    assert portal.article.key


BAD = [
    (GOOD + "publishr = 1\n", r"x\.toml: unknown key 'publishr' \(nearest: publisher\)"),
    (GOOD.replace("jeecms", "jecms"), r"no preset 'jecms' \(nearest: jeecms\)"),
    (GOOD + "[crawl]\ndelay = 3\n", r"x\.toml: \[crawl\]: unknown key 'delay' \(nearest: delay_s\)"),
    (GOOD + '[crawl]\ndelay_s = "3"\n', r"delay_s must be float, not '3'"),
    (GOOD + '[list]\nrow = "div[["\n', r"x\.toml: \[list\]: row is no CSS selector: 'div\[\['"),
    (GOOD + '[list]\ninclude = "("\n', r"x\.toml: \[list\]: include is no regular expression: '\('"),
    (GOOD + '[list.pager]\nkinds = "single"\n', r"\[list\]\.pager: unknown key 'kinds' \(nearest: kind\)"),
    (GOOD + "[article]\ntitel = 'h1'\n", r"\[article\]: unknown key 'titel' \(nearest: title\)"),
    (GOOD + SECTION.replace("name", "nome"), r"\[\[section\]\] 1: unknown key 'nome' \(nearest: name\)"),
    (GOOD + '\n[[section]]\nname = "要闻"\n', r"\[\[section\]\] 1: url is missing"),
    (GOOD.replace("http:", "ftp:"), r"url must be an http or https address, not 'ftp:"),
    (GOOD + 'status = "seeen"\n', r"status must be one of seen, inferred"),
    (GOOD.replace('"x"', '"y"'), r"id is 'y', the file is called x"),
    ('id = "x"\nurl = "http://x.cn/"\n', r"x\.toml: name is missing"),
    ("id = \n", r"not readable TOML"),
]


@pytest.mark.parametrize(("text", "says"), BAD)
def test_what_is_wrong_is_said_with_file_key_and_nearest_name(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PortalError, match=says):
        read_definition(write(tmp_path, text))


def test_own_folder_goes_first_and_one_id_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIBAO_PORTALS", str(tmp_path))
    write(tmp_path, GOOD.replace('"x"', '"erqi"').replace("某县", "自己的"), "erqi")
    assert load_portal("erqi").name == "自己的"
    (tmp_path / "more").mkdir()
    write(tmp_path / "more", GOOD, "erqi")
    with pytest.raises(PortalError, match="two definitions have the id 'erqi'"):
        portal_ids()
    monkeypatch.setenv("DIBAO_PORTALS", str(tmp_path / "nowhere"))
    with pytest.raises(PortalError, match=r"\$DIBAO_PORTALS: no folder"):
        portal_ids()


def test_unknown_portal_names_the_nearest() -> None:
    with pytest.raises(PortalError, match=r"no portal 'erqj' \(nearest: erqi\)"):
        load_portal("erqj")


def test_a_bare_column_address_is_a_definition_of_its_own() -> None:
    portal = for_url("http://www.x.gov.cn:8080/zwyw/index.html")
    assert (portal.id, portal.hosts, portal.sections[0].url) == (
        "www.x.gov.cn:8080",
        ("www.x.gov.cn",),
        "http://www.x.gov.cn:8080/zwyw/index.html",
    )


def test_a_column_is_found_by_its_folder(tmp_path: Path) -> None:
    portal = read_definition(write(tmp_path, GOOD + SECTION))
    found = portal.section_for("http://news.x.gov.cn/zwyw/index_3.jhtml")
    assert found is not None
    assert found.name == "要闻"
    assert portal.section_for("http://www.x.gov.cn/other/index.jhtml") is None
