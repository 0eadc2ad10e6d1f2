"""The hostile suite: servers that lie, stall, break off and lead astray, and a canary that nobody may reach.

Two processes crawl everything at once (side by side: one portal's trouble must not touch another's). faults.md A, B.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import brotli
import pytest
from tiny_crawl import crawl
from trapserver import PAGE, Reply, Route, TrapServer, drip, endless_headers, page, raw, redirect

from crawler.compression import zstd
from crawler.failures import failure_state
from crawler.network_settings import settings_for
from crawler.portal import Portal

MIB = 1 << 20
TIMEOUT = 5  # seconds, DOWNLOAD_TIMEOUT of the crawls that run into one
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def packed(body: bytes, encoding: str) -> Reply:
    return page(body, ("Content-Encoding", encoding))


def zeros(encoding: str) -> bytes:
    """200 MiB of zeros, made without holding them."""
    block = bytes(MIB)
    if encoding == "br":
        packer = brotli.Compressor(quality=1)
        return b"".join([*(packer.process(block) for _ in range(200)), packer.finish()])
    if encoding == "zstd":
        stream = zstd.ZstdCompressor()
        return b"".join([*(stream.compress(block) for _ in range(200)), stream.flush()])
    deflater = zlib.compressobj(wbits=31 if encoding == "gzip" else 15)
    return b"".join([*(deflater.compress(block) for _ in range(200)), deflater.flush()])


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: text/html", *lines, "", ""]).encode()


BROKEN: dict[str, tuple[Route, str]] = {  # route -> what becomes of it
    "/length": (raw(head("Content-Length: 5000") + b"<html><p>half"), "failed_truncated"),
    "/chunks": (raw(head("Transfer-Encoding: chunked") + b"5\r\nhello\r\nff\r\nab"), "failed_truncated"),
    "/reset": (raw(head("Content-Length: 5000") + b"<html>", then="reset"), "failed_truncated"),
    "/nothing": (raw(b""), "failed_network"),
    "/status": (raw(b"NONSENSE\r\n\r\n"), "failed_protocol"),
    "/http09": (raw(b"<html>hello</html>\n" + PAGE + b"\r\n\r\n"), "failed_protocol"),
    "/nul": (raw(b"HTTP/1.1 200 OK\r\nX\0Y: 1\r\nContent-Length: 2\r\n\r\nok"), "failed_protocol"),
    "/announced": (raw(head(f"Content-Length: {17 * MIB}") + b"<html>"), "failed_too_big"),
    "/endless": (drip(b"<html>", every=0, data=b"x" * MIB), "failed_too_big"),
    "/drip": (drip(b"<html>", every=0.2), "failed_timeout"),
    "/stall": (raw(head("Content-Length: 50") + b"<html>", then="hang"), "failed_timeout"),
    "/silent": (raw(b"", then="hang"), "failed_timeout"),
    "/headers": (endless_headers(), "failed_protocol"),
    "/slow-headers": (endless_headers(every=0.1), "failed_timeout"),
}
LOCATIONS = ("", " ", "//", "http://", "\\\\canary\\x", "http://[bad", "http://a b/", "\xe4\xb8\xad", "%%%",
             "javascript:alert(1)", "http://:80/", "?q=a b#", "/ok page", "//%zz/", "http://a:port/")  # fmt: skip
HOSTILE_HEADERS = (
    ("Referrer-Policy", "builtins.exec"), ("Refresh", "0; url=http://127.0.0.2/"), ("X-Robots-Tag", "none"),
    ("Set-Cookie", "session=1; Domain=.cn; Path=/"), ("Link", "<http://127.0.0.2/>; rel=preload"),
    ("Alt-Svc", 'h2="127.0.0.2:443"'), ("Location", "http://127.0.0.2/"),
)  # fmt: skip


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Self-signed, for 127.0.0.1."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    made = builder.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    folder = tmp_path_factory.mktemp("tls")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def canary() -> Iterator[TrapServer]:
    """Listens where no crawl of this suite may go; each test may look whether anybody came."""
    with TrapServer("127.0.0.2") as server:
        yield server


def bad_addresses(own: TrapServer, canary: TrapServer) -> dict[str, str]:
    """Address -> the state it must end in. All are start requests, asked with dont_filter."""
    port = canary.port
    return {
        canary.url("/start"): "refused_scope",
        f"http://localhost:{own.port}/": "refused_scope",
        f"http://127.0.0.1:{port}/other-port": "refused_scope",
        f"http://user@127.0.0.2:{port}/": "refused_scope",
        f"http://{int(IPv4Address('127.0.0.2'))}:{port}/": "refused_private",
        f"http://0x7f000002:{port}/": "refused_private",
        f"http://0177.0.0.2:{port}/": "refused_private",
        f"http://127.2:{port}/": "refused_private",
        f"http://[::ffff:127.0.0.2]:{port}/": "refused_private",
        "http://169.254.169.254/latest/meta-data/": "refused_scope",
        "file:///etc/hostname": "refused_scheme",
        "data:text/plain,x": "refused_scheme",
        f"ftp://127.0.0.2:{port}/": "refused_scheme",
        f"s3://127.0.0.2:{port}/": "refused_scheme",
        own.url("/a/a/a/"): "refused_trap",
        own.url("/" + "x" * 2100): "refused_long_url",
    }


@pytest.fixture(scope="module")
def wire(canary: TrapServer, certificate: tuple[Path, Path]) -> Any:
    """Everything that may be asked of servers on this machine."""
    kinds = (*BROKEN, "scope", "leads away", "packed", "bomb", "whole", "rebinding", "locations", "headers", "busy")
    servers = {kind: TrapServer() for kind in kinds}
    servers["tls"] = servers["tls unverified"] = TrapServer(certificate=certificate)
    for server in set(servers.values()):
        server.__enter__()
        server.routes["/ok"] = page()
    away = {f"/{n}": redirect(target) for n, target in enumerate((
        canary.url("/redirected"), f"//{canary.authority}/x", f"http://127.0.0.1:{canary.port}/", "file:///etc/hostname",
        "data:text/html,x", f"http://{int(IPv4Address('127.0.0.2'))}:{canary.port}/", f"ftp://{canary.authority}/",
    ))}  # fmt: skip
    servers["leads away"].routes.update(away)
    for path, (route, _) in BROKEN.items():
        servers[path].routes[path] = route
    for name, pack in PACKERS.items():
        whole = pack(PAGE * 20)
        servers["packed"].routes[f"/{name}"] = packed(whole, name)
        servers["packed"].routes[f"/{name}/half"] = packed(whole[: len(whole) // 2], name)
        servers["packed"].routes[f"/{name}/false"] = packed(PAGE, name)
        servers["bomb"].routes[f"/{name}"] = packed(zeros(name), name)
    servers["whole"].routes["/early"] = raw(head() + b"<html><body><p>cut")
    servers["whole"].routes["/late"] = raw(head() + PAGE)
    servers["locations"].routes.update({f"/{n}": redirect(location) for n, location in enumerate(LOCATIONS)})
    servers["headers"].routes["/ok"] = page(PAGE, *HOSTILE_HEADERS)
    unverified = settings_for(cast("Portal", SimpleNamespace(verify_tls=False, cookies=None)))
    servers["headers"].routes["/many"] = page(PAGE, *((f"X-Filler-{n}", "y" * 1000) for n in range(200)))
    addresses = bad_addresses(servers["scope"], canary)
    crawls = [
        {"id": "scope", "urls": [servers["scope"].url("/ok"), *addresses]},
        {"id": "leads away", "urls": [servers["leads away"].url(path) for path in away], "follow": True},
        *({"id": path, "urls": [servers[path].url(path)]} for path in BROKEN),
        {"id": "packed", "urls": [servers["packed"].url(path) for path in list(servers["packed"].routes)[1:]]},
        {"id": "bomb", "urls": [servers["bomb"].url(f"/{name}") for name in PACKERS]},
        {"id": "whole", "urls": [servers["whole"].url(path) for path in ("/early", "/late")]},
        {"id": "rebinding", "urls": [f"http://rebinding.test:{servers['rebinding'].port}/{path}" for path in "ab"]},
        {"id": "two families", "urls": [f"http://families.test:{servers['busy'].port}/ok"]},
        {"id": "mixed", "urls": [f"http://mixed.test:{servers['busy'].port}/ok"]},
        {"id": "locations", "urls": [servers["locations"].url(f"/{n}") for n in range(len(LOCATIONS))], "follow": True},
        {"id": "headers", "urls": [servers["headers"].url(path) for path in ("/ok", "/ok", "/many")]},
        {"id": "tls", "urls": [servers["tls"].url("/ok")]},
        {"id": "tls unverified", "urls": [servers["tls"].url("/ok")], "settings": unverified},
        {"id": "down", "urls": ["http://127.0.0.1:1/a", "http://127.0.0.1:1/b"]},
        {"id": "no name", "urls": ["http://nowhere.test/"]},
        {"id": "busy", "urls": [servers["busy"].url("/ok") + f"?{n}" for n in range(40)]},
    ]  # fmt: skip
    for given in crawls:
        given["settings"] = {"DOWNLOAD_TIMEOUT": TIMEOUT, **given.get("settings", {})}
    names = {
        "rebinding.test": [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"]],
        "families.test": ["::1", "127.0.0.1"],  # nobody listens at ::1
        "mixed.test": ["10.0.0.1", "127.0.0.1", "169.254.169.254"],
        "nowhere.test": [],
    }
    found = crawl(crawls, names=names)
    for server in set(servers.values()):
        server.__exit__(None, None, None)
    return found, servers, addresses


PRIVATE = ("127.0.0.2", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "::1", "fc00::1", "fe80::1", "ff02::1",
           "::ffff:127.0.0.2", "64:ff9b::7f00:2", "2002:7f00:2::1", "100.64.0.1", "198.18.0.1")  # fmt: skip


@pytest.fixture(scope="module")
def public(canary: TrapServer) -> Any:
    """The same without --allow-loopback: names in the allow-list that resolve to where nobody may go."""
    names = {f"n{number}.test": [address] for number, address in enumerate(PRIVATE)}
    crawls = [{"id": name, "urls": [f"http://{name}:{canary.port}/"], "options": {"delay": 0.0}} for name in names]
    crawls.append({"id": "literal", "urls": [canary.url("/literal")], "options": {"delay": 0.0}})
    return crawl(crawls, names=names, allow_loopback=False)


def of(found: Any, name: str) -> dict[str, Any]:
    """Outcome by path."""
    return {outcome["url"].split("://", 1)[1].partition("/")[2]: outcome for outcome in found[name]["outcomes"]}


def states(found: Any, name: str) -> set[Any]:
    return {outcome.get("state") for outcome in found[name]["outcomes"]}


def test_every_address_out_of_scope_ends_in_its_state(wire: Any) -> None:
    found, servers, addresses = wire
    ended = {outcome["url"]: outcome.get("state") for outcome in found["scope"]["outcomes"]}
    assert {url: ended.get(url) for url in addresses} == addresses
    assert servers["scope"].paths() == ["/robots.txt", "/ok"]


def test_redirects_that_lead_away_are_seen_and_not_followed(wire: Any) -> None:
    found, servers, _ = wire
    refused = [outcome["state"] for outcome in found["leads away"]["outcomes"] if outcome.get("state")]
    assert sorted(refused) == ["refused_private", *["refused_scheme"] * 3, *["refused_scope"] * 3]
    assert len(servers["leads away"].paths()) == 8


@pytest.mark.parametrize("path", list(BROKEN))
def test_broken_answers(wire: Any, path: str) -> None:
    assert [outcome["ended"] for outcome in wire[0][path]["outcomes"]] == [BROKEN[path][1]]


def test_headers_of_200_kb_are_read_and_endless_ones_end_at_once(wire: Any) -> None:
    outcomes = of(wire[0], "headers")
    assert outcomes["many"]["status"] == 200
    assert "headers over 262144 bytes" in wire[0]["/headers"]["outcomes"][0]["text"]


def test_a_body_without_a_length_is_marked(wire: Any) -> None:
    outcomes = of(wire[0], "whole")
    assert outcomes["early"]["flags"] == outcomes["late"]["flags"] == ["partial"]


@pytest.mark.parametrize("name", list(PACKERS))
def test_compressed_bodies(wire: Any, name: str) -> None:
    outcomes = of(wire[0], "packed")
    assert outcomes[name]["bytes"] == 20 * len(PAGE)
    assert outcomes[name]["wire"] < len(PAGE)
    assert outcomes[name]["flags"] == []
    assert outcomes[f"{name}/half"]["flags"] == ["truncated"]
    assert outcomes[f"{name}/half"]["bytes"] < 20 * len(PAGE)
    assert (outcomes[f"{name}/false"]["bytes"], outcomes[f"{name}/false"]["flags"]) == (len(PAGE), [])
    assert all(name in asked.headers["accept-encoding"] for asked in wire[1]["packed"].log)


@pytest.mark.parametrize("name", list(PACKERS))
def test_bombs(wire: Any, name: str) -> None:
    outcome = of(wire[0], "bomb")[name]
    assert outcome["state"] == "failed_too_big"
    assert "after decompression" in outcome["reason"]


def test_memory_stays_bounded(wire: Any) -> None:
    """Over the whole suite in one process: bombs of 200 MiB, an endless body, endless headers."""
    assert wire[0]["peak_mb"] < 300


def test_an_answer_that_changes_is_checked_anew(wire: Any) -> None:
    """robots.txt over the first answer, the page refused over the second: nothing learnt earlier is relied upon."""
    found, servers, _ = wire
    assert servers["rebinding"].paths()[0] == "/robots.txt"
    assert "refused_private" in states(found, "rebinding")


@pytest.mark.parametrize("number", range(len(PRIVATE)), ids=PRIVATE)
def test_names_that_resolve_to_no_public_address(public: Any, number: int) -> None:
    outcome = public[f"n{number}.test"]["outcomes"][0]
    assert outcome["state"] == "refused_private"
    assert f"n{number}.test is the" in outcome["reason"]


def test_loopback_is_refused_unless_allowed(public: Any) -> None:
    assert states(public, "literal") == {"refused_private"}


def test_odd_locations_are_refused_or_failures_and_never_the_end_of_the_run(wire: Any) -> None:
    servers = wire[1]
    asked = [path for path in servers["locations"].paths() if path.lstrip("/").isdecimal()]
    assert len(set(asked)) == len(LOCATIONS)


def test_hostile_headers_are_read_as_data(wire: Any) -> None:
    found, servers, _ = wire
    assert [outcome["status"] for outcome in found["headers"]["outcomes"]] == [200, 200, 200]
    assert servers["headers"].paths() == ["/robots.txt", "/ok", "/ok", "/many"]
    assert all("cookie" not in asked.headers and "referer" not in asked.headers for asked in servers["headers"].log)


def test_an_unknown_certificate_is_refused_and_the_switch_named(wire: Any) -> None:
    found = wire[0]
    assert states(found, "tls") == {"failed_tls"}
    assert "verify_tls = false" in found["tls"]["outcomes"][0]["reason"]
    assert "certificate verify failed" in found["tls"]["outcomes"][0]["reason"]
    assert found["tls unverified"]["outcomes"][0]["status"] == 200


@pytest.mark.parametrize(("name", "state"), [("down", "failed_network"), ("no name", "failed_dns")])
def test_a_host_that_is_not_there_fails_as_that(wire: Any, name: str, state: str) -> None:
    assert {outcome["ended"] for outcome in wire[0][name]["outcomes"]} == {state}


@pytest.mark.parametrize("name", ["two families", "mixed"])
def test_only_addresses_that_answer_and_may_be_asked_are_used(wire: Any, name: str) -> None:
    assert [outcome.get("status") for outcome in wire[0][name]["outcomes"]] == [200]


def test_one_portals_trouble_touches_no_other(wire: Any) -> None:
    outcomes = wire[0]["busy"]["outcomes"]
    assert [outcome["status"] for outcome in outcomes] == [200] * 40


def test_no_listening_port_and_no_foreign_handler(wire: Any) -> None:
    for word in ("Telnet console listening", "Remote control", "FileDownloadHandler"):
        assert word not in wire[0]["log"]


def test_the_canary_was_never_reached(wire: Any, public: Any, canary: TrapServer) -> None:
    """Last: over all of the above."""
    assert canary.connections == 0
    assert canary.log == []


def test_failure_state_knows_its_own_refusals() -> None:
    from crawler.refusal import Refusal

    assert failure_state(Refusal("refused_trap", "x")) == ("refused_trap", "refused_trap")
    assert failure_state(ValueError("x")) == ("failed_protocol", "protocol")


def test_the_document_names_tests_that_exist() -> None:
    root = Path(__file__).parent.parent
    named = re.findall(r"`(tests/\w+\.py)::(\w+)`", (root / "docs" / "reliability.md").read_text("utf-8"))
    assert len(named) > 30
    assert [f"{path}::{test}" for path, test in named if f"def {test}(" not in (root / path).read_text("utf-8")] == []
