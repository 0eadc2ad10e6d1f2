"""Article pages that differ from a plain one in one thing, each with what a careful reader sees."""

# ruff: noqa: E501  pages as sites write them

from __future__ import annotations

from tests.article_layouts import CRUMBS, TRAIL
from tests.article_shapes import BODY, PARAGRAPHS, TITLE, Shape, pg, shape

VARIANTS: dict[str, Shape] = {}


def more(
    name: str,
    html: str,
    source: str | None = "县应急局",
    published: str = "2026-04-09T10:21+08:00",
    body: list[str] | None = None,
    title: str = TITLE,
) -> None:
    """A page under TRAIL that differs in one thing."""
    VARIANTS[name] = shape(html, source, published, CRUMBS, body, title)


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
