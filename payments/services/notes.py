"""Correcting receipts: a numbered note for money that went back or returned, printed and mailed."""

from datetime import datetime

from payments import clock, outbox
from payments.models import Contribution, RefundNote
from payments.money import Money
from payments.receipts.issue import issue_note

Kind = RefundNote.Kind


def correct(
    contribution: Contribution, *, kind: Kind, amount: Money, key: str, moved_at: datetime
) -> None:
    """Note what moved, once per key. Called inside the transaction that books it."""
    receipt = contribution.receipt
    note = issue_note(
        receipt, kind=kind, amount=amount, key=key, moved_at=moved_at, now=clock.now()
    )
    if note:
        outbox.put("note.render", key=f"note.render:{note.number}", note_id=note.pk)
