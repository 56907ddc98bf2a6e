"""The decision whom to ask, in Chromium on a processor that is held to a sixth of its speed."""

import json
import shutil
import statistics
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks import ground

SLOWER, PAGES, MOST_MS = 6, 10, 5.0
DECIDE = """([source, bundle]) => {
  const times = [];
  for (let n = 0; n < 15; n++) {
    const began = performance.now();
    const found = new Function(source + "; return [context, decide];")();
    found[1](bundle, found[0](bundle));
    times.push(performance.now() - began);
  }
  return times;
}"""


def measure() -> Iterator[ground.Figure]:
    """One figure: milliseconds from reading the scripts to the decision, over the longest rules."""
    from tests.supporters.appeals import drawn

    rules = max((pair["bundle"] for pair in drawn.pairs(400, seed=3)), key=_length)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        pages = [_times(browser, rules) for _ in range(PAGES)]
        browser.close()
    first = statistics.median(times[0] for times in pages)
    yield ground.Figure(
        "appeal: a decision at a sixth of the speed",
        statistics.median(time for times in pages for time in times[1:]),
        MOST_MS,
        unit="ms",
        detail=f"{first:.0f} ms the first, which is the first to read the cookies",
    )


def _times(browser: Browser, rules: Any) -> list[float]:
    """Milliseconds of each decision on a page of its own."""
    from config.inline import FOLDER

    names = ("appeal-rules", "appeal-page")
    source = "".join((FOLDER / f"{name}.js").read_text() for name in names)
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(content_type="text/html", body="<p>x"))
    page.goto("http://localhost/")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    times: list[float] = page.evaluate(DECIDE, [source, rules])
    page.close()
    return times


def _length(rules: Any) -> int:
    return len(json.dumps(rules))


if __name__ == "__main__":
    ground.run(measure)
