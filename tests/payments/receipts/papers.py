"""Facts for the papers of these tests, and what a reader or a machine finds in a printed one."""

import io
import re
from datetime import date
from html import unescape
from typing import Any

import pikepdf
from pdfminer.high_level import extract_text

from payments.receipts.facts import ReceiptFacts

NORA: dict[str, Any] = {
    "number": "2026-000123",
    "issued_on": date(2026, 11, 15),
    "received_on": date(2026, 11, 14),
    "amount_minor": 1050,
    "currency": "eur",
    "gift_minor": 1000,
    "cover_minor": 50,
    "frequency": "month",
    "kind": "first",
    "supporter_name": "Nora Quinn",
    "supporter_email": "nora.quinn@example.org",
    "method": "Visa ending 4242",
    "reference": "0b0e9a52-7ac1-4d0e-9d8e-2f6f1c3f6a11",
    "newsroom_name": "The Harbour Courier",
    "newsroom_address": ("12 Quay Street", "Port Brennan"),
    "newsroom_legal_lines": (
        "This receipt confirms a voluntary contribution to independent journalism.",
        "Contributions are not tax-deductible unless your tax office says otherwise.",
    ),
}


def facts(**changed: Any) -> ReceiptFacts:
    """Nora's first monthly contribution, but for what the test is about."""
    return ReceiptFacts(**NORA | changed)


def words(pdf: bytes) -> list[str]:
    """The words of a PDF, as a program reads them out."""
    return extract_text(io.BytesIO(pdf)).split()


def words_of_html(html: str) -> list[str]:
    """The words in the body of our HTML."""
    body = html.partition("<body>")[2]
    return unescape(re.sub(r"<[^>]*>", " ", body)).split()


def xmp(pdf: pikepdf.Pdf) -> str:
    return pdf.Root.Metadata.read_bytes().decode()


def structure(pdf: pikepdf.Pdf) -> list[tuple[int, str, Any]]:
    """Depth, tag and element of the whole structure tree, in reading order."""
    return list(_below(pdf.Root.StructTreeRoot.K, 0))


def _below(kids: Any, depth: int):
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield depth, str(kid.S).lstrip("/"), kid
            if "/K" in kid:
                yield from _below(kid.K, depth + 1)
