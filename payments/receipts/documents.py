"""The stored document of a receipt or a refund note: printed once, the same bytes ever after."""

import hashlib
from datetime import datetime
from typing import Any

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from payments.crash import crash_here
from payments.models import Receipt, ReceiptDocument, RefundNote, RefundNoteDocument
from payments.receipts.facts import ReceiptFacts
from payments.receipts.lettering import name_is_kept
from payments.receipts.pdf import render_pdf

log = structlog.get_logger()


Paper = Receipt | RefundNote
Document = ReceiptDocument | RefundNoteDocument


class DocumentLost(Exception):
    """A stored file is gone or damaged, and this release no longer prints the same bytes.

    The file has to come back from a backup; the recorded hash says which one is right.
    """


def store_document(paper: Paper, *, now: datetime) -> Document:
    """The paper's document, printed and stored where it is not yet.

    A crash between file and row leaves a file that the next attempt finds and takes.
    Raises ReceiptRenderError, after which nothing is stored.
    """
    found = _found(paper)
    if found:
        return found
    facts = ReceiptFacts.from_json(paper.facts)
    pdf = render_pdf(facts)
    crash_here("receipt.printed")
    sha256 = _sha256(pdf)
    name = f"receipts/{paper.year}/{paper.number}-{sha256[:12]}.pdf"
    if _read(name, sha256) is None:
        name = _write(name, pdf)
    crash_here("receipt.filed")
    if name_is_kept(facts.supporter_name):
        log.info("receipt_prints_the_address_for_the_name", number=paper.number)
    return _kept(paper, {"file": name, "sha256": sha256, "rendered_at": now})


def document_bytes(paper: Paper, *, now: datetime) -> bytes:
    """The PDF of a paper, checked against its hash; a lost file is printed again and put back.

    Raises ReceiptRenderError, and DocumentLost where the same bytes cannot be had.
    """
    document = store_document(paper, now=now)
    name = str(document.file)
    stored = _read(name, document.sha256)
    if stored is not None:
        return stored
    log.error("receipt_document_lost", number=paper.number)
    pdf = render_pdf(ReceiptFacts.from_json(paper.facts))
    if _sha256(pdf) != document.sha256:
        raise DocumentLost(paper.number)
    _write(name, pdf)
    return pdf


def _found(paper: Paper) -> Document | None:
    if isinstance(paper, RefundNote):
        return RefundNoteDocument.objects.filter(note=paper).first()
    return ReceiptDocument.objects.filter(receipt=paper).first()


def _kept(paper: Paper, facts: dict[str, Any]) -> Document:
    if isinstance(paper, RefundNote):
        return RefundNoteDocument.objects.get_or_create(note=paper, defaults=facts)[0]
    return ReceiptDocument.objects.get_or_create(receipt=paper, defaults=facts)[0]


def _read(name: str, sha256: str) -> bytes | None:
    """The file's bytes, or None where it is missing or is not what it was."""
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except FileNotFoundError:
        return None
    return content if _sha256(content) == sha256 else None


def _write(name: str, content: bytes) -> str:
    default_storage.delete(name)
    return default_storage.save(name, ContentFile(content))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
