"""Reprints: how many are found among edited copies, how many are seen where there are none, and what it costs.

    python benchmarks/reprints.py [--originals N] [--notices N] [--held N]

Edited copies of made-up news stand in other portals; the hard negatives are texts that share much and are no reprints.
The lookup is measured in a table of fingerprints filled for --held articles (1,500,000 for the figure in the docs).
"""

from __future__ import annotations

import argparse
import itertools
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])  # not this folder: it has an archive.py too

from archive.articles import ArticleStore
from archive.fingerprint import sentence_hashes
from archive.migrations import create
from archive.records import Article
from archive.reprints import link_reprints
from benchmarks import corpus

SEEN = "2026-11-24T01:02:03Z"
NUMBERS, LETTERS = "0123456789", "甲乙丙丁戊己庚辛壬癸李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
# Forms as offices fill them in: about 600 characters that stand in each notice, about 90 that differ.
PERMIT = """{c}：你单位报送的{p}项目施工许可申请材料收悉。经审查，申请材料齐全，符合《中华人民共和国建筑法》《建筑工程施工许可管理办法》等法律法规规定的条件，\
现准予颁发建筑工程施工许可证。施工许可证编号：{n}。建设地址：{a}。建设规模：{m}平方米，合同价格：{w}万元，合同工期：{d}天。请你单位严格遵守有关法律法规，自觉接受建设行政\
主管部门的监督检查。本证自核发之日起三个月内应予施工，逾期应办理延期手续，不办理延期或延期次数、时间超过法定时间的，本证自行废止。凡未取得本证擅自施工的属违法建设，将按\
《中华人民共和国建筑法》的规定予以处罚。建设单位应当在施工现场显著位置公示本许可的内容，并按照批准的设计文件组织施工，不得擅自变更。在施工过程中，建设单位、设计单位、施工\
单位、监理单位项目负责人发生变更的，应当及时到发证机关办理变更手续。因故中止施工的，建设单位应当自中止施工之日起一个月内向发证机关报告，并按照规定做好建筑工程的维护管理\
工作。恢复施工时，应当向发证机关报告；中止施工满一年的工程恢复施工前，建设单位应当报发证机关核验施工许可证。如对本决定不服，可以自收到本决定书之日起六十日内向上一级行政机关\
申请行政复议，也可以在六个月内依法向人民法院提起行政诉讼。"""
TENDER = """{p}采购项目（项目编号：{n}）招标公告。受{c}委托，现对该项目进行公开招标，欢迎合格的供应商前来投标。预算金额：{w}万元，合同履行期限：{d}日历天，交货地点：{a}。申请人\
的资格要求：满足《中华人民共和国政府采购法》第二十二条规定；落实政府采购政策需满足的资格要求；本项目不接受联合体投标；单位负责人为同一人或者存在直接控股、管理关系的不同供应商，\
不得参加同一合同项下的政府采购活动。获取招标文件：供应商应当在公共资源交易平台注册并办理数字证书后免费下载，未按规定获取招标文件的，其投标无效。提交投标文件截止时间和开标时间、\
地点见招标文件，逾期送达或者未送达指定地点的投标文件不予受理。公告期限：自本公告发布之日起五个工作日。其他补充事宜：采购代理机构收费标准按照有关规定执行，由中标供应商支付；投标\
人应当在投标截止时间前完成投标文件的上传、加密和确认，解密失败的责任由投标人自行承担；供应商对采购文件有异议的，应当在法定质疑期内一次性提出针对同一采购程序环节的质疑。联系方式：\
对本次招标提出询问，请按以下方式联系采购人和代理机构，联系人{l}，电话{t}。"""
PENALTY = """行政处罚决定书（{n}）。当事人：{c}，住所：{a}，法定代表人：{l}。经查，当事人于{d}日在经营场所销售不符合食品安全标准的{p}，货值金额{w}元，上述事实有现场检查笔录、询问\
笔录、检验报告和当事人提供的票据等证据证明。本局认为，当事人的上述行为违反了《中华人民共和国食品安全法》第三十四条的规定，构成了经营不符合食品安全标准的食品的违法行为。案发后\
当事人积极配合调查，如实陈述违法事实并主动提供证据材料，及时改正违法行为，未造成危害后果，符合从轻处罚的情形。根据《中华人民共和国行政处罚法》第三十二条和《中华人民共和国\
食品安全法》第一百二十四条的规定，决定对当事人从轻处罚如下：没收违法所得，并处罚款{m}元。当事人应当自收到本行政处罚决定书之日起十五日内到指定银行缴纳罚款，到期不缴纳罚款的，\
每日按罚款数额的百分之三加处罚款，加处罚款的数额不得超出罚款的数额。如不服本处罚决定，可以自接到本处罚决定书之日起六十日内向人民政府申请行政复议，或者在六个月内依法向人民法院\
提起行政诉讼。逾期不申请行政复议、也不提起行政诉讼，又不履行处罚决定的，本局将依法申请人民法院强制执行。电话{t}。"""
FORMS = {"permits": PERMIT, "tenders": TENDER, "penalties": PENALTY}
BOILERPLATE = TENDER[180:780]
QUOTATION = PERMIT[120:350]


def copies(rng: random.Random) -> dict[str, Callable[[str], str]]:
    """What an editor does to a text that is printed again."""

    def substituted(text: str) -> str:
        out = list(text)
        for at in rng.sample(range(len(out)), len(out) // 100):
            out[at] = rng.choice(LETTERS)
        return "".join(out)

    def without_a_paragraph(text: str) -> str:
        lines = text.split("\n")
        del lines[rng.randrange(len(lines))]
        return "\n".join(lines)

    return {
        "a paragraph deleted": without_a_paragraph,
        "an editor's line": lambda text: (
            text + f"\n（责任编辑：{_letters(rng, 3)}）本文转自{_letters(rng, 4)}日报客户端。"
        ),
        "header and footer": lambda text: (
            f"本网讯 {_letters(rng, 3)}记者报道，以下为全文。\n{text}\n更多内容请关注本网微信公众号，欢迎转发。"
        ),
        "1 % substituted": substituted,
        "first half": lambda text: text[: len(text) // 2],
        "middle third": lambda text: text[len(text) // 3 : 2 * len(text) // 3],
    }


def _letters(rng: random.Random, number: int) -> str:
    return "".join(rng.choices(LETTERS, k=number))


def _number(rng: random.Random, length: int) -> str:
    return rng.choice(NUMBERS[1:]) + "".join(rng.choices(NUMBERS, k=length - 1))


def notice(rng: random.Random, form: str) -> str:
    return form.format(
        c=_letters(rng, 6) + "有限公司", p=_letters(rng, 8), n=_number(rng, 14), a=_letters(rng, 4) + f"路{_number(rng, 3)}号",
        m=_number(rng, 5), w=_number(rng, 4), d=_number(rng, 3), l=_letters(rng, 3), t=_number(rng, 11),
    )  # fmt: skip


class Held:
    """An archive in memory, filled by the writer's own code."""

    def __init__(self) -> None:
        self.conn = sqlite3.connect(":memory:", isolation_level=None)
        create(self.conn)
        self.store = ArticleStore(self.conn)
        self.count = 0

    def add(self, body: str, title: str = "", *, portal: str = "x", section: str = "") -> int:
        self.count += 1
        url = f"http://{portal}.gov.cn/{self.count}.html"
        title = title or f"标题{self.count}"
        day = f"2026-{self.count // 20 % 12 + 1:02}-{self.count % 28 + 1:02}"
        article = Article(url=url, title=title, body=body, portal=portal, section=section, published=day)
        return self.store.add(article, capture_id=None, seen=SEEN).article_id  # type: ignore[arg-type]

    def link(self, ids: list[int]) -> set[tuple[int, int]]:
        """Add the edges as a run does at its end; all of them, either way round."""
        self.conn.execute("BEGIN")
        link_reprints(self.conn, ids)
        self.conn.execute("COMMIT")
        return {(min(pair), max(pair)) for pair in self.conn.execute("SELECT article_id, original_id FROM reprints")}


def recall(originals: list[str], rng: random.Random) -> None:
    print("| edited copy | recall | other edges |\n|---|---|---|")
    for name, edit in copies(rng).items():
        held = Held()
        first = [held.add(text) for text in originals]
        second = [held.add(edit(text), portal="y") for text in originals]
        held.link(first)
        found = held.link(second)
        right = set(zip(first, second, strict=True))
        print(f"| {name} | {len(found & right) / len(right):.4f} | {len(found - right)} |")


def false_edges(texts: list[str], notices: int, rng: random.Random) -> None:
    print("\n| hard negative | texts | false edges |\n|---|---|---|")
    cases: dict[str, list[tuple[str, str]]] = {
        name: [(notice(rng, form), "") for _ in range(notices)] for name, form in FORMS.items()
    }
    half = [text[:400] for text in texts[: notices // 2]]
    cases["600 characters of boilerplate"] = [(f"{text}\n{BOILERPLATE}", "") for text in half]
    cases["a quotation of 230 characters"] = [(f"{text[:200]}\n“{QUOTATION}”\n{text[200:]}", "") for text in half]
    cases["one headline over different texts"] = [(text, "工作周报") for text in half]
    for name, bodies in cases.items():
        held, found, batch = Held(), set[tuple[int, int]](), []
        for number, (body, title) in enumerate(bodies, 1):
            batch.append(held.add(body, title, section=name))
            if number % 50 == 0 or number == len(bodies):  # a run takes in some dozens
                found, batch = held.link(batch), []
        print(f"| {name} | {len(bodies)} | {len(found)} |")


def speed(texts: list[str], held_articles: int) -> None:
    began = time.process_time()
    for text in texts:
        sentence_hashes(text)
    print(f"\nfingerprints: {len(texts) / (time.process_time() - began):,.0f} articles/s a core")
    held = Held()
    held.conn.execute("PRAGMA cache_size = -500000")
    rng = random.Random(3)
    held.conn.execute("BEGIN")
    held.conn.executemany(
        "INSERT OR IGNORE INTO sentence_hashes (hash, article_id) VALUES (?, ?)",
        ((rng.getrandbits(63), 10_000_000 + number) for number in range(held_articles) for _ in range(8)),
    )
    held.conn.execute("COMMIT")
    ids = [held.add(text) for text in texts[:1000]]
    times = []
    held.conn.execute("BEGIN")
    for article_id, text in zip(ids, texts, strict=False):
        held.conn.execute("DELETE FROM sentence_hashes WHERE article_id = ?", (article_id,))
        hashes = sentence_hashes(text)
        began = time.perf_counter()
        held.conn.executemany(
            "INSERT INTO sentence_hashes (hash, article_id) VALUES (?, ?)", [(one, article_id) for one in hashes]
        )
        link_reprints(held.conn, [article_id])
        times.append(1000 * (time.perf_counter() - began))
    held.conn.execute("COMMIT")
    print(f"lookup and insert among {held_articles:,} articles: p50 {statistics.median(times):.3f} ms, "
          f"p95 {statistics.quantiles(times, n=20)[-1]:.3f} ms")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--originals", type=int, default=1000)
    parser.add_argument("--notices", type=int, default=1900)
    parser.add_argument("--held", type=int, default=200_000)
    asked = parser.parse_args()
    wanted = max(asked.originals, asked.notices // 2)
    bodies = (text.body for text in corpus.articles(4 * wanted))
    texts = list(itertools.islice((body for body in bodies if len(body) > 600 and body.count("\n") > 3), wanted))
    rng = random.Random(7)
    recall(texts[: asked.originals], rng)
    false_edges(texts, asked.notices, rng)
    speed(texts, asked.held)


if __name__ == "__main__":
    main()
