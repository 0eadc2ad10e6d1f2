"""The publication time: chosen among its witnesses, what is displayed first."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from archive.records import Evidence
from crawler.html import PART, Page, fold
from crawler.parsers.dates import (
    CHINA,
    DATE,
    OLDEST,
    Moment,
    compact_date,
    half_width,
    moment_of,
    parse_times,
    parted_date,
)
from crawler.parsers.linked import date_published

LABEL = re.compile(
    r"(发布时间|发布日期|发表时间|发文时间|发文日期|公开日期|公布日期|公布时间|发布于|刊发时间|上传时间|录入时间|添加时间|更新时间|更新日期"
    r"|信息时间|時間|发稿时间|發布日期|發佈日期|時間|日期|时间"
    r"|(?i:(?:published|posted|issued|updated)(?: on)?|(?:release |publication )?date|stand|dato|datum|erscheinungsdatum|дата|data|fecha))\s?[:：】\]]"
    r"|((?i:publié le|published on|posted on|publicad[oa] (?:em|el)|pubblicato il|veröffentlicht am|опубликовано|опубліковано|publicerad|publisert|julkaistu|gepubliceerd(?: op)?|diterbitkan(?: pada)?|dipublikasikan(?: pada)?|ngày đăng|yayın(?:lanma)? tarihi|opublikowano|data publikacji|(?:fecha|data) d[ei] (?:publicación|publicação|pubblicazione)|date de publication|дата публікації|дата публикации)|公表日|発表日|公開日|掲載日|登録日|更新日|등록일자?|작성일자?|게시일)\s?[:：]?\s?"
)
OF_ANSWER = re.compile(r"(?:回复|答复|办结)(?:日期|时间)\s?[:：]?\s*")
OF_DOCUMENT = re.compile(r"(?:成文|生成|印发|制定|来信|写信)(?:日期|时间)\s?[:：]?\s*")
LABEL_ALONE = re.compile(
    r"^[\u4e00-\u9fff]{0,4}(?:日期|时间|時間)\s?[:：]?$|^发布于\s?[:：]?$|^(?:Published|Posted|Date|Datum|Erscheinungsdatum|Release Date|(?:Fecha|Data)(?: d[ei] (?:publicación|publicação|pubblicazione))?|Date de publication)(?: on)?:?$|^(?:등록일자?|작성일자?|게시일|公開日|掲載日)$"
)
NOT_PUBLISHED = re.compile(
    r"(成文日期|成文时间|印发日期|生成日期|生效日期|施行日期|实施日期|截止|有效期|废止|登记日期|废止日期|(?:会议|活动|公示|公告|报名|考试|面试|体检|开标|投标|征集|起止|召开|举办|受理|办理|开放|来信|写信|提交|留言|咨询|培训|停水|停电|到期)(?:时间|日期)|下载|打印|修订|修訂|修正日|수정일|[Rr]evision|[Rr]eview(?:ed)?|[Mm]odified|[Cc]hanged|[Ää]nderung|[Aa]ktualisier(?:t|ung)|[Mm]odification|[Bb]ijgewerkt|[Ww]ytworzenia|[Uu]ppdaterad|[Oo]ppdatert|[Oo]pdateret|[Aa]ctualización|[Aa]tualiza(?:do|ção)|[Aa]ggiornamento|[Aa]ktualizacja|[Оо]новлено|[Оо]бновлено)[^\d]{0,6}$"
)
LATER = ("发文", "公布", "更新")  # labels in whose place another is taken
CHANGED = "updated"  # a label before which a date without any goes: of the page, not of the text
WEAKER = (*LATER, CHANGED)
INFO = re.compile(
    r"(?:[来來]\s?源|作\s?者|编\s?辑|浏览\w*|点击\w*|阅读\w*|字体|字号)\s?[:：]"
)  # beside the date of an article, not of a row
MARKED = "[itemprop=datePublished], time[datetime]:not([itemprop]):not([property])"
SENTENCES = 80  # characters of the element around a marked date from which it is a date within a text
BESIDE = "li:has(a) *, nav *, aside *, footer *, a *"  # dates there belong to other articles
ENCLOSED = re.compile(r"\s*（[^（）]*）\s*|\s*\([^()]*\)\s*")  # below a headline: the day of a speech, of a law
EVENTS = frozenset({"时间", "日期", "時間"})
ANSWERED = re.compile(r"(?:回复|答复|办结)(?:时间|日期)$")  # of a letter: when the answer was put up
OF_LAW = re.compile(r"会议(?:通过|批准|修[订正])|起施行|公布")  # beside a date: a law's, not the page's
META = (
    "pubdate", "publishdate", "article:published_time", "firstpublishedtime", "dc.date", "dcterms.issued",
    "dcterms.created", "publish_time", "publishtime", "publish-time", "og:published_time", "createdate", "date",
    "datepublished", "dc.date.created", "weibo: article:create_at",
)  # fmt: skip
URL_DATE = re.compile(
    r"[/t_]((?:19|20)\d{2})[-/]?(\d{2})[-/]?(\d{2})(?:[/_.-]|$)|/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})/"
)
NUMBERS_ONLY = re.compile(r"\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4}\b")
AMERICAN = re.compile(r"^https?://[^/?#]+\.(?:gov|mil|us)(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
DIGIT_OR_YEAR = re.compile("[0-9年]")  # what no date lacks
CLOCK = re.compile(
    r"^(?:香港時間|香港时间|北京时间|时间[:：]?|Issued at HKT)?\s?(\d{1,2})\s?[:∶時时点點]\s?(\d{1,2})\s?分?$"
)
GENERATED = re.compile(r"页面生成时间\s*((?:19|20)\d{2}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)")
# 115-04-09, the year counted from 1911: only behind a label, it may be anything else elsewhere
ROC_DATE = re.compile(r"\s?(1[01]\d|[89]\d)([-/.年])(\d{1,2})[-/.月](\d{1,2})(?!\d)")


def parse_published(
    page: Page, info: Sequence[int], url: str | None, body: Collection[int], asked: datetime
) -> tuple[Moment | None, list[Evidence], list[str]]:
    """The publication time, its witnesses, and what is odd about them.

    `info` are the numbers of the lines around the headline, nearest first, `body` those of the body. What is displayed
    wins; the meta tag adds the hours of the same day, and stands alone only where nothing is shown and it is no
    page-generation time. `asked` (aware) is when the page was asked for: no page is published a day after that.
    """
    told, meta = _told(page)
    shown = _as_written_there(_displayed(page, info, body), url, meta, _from_url(url))
    generated = GENERATED.search(page.text[:20000])
    flags: list[str] = []
    if meta and generated and generated[1][:16] == meta.value.strftime("%Y-%m-%d %H:%M"):
        flags.append("pubdate_is_generation_time")
        same_day = shown is not None and shown.value.date() == meta.value.date()
        meta_counts = meta if same_day else None
    else:
        meta_counts = meta
    chosen, rule = _choose(shown, meta_counts, told)
    if chosen is None:
        chosen, rule = _last_resort(page, info), "document"
    if chosen and _is_odd(chosen, asked):
        flags.append("date_suspect")
    if shown and meta and shown.value.date() != meta.value.date():
        flags.append("date_contradiction")
    evidence = []
    witnesses = (("displayed", shown), (told, meta), ("url", _from_url(url)))
    for name, moment in (*witnesses, ("document", chosen if rule == "document" else None)):
        if moment:
            used = bool(chosen) and (rule == name or (rule == "displayed+meta" and name != "url"))
            evidence.append(Evidence("published", name, moment.raw, moment.iso(), used))
    return chosen, evidence, flags


def _as_written_there(shown: Moment | None, url: str | None, *witnesses: Moment | None) -> Moment | None:
    """06/07/2023: the seventh of June where another witness says so, or else where Americans write."""
    if shown is None or shown.value.day > 12 or not NUMBERS_ONLY.match(shown.raw):
        return shown
    month_first = replace(shown, value=shown.value.replace(month=shown.value.day, day=shown.value.month))
    told = {witness.value.date() for witness in witnesses if witness}
    if month_first.value.date() in told or (shown.value.date() not in told and AMERICAN.search(url or "")):
        return month_first
    return shown


def _is_odd(moment: Moment, asked: datetime) -> bool:
    """In the future by more than a day, or before there were portals."""
    latest = asked.astimezone(CHINA).replace(tzinfo=None) + timedelta(days=1)
    return moment.value.replace(tzinfo=None) > latest or moment.value.year < OLDEST


def _choose(shown: Moment | None, meta: Moment | None, told: str) -> tuple[Moment | None, str]:
    if shown is None:
        return meta, told
    same_day = meta is not None and meta.precision != "day" and meta.value.date() == shown.value.date()
    if shown.precision == "day" and same_day and meta and meta.value.time() != datetime.min.time():
        return meta, "displayed+meta"
    return shown, "displayed"


def _displayed(page: Page, info: Sequence[int], body: Collection[int]) -> Moment | None:
    found = _dated_line(page, info, body)
    if found is None or found[0].precision != "day" or found[1] + 1 >= len(page.lines):
        return found[0] if found else None
    moment, number = found
    clock = CLOCK.match(half_width(page.lines[number + 1].text))  # the hours on a line of their own
    if clock is None or int(clock[1]) > 23 or int(clock[2]) > 59:
        return moment
    value = moment.value.replace(hour=int(clock[1]), minute=int(clock[2]))
    return Moment(value, "minute", f"{moment.raw} {clock.group()}")


def _dated_line(page: Page, info: Sequence[int], body: Collection[int]) -> tuple[Moment, int] | None:
    """The date on the lines around the headline: labelled first, 发文日期, 公布 and 更新 after the others, then bare, outside the body; last "updated"."""
    sent: tuple[Moment, int] | None = None
    bare: tuple[Moment, int] | None = None
    aside: tuple[Moment, int] | None = None
    changed: tuple[Moment, int] | None = None
    for number in info:
        text = half_width(_with_label(page, number))
        if not DIGIT_OR_YEAR.search(text):
            continue
        moment, label = _labelled(text, number in body)
        if moment and not label.lower().startswith(WEAKER):
            return moment, number
        if moment and label.lower().startswith(CHANGED):
            changed = changed or (moment, number)
        elif moment:
            sent = sent or (moment, number)
        if bare is None and number not in body and not _is_row(page, number) and not OF_LAW.search(text):
            lonely = _bare(text) or _parted(page, number)
            if lonely and ENCLOSED.fullmatch(text):
                aside = aside or (lonely, number)
            elif lonely:
                bare = (lonely, number)
    return sent or bare or aside or changed


def _parted(page: Page, number: int) -> Moment | None:
    """A date in two elements of one line or in two lines; not beside a link, where it is the date of a list's row."""
    around = page.lines[max(number - 2, 0) : number + 4]
    if len(page.lines[number].text) > 20 or any(len(name) > 8 for line in around for name, _ in line.links):
        return None
    texts = [line.parts.replace(PART, " ") for line in page.lines[number : number + 2]]
    return parted_date(fold(texts[0])) or parted_date(fold(" ".join(texts)))


def _is_row(page: Page, number: int) -> bool:
    """Whether the date of this line belongs to a row of a list: a link beside it, and the same on the lines around."""
    line = page.lines[number]
    if INFO.search(line.text):
        return False
    if line.link_chars:
        return line.link_chars >= len(line.text) / 2
    neighbours = page.lines[max(number - 1, 0) : number + 2]
    if not any(one.link_chars > max(len(one.text) / 2, 5) for one in neighbours):
        return False
    around = page.lines[max(number - 8, 0) : number + 9]
    return sum(len(one.text) < 30 and DATE.search(half_width(one.text)) is not None for one in around) > 2


def _last_resort(page: Page, info: Sequence[int]) -> Moment | None:
    """Where nothing else is shown: the date of the document itself (成文日期, 生成日期), else a line that is a date."""
    texts = [half_width(_with_label(page, number)) for number in info if not _is_row(page, number)]
    for label, text in ((pattern.search(text), text) for pattern in (OF_ANSWER, OF_DOCUMENT) for text in texts):
        match = DATE.search(text, label.end(), label.end() + 20) if label else None
        if match:
            return moment_of(match)
    return next((moment for text in texts if len(text) < 40 and (moment := _bare(text))), None)


def _with_label(page: Page, number: int) -> str:
    """The line's text; where the line before is a label alone, together with it (two cells, two blocks)."""
    text = page.lines[number].parts.replace(PART, " ")
    before = page.lines[number - 1].text if number else ""
    short = 0 < len(before) <= (24 if before.isascii() else 12)
    alone = short and (before[-1] in ":：】" or LABEL_ALONE.match(before) or NOT_PUBLISHED.fullmatch(before))
    return f"{before} {text}" if alone and not any(c.isdigit() for c in before) else text


def _labelled(text: str, in_body: bool) -> tuple[Moment | None, str]:
    """The date behind the first label that has one, and the label; those that are not quite publication after others.

    In a line of the body, 时间 alone is an event's: 检测时间, 一、时间.
    """
    sent: tuple[Moment | None, str] = None, ""
    for label in LABEL.finditer(text):
        name = label[1] or label[2]
        if NOT_PUBLISHED.search(text[: label.start()] + name) or (in_body and name in EVENTS):
            continue
        moment = _behind(text, label.end())
        if ANSWERED.search(text[: label.start()] + name):
            sent = (moment, LATER[0]) if moment else sent
        elif moment and not name.lower().startswith(WEAKER):
            return moment, name
        elif moment:
            sent = moment, name
    return sent


def _behind(text: str, at: int) -> Moment | None:
    """The date right behind a label that ends here."""
    match = DATE.search(text, at, at + 60)
    moment = moment_of(match) if match and not text[at : match.start()].strip(" 　[(【") else None
    others = [] if moment else parse_times(text[at : at + 40]) or _of_republic(text, at)
    return moment or (others[0] if others else compact_date(text, at))


def _of_republic(text: str, at: int) -> list[Moment]:
    match = ROC_DATE.match(text, at)
    try:
        return (
            [Moment(datetime(1911 + int(match[1]), int(match[3]), int(match[4])), "day", match.group())]
            if match
            else []
        )
    except ValueError:
        return []


def _bare(text: str) -> Moment | None:
    """A date that stands nearly alone: in a sentence it is an event's, not the page's."""
    for match in DATE.finditer(text):
        around = text[: match.start()] + text[match.end() :]
        if NOT_PUBLISHED.search(text[: match.start()].rstrip(" :：")):
            continue
        if len(around) > 120 or "。" in around:
            continue
        moment = moment_of(match)
        if moment:
            return moment
    if len(text) < 90 and not DATE.search(text):
        moment = next(iter(parse_times(text)), None)
        label = text.partition(moment.raw)[0].rstrip(" :：") if moment else ""
        return None if NOT_PUBLISHED.search(label) else moment
    return None


def _told(page: Page) -> tuple[str, Moment | None]:
    """What a machine is told, and by what: a meta tag, else JSON-LD, else an element's attribute."""
    for name in META:
        content = page.meta(name)
        times = parse_times(content) if content else []
        if times:
            return "meta:PubDate", times[0]
    if times := parse_times(date_published(page)):
        return "json-ld:datePublished", times[0]
    return "markup:datetime", _from_markup(page)


def _from_markup(page: Page) -> Moment | None:
    """What the first element that says so gives a machine: <time datetime>, itemprop; not one in a list, a menu or a text."""
    for node in page.tree.css(MARKED):
        given = node.attributes.get("datetime") or node.attributes.get("content") or ""
        around = node.parent.text() if node.parent is not None else ""
        if (times := parse_times(given)) and not node.css_matches(BESIDE) and len(fold(around)) < SENTENCES:
            return times[0]
    return None


def _from_url(url: str | None) -> Moment | None:
    match = URL_DATE.search(url or "")
    if not match:
        return None
    year, month, day = (int(g) for g in match.groups() if g)
    try:
        return Moment(datetime(year, month, day), "day", match.group())
    except ValueError:
        return None
