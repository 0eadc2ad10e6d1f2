"""Article pages in layouts that no content system is known by: tables, frames of old days, other languages."""

# ruff: noqa: E501  pages as sites write them

from __future__ import annotations

from typing import Any

from tests.article_shapes import BODY, FOOT, NAV, PARAGRAPHS, SIDE, TITLE, Shape, pg, shape

LAYOUTS: dict[str, Shape] = {}


def add(name: str, *page: Any, **more: Any) -> None:
    LAYOUTS[name] = shape(*page, **more)


TRAIL = '<div class="location">当前位置：<a href="/">首页</a> &gt; <a href="/x">通知公告</a></div>'
CRUMBS = ("首页", "通知公告")
add(
    "today",
    pg(
        f'<div class="date">今天是：2026年11月24日 星期二</div>{TRAIL}<h1>{TITLE}</h1><div class="xx">发布时间：2026-04-09 10:21 来源：县应急局</div><div id="zoom">{BODY}</div>'
    ),
    "县应急局",
    "2026-04-09T10:21+08:00",
    CRUMBS,
)
add(
    "today2",
    pg(
        f'<div class="date">2026年11月24日 星期二</div><h1>{TITLE}</h1><div class="xx">来源：县应急局</div><div id="zoom">{BODY}</div>',
        '<meta name="PubDate" content="2026-04-09 10:21">',
    ),
    "县应急局",
    "2026-04-09T10:21+08:00",
    (),
)
NOTICE = [
    "各乡镇人民政府，县政府各部门：",
    "为贯彻落实上级部署，现将《清和县防汛应急预案》印发给你们，请认真组织实施。",
    "附件：1.清和县防汛应急预案",
    "2.责任分工表",
    "清和县人民政府",
    "2026年4月9日",
    "（此件公开发布）",
]
add(
    "notice",
    pg(
        f'{TRAIL}<div class="bt">清和县人民政府关于印发防汛应急预案的通知</div><div>发布时间：2026-04-10　来源：县政府办公室　浏览次数：<span>12</span></div><div class="nr">{"".join(f"<p>{t}</p>" for t in NOTICE[:2])}<p><a href="/a.doc">附件：1.清和县防汛应急预案</a></p><p><a href="/b.xlsx">2.责任分工表</a></p>{"".join(f"<p>{t}</p>" for t in NOTICE[4:])}</div><div class="share">分享：<a>微信</a><a>微博</a></div>',
        title="清和县人民政府关于印发防汛应急预案的通知",
    ),
    "县政府办公室",
    "2026-04-10",
    CRUMBS,
    body=NOTICE,
    title="清和县人民政府关于印发防汛应急预案的通知",
)
QUESTIONS = [
    "问：《条例》出台的背景是什么？",
    "答：为了规范管理，县政府组织制定了《条例》，自2026年5月1日起施行。",
    "问：主要内容有哪些？",
    "答：《条例》共六章三十八条，对职责分工、监督管理等作出规定。",
]
add(
    "qa",
    pg(
        f'{TRAIL}<h2>《清和县条例》政策解读</h2><p class="ly">时间：2026/4/9 8:05:09　来源：司法局　【<a>打印</a>】【<a>关闭</a>】</p><div class="TRS_Editor">{"".join(f"<p><strong>{t}</strong></p>" for t in QUESTIONS)}</div><div class="xgwj"><h4>相关文件</h4><ul><li><a href="1.html">清和县条例全文及有关说明材料</a></li></ul></div>',
        title="《清和县条例》政策解读 - 清和县人民政府",
    ),
    "司法局",
    "2026-04-09T08:05:09+08:00",
    CRUMBS,
    body=QUESTIONS,
    title="《清和县条例》政策解读",
)
GRID = "<table border=1><tr><th>序号</th><th>单位</th><th>金额（万元）</th></tr><tr><td>1</td><td>教育局</td><td>120.5</td></tr><tr><td>2</td><td>卫健委</td><td>98</td></tr></table>"
add(
    "table",
    pg(
        f'{TRAIL}<h1>关于2026年部门预算的公示</h1><div>日期：2026-04-09　来源：财政局</div><div class="content">{BODY}{GRID}<p>清和县财政局</p></div>',
        title="关于2026年部门预算的公示",
    ),
    "财政局",
    "2026-04-09",
    CRUMBS,
    body=[*PARAGRAPHS, "序号\t单位\t金额（万元）", "1\t教育局\t120.5", "2\t卫健委\t98", "清和县财政局"],
    title="关于2026年部门预算的公示",
)
add(
    "pics",
    pg(
        f'{TRAIL}<h1>{TITLE}（图）</h1><div>时间：2026-04-09　来源：清和发布</div><div class="con"><p><img src="/u/1.jpg"></p><p><img src="/u/2.jpg"></p></div><a>打印</a>'
    ),
    "清和发布",
    "2026-04-09",
    CRUMBS,
    body=[""],
    title=TITLE + "（图）",
)
add(
    "attach",
    pg(
        f'{TRAIL}<h1>2026年政府信息公开年报</h1><div>时间：2026-04-09　来源：县政府办</div><div class="con"><p><a href="/f/nb.pdf">2026年政府信息公开年报.pdf</a></p></div>',
        title="2026年政府信息公开年报",
    ),
    "县政府办",
    "2026-04-09",
    CRUMBS,
    body=[""],
    title="2026年政府信息公开年报",
)
RELEASE = [
    "政府今日（四月九日）宣布，將於下月起推行新措施，支援中小企業發展。",
    "政府發言人表示：「新措施將有助業界把握機遇。」",
    "完",
    "2026年4月9日（星期四）",
    "香港時間10時21分",
]
add(
    "hk",
    f'<html lang="zh-hk"><head><title>政府推行新措施支援中小企業</title></head><body><div id="header"><a href="/">主頁</a><a href="/b">網頁指南</a></div><div class="breadcrumb"><a href="/">主頁</a> &gt; <a href="/p">新聞公報</a> &gt; <span>政府推行新措施支援中小企業</span></div><div id="main"><h1>政府推行新措施支援中小企業</h1><div id="pressrelease">{"<br><br>".join(RELEASE[:2])}<br><br>完</div><div class="mB15">2026年4月9日（星期四）<br>香港時間10時21分</div></div><div class="footer">版權所有</div></body></html>',
    None,
    "2026-04-09T10:21+08:00",
    ("主頁", "新聞公報", "政府推行新措施支援中小企業"),
    body=RELEASE[:3],
    title="政府推行新措施支援中小企業",
)
add(
    "relatedin",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><div>2026-04-09 10:21 来源： 新华网</div><div class="article-content">{BODY}<div class="rel"><p>相关链接：</p><ul><li><a href="1">国务院关于某事项的通知全文发布</a></li><li><a href="2">部门负责人答记者问全文发布情况</a></li></ul></div><p>（编辑：王小二）</p><p><a href="">[打印本页]</a> <a>[关闭窗口]</a></p></div>'
    ),
    "新华网",
    "2026-04-09T10:21+08:00",
    CRUMBS,
)
add(
    "qrin",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><div>2026-04-09 10:21 来源： 新华网</div><div class="article-content">{BODY}</div><div class="ewm"><p>扫一扫在手机打开当前页</p><p>【字体：大 中 小】 打印本页</p></div>'
    ),
    "新华网",
    "2026-04-09T10:21+08:00",
    CRUMBS,
)
add(
    "deepcell",
    f"<html><head><meta charset=utf-8><title>清和县人民政府</title></head><body><table><tr><td>{NAV}</td></tr></table><table><tr><td width=200><ul>{''.join(f'<li><a href=/{i}>栏目{i}</a></li>' for i in range(9))}</ul></td><td><table><tr><td>您现在的位置：<a href=/>首页</a> &gt;&gt; <a href=/x>公告</a> &gt;&gt; 信息内容</td></tr><tr><td class=title><b>{TITLE}</b></td></tr><tr><td>发布日期：2026-4-9 点击：33次 信息来源：水利局</td></tr><tr><td class=text>{'<br>'.join(PARAGRAPHS)}</td></tr></table></td></tr></table>{FOOT}</body></html>",
    "水利局",
    "2026-04-09",
    ("首页", "公告", "信息内容"),
)
add(
    "wordspans",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><div>2026-04-09 来源:县委办</div><div class="view TRS_UEDITOR trs_paper_default">'
        + "".join(
            '<p style="text-indent:2em">'
            + "".join(f'<span style="font-family:仿宋">{c}</span>' for c in (t[:7], t[7:15], t[15:]))
            + "</p>"
            for t in PARAGRAPHS
        )
        + "</div>"
    ),
    "县委办",
    "2026-04-09",
    CRUMBS,
)
add(
    "nestedsec",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><div>2026-04-09 来源:县委办</div><div class="wrap"><div class="a"><p>{PARAGRAPHS[0]}</p></div><div class="b"><h3>一、总体要求</h3><p>{PARAGRAPHS[1]}</p></div><div class="c"><h3>二、重点任务</h3><p>{PARAGRAPHS[2]}</p></div></div>'
        + SIDE
    ),
    "县委办",
    "2026-04-09",
    CRUMBS,
    body=[PARAGRAPHS[0], "一、总体要求", PARAGRAPHS[1], "二、重点任务", PARAGRAPHS[2]],
)
add(
    "authorline",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><div>作者：王明 李红　　来源：清和日报　　发布时间：2026年04月09日 10时21分　　编辑：张三</div><div class="bd">{BODY}<p>（作者单位：清和县委宣传部）</p></div>'
    ),
    "清和日报",
    "2026-04-09T10:21+08:00",
    CRUMBS,
    body=[*PARAGRAPHS, "（作者单位：清和县委宣传部）"],
)
add(
    "shorttitle",
    pg(
        f'{TRAIL}<div class="art"><div class="t">县情概况</div><div class="time">2026-04-09</div><div class="n">{BODY}</div></div>',
        title="县情概况 - 清和县人民政府",
    ),
    None,
    "2026-04-09",
    CRUMBS,
    title="县情概况",
)
add(
    "sitetitle",
    pg(
        f'{TRAIL}<div class="art"><h3 class="tt">{TITLE}</h3><div class="time">更新时间：2026-04-09 | 来源：本站</div><div class="n">{BODY}</div></div>',
        title="清和县人民政府门户网站",
    ),
    "本站",
    "2026-04-09",
    CRUMBS,
)
add(
    "titlecut",
    pg(
        f'{TRAIL}<div class="art"><p class="tt">清和县人民政府办公室关于印发2026年重点工作分工方案的通知</p><div class="time">2026-04-09 来源：政府办</div><div class="n">{BODY}</div></div>',
        title="清和县人民政府办公室关于印发2026年重点工...",
    ),
    "政府办",
    "2026-04-09",
    CRUMBS,
    title="清和县人民政府办公室关于印发2026年重点工作分工方案的通知",
)
add(
    "colfirst",
    pg(
        f'{TRAIL}<div class="lm"><h2>通知公告</h2></div><div class="art"><h1>{TITLE}</h1><div class="time">2026-04-09 来源：政府办</div><div class="n">{BODY}</div></div>',
        title="通知公告_清和县人民政府_" + TITLE,
    ),
    "政府办",
    "2026-04-09",
    CRUMBS,
)
add(
    "sidefirst",
    pg(
        f'{SIDE}{TRAIL}<div class="art"><h1>{TITLE}</h1><div class="time">2026-04-09 来源：政府办</div><div class="n">{BODY}</div></div>'
    ),
    "政府办",
    "2026-04-09",
    CRUMBS,
)
add("urltime", pg(f'{TRAIL}<h1>{TITLE}</h1><div class="n">{BODY}</div>'), None, None, CRUMBS)
add(
    "bodydates",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><div class="n"><p>2026年3月1日，会议在京召开。会议由县长主持，有关部门负责人参加会议。</p>{BODY}</div>'
    ),
    None,
    None,
    CRUMBS,
    body=["2026年3月1日，会议在京召开。会议由县长主持，有关部门负责人参加会议。", *PARAGRAPHS],
)
add(
    "en",
    '<html lang="en"><head><title>Ministry issues new rules | Ministry of Trade</title></head><body><nav><a href="/">Home</a><a href="/n">News</a></nav><ul class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ul><main><h1>Ministry issues new rules</h1><p class="meta">Published: 9 April 2026 | Source: Xinhua</p><div class="entry-content"><p>The ministry on Thursday issued new rules on trade, which take effect next month.</p><p>Officials said the rules would help small firms.</p></div></main><footer>Copyright</footer></body></html>',
    "Xinhua",
    "2026-04-09",
    ("Home", "News"),
    body=[
        "The ministry on Thursday issued new rules on trade, which take effect next month.",
        "Officials said the rules would help small firms.",
    ],
    title="Ministry issues new rules",
)
