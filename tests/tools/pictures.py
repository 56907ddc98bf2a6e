"""`make pictures`: photograph the demo's pages, on a phone and on a desk, by day and by night.

Uses the demo at URL where one is named (`URL=http://127.0.0.1:8000 make pictures`); else it starts
one of its own, on free ports and in a folder that is thrown away. It gives ten euro a month on the
way, so that every picture is of a page that a person has truly reached.
"""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = {390: 1500, 1280: 1200}  # and how much of a long page is shown
SCHEMES = ("light", "dark")
COLOURS = 96
PATIENCE_SECONDS = 300
EMAIL = "ada.lindqvist@example.org"
CARD = {"card_number": "4242424242424242", "exp": "12/34", "cvc": "123", "name": "Ada Lindqvist"}
PUBLIC = {
    "front": "/",
    "article": "/articles/flood-wall-contract/",
    "section": "/sections/climate/",
    "contribute": "/contribute/",
    "login": "/account/login/",
    "demo": "/demo/",
    "not-found": "/nowhere/",
}
MIRRORED = {"article", "contribute", "login"}
DESKS = {
    "finance": {
        "desk-finance": "/desk/finance/?from=&to=",
        "desk-disputes": "/desk/finance/disputes/",
        "desk-renewals": "/desk/finance/renewals/",
        "desk-payouts": "/desk/finance/payouts/",
        "desk-books": "/desk/finance/books/",
        "desk-notifications": "/desk/finance/events/",
        "desk-sources": "/desk/reports/appeals/",
    },
    "campaigns": {
        "desk-appeals": "/desk/appeals/",
        "desk-campaigns": "/desk/appeals/campaigns/",
        "desk-experiments": "/desk/appeals/experiments/",
    },
}
# One page of many, opened by its link in a list: the list, and which link.
OPENED = {
    "finance": {
        "desk-contribution": ("/desk/finance/?from=&to=&kind=renewal", "a.row"),
        "desk-dispute": ("/desk/finance/disputes/", "a.row"),
        "desk-payout": ("/desk/finance/payouts/?status=paid", "a.row"),
    },
    "campaigns": {
        "desk-appeal": ("/desk/appeals/", "main a[href*='/appeals/appeal/']"),
        "desk-appeal-edit": ("/desk/appeals/appeal/wall-end/", "main a[href$='/edit/']"),
        "desk-experiment": ("/desk/appeals/experiments/", "main td a, main th a"),
    },
}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        camera = Camera(browser, url)
        for take in (everybody, a_giver, a_supporter, the_desks):
            take(camera)
        browser.close()
    size = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    sys.stdout.write(f"{camera.taken} pictures, {size / 1e6:.1f} MB, in {FOLDER}\n")


class Camera:
    """One window, and what it takes a picture of."""

    def __init__(self, browser, url):
        self.url, self.taken = url, 0
        self.browser = browser
        self.page = None
        self.new_window()

    def new_window(self):
        """Somebody else sits down: no cookies."""
        if self.page:
            self.page.context.close()
        context = self.browser.new_context(
            base_url=self.url, reduced_motion="reduce", locale="en-IE", ignore_https_errors=False
        )
        self.page = context.new_page()

    def open(self, address):
        self.page.goto(address)

    def take(self, name):
        """The page as it stands, at each width and by day and night."""
        for width, height in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": 800})
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)
                self._save(f"{name}-{width}-{scheme}", width=width, height=height)

    def take_mirrored(self, name):
        """As a language that is written from the right would have it."""
        self.page.evaluate("document.documentElement.dir = 'rtl'")
        self.page.emulate_media(color_scheme="light")
        for width, height in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": 800})
            self._save(f"{name}-{width}-rtl", width=width, height=height)

    def _save(self, name, *, width, height):
        self.page.evaluate("scrollTo(0, 0)")
        self.page.wait_for_load_state("networkidle")
        shown = min(height, self.page.evaluate("document.documentElement.scrollHeight"))
        clip = {"x": 0, "y": 0, "width": width, "height": shown}
        png = self.page.screenshot(full_page=True, clip=clip)
        image = Image.open(io.BytesIO(png)).convert("RGB")
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(
            FOLDER / f"{name}.png", optimize=True
        )
        self.taken += 1


def everybody(camera):
    for name, address in PUBLIC.items():
        camera.open(address)
        camera.take(name)
        if name in MIRRORED:
            camera.take_mirrored(name)
    camera.open("/contribute/?frequency=month")
    camera.page.locator("#choice_month_own").check()
    camera.page.locator("#id_amount").fill("0.10")
    camera.page.locator("[data-give]").click()
    camera.page.wait_for_selector("#errors")
    camera.take("contribute-error")


def a_giver(camera):
    page = camera.page
    camera.open("/contribute/?frequency=month&amount=10&article=flood-wall-contract")
    page.locator("#id_email").fill(EMAIL)
    page.locator("#id_name").fill("Ada Lindqvist")
    page.locator("[data-give]").click()
    page.wait_for_selector("[name=card_number]")
    camera.take("payment")
    for name, value in CARD.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("form button").last.click()
    page.wait_for_url("**/contribute/thanks/**")
    wait_for_the_letter(camera)
    page.reload()
    camera.take("thanks")
    camera.open("/demo/mail/")
    camera.take("mail")
    camera.open(f"/demo/mail/?to={EMAIL}")
    page.locator(".mail-list a").first.click()
    camera.take("letter")
    camera.open("/account/login/")
    page.locator("[name=login]").fill(EMAIL)
    page.get_by_role("button", name="Send me a code").click()
    camera.take("code")


def wait_for_the_letter(camera):
    """The worker writes it meanwhile, after the letters of the year before."""
    wait_until(camera, f"/demo/mail/?to={EMAIL}", says="Your receipt")


def wait_until(camera, address, *, says):
    for _ in range(PATIENCE_SECONDS):
        if says in camera.page.request.get(address).text():
            return
        camera.page.wait_for_timeout(1000)
    raise SystemExit(f"{address} does not come to say: {says}")


def a_supporter(camera):
    camera.new_window()
    page = camera.page
    enter(camera, "supporter")
    camera.open("/account/")
    camera.take("account")
    subscription = re.search(r"/account/subscriptions/[^/]+/", page.content())[0]
    for name in ("change", "amount", "pause", "stop"):
        camera.open(f"{subscription}{name}/")
        camera.take(f"account-{name}")


def the_desks(camera):
    for who, pages in DESKS.items():
        camera.new_window()
        enter(camera, who)
        if who == "finance":
            wait_until(camera, "/desk/finance/books/", says="The books tie.")
        for name, address in pages.items():
            camera.open(address)
            if camera.page.title().startswith("Not found"):
                raise SystemExit(f"{address} is not there any more")
            camera.take(name)
        for name, (address, link) in OPENED[who].items():
            camera.open(address)
            camera.open(camera.page.locator(link).first.get_attribute("href"))
            camera.take(name)


def enter(camera, who):
    camera.open("/demo/")
    camera.page.get_by_role("button", name=f"Enter as {who}").click()
    camera.page.wait_for_load_state()


def chromium():
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise SystemExit("Chromium is missing: apt-get install chromium, or set CHROMIUM.")
    return found


@contextmanager
def running():
    """The demo that is named, or one of our own."""
    if url := os.environ.get("URL"):
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="keepopen-pictures-") as folder:
        ports = {"PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
        environment = os.environ | ports | {"DEMO": "1", "DATA_DIR": folder}
        command = [sys.executable, "manage.py", "demo"]
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield address_of(process)
            finally:
                process.terminate()


def address_of(process):
    """The demo's own word that it is ready."""
    for line in process.stdout:
        sys.stderr.write(line)
        if line.startswith("ready "):
            return line.split()[1].rstrip("/")
    raise SystemExit("The demo did not start.")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main()
