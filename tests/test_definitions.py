"""Portal definitions: every shipped one loads; what is wrong is said with file, key and the nearest valid name."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.definitions import load_portal, portal_ids, read_definition
from crawler.errors import PortalError
from crawler.portal import for_url
from crawler.targets import resolve_targets

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
    (GOOD.replace("www.x.gov.cn", "[x"), r"x\.toml: url must be an http or https address, not 'http://\[x/'"),
    (GOOD + SECTION.replace("cn/", "cn:99999/"), r"\[\[section\]\] 1: url must be an http or https address"),
    (GOOD + "[crawl]\nrecheck = [7, 1]\n", r"x\.toml: recheck must be list of \[float, float\], not \[7, 1\]"),
    (GOOD + "[crawl]\nrecheck = [[7, 1, 2]]\n", r"recheck must be list of \[float, float\], not \[\[7, 1, 2\]\]"),
    (GOOD + "[crawl]\nrecheck = [[7, 0]]\n", r"recheck must be .*both above 0"),
    (GOOD + "[crawl]\nrecheck = [[7, inf]]\n", r"recheck must be .*both above 0"),
    (GOOD + '[crawl]\nwindow = "99:00-30:00"\n', r'window = "99:00-30:00": not of the form'),
    (GOOD + '[crawl]\nwindow = "abends"\n', r'window = "abends": not of the form'),
    (GOOD + '[crawl]\nencoding = "utf99"\n', r"encoding must be an encoding that Python knows.*, not 'utf99'"),
    (GOOD + '[crawl]\nencoding = "base64"\n', r"encoding must be an encoding that Python knows.*, not 'base64'"),
    (GOOD + "[crawl]\ndelay_s = -5\n", r"delay_s must be 0 or more, not -5"),
    (GOOD + "[crawl]\ndelay_s = nan\n", r"delay_s must be 0 or more, not nan"),
    (GOOD + "[crawl]\nattachments_max_mb = -1\n", r"attachments_max_mb must be above 0, not -1"),
    (GOOD + '[crawl]\nattachments = "all"\n', r"attachments must be one of download, record, not 'all'"),
    (GOOD + '[crawl]\nevery = "often"\n', r'x\.toml: every = "often": write a number'),
    (GOOD + 'hosts = ["http://a.cn/"]\n', r"hosts must be names of hosts.*, not \['http://a\.cn/'\]"),
    (GOOD + "hosts = [1]\n", r"hosts must be list of str, not \[1\]"),
    (GOOD + SECTION + 'since = "gestern"\n', r"\[\[section\]\] 1: since must be a date like 2026-11-24, not 'gestern'"),
    (GOOD + SECTION + 'since = "20260101"\n', r"since must be a date like 2026-11-24, not '20260101'"),
    (GOOD + SECTION + "min_rows = -1\n", r"min_rows must be 0 or more, not -1"),
    (GOOD + SECTION + '[section.list]\nmode = "nonsense"\n', r"\[\[section\]\] 1\.list: mode must be one of html, "),
    (GOOD + '[list]\nmode = "html_comment"\n', r"\[list\]: mode .*not 'html_comment' \(nearest: html_in_comment\)"),
    (GOOD + '[list.pager]\nkind = "nonsense"\n', r"\[list\]\.pager: kind must be one of numbered, "),
    (GOOD + '[list.pager]\nmethod = "PUT"\n', r"\[list\]\.pager: method must be one of GET, POST, not 'PUT'"),
    (GOOD + '[list.pager]\ntotal_unit = "rows"\n', r"total_unit must be one of pages, records, not 'rows'"),
    (GOOD + "[list.pager]\nmax_pages = 0\n", r"max_pages must be above 0, not 0"),
    (GOOD + "[list.pager]\nheaders = {X = 1}\n", r"headers must be table of str, not \{'X': 1\}"),
    (
        GOOD + SECTION + SECTION.replace("要闻", "公告"),
        r"\[\[section\]\] 2: url is that of \[\[section\]\] 1, .*leave one",
    ),
    (
        GOOD + SECTION + SECTION.replace("zwyw", "gsgg"),
        r"\[\[section\]\] 2: name is that of \[\[section\]\] 1, '要闻'; call",
    ),
    (GOOD + "section = 1\n", r"x\.toml: section must be tables: write \[\[section\]\]"),
]


@pytest.mark.parametrize(("text", "says"), BAD)
def test_what_is_wrong_is_said_with_file_key_and_nearest_name(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PortalError, match=says):
        read_definition(write(tmp_path, text))


@pytest.mark.parametrize(
    "more",
    [
        '[crawl]\nrecheck = [[7, 0.5], [30, 7]]\nwindow = "22:00-24:00"\nencoding = "gb2312"\ndelay_s = 0\n',
        '[list.pager]\nmethod = "post"\nstep = -1\nfirst = 0\nheaders = {X = "1"}\n'
        + SECTION
        + 'since = "2026-01-01"\n',
    ],
)
def test_unusual_values_that_can_be_used_are_taken(tmp_path: Path, more: str) -> None:
    assert read_definition(write(tmp_path, GOOD + more)).id == "x"


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


def test_a_definition_without_columns_is_nothing_to_crawl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was "complete", with no request made."""
    monkeypatch.setenv("DIBAO_PORTALS", str(tmp_path))
    write(tmp_path, GOOD)
    with pytest.raises(PortalError, match=r"x: its definition names no column; add \[\[section\]\]"):
        resolve_targets(["x"])


@pytest.mark.parametrize(("address", "name"), [
    ("/zwyw/index.html", "zwyw"), ("/zwyw/", "zwyw"), ("/", "www.x.gov.cn"), ("", "www.x.gov.cn"),
    ("/xwzx/zwyw.htm", "xwzx/zwyw"), ("/xwzx/tzgg.htm", "xwzx/tzgg"), ("/list.asp?id=17", "list?id=17"),
    ("/?a=dir&p=D1901", "?a=dir&p=D1901"), ("/xw/yw/1.html", "xw/yw/1"),
])  # fmt: skip
def test_columns_without_a_definition_are_called_by_their_address(address: str, name: str) -> None:
    """Alarms are a name's: what is said of /xwzx/zwyw.htm must not be cleared by reading /xwzx/tzgg.htm."""
    assert for_url(f"http://www.x.gov.cn{address}").sections[0].name == name


def test_one_address_is_one_column_however_it_was_copied() -> None:
    written = ("http://www.x.gov.cn/zwyw/", " http://www.x.gov.cn/zwyw/ ", "HTTP://www.x.gov.cn/zwyw/#top")
    (portal,) = resolve_targets(written)
    assert [section.url for section in portal.sections] == ["http://www.x.gov.cn/zwyw/"]


def test_what_to_do_about_a_portal_is_something_that_can_be_done(tmp_path: Path) -> None:
    bare = for_url("http://www.x.gov.cn:8080/zwyw/index.html")
    assert bare.look() == "`dibao portal add http://www.x.gov.cn:8080/zwyw/index.html --dry-run`"
    defined = read_definition(write(tmp_path, GOOD + SECTION))
    assert (defined.bare, defined.look(live=True)) == (False, "`dibao portal check x --live`")


def test_a_column_is_found_by_its_folder(tmp_path: Path) -> None:
    portal = read_definition(write(tmp_path, GOOD + SECTION))
    found = portal.section_for("http://news.x.gov.cn/zwyw/index_3.jhtml")
    assert found is not None
    assert found.name == "要闻"
    assert portal.section_for("http://www.x.gov.cn/other/index.jhtml") is None
