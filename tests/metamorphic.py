"""Saved pages as other sites would have written them: other labels, dates, tags, separators, the same content.

Each transform takes the markup of a page and leaves what a careful reader sees of the five fields as it is.
"""

# ruff: noqa: E501  tables of labels

from __future__ import annotations

import re
from collections.abc import Callable

Transform = Callable[[str], str]
TEXT = re.compile(r">[^<>]+<")
DATE = re.compile(
    r"(?<![\d/])((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?:日(?=\d)|日?(?!\d))((?:\s|&nbsp;)*\d{1,2}:\d\d(?::\d\d)?)?"
)
FULL = str.maketrans("0123456789:", "０１２３４５６７８９：")
SOURCE = re.compile(r"(?<![\u4e00-\u9fff])(?:信息|文章|稿件)?来\s?源(?=(?:<[^>]*>|\s|&nbsp;)*[:：])")
DATED = re.compile(r"(?<![\u4e00-\u9fff])(?:发布|发表)?(?:时间|日期)(?=(?:<[^>]*>|\s|&nbsp;)*[:：])")
TRAIL = re.compile(r"(?:您?当前所?在?的?|您?(?:现在)?所?在的?|您的|你的|目前|當前)位置(?=[^<]{0,4}[:：<])")
SEPARATOR = re.compile(
    r"(</a>(?:</(?:span|li|i|em)>)?\s*(?:<(?:span|i|em)[^>]*>)?)(?:\s|&nbsp;)*(?:&gt;|>|&raquo;|»)+(?:\s|&nbsp;)*"
)
NAMED = re.compile(r"""\s(?:id|class)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)


def _dates(form: Callable[[str, int, int, str], str]) -> Transform:
    def write(found: re.Match[str]) -> str:
        clock = re.sub(r"\s|&nbsp;", "", found[4] or "")
        return form(found[1], int(found[2]), int(found[3]), clock and f" {clock}")

    return lambda page: _in_text(page, lambda text: DATE.sub(write, text) if len(text.strip("<> ")) < 60 else text)


def _in_text(page: str, change: Transform) -> str:
    """Changed between the tags, outside scripts and the <head>."""
    head, body, rest = page.partition("<body")
    pieces = re.split(r"(<(?:script|style)\b.*?</(?:script|style)>)", rest, flags=re.DOTALL | re.IGNORECASE)
    changed = [
        piece if number % 2 else TEXT.sub(lambda found: change(found[0]), piece) for number, piece in enumerate(pieces)
    ]
    return head + body + "".join(changed)


def _replaced(pattern: re.Pattern[str], by: str) -> Transform:
    return lambda page: pattern.sub(by, page)


def _headings(by: str) -> Transform:
    return lambda page: re.sub(r"<(/?)h[1-6]\b", rf"<\1{by}", page, flags=re.IGNORECASE)


def _tables(page: str) -> str:
    page = re.sub(r"<div\b([^>]*)>", r"<table><tr><td\1>", page, flags=re.IGNORECASE)
    return re.sub(r"</div>", "</td></tr></table>", page, flags=re.IGNORECASE)


TRANSFORMS: dict[str, Transform] = {
    "no id, no class": _replaced(NAMED, ""),
    "no named meta": _replaced(re.compile(r"<meta[^>]+(?:name|property)=[^>]*>", re.IGNORECASE), ""),
    "title of the site alone": _replaced(re.compile(r"<title>.*?</title>", re.DOTALL | re.IGNORECASE), "<title>清和县人民政府</title>"),
    **{f"source: {label}": _replaced(SOURCE, label) for label in ("信息来源", "稿件来源", "文章来源", "出处", "来源于", "来 源", "稿源", "消息来源")},
    **{f"time: {label}": _replaced(DATED, label) for label in ("发布日期", "时间", "发稿时间", "发布时间", "日期", "更新时间", "发文时间", "刊登时间")},
    "date 2023年6月30日": _dates(lambda y, m, d, clock: f"{y}年{m}月{d}日{clock}"),
    "date 2023/6/30": _dates(lambda y, m, d, clock: f"{y}/{m}/{d}{clock}"),
    "date 2023.06.30": _dates(lambda y, m, d, clock: f"{y}.{m:02}.{d:02}{clock}"),
    "date [2023-06-30]": _dates(lambda y, m, d, clock: f"[{y}-{m:02}-{d:02}{clock}]"),
    "date （2023-06-30）": _dates(lambda y, m, d, clock: f"（{y}-{m:02}-{d:02}{clock}）"),
    "date in full width": _dates(lambda y, m, d, clock: f"{y}-{m:02}-{d:02}{clock}".translate(FULL)),
    **{f"headline in {tag}": _headings(tag) for tag in ("div", "p", "span", "strong")},
    "all div as table": _tables,
    **{f"trail: {label or 'no label'}": _replaced(TRAIL, label) for label in ("您的位置", "当前位置", "您现在的位置", "所在位置", "你所在的位置", "浏览路径", "")},
    **{f"trail parted by {mark}": _replaced(SEPARATOR, rf"\1 {mark} ") for mark in (">>", "»", "/", "|", "→", "›", "-", "·", "")},
}  # fmt: skip
