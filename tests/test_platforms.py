"""Recognition: every platform from a list page, an article, an address; nothing from pages of other makers."""

from __future__ import annotations

import pytest

from crawler.decode import decode_page
from crawler.definitions import preset_names
from crawler.platforms import SURE, platform_of, platforms, recognise
from tests.shared import golds, needs_shared, page_of

HOST = "http://www.x.gov.cn"


def links(*addresses: str) -> str:
    return "<ul>" + "".join(f'<li><a href="{one}">某事</a></li>' for one in addresses) + "</ul>"


HEX = "0ff88c45f1974962a539775085014888"
PAGES = [
    ("trs", "/xw/", links("./202604/t20260409_1404577.html", "./202604/t20260408_1404570.html")),
    ("trs", "/xw/", '<!-- <script>createPageHTML(9, 0, "index", "html");</script> -->'),
    ("trs", "/xw/1.html", '<div class="TRS_Editor">文</div>'),
    ("ucap", "/jyt/c110634/zwgklist.shtml", "<script>createPageHTML('page_div',10, 1,'zwgklist','shtml',200)</script>"),
    ("ucap", f"/x/202305/{HEX}.shtml", "<UCAPCONTENT>文</UCAPCONTENT>"),
    ("ucap", "/kf/zwyw/pc/list.html", f'<meta name="channelid" content="{HEX}">'),
    ("hanweb", "/col/col2651/index.html", "<datastore><recordset></recordset></datastore>"),
    ("hanweb", "/art/2023/10/30/art_80179_11072765.html", "<!-- Produced By 大汉网络 -->"),
    ("jpaas", "/col/col1/", '<script url="/api-gateway/jpaas-publish-server/front/page/build/unit"></script>'),
    ("querylist", "/x/col/col42150/index.html", "<script>$.post('/queryList', {})</script>"),
    ("nfcms", "/xw/index.html", "<script>window.NFCMS_SITE_ID='1'</script>" + links("/xw/content/post_1.html")),
    ("gkmlpt", "/dept/gkmlpt/index", "<script>window._CONFIG = {TREE: [], SID: 7}</script>"),
    ("vsb", "/xwzx/zwyw.htm", links("../info/1276/39834.htm", "../info/1276/39833.htm")),
    ("vsb", "/info/1276/39834.htm", '<div id="vsb_content_2"><div class="v_news_content">文</div></div>'),
    ("jeecms", "/zwyw/index.jhtml", links("/zwyw/7506364.jhtml", "/zwyw/7506363.jhtml")),
    ("jeecms", "/zwyw/7506364.jhtml", ""),
    ("henan", "/2026/04-09/3341308.html", ""),
    ("sitesources", "/sitesources/zk/page_pc/ywdt/list1.html", links(f"article{HEX}.html", f"article{HEX[::-1]}.html")),
    ("longxun", "/content/column/6807441", "<div class='j-fontContent'>文</div>"),
    ("epoint", "/001/001001/subPage.html", links("/001/001002/secondPage.html", "/002/002001/secondPage.html")),
    ("ccontent", "/n1/n2/index.html", "<script>var maxPageNum = 16</script>" + links("../c32955553/content.html")),
    ("shanghai", f"/20260409/{HEX}.html", '<div id="ivs_content">文</div>'),
    ("founder", "/content_1.htm", "<!--enpproperty <articleid>1</articleid>/enpproperty-->"),
    ("dedecms", "/plus/list.php?tid=3", links("/a/xw/20180311/2592.html", "/a/xw/20180310/2591.html")),
    ("phpcms", "/index.php?m=content&c=index&a=lists&catid=1723", ""),
    ("powereasy", "/Category_12/Index.aspx", links("/Item/1.aspx", "/Item/2.aspx")),
    ("asp", "/list.asp?s=17", links("view.asp?id=1", "view.asp?id=2")),
    ("aspnet", "/list.aspx", '<input type="hidden" name="__VIEWSTATE" value="/wE">'),
    ("gov_cn", "/x.json", '[{"TITLE": "某事", "DOCRELPUBTIME": "2026-01-01"}]'),
]


@pytest.mark.parametrize(("platform", "path", "page"), PAGES)
def test_every_platform_is_known_by_its_signs(platform: str, path: str, page: str) -> None:
    best = recognise(page, HOST + path)[0]
    assert (best.platform, best.certainty >= SURE) == (platform, True), recognise(page, HOST + path)
    assert best.clues


def test_every_platform_stands_in_the_table_above() -> None:
    assert {platform for platform, _, _ in PAGES} == set(preset_names()) == {one.preset for one in platforms()}


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<p>TRS</p>",
        links("/2026/01/a-post", "/2026/02/another/"),
        links("/index.php", "/about.html"),
        # one link to another portal's article says nothing of this one
        links("https://www.ndrc.gov.cn/xw/t20260409_1.html", "https://www.ndrc.gov.cn/xw/t20260409_2.html"),
        links("/xw/t20260409_1.html"),
        "\x00" * 5000,
        "<a href=" * 50_000,
        '<a href="//[">x</a>',
    ],
)
def test_what_shows_no_sign_is_no_platform(page: str) -> None:
    assert platform_of(page, HOST + "/xw/") is None


def test_more_clues_make_it_surer() -> None:
    one = recognise(links("/xw/t20260409_1.html", "/xw/t20260409_2.html"), HOST)[0]
    two = recognise(links("/xw/t20260409_1.html", "/xw/t20260409_2.html") + "createPageHTML(9, 0", HOST)[0]
    assert one.certainty < two.certainty < 1
    assert len(two.clues) == 2


# What the gold files call a platform, by its beginning -> presets that are right
NAMES = {
    "trs": {"trs", "gov_cn"},
    "ucap": {"ucap", "gov_cn"},
    "hanweb": {"hanweb", "jpaas", "querylist"},
    "ccontent": {"ccontent"},
    "nxxx": {"ccontent"},
    "founder": {"founder"},
    "unknown": {None},
    "drupal": {None},
    "wordpress": {None},
}


@needs_shared
def test_saved_pages_are_recognised() -> None:
    wrong = {}
    counted = 0
    for folder in ("lists", "articles"):
        for gold in golds(folder):
            maker = next((right for name, right in NAMES.items() if gold["cms"].lower().startswith(name)), None)
            if maker is None:
                continue
            counted += 1
            found = platform_of(decode_page(page_of(folder, gold["slug"])).text, gold.get("url") or "")
            if found not in maker:
                wrong[gold["slug"]] = (gold["cms"], found)
    assert counted > 50
    assert len(wrong) / counted < 0.02, wrong
