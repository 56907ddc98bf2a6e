"""Makes a checkout runnable: virtual environment, pinned packages, system libraries, services.

Standard library only, because it runs before anything is installed. Each step looks first and
does nothing when nothing is missing; as root on Debian or Ubuntu it installs what it names.
"""

import ctypes
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "requirements.stamp"
# What WeasyPrint opens by name, and the Debian package that brings it.
LIBRARIES = {
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SERVICES = {5432: "postgresql", 6379: "redis-server"}


class Missing(Exception):
    """Something that only a person can put right; the text says how."""


def say(text: str) -> None:
    """A line for the person who waits."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def bar(label: str, done: int, total: int) -> None:
    """Draw a progress bar in place on a terminal; elsewhere stay quiet until the end."""
    width = 32
    filled = width * done // max(total, 1)
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{label} [{'#' * filled}{'.' * (width - filled)}] {done}/{total} ")
        if done >= total:
            sys.stderr.write("\n")
    elif done >= total:
        sys.stderr.write(f"{label} {done}/{total}\n")
    sys.stderr.flush()


def apt_install(packages: list[str], *, why: str) -> None:
    """Install Debian packages as root; for everyone else name the command."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(f"{why} Install it with:\n    sudo {' '.join(command)}")
    say(f"{why} Installing {', '.join(packages)} ...")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=environment, stdout=subprocess.DEVNULL)
    if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode:
        raise Missing(f"{why} This failed:\n    {' '.join(command)}")


def virtual_environment() -> None:
    """Create .venv unless a working one is there."""
    if PYTHON.exists() and runs(PYTHON, "-m", "pip", "--version"):
        return
    if not runs(sys.executable, "-c", "import ensurepip, venv"):
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        apt_install([package], why=f"Python's venv module ({package}) is missing.")
    say(f"Creating {VENV.name} with Python {sys.version.split()[0]} ...")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def runs(*command: object) -> bool:
    """Does this command succeed, whatever it prints?"""
    return subprocess.run([str(part) for part in command], capture_output=True).returncode == 0


def packages(*names: str) -> None:
    """Install the pinned requirement files, unless exactly these pins are installed already."""
    files = [ROOT / name for name in names]
    pins = [line for file in files for line in file.read_text().splitlines() if "==" in line]
    stamps = STAMP.read_text().split() if STAMP.exists() else []
    wanted = {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    if wanted <= set(stamps):
        return
    command = [str(PYTHON), "-m", "pip", "install", "--no-deps", "--no-compile", "--no-input"]
    command += ["--disable-pip-version-check"]
    with tempfile.TemporaryFile("w+") as log, tempfile.NamedTemporaryFile("w", suffix=".txt") as f:
        f.write("\n".join(pins))
        f.flush()
        process = subprocess.Popen([*command, "-r", f.name], stdout=log, stderr=log)
        watch(process, log=log, total=len(pins))
        if process.returncode:
            log.seek(0)
            raise Missing(f"The packages could not be installed:\n{log.read()[-3000:]}")
    STAMP.write_text("\n".join(sorted(wanted)) + "\n")


def watch(process: subprocess.Popen[bytes], *, log: IO[str], total: int) -> None:
    """Show how far pip has come: half of the bar for finding, half for installing."""
    folder = next(VENV.glob("lib/python3*/site-packages"))
    before = len(list(folder.glob("*.dist-info")))
    while process.poll() is None:
        text = os.pread(log.fileno(), 10_000_000, 0)
        found = text.count(b"Collecting ") + text.count(b"already satisfied")
        installed = len(list(folder.glob("*.dist-info"))) - before
        bar("Installing packages", min((found + installed) // 2, total - 1), total)
        time.sleep(0.2)
    bar("Installing packages", total, total)


def libraries() -> None:
    """Make sure that the libraries which draw the receipts can be opened."""
    missing = [package for name, package in LIBRARIES.items() if not opens(name)]
    if missing:
        apt_install(missing, why="Libraries that set the receipts (Pango, HarfBuzz) are missing.")


def opens(name: str) -> bool:
    """Can the dynamic linker open this library?"""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def browser() -> None:
    """Make sure that a Chromium is there for the tests that drive one."""
    if os.environ.get("CHROMIUM") or any(shutil.which(name) for name in BROWSERS):
        return
    apt_install(
        ["chromium", "fonts-liberation"], why="Chromium, which the tests drive, is missing."
    )
    if not any(shutil.which(name) for name in BROWSERS):
        raise Missing("Chromium is still missing; set CHROMIUM to the path of one.")


def services() -> None:
    """Make sure that PostgreSQL and Redis answer on this machine's usual ports."""
    for port, package in SERVICES.items():
        if answers(port):
            continue
        why = f"Nothing answers on 127.0.0.1:{port} ({package})."
        apt_install([package], why=why)
        if package == "postgresql":
            trust_local_connections()
        subprocess.run(["service", package, "restart"], check=False)
        wait_for(port, why=why)


def wait_for(port: int, *, why: str) -> None:
    """Give a service that was just started half a minute."""
    for _ in range(30):
        if answers(port):
            return
        time.sleep(1)
    raise Missing(f"{why} Start it, then try again.")


def trust_local_connections() -> None:
    """Let the suite in without a password, in clusters that this script has just installed."""
    for file in Path("/etc/postgresql").glob("*/main/pg_hba.conf"):
        file.write_text(f"host all all 127.0.0.1/32 trust\n{file.read_text()}")


def answers(port: int) -> bool:
    """Does something listen on this port of this machine?"""
    with socket.socket() as connection:
        connection.settimeout(2)
        return connection.connect_ex(("127.0.0.1", port)) == 0


def nginx() -> None:
    """The web server that benchmarks compare with."""
    if not shutil.which("nginx"):
        apt_install(["nginx-light"], why="nginx, the baseline of a benchmark, is missing.")


STEPS = {
    "venv": virtual_environment,
    "run": lambda: packages("requirements.txt"),
    "dev": lambda: packages("requirements.txt", "requirements-dev.txt"),
    "libraries": libraries,
    "browser": browser,
    "services": services,
    "nginx": nginx,
}


def main(names: list[str]) -> int:
    """Do the named steps in order; one plain message when a person is needed."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file may be started by an older Python
        say("Keepopen needs Python 3.11 or newer (Debian 12: apt-get install python3).")
        return 1
    for name in names:
        try:
            STEPS[name]()
        except Missing as problem:
            say(str(problem))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
