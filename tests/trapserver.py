"""A loopback HTTP server whose routes misbehave on purpose, and a log of what was asked of it, and when.

    with TrapServer() as trap:
        trap.routes["/robots.txt"] = Reply(404)
        trap.routes["/drip"] = drip(b"<html>", every=0.2)
        ...
        assert trap.paths() == ["/robots.txt", "/drip"]

A route is a Reply, or a function of (request, socket) that returns a Reply or writes to the socket itself. A route
ending in "*" takes every path that begins so. One thread a connection, one request a connection.
"""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    at: float  # time.monotonic()
    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = field(default=(("Content-Type", "text/html; charset=utf-8"),))

    def encoded(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Trap", f"Content-Length: {len(self.body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + self.body


Handler = Callable[[Asked, socket.socket], "Reply | None"]
Route = Reply | Handler

PAGE = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>防汛工作会议召开</title></head>"
    "<body><h1>防汛工作会议召开</h1><p>"
    + "二七区召开防汛工作会议，安排部署下一阶段重点任务。" * 20
    + "</p></body></html>"
).encode()


def page(body: bytes = PAGE, *headers: tuple[str, str], status: int = 200) -> Reply:
    return Reply(status, body, (("Content-Type", "text/html; charset=utf-8"), *headers))


def redirect(location: str, status: int = 302) -> Reply:
    return Reply(status, b"", (("Location", location),))


def text(body: str | bytes, status: int = 200) -> Reply:
    return Reply(status, body.encode() if isinstance(body, str) else body, (("Content-Type", "text/plain"),))


def raw(data: bytes, *, then: str = "close") -> Handler:
    """Send the bytes as they are; then close, reset the connection, or hang until the other side leaves."""

    def handle(asked: Asked, sock: socket.socket) -> None:
        sock.sendall(data)
        if then == "reset":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        elif then == "hang":
            _wait_for_other_side(sock)

    return handle


def drip(first: bytes, *, every: float, data: bytes = b"x") -> Handler:
    """A body without end, `data` at a time."""

    def handle(asked: Asked, sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + first)
        _forever(sock, every, lambda n: data)

    return handle


def endless_headers(every: float = 0.0) -> Handler:
    def handle(asked: Asked, sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n")
        _forever(sock, every, lambda n: b"X-Filler-%d: %s\r\n" % (n, b"y" * 1000))

    return handle


def in_turn(*routes: Route) -> Handler:
    """The first route for the first request, and so on; the last one stays."""
    left = list(routes)

    def handle(asked: Asked, sock: socket.socket) -> Reply | None:
        route = left.pop(0) if len(left) > 1 else left[0]
        return route if isinstance(route, Reply) else route(asked, sock)

    return handle


def _forever(sock: socket.socket, every: float, piece: Callable[[int], bytes]) -> None:
    for n in range(10_000_000):
        sock.sendall(piece(n))
        if every:
            time.sleep(every)


def _wait_for_other_side(sock: socket.socket) -> None:
    sock.settimeout(60)
    while sock.recv(4096):
        pass


class TrapServer:
    def __init__(self, host: str = "127.0.0.1", certificate: tuple[Path, Path] | None = None) -> None:
        self.routes: dict[str, Route] = {"/robots.txt": Reply(404)}
        self.log: list[Asked] = []
        self.connections = 0
        self.host = host
        self.scheme = "https" if certificate else "http"
        outer = self

        class Connection(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                outer.connections += 1
                outer._serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 64

            def get_request(self) -> tuple[socket.socket, object]:
                sock, peer = super().get_request()
                if certificate:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(*certificate)
                    sock = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
                return sock, peer

            def handle_error(self, request: object, client_address: object) -> None:
                """The other side hung up: what most of these routes are for."""

        self.server = Server((host, 0), Connection)
        self.port: int = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.authority}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.log]

    def gaps(self) -> list[float]:
        """Seconds from each request to the next."""
        times = [asked.at for asked in self.log]
        return [later - earlier for earlier, later in pairwise(times)]

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(30)
        asked = _read_request(sock)
        if asked is None:
            return
        self.log.append(asked)
        route = self._route(asked.path)
        reply = route if isinstance(route, Reply) else route(asked, sock)
        if reply is not None:
            sock.sendall(reply.encoded())

    def _route(self, path: str) -> Route:
        bare = path.partition("?")[0]
        if path in self.routes or bare in self.routes:
            return self.routes.get(path) or self.routes[bare]
        wild = next(
            (route for name, route in self.routes.items() if name.endswith("*") and path.startswith(name[:-1])), None
        )
        return wild or Reply(404, b"<html>no such page</html>")

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


def _read_request(sock: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = sock.recv(65_536)
        if not chunk:
            return None
        data += chunk
    at = time.monotonic()
    first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Asked(at, method, path, headers)
