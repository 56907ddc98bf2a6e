"""The evidence pack of a dispute: one ZIP with papers, consent, letters and the fields."""

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO

from payments import clock
from payments.models import Dispute, Receipt, RefundNote
from payments.receipts.documents import DocumentLost, document_bytes
from payments.receipts.facts import UnknownFacts
from payments.receipts.press import ReceiptRenderError
from payments.reports import evidence

# The same records give the same bytes: files in a ZIP carry a date.
DATE = (1980, 1, 1, 0, 0, 0)
GUIDE = """Evidence for dispute {dispute} about {amount}, received {day}.

receipt-*.pdf, refund-note-*.pdf  what the supporter was sent
consent.txt                       the words that were agreed to
letters.txt                       which letters went out, and when
course.txt                        checkout, payment, receipt and changes in order of time
evidence.json                     the fields of Stripe's answer, as the desk hands them in
"""


def pack(dispute: Dispute) -> bytes:
    """Everything that we can show, as the content of a ZIP file."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files(dispute):
            archive.writestr(zipfile.ZipInfo(name, DATE), content)
    return held.getvalue()


def _files(dispute: Dispute) -> Iterator[tuple[str, bytes | str]]:
    contribution = dispute.contribution
    yield (
        "README.txt",
        GUIDE.format(
            dispute=dispute.stripe_dispute_id,
            amount=dispute.amount.format("en"),
            day=clock.local_date(contribution.received_at),  # type: ignore[arg-type]
        ),
    )
    yield from _papers(dispute)
    yield "consent.txt", evidence.consent(contribution) or "A single gift: no agreement to renew.\n"
    yield (
        "letters.txt",
        "".join(
            f"{letter.at:%Y-%m-%d %H:%M:%S} UTC  {letter.what} to {contribution.email}\n"
            for letter in evidence.letters(contribution)
        ),
    )
    yield "course.txt", "".join(f"{line}\n" for line in evidence.course(contribution))
    yield "evidence.json", json.dumps(evidence.answer(dispute), ensure_ascii=False, indent=2)


def _papers(dispute: Dispute) -> Iterator[tuple[str, bytes | str]]:
    """The documents as they were mailed; one that cannot be had is named, not left out."""
    receipt = dispute.contribution.receipt
    papers: list[tuple[str, Receipt | RefundNote]] = [("receipt", receipt)]
    papers += [("refund-note", note) for note in receipt.notes.all()]
    for word, paper in papers:
        name = f"{word}-{paper.number}"
        try:
            yield f"{name}.pdf", document_bytes(paper, now=clock.now())
        except (DocumentLost, ReceiptRenderError, UnknownFacts):
            yield f"{name}.missing.txt", "This document cannot be printed; ask your operator.\n"
