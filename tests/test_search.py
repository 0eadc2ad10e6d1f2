"""Search finds exactly what a scan of the folded text finds, newest first."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_rows import new_archive, put

from archive import search_index, search_words
from archive.errors import QueryError
from archive.fold import Needle, fold
from archive.query import FIELDS
from archive.rank import ranked
from archive.search import article_ids, count, histogram, plan_of, search

# Few characters, so that words are found: two scripts, two widths, case, digits, punctuation, white space, beyond BMP.
ALPHABET = "国國务務院发發展A a1１ａ，,。〔[\"'*%_\n\t\u3000😀𠀀𠮷é"
TEXT = st.text(ALPHABET, max_size=40)
WORD = st.text(ALPHABET.replace('"', ""), min_size=1, max_size=5)
DATE = st.sampled_from([None, "2023-06-30", "2023-06-30T09:11+08:00", "2023-07-01T08:00+08:00", "2024-01-01"])


def scan(conn: sqlite3.Connection, word: str, columns: str = "title body") -> set[int]:
    """Ids by SQLite's own instr over folded text."""
    conn.create_function("fold", 1, fold, deterministic=True)
    condition = " OR ".join(f"instr(fold({column}), fold(:word))" for column in columns.split())
    return {row[0] for row in conn.execute(f"SELECT id FROM articles WHERE {condition}", {"word": word})}


@st.composite
def archives(draw: st.DrawFn) -> sqlite3.Connection:
    conn = new_archive()
    articles = draw(st.lists(st.tuples(TEXT, TEXT, DATE), max_size=8))
    for number, (title, body, published) in enumerate(articles, 1):
        put(conn, number, title, body, published=published)
    return conn


@given(archives(), WORD)
@settings(max_examples=300, deadline=None)
def test_a_word_finds_what_a_scan_finds(conn: sqlite3.Connection, word: str) -> None:
    quoted = f'"{word}"'
    expected = scan(conn, word)
    assert set(article_ids(conn, quoted)) == expected
    assert count(conn, quoted) == len(expected)
    assert sum(histogram(conn, quoted).values()) == len(expected)
    assert set(article_ids(conn, f"title:{quoted}")) == scan(conn, word, "title")


@given(archives(), WORD, WORD, WORD)
@settings(max_examples=200, deadline=None)
def test_operators_are_those_of_sets(conn: sqlite3.Connection, one: str, two: str, three: str) -> None:
    a, b, c = scan(conn, one), scan(conn, two), scan(conn, three)
    everything = {row[0] for row in conn.execute("SELECT id FROM articles")}
    one, two, three = (f'"{word}"' for word in (one, two, three))
    cases = {
        f"{one} {two}": a & b,
        f"{one} OR {two} {three}": a | (b & c),
        f"({one} OR {two}) {three}": (a | b) & c,
        f"{one} NOT {two}": a - b,
        f"{one} -({two} OR {three})": a - b - c,
        f"NOT {one}": everything - a,
        f"NOT ({one} NOT {two})": everything - (a - b),
        f"{one} OR NOT {two}": a | (everything - b),
        f"{one} portal:erqi": a,
        f"{one} portal:other": set(),
        f"{one} OR portal:erqi": everything,
    }
    for query, expected in cases.items():
        assert set(article_ids(conn, query)) == expected, query
        assert count(conn, query) == len(expected), query


@given(archives(), WORD)
@settings(max_examples=100, deadline=None)
def test_as_written_is_a_scan_of_the_text_itself(conn: sqlite3.Connection, word: str) -> None:
    expected = {
        row[0] for row in conn.execute("SELECT id FROM articles WHERE instr(title, ?1) OR instr(body, ?1)", [word])
    }
    assert set(article_ids(conn, f'"{word}"', folded=False)) == expected
    assert count(conn, f'"{word}"', folded=False) == len(expected)


@given(archives(), WORD, st.integers(0, 4), st.integers(1, 4))
@settings(max_examples=100, deadline=None)
def test_newest_first_in_pages(conn: sqlite3.Connection, word: str, offset: int, limit: int) -> None:
    order = conn.execute("SELECT id FROM articles ORDER BY published DESC, first_seen DESC, id DESC")
    found = scan(conn, word)
    expected = [row[0] for row in order if row[0] in found]
    assert article_ids(conn, f'"{word}"') == expected
    assert article_ids(conn, f'"{word}"', limit, offset=offset) == expected[offset : offset + limit]


@given(archives(), st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_removed_or_replaced_is_found_as_it_is_now(conn: sqlite3.Connection, data: st.DataObject) -> None:
    for article_id, title, body in conn.execute("SELECT id, title, body FROM articles").fetchall():
        new_title, new_body, published = data.draw(st.tuples(TEXT, TEXT, DATE))
        search_index.remove(conn, article_id, title, body)
        conn.execute(
            "UPDATE articles SET title = ?, body = ?, published = ? WHERE id = ?",
            (new_title, new_body, published, article_id),
        )
        search_index.add(conn, article_id, new_title, new_body)
    word = data.draw(WORD)
    assert set(article_ids(conn, f'"{word}"')) == scan(conn, word)
    search_index.rebuild(conn)
    assert set(article_ids(conn, f'"{word}"')) == scan(conn, word)


@given(TEXT, WORD)
def test_a_needle_is_found_where_the_folded_text_has_it(text: str, word: str) -> None:
    needle = Needle(word)
    assert needle.found_in(text) == (fold(word) in fold(text))
    assert all(fold(text)[start:end] == fold(word) for start, end in needle.spans(text))


@pytest.mark.parametrize(
    ("query", "title", "body"),
    [
        ("国务院", "國務院關於印發", ""),  # traditional by simplified
        ("國務院", "国务院关于印发", ""),  # and the other way
        ("臺灣", "", "台湾同胞"),
        ("covid-19", "", "ＣＯＶＩＤ－１９疫情"),
        ("国发〔2023〕5号", "", "国发［2023］5号".replace("［", "〔").replace("］", "〕")),
        ("《乡村振兴促进法》", "学习《乡村振兴促进法》", ""),
        ("二七", "", "郑州市二七区"),
        ("𠮷", "𠮷野家", ""),
        ('"人民 政府"', "", "郑州市人民　政府"),
        ("100%", "", "达100%以上"),
        ("管理办法(试行)", "管理办法（试行）", ""),
        ("（一）总体要求", "", "(一)总体要求"),
        ("（试行）", "管理办法（试行）", ""),
    ],
)
def test_found(query: str, title: str, body: str) -> None:
    conn = new_archive()
    put(conn, 1, title, body)
    assert [hit.id for hit in search(conn, query)] == [1]


def test_fields() -> None:
    conn = new_archive()
    put(
        conn, 1, "防汛通知", "全市防汛", source="郑州日报", published="2023-06-30T09:11+08:00", portal="erqi",
        section="政务要闻", breadcrumb=["首页", "新闻中心"], author="王五", document={"发文字号": "郑政〔2023〕5号"},
    )  # fmt: skip
    put(conn, 2, "通知", "全市防汛", source="新华社", published="2024-01-02", portal="gov_cn", kind="video")
    put(conn, 3, "无日期", "全市防汛")
    expected = {
        "title:防汛": [1], "source:日报": [1], "portal:gov_cn": [2], "section:要闻": [1], "section:新闻中心": [1],
        "author:王五": [1], "kind:video": [2], "文号:郑政[2023]5号": [1], "number:（2023）5": [1],
        "文号:郑政(2023)5号": [1], "文号:(郑政(2023)5号 OR x)": [1],
        "（title:通知 OR 无日期） 防汛 -（kind:video）": [1, 3],
        "防汛 from:2023-07": [2], "防汛 to:2023": [1], "portal:ERQI 防汛": [1, 3], "portal:er": [],
        "防汛 to:2023-06-29": [], "from:2023-06-30 to:2023-06-30": [1],
        "从：２０２３-０６ 到：２０２３－０６－３０": [1],
        "to:2023-02 OR from:2024": [2], "from:2023-06-30 to:2023-06": [1],
        "from:2024": [2], "防汛 -source:新华社": [3, 1][::-1], "title:(防汛 OR 日期)": [1, 3],
        "来源：新华社": [2], "NOT from:2023": [3], "to:2022 OR kind:video": [2],
    }  # fmt: skip
    for query, ids in expected.items():
        assert article_ids(conn, query) == ids, query
        assert count(conn, query) == len(ids), query
    named = {token.split(":")[0] for query in expected for token in query.replace("-", " ").split()}
    assert set(FIELDS) <= named, "a field without a test"


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ('郑州 "防汛', "at character 4"),
        ("(郑州", "a closing bracket is missing, at character 4"),
        ("郑州)", "at character 3"),
        ("（郑州 防汛", "a closing bracket is missing"),
        ("郑州 OR", "a word is missing"),
        ("郑州*", "at character 3"),
        ("titel:郑州", "nearest: title:"),
        ("from:2023-13", "at character 6"),
        ("to:2023-02-30", "at character 4"),
        ("to:٢٠٢٣", "wants a date"),
        ("防汛 from:2023-07 to:2023-06-30", "from:2023-07 is after to:2023-06-30"),
        ("title:", "no value"),
        ('""', "nothing between"),
        ("", "empty query"),
        ("(" * 500, "levels"),
        ("NOT " * 400 + "a", "levels"),
        ("词 " * 100, "60 words"),
        ("长" * 10_000, "2,000"),
        ("a\udcff", "UTF-8"),
        ("NEAR(", "a word is missing"),
        ("\x1b]0;x\x07*", "at character"),
    ],
)
def test_malformed_says_where(query: str, place: str) -> None:
    with pytest.raises(QueryError) as error:
        search(new_archive(), query)
    assert place in str(error.value)
    assert "\x1b" not in str(error.value)
    assert "\n" not in str(error.value)


@given(st.text('郑州()"-|: ORANDNOTtitle:from:2023*?“”', max_size=40))
@settings(max_examples=500, deadline=None)
def test_any_text_is_answered_or_refused(query: str) -> None:
    conn = new_archive()
    put(conn, 1, "郑州", "防汛", published="2023-01-01")
    try:
        assert count(conn, query) in (0, 1)
    except QueryError:
        with pytest.raises(QueryError, match=r"\A[^\n]+\Z"):
            search(conn, query)


def test_a_hit_is_what_the_contract_says() -> None:
    conn = new_archive()
    put(
        conn,
        7,
        "标题",
        "一" * 200 + "防汛" + "二" * 200,
        source="郑州日报",
        published="2023-06-30",
        gone_since="2024-01-01T00:00:00Z",
    )
    (hit,) = search(conn, "防汛")
    assert list(hit.as_dict())[:7] == ["id", "url", "title", "source", "published", "portal", "snippet"]
    assert "防汛" in hit.snippet
    assert hit.snippet.startswith("…")
    assert len(hit.snippet) < 120
    assert hit.gone_since


def test_histogram_is_in_order_of_time() -> None:
    conn = new_archive()
    for number, published in enumerate(["2023-12-31", None, "2023-06-01", "2023-06-30T09:11+08:00", "1999-01-01"], 1):
        put(conn, number, "防汛抗旱", published=published)
    expected = [(None, 1), ("1999-01", 1), ("2023-06", 2), ("2023-12", 1)]
    assert list(histogram(conn, "防汛").items()) == expected
    assert list(histogram(conn, "防汛抗旱").items()) == expected
    assert list(histogram(conn, "portal:erqi").items()) == expected


LETTERS = st.text("国务院发展a1，", max_size=30)


@given(st.lists(LETTERS, min_size=3, max_size=10), st.text("国务院发展a1", min_size=3, max_size=9), st.data())
@settings(max_examples=150, deadline=None)
def test_words_with_a_token_of_their_own_find_the_same(texts: list[str], word: str, data: st.DataObject) -> None:
    """Learned half way, interrupted, finished, with articles added, revised and removed in between."""
    conn = new_archive()
    half = len(texts) // 2
    for number, text in enumerate(texts[:half], 1):
        put(conn, number, text[:5], text + word * (number % 2))
    search_words.learn(conn, first_at=1, share=0.1)
    for number, text in enumerate(texts[half:], half + 1):
        put(conn, number, text[:5], text + word * (number % 2))
    search_words.backfill(conn, step=1)
    changed = data.draw(st.integers(1, len(texts)))
    title, body = conn.execute("SELECT title, body FROM articles WHERE id = ?", (changed,)).fetchone()
    search_index.remove(conn, changed, title, body)
    conn.execute("UPDATE articles SET body = ? WHERE id = ?", (texts[0], changed))
    search_index.add(conn, changed, title, texts[0])
    for finished in (False, True):
        while finished and search_words.backfill(conn, step=2):
            pass
        assert set(article_ids(conn, f'"{word}"')) == scan(conn, word)
        assert count(conn, f'"{word}"') == len(scan(conn, word))
        assert set(article_ids(conn, f'"{word[1:]}"')) == scan(conn, word[1:])


def test_a_frequent_word_needs_no_text() -> None:
    conn = new_archive()
    for number in range(40):
        put(conn, number + 1, "", "坚持高质量发展" if number % 2 else "高质低量发展")
    assert plan_of(conn, "高质量发展").check
    search_words.learn(conn, first_at=1)
    assert plan_of(conn, "高质量发展").check, "not before older articles have the token"
    while search_words.backfill(conn):
        pass
    assert plan_of(conn, "高质量发展").check is None
    assert count(conn, "高质量发展") == 20
    assert search_words.learn(conn, first_at=1) == 0, "not again before the archive has grown"


def test_tidying_changes_no_answer() -> None:
    conn = new_archive()
    for number in range(1, 121):  # a piece each: every statement is its own transaction
        put(conn, number, "防汛" if number % 3 else "抗旱", "郑州", published=f"20{number % 20 + 10}-05-01")
    expected = article_ids(conn, "防汛")
    pieces = "SELECT count(DISTINCT id >> 37) FROM search_data WHERE id >> 37"
    before = conn.execute(pieces).fetchone()[0]
    search_index.tidy(conn)
    assert article_ids(conn, "防汛") == expected
    assert conn.execute(pieces).fetchone()[0] < before
    search_index.tidy(conn, whole=True)
    assert article_ids(conn, "防汛") == expected
    assert conn.execute(pieces).fetchone()[0] == 1


def test_best_first_prefers_the_title_and_the_denser_text() -> None:
    conn = new_archive()
    put(conn, 1, "会议", "防汛" + "一" * 500, published="2024-01-03")
    put(conn, 2, "防汛工作", "防汛防汛", published="2024-01-01")
    put(conn, 3, "会议", "防汛防汛" + "一" * 100, published="2024-01-02")
    put(conn, 4, "会议", "无关", published="2024-01-04")
    assert [hit.id for hit in ranked(conn, "防汛")] == [2, 3, 1]
    assert [hit.id for hit in ranked(conn, "防汛", 1)] == [2]
    assert ranked(conn, "抗旱") == []
    assert [hit.id for hit in ranked(conn, "portal:erqi", 2)] == [4, 1], "without a word to weigh: newest first"


def test_what_sqlite_cannot_hold_is_indexed_as_it_is_stored() -> None:
    """The writer drops NUL and makes a lone surrogate a question mark; the index is given the text before that."""
    conn = new_archive()
    put(conn, 1, "旧", "旧")
    search_index.remove(conn, 1, "旧", "旧")
    conn.execute("UPDATE articles SET title = '防汛?', body = '' WHERE id = 1")
    search_index.add(conn, 1, "防\x00汛\ud800", "")
    assert article_ids(conn, '"防汛?"') == [1]
    search_index.remove(conn, 1, "防汛?", "")
    assert count(conn, "汛") == 0


def test_tidying_learns_frequent_words_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_words, "FIRST_AT", 10)
    monkeypatch.setattr(search_words, "STEP", 5)
    monkeypatch.setattr(search_index, "WORDS_STEP", 10)
    conn = new_archive()
    for number in range(1, 24):
        put(conn, number, "", "坚持高质量发展")
    conn.execute("BEGIN")
    search_index.tidy(conn)
    assert plan_of(conn, "高质量").check, "ten of twenty-three articles have the token"
    conn.execute("COMMIT")
    search_index.tidy(conn)
    search_index.tidy(conn)
    assert plan_of(conn, "高质量").check is None
    assert count(conn, "高质量") == 23
