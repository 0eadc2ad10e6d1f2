"""来源 to one name a publisher: 据新华社电, 新华社北京6月1日电 and 新华网 are all 新华社.

Wire lines, labels, channels (客户端, 微信公众号) and reporters are taken off; houses with several names are listed.
What the portal calls itself (本站, 本网) is no name: None, and the caller knows which portal it was.
"""

from __future__ import annotations

import re
import unicodedata

# One name a house, and the other names it prints under.
HOUSES: dict[str, tuple[str, ...]] = {
    "新华社": ("新华网", "新华通讯社", "新华视点", "新华全媒", "新华财经", "xinhuanet", "xinhuanet.com", "news.cn"),
    "人民日报": ("人民网", "人民日报社", "人民日报海外版", "people.com.cn", "people.cn"),
    "中国政府网": ("中央政府门户网站", "中国政府门户网站", "中央人民政府门户网站", "中华人民共和国中央人民政府",
             "中央人民政府", "gov.cn"),
    "中央广播电视总台": ("央视", "央视网", "央视新闻", "央视新闻联播", "新闻联播", "中央电视台", "cctv", "央广网",
                  "央广", "总台央视", "中央人民广播电台", "中央广电总台", "中国中央电视台"),
    "中国新闻社": ("中国新闻网", "中新网", "中新社"),
    "光明日报": ("光明网",),
    "经济日报": ("中国经济网",),
    "中国日报": ("中国日报网", "chinadaily"),
    "法治日报": ("法制日报", "法治网", "法制网"),
    "国务院办公厅": ("国办",),
}  # fmt: skip
NAMES = {other: name for name, others in HOUSES.items() for other in (name, *others)}
OWN = frozenset(
    {
        "本站",
        "本网",
        "本网站",
        "本站原创",
        "原创",
        "网站",
        "本网讯",
        "本站讯",
        "本单位",
        "本局",
        "本报讯",
        "互联网",
        "网络",
        "无",
        "未知",
    }
)

LABEL = re.compile(
    r"^(?:(?:信息|文章|稿件|新闻|内容|资料|数据)?来源|稿源|出处|发布机构|发布单位|供稿(?:单位)?)[:：]\s*"
)
TAKEN = re.compile(r"^(?:转载自?|转自|摘自|来自|选自|综合自?|据|源自|引自)[:：]?\s*")
ADDRESS = re.compile(r"^(?:https?://)?(?:www\.)?")
WIRE = re.compile(
    r"^(?P<name>新华社|中新社|新华网|中新网|人民网|央视网|央广网)\S{0,16}?(?:\d{1,2}月)?\d{1,2}日(?:电|讯)"
)
CREDIT = re.compile(
    r"(?:特约|通讯员|首席|见习|本报|实习)?(?:记者|作者|通讯员|编辑|责编|摄影|撰文)[:：\s].*$|[(（\[【].*$"
)
VERB = re.compile(r"(?:电讯稿|通稿|电|讯|消息|报道|发布)$")
CHANNEL = re.compile(
    r"[·・|\s]*(?:官方)?(?:新闻)?(?:客户端|微信公众号|微信公众平台|公众号|微信号|微信|微博|视频号|头条号|抖音号|政务号|官网|门户网站|网站|app)$",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\s*(?:--?|——?|－|–|/|\||、|,|，|;|；|\s)\s*")


def publisher(source: str | None) -> str | None:
    """The name of the publisher that a 来源 means, or None where it names nobody else."""
    text = unicodedata.normalize("NFKC", source or "").strip(" \t\r\n\"'“”《》〈〉.。:-")
    text = TAKEN.sub("", LABEL.sub("", text))
    if wire := WIRE.match(text):
        return NAMES[wire["name"]]
    text = CREDIT.sub("", text).strip(" |/、,;·")
    known = next((name for part in BETWEEN.split(text) if (name := NAMES.get(_bare(part)))), None)
    if known:
        return known
    bare = _bare(text)
    return None if bare in OWN or not bare else NAMES.get(bare, bare)


def _bare(text: str) -> str:
    """Without quotes, channel and verb: “新华社客户端” -> 新华社."""
    text = text.strip(" \"'“”《》〈〉.。:")
    if "." in text and text.isascii():
        return ADDRESS.sub("", text.lower()).rstrip("/")
    before = ""
    while text != before:  # 新华社客户端消息: from the outside in
        before, text = text, _shorter(text).strip(" 《》“”·")
    return text.lower() if text.isascii() else text


def _shorter(text: str) -> str:
    """One ending less, unless nothing or a word of its own (电讯, 官网) would remain."""
    for ending in (CHANNEL, VERB):
        rest = ending.sub("", text)
        if rest != text and (rest in NAMES or (len(rest) >= 3 and ending is CHANNEL)):
            return rest
    return text
