"""来源 as portals print it, and whom it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.publishers import HOUSES, publisher


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("新华社", "新华社"),
        ("新华网", "新华社"),
        ("据新华社电", "新华社"),
        ("据新华社", "新华社"),
        ("据新华社消息", "新华社"),
        ("新华社北京6月1日电", "新华社"),
        ("新华社北京６月１日电", "新华社"),
        ("新华社北京6月1日电（记者 王某某）", "新华社"),
        ("新华社乌鲁木齐12月31日电", "新华社"),
        ("新华社北京1日电", "新华社"),
        ("新华社客户端", "新华社"),
        ("新华社 记者 王某某", "新华社"),
        ("新华社新媒体", "新华社新媒体"),
        ("来源：新华社", "新华社"),
        ("信息来源: 新华网", "新华社"),
        ("转自：新华网客户端", "新华社"),
        ("摘自《新华社》", "新华社"),
        ("新华通讯社", "新华社"),
        ("www.xinhuanet.com", "新华社"),
        ("新华每日电讯", "新华每日电讯"),
        ("新华日报", "新华日报"),
        ("人民日报", "人民日报"),
        ("《人民日报》", "人民日报"),
        ("人民网－《人民日报》", "人民日报"),
        ("人民网-人民日报", "人民日报"),
        ("人民日报客户端", "人民日报"),
        ("《人民日报》（2023年06月30日 第 01 版）", "人民日报"),
        ("人民政协报", "人民政协报"),
        ("中国政府网", "中国政府网"),
        ("中国政府网 www.gov.cn", "中国政府网"),
        ("http://www.gov.cn/", "中国政府网"),
        ("央视新闻客户端", "中央广播电视总台"),
        ("央视网", "中央广播电视总台"),
        ("CCTV", "中央广播电视总台"),
        ("中国新闻网", "中国新闻社"),
        ("中新社郑州3月2日电", "中国新闻社"),
        ("国家发展改革委网站", "国家发展改革委"),
        ("财政部门户网站", "财政部"),
        ("河南日报客户端", "河南日报"),
        ("北京日报客户端 | 记者 李四", "北京日报"),
        ("郑州日报、通讯员 李四", "郑州日报"),
        ("郑州发布微信公众号", "郑州发布"),
        ("郑州日报", "郑州日报"),
        ("二七区人民政府办公室", "二七区人民政府办公室"),
        ("县融媒体中心 通讯员 张某某", "县融媒体中心"),
        ("市教育局　市财政局", "市教育局 市财政局"),
        ("郑州电讯", "郑州电讯"),
        ("本站", None),
        ("本网站", None),
        ("来源：本站原创", None),
        ("", None),
        (None, None),
        ("  ", None),
        ("：", None),
        ("记者 张某某", None),
    ],
)
def test_whom_a_source_means(source: str | None, name: str | None) -> None:
    assert publisher(source) == name


def test_a_house_is_its_own_name() -> None:
    assert {publisher(name) for name in HOUSES} == set(HOUSES)


@given(st.text("新华社网据电讯日报客户端记者（）《》:：-/ 123月A.", max_size=30))
def test_a_name_means_itself(source: str) -> None:
    name = publisher(source)
    assert name is None or name.strip() == name != ""
