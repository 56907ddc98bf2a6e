"""The scripts that pages carry inline, and their hashes for the content security policy.

Scripts are put together from readable files when the process starts: there is no build step.
"""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256

from config.env import BASE_DIR

FOLDER = BASE_DIR / "supporters/static/supporters/js"
GATE = ("appeal-rules", "appeal-page", "appeal-gate")
# A quoted string is kept as it is; around everything else blanks are dropped.
QUOTED = re.compile(r'("(?:[^"\\\n]|\\.)*")')
AROUND = re.compile(r" ?([=><+*/|&?:,{}()\[\];!-]+) ?")


@cache
def script(*names: str) -> str:
    """Files one after the other in a scope of their own, without comments and blanks.

    They keep to a dialect: comments on lines of their own, double quotes, semicolons, no regular
    expression or template that contains a blank.
    """
    lines = [line.strip() for name in names for line in _lines(name)]
    text = " ".join(line for line in lines if line and not line.startswith("//"))
    parts = QUOTED.split(text)
    parts[::2] = [AROUND.sub(r"\1", part) for part in parts[::2]]
    return f"(()=>{{{''.join(parts).strip()}}})()"


def gate_script() -> str:
    """The pre-paint gate of the appeal, exactly as it is put into a page's head."""
    return script(*GATE)


def hashes() -> list[str]:
    """CSP source expressions (https://www.w3.org/TR/CSP3/#grammardef-hash-source)."""
    digest = b64encode(sha256(gate_script().encode()).digest()).decode()
    return [f"'sha256-{digest}'"]


def _lines(name: str) -> list[str]:
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8").splitlines()
