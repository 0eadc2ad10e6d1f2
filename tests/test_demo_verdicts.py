"""The demo's portal edits, withdraws, moves and reprints; what the archive says of each."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.cli import archive_commands
from crawler.demo.content import Visit, first_visit, neighbour, second_visit, third_visit
from crawler.demo.show import run_demo


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo"
    run_demo(path)
    return path


def rows(directory: Path, sql: str) -> list[tuple[Any, ...]]:
    conn = sqlite3.connect(directory / "archive.db")
    found = conn.execute(sql).fetchall()
    conn.close()
    return found


def told(directory: Path, *arguments: str) -> Any:
    return json.loads(CliRunner().invoke(archive_commands, [*arguments, "--json", "--archive", str(directory)]).stdout)


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def paths(visit: Visit) -> set[str]:
    return {story.path for story in visit.stories}


def test_each_way_of_going_and_the_way_back(directory: Path) -> None:
    first, second, third = {s.path for s in first_visit()}, {s.path for s in second_visit()}, third_visit()
    expected = dict.fromkeys(third.unlisted, "unlisted") | dict.fromkeys(third.missing, "soft_404")
    expected |= dict.fromkeys(third.home, "redirected_home")
    expected |= dict.fromkeys(first - second, "back") | dict.fromkeys(second - paths(third), "once")
    told_of = {path_of(row["url"]): row["grade"] for row in told(directory, "gone")}
    assert told_of == expected
    assert len(told_of) == 5


def test_the_text_of_what_is_gone_is_held(directory: Path) -> None:
    truth = {story.path: "\n".join(story.paragraphs) for story in first_visit()}
    gone = rows(directory, "SELECT url, body FROM articles WHERE gone_since IS NOT NULL")
    assert len(gone) == 3
    assert {path_of(url): body for url, body in gone} == {path_of(url): truth[path_of(url)] for url, _ in gone}


def test_edits_are_revisions_and_counters_are_none(directory: Path) -> None:
    """Every page of the third visit has a view counter and a hot list that it had not before."""
    before, after = {s.path: s for s in first_visit()}, {s.path: s for s in third_visit().stories}
    edited = {path for path in before.keys() & after.keys() if before[path] != after[path]}
    revised = rows(directory, "SELECT a.url, r.cause FROM revisions r JOIN articles a ON a.id = r.article_id")
    assert {(path_of(url), cause) for url, cause in revised} == {(path, "publisher") for path in edited}
    assert len(revised) == len(edited) == 2
    held = {
        path_of(url): body for url, body in rows(directory, "SELECT url, body FROM articles WHERE portal = 'qinghe'")
    }
    assert {path: held[path] for path in edited} == {path: "\n".join(after[path].paragraphs) for path in edited}
    assert not any("浏览次数" in body for body in held.values())


def test_reprints_within_the_portal_and_across(directory: Path) -> None:
    whole, shortened = neighbour().stories[:2]
    edges = rows(
        directory,
        "SELECT a.url, o.title, r.kind, a.portal, o.portal FROM reprints r JOIN articles a ON a.id = r.article_id "
        "JOIN articles o ON o.id = r.original_id",
    )
    found = {path_of(url): rest for url, *rest in edges}
    reprint = next(story for story in first_visit() if story.title.startswith("【转载】"))
    assert found == {
        reprint.path: [reprint.title.removeprefix("【转载】"), "exact", "qinghe", "qinghe"],
        whole.path: [whole.title.removeprefix("兄弟县动态:"), "exact", "yunling", "qinghe"],
        shortened.path: [shortened.title, "near", "yunling", "qinghe"],
    }


def test_the_lineage_of_the_shortened_copy(directory: Path) -> None:
    shortened = neighbour().stories[1]
    (copy,) = (url for (url,) in rows(directory, "SELECT url FROM articles") if path_of(url) == shortened.path)
    lineage = told(directory, "reprints", copy)
    original, reprint = lineage["members"]
    assert (lineage["first"]["id"], lineage["first"]["sure"]) == (original["id"], "certain")
    assert (original["portal"], reprint["portal"], reprint["publisher"]) == ("qinghe", "yunling", "清和日报")
    left_out = next(s for s in first_visit() if s.title == shortened.title and s.column == "zwyw").paragraphs[-1]
    assert "".join(reprint["cut"]) == left_out.partition("。")[2]
    assert reprint["added"] == ["编者按:邻县的这些做法值得学习。"]
    assert reprint["altered"] == []
