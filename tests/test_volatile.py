"""View counters and times of generation that stand in the body's own box raise no revision; everything else does."""

# ruff: noqa: E501  a table

from __future__ import annotations

import pytest

from archive.fingerprint import body_digest, content_digest

TEXT = "县里召开会议，研究部署安全生产工作。\n会议要求压紧压实责任，深入开展隐患排查，确保安全度汛。"
MARKS = (
    "浏览次数：{n}", "浏览次数: {n} 次", "阅读量：{n}", "阅读：{n}", "点击数：{n}", "点击量：{n}次", "访问量：{n}", "访问次数：{n}",
    "【浏览次数：{n}】", "[浏览：{n}次]", "浏览量 {n}.2万", "您是第 {n} 位访问者", "本文已被浏览{n}次", "点击率：{n}", "已阅读 {n} 次",
    "人气：{n}", "浏览人数：{n}", "（此件共有 {n} 人浏览）", "访问统计：{n}", "打印时间：2026-04-09 10:11:{n}",
    "页面生成时间：2026-04-09 10:{n}:12", "生成日期：2026-04-{n}", "页面更新时间：2026年4月{n}日", "当前时间：2026年4月{n}日 星期四",
)  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("shape", ["{mark}\n{text}", "{text}\n{mark}", "{text}　{mark}"], ids=["first", "last", "tail"])
@pytest.mark.parametrize("length", [1, 9])
def test_what_counts_by_itself_is_no_revision(mark: str, shape: str, length: int) -> None:
    text = TEXT * length
    one, other = (shape.format(mark=mark.format(n=n), text=text) for n in ("17", "24"))
    assert content_digest("题", one) == content_digest("题", other) == content_digest("题", text)
    assert body_digest(one) == body_digest(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("已有17人参加", "已有24人参加"),
        ("时间：2026-04-09", "时间：2026-04-10"),
        ("阅读17本书", "阅读24本书"),
        ("访问17户群众", "访问24户群众"),
        ("第17位代表", "第24位代表"),
        ("浏览次数", "点击次数"),
        ("报名时间：2026-04-09", "报名时间：2026-04-10"),
    ],
)
def test_what_an_editor_changes_is_one(one: str, other: str) -> None:
    assert content_digest("题", f"{TEXT}\n{one}") != content_digest("题", f"{TEXT}\n{other}")


def test_a_figure_of_views_within_the_text_counts() -> None:
    one, other = (f"{TEXT * 9}网站访问量:{n}人次。{TEXT * 9}" for n in (17, 24))
    assert content_digest("题", one) != content_digest("题", other)
