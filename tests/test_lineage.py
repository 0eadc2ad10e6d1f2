"""Who printed a text first, how sure that is, and what a copy changed."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from search_rows import new_archive, put

from archive.articles import ArticleStore
from archive.cli import archive_commands
from archive.connection import FILE
from archive.fingerprint import body_digest
from archive.lineage import changes, cluster, first, sentences, window
from archive.records import Article
from archive.reprints import link_reprints

LINES = (
    "新华社北京6月1日电　国务院近日印发意见，部署养老服务工作。",
    "意见提出，到2027年，每个县至少建成一个养老服务中心。",
    "意见要求，加强护理人员培训，提高护理型床位占比。",
    "各地要结合实际抓好落实。",
)
TEXT = "\n".join(LINES)
COPY = "\n".join((LINES[0], LINES[1].replace("2027", "2028"), LINES[3], "我县已部署贯彻落实。"))


def archive(path: Path, *published: str | None, edges: bool = True) -> None:
    """The same text printed at these times, seen one minute apart; all linked to the first put in."""
    conn = new_archive(path / FILE)
    for number, when in enumerate(published, 1):
        put(conn, number, f"标题{number}", COPY if number == 2 else TEXT, portal=f"p{number}", published=when,
            source="据新华社电" if number == 1 else "本站", first_seen=f"2026-06-10T01:0{number}:00Z")  # fmt: skip
        if number > 1 and edges:
            conn.execute("INSERT INTO reprints VALUES (?, 1, 0.9, 'near')", (number,))
    conn.close()


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (("2026-06-01T09:00+08:00", "2026-06-01T09:30+08:00"), (1, "certain", ())),
        (("2026-06-02", "2026-06-01"), (2, "certain", ())),
        (("2026-06-01", "2026-06-01"), (1, "same time", (2,))),
        (("2026-06-01", "2026-06-01T09:30+08:00"), (1, "same time", (2,))),
        (("2026-06-01T09:30+08:00", "2026-06-02"), (1, "certain", ())),
        (("2026-06-01T09:30+08:00", "2026-06-01T09:30:20+08:00"), (1, "same time", (2,))),
        (("2026-06-01T23:30+08:00", "2026-06-01T16:30+00:00"), (1, "certain", ())),
        (("2026-06-01", None), (1, "undated", (2,))),
        ((None, "2026-06-01"), (2, "undated", (1,))),
        ((None, None), (1, "undated", (2,))),
        (("2026-06-03", "2026-06-01", "2026-06-01"), (2, "same time", (3,))),
        (("2026-06-01T08:00+08:00", "2026-06-01", "2026-06-01T09:00+08:00"), (2, "same time", (1,))),
        ((None, "2026-06-11"), (1, "certain", ())),
        ((None, "2026-06-10T09:00:30+08:00"), (2, "undated", (1,))),
        ((None,), (1, "certain", ())),
    ],
)
def test_who_was_first_and_how_sure(
    tmp_path: Path, published: tuple[str | None, ...], expected: tuple[int, str, tuple[int, ...]]
) -> None:
    archive(tmp_path, *published)
    conn = opened(tmp_path)
    for asked in range(1, len(published) + 1):  # whichever of them one asks for
        found = first(cluster(conn, asked))
        assert (found.id, found.sure, found.rivals) == expected
    conn.close()


TIMES = st.datetimes(datetime(2026, 6, 9), datetime(2026, 6, 11))
SEEN = TIMES.map(lambda time: f"{time:%Y-%m-%dT%H:%M:%SZ}")
WHEN = st.one_of(
    st.none(),
    st.sampled_from(["2026-06-09", "2026-06-10"]),
    TIMES.map(lambda time: f"{time:%Y-%m-%dT%H:%M}+08:00"),
    TIMES.map(lambda time: f"{time:%Y-%m-%dT%H:%M:%S}+00:00"),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(WHEN, SEEN), min_size=2, max_size=4), st.randoms())
def test_edges_lead_to_the_first(printed: list[tuple[str | None, str]], rng: random.Random) -> None:
    """Whatever dates there are and in whatever order: one order of time for edges and for people."""
    conn = new_archive()
    for number, (published, seen) in enumerate(printed, 1):
        put(conn, number, "标题", TEXT, portal=f"p{number}", published=published, first_seen=seen)
        digest = body_digest(TEXT)
        conn.execute("UPDATE articles SET body_digest = ? WHERE id = ?", (digest, number))
    link_reprints(conn, rng.sample(range(1, len(printed) + 1), len(printed)))
    members = cluster(conn, 1)
    assert len(members) == len(printed)
    head = first(members)
    edges = dict(conn.execute("SELECT article_id, original_id FROM reprints"))
    assert edges == {row["id"]: head.id for row in members[1:]}
    surely_later = {row["id"] for row in members[1:]} - {*head.rivals}
    spans = {row["id"]: window(row["published"], row["first_seen"]) for row in members}
    for later in surely_later:
        assert any(spans[other][1] <= spans[later][0] for other in spans), "another ended before it began"
    conn.close()


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path / FILE)


def test_what_a_copy_changed() -> None:
    found = changes(TEXT, COPY)
    assert found.cut == (LINES[2],)
    assert found.added == ("我县已部署贯彻落实。",)
    assert found.altered == ((LINES[1], LINES[1].replace("2027", "2028")),)


def test_white_space_full_width_forms_and_order_are_no_change() -> None:
    assert changes("会议指出，２０２６年要抓好落实。", "会议指出,2026年 要抓好落实。") == changes("", "")
    assert changes("\n".join(LINES), "\n".join(reversed(LINES))) == changes("", "")


def test_closing_quotes_stay_with_their_sentence() -> None:
    assert sentences("他说：“抓好落实。”会议结束。") == ["他说：“抓好落实。”", "会议结束。"]


@given(st.text("会议指出抓好落实。\n ，", max_size=80), st.text("会议指出抓好落实。\n ，", max_size=80))
def test_changes_of_any_two_texts(one: str, other: str) -> None:
    found = changes(one, other)
    back = changes(other, one)
    assert {*found.cut, *(old for old, _ in found.altered)} <= set(sentences(one))
    assert {*found.added, *(new for _, new in found.altered)} <= set(sentences(other))
    assert (found == changes("", "")) == (back == changes("", ""))
    assert changes(one, one) == changes("", "")


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(archive_commands, [*arguments, "--archive", str(path)])


def test_reprints_of_one_article_for_people(tmp_path: Path) -> None:
    archive(tmp_path, "2026-06-01", "2026-06-02", "2026-06-03")
    out = run(tmp_path, "reprints", "3").stdout
    assert "first: 1 (certain, of what this archive holds); it names 据新华社电 as its source" in out
    assert f"- {LINES[2]}" in out
    assert "+ 我县已部署贯彻落实。" in out
    assert "~ 意见提出，到2027年" in out
    assert "3: the same sentences" in out


def test_what_a_doubtful_first_rests_on_is_said(tmp_path: Path) -> None:
    archive(tmp_path, "2026-06-01T08:00+08:00", "2026-06-01")
    out = run(tmp_path, "reprints", "1").stdout
    assert (
        "first: 2 (not sure: no date tells it from 1; ordered by the beginning of the day, else by first sight)" in out
    )


def test_reprints_of_one_article_for_programs(tmp_path: Path) -> None:
    archive(tmp_path, "2026-06-01", "2026-06-01")
    found = json.loads(run(tmp_path, "reprints", "2", "--json").stdout)
    assert found["first"] == {"id": 1, "sure": "same time", "rivals": [2]}
    one, two = found["members"]
    assert (one["id"], one["publisher"], one["cut"]) == (1, "新华社", [])
    assert (two["id"], two["publisher"], two["kind"], two["cut"]) == (2, None, "near", [LINES[2]])


def test_a_changed_field_is_told_beside_the_text(tmp_path: Path) -> None:
    archive(tmp_path, "2026-06-01", edges=False)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as conn:
        page = Article(
            "http://www.example.gov.cn/1.html", "标题1", source="县教育局", published="2026-06-02", body=TEXT
        )
        ArticleStore(conn).reread(1, page, "2026-07-01T00:00:00Z")
        ArticleStore(conn).reread(1, replace(page, body_html=f"<p>{TEXT}</p>"), "2026-07-02T00:00:00Z")
    told = run(tmp_path, "diff", "1", "1", "2").stdout.splitlines()
    assert told[:4] == [
        "- source: 据新华社电",
        "+ source: 县教育局",
        "- published: 2026-06-01",
        "+ published: 2026-06-02",
    ]
    assert "the same sentences and fields" not in run(tmp_path, "diff", "1", "1", "2").stderr
    assert "the same sentences and fields" in run(tmp_path, "diff", "1").stderr
    assert "no revision 0" in run(tmp_path, "diff", "1", "0").stderr
    assert json.loads(run(tmp_path, "history", "1", "--json").stdout)[0]["source"] == "据新华社电"


def test_an_article_nobody_reprinted(tmp_path: Path) -> None:
    archive(tmp_path, "2026-06-01", "2026-06-02", edges=False)
    assert run(tmp_path, "reprints", "2").stderr == "no reprints of 2\n"
    assert [m["id"] for m in json.loads(run(tmp_path, "reprints", "2", "--json").stdout)["members"]] == [2]
