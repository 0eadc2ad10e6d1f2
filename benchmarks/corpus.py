"""Articles for the benchmarks: any number of them, always the same, with the word statistics of Chinese news.

Words are drawn by a Zipf law from a vocabulary of common official words and 60,000 made-up ones; an article has its own
subject, whose words and phrases come again and again. An article holds about as many distinct characters and pairs as
real official news of the same length (`python benchmarks/corpus.py TEXTFILE…` prints both).
"""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

WORDS = """
的 和 在 是 了 为 对 等 与 将 要 中 以 有 发展 工作 建设 不 推进 企业 服务 管理 社会 经济 加强 安全 部门
中国 政府 单位 实施 会议 项目 人 进行 我市 全市 国家 技术 改革 群众 创新 相关 提升 生产 组织 开展 保障 责任
制度 重点 落实 活动 国务院 市场 人民 教育 党 高质量 乡村 城市 规划 落实到位 生态 文化 环境 郑州 产业 机制
监督 农业 卫生 健康 检查 问题 一 年 月 日 新时代 高质量发展 乡村振兴 现代化 习近平 委员会 负责人 共产党
公共服务 二十大 营商环境 河南省 郑州市 人民政府 办公室 通知 条例 办法 应急管理 行政 审批 河南 街道 社区 居民
志愿者 防汛 防汛抗旱 抗旱 教育局 财政局 疫情 疫情防控 防控 大数据 互联网 新能源 碳达峰 人工智能 一带一路
黄河 黄河流域 南水北调 脱贫攻坚 小麦 医保 养老 养老金 公积金 高考 招生 住房 棚户区 地铁 高铁 机场 航空港
二七区 中原区 金水区 登封 少林寺 嵩山 龙门石窟 2023 2024 2025 十四五 GDP 5G AI COVID-19
"""
COMMON = WORDS.split()
PORTALS = ("erqi", "zhongyuan", "jinshui", "guancheng", "huiji", "gov_cn", "ndrc", "most")
START, DAYS = date(2005, 1, 1), 365 * 21


class Text(NamedTuple):
    portal: str
    title: str
    source: str
    published: str
    body: str


def vocabulary(rng: random.Random) -> tuple[list[str], list[float]]:
    """Words and cumulative weights: the common ones first, then made-up ones of characters of GB 2312's first level."""
    level_one = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)]
    rng.shuffle(level_one)
    weights = list(itertools.accumulate(1 / (rank + 15) ** 1.25 for rank in range(len(level_one))))
    lengths = rng.choices((1, 2, 3, 4), (3, 80, 10, 7), k=60_000)
    made_up = ["".join(rng.choices(level_one, cum_weights=weights, k=n)) for n in lengths]
    words = COMMON[:40] + made_up
    for number, word in enumerate(COMMON[40:]):  # from every second article down to one in some hundred
        words.insert(int(40 * 1.045**number), word)
    words = list(dict.fromkeys(words))
    return words, list(itertools.accumulate(1 / (rank + 12) ** 1.15 for rank in range(len(words))))


def articles(count: int, seed: int = 1) -> Iterator[Text]:
    """`count` articles, in an order that is not that of their dates, as a crawl of many columns takes them in."""
    rng = random.Random(seed)
    words, weights = vocabulary(rng)
    for _ in range(count):
        subject = rng.choices(words, cum_weights=weights, k=rng.randint(30, 60))
        title = "".join(rng.sample(subject, 9))
        subject += ["".join(rng.sample(subject, 3)) for _ in range(25)]  # its standing phrases
        characters = min(12_000, max(120, int(rng.lognormvariate(7.0, 0.75))))
        day = START + timedelta(days=int(DAYS * rng.random() ** 0.6))
        published = f"{day}T{rng.randrange(8, 22):02}:{rng.randrange(60):02}+08:00"
        text = body(rng, words, weights, subject, characters)
        yield Text(rng.choice(PORTALS), title, f"{words[rng.randrange(400)]}日报", published, text)


def body(rng: random.Random, words: list[str], weights: list[float], subject: list[str], characters: int) -> str:
    """About `characters` characters in sentences and paragraphs; every second word is the subject's."""
    drawn = int(characters / 2.7)
    general = rng.choices(words, cum_weights=weights, k=drawn)
    own = rng.choices(subject, k=drawn)
    picks = rng.random
    stream = [a if picks() < 0.5 else b for a, b in zip(general, own, strict=True)]
    pieces, at = [], 0
    while at < drawn:
        length = rng.randint(4, 12)
        pieces += stream[at : at + length]
        pieces.append(rng.choice(("，", "，", "，", "、", "。", "。", "；", "。\n")))
        at += length
    return "".join(pieces)


def measure(texts: list[str], length: int = 1500) -> str:
    """Distinct characters and pairs in pieces of `length` characters, on average."""
    pieces = [text[at : at + length] for text in texts for at in range(0, len(text) - length + 1, length)]
    singles = sum(len(set(p)) for p in pieces) / len(pieces)
    pairs = sum(len({a + b for a, b in itertools.pairwise(p)}) for p in pieces) / len(pieces)
    return f"{len(pieces)} pieces of {length}: {singles:.0f} characters, {pairs:.0f} pairs"


if __name__ == "__main__":
    print("made up:", measure([a.body for a in articles(1000)]))
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            print(f"{name}:", measure([file.read()]))
