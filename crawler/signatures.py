"""Data for crawler/challenge.py: what challenges, block pages and missing pages look like. No code.

From domain.md 9.2 of the project's research, and from the block pages of products in wide use on government portals.
A line is one sign.
"""

# Bytes only a challenge script has. On a page that can be read they mean nothing. (product, sign, pattern)
SCRIPTS: tuple[tuple[str, str, bytes], ...] = (
    ("Ruishu", "$_ts", rb"\$_ts\s{0,3}=\s{0,3}window|window\.\$_ts\b|\$_ts\.(?:nsd|cd|lcd)\b"),
    ("Ruishu", "script with r='m'", rb"<script[^<>]{0,200}\sr=['\"]m['\"]"),
    ("Jiasule", "__jsl_clearance", rb"__jsl_clearance"),
    ("Jiasule", "document.cookie=('_')", rb"document\.cookie\s{0,3}=\s{0,3}\('_'\)"),
    ("WZWS", "wzws", rb"wzws(?:_cid|_sessionid|templ|wsa)|/WZWSREL"),
    ("Yunsuo", "yunsuo_session", rb"yunsuo_session|YunSuoAutoJump"),
    ("Yunsuo", "security_verify", rb"security_session_(?:mid_)?verify|security_verify_(?:data|img)"),
    ("Aliyun WAF", "acw_sc", rb"acw_sc__v[23]|\barg1\s{0,3}=\s{0,3}['\"][0-9A-F]{40}"),
    ("Tencent WAF", "EO_Bot or TCaptcha", rb"EO_Bot_Ssid|__tst_status|TencentCaptcha|TCaptcha\.js"),
    ("Cloudflare", "challenge-platform", rb"/cdn-cgi/challenge-platform|_cf_chl_opt|cf-browser-verification"),
    ("fingerprint", "HOY_TR", rb"\bHOY_TR\b"),
    ("fingerprint", "sbu_fpc.js", rb"sbu_fpc\.js"),
    ("captcha", "captcha script", rb"geetest\.com/|initGeetest|dx-captcha|hcaptcha\.com/|g-recaptcha|yidun"),
    ("script challenge", "eval of packed code", rb"eval\(function\(p,a,c,k,e"),
)

# Sentences of block pages that no other page is made of.
BLOCK_TEXTS = {
    "Chuangyudun": """
        当前访问疑似黑客攻击
        已被创宇盾拦截
        创宇盾
    """,
    "WAF": """
        您的请求存在安全风险
        请求带有不合法参数
        网站管理员设置拦截
        可能对网站造成安全威胁
        您的请求可能存在威胁
        您的访问被拦截
        您的访问被阻断
        访问已被拦截
        访问请求被拦截
        访问请求被阻断
        请求已被拦截
        您的请求被拦截
        您的请求被阻断
        请求被WAF拦截
        存在恶意攻击
        疑似攻击行为
        检测到攻击
        检测到异常访问
        您的访问存在异常
        非法访问已被记录
        Web应用防火墙
        网站应用防火墙
        Your request has been blocked
        request has been blocked
        Request blocked
        The requested URL was rejected
        blocked by the website
        Web Application Firewall
        Sorry, you have been blocked
    """,
    "rate limit": """
        访问过于频繁
        操作过于频繁
        请求过于频繁
        访问太频繁
        访问频率过高
        请求频率过高
        访问频率过快
        Too Many Requests
    """,
    "WZWS": """
        请开启JavaScript并刷新该页
    """,
    "script needed": """
        请开启JavaScript
        请启用JavaScript
        需要启用JavaScript
        浏览器不支持JavaScript
        enable JavaScript and cookies
        Please enable JavaScript
        Please turn JavaScript on
    """,
    "captcha": """
        浏览器安全检查
        正在进行安全检测
        正在进行安全验证
        正在验证您的浏览器
        请完成安全验证
        请完成下列验证
        请输入验证码以继续
        请输入验证码后继续
        向右拖动滑块
        请按住滑块
        Checking your browser
        Just a moment...
        Verify you are human
    """,
    "Yunsuo": """
        服务器安全狗
        网站安全狗
        云锁防护
        宝塔网站防火墙
        360网站卫士
        安全防护系统拦截
    """,
}

# Words that block pages share with ordinary ones: they count where there is next to nothing else to read.
WEAK_TEXTS = {
    "captcha": """
        验证码
        安全验证
        人机验证
        滑动验证
        身份核验中
    """,
    "WAF": """
        事件ID
        事件编号
        拦截ID
        请求ID
        trace id
        event id
        拒绝访问
        访问被拒绝
        禁止访问
        Access Denied
        Forbidden
    """,
    "rate limit": """
        您的IP
        稍后再试
    """,
}

# Statuses that belong to one product each on these portals, and those gateways block with.
PRODUCT_STATUS = {412: "Ruishu", 521: "Jiasule", 418: "WAF", 491: "WAF", 493: "WAF"}
BLOCK_STATUS = frozenset({403, 405, 406, 422, 503})

# Names of cookies and headers a gate sets. `__jsluid_s` alone is harmless and not among them.
COOKIES = {
    "__jsl_clearance": "Jiasule",
    "wzws_cid": "WZWS",
    "wzws_sessionid": "WZWS",
    "CT6T": "openresty gate",
    "yunsuo_session_verify": "Yunsuo",
    "security_session_verify": "Yunsuo",
    "security_session_mid_verify": "Yunsuo",
    "HOY_TR": "fingerprint",
    "acw_sc__v": "Aliyun WAF",
}
HEADERS = {"wzws-ray": "WZWS", "x-via-jsl": "Jiasule", "cf-mitigated": "Cloudflare"}

# What a page says that answers 200 and is not there.
MISSING = """
    Page non trouvée
    Page introuvable
    Seite nicht gefunden
    Página no encontrada
    Página não encontrada
    Pagina non trovata
    Pagina niet gevonden
    Страница не найдена
    Сторінку не знайдено
    Nie znaleziono strony
    ページが見つかりません
    페이지를 찾을 수 없습니다
    页面不存在
    网页不存在
    页面找不到
    页面没有找到
    页面没找到
    页面未找到
    找不到页面
    找不到网页
    找不到该页
    找不到您要
    找不到您访问
    未找到页面
    您访问的页面
    您要访问的页面
    您所访问的页面
    您要查看的页面
    您查看的页面
    您浏览的页面
    您访问的内容
    您访问的信息
    您访问的文章
    您请求的页面
    您请求的文件
    内容不存在
    文章不存在
    信息不存在
    文件不存在
    稿件不存在
    记录不存在
    该信息已删除
    该文章已删除
    已被删除
    已删除或
    页面已删除
    页面可能已
    链接已失效
    页面已失效
    页面丢失
    页面走丢
    栏目正在建设
    404 Not Found
    Not Found
    File not found
    Page not found
    404错误
    错误404
    404页面
    HTTP 404
"""
