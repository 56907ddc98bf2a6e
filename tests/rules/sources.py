"""The project's own files, for the rules that read them."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "payments", "supporters")


@cache
def modules(*folders):
    """Every Python file below the folders, migrations left out."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return [path for path in sorted(found) if "migrations" not in path.parts]


@cache
def templates():
    """Every HTML and text template."""
    folders = [ROOT / "templates", ROOT / "payments", ROOT / "supporters"]
    files = [path for folder in folders for path in folder.rglob("*")]
    return [path for path in sorted(files) if path.suffix in {".html", ".txt", ".svg"}]


def short(path):
    """The path as a person names it."""
    return str(path.relative_to(ROOT))
