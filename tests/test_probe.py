"""A portal's own form of a missing page, asked once a week; what looks so is no article, what resembles it is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.frontier import imbalances
from archive.writer import ArchiveWriter
from crawler.challenge import same_page, shows
from crawler.decode import decode_page
from crawler.errors import PageError
from crawler.extract import extract
from crawler.probe import is_form
from tests.mini_site import MiniSite, Story, archive, first_layout, page, run
from tests.shared import golds, needs_shared, page_of

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GUIDE = "".join(f"<p>办事指南第{n}条：请携带有效证件到政务服务中心{n}号窗口办理相关业务。</p>" for n in range(1, 25))
# What portals show for pages that are not there, none of them with words that say so.
FORMS = {
    "bare": page("系统提示", "<h1>系统提示</h1><p>请返回首页继续浏览其他栏目，或使用站内搜索查找需要的内容。</p>"),
    "long": page("服务导航", f"<h1>服务导航</h1><div class=TRS_Editor>{GUIDE}</div>"),
    "dated": page(
        "温馨提示", f"<h1>温馨提示</h1><div>发布时间：2020-01-01 10:00 来源：本站</div><div>{GUIDE[:300]}</div>"
    ),
    "home": page(
        "清河市人民政府",
        "<ul>" + "".join(f'<li><a href="/yw/{n}.html">今日要闻第{n}条新闻标题</a></li>' for n in range(30)) + "</ul>",
    ),
}


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ArchiveWriter]:
    with archive(tmp_path) as opened:
        yield opened


@pytest.fixture
def site() -> MiniSite:
    made = MiniSite({"要闻": "yw"}, shown={"要闻": 15})
    for number in range(20):
        day = START - timedelta(days=20 - number)
        text = [f"第{number}号：清河市人民政府办公室今日发布通知，要求各部门压实责任，按期完成重点工作任务。"]
        story = Story(
            f"/yw/t{day:%Y%m%d}_{number}.html", f"第{number}项工作通知", "办公室", f"{day:%Y-%m-%d} 09:00", text
        )
        made.publish("要闻", story)
    return made


def missing(form: str, *gone: str, there: MiniSite) -> None:
    """Addresses without a page, and those in `gone`, answer 200 with the form."""

    def answers(path: str) -> tuple[int, str] | None:
        known = path in there.stories or path.strip("/") in there.columns.values()
        return None if known and path not in gone else (200, form)

    there.answers = answers


def probes(site: MiniSite) -> list[str]:
    return [path for path in site.asked if "dibao-" in path]


def states(writer: ArchiveWriter) -> dict[str, int]:
    return dict(writer.conn.execute("SELECT state, count(*) FROM frontier WHERE kind = 'article' GROUP BY state"))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_page_that_was_never_there_is_no_article(site: MiniSite, writer: ArchiveWriter, form: str) -> None:
    gone = list(site.stories)[-3:]
    missing(form, *gone, there=site)
    run(site, writer, START)
    assert states(writer) == {"stored": 12, "soft_404": 3}
    assert imbalances(writer.conn) == []
    evidence = writer.conn.execute("SELECT count(*) FROM captures WHERE verdict = 'soft_404'").fetchone()
    assert evidence == (3,)
    reason = writer.conn.execute("SELECT DISTINCT reason FROM frontier WHERE state = 'soft_404'").fetchall()
    assert len(reason) == 1
    assert "an address that cannot exist" in reason[0][0]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_held_article_that_looks_so_is_gone_and_kept(site: MiniSite, writer: ArchiveWriter, form: str) -> None:
    missing(form, there=site)
    run(site, writer, START)
    one = list(site.stories)[-1]
    missing(form, one, there=site)
    run(site, writer, START + timedelta(days=1), full=True)
    held = writer.conn.execute("SELECT url, length(body) > 40, gone_grade FROM articles WHERE gone_since IS NOT NULL")
    ((url, whole, grade),) = held
    assert (url.endswith(one), whole) == (True, 1)
    assert grade in ("soft_404", "redirected_home")


def test_a_short_notice_in_a_large_template_is_an_article(site: MiniSite, writer: ArchiveWriter) -> None:
    """Nine tenths of its page are what the missing page shows too; its headline and text are its own."""
    words = "".join(chr(0x4E00 + n * 37 % 5000) for n in range(2000))
    bulk = f"<div class=side>{words}</div></body>"
    site.layout = lambda s: first_layout(replace(s, paragraphs=["因系统维护，今日停止办公。"])).replace("</body>", bulk)
    form = page("系统提示", "<h1>系统提示</h1><p>请返回首页。</p>").replace("</body>", bulk)
    assert same_page(form.encode(), site.layout(next(iter(site.stories.values()))).encode())
    missing(form, there=site)
    run(site, writer, START)
    assert states(writer) == {"stored": 15}


def test_articles_that_differ_in_a_number_alone_are_articles(site: MiniSite, writer: ArchiveWriter) -> None:
    """A portal that answers any address with one of its articles: 第20项 is not 第21项, though the rest is the same."""
    one = first_layout(next(iter(site.stories.values())))
    missing(one, there=site)
    run(site, writer, START)
    assert states(writer) == {"stored": 15}


def test_one_request_a_week(site: MiniSite, writer: ArchiveWriter) -> None:
    for day in range(9):
        when = START + timedelta(days=day)
        site.publish("要闻", Story(f"/yw/n{day}.html", f"新闻{day}", "办公室", f"{when:%Y-%m-%d} 08:00", ["正文" * 40]))
        run(site, writer, when)
        assert len(probes(site)) == (1 if day < 7 else 2)
    assert len(set(probes(site))) == 1
    assert writer.conn.execute("SELECT state FROM frontier WHERE kind = 'probe'").fetchall() == [("probed",)]


@pytest.mark.parametrize("status", [404, 410, 403, 412, 500, 503])
def test_a_portal_with_honest_errors_is_left_in_peace(site: MiniSite, writer: ArchiveWriter, status: int) -> None:
    site.answers = lambda path: (status, page("x", "<p>x</p>")) if "dibao-" in path else None
    done = run(site, writer, START)
    assert (done.exit_code, states(writer)) == (0, {"stored": 15})
    assert len(probes(site)) == 1


def test_an_empty_form_says_nothing(site: MiniSite, writer: ArchiveWriter) -> None:
    site.answers = lambda path: (200, "") if "dibao-" in path else None
    run(site, writer, START)
    assert states(writer) == {"stored": 15}


@needs_shared
def test_saved_articles_are_not_taken_for_a_form_of_their_own_template() -> None:
    """The hardest form for each true article: its own page, with another headline and without the text."""
    alarms, hard = [], 0
    for gold in golds("articles"):
        payload = page_of("articles", gold["slug"])
        decoded = decode_page(payload, None).text
        form = decoded.replace(gold["title"] or "\0", "系统提示")
        for line in (gold["body"] or "").splitlines():
            form = form.replace(line.strip() or "\0", "")
        try:
            article = extract(decoded, gold["url"])
        except PageError:
            continue
        if shows(form.encode(), article.title):  # its headline is spelt otherwise in the markup: no form was made
            continue
        hard += same_page(form.encode(), decoded.encode())
        alarms += [gold["slug"]] if is_form(form.encode(), decoded.encode(), article) else []
    assert hard > 2  # in some templates the two pages show nearly the same
    assert alarms == []
