"""What the columns of an export mean, in English and Chinese: for the codebook and the schema of a data package."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    type: str  # of the table schema of Data Package
    english: str
    chinese: str
    required: bool = False


COLUMNS = {
    "id": Column(
        "integer",
        "Number of the article in this archive; never given to another one.",
        "文章在本档案中的编号，不会重复使用。",
        True,
    ),
    "url": Column("string", "Address of the page, in canonical form.", "网页地址（规范形式）。", True),
    "portal": Column("string", "Portal: id of its definition, or the host.", "门户：定义编号或主机名。", True),
    "section": Column("string", "Column of the portal the article was listed in.", "文章所在栏目。"),
    "breadcrumb": Column(
        "string",
        "Path to the article as the page prints it, outermost first, joined by ' > '.",
        "页面所示“您所在的位置”，由外到内，以“ > ”连接。",
    ),
    "title": Column("string", "Headline; empty where the page shows none.", "标题；页面未显示的为空。"),
    "source": Column("string", "Source as printed, without its label.", "来源（不含“来源”字样）。"),
    "published": Column(
        "string",
        "Time of publication, ISO 8601 with zone; the bare date where the page gives no time.",
        "发布时间，ISO 8601，含时区；页面未给出时刻的仅为日期。",
    ),
    "published_precision": Column(
        "string", "How exactly the page gives it: day, minute, second.", "发布时间的精度：日、分、秒。"
    ),
    "author": Column("string", "Author as printed.", "作者。"),
    "editor": Column("string", "Responsible editor as printed.", "责任编辑。"),
    "body": Column(
        "string", "Text, one paragraph a line, table cells parted by tabs.", "正文，每段一行，表格单元以制表符分隔。"
    ),
    "kind": Column("string", "article, pictures, attachment or video.", "类型：文章、图片、附件、视频。", True),
    "lang": Column("string", "Language, BCP 47: zh-Hans, zh-Hant, en …", "语言（BCP 47）。"),
    "first_seen": Column(
        "datetime", "First time this archive saw the page (UTC).", "本档案首次见到该页的时间（UTC）。", True
    ),
    "last_seen": Column("datetime", "Last time it saw it (UTC).", "最后一次见到的时间（UTC）。", True),
    "gone_since": Column(
        "datetime",
        "First time the page was missing; empty while it is there (UTC).",
        "首次发现网页不存在的时间；仍在则为空。",
    ),
    "revision": Column(
        "integer", "1 for the first text seen, 2 for the next …", "版本：首次所见为 1，其后递增。", True
    ),
    "content_digest": Column("string", "SHA-256 of title and body.", "标题与正文的 SHA-256。", True),
    "document": Column(
        "string", "Index table of an official document (发文字号 …), JSON.", "公文要素表（发文字号等），JSON。"
    ),
    "site": Column("string", "National meta tags of the page (SiteName, SiteIDCode …), JSON.", "政府网站标签，JSON。"),
    "attachments": Column("string", "Attachments, JSON list of name and address.", "附件，JSON（名称、地址）。"),
    "images": Column("string", "Addresses of the images, JSON list.", "图片地址，JSON。"),
    "flags": Column("string", "What is doubtful about the reading, JSON list.", "提取时存疑之处，JSON。"),
    "gone_grade": Column(
        "string", "How the page is gone: once, lasting, soft_404, redirected_home, unlisted.", "消失的方式。"
    ),
    "body_html": Column("string", "The same text as clean HTML.", "正文（净化后的 HTML）。"),
    "capture_id": Column("integer", "Capture the text was read from.", "正文所据的原始采集编号。"),
}


def codebook(columns: list[str] | tuple[str, ...]) -> str:
    """The columns as a Markdown table in both languages."""
    rows = [
        f"| `{name}` | {COLUMNS[name].type} | {COLUMNS[name].english} | {COLUMNS[name].chinese} |" for name in columns
    ]
    head = "# Codebook · 编码手册\n\n| column 列 | type 类型 | meaning | 含义 |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"
