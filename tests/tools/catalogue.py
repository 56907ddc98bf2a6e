"""The failure catalogue against the tests: reads `case("F12")` marks, writes the table in docs.

`make catalogue` runs it; tests/rules/test_catalogue.py fails where a case has no test.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- catalogue: made by `make catalogue` -->", "<!-- end of the catalogue -->"
SHOWN = 3
CASES = {
    "F1": "webhook before the redirect",
    "F2": "the redirect never happens",
    "F3": "the same event twice",
    "F4": "one fact told by different events",
    "F5": "events out of order",
    "F6": "an event late, or never",
    "F7": "another product on the same account",
    "F8": "unknown type, field or version",
    "F9": "an old signature replayed",
    "F10": "forged or unsigned",
    "F11": "a storm of notifications",
    "F12": "the endpoint down for hours",
    "F13": "test and live mixed up",
    "F14": "crash before the call to Stripe",
    "F15": "crash between Stripe's answer and our commit",
    "F16": "crash after the commit, before effects",
    "F17": "worker killed in the middle",
    "F18": "a poisonous task",
    "F19": "Redis down",
    "F20": "Redis flushed",
    "F21": "database connection killed",
    "F22": "serialization failure, deadlock",
    "F23": "SQLite is locked",
    "F24": "database read-only or full",
    "F25": "two versions of the code at once",
    "F26": "two beats, cron twice",
    "F27": "clock skew",
    "F28": "timeout before or after the effect",
    "F29": "server errors",
    "F30": "409, key in use",
    "F31": "429, too many requests",
    "F32": "a key used for something else",
    "F33": "key revoked",
    "F34": "declined, authentication, card expired",
    "F35": "bank debits that fail days later",
    "F36": "mail provider down or slow",
    "F37": "the receipt's document fails",
    "F38": "double click, two tabs, back button",
    "F39": "amount changed after the session was made",
    "F40": "amounts tampered with",
    "F41": "address changed",
    "F42": "the same person under two spellings",
    "F43": "deleted in Stripe's dashboard",
    "F44": "edited in Stripe's dashboard",
    "F45": "change in the middle of a period",
    "F46": "pause and cancel against a renewal",
    "F47": "rounding and shares",
    "F48": "currencies without or with three decimals",
    "F49": "covering the fee",
    "F50": "exchanged at payout",
    "F51": "many partial refunds",
    "F52": "too much sent back, refund failed later",
    "F53": "disputes, whatever the word says",
    "F54": "dispute after refund, refund after dispute",
    "F55": "dispute fees, negative payouts",
    "F56": "month ends, leap days",
    "F57": "time zones and the year's end",
    "F58": "year-end statement while facts still arrive",
    "F59": "a closed month",
    "F60": "export while somebody writes",
}


def marked() -> dict[str, list[str]]:
    """Case -> the tests that carry its mark, as file::name."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        of_all = [case for node in tree.body if _is_pytestmark(node) for case in _cases(node)]
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for function in functions:
            if function.name.startswith("test_"):
                marks = [case for mark in function.decorator_list for case in _cases(mark)]
                for case in dict.fromkeys([*marks, *of_all]):
                    name = f"{path.relative_to(ROOT)}::{function.name}"
                    found.setdefault(case, []).append(name)
    return found


def _is_pytestmark(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
    )


def _cases(node: ast.AST) -> list[str]:
    return [
        call.args[0].value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "case"
        and isinstance(call.args[0], ast.Constant)
    ]


def table() -> str:
    """The table in Markdown: each case, and some of its tests by name."""
    found = marked()
    lines = ["| case | what goes wrong | tests |", "|---|---|---|"]
    for case, words in CASES.items():
        tests = found.get(case, [])
        shown = "<br>".join(f"`{_short(name)}`" for name in tests[:SHOWN]) or "none"
        more = f"<br>and {len(tests) - SHOWN} more" if len(tests) > SHOWN else ""
        lines.append(f"| {case} | {words} | {shown}{more} |")
    covered = sum(case in found for case in CASES)
    return f"{covered} of {len(CASES)} cases have a test.\n\n" + "\n".join(lines)


def _short(name: str) -> str:
    return name.rpartition("::")[2].removeprefix("test_").replace("_", " ")


def write() -> None:
    """Put the table into the document, between its marks."""
    text = DOCUMENT.read_text()
    fresh = f"{BEGIN}\n\n{table()}\n\n{END}"
    pattern = f"{re.escape(BEGIN)}.*{re.escape(END)}"
    DOCUMENT.write_text(re.sub(pattern, lambda _: fresh, text, flags=re.S))


if __name__ == "__main__":
    write()
