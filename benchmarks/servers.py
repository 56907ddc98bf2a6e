"""Servers for benchmarks: started on addresses of their own, and what a request costs them."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 30


@dataclass
class Server:
    """A running server. `cpu` is what its processes have used so far, in seconds."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Of the process and its children, to the nanosecond (Linux's scheduler statistics)."""
        threads = [
            task
            for pid in _family(self.process.pid)
            for task in Path(f"/proc/{pid}/task").iterdir()
        ]
        return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def granian(application: str, **environment: str) -> Iterator[Server]:
    """One worker with one thread, as the installation runs each of its own."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port),
        "--workers", "1", "--blocking-threads", "1", "--log-level", "error", application,
    ]  # fmt: skip
    with _running(command, port, os.environ | environment) as server:
        yield server


@contextlib.contextmanager
def nginx(folder: Path, *, upstream: int) -> Iterator[Server]:
    """Files of `folder` at /static/, and at /appeals/ the upstream behind a one-second cache."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, upstream=upstream))
    command = ["nginx", "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]
    with _running(command, port, dict(os.environ)) as server:
        yield server


NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; etag on;
  types {{ application/json json; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  proxy_cache_path {folder}/cache keys_zone=appeals:1m;
  upstream keepopen {{ server 127.0.0.1:{upstream}; keepalive 8; }}
  server {{
    listen 127.0.0.1:{port};
    location /static/ {{ alias {folder}/static/; }}
    location /appeals/ {{
      proxy_pass http://keepopen; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host 127.0.0.1;
      proxy_cache appeals; proxy_cache_valid 200 1s; proxy_cache_use_stale updating error timeout;
      proxy_ignore_headers Cache-Control Vary; proxy_cache_lock on;
    }}
  }}
}}
"""


@contextlib.contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Server]:
    process = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < limit and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not answer")


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in _family(int(child)))]


class Reader:
    """One connection that is kept, sending the same request over and over."""

    def __init__(self, server: Server, request: bytes) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self.length = len(self._first())

    def ask(self, times: int) -> None:
        """Send the request so many times, one after the other's answer."""
        for _ in range(times):
            self._socket.sendall(self._request)
            left = self.length
            while left > 0:
                left -= len(self._socket.recv(65536))

    def close(self) -> None:
        self._socket.close()

    def _first(self) -> bytes:
        """The first answer, whole: every later one is as long."""
        self._socket.sendall(self._request)
        self._socket.settimeout(PATIENCE_SECONDS)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        status = head.split(b" ", 2)[1]
        if status not in {b"200", b"204"}:
            raise RuntimeError(f"answered {status.decode()}: {body[:200]!r}")
        sizes = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        size = int(sizes[0].partition(b":")[2]) if sizes else 0
        while len(body) < size:
            body += self._socket.recv(65536)
        self.body = body
        return head + b"\r\n\r\n" + body


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/5.0\r\n\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/5.0\r\n"
    return f"{head}Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
