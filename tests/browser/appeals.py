"""What the appeal's browser tests share: layout shifts, marks, wordings, the kill switch."""

import time
from dataclasses import replace
from datetime import timedelta

from payments import clock
from supporters.appeals import bundle
from supporters.models import Mute
from tests.supporters.appeals.drafts import CONTENT, WORDS, ines, published

ARTICLE = "/articles/night-bus/"
RATE = 50_000
ASIDE = ".ko-appeal:visible"
SCROLL = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 400) {
    scrollTo(0, y);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 5)));
  }
}"""


class Shifts:
    """Layout shifts of a page, told by the browser's own timeline: no script of the page needed."""

    def __init__(self, page):
        self.page, self.seen = page, []
        self.session = page.context.new_cdp_session(page)
        self.session.on("PerformanceTimeline.timelineEventAdded", self._add)
        # The page is loaded by name of its frame; a new document begins anew.
        self.session.send("PerformanceTimeline.enable", {"eventTypes": ["layout-shift"]})

    def _add(self, event):
        details = event["event"]["layoutShiftDetails"]
        if not details["hadRecentInput"]:
            self.seen.append(details)

    def slow(self):
        """Slow 3G as the developer tools have it."""
        self.session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": 400,
                "downloadThroughput": 50_000,
                "uploadThroughput": 50_000,
            },
        )

    def total(self):
        self.page.wait_for_timeout(120)
        return sum(details["value"] for details in self.seen)


def mark(window, name, *, days=30):
    """A mark as the server sets it; the device does not look at the signature."""
    until = int(time.time() + days * 86400)
    window.add_cookies([{"name": name, "value": f"{until}.signed", "url": window.base}])


def two_wordings(*, share, **fields):
    """An appeal at the top with a long wording and a short one; `share` is the long one's."""
    words = (
        "Reporting takes weeks, and somebody has to pay for them. Please join those who do. " * 6
    )
    variants = (
        replace(WORDS, code="long", share=share, body=words.strip()),
        replace(WORDS, code="short", share=100 - share, body="Please join us."),
    )
    content = replace(CONTENT, placement="article-top", variants=variants, **fields)
    appeal = published(content, code="two")
    bundle.forget()
    return appeal


def switch_off():
    """The kill switch."""
    Mute.objects.create(
        kind="switch", reason="A death", begins_at=clock.now() - timedelta(seconds=1), by=ines()
    )
    bundle.forget()
