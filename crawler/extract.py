"""One article page to one `Article`: pure, no network, no database. docs/extraction.md gives the order of the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from archive.records import Article, Evidence
from archive.urls import canonical_url
from crawler.decode import decode_page
from crawler.errors import NotAnArticle
from crawler.html import Box, Line, Page, fold, read_page
from crawler.parsers.attachments import parse_attachments, resolve
from crawler.parsers.body import Body, parse_body, render, signs_off
from crawler.parsers.breadcrumb import named_breadcrumb, parse_breadcrumb
from crawler.parsers.document import parse_document, parse_site
from crawler.parsers.kind import kind_of, no_article, shell_kind
from crawler.parsers.markup import clean_html
from crawler.parsers.placed import Headline
from crawler.parsers.source import named_source, parse_source
from crawler.parsers.time import parse_published
from crawler.parsers.title import parse_title
from crawler.portal import ArticleRules, Portal

TODAY = re.compile(r"今天|星期|农历|農曆")  # above a headline: the page's clock, not its date
COPYRIGHT = re.compile(r"©|版[权權]所有|Copyright", re.IGNORECASE)  # in the footer, whose dates are the site's
TRADITIONAL = re.compile("[們國這個為對會來時說發經過還後應該開關與區學業務據處總體變門無實驗機構]")
SIMPLIFIED = re.compile("[们国这个为对会来时说发经过还后应该开关与区学业务据处总体变门无实验机构]")
BASE = re.compile("<base", re.IGNORECASE)
CJK = re.compile("[\u4e00-\u9fff]+")
THIN = 20  # characters of text under which an article without a file is flagged
# The pager of a body: a quoted name first means that files count from 1, a number or countPage that they count from 0;
# a file name tells it from the pager of a list beside it. One first letter lets the pattern pass quickly over a page
FURTHER = re.compile(
    r"c(?:reatePage(?:HTML)?\(\s*(['\"][\w-]*['\"]\s*,)?\s*|(?<!\wc)ountPage\s*=\s*)['\"]?(\d+)['\"]?"
    r"(?:\s*,\s*\d+\s*,\s*['\"]([\w-]+)['\"])?"
)


def extract(
    page: bytes | str,
    url: str | None = None,
    *,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
    portal: Portal | None = None,
) -> Article:
    """Read one page of any portal, without a definition or with one.

    Pure where `headers` hold the answer's Date (workers give every kept page one): the same in, the same out.
    Raises NotAnArticle where the page is none (with its kind), PageTooBig over the limits of crawler/html.py.
    """
    if not isinstance(page, bytes | str) or not (portal is None or isinstance(portal, Portal)):
        raise TypeError(_wanted(page, portal))
    decoded = decode_page(page, headers, encoding=portal.encoding if portal else None)
    seen = read_page(decoded.text)
    rules = portal.article if portal else ArticleRules()
    _refuse(shell_kind(seen))
    base = _base(seen, url)
    headline, title_evidence = _headline(seen, rules)
    body = _without(
        parse_body(seen, headline.end, headline.text, selector_box=_select(seen, rules.body), cut=rules.cut or ()),
        _lines_of(seen, rules.remove),
    )
    info = _info_lines(seen, headline, body)
    source, source_evidence = named_source(seen, _lines_of(seen, rules.source)) or parse_source(
        seen, [*info, *body.numbers[-1:]], headline.text
    )
    times = _lines_of(seen, rules.published)
    outside = () if times else frozenset(body.numbers)
    moment, time_evidence, flags = parse_published(seen, times or info, url, outside, _asked(headers))
    crumbs, crumb_evidence = named_breadcrumb(seen, _lines_of(seen, rules.breadcrumb)) or parse_breadcrumb(
        seen, headline.start
    )
    text = render(seen, body.numbers)
    attachments = parse_attachments(_lines_with_files(seen, body), body.box.node if body.box else None, base)
    images = _images(body, base)
    _refuse(no_article(seen, headline.text, body, text, bool(attachments), url))
    if not headline.text and not text and not attachments:
        raise NotAnArticle("no article: neither headline nor body nor attachment", "empty")
    if len(text) < THIN and not attachments:
        flags.append("thin")
    if base is None:
        _drop_relative(body)
    evidence = [*crumb_evidence, *title_evidence, *source_evidence, *time_evidence]
    evidence.append(Evidence("body", body.rule, f"{len(body.numbers)} lines", f"{len(text)} characters"))
    return Article(
        url=canonical_url(url) if url else "",
        title=headline.text,
        breadcrumb=crumbs,
        source=source,
        published=moment.iso() if moment else None,
        published_precision=moment.precision if moment else None,
        author=body.author or seen.meta("author"),
        editor=body.editor,
        body=text,
        body_html=clean_html(seen, body, base),
        kind=kind_of(body, text, bool(attachments), bool(images)),
        document=parse_document(seen),
        site=parse_site(seen),
        attachments=attachments,
        images=images,
        lang=_language(seen, text or headline.text),
        portal=portal.id if portal else "",
        evidence=tuple(evidence),
        flags=tuple(dict.fromkeys([*decoded.flags, *flags, *_unverified(portal, url)])),
        next_pages=_next_pages(seen, body, url),
    )


def _wanted(page: object, portal: object) -> str:
    if not isinstance(page, bytes | str):
        return f"a page is bytes or text, not {type(page).__name__}"
    return f"portal is a definition, not {type(portal).__name__}: crawler.definitions.load_portal({portal!r}) reads one"


def _unverified(portal: Portal | None, url: str | None) -> list[str]:
    """Whether nobody vouched for the server this page came from."""
    unverified = portal is not None and portal.verify_tls is False and (url or "").startswith("https:")
    return ["tls_unverified"] if unverified else []


def _asked(headers: Mapping[str, str] | Iterable[tuple[str, str]] | None) -> datetime:
    """When the page was asked for: the Date of its answer, so that kept pages read the same for ever; else now."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    for name, value in pairs:
        if name.lower() == "date":
            with suppress(ValueError, TypeError):
                moment = parsedate_to_datetime(value)
                return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.now(UTC)


def _refuse(reason: tuple[str, str] | None) -> None:
    if reason:
        kind, why = reason
        raise NotAnArticle(f"no article: {why}", kind)


def _lines_with_files(page: Page, body: Body) -> list[Line]:
    """The body's lines, those below them in its box and right behind it; where it has no text, all lines of the box."""
    if body.box is None:
        return []
    own = body.numbers or range(body.box.start, body.box.end)
    last = own[-1] + 1 if own else body.box.end
    below = range(last, min(max(body.box.end, last) + 12, len(page.lines)))
    return [page.lines[number] for number in (*own, *below)]


def _headline(page: Page, rules: ArticleRules) -> tuple[Headline, list[Evidence]]:
    box = _select(page, rules.title)
    if box is not None:
        text = fold(" ".join(line.text for line in page.lines[box.start : box.end]))
        if text:
            return Headline(text, box.start, box.end, "selector"), [Evidence("title", "selector", text, text)]
    return parse_title(page)


def _select(page: Page, selector: str | None) -> Box | None:
    """The first box of a selector."""
    node = page.tree.css_first(selector) if selector else None
    if node is None:
        return None
    return next((box for box in page.boxes if box.node.mem_id == node.mem_id), None)


def _lines_of(page: Page, selector: str | None) -> list[int]:
    """The lines of every element that a definition's selector names, in order; [] without a selector or a match."""
    if not selector:
        return []
    found = {node.mem_id for node in page.tree.css(selector)}
    return sorted({n for box in page.boxes if box.node.mem_id in found for n in range(box.start, box.end)})


def _without(body: Body, removed: list[int]) -> Body:
    gone = frozenset(removed)
    return replace(body, numbers=tuple(n for n in body.numbers if n not in gone)) if gone else body


def _info_lines(page: Page, headline: Headline, body: Body) -> list[int]:
    """Lines that can carry source and time: between headline and body, then above, at the body's head, behind it."""
    total = len(page.lines)
    start = headline.end if headline.end >= 0 else max((body.box.start - 12) if body.box else 0, 0)
    first = body.numbers[0] if body.numbers else min(start + 12, total)
    between = list(range(start, min(max(first, start), start + 25, total)))
    inside = [
        n for n in range(max(headline.start, 0), min(headline.end, total)) if page.lines[n].text not in headline.text
    ]
    above = [
        n for n in range(headline.start - 1, max(headline.start - 30, -1), -1) if not TODAY.search(page.lines[n].text)
    ]
    head = list(range(first, min(body.numbers[:3][-1], first + 12) + 1)) if body.numbers else []
    end = body.box.end if body.box else first
    last = body.numbers[-1] + 1 if body.numbers else end
    below = next((n for n in range(last, end) if n > 0 and signs_off(page.lines[n - 1].text, page.lines[n].text)), end)
    behind = list(range(below, min(max(below, end) + 8, total)))
    order = [*between, *inside, *above, *head, *behind]
    lines = [(n, page.lines[n]) for n in dict.fromkeys(order)]
    shown = [(n, line.text) for n, line in lines if not line.hidden and len(line.text) < 300]
    return [n for n, text in shown if not text.startswith("今天") and not COPYRIGHT.search(text)]


def _base(page: Page, url: str | None) -> str | None:
    node = page.tree.css_first("base[href]") if BASE.search(page.text) else None
    href = node.attributes.get("href") if node else None
    return resolve(href, url) if href else url


def _drop_relative(body: Body) -> None:
    """Links and pictures of body_html that lead nowhere, as nobody knows where the page stood."""
    for name in ("href", "src"):
        for node in body.box.node.css(f"[{name}]") if body.box else ():
            if not (node.attributes.get(name) or "").strip().lower().startswith(("http://", "https://")):
                del node.attrs[name]


def _images(body: Body, base: str | None) -> tuple[str, ...]:
    if body.box is None:
        return ()
    sources = [node.attributes.get("src") or "" for node in body.box.node.css("img")]
    return tuple(dict.fromkeys(resolve(src.strip(), base) for src in sources if src and not src.startswith("data:")))


def _language(page: Page, text: str) -> str | None:
    sample = text[:1500]
    if len(CJK.sub("", sample)) < len(sample) - max(len(sample) * 0.1, 3):
        return "zh-Hant" if len(TRADITIONAL.findall(sample)) > len(SIMPLIFIED.findall(sample)) else "zh-Hans"
    return page.lang.split("-")[0] or None


def _next_pages(page: Page, body: Body, url: str | None) -> tuple[str, ...]:
    """The further pages of a body that goes on: `_1.html` siblings that the pager script counts, or links below."""
    match = re.search(r"/(t\d{8}_\d+)(\.s?html?)$", url or "")
    pagers = FURTHER.finditer(page.text) if match else ()
    pager = next((one for one in pagers if match and one[3] in (None, match[1])), None)
    if url and match and pager and 1 < int(pager[2]) <= 100:
        stem, shift = url[: match.start() + 1] + match[1], 0 if pager[1] else 1
        return tuple(f"{stem}_{number - shift}{match[2]}" for number in range(2, int(pager[2]) + 1))
    if not url or body.box is None:
        return ()
    pattern = _further_address(url)
    found: dict[str, int] = {}
    for line in page.lines[body.box.start : body.box.end + 10]:
        for _, href in line.links:
            address = resolve(href.strip(), url)
            if number := pattern.match(address):
                found[address] = int(number[1])
    return tuple(sorted(found, key=lambda address: found[address]))


def _further_address(url: str) -> re.Pattern[str]:
    """What the addresses of a body's further pages look like, by the first: 7_2.html, id=7&page=2, show-3-7-2."""
    if "?" in url:
        return re.compile(rf"{re.escape(url)}&page(?:no)?=([2-9]|[1-9]\d+)$", re.IGNORECASE)
    stem, _, suffix = url.rpartition(".")
    if re.search(r"/show-\d+-\d+-1$", stem):  # PHPCMS: column, article, page
        return re.compile(rf"{re.escape(stem[:-1])}([2-9]|[1-9]\d+)\.{re.escape(suffix)}$")
    return re.compile(rf"{re.escape(stem)}_(\d+)\.{re.escape(suffix)}$")
