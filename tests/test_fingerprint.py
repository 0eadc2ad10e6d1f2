"""Digests and sentence hashes are those that archives hold: the formula as it was, on texts of every kind."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import fingerprint
from archive.fingerprint import body_digest, content_digest, sentence_hashes, sentences, text_digest

SENTENCE = "各县（市、区）人民政府，市政府各部门：经研究决定，现将有关事项通知如下"
# Compatibility forms, separators that only folding makes, marks that combine, white space, volatile passages.
PIECES = (
    *"。！？!?；;\n，：（）％．～／－…\u3000\xa0｡‼⁉⁈︒︕︖︔﹔﹖﹗\u037e",
    *"℃㎡㈠㈱①Ⅳ½ﬁＡ１＿_ｶﾞが\u3099\u0301\u0338e=\u00e9가각\u1100\u1161\u200b\ufeff \t\ud800",
    "浏览次数：17", "【阅读：24次】", "打印时间：2026-04-09", "您是第 3 位访问者", "网站",
    "生成日期：２０２６-04-09", SENTENCE, "安全",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=60).map("".join)


def steady_before(body: str) -> str:
    text = "".join(unicodedata.normalize("NFKC", body).split())
    edge, volatile = fingerprint._EDGE, fingerprint._VOLATILE
    if len(text) <= 2 * edge:
        return volatile.sub("", text)
    return volatile.sub("", text[:edge]) + text[edge:-edge] + volatile.sub("", text[-edge:])


def sentences_before(body: str) -> list[str]:
    found = (unicodedata.normalize("NFKC", found.group()) for found in fingerprint._SENTENCE.finditer(body))
    return [piece for part in found if len(piece := fingerprint._NOT_TEXT.sub("", part)) >= 10]


@given(TEXTS, TEXTS)
def test_digests_and_sentences_are_as_ever(title: str, body: str) -> None:
    assert sentences(body) == sentences_before(body)
    assert body_digest(body) == text_digest(steady_before(body))
    folded = "".join(unicodedata.normalize("NFKC", title).split())
    assert content_digest(title, body) == text_digest(f"{folded}\x00{steady_before(body)}")


@pytest.mark.parametrize("form", [form for form, _ in fingerprint._COMMON_FORMS])
def test_a_common_form_divides_as_what_it_becomes(form: str) -> None:
    separators = "。！？!?；;\n"
    assert (form in separators) == any(c in separators for c in unicodedata.normalize("NFKC", form))


def test_digests_of_one_text() -> None:
    """Written down once: archives hold such digests."""
    body = f"{SENTENCE}。\n１．全面排查ABC‼｡整改到位，不留死角…\n浏览次数：17"
    assert (
        content_digest("关于ＡＢＣ的 通知", body) == "58e637cb60b93bc162801b8cfa929309d95fb38ce95d2e9190e68499c9b76a4c"
    )
    assert body_digest(body) == "f489981099ada88e72ac184aee9782006cff557c379260a830d9d58ac24ef558"
    assert sentence_hashes(body) == [6682816582132585059, 8731429333929789295]
