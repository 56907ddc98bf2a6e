"""The browser decides as Python does: the shared vectors, and 10,000 random pages and readers."""

import json

from config.inline import FOLDER
from tests.supporters.appeals import drawn

# The pairs travel as text: Playwright would walk through ten thousand objects one by one.
DECIDE = """([rules, pairs]) => {
  const decide = new Function(rules + "; return decide;")();
  return JSON.parse(pairs)
    .filter((each) => JSON.stringify(decide(each.bundle, each.context)) !== each.wanted)
    .slice(0, 3);
}"""


def different(page, pairs):
    """The first few pairs on which the browser's answer is not Python's."""
    rules = (FOLDER / "appeal-rules.js").read_text(encoding="utf-8")
    for each in pairs:
        each["wanted"] = json.dumps(
            each["decision"], ensure_ascii=False, separators=(",", ":"), sort_keys=False
        )
    return page.evaluate(DECIDE, [rules, json.dumps(pairs)])


def test_the_browser_decides_the_shared_vectors(chromium):
    page = chromium.new_page()
    assert different(page, json.loads(drawn.VECTORS.read_text(encoding="utf-8"))) == []
    page.close()


def test_ten_thousand_random_rules_and_readers_get_the_same_answer(chromium):
    page = chromium.new_page()
    pairs = list(drawn.pairs(10_000, seed=None))
    assert {each["decision"]["why"] for each in pairs} >= {"asked", "nothing", "holdout", "muted"}
    assert different(page, pairs) == []
    page.close()
