"""The press: WeasyPrint with our stylesheet and fonts read once, and nothing of the world outside.

A document is set from HTML of our own templates. The fetcher serves only the files named here, the
fonts of the machine are not seen, and a letter without a glyph or any other trouble is a
ReceiptRenderError, never a document with holes and never the end of a worker.
"""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import cssselect2
from weasyprint import CSS, HTML
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from payments.receipts.archive import finish

HERE = Path(__file__).parent
STYLESHEET = "bundled:print.css"
FILES = {
    f"bundled:{name}": HERE / name
    for name in (
        "print.css",
        "fonts/sans-regular.ttf",
        "fonts/sans-semibold.ttf",
        "fonts/serif-semibold.ttf",
    )
}
VARIANT = "pdf/a-3a"
RGB = (["r"], ["g"], ["b"])
# WeasyPrint logs the letters that it cannot print, which may be those of a name.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
# Pango's font maps belong to one thread at a time, and the press is made once per process.
_lock = threading.Lock()
_press: "Press | None" = None


class ReceiptRenderError(Exception):
    """A document could not be printed as it must be; the message names no person."""


class BundledFiles(URLFetcher):
    """Serves the files of FILES and ends the printing at any other address."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        path = FILES.get(url)
        if path is None:
            raise FatalURLFetchingError("the document asked for a file that is not bundled")
        kind = "text/css" if path.suffix == ".css" else "font/ttf"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


class BundledFonts(FontConfiguration):
    """Knows only the fonts of our stylesheet: documents are the same on every machine."""

    def __init__(self) -> None:
        self._process = os.getpid()
        with _environment("FONTCONFIG_FILE", str(HERE / "fonts" / "fonts.conf")):
            super().__init__()

    def __del__(self) -> None:
        # A forked child must not remove the font files that its parent still reads.
        if self._process == os.getpid():
            super().__del__()


class StandardColours(ColorProfile):
    """sRGB, byte for byte as in its file: Pillow writes a profile differently once it was read."""

    def __init__(self) -> None:
        self._file = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
        super().__init__(BytesIO(self._file), "sRGB2014.icc", "relative-colorimetric", RGB)

    @property
    def content(self) -> bytes:
        return self._file


class Page(HTML):
    """A page of our own templates: well-formed XML, styled by print.css alone.

    WeasyPrint's HTML parser and its own stylesheet of 250 lines cost a fifth of a receipt.
    """

    def __init__(self, markup: str, fetcher: URLFetcher) -> None:
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.etree_element = ElementTree.fromstring(markup)  # noqa: S314 our template, escaped
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(
            self.etree_element, content_language=None
        )

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return []


class Press:
    """What every document shares: the fetcher, the fonts and the parsed stylesheet."""

    def __init__(self) -> None:
        self.fetcher = BundledFiles()
        self.fonts = BundledFonts()
        self.stylesheet = CSS(url=STYLESHEET, url_fetcher=self.fetcher, font_config=self.fonts)
        self.colours = StandardColours()

    def set(self, html: str) -> bytes:
        document = Page(html, self.fetcher).render(
            font_config=self.fonts,
            stylesheets=[self.stylesheet],
            color_profiles={"srgb": self.colours},
            pdf_variant=VARIANT,
        )
        # Any name but "srgb" keeps WeasyPrint from reading the profile again (and not closing it);
        # the document knows from its rendering that its output intent is our "srgb".
        return document.write_pdf(
            pdf_variant=VARIANT, output_intent="read once", finisher=_check_and_finish
        )


def typeset(html: str) -> bytes:
    """The PDF/A-3a and PDF/UA-1 document of one HTML page of ours; the same bytes every time.

    Raises ReceiptRenderError where a glyph is missing or the page asks for anything not bundled.
    """
    global _press
    with _lock:
        try:
            _press = _press or Press()
            return _press.set(html)
        except FatalURLFetchingError as error:  # derives from BaseException
            raise ReceiptRenderError(str(error)) from None
        except ElementTree.ParseError as error:
            raise ReceiptRenderError("the document is not well-formed") from error


def _check_and_finish(document: Document, pdf) -> None:
    missing = sorted({code for font in document.fonts.values() for code in font.missing})
    if missing:
        names = ", ".join(f"U+{code:04X}" for code in missing)
        raise ReceiptRenderError(f"the bundled fonts have no glyph for {names}")
    finish(pdf)


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before
