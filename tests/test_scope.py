"""Which addresses may be asked, and which may be connected to. Over the wire: test_hostile_network.py."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import forbidden, literal_address
from crawler.scope import MAX_URL, is_loopback, refuse_url, scope_of

HOSTS = ("www.erqi.gov.cn", "zwgk.erqi.gov.cn:8080", "public.erqi.gov.cn")


@pytest.mark.parametrize(
    "url",
    [
        "http://www.erqi.gov.cn/",
        "https://www.erqi.gov.cn/zwgk/202306/t20230630_1.htm",
        "HTTP://WWW.ERQI.GOV.CN/A",
        "http://www.erqi.gov.cn./trailing-dot",
        "http://www.erqi.gov.cn:80/",
        "https://www.erqi.gov.cn:443/?a=1&b=%E4%B8%AD#top",
        "http://zwgk.erqi.gov.cn:8080/",
        "http://www.erqi.gov.cn/art/2022/2/2/art_2_2.html",
        "http://www.erqi.gov.cn/art/2022/2/2/2.html",
        "http://www.erqi.gov.cn/col/1/1/1/1.html",
        "http://www.erqi.gov.cn/zwgk/zwgk/index.html",
        "http://www.erqi.gov.cn/n1/n2/n3/n1/c4/content.html",
        "http://www.erqi.gov.cn/中文/路径.html",
    ],
)
def test_addresses_of_the_portal(url: str) -> None:
    assert refuse_url(url, HOSTS) is None


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://mp.weixin.qq.com/s/abc", "refused_scope"),
        ("http://erqi.gov.cn/", "refused_scope"),  # no name is implied by another
        ("http://www.erqi.gov.cn.evil.example/", "refused_scope"),
        ("http://evil.example/www.erqi.gov.cn", "refused_scope"),
        ("http://zwgk.erqi.gov.cn/", "refused_scope"),  # named with one port: that one only
        ("http://zwgk.erqi.gov.cn:8081/", "refused_scope"),
        ("http://www.erqi.gov.cn@evil.example/", "refused_scope"),
        ("http://user:pass@www.erqi.gov.cn/", "refused_scope"),
        ("http://evil.example\\@www.erqi.gov.cn/", "refused_scope"),
        ("http://www.erqi.gov.cn\\.evil.example/", "refused_scope"),
        ("http:///no-host", "refused_scope"),
        ("http://[::1", "refused_scope"),
        ("http://www.erqi.gov.cn:99999/", "refused_scope"),
        ("http://www.erqi.gov.cn:port/", "refused_scope"),
        ("http://8.8.8.8/", "refused_scope"),
        ("file:///etc/passwd", "refused_scheme"),
        ("file://www.erqi.gov.cn/etc/passwd", "refused_scheme"),
        ("data:text/html,<h1>x", "refused_scheme"),
        ("ftp://www.erqi.gov.cn/a", "refused_scheme"),
        ("s3://www.erqi.gov.cn/a", "refused_scheme"),
        ("javascript:void(0)", "refused_scheme"),
        ("mailto:a@www.erqi.gov.cn", "refused_scheme"),
        ("//www.erqi.gov.cn/a", "refused_scheme"),
        ("/relative", "refused_scheme"),
        ("", "refused_scheme"),
        ("http://127.0.0.1/", "refused_private"),
        ("http://127.1/", "refused_private"),
        ("http://2130706433/", "refused_private"),
        ("http://017700000001/", "refused_private"),
        ("http://0x7f000001/", "refused_private"),
        ("http://0x7f.0.0.1:8000/", "refused_private"),
        ("http://0177.0.0.01/", "refused_private"),
        ("http://[::1]/", "refused_private"),
        ("http://[::ffff:127.0.0.1]/", "refused_private"),
        ("http://[0:0:0:0:0:ffff:a00:1]/", "refused_private"),
        ("http://[fe80::1]/", "refused_private"),
        ("http://169.254.169.254/latest/meta-data/", "refused_private"),
        ("http://10.0.0.1/", "refused_private"),
        ("http://0.0.0.0/", "refused_private"),
        ("http://www.erqi.gov.cn/a/a/a/", "refused_trap"),
        ("http://www.erqi.gov.cn/news/list/news/list/news/list/1.html", "refused_trap"),
        ("http://www.erqi.gov.cn/2024/10/2024/10/2024/10/", "refused_trap"),
        ("http://www.erqi.gov.cn" + "".join(f"/{n}" for n in range(21)), "refused_trap"),
        ("http://www.erqi.gov.cn/" + "x" * MAX_URL, "refused_long_url"),
    ],
)
def test_everything_else_is_refused_with_its_state(url: str, state: str) -> None:
    refusal = refuse_url(url, HOSTS)
    assert refusal is not None
    assert refusal[0] == state
    assert "\n" not in refusal[1]


@given(st.text(max_size=80) | st.from_regex(r"https?://[ -~]{0,40}", fullmatch=True))
def test_any_text_is_decided(url: str) -> None:
    refuse_url(url, HOSTS)


@given(st.ip_addresses(v=4), st.sampled_from(["{}", "0x{:x}", "0{:o}"]))
def test_one_number_spells_an_address(address: IPv4Address, form: str) -> None:
    assert literal_address(form.format(int(address))) == address


@given(st.ip_addresses(v=4), st.lists(st.sampled_from(["{}", "0x{:x}", "0{:o}"]), min_size=4, max_size=4))
def test_four_numbers_spell_an_address(address: IPv4Address, forms: list[str]) -> None:
    parts = [form.format(byte) for form, byte in zip(forms, address.packed, strict=True)]
    assert literal_address(".".join(parts)) == address


@pytest.mark.parametrize(
    "host", ["www.gov.cn", "256.1.1.1", "1.2.3.4.5", "1..2", "08.1.1.1", "0xg", "", "12a", "１２７.0.0.1"]
)
def test_names_are_no_addresses(host: str) -> None:
    assert literal_address(host) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("127.0.0.1", "loopback"), ("127.255.255.254", "loopback"), ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"), ("64:ff9b::7f00:1", "loopback"), ("2002:7f00:1::", "loopback"),
        ("10.1.2.3", "private"), ("172.16.0.1", "private"), ("192.168.0.1", "private"), ("100.64.0.1", "private"),
        ("0.0.0.0", "private"), ("::", "private"), ("fc00::1", "private"), ("fd12::1", "private"),
        ("192.0.2.1", "private"), ("198.18.0.7", "private"), ("240.0.0.1", "private"), ("255.255.255.255", "private"),
        ("::ffff:10.0.0.1", "private"), ("64:ff9b::a00:1", "private"), ("2002:c0a8:1::", "private"),
        ("169.254.169.254", "link-local"), ("fe80::1", "link-local"), ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
    ],
)  # fmt: skip
def test_addresses_nobody_may_connect_to(text: str, kind: str) -> None:
    reason = forbidden(ip_address(text))
    assert reason is not None
    assert kind in reason
    assert text in reason or "ffff" in reason
    allowed = forbidden(ip_address(text), allow_loopback=True)
    assert (allowed is None) == (kind == "loopback")


@pytest.mark.parametrize("text", ["8.8.8.8", "202.102.224.68", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(text: str) -> None:
    assert forbidden(ip_address(text)) is None


@pytest.mark.parametrize(
    ("entry", "expected"),
    [("127.0.0.1", True), ("127.0.0.1:8000", True), ("localhost", True), ("LOCALHOST.:80", True), ("::1", True),
     ("[::1]:80", True), ("2130706433", True), ("www.gov.cn", False), ("10.0.0.1", False), ("", False)],
)  # fmt: skip
def test_loopback_by_spelling(entry: str, expected: bool) -> None:
    assert is_loopback(entry) is expected


def portal(url: str, hosts: tuple[str, ...], *sections: str) -> Any:
    return SimpleNamespace(url=url, hosts=hosts, sections=tuple(SimpleNamespace(url=section) for section in sections))


def test_a_public_host_is_open_at_its_two_ports() -> None:
    scope = scope_of(
        portal("http://www.erqi.gov.cn/", ("www.erqi.gov.cn", "m.erqi.gov.cn"), "http://a.erqi.gov.cn:81/x/")
    )
    assert scope == {
        "www.erqi.gov.cn:80", "www.erqi.gov.cn:443", "m.erqi.gov.cn:80", "m.erqi.gov.cn:443", "a.erqi.gov.cn:81",
    }  # fmt: skip


def test_a_server_on_this_machine_is_open_at_its_own_port_only() -> None:
    scope = scope_of(portal("http://127.0.0.1:8123/", ("127.0.0.1",)))
    assert refuse_url("http://127.0.0.1:8123/a", scope) is None
    for other in ("http://127.0.0.1:8124/", "http://127.0.0.1/", "http://127.0.0.2:8123/", "http://2130706433:8123/"):
        assert refuse_url(other, scope) is not None


def test_a_name_with_and_without_a_port() -> None:
    hosts = ("www.erqi.gov.cn", "www.erqi.gov.cn:8080")
    allowed = [port for port in (80, 443, 8080, 22) if refuse_url(f"http://www.erqi.gov.cn:{port}/", hosts) is None]
    assert allowed == [80, 443, 8080]


def test_chinese_host_names_compare_in_one_form() -> None:
    assert refuse_url("http://www.政务.cn/", scope_of(portal("http://www.xn--zfr164b.cn/", ()))) is None
