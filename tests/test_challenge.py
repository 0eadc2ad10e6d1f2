"""What is a challenge, and what only looks like one. The pages are made here, in the shapes products send."""

# ruff: noqa: E501  (the pages are data, as they come over the wire)
from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.challenge import looks_missing, probe_url, recognise, same_page, visible_text

SHARED = Path(os.environ.get("DIBAO_SHARED", Path(__file__).parent.parent.parent / "shared"))
NOISE = "QxM2kz8fPjv0aWc" * 60  # the long random content of obfuscated pages

# --- pages that stand in the way -------------------------------------------------------------------------------------

RUISHU = [
    f'<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="9DhefwqGPrzGxEp9hPaoag" content="{NOISE}" r="m">'
    "<!--[if lt IE 9]><script r='m'>document.createElement(\"section\")</script><![endif]-->"
    "<script type=\"text/javascript\" r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=98124;$_ts.cd=\""
    + NOISE
    + '";'
    "if($_ts.lcd)$_ts.lcd();</script><script src=\"/GpCNzcJjQ7Ql/Pf8xSuRV1aWY.f3d5c4a.js\" r='m'></script></head>"
    "<body></body></html>",
    f"<html><head><script>$_ts = window['$_ts'] || {{}}; $_ts.cd='{NOISE}';</script></head><body><noscript>"
    "<h1><strong>请开启JavaScript并刷新该页.</strong></h1></noscript></body></html>",
    f'<html><head><script src="/4QbVtADbnLVIc/d.FxJzG50F.js" r="m"></script><script r="m">{NOISE}</script></head></html>',
]
JIASULE = [
    "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+('l')+('e')+('a')+('r')+('a')+('n')+('c')+('e')+"
    "('=')+(+true+'')+('; max-age=3600');location.href=location.pathname+location.search</script>",
    '<script>function go(o){document.cookie="__jsl_clearance_s="+o.ct+";Max-age=3600; path = /";location.reload()}'
    'go({"bts":["1700000000.1|0|x","y"],"chars":"abc","ct":"d41d8","ha":"md5","tn":"__jsl_clearance_s","vt":"3600"})</script>',
    f"<script>var x=\"{NOISE}\".replace(/.*$/g,'');eval(function(p,a,c,k,e,d){{return p}}('{NOISE}',62,1,[],0,{{}}))</script>",
]
WZWS = [
    "<html><head><noscript><h1><strong>请开启JavaScript并刷新该页.</strong></h1></noscript><script>eval(function(p,a,c,k,e,d)"
    f'{{}}("{NOISE}"))</script></head><body></body></html>',
    '<html><body><script src="/WZWSREL2luZGV4Lmh0bWw="></script></body></html>',
    f'<script>var wzwsa="{NOISE}";var wzws_cid="8d1e3f";window.location="/"+wzwsa;</script>',
]
BLOCKED = [
    "<html><head><title>405</title></head><body><div>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</div>"
    "<div>您的请求ID是: 781bad0a17004</div></body></html>",
    "<html><head><meta charset=utf-8><title>知道创宇云防御</title></head><body><h2>当前访问疑似黑客攻击，已被创宇盾拦截</h2>"
    "<p>事件ID: 3a5f-1fe2-aa00</p><p>客户端: 203.0.113.5</p></body></html>",
    "<html><head><title>网站防火墙</title></head><body><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>"
    "<p>可能原因：您提交的内容包含危险的攻击请求</p><p>如何解决：检查提交内容；联系网站管理员</p></body></html>",
    "<html><body>您的请求存在安全风险，已被拦截。<br>Trace ID: 0af7651916cd43dd</body></html>",
    "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your "
    "administrator.<br><br>Your support ID is: 1893477</body></html>",
    "<html><head><title>拦截提示</title></head><body><center>您的访问请求被拦截，检测到异常访问行为</center></body></html>",
    "<html><head><title>Attention Required!</title></head><body><h1>Sorry, you have been blocked</h1><p>Ray ID: 7d</p></body></html>",
    "<html><title>安全狗</title><body><h1>网站安全狗提醒您：您所提交的请求含有不合法的参数</h1></body></html>",
    "<html><body><h1>宝塔网站防火墙</h1><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p></body></html>",
    "<html><body><p>系统检测到攻击，访问已被拦截，事件编号 20261124001</p></body></html>",
]
ASKING = [
    "<html><head><title>访问验证</title></head><body><p>您的访问过于频繁，请输入验证码后继续访问</p><img src=/captcha>"
    "<form><input name=code></form></body></html>",
    '<html><head><title>安全验证</title></head><body><div id="slider"></div><p>请完成安全验证</p><script src=/w.js></script></body></html>',
    "<html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and cookies to continue</noscript>"
    "<script>window._cf_chl_opt={cvId:'3'};</script></body></html>",
    "<html><head><title>滑动验证页面</title></head><body><p>请按住滑块，拖动到最右边</p><script>renderData</script></body></html>",
    "<html><body><h3>操作过于频繁，请稍后再试</h3></body></html>",
    "<html><body>浏览器安全检查中，请稍候……<script>setTimeout(function(){},5000)</script></body></html>",
    '<html><body><div id="TCaptcha"></div><script src="https://turing.captcha.qcloud.com/TCaptcha.js"></script></body></html>',
    '<html><body><div class="geetest"></div><script src="https://static.geetest.com/static/gt.js"></script></body></html>',
]
COOKIE_SCRIPTS = [
    "<html><script>var arg1='3A5C8F0D1E2B4A6C8E0F1A2B3C4D5E6F7A8B9C0D';var _0x4818=['csKHwqMI'];</script></html>",
    "<html><body><script>document.cookie='security_session_verify=1f3870be274f6c49b3e31a0c6728957f';"
    "window.location.reload()</script></body></html>",
    '<html><head><script>function YunSuoAutoJump(){self.location="/?security_verify_data=313434302c393030"}</script></head>'
    '<body onload="YunSuoAutoJump()"></body></html>',
    '<html><body><script>var d=new Date();document.cookie="CT6T="+d;location.href=location.href;</script></body></html>',
    f'<html><body><script src="/_guard/auto.js"></script><script>document.cookie="guard="+"{NOISE}";location.replace(location)</script></body></html>',
    f'<html><script>var HOY_TR="{NOISE}";</script><script src="/sbu_fpc.js"></script></html>',
    "<html><script>var EO_Bot_Ssid=1;var __tst_status=2;document.cookie=EO_Bot_Ssid;location.reload()</script></html>",
]
SHELLS = [
    '<!DOCTYPE html><html><head><script src="/static/guard.js"></script></head><body></body></html>',
    '<html><head><title></title></head><body><div id="app"></div><script src="/a.js"></script></body></html>',
    "<html>\r\n<body>\r\n<script>\r\nvar a='"
    + "k3j2h4" * 100
    + "';(function(){})(a)\r\n</script>\r\n</body>\r\n</html>",
]


def constructed() -> Iterator[tuple[str, int, dict[str, str], bytes]]:
    """(name, status, headers, body): every template in both encodings under each status its product is seen with."""
    groups: list[tuple[str, list[str], tuple[int, ...]]] = [
        ("ruishu", RUISHU, (412, 202, 200)),
        ("jiasule", JIASULE, (521, 200, 503)),
        ("wzws", WZWS, (200, 202)),
        ("blocked", BLOCKED, (200, 403, 405)),
        ("asking", ASKING, (200, 202, 405)),
        ("cookie script", COOKIE_SCRIPTS, (200, 202, 403)),
        ("shell", SHELLS, (200, 202)),
    ]
    for name, pages, statuses in groups:
        for (place, page), status, encoding in itertools.product(enumerate(pages), statuses, ("utf-8", "gb18030")):
            headers = {"Content-Type": f"text/html; charset={encoding}", "Server": "openresty"}
            yield f"{name} {place} {status} {encoding}", status, headers, page.encode(encoding)
    for status in (412, 418, 491, 493, 521):
        yield f"bare {status}", status, {}, b""


CONSTRUCTED = list(constructed())


def test_there_are_enough_of_them() -> None:
    assert len(CONSTRUCTED) >= 200
    assert len({body for _, _, _, body in CONSTRUCTED}) >= 50


@pytest.mark.parametrize(("status", "headers", "body"), [c[1:] for c in CONSTRUCTED], ids=[c[0] for c in CONSTRUCTED])
def test_constructed_challenges_are_recognised(status: int, headers: dict[str, str], body: bytes) -> None:
    found = recognise(status, headers, body)
    assert found is not None
    assert found.product
    assert found.signs
    assert found.evidence.startswith(f"HTTP {status}, {len(body)} bytes")
    assert len(found.evidence) < 600


@pytest.mark.parametrize(
    ("status", "pages", "product"),
    [(412, RUISHU, "Ruishu"), (202, RUISHU, "Ruishu"), (200, RUISHU[:2], "Ruishu"), (521, JIASULE, "Jiasule"),
     (200, JIASULE[:2], "Jiasule"), (200, WZWS[1:], "WZWS"), (200, COOKIE_SCRIPTS[:1], "Aliyun WAF"),
     (200, COOKIE_SCRIPTS[1:3], "Yunsuo"), (403, BLOCKED[1:2], "Chuangyudun"), (200, SHELLS[:2], "empty shell")],
)  # fmt: skip
def test_the_product_is_named(status: int, pages: list[str], product: str) -> None:
    assert [found and found.product for found in (recognise(status, {}, page.encode()) for page in pages)] == [
        product
    ] * len(pages)


HERE = "http://www.erqi.gov.cn/zwgk/index.html"


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize(
    ("cookie", "product"),
    [("CT6T=8a; path=/", "openresty gate"), ("wzws_cid=1", "WZWS"), ("yunsuo_session_verify=1", "Yunsuo"), ("", "cookie gate"),
     ("acw_sc__v2=5f; Max-Age=3600", "Aliyun WAF"), ("__jsl_clearance_s=17", "Jiasule"), ("x7aQ=1", "cookie gate")],
)  # fmt: skip
@pytest.mark.parametrize("location", [HERE, "", "/zwgk/index.html", "index.html", "#"])
def test_a_redirect_to_itself_with_a_cookie_is_a_gate(status: int, cookie: str, product: str, location: str) -> None:
    found = recognise(status, [("Set-Cookie", cookie), ("Location", location)], b"", url=HERE)
    assert found is not None
    assert found.product == product


def test_a_redirect_that_carries_a_token_is_a_gate() -> None:
    found = recognise(302, {"Location": "/?security_verify_data=313434302c393030"}, b"")
    assert found is not None
    assert found.product == "Yunsuo"


@pytest.mark.parametrize(
    "location",
    ["https://www.erqi.gov.cn/zwgk/index.html", "/zwgk/", "index_1.html", "http://[bad", "?page=2", "/404.html"],
)
def test_other_redirects_may_set_what_they_like(location: str) -> None:
    for cookie in ("yunsuo_session_verify=1", "HOY_TR=x", "wzws_cid=1"):
        assert recognise(302, {"Set-Cookie": cookie, "Location": location}, b"<html>moved</html>", url=HERE) is None
    assert recognise(302, {"Location": HERE}, b"", url=HERE) is None, "a loop, but no gate"


# --- pages that do not ----------------------------------------------------------------------------------------------

NAV = "".join(
    f'<a href="/c{n}/">{name}</a>'
    for n, name in enumerate(("首页", "政务公开", "办事服务", "互动交流", "走进二七", "要闻"))
)
TEXT = "<p>" + "各镇人民政府、街道办事处，区人民政府各部门：为做好防汛工作，现将有关事项通知如下。" * 8 + "</p>"
TS = (
    "<script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;$_ts.cd='"
    + NOISE
    + "';</script><script r='m' src=/x.js></script>"
)


def article(body: str = TEXT, head: str = "", title: str = "关于做好防汛工作的通知") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{NAV}<h1>{title}</h1>{body}</body></html>".encode()


HARMLESS: list[tuple[str, int, dict[str, str], bytes]] = [
    ("article", 200, {}, article()),
    ("article with Ruishu's script", 200, {}, article(head=TS)),
    ("article with Jiasule's harmless cookie", 200, {"Set-Cookie": "__jsluid_s=5f2; max-age=31536000"}, article()),
    ("article with a clearance cookie", 200, {"Set-Cookie": "HOY_TR=x"}, article()),
    ("article with a fingerprint script", 200, {}, article(head="<script src=/sbu_fpc.js></script>")),
    ("article with packed code", 200, {}, article(head="<script>eval(function(p,a,c,k,e,d){})</script>")),
    ("article with a captcha for its comments", 200, {}, article(TEXT + "<form>验证码<input></form>")),
    ("article on challenges", 200, {}, article(TEXT.replace("防汛", "当前访问疑似黑客攻击、访问过于频繁"), title="警惕验证码诈骗")),
    ("short article", 200, {}, article("<p>根据工作需要，停电检修两小时，请相互转告。</p>", head=TS)),
    ("picture article", 200, {}, article("<img src=a.jpg>", head="<script>document.cookie='a=1';location.reload</script>")),
    ("article about a pagoda", 200, {}, article("<p>宝塔、云盾、安全狗与事件ID</p>")),
    ("missing page with Ruishu's script", 404, {}, f"<html><head>{TS}</head><body>404</body></html>".encode()),
    ("missing page", 404, {}, b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"),
    ("gone", 410, {}, b""),
    ("server error", 500, {}, b"<html><body>Internal Server Error<script>document.cookie=1;location.reload()</script></body></html>"),
    ("bad gateway", 502, {}, b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"),
    ("too many", 429, {"Retry-After": "5"}, "<html><body>访问过于频繁，请稍后再试</body></html>".encode()),
    ("unavailable", 503, {}, b"<html><head><title>503</title></head><body>Service Temporarily Unavailable</body></html>"),
    ("forbidden", 403, {}, b"<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"),
    ("forbidden in Chinese", 403, {}, "<html><body><h2>403 - 禁止访问: 访问被拒绝。</h2></body></html>".encode()),
    ("not modified", 304, {"Set-Cookie": "wzws_cid=1"}, b""),
    ("redirect", 302, {"Location": "/index.html", "Set-Cookie": "JSESSIONID=1"}, b""),
    ("redirect with a harmless cookie", 302, {"Location": "/a", "Set-Cookie": "__jsluid_h=1"}, b"<html>moved</html>"),
    ("meta refresh", 200, {}, b'<html><head><meta http-equiv="refresh" content="0;url=/zwgk/index.html"></head><script></script></html>'),
    ("script redirect", 200, {}, b'<html><script>window.location.href="/index.html";</script></html>'),
    ("rows in a script", 202, {}, b"<html><script type='text/xml'><datastore><recordset></recordset></datastore></script></html>"),
    ("the portal's own meta tags", 202, {}, f"<html><head>{TS}<meta name='SiteName' content='x'></head><body></body></html>".encode()),
    ("empty", 200, {}, b""),
    ("JSON", 200, {"Content-Type": "application/json"}, b'{"code":0,"data":[]}'),
    ("JSON saying captcha", 200, {"Content-Type": "application/json"}, '{"msg":"验证码错误"}'.encode()),
    ("list in XML", 200, {}, b"<?xml version='1.0' encoding='UTF-8'?><datastore><nextgroup/><recordset></recordset></datastore>"),
    ("fragment of a list", 200, {}, '<li><a href="/art/1.html">关于验证码</a><span>2023-06-30</span></li>'.encode() * 8),
    ("page of script data", 200, {}, "var list=[{t:'防汛工作会议',u:'/1.html'}];".encode()),
    ("PDF", 200, {}, b"%PDF-1.4 $_ts=window['$_ts'] __jsl_clearance <script>"),
    ("ZIP", 200, {}, b"PK\x03\x04 <script>document.cookie;location.reload()</script>"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "headers", "body"), [h[1:] for h in HARMLESS], ids=[h[0] for h in HARMLESS])
def test_harmless_pages_pass(status: int, headers: dict[str, str], body: bytes) -> None:
    assert recognise(status, headers, body) is None


def saved_pages() -> list[Path]:
    return sorted(SHARED.glob("data/*/pages/*")) + sorted(SHARED.glob("data/sample/*.html"))


@pytest.mark.skipif(not saved_pages(), reason="no saved pages: set DIBAO_SHARED to the folder that holds data/")
@pytest.mark.parametrize("status", [200, 202, 203])
@pytest.mark.parametrize("extra", [b"", TS.encode()], ids=["as saved", "with Ruishu's script"])
def test_saved_pages_raise_no_alarm(status: int, extra: bytes) -> None:
    alarms = [page.name for page in saved_pages() if recognise(status, {}, extra + page.read_bytes())]
    assert alarms == []


# --- whatever comes -------------------------------------------------------------------------------------------------


@given(
    st.integers(100, 599),
    st.binary(max_size=2000),
    st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=4),
)
def test_any_answer_is_decided(status: int, body: bytes, headers: dict[str, str]) -> None:
    recognise(status, headers, body)
    recognise(200, list(headers.items()), b"<html><script>" + body)


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<!--",
        "<script",
        "<title",
        "<meta ",
        "</script",
        "location=",
        "document.cookie=",
        "$_ts",
        "<noscript",
        "&#x",
    ],
)
def test_hostile_markup_takes_linear_time(unit: str) -> None:
    page = b"<html><script>" + unit.encode() * (1 << 20)
    began = time.monotonic()
    recognise(200, {}, page)
    assert time.monotonic() - began < 5


def test_only_the_beginning_of_a_large_page_is_read() -> None:
    assert recognise(200, {}, article(TEXT * 4000)) is None


# --- pages that answer 200 and are not there -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("404 Not Found", ""),
        ("页面不存在", "返回首页"),
        ("二七区人民政府", "抱歉，您访问的页面不存在或已被删除！5秒后返回首页"),
        ("错误提示", "您要查看的页面已删除或不存在"),
        ("提示信息", "该信息已删除"),
        ("", "对不起，您所访问的页面不存在"),
        ("HTTP 404 未找到文件", "您查看的页面可能已被删除、名称已被更改或者暂时不可用"),
    ],
)
def test_soft_404(title: str, text: str) -> None:
    assert looks_missing(title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("关于做好防汛工作的通知", "各镇人民政府：现将有关事项通知如下。"),
        ("", ""),
        ("关于页面不存在问题的整改情况", "整改情况如下：" + "对反映强烈的网站链接失效问题逐一核实整改。" * 40),
        ("404 路公交线路调整", "自即日起，404路公交车改道行驶。"),
    ],
)
def test_pages_that_are_there(title: str, text: str) -> None:
    assert looks_missing(title, text) is None


def test_the_home_page_for_everything_is_the_same_page() -> None:
    home = article(TEXT + "<p>今天是2026年11月24日 09:15:33 访问量 1203456</p>", title="二七区人民政府")
    again = article(TEXT + "<p>今天是2026年11月25日 10:00:01 访问量 1203999</p>", title="二七区人民政府")
    other = article("<p>" + "全区防汛工作会议召开，区长出席并讲话。" * 20 + "</p>")
    assert same_page(home, again)
    assert not same_page(home, other)
    assert not same_page(home, b"")
    assert same_page(b"", b"<html></html>")


@pytest.mark.parametrize(
    ("url", "probe"),
    [
        ("http://a.gov.cn/zwgk/t1_2.htm", "http://a.gov.cn/zwgk/dibao-qwzx.htm"),
        ("http://a.gov.cn/zwgk/content?id=5", "http://a.gov.cn/zwgk/dibao-qwzx.html"),
        ("http://a.gov.cn/n1/c5/content.html?a=/b.jsp", "http://a.gov.cn/n1/c5/dibao-qwzx.html"),
        ("http://a.gov.cn/zwgk/", "http://a.gov.cn/zwgk/dibao-qwzx.html"),
    ],
)
def test_a_random_address_beside_a_real_one(url: str, probe: str) -> None:
    assert probe_url(url, "qwzx") == probe


def test_visible_text() -> None:
    markup = "<title>x</title><!-- a --><style>b</style><p>一&nbsp;二<br>三</p><script>c</script><SCRIPT>d</SCRIPT>四<!-- open"
    assert visible_text(markup) == "一 二 三 四"
