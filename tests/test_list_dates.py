"""Dates of rows that need more than their text: the host, the element's title, the line over them."""

from __future__ import annotations

import pytest

from crawler.listing import list_page

TITLES = ("行政院會通過農田水利法修正草案", "113年6月14日防汛會議紀錄公開上網", "擴大租金補貼受惠戶數突破五十八萬戶")
DAYS = ("2024-06-14", "2024-06-13", "2024-05-31")


def read(row: str, host: str = "www.a.gov.tw", dates: tuple[str, ...] = DAYS) -> list[tuple[str, str | None]]:
    """Headlines and dates of a list of rows; {r} is the year of the Republic."""
    made = "".join(
        row.format(n=70010 + n, title=TITLES[n], y=day[:4], m=day[5:7], d=day[8:], r=int(day[:4]) - 1911, date=day)
        for n, day in enumerate(dates)
    )
    return [(one.title, one.date) for one in list_page(f"<html><body><ul>{made}</ul></body></html>",
                                                       f"http://{host}/news/list").rows]  # fmt: skip


@pytest.mark.parametrize(
    "printed",
    ["{r}-{m}-{d}", "{r}/{m}/{d}", "{r}.{m}.{d}", "{r}年{m}月{d}日", "民國{r}年{m}月{d}日", "發布日期：{r}-{m}-{d}",
     "[{r}-{m}-{d}]", "{r}/{m}/{d} 10:30"],
)  # fmt: skip
@pytest.mark.parametrize("row", ["<a href='cp-16-{{n}}.html'>{{title}}</a><i>{0}</i>",
                                 "<a href='cp-16-{{n}}.html'>{{title}}<time>{0}</time></a>"])  # fmt: skip
def test_years_of_the_republic(row: str, printed: str) -> None:
    expected = list(zip(TITLES, DAYS, strict=True))
    assert read("<li>" + row.format(printed) + "</li>") == expected
    assert read("<li>" + row.format(printed) + "</li>", "www.gov.taipei") == expected


def test_years_of_the_republic_elsewhere_are_numbers() -> None:
    row = "<li><a href='cp-16-{n}.html'>{title}</a><i>{r}-{m}-{d}</i></li>"
    assert [day for _, day in read(row, "www.a.gov.cn")] == [None] * 3


def test_a_year_that_only_the_title_of_the_element_says() -> None:
    row = "<li><a href='show.php?id={n}'>{title}</a><span title='%s'>{m}-{d}</span></li>"
    assert [day for _, day in read(row % "{date}", "www.a.gov.cn")] == list(DAYS)
    assert [day for _, day in read(row % "更新于2022-01-01", "www.a.gov.cn")] == [None] * 3  # another day


def test_one_day_over_several_rows() -> None:
    row = "<dl><dt>{y}年{m}月{d}日</dt>" + "".join(f"<dd><a href='{{n}}{k}.html'>{{title}}</a></dd>" for k in "123")
    assert [day for _, day in read(row, "www.a.gov.cn")] == [day for day in DAYS for _ in range(3)]
    flat = row.replace("<dl>", "")  # all in one dl
    assert [day for _, day in read(flat, "www.a.gov.cn")] == [day for day in DAYS for _ in range(3)]
