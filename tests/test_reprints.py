"""One text at several addresses: what is one article, what a reprint, what nothing. tests/pairs/ holds examples."""

# ruff: noqa: E501  texts

from __future__ import annotations

import random
import re
import sqlite3
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_rows import new_archive

from archive.articles import ArticleStore
from archive.likeness import compare, containment, pieces
from archive.records import Article, Stored
from archive.reprints import link_reprints
from crawler.extract import extract

PAIRS = sorted(path for path in (Path(__file__).parent / "pairs").iterdir() if path.is_dir())
VERDICTS = {
    "same": ("new", "revisit", True), "reprint": ("new", "new", False), "nothing": ("new", "new", False),
    "revision": ("new", "revision", False), "unchanged": ("new", "revisit", False),
}  # fmt: skip


def stored(store: ArticleStore, page: Path, seen: str) -> Stored:
    text = page.read_text("utf-8")
    address = re.match(r"<!-- (\S+) -->", text)
    assert address
    article = extract(text.encode(), address[1])
    host = address[1].split("/")[2]
    return store.add(replace(article, url=address[1], portal=host), capture_id=None, seen=seen)  # type: ignore[arg-type]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda path: path.name)
def test_pairs(pair: Path) -> None:
    verdict = pair.name.split("-")[0]
    conn = new_archive()
    store = ArticleStore(conn)
    first = stored(store, pair / "a.html", "2026-04-09T03:00:00Z")
    second = stored(store, pair / "b.html", "2026-04-20T03:00:00Z")
    link_reprints(conn, [first.article_id, second.article_id])
    edges = conn.execute("SELECT article_id, original_id FROM reprints").fetchall()
    assert (first.verdict, second.verdict, second.alias) == VERDICTS[verdict]
    assert edges == ([(second.article_id, first.article_id)] if verdict == "reprint" else [])
    (articles,) = conn.execute("SELECT count(*) FROM articles").fetchone()
    assert articles == (2 if verdict in ("reprint", "nothing") else 1)


def test_every_verdict_has_its_examples() -> None:
    assert {path.name.split("-")[0] for path in PAIRS} == set(VERDICTS)


TEXT = "县里召开会议，研究部署安全生产工作。会议要求，压紧压实责任，深入开展隐患排查。会议强调，坚持人民至上，确保安全度汛。"


def test_containment_is_of_the_shorter_text() -> None:
    letters = "".join(pieces(TEXT))
    assert containment(letters[:30], letters) == 1.0
    assert containment("毫不相干的一段文字用来比较", letters) < 0.1
    assert containment("", letters) == 0.0


def test_substitutions_are_counted_apart_from_cuts_and_additions() -> None:
    cut = compare(TEXT, TEXT.partition("。")[2])
    added = compare(TEXT, f"{TEXT}记者王小明报道，图片由县融媒体中心提供。")
    assert (cut.score, cut.slots, added.score, added.slots) == (1.0, 0.0, 1.0, 0.0)
    slots = compare(f"{TEXT}编号12345678。", f"{TEXT}编号87654321。")
    assert slots.slots > 0
    assert slots.slots == slots.numbers, "what differs is digits"


@given(
    st.text("会议研究部署安全生产工作。，\n12ab", max_size=300),
    st.text("会议研究部署安全生产工作。，\n12ab", max_size=300),
)
def test_likeness_of_any_two_texts(one: str, other: str) -> None:
    like = compare(one, other)
    assert 0 <= like.score <= 1
    assert 0 <= like.numbers <= like.slots <= 1
    again = compare(one, one)
    assert again.slots == 0
    assert again.near == bool(pieces(one))


def news(rng: random.Random) -> str:
    return "".join(
        "".join(
            rng.choices("县市会议研究部署安全生产工作要求压实责任深入开展隐患排查整治确保度汛", k=rng.randint(12, 30))
        )
        + "。"
        for _ in range(20)
    )


def held(articles: list[tuple[str, str]], order: tuple[int, ...] = ()) -> tuple[sqlite3.Connection, dict[str, str]]:
    """An archive of these (portal, text), taken in in this order; and its edges, address to address."""
    conn = new_archive()
    store = ArticleStore(conn)
    for number in order or range(len(articles)):
        portal, body = articles[number]
        url = f"http://{portal}.gov.cn/{number}.html"
        article = Article(
            url=url, title=f"标题{number}", body=body, portal=portal, published=f"2026-04-{number + 1:02}"
        )
        found = store.add(article, capture_id=None, seen="2026-05-01T00:00:00Z")  # type: ignore[arg-type]
        link_reprints(conn, [found.article_id])
    sql = "SELECT a.url, o.url FROM reprints r JOIN articles a ON a.id = r.article_id JOIN articles o ON o.id = r.original_id"
    return conn, dict(conn.execute(sql))


def test_the_order_of_taking_in_changes_no_edge() -> None:
    rng = random.Random(4)
    text, other = news(rng), news(rng)
    articles = [
        ("a", text),
        ("b", text[: len(text) * 2 // 3]),
        ("c", text + "本文转自甲报。"),
        ("d", other),
        ("e", other[40:]),
    ]
    expected = held(articles)[1]
    assert len(expected) == 3
    for order in permutations(range(5)):
        assert held(articles, order)[1] == expected, order


FORM = (
    "你单位报送的施工许可申请材料收悉。经审查，申请材料齐全，符合法律法规规定的条件，现准予颁发施工许可证。"
    "请你单位严格遵守有关法律法规，自觉接受建设行政主管部门的监督检查。本证自核发之日起三个月内应予施工，逾期应办理延期手续。"
    "因故中止施工的，建设单位应当自中止施工之日起一个月内向发证机关报告，并按照规定做好建筑工程的维护管理工作。"
    "如对本决定不服，可以自收到本决定书之日起六十日内申请行政复议，也可以在六个月内依法向人民法院提起行政诉讼。"
)


def test_a_form_that_differs_in_one_short_name_is_learned_and_its_first_edges_go() -> None:
    """Two such notices alone could be a corrected copy; when a column is full of them they are a form."""
    names = "赵钱孙李周吴郑王冯陈褚卫"
    notices = [("a", f"许可对象为{one}某人家的小院子。{FORM}") for one in names]
    conn, edges = held(notices)
    assert edges == {}
    assert conn.execute("SELECT count(*) FROM forms").fetchone()[0] >= 4
    assert held(notices[:2])[1] != {}


def test_a_notice_printed_again_is_a_reprint_for_all_its_form() -> None:
    names = "赵钱孙李周吴郑王"
    notices = [
        ("a", f"许可对象为{one}某人家的小院子，地址在{one}家胡同，面积{n}00平方米，工期{n}0天。{FORM}")
        for n, one in enumerate(names, 3)
    ]
    copy = notices[5][1] + "（本公示同时刊登于县政府网站）"
    _, edges = held([*notices, ("b", copy)])
    assert edges == {"http://b.gov.cn/8.html": "http://a.gov.cn/5.html"}


def test_the_order_of_taking_in_changes_no_edge_where_the_middle_of_three_links_the_ends() -> None:
    """First half and second half match the whole, not each other; forms are learned on the way."""
    rng = random.Random(5)
    text = news(rng)
    half = len(text) // 2
    parts = [("a", text[:half]), ("b", text[half:]), ("c", text)]
    notices = [("a", f"许可对象为{one}某人家的小院子。{FORM}") for one in "赵钱孙李周吴郑"]
    articles = [*parts, *notices, ("d", text[: half * 2 // 3])]
    expected = held(articles)[1]
    assert expected == {
        "http://c.gov.cn/2.html": "http://a.gov.cn/0.html",
        "http://d.gov.cn/10.html": "http://a.gov.cn/0.html",
    }
    for _ in range(25):
        order = tuple(rng.sample(range(len(articles)), len(articles)))
        assert held(articles, order)[1] == expected, order


def test_a_changed_original_leaves_its_copies_to_the_next() -> None:
    rng = random.Random(6)
    text, other = news(rng), news(rng)
    conn, edges = held([("a", text), ("b", text + "一。"), ("c", text[:-30])])
    assert set(edges.values()) == {"http://a.gov.cn/0.html"}
    article = Article(url="http://a.gov.cn/0.html", title="标题0", body=other, portal="a", published="2026-04-01")
    stored = ArticleStore(conn).add(article, capture_id=None, seen="2026-05-02T00:00:00Z")  # type: ignore[arg-type]
    assert link_reprints(conn, [stored.article_id]) == 0
    edges = conn.execute("SELECT a.portal, o.portal FROM reprints r JOIN articles a ON a.id = r.article_id JOIN articles o ON o.id = r.original_id").fetchall()  # fmt: skip
    assert edges == [("c", "b")]


def test_a_body_that_says_only_see_the_attachment_is_nobodys_reprint() -> None:
    body = "本文件的具体内容请点击下方的附件下载后查看。如附件无法正常打开，请与县政府办公室联系。"
    assert held([("a", body)] * 8)[1] == {}
    rng = random.Random(8)
    text = news(rng)
    orders = [tuple(rng.sample(range(10), 10)) for _ in range(5)]
    articles = [("a", body)] * 8 + [("a", text), ("b", text)]
    for order in orders:
        assert held(articles, order)[1] == {"http://b.gov.cn/9.html": "http://a.gov.cn/8.html"}


def test_many_printings_of_one_form_cost_each_the_same() -> None:
    """Every one looks at the columns of the others, not at every other: 1,000 took over a minute, and take seconds."""

    def statements(number: int) -> int:
        conn, found = new_archive(), []
        store = ArticleStore(conn)
        for n in range(number):
            article = Article(url=f"http://a.gov.cn/{n}.html", title=f"标题{n}", body=FORM, portal="a")
            store.add(article, capture_id=None, seen="2026-05-01T00:00:00Z")  # type: ignore[arg-type]
        conn.set_trace_callback(found.append)
        assert link_reprints(conn, range(1, number + 1)) == 0
        return len(found)

    assert statements(60) < 2.5 * statements(30)
