"""The index table of a document (索引号, 发文字号, 发文机关 …) and the national meta tags of the site."""

from __future__ import annotations

import re

from crawler.html import Page, fold

# Label as printed (blanks aside) -> key of `document`.
LABELS = {
    "索引号": "索引号", "索取号": "索引号", "信息索引号": "索引号", "发文字号": "发文字号", "文号": "发文字号", "发布文号": "发文字号",
    "文件编号": "发文字号", "发文机关": "发文机关", "发文机构": "发文机关", "发文单位": "发文机关", "制发机关": "发文机关", "发布机构": "发布机构",
    "发布单位": "发布机构", "公开主体": "发布机构", "成文日期": "成文日期", "生成日期": "成文日期", "成文时间": "成文日期", "发布日期": "发布日期",
    "公开日期": "发布日期", "发文日期": "发布日期", "主题分类": "主题分类", "主题词": "主题词", "体裁分类": "体裁分类", "公文种类": "公文种类",
    "有效性": "有效性", "时效性": "有效性", "效力状态": "有效性", "效力级别": "效力级别", "生效日期": "生效日期", "施行日期": "生效日期",
    "废止日期": "废止日期", "组配分类": "组配分类", "服务对象": "服务对象", "信息分类": "信息分类", "公开方式": "公开方式", "公开范围": "公开范围",
}  # fmt: skip
_NAMES = "|".join(r"\s?".join(label) for label in sorted(LABELS, key=len, reverse=True))
PAIR = re.compile(rf"(?:^|[\s\x01【\[|])({_NAMES})[\s\x01]*[:：】\]][\s\x01]*([^\x01]*)")
CELL = re.compile(rf"^[\[【]?\s?(?:{_NAMES})\s?[\]】]?\s?[:：]?$")
LABEL_CHARS = 20  # that the text of a CELL has at most
MARK = re.compile("[:：】]")
ROW_LABEL = re.compile(rf"^(?:{_NAMES}|标\s?题|名\s?称|来\s?源)\s?(?:[:：]|$)")
SITE = ("sitename", "sitedomain", "siteidcode", "columnname", "columntype", "columndescription", "columnkeywords")
SITE_NAMES = {
    "sitename": "SiteName", "sitedomain": "SiteDomain", "siteidcode": "SiteIDCode", "columnname": "ColumnName",
    "columntype": "ColumnType", "columndescription": "ColumnDescription", "columnkeywords": "ColumnKeywords",
}  # fmt: skip
SITE_CODE = re.compile(r"(?:网站标识码|站点标识码|网站识别码)\s?[:：]?\s?(\d{10}|bm\d{8})")


def parse_document(page: Page) -> dict[str, str]:
    """The index table, where the page prints one: at least two of its labels."""
    found: dict[str, str] = {}
    lines = [line for line in page.lines if not line.hidden]
    for number, line in enumerate(lines):
        if len(line.text) > 300:
            continue
        for match in PAIR.finditer(line.parts) if MARK.search(line.text) else ():
            label = LABELS[re.sub(r"\s", "", match[1])]
            value = fold(PAIR.split(match[2])[0])
            if not value and number + 1 < len(lines) and not CELL.match(lines[number + 1].text):
                value = lines[number + 1].text if lines[number + 1].row == line.row != 0 else ""
            if value and len(value) < 200:
                found.setdefault(label, value)
        bracketed = line.text[:1] in ("[", "【")
        if not (line.row or bracketed) or len(line.text) > LABEL_CHARS or not CELL.match(line.text):
            continue
        if number + 1 < len(lines) and lines[number + 1].row == line.row:
            value = lines[number + 1].text
            if value and not CELL.match(value):
                found.setdefault(LABELS[re.sub(r"[\s:：\[\]【】]", "", line.text)], value[:200])
    return found if len(found) >= 2 else {}


def index_end(page: Page, start: int, end: int) -> int:
    """Number of the first line behind the index table that these lines begin with; `start` where they don't.

    A table is three labels or more, hardly anything between them.
    """
    labels: set[str] = set()
    last = start - 1
    for number in range(start, min(end, start + 80)):
        line = page.lines[number]
        if len(line.text) < 300 and (match := ROW_LABEL.match(line.text)):
            labels.add(match.group())
            last = number
        elif number - last > 4 or line.plain_chars > 300:
            break
    if len(labels) < 3:
        return start
    row = page.lines[last].row
    while last + 1 < end and row and page.lines[last + 1].row == row:
        last += 1
    return last + 1


def parse_site(page: Page) -> dict[str, str]:
    """The national meta tags, by their official names; the identification code also from the footer."""
    site = {SITE_NAMES[name]: value for name in SITE if (value := page.meta(name))}
    if "SiteIDCode" not in site:
        for line in reversed(page.lines):
            match = SITE_CODE.search(line.text)
            if match:
                site["SiteIDCode"] = match[1]
                break
    return site
