"""Correcting receipts: a numbered note for money that went back or returned, printed and mailed."""

from dataclasses import dataclass
from datetime import datetime

from payments import clock, outbox
from payments.models import Contribution, Receipt, RefundNote
from payments.models.kept import afterwards, found
from payments.money import Money
from payments.receipts.issue import issue_note

Kind = RefundNote.Kind


def correct(
    contribution: Contribution, *, kind: Kind, amount: Money, key: str, moved_at: datetime
) -> None:
    """Note what moved, once per key. Called inside the transaction that books it."""
    afterwards(_issue, _Correction(contribution, kind, amount, key, moved_at))


@dataclass(frozen=True, slots=True)
class _Correction:
    contribution: Contribution
    kind: Kind
    amount: Money
    key: str
    moved_at: datetime


def _issue(corrections: list[_Correction]) -> None:
    for one in corrections:
        receipt = found(Receipt, contribution=one.contribution.pk)
        if receipt is None:
            raise Receipt.DoesNotExist(one.key)
        note = issue_note(
            receipt,
            kind=one.kind,
            amount=one.amount,
            key=one.key,
            moved_at=one.moved_at,
            now=clock.now(),
        )
        if note:
            afterwards(_render, note)


def _render(issued: list[RefundNote]) -> None:
    for note in issued:
        outbox.put("note.render", key=f"note.render:{note.number}", note_id=note.pk)
