"""The scripts that pages carry inline, and their hashes for the content security policy."""

from base64 import b64encode
from functools import cache
from hashlib import sha256

from config.env import BASE_DIR

GATE = BASE_DIR / "supporters/static/supporters/js/appeal-gate.js"


@cache
def gate_script() -> str:
    """The pre-paint gate of the appeal, exactly as it is put into a page's head."""
    return GATE.read_text(encoding="utf-8").strip() if GATE.exists() else ""


def hashes() -> list[str]:
    """CSP source expressions (https://www.w3.org/TR/CSP3/#grammardef-hash-source)."""
    digest = b64encode(sha256(gate_script().encode()).digest()).decode()
    return [f"'sha256-{digest}'"]
