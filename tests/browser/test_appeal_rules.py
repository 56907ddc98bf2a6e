"""The browser decides as Python does: the shared vectors, and 10,000 random pages and readers."""

import json

from config.inline import FOLDER
from tests.supporters.appeals import drawn

# The pairs travel as text: Playwright would walk through ten thousand objects one by one.
# As one text: taken apart value by value it would take a minute to hand over.
DECIDE = """(text) => {
  const [rules, bundles, cases] = JSON.parse(text);
  const decide = new Function(rules + "; return decide;")();
  return cases
    .filter(([at, context, wanted]) => JSON.stringify(decide(bundles[at], context)) !== wanted)
    .slice(0, 3);
}"""


def different(page, pairs):
    """The first few cases on which the browser's answer is not Python's."""
    rules = (FOLDER / "appeal-rules.js").read_text(encoding="utf-8")
    bundles, cases = [], []
    for each in pairs:
        if not bundles or bundles[-1] is not each["bundle"]:
            bundles.append(each["bundle"])
        wanted = json.dumps(each["decision"], ensure_ascii=False, separators=(",", ":"))
        cases.append([len(bundles) - 1, each["context"], wanted])
    return page.evaluate(DECIDE, json.dumps([rules, bundles, cases]))


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
