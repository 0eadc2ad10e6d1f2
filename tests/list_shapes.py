"""List pages made of parts: 34 schemes of article addresses, 16 shapes of rows, four layouts around them.

A page is a function of its seed; its truth comes with it. Menus, boxes, breadcrumb and foot are those that stand on
every portal: what must not be taken for rows.
"""

from __future__ import annotations

from hashlib import md5
from random import Random
from urllib.parse import urljoin

HOST = "http://www.a.gov.cn"
WORDS = [
    "县政府",
    "召开",
    "会议",
    "研究",
    "部署",
    "安全",
    "生产",
    "工作",
    "关于",
    "印发",
    "实施",
    "方案",
    "的",
    "通知",
    "公告",
    "领导",
    "调研",
    "乡镇",
    "农业",
    "春季",
    "重点",
    "项目",
    "建设",
    "推进",
    "省",
    "市",
    "教育",
    "局",
    "财政",
    "预算",
    "公开",
    "2025年",
    "解读",
    "政策",
    "企业",
    "服务",
    "优化",
    "营商",
    "环境",
    "人大",
    "代表",
    "建议",
    "办理",
    "情况",
    "医保",
    "水利",
    "防汛",
    "“十四五”",
    "规划",
]

# column, address of an article: {i} a running number, {h} 32 hexadecimal digits, {u} a UUID, {y} {m} {d} the day
SCHEMES = {
    "TRS": ("/xw/yw/", "./{y}{m:02}/t{y}{m:02}{d:02}_14{i}.html"),
    "TRS, another folder": ("/zwgk/tzgg/index.html", "../../xxgk/{y}{m:02}/t{y}{m:02}{d:02}_14{i}.htm"),
    "UCAP": ("/wzx/zwyw/pc/list.html", "/wzx/zwyw/{y}{m:02}/{h}.shtml"),
    "UCAP, another folder": ("/wzx/zwyw/list.shtml", "/wzx/xwdt/{y}{m:02}/{h}.shtml"),
    "UCAP, numbers": ("/jyt/c110634/zwgklist.shtml", "/jyt/c110634/{y}{m:02}/1742{i}.shtml"),
    "CSRC": ("/csrc/c106256/common_list.shtml", "/csrc/c106256/c32{i}/content.shtml"),
    "Hanweb": ("/col/col2651/index.html", "/art/{y}/{m}/{d}/art_2651_44{i}.html"),
    "Hanweb, hash": ("/zwgk/zcfb/index.html", "/zwgk/zcfb/art/{y}/art_{h}.html"),
    "NFCMS": ("/zwgk/tzgg/index.html", "/zwgk/tzgg/content/post_54{i}.html"),
    "VSB": ("/xwzx/zwyw.htm", "../info/1034/{i}.htm"),
    "JEECMS": ("/zwyw/index.jhtml", "/zwyw/95{i}.jhtml"),
    "Henan": ("/zwyw/", "/{y}/{m:02}-{d:02}/33{i}.html"),
    "sitesources": ("/sitesources/zk/page_pc/zw/tz/list1.html", "/sitesources/zk/page_pc/zw/tz/article{h}.html"),
    "Longxun": ("/content/column/6807441", "/tzgg/1506{i}.html"),
    "ccontent": ("/n810/n811/n812/index.html", "../../../n810/n811/n812/c52{i}/content.html"),
    "Shanghai": ("/nw2315/index.html", "/nw2315/{y}{m:02}{d:02}/{h}.html"),
    "Ankang": ("/Node-1466.html", "/Content-25{i}.html"),
    "Shaanxi": ("/xw/xayw/1.html", "/xw/xayw/2{i}.html"),
    "DedeCMS": ("/a/tzgg/", "/a/tzgg/{y}{m:02}{d:02}/{i}.html"),
    "PowerEasy": ("/Category_12/Index.aspx", "/Item/{i}.aspx"),
    "ASP.NET": ("/news/NewsList.aspx?ClassID=602", "NewsShow.aspx?id={i}"),
    "ASP": ("/list.asp?s=17", "show.asp?id={i}"),
    "PHPCMS": ("/index.php?m=content&c=index&a=lists&catid=17", "/index.php?m=content&c=index&a=show&catid=17&id={i}"),
    "iList": ("/info/iList.jsp?node_id=GK&cat_id=15971", "/info/iView.jsp?node_id=GK&cat_id=15971&info_id={i}"),
    "PBC": ("/goutong/113456/113469/index.html", "/goutong/113456/113469/53{i}/index.html"),
    "Court": ("/fabu/gengduo/14.html", "/fabu/xiangqing/4{i}.html"),
    "Epoint": ("/001/001001/subPage.html", "/001/001001/{y}{m:02}{d:02}/{u}.html"),
    "Hebei": ("/columns/ab12cd34-1111-2222-3333-444455556666/index.html",
              "/columns/ab12cd34-1111-2222-3333-444455556666/{y}{m:02}/{d:02}/{u}.html"),
    "Puyang": ("/channel/list/12897.html", "/content/{y}/11{i}.html"),
    "SAFE": ("/anhui/whxw/index.html", "/anhui/{y}/{m:02}{d:02}/{i}.html"),
    "gov.cn": ("/zhengce/xinxi/", "https://www.gov.cn/zhengce/{y}{m:02}/content_70{i}.htm"),
    "no ending": ("/xxgk/tzgg", "/xxgk/tzgg/{i}"),
    "PHP": ("/news/15", "/news/show/{i}"),
    "Shigatse": ("/news-list.thtml?id=12", "/news-detail.thtml?cid={i}"),
}  # fmt: skip

LIST, BOX, TABLE = (
    "<ul class='list'>{}</ul>",
    "<div class='newslist'>{}</div>",
    "<table><tr><th>标题</th></tr>{}</table>",
)
# what stands around the rows, a row: {u} address, {t} headline, {c} the same cut, {d} day, {s} summary, {n} number
ROWS = {
    "li": (LIST, "<li><a href='{u}' target=_blank>{t}</a><span>{d}</span></li>"),
    "date first, cut": (LIST, "<li><span class='date'>[{d}]</span><a href='{u}' title='{t}'>{c}</a></li>"),
    "no date": (LIST, "<li><a href='{u}'>{t}</a></li>"),
    "link around": (BOX, "<a href='{u}' title='{t}'>{t}<em>{d}</em></a>"),
    "table": (TABLE, "<tr><td width=20>·</td><td><a href='{u}'>{t}</a></td><td>{d}</td></tr>"),
    "table of documents": (TABLE, "<tr><td>{n}</td><td><a href='{u}'>{t}</a></td><td>政发〔2025〕{n}号</td><td>{d}</td></tr>"),
    "summary": (LIST, "<li><h4><a href='{u}'>{t}</a></h4><p>{s}<a href='{u}'>[详细]</a></p><i>发布时间：{d} 来源：本站</i></li>"),
    "card": (BOX, "<div class='item'><a href='{u}'><img src='/i/{n}.jpg'></a><div><a href='{u}' class='tit'>{t}</a><p>{s}</p>"
                  "<p class='date'>{d}</p></div></div>"),
    "big day": (LIST, "<li><div class='dt'><span>{day}</span><i>{month}</i></div><a href='{u}'>{t}</a></li>"),
    "dl": (BOX, "<dl><dt><a href='{u}'>{t}</a></dt><dd>{s}</dd><dd class='t'>{d}</dd></dl>"),
    "lines": (BOX, "<img src='/i/dot.gif'> <a href='{u}'>{t}</a> ({d})<br/>"),
    "divs, cut": (BOX, "<div class='row'><div>{n}</div><div><a href='{u}' title='{t}'>{c}</a></div><div>{d}</div></div>"),
    "paragraphs in the link": (LIST, "<li class='clearfix'><a href='{u}'><p>{t}</p><p>{chinese}</p></a></li>"),
    "column before": (LIST, "<li><a href='/tag/x/'>[部门动态]</a><a href='{u}'>{t}</a><b>{d}</b></li>"),
    "file beside": (LIST, "<li><a href='{u}'>{t}</a><span>{d}</span><a href='/dl/{n}.pdf'><img src='/pdf.gif'></a></li>"),
    "labelled line": (LIST, "<li><a href='{u}'>{t}</a><p>来源：县教育局 发布时间：{d} 09:30 浏览次数：12次</p></li>"),
}  # fmt: skip

MENU = "<div class='nav'><ul>" + "".join(
    f"<li><a href='/{name}/'>{title}</a><ul><li><a href='/{name}/jgsz/'>机构设置情况</a></li>"
    f"<li><a href='/{name}/zcwj/'>政策文件及解读</a></li></ul></li>"
    for name, title in (("xw", "新闻中心"), ("zwgk", "政务公开"), ("zwfw", "政务服务"), ("hdjl", "互动交流"))
) + "</ul></div><div class='search'>热词：<a href='/s?q=1'>公积金</a><a href='/s?q=2'>社保</a></div>" \
    "<div class='pos'>当前位置：<a href='/'>首页</a>&gt;<a href='/xw/'>新闻中心</a>&gt;<a href='/xw/yw/'>要闻</a></div>"  # fmt: skip
LEFT = ("<div class='left'><ul><li><a href='/xw/yw/'>本县要闻</a></li><li><a href='/xw/bmdt/'>部门动态信息</a></li>"
        "<li><a href='/xw/202001/t20200103_3.html'>县政府领导简介</a></li></ul></div>")  # fmt: skip
PAGER = (
    "<div class='page'><a class='cur'>1</a><a href='index_2.html'>2</a><a href='index_2.html'>下一页</a> 共3页</div>"
)
FOOT = ("<div class='links'><a href='http://www.henan.gov.cn/'>河南省人民政府门户网站</a><a href='http://www.gov.cn/'>中国政府网</a>"
        "<a href='https://bszs.conac.cn/sitename?method=show&id=5444'>党政机关</a><a href='https://beian.miit.gov.cn/'>豫ICP备050号</a>"
        "<a href='/lxwm/202001/t20200101_1.html'>联系我们</a><a href='/sm/202001/t20200102_2.html'>隐私声明及免责条款</a></div>")  # fmt: skip
LAYOUTS = {
    "plain": "{rows}{pager}",
    "menu beside": LEFT + "<div class='right'>{rows}{pager}</div>",
    "box after": "<div class='main'>{rows}{pager}</div>{box}",
    "dated box before": "{dated}<div class='main'>{rows}{pager}</div>",
}


def made(scheme: str, shape: str, layout: str, count: int) -> tuple[str, str, list[tuple[str, str, str]]]:
    """(page, its address, its rows: address, headline, ISO date)."""
    random = Random(f"{scheme} {shape} {layout} {count}")
    column, (around, row) = HOST + SCHEMES[scheme][0], ROWS[shape]
    truth, markup = [], []
    for n, (year, month, day) in enumerate(_days(random, count)):
        href, title, iso = (
            _href(scheme, random, year, month, day, 9000 - n),
            _title(random),
            f"{year}-{month:02}-{day:02}",
        )
        summary = "近日，" + "".join(random.choices(WORDS, k=25)) + "。"
        markup.append(row.format(u=href, t=title, c=title[:8] + "..." if len(title) > 10 else title, d=iso, s=summary, n=n,
                                 day=iso[8:], month=iso[:7], chinese=f"{year}年{month}月{day}日"))  # fmt: skip
        truth.append((urljoin(column, href), title, iso))
    body = LAYOUTS[layout].format(
        rows=around.format("\n".join(markup)), pager=PAGER, box=_box(scheme, random, dated=False),
        dated=_box(scheme, random, dated=True),
    )  # fmt: skip
    return f"<html><head><title>要闻</title></head><body>{MENU}{body}{FOOT}</body></html>", column, truth


def _days(random: Random, count: int) -> list[tuple[int, int, int]]:
    days, at = [], 5 * 28
    for _ in range(count):
        at -= random.choice((0, 1, 1, 3, 9))
        year, month = divmod(at // 28, 12)
        days.append((2026 + year, month + 1, at % 28 + 1))
    return days


def _href(scheme: str, random: Random, year: int, month: int, day: int, number: int) -> str:
    h = md5(str(random.random()).encode(), usedforsecurity=False).hexdigest()
    uuid = f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
    return SCHEMES[scheme][1].format(y=year, m=month, d=day, i=number, h=h, u=uuid)


def _title(random: Random) -> str:
    return "".join(random.choices(WORDS, k=random.choice((3, 4, 6, 9, 12, 14))))


def _box(scheme: str, random: Random, *, dated: bool) -> str:
    """Articles of the same portal, with "more" and, if dated, month and day."""
    rows = "".join(
        f"<li><a href='{_href(scheme, random, 2026, month, day, 3000 + month)}'>{_title(random)}</a>"
        + (f"<span>{month:02}-{day:02}</span></li>" if dated else "</li>")
        for month, day in ((n + 1, random.randint(1, 28)) for n in range(random.choice((5, 8, 12))))
    )
    return f"<div class='hotbox'><h3>热点信息<a href='/hot/'>更多&gt;&gt;</a></h3><ul>{rows}</ul></div>"
