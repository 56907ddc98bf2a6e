"""Checks of an appeal's rendered HTML: names, labels, keyboard, narrow screens, nothing inline.

What only a browser can tell (focus order, reflow, 200 % zoom) is held by tests/browser for the
template; here every single wording is checked before it can be published.
"""

import gzip
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils.translation import gettext as _

# Letters of one word that fit into 320 CSS pixels less the margins, at each element's size.
LONGEST_WORD = {"h2": 20, "p": 32, "button": 28}
FRAGMENT_BYTES = 6 * 1024
CONTROLS = frozenset({"a", "button", "summary"})
VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"})


@dataclass
class Element:
    """A start tag with the text inside it."""

    tag: str
    attributes: dict[str, str]
    within: tuple[str, ...]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The elements of a fragment in document order."""

    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        within = tuple(element.tag for element in self.open)
        element = Element(tag, {name: value or "" for name, value in attrs}, within)
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def of(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]


def problems(html: str) -> list[str]:
    """What is wrong with a rendered appeal, a sentence each."""
    page = Page()
    page.feed(html)
    return [
        *_landmark(page),
        *_names(page),
        *_keyboard(page),
        *_narrow(page),
        *_size(html),
    ]


def _landmark(page: Page) -> list[str]:
    asides = page.of("aside")
    ids = {element.attributes.get("id") for element in page.of("h1", "h2", "h3", "h4")}
    if len(asides) != 1:
        return [_("An appeal is one <aside>.")]
    found = []
    if asides[0].attributes.get("aria-labelledby") not in ids:
        found.append(_("The appeal is not named by its heading."))
    if "data-nosnippet" not in asides[0].attributes:
        found.append(_("Search engines would quote the appeal as the article's text."))
    return found


def _names(page: Page) -> list[str]:
    """Every control has a name, every group of choices a legend, every picture a text."""
    labels = {element.attributes.get("for") for element in page.of("label")}
    unlabelled = [
        element
        for element in page.of("input", "select", "textarea")
        if element.attributes.get("type") not in {"hidden", "submit"}
        and "label" not in element.within
        and element.attributes.get("id") not in labels
    ]
    nameless = [
        element
        for element in page.of(*CONTROLS)
        if not element.text.strip() and not element.attributes.get("aria-label")
    ]
    groups, legends = len(page.of("fieldset")), len(page.of("legend"))
    found = []
    if unlabelled:
        found.append(_("A field has no label."))
    if nameless:
        found.append(_("A link or a button has no words."))
    if groups != legends:
        found.append(_("A group of choices has no legend."))
    if any("alt" not in element.attributes for element in page.of("img")):
        found.append(_("A picture has no text for those who do not see it."))
    return found


def _keyboard(page: Page) -> list[str]:
    found = []
    attributes = [
        (e.tag, name, value) for e in page.elements for name, value in e.attributes.items()
    ]
    if any(name == "tabindex" and value not in {"0", "-1"} for _tag, name, value in attributes):
        found.append(_("The keyboard would jump out of the order of reading."))
    if any(name == "autofocus" for _tag, name, _value in attributes):
        found.append(_("The appeal would take the reader's focus."))
    if any(name == "style" or name.startswith("on") for _tag, name, _value in attributes):
        found.append(_("Inline styles and handlers are refused by strict pages."))
    if any(e.tag == "a" and "href" not in e.attributes for e in page.elements):
        found.append(_("A link leads nowhere, so the keyboard cannot reach it."))
    return found


def _narrow(page: Page) -> list[str]:
    sentence = _("“%(word)s” has more than %(most)s letters and does not fit on a narrow phone.")
    return [
        sentence % {"word": word, "most": most}
        for tag, most in LONGEST_WORD.items()
        for element in page.of(tag)
        for word in element.text.split()
        if len(word) > most
    ]


def _size(html: str) -> list[str]:
    size = len(gzip.compress(html.encode()))
    if size <= FRAGMENT_BYTES:
        return []
    return [_("The appeal has %(size)s bytes, more than articles can carry.") % {"size": size}]
