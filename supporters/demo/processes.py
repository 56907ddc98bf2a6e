"""The demo's children: started side by side, ended together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress

PATIENCE_SECONDS = 90.0
LAST_WORDS_SECONDS = 8.0
PR_SET_PDEATHSIG = 1


class Ended(RuntimeError):
    """A child ended or never answered, so the demo cannot go on."""


class Children:
    """Processes by name, in the order of their start."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> None:
        """Start a Python module or command as a child of ours."""
        self.running[name] = subprocess.Popen(  # noqa: S603 (our own commands)
            [sys.executable, *command], preexec_fn=_as_child, start_new_session=True
        )

    def stop(self, name: str) -> None:
        """Ask one to end, and see it out."""
        process = self.running.pop(name)
        process.terminate()
        _see_out(process)

    def stop_all(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            _see_out(process)
        self.running.clear()

    def check(self) -> None:
        """Raise Ended where one has ended by itself."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Ended(f"The {name} ended by itself (status {process.returncode}).")

    def wait_for(self, url: str) -> None:
        """Wait until an address answers."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            self.check()
            if _answers(url):
                return
            time.sleep(0.1)
        raise Ended(f"{url} did not answer within {PATIENCE_SECONDS:.0f} seconds.")

    def watch(self) -> None:
        """Stay until a child ends by itself or a signal ends us."""
        while True:
            self.check()
            time.sleep(0.5)


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (our own loopback address)
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _see_out(process: "subprocess.Popen[bytes]") -> None:
    """Wait for its last words, then end what it may have left behind."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(LAST_WORDS_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _as_child() -> None:
    """In a session of its own, Ctrl-C is for us, who end the children in order; should we be
    killed, they end too."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
