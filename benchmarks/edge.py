"""The edge: the appeal's files against nginx, and counting against a bare 204, by CPU per request.

Real servers on this machine, one process each: ours under granian as an installation runs it,
nginx with the same bytes as a file, and nginx with a one-second cache in front of ours. One
connection asks one request after the other; the CPU of the servers is counted, the asker's is not.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks import ground, servers
from benchmarks.servers import Reader, Server

REQUESTS, ROUNDS = 1_500, 9
FILES = {"rules.json": "/appeals/rules.json", "fragment": "/appeals/fragment/article-end/"}
MOST_OWN, MOST_CACHED, MOST_COUNTING = 3.0, 1.3, 1.1


def measure() -> Iterator[ground.Figure]:
    """Each file from our own process and from behind nginx, then the beacon."""
    if not shutil.which("nginx"):
        raise SystemExit("nginx is missing. Debian, Ubuntu: apt-get install nginx-light")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        environment = _installation(folder)
        ours = stack.enter_context(servers.granian("config.wsgi:application", **environment))
        for name, path in FILES.items():
            reader = Reader(ours, servers.get(path))
            (folder / "static").mkdir(exist_ok=True)
            (folder / "static" / name).write_bytes(reader.body)
            reader.close()
        nginx = stack.enter_context(servers.nginx(folder, upstream=ours.port))
        yield from _files(ours, nginx)
        bare = stack.enter_context(servers.granian("benchmarks.bare:application", **environment))
        yield _counting(bare)


def _files(ours: Server, nginx: Server) -> Iterator[ground.Figure]:
    for name, path in FILES.items():
        file = Reader(nginx, servers.get(f"/static/{name}"))
        own = _against(nginx, file, ours, Reader(ours, servers.get(path)))
        yield _figure(f"{name} from our own process, against an nginx file", own, MOST_OWN)
        cached = _against(nginx, file, nginx, Reader(nginx, servers.get(path)))
        yield _figure(f"{name} behind nginx's one-second cache", cached, MOST_CACHED)


def _counting(server: Server) -> ground.Figure:
    """Both in one process, so that only the counting differs."""
    signal = ["click", "report-the-next-one", "house", "article-end", "dock-four", 0]
    body = json.dumps([signal]).encode()
    counted = Reader(server, servers.post("/appeals/beacon", body))
    nothing = Reader(server, servers.post("/bare", body))
    pair = _against(server, nothing, server, counted)
    return _figure("counting, against a bare 204 of the same process", pair, MOST_COUNTING)


def _against(base: Server, baseline: Reader, server: Server, reader: Reader) -> ground.Pair:
    def side(asked: Server, by: Reader) -> tuple[ground.Work, Server]:
        return (lambda: by.ask(REQUESTS)), asked

    return ground.alternating(
        ours=side(server, reader), baseline=side(base, baseline), rounds=ROUNDS
    )


def _figure(what: str, pair: ground.Pair, most: float) -> ground.Figure:
    return ground.Figure(what, pair.ratio, most, detail=pair.each(REQUESTS))


def _installation(folder: Path) -> dict[str, str]:
    """A migrated SQLite file with the appeals of a fresh installation."""
    environment = {
        "DEMO": "1",
        "DATA_DIR": str(folder / "var"),
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env=os.environ | environment,
        check=True,
    )
    return environment


if __name__ == "__main__":
    ground.run(measure)
