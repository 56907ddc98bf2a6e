"""Chromium over the whole product: pages as people see them, and what a screen reader would meet.

`product` (tests/conftest.py) is the server with its sandbox. `visit` opens a browser window:

    def test_something(product, visit):
        page = visit("/contribute/", width=320, scheme="dark")
        page.get_by_role("button", name="Give").click()

`accessible(page)` asserts on the page as it stands: no violation of WCAG 2.2 AA that axe finds,
and nothing that must be scrolled sideways, on a phone and on a desk, by day and by night.
"""

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import expect, sync_playwright

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
# Nobody waits that long for a page of ours, but a test may on a busy machine.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def _started():
    """One browser for the run, and the event loop that Playwright keeps in this thread."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.fail("Chromium is missing: apt-get install chromium, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def chromium(_started, monkeypatch):
    """The browser. Its event loop is seen only while a test uses it: Django keeps connections of
    their own for a thread with a loop, which must neither be refused here nor outlive the test.
    """
    browser, loop = _started
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    asyncio._set_running_loop(loop)
    yield browser
    connections.close_all()
    asyncio._set_running_loop(None)


@pytest.fixture
def window(product, chromium):
    """Open a window with cookies of its own; an error in a page's script fails the test."""
    opened, wrong = [], []

    def open_window(*, width=1280, scheme="light", scripts=True, **options):
        context = chromium.new_context(
            base_url=product.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        opened.append(context)
        return context

    open_window.wrong = wrong
    yield open_window
    for context in opened:
        context.close()
    assert not wrong, wrong


@pytest.fixture
def visit(window):
    """Open an address in a window of its own; returns the page."""

    def go(address, **options):
        page = window(**options).new_page()
        page.goto(address)
        return page

    return go


def violations(page):
    """What axe finds on the page, in a form that says where."""
    options = {"runOnly": {"type": "tag", "values": RULES}, "iframes": False}
    found = page.evaluate(f"{AXE}; axe.run({json.dumps(options)})")
    return sorted(
        f"{rule['id']} ({len(rule['nodes'])} times): {node['html'][:200]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"][:1]
    )


def too_wide(page):
    """How many pixels of the page lie beyond its right edge."""
    return page.evaluate("document.scrollingElement.scrollWidth - innerWidth")


@pytest.fixture
def accessible():
    """Assert that a page is accessible, on a phone and on a desk, by day and by night."""

    def check(page, *, widths=WIDTHS, schemes=SCHEMES):
        before = page.viewport_size
        wrong = {}
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in schemes:
                page.emulate_media(color_scheme=scheme)
                found = violations(page)
                if (beyond := too_wide(page)) > 0:
                    found.append(f"the page is {beyond} px too wide")
                if found:
                    wrong[f"{page.url} at {width} px, {scheme}"] = found
        page.set_viewport_size(before)
        assert not wrong, "\n".join(
            f"{place}\n  {line}" for place, lines in wrong.items() for line in lines
        )

    return check
