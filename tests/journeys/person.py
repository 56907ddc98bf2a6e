"""A person at a browser without scripts: opens pages, follows links, sends forms as they stand."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

PATIENCE_SECONDS = 30
# What a browser adds when a person presses a button on a page of the same site.
PRESSED = {
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-User": "?1",
}


@dataclass
class Form:
    """A form with what it would send untouched, and the words on its button."""

    method: str
    action: str
    fields: dict = field(default_factory=dict)
    button: str = ""


class _Reading(HTMLParser):
    """Collects the forms and links of a page, and its text."""

    def __init__(self, html):
        super().__init__()
        self.forms, self.links, self.text, self.inside = [], [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        got = dict(attributes)
        if tag == "form":
            self.forms.append(Form(got.get("method", "get"), got.get("action", "")))
        elif tag == "input" and got.get("name"):
            self._input(got)
        elif tag == "a" and got.get("href"):
            self.links.append([got["href"], ""])
        if tag in {"a", "button", "style", "script"}:
            self.inside = tag

    def _input(self, got):
        choice = got.get("type") in {"radio", "checkbox"}
        if self.forms and (not choice or "checked" in got):
            self.forms[-1].fields[got["name"]] = got.get("value", "")

    def handle_endtag(self, tag):
        if tag == self.inside:
            self.inside = None

    def handle_data(self, words):
        if self.inside == "a":
            self.links[-1][1] += words
        elif self.inside == "button" and self.forms:
            self.forms[-1].button += words
        if self.inside not in {"style", "script"}:
            self.text.append(words)


class Page:
    """An answer, read as a person would."""

    def __init__(self, answer):
        self.answer, self.address, self.status = answer, answer.url, answer.status_code
        html = answer.headers.get("Content-Type", "").startswith("text/html")
        reading = _Reading(answer.text if html else "")
        self.forms, self.links = reading.forms, reading.links
        self.words = re.sub(r"\s+", " ", " ".join(reading.text))

    def form(self, words):
        """The form whose button says this."""
        found = [form for form in self.forms if words in re.sub(r"\s+", " ", form.button)]
        assert found, f"no button says {words!r}: {[form.button for form in self.forms]}"
        return found[0]

    def link(self, words):
        """Where the link leads that says this."""
        found = [href for href, said in self.links if words in said]
        assert found, f"no link says {words!r}: {[said for _, said in self.links]}"
        return urljoin(self.address, found[0])


class Person:
    """Keeps cookies from page to page, as one browser does."""

    def __init__(self, home):
        self.home, self.session = home, requests.Session()
        self.page = None

    def open(self, address):
        """Type an address or follow a link; what it leads to becomes the page."""
        return self._look(self.session.get(urljoin(self.home, address), timeout=PATIENCE_SECONDS))

    def follow(self, words):
        return self.open(self.page.link(words))

    def press(self, words, **filled):
        """Fill a form in and press its button; answers lead on as a browser would follow them."""
        form = self.page.form(words)
        address = urljoin(self.page.address, form.action)
        sent = {"params" if form.method.lower() == "get" else "data": form.fields | filled}
        headers = PRESSED | {"Referer": self.page.address}
        return self._look(
            self.session.request(
                form.method, address, headers=headers, timeout=PATIENCE_SECONDS, **sent
            )
        )

    def download(self, words):
        """What a link's file holds; the page stays."""
        answer = self.session.get(self.page.link(words), timeout=PATIENCE_SECONDS)
        assert answer.status_code == 200, answer.status_code
        return answer

    @property
    def way(self):
        """The status codes on the way to the page that is open now."""
        return [answer.status_code for answer in self.page.answer.history]

    def close(self):
        self.session.close()

    def _look(self, answer):
        self.page = Page(answer)
        return self.page
