"""Receipts: CPU against WeasyPrint called afresh, and memory over 500 of them.

Both sides print the same HTML with the same stylesheet and fonts as PDF/A-3a. Afresh means what a
call of `weasyprint.HTML(...).write_pdf(...)` does each time: parse HTML and CSS, load the fonts.
Rounds alternate, so that a busy machine slows both.
"""

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from benchmarks import ground

MOST_OF_AFRESH = 0.75
ROUNDS = 40
WARM_UP = 150
RECEIPTS = 500
MOST_GROWTH_KB = 4_096


def measure() -> Iterator[ground.Figure]:
    """The ratio of CPU, and the growth of memory."""
    ratio, ours, afresh = cpu()
    yield ground.Figure(
        "receipt PDF/A-3a, against WeasyPrint called afresh",
        ratio,
        MOST_OF_AFRESH,
        detail=f"{ours:.1f} ms against {afresh:.1f} ms of CPU",
    )
    grown = growth()
    yield ground.Figure(f"memory over {RECEIPTS} receipts", grown, MOST_GROWTH_KB, unit="kB")


def cpu() -> tuple[float, float, float]:
    """The median of the ratios of neighbouring runs, and both medians in milliseconds."""
    from payments.receipts.pdf import receipt_html, render_pdf

    facts = _facts(0)
    html = receipt_html(facts)
    render_pdf(facts)
    _afresh(html)
    pairs = [(_timed(render_pdf, facts), _timed(_afresh, html)) for _ in range(ROUNDS)]
    ratio = statistics.median(ours / afresh for ours, afresh in pairs)
    return (ratio, *(statistics.median(side) * 1000 for side in zip(*pairs, strict=True)))


def growth() -> int:
    """How many kB the process has grown over RECEIPTS different ones, once its caches are full.

    About 3 kB of each stay behind in Pango; of one printed afresh it is 240 kB.
    """
    from payments.receipts.pdf import render_pdf

    for sequence in range(WARM_UP):
        render_pdf(_facts(sequence))
    before = _resident_kb()
    for sequence in range(RECEIPTS):
        render_pdf(_facts(WARM_UP + sequence))
    return _resident_kb() - before


def _afresh(html: str) -> bytes:
    from payments.receipts.press import STYLESHEET, VARIANT, BundledFiles

    fetcher, fonts = BundledFiles(), FontConfiguration()
    stylesheet = CSS(url=STYLESHEET, url_fetcher=fetcher, font_config=fonts)
    return HTML(string=html, url_fetcher=fetcher).write_pdf(
        font_config=fonts, stylesheets=[stylesheet], pdf_variant=VARIANT
    )


def _timed(function: Callable[..., bytes], argument: object) -> float:
    start = time.process_time()
    function(argument)
    return time.process_time() - start


def _resident_kb() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _facts(sequence: int):
    from payments.receipts.facts import ReceiptFacts

    return ReceiptFacts(
        number=f"2026-{sequence + 1:06}",
        issued_on=date(2026, 11, 14),
        received_on=date(2026, 11, 14),
        amount_minor=1050 + sequence,
        currency="eur",
        gift_minor=1000 + sequence,
        cover_minor=50,
        frequency="month",
        kind="renewal" if sequence else "first",
        supporter_name=f"Nora {chr(0x391 + sequence % 17)}{chr(0x410 + sequence % 32)} Quinn",
        supporter_email=f"reader-{sequence}@example.org",
        method="Visa ending 4242",
        reference="0b0e9a52-7ac1-4d0e-9d8e-2f6f1c3f6a11",
        newsroom_name="The Harbour Courier",
        newsroom_address=("12 Quay Street", "Port Brennan"),
        newsroom_legal_lines=("This receipt confirms a voluntary contribution.",),
    )


if __name__ == "__main__":
    ground.run(measure)
