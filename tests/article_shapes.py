"""Article pages as content systems write them, each with what a careful reader sees: domain guide, chapters 3, 5 and 10."""

# ruff: noqa: E501  pages as sites write them

from __future__ import annotations

from typing import Any, NamedTuple

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


def shape(
    html: str,
    source: str | None,
    published: str | None,
    breadcrumb: tuple[str, ...],
    body: list[str] | None = None,
    title: str = TITLE,
) -> Shape:
    return Shape(html, source, published, breadcrumb, "\n".join(PARAGRAPHS if body is None else body), title)


def add(name: str, *page: Any, **more: Any) -> None:
    SHAPES[name] = shape(*page, **more)


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
