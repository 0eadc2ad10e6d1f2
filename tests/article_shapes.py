"""Article pages as content systems write them, each with what a careful reader sees: domain guide, chapters 3, 5 and 10."""

# ruff: noqa: E501  pages as sites write them

from __future__ import annotations

from typing import NamedTuple

PARAGRAPHS = [
    "4月9日，县长李强主持召开县政府第18次常务会议，研究部署安全生产、防汛备汛等工作。",
    "会议指出，要压紧压实责任，深入开展隐患排查整治，坚决防范和遏制重特大事故发生。",
    "会议强调，要坚持人民至上、生命至上，全力做好各项准备工作，确保安全度汛。",
    "会议还研究了其他事项。",
]
BODY = "".join(f"<p>　　{t}</p>" for t in PARAGRAPHS)
TITLE = "县政府召开第18次常务会议"
NAV = '<div class="top"><a href="/">设为首页</a>|<a href="#">加入收藏</a>|<a>无障碍</a></div><div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/xw/">新闻中心</a></li><li><a href="/zw/">政务公开</a></li><li><a href="/bs/">办事服务</a></li><li><a href="/hd/">互动交流</a></li></ul></div>'
SIDE = (
    '<div class="right"><h3>热点新闻</h3><ul>'
    + "".join(
        f'<li><a href="/xw/2026/{i}.html">关于加强某项工作的重要新闻报道之{i}</a><span>2026-04-0{i}</span></li>'
        for i in range(1, 9)
    )
    + "</ul></div>"
)
FOOT = '<div class="foot"><p>主办：清和县人民政府 承办：清和县人民政府办公室</p><p>地址：清和县中山路1号 邮编：450000 电话：0371-12345678</p><p>网站标识码：4199990001 豫ICP备05000000号</p></div>'


def pg(main: str, head: str = "", title: str = TITLE + "-清和县人民政府门户网站") -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{NAV}{main}{FOOT}</body></html>'


class Shape(NamedTuple):
    html: str
    source: str | None
    published: str | None
    breadcrumb: tuple[str, ...]
    body: str
    title: str


SHAPES: dict[str, Shape] = {}


def add(
    name: str,
    html: str,
    source: str | None,
    published: str | None,
    breadcrumb: tuple[str, ...],
    body: list[str] | None = None,
    title: str = "县政府召开第18次常务会议",
) -> None:
    SHAPES[name] = Shape(html, source, published, breadcrumb, "\n".join(PARAGRAPHS if body is None else body), title)


add(
    "jeecms",
    pg(
        f'<div class="location clearfix">您所在的位置：<a href="/">首页</a> &gt; <a href="/xw/">新闻中心</a> &gt; <a>政务要闻</a> &gt; <span>正文</span></div><div class="news_content"><div class="news_content_title">{TITLE}</div><div class="news_content_info"><span>来源：清和日报</span><span>时间：2026-04-09 10:21</span><span>作者：王小明</span><span>【字号：<a>大</a> <a>中</a> <a>小</a>】</span></div><div class="news_content_content">{BODY}<p>（责任编辑：李红）</p></div><div class="news_content_attachments"></div><div><a>打印此文</a><a>关闭窗口</a></div></div>'
        + SIDE
    ),
    "清和日报",
    "2026-04-09T10:21+08:00",
    ("首页", "新闻中心", "政务要闻", "正文"),
)
add(
    "epoint",
    pg(
        f'<div class="ewb-loc"><span>当前位置：</span><a href="/">网站首页</a><i>/</i><a href="/x">政务动态</a><i>/</i><a>县区要闻</a></div><div class="ewb-article"><h3 class="ewb-article-tt">{TITLE}</h3><div class="ewb-article-sources"><p class="l">【信息来源：县政府办】</p><p>【信息时间：<span>2026-04-09 10:21</span> 阅读次数：<span>123</span>】【我要打印】【关闭】</p></div><div class="ewb-article-info" id="infocontent">{BODY}</div></div>'
    ),
    "县政府办",
    "2026-04-09T10:21+08:00",
    ("网站首页", "政务动态", "县区要闻"),
)
add(
    "dedecms",
    pg(
        f'<div class="place"><strong>当前位置:</strong> <a href="/">主页</a> > <a href="/a/">信息公开</a> > </div><div class="viewbox"><div class="title"><h2>{TITLE}</h2></div><div class="info"><small>时间:</small>2026-04-09 10:21<small>来源:</small>未知 <small>作者:</small>admin <small>点击:</small><script></script>次</div><div class="content"><table width="100%"><tr><td>{BODY}</td></tr></table></div><div class="boxoff"><strong>------分隔线----------------------------</strong></div><div class="context"><ul><li>上一篇：<a href="/a/1.html">另外一篇文章的题目</a></li><li>下一篇：<a href="/a/2.html">又是一篇文章</a></li></ul></div></div>'
    ),
    "未知",
    "2026-04-09T10:21+08:00",
    ("主页", "信息公开"),
)
add(
    "asptable",
    pg(
        f'<table width=1000><tr><td class=wz>您现在的位置：<a href=/>清和县人民政府</a>&gt;&gt;<a href=list.asp>工作动态</a>&gt;&gt;正文</td></tr><tr><td align=center><font size=5><b>{TITLE}</b></font></td></tr><tr><td align=center>发布时间：2026年4月9日　　来源：县发改委　　点击数：302</td></tr><tr><td><div style="padding:10px">'
        + "<br>　　".join(PARAGRAPHS)
        + '</div></td></tr><tr><td align=right>[<a href="#">打印</a>] [<a href="#">关闭窗口</a>]</td></tr></table>'
    ),
    "县发改委",
    "2026-04-09",
    ("清和县人民政府", "工作动态", "正文"),
)
add(
    "longxun",
    pg(
        f'<div class="ls-position">您当前的位置：<a href="/">网站首页</a> > <a href="/xw">新闻中心</a> > <a href="/xw/yw">清和要闻</a></div><div class="newstitle">{TITLE}</div><div class="newsinfo"><span>阅读次数：<i>342</i></span><span>作者：</span><span>信息来源：县融媒体中心</span><span>发布时间：2026-04-09 10:21</span><span>字体：【<a>大</a><a>中</a><a>小</a>】</span></div><div class="j-fontContent newscontnet minh500">{BODY}</div><div class="sxpage"><p>上一篇：<a href="/1">县委召开会议</a></p><p>下一篇：没有了</p></div>'
    ),
    "县融媒体中心",
    "2026-04-09T10:21+08:00",
    ("网站首页", "新闻中心", "清和要闻"),
)
add(
    "nfcms",
    pg(
        f'<div class="crumbs"><a href="/">首页</a> &gt; <a href="/yw/">要闻动态</a> &gt; <a>清和要闻</a></div><div class="article"><h1 class="title">{TITLE}</h1><div class="property"><span class="date">2026-04-09 10:21:33</span><span class="source">来源：本网</span><div class="share">分享到：</div></div><div class="article-content" id="zoomcon">{BODY}</div></div>',
        "",
    ),
    "本网",
    "2026-04-09T10:21:33+08:00",
    ("首页", "要闻动态", "清和要闻"),
)
add(
    "hanweb",
    pg(
        f'<table class="bt"><tr><td>当前位置：</td><td><a href="/">首页</a></td><td>&gt;</td><td><a href="/col/col1/index.html">政务要闻</a></td></tr></table><div class="main-fl bt-left"><div class="arc-title">{TITLE}</div><div class="info"><i>发布时间：<b>2026-04-09 10:21</b></i><i>来源： 清和县人民政府办公室 </i><i>浏览次数：<script>1</script></i></div><div id="zoom"><!--ZJEG_RSS.content.begin--><meta name="ContentStart"><style>p{{}}</style>{BODY}<meta name="ContentEnd"><!--ZJEG_RSS.content.end--></div></div>'
    ),
    "清和县人民政府办公室",
    "2026-04-09T10:21+08:00",
    ("首页", "政务要闻"),
)
add(
    "vsb2",
    pg(
        f'<div class="dqwz">当前位置： <a href="../index.htm">首页</a>&gt;&gt;<a href="../zwyw.htm">政务要闻</a>&gt;&gt;正文</div><form name="_newscontent_fromname"><div class="content-title"><h2>{TITLE}</h2><i>日期：2026-04-09 &nbsp;&nbsp; 来源：&nbsp;县政府办 &nbsp;&nbsp;点击：<span id="dynclicks"></span></i></div><div id="vsb_content_2" class="content-con"><div class="v_news_content">{BODY}</div></div><p>上一条：<a href="1.htm">上一条新闻的题目</a></p><p>下一条：<a href="2.htm">下一条新闻题目</a></p></form>'
    ),
    "县政府办",
    "2026-04-09",
    ("首页", "政务要闻", "正文"),
)
add(
    "sitesources",
    pg(
        f'<div class="cms-position"><span>您现在的位置：</span><span><a href="/">首页</a></span><span>-</span><span><a href="/x">要闻动态</a></span></div><div class="cms-article-tit">{TITLE}</div><div class="cms-article-attach"><font>来源：清和县融媒体中心</font><font>发布时间：2026-04-09 10:21</font><font>访问量：<span>1</span></font></div><div class="article-detail">{BODY}</div>'
    ),
    "清和县融媒体中心",
    "2026-04-09T10:21+08:00",
    ("首页", "要闻动态"),
)
add(
    "henan",
    pg(
        f'<div class="mlocation">您的位置：<a href="/">首页</a> > <a>政务信息</a> > <a>工作动态</a></div><div class="content"><h1 class="title">{TITLE}</h1><div class="time-source"><span>2026年04月09日 10:21</span><span>清和日报</span></div><div class="art-body">{BODY}</div></div>',
        '<meta name="ContentSource" content="清和日报"><meta name="PubDate" content="2026-04-09 10:21"><meta name="ArticleTitle" content="'
        + TITLE
        + '">',
    ),
    "清和日报",
    "2026-04-09T10:21+08:00",
    ("首页", "政务信息", "工作动态"),
)
add(
    "spaced",
    pg(
        f'<div class="BreadcrumbNav">当前位置：<a>首页</a>&nbsp;&gt;&nbsp;<a>信息公开</a>&nbsp;&gt;&nbsp;<a>公示公告</a></div><div class="hd"><h1>县人民政府关于印发<br>清和县防汛应急预案的通知</h1><p class="fh">清政〔2026〕3号</p><p>来 源：县应急局　　　发布日期：[2026-04-09]</p></div><div class="bd" id="UCAP-CONTENT">{BODY}</div>',
        title="县人民政府关于印发清和县防汛应急预案的通知_清和县人民政府",
    ),
    "县应急局",
    "2026-04-09",
    ("首页", "信息公开", "公示公告"),
    title="县人民政府关于印发 清和县防汛应急预案的通知",
)
add(
    "bare-div",
    pg(
        f'<div id="app"><div class="w1200"><div class="mb20"><a href="/">首页</a> › <a href="/a">新闻动态</a> › <a href="/b">县内要闻</a></div><div class="box"><div class="h">{TITLE}</div><div class="i"><em>2026-04-09</em><em>来源 清和发布</em></div><div class="t">{"".join(f"<div>　　{t}</div>" for t in PARAGRAPHS)}</div></div>{SIDE}</div></div>'
    ),
    "清和发布",
    "2026-04-09",
    ("首页", "新闻动态", "县内要闻"),
)
add(
    "slash",
    pg(
        f'<ol class="breadcrumb"><li><a href="/">首页</a></li><li><a>政务公开</a></li><li class="active">详情</li></ol><article><header><h1>{TITLE}</h1><time datetime="2026-04-09T10:21:00+08:00">2026-04-09 10:21</time><span>来源:县融媒体中心</span></header><section>{BODY}</section></article>'
    ),
    "县融媒体中心",
    "2026-04-09T10:21+08:00",
    ("首页", "政务公开", "详情"),
)
add(
    "gkmlpt",
    pg(
        f'<div class="wza-crumb">当前位置： <a>首页</a> &gt; <a>信息公开目录</a></div><div class="content"><div class="classify"><table><tr><td class="first">索引号:</td><td><span>11440000MB2D/2026-00012</span></td><td class="first">分类:</td><td><span>通知</span></td></tr><tr><td>发布机构:</td><td><span>清和县财政局</span></td><td>成文日期:</td><td><span>2026-04-01</span></td></tr><tr><td>名称:</td><td colspan=3><span>{TITLE}</span></td></tr><tr><td>文号:</td><td><span>清财〔2026〕3号</span></td><td>发布日期:</td><td><span>2026-04-09</span></td></tr></table></div><h1 class="title document-number">{TITLE}</h1><div class="date-row"><span>发布日期：2026-04-09 10:21:05</span> <span>浏览次数：<b>-</b></span></div><div class="article-content"><div class="nfw-cms-attachment">{BODY}</div></div></div>'
    ),
    "清和县财政局",
    "2026-04-09T10:21:05+08:00",
    ("首页", "信息公开目录"),
)
add(
    "nolabelsrc",
    pg(
        f'<div class="weizhi">位置：<a>首页</a>-><a>本地要闻</a></div><h2 class="bt">{TITLE}</h2><div class="sj">2026-04-09 10:21:00　清和县人民政府网　字号：<a>大</a> <a>中</a> <a>小</a></div><div class="nr">{BODY}</div>'
    ),
    None,
    "2026-04-09T10:21:00+08:00",
    ("首页", "本地要闻"),
)
add(
    "subtitle",
    pg(
        f'<div class="pos">当前位置：<a>首页</a> / <a>新闻</a></div><div class="sub">——聚焦县政府常务会议</div><h1>{TITLE}</h1><div class="futitle">研究安全生产工作</div><div>发布时间：2026-04-09 | 来源：清和报 | 作者：记者 王明 | 编辑：张三</div><div class="con">{BODY}</div>'
    ),
    "清和报",
    "2026-04-09",
    ("首页", "新闻"),
)
add(
    "mobiledup",
    pg(
        f'<div class="pos">当前位置：<a>首页</a> &gt; <a>新闻</a></div><div class="pc"><h1>{TITLE}</h1><p>来源：清和报 时间：2026-04-09 10:21</p><div class="TRS_Editor">{BODY}</div></div><div class="phone" style="display:none"><h1>{TITLE}</h1><p>来源：清和报 时间：2026-04-09 10:21</p><div class="TRS_Editor">{BODY}</div></div>'
    ),
    "清和报",
    "2026-04-09T10:21+08:00",
    ("首页", "新闻"),
)
add(
    "spanbody",
    pg(
        f'<div class="dh">所在位置： <a>首页</a> &gt; <a>动态</a></div><div class="cont"><div class="tit1">{TITLE}</div><div class="tit2">来源：<span></span>&nbsp;发布时间：<span>2026-04-09 10:21</span></div><div class="zw"><div>{"<br/><br/>".join("<span>　　" + t + "</span>" for t in PARAGRAPHS)}</div></div></div>'
    ),
    None,
    "2026-04-09T10:21+08:00",
    ("首页", "动态"),
)
add(
    "comma",
    pg(
        f'<div><span class="lm">首页 &gt; 要闻 &gt; 正文</span></div><h1>{TITLE}</h1><div>2026-04-09　10:21　　来源：<a href="http://x.cn">清和日报</a>　　责任编辑：张三</div><div class="body">{BODY}</div>'
    ),
    "清和日报",
    "2026-04-09T10:21+08:00",
    ("首页", "要闻", "正文"),
)

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


def more(
    name: str,
    html: str,
    source: str | None = "县应急局",
    published: str = "2026-04-09T10:21+08:00",
    body: list[str] | None = None,
    title: str = TITLE,
) -> None:
    """A page under TRAIL that differs in one thing."""
    add(name, html, source, published, CRUMBS, body, title)


INFO = '<div class="xx">发布时间：2026-04-09 10:21　来源：县应急局</div>'
more(
    "logo-h1",
    pg(
        f'<h1 class="logo"><a href="/">清和县人民政府</a></h1>{TRAIL}<h2>{TITLE}</h2>{INFO}<div class="cc">{BODY}</div>'
    ),
)
more(
    "space-title",
    pg(
        f'{TRAIL}<div class="x"><p><strong>{TITLE}</strong></p></div>{INFO}<div class="cc">{BODY}</div>',
        title=f"清和县人民政府 政务要闻 {TITLE}",
    ),
)
more(
    "col-title",
    pg(
        f'{TRAIL}<h4>政务要闻</h4><div class="x">{TITLE}</div>{INFO}<div class="cc">{BODY}</div>',
        title=f"{TITLE}-政务要闻-清和县人民政府",
    ),
)
more(
    "only-site",
    pg(
        f'{TRAIL}<h4>政务要闻</h4><div class="art"><div class="x">{TITLE}</div>{INFO}<div class="cc">{BODY}</div></div>',
        title="清和县人民政府",
    ),
)
HYPHENS = "“十四五”规划-清和县重点项目_推进情况"
more(
    "hyphen",
    pg(f'{TRAIL}<h1>{HYPHENS}</h1>{INFO}<div class="cc">{BODY}</div>', title=HYPHENS + "-清和县人民政府"),
    title=HYPHENS,
)
more(
    "spans", pg(f'{TRAIL}<h1><span>县政府召开</span><span>第18次常务会议</span></h1>{INFO}<div class="cc">{BODY}</div>')
)
more(
    "br2",
    pg(
        f'{TRAIL}<div class="title">李强主持召开会议强调<br/>坚决守住安全底线<br/>王明出席</div>{INFO}<div class="cc">{BODY}</div>',
        title="李强主持召开会议强调 坚决守住安全底线 王明出席",
    ),
    title="李强主持召开会议强调 坚决守住安全底线 王明出席",
)
more(
    "kicker",
    pg(
        f'{TRAIL}<p class="yt">我县扎实推进防汛工作</p><h1>{TITLE}</h1><p class="ft">——王明出席并讲话</p>{INFO}<div class="cc">{BODY}</div>'
    ),
)
more(
    "tools",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><div class="xx"><span>2026-04-09 10:21</span><span>来源：县应急局</span><span>浏览量：<b>123</b></span><span>字体：<a>大</a><a>中</a><a>小</a></span><span>分享到：<a>微信</a></span></div><div class="cc">{BODY}<div class="tool"><a>打印</a><a>关闭</a></div></div>'
    ),
)
more(
    "afterbody",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><div class="cc">{BODY}</div><div class="bot"><span>来源：县应急局</span><span>发布时间：2026-04-09 10:21</span></div>'
    ),
)
more(
    "attlist",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1>{INFO}<div class="cc">{BODY}</div><div class="fj"><h4>附件下载：</h4><ul><li><a href="/a.docx">申请表.docx</a></li></ul></div><div class="xg"><h4>相关解读</h4><ul><li><a href="/z.html">一图读懂：防汛应急预案的主要内容</a></li></ul></div>'
    ),
)
more(
    "prevnext",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1>{INFO}<div class="cc">{BODY}</div><div class="pn"><div>上一篇： <a href="/1">县委召开常委会会议研究部署重点工作</a></div><div>下一篇： <a href="/2">全县安全生产工作会议召开并作出安排</a></div></div>'
    ),
)
more(
    "disclaimer",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1>{INFO}<div class="cc">{BODY}</div><div class="sm"><p>免责声明：本网转载的文章，版权归原作者所有，如有侵权请联系删除。本网不承担任何责任，特此声明。</p></div>'
    ),
)
more(
    "comment",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1>{INFO}<div class="cc">{BODY}</div><div class="pl"><h3>网友评论</h3><p>文明上网理性发言，请遵守新闻评论服务协议。</p></div>'
    ),
)
more(
    "li-info",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><ul class="xx"><li>来源：县应急局</li><li>发布时间：2026-04-09 10:21</li><li>点击数：12</li></ul><div class="cc">{BODY}</div>'
    ),
)
more(
    "td-info",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><table><tr><td>来源</td><td>县应急局</td><td>发布时间</td><td>2026-04-09 10:21</td></tr></table><div class="cc">{BODY}</div>'
    ),
)
more(
    "docinfo",
    pg(
        f'{TRAIL}<table class="t"><tr><th>标题：</th><td colspan=3>{TITLE}</td></tr><tr><th>索引号：</th><td>K-1</td><th>发文字号：</th><td>清政〔2026〕3号</td></tr><tr><th>发文机关：</th><td>清和县人民政府</td><th>成文日期：</th><td>2026-04-01</td></tr><tr><th>发布日期：</th><td>2026-04-09</td><th>有效性：</th><td>有效</td></tr></table><h1>{TITLE}</h1><div class="cc">{BODY}</div>'
    ),
    source=None,
    published="2026-04-09",
)
more(
    "xinwenwang",
    pg(
        f'<div>{TRAIL}</div><h1>{TITLE}</h1><div class="xx">2026年04月09日10:21　　来源：<a href="http://x">县应急局</a>　　<span id="paper_num">分享到：</span></div><div class="rm_txt_con">{BODY}<div class="edit">(责编：王明、李红)</div></div>'
    ),
)
more(
    "deptsrc",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><div class="xx"><span>[ 来源：县应急局 ]</span> <span>[ 时间：2026-04-09 10:21 ]</span> <span>[ 作者：办公室 ]</span></div><div class="cc">{BODY}</div>'
    ),
)
more(
    "slashes",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1><div class="xx">县应急局 | 2026-04-09 10:21</div><div class="cc">{BODY}</div>',
        '<meta name="ContentSource" content="县应急局">',
    ),
)
more(
    "hiddenmeta",
    pg(
        f'{TRAIL}<div style="display:none"><h1>{TITLE}</h1></div><div class="tt">{TITLE}</div>{INFO}<div class="cc">{BODY}</div>'
    ),
)
more(
    "poem",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1>{INFO}<div class="cc">春风又绿江南岸<br>明月何时照我还<br>一道残阳铺水中<br>半江瑟瑟半江红</div>'
    ),
    body=["春风又绿江南岸", "明月何时照我还", "一道残阳铺水中", "半江瑟瑟半江红"],
)
more(
    "figcap",
    pg(
        f'{TRAIL}<h1>{TITLE}</h1>{INFO}<div class="cc"><p>{PARAGRAPHS[0]}</p><p style="text-align:center"><img source="1.jpg"></p><p style="text-align:center">图为会议现场。王明 摄</p><p>{PARAGRAPHS[1]}</p></div>'
    ),
    body=[PARAGRAPHS[0], "图为会议现场。王明 摄", PARAGRAPHS[1]],
)
more(
    "author-end",
    pg(f'{TRAIL}<h1>{TITLE}</h1>{INFO}<div class="cc">{BODY}<p>（记者 王明）</p><p>编辑：李红　审核：赵六</p></div>'),
    body=[*PARAGRAPHS, "（记者 王明）"],
)
more(
    "twocol",
    pg(
        f'<div class="l"><ul class="menu">{"".join(f"<li><a href=/m{i}>栏目名称{i}</a></li>" for i in range(8))}</ul></div><div class="r">{TRAIL}<div class="d"><h3>{TITLE}</h3>{INFO}<div>{BODY}</div></div></div>'
    ),
)
