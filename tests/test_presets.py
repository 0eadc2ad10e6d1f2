"""Presets: each is whole, checked like a definition, and its patterns fit the addresses they are for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler.definitions import PACKAGE, load_preset, preset_file, preset_names, read_definition

NEEDED = {"trs", "ucap", "hanweb", "jpaas", "querylist", "nfcms", "gkmlpt", "vsb", "jeecms", "henan", "sitesources",
          "longxun", "epoint", "ccontent", "shanghai", "founder", "dedecms", "phpcms", "powereasy", "asp", "aspnet",
          "gov_cn"}  # fmt: skip
HEX = "0ff88c45f1974962a539775085014888"
UUID = "0ff88c45-f197-4962-a539-775085014888"
# preset -> (article address, its key), and column addresses that are no article's
ADDRESSES = {
    "trs": ("http://www.moa.gov.cn/xw/zwdt/202309/t20230915_6436615.htm", "6436615"),
    "ucap": (f"http://www.wanzai.gov.cn/wzxrmzf/tjsja/202305/{HEX}.shtml", HEX),
    "hanweb": ("http://gxt.x.gov.cn/art/2023/10/30/art_80179_11072765.html", "80179_11072765"),
    "jpaas": (f"https://www.mofcom.gov.cn/zwgk/zcfb/art/2026/art_{HEX}.html", HEX),
    "querylist": (f"http://sthjt.x.gov.cn/jxssthjt/col/col42150/art/2026/art_{HEX}.html", HEX),
    "nfcms": ("http://www.gz.gov.cn/xw/content/post_9876543.html", "9876543"),
    "gkmlpt": ("http://www.gz.gov.cn/czj/gkmlpt/content/8/8123/post_8123456.html", "8123456"),
    "vsb": ("http://www.x.gov.cn/info/1276/39834.htm", "39834"),
    "jeecms": ("https://www.erqi.gov.cn/zwyw/7506364.jhtml", "7506364"),
    "henan": ("https://tjj.henan.gov.cn/2026/04-09/3341308.html", "3341308"),
    "sitesources": (f"http://www.x.gov.cn/sitesources/cy/page_pc/ywdt/zyyw/article{HEX}.html", HEX),
    "longxun": ("http://www.x.gov.cn/tzgg/150688401.html", "150688401"),
    "epoint": (f"http://www.x.gov.cn/001/001001/20260409/{UUID}.html", None),
    "ccontent": ("http://www.sasac.gov.cn/n2588035/n2588320/n2588335/c32955553/content.html", "32955553"),
    "shanghai": (f"https://www.shanghai.gov.cn/nw4411/20260409/{HEX}.html", HEX),
    "founder": ("http://www.x.cn/html/2026-04/09/content_123456.htm", "123456"),
    "dedecms": ("http://www.x.gov.cn/a/xinxigongkai/20180311/2592.html", "2592"),
    "phpcms": ("http://www.x.gov.cn/index.php?m=content&c=index&a=show&catid=1723&id=88", "88"),
    "powereasy": ("http://www.x.gov.cn/Item/5567.aspx", "5567"),
    "asp": ("http://www.x.gov.cn/view.asp?id=917", "917"),
    "aspnet": ("http://www.x.gov.cn/NewsView.aspx?NewsID=917", "917"),
    "gov_cn": ("https://www.gov.cn/yaowen/liebiao/202604/content_7012345.htm", "7012345"),
}
COLUMNS = (
    "http://www.x.gov.cn/",
    "http://www.x.gov.cn/xw/",
    "http://www.x.gov.cn/xw/index_2.html",
    "http://www.x.gov.cn/zwyw/index_2.jhtml",
    "http://www.x.gov.cn/xw/list_2.shtml",
    "http://www.x.gov.cn/xwzx/zwyw/30.htm",
    "http://www.x.gov.cn/col/col2651/index.html",
    "http://www.x.gov.cn/n1/n2/index_2603340_15.html",
)


def test_every_platform_of_the_survey_has_a_preset() -> None:
    assert set(preset_names()) == NEEDED == set(ADDRESSES)


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_a_preset_is_a_definition_s_half(tmp_path: Path, name: str) -> None:
    values = preset_file(name)
    assert set(values) <= {"name", "about", "clue", "list", "article", "crawl"}
    assert set(load_preset(name)) <= {"list", "article", "crawl"}
    for clue in values["clue"]:
        assert set(clue) == {"says", "where", "pattern", "weight"}
        assert clue["where"] in ("address", "link", "text")
        assert 0 < clue["weight"] < 1
    path = tmp_path / "x.toml"
    path.write_text(f'id = "x"\nname = "某县"\nurl = "http://www.x.gov.cn/"\npreset = "{name}"\n', "utf-8")
    read_definition(path)  # keys, selectors and patterns are checked


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_article_addresses_and_their_keys(tmp_path: Path, name: str) -> None:
    address, key = ADDRESSES[name]
    rules = load_preset(name)["article"]
    assert re.search(rules["url"], address)
    if key is not None:
        found = re.search(rules["key"], address)
        assert found
        assert found[1] == key
    assert not [column for column in COLUMNS if re.search(rules["url"], column)]
    let_in = load_preset(name).get("list", {})
    assert re.search(let_in.get("include", ""), address)
    assert not re.search(let_in.get("exclude", r"(?!)"), address)


def test_no_preset_file_is_out_of_place() -> None:
    assert {path.suffix for path in (PACKAGE / "presets").iterdir()} == {".toml"}
