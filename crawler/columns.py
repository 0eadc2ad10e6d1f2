"""Columns (栏目) that a page of a portal links to: news, notices, policy, by the names people give them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from archive.urls import canonical_url, host_of
from crawler.html import fold
from crawler.listing.addresses import absolute, is_attachment

# What a column is called -> its type and how much it is wanted; the first that fits counts.
NAMES = tuple(
    (re.compile(pattern), kind, worth)
    for pattern, kind, worth in (
        (r"要闻|头条", "news", 5),
        (r"(?:工作|政务|部门|区县|乡镇|基层|镇街|新闻|本地)动态|^动态|新闻资讯|今日|新闻$|^新闻|快讯", "news", 4),
        (r"通知公告|公告公示|公示公告|通告|^公告|^公示|^通知", "notice", 4),
        (r"规范性文件|政策文件|政府文件|法规|规章|政策$|^政策", "policy", 3),
        (r"解读", "interpretation", 2),
    )
)
NO_COLUMN = re.compile(
    r"专题|视频|图片|图解|地图|登录|注册|搜索|邮箱|信箱|English|繁|无障碍|服务|办事|互动|直播|APP|微博|微信|更多|首页"
)
LONGEST = 12  # characters of a column's name; headlines are longer


@dataclass(frozen=True, slots=True)
class ColumnLink:
    name: str
    url: str
    kind: str  # news, notice, policy, interpretation
    worth: int


def columns_in(tree: LexborHTMLParser, url: str) -> list[ColumnLink]:
    """Links to columns on the page's own site, the most wanted first, each address once."""
    found: dict[str, ColumnLink] = {}
    for node in tree.css("a[href]"):
        name = fold(node.attributes.get("title") or "") or fold(node.text())
        name = name if len(name) <= LONGEST else fold(node.text())
        target = absolute(node.attributes.get("href") or "", url)
        if target is None or is_attachment(target) or not 2 <= len(name) <= LONGEST or NO_COLUMN.search(name):
            continue
        named = next(((kind, worth) for pattern, kind, worth in NAMES if pattern.search(name)), None)
        if named and site_of(target) == site_of(url) and canonical_url(target) != canonical_url(url):
            found.setdefault(canonical_url(target), ColumnLink(name, target, *named))
    return sorted(found.values(), key=lambda one: -one.worth)


def site_of(url: str) -> str:
    """What www.x.gov.cn and czj.x.gov.cn have in common."""
    host = host_of(url)
    labels = host.split(".")
    return host if labels[-1].isdigit() else ".".join(labels[-3:] if host.endswith(".gov.cn") else labels[-2:])
