"""Giving receipts and refund notes their numbers, freezing what they say.

Called inside the transaction.
"""

from dataclasses import replace
from datetime import date, datetime

from django.conf import settings

from payments.clock import local_date
from payments.crash import crash_here
from payments.models import Contribution, Receipt, ReceiptCounter, RefundNote
from payments.models.kept import found, insert
from payments.money import Money
from payments.receipts.facts import ReceiptFacts


def issue(contribution: Contribution, *, now: datetime) -> Receipt:
    """The receipt of a paid contribution, numbered without gaps in the year of the money.

    The year is the newsroom's (FAILURES F57). The counter's row is locked until the commit, so a
    number that was rolled back is given to the next one.
    """
    if known := found(Receipt, contribution=contribution.pk):
        return known
    received_on = local_date(contribution.received_at)  # type: ignore[arg-type]
    year = received_on.year
    sequence = ReceiptCounter.objects.next_receipt(year)
    crash_here("receipt.counted")
    printed = f"{year}-{sequence:06}"
    facts = freeze(contribution, number=printed, issued_on=local_date(now))
    return insert(
        Receipt(
            number=printed,
            year=year,
            sequence=sequence,
            contribution=contribution,
            facts=facts.to_json(),
            issued_at=now,
        )
    )


def issue_note(
    receipt: Receipt,
    *,
    kind: RefundNote.Kind,
    amount: Money,
    key: str,
    moved_at: datetime,
    now: datetime,
) -> RefundNote | None:
    """Correct a receipt: a note numbered without gaps in the year in which the money moved.

    None where the note of this key stands already. A receipt itself is never changed.
    """
    if RefundNote.objects.filter(key=key).exists():
        return None
    moved_on = local_date(moved_at)
    year = moved_on.year
    sequence = ReceiptCounter.objects.next_note(year)
    number = f"R{year}-{sequence:06}"
    facts = replace(
        ReceiptFacts.from_json(receipt.facts),
        number=number,
        issued_on=local_date(now),
        received_on=moved_on,
        amount_minor=amount.minor,
        gift_minor=amount.minor,
        cover_minor=0,
        refund_of=receipt.number,
        note=kind.value,
    )
    return RefundNote.objects.create(
        number=number,
        year=year,
        sequence=sequence,
        receipt=receipt,
        kind=kind,
        amount_minor=amount.minor,
        currency=amount.currency,
        key=key,
        facts=facts.to_json(),
        issued_at=now,
    )


def freeze(contribution: Contribution, *, number: str, issued_on: date) -> ReceiptFacts:
    """What the receipt prints, copied now: a later change of name or newsroom changes nothing."""
    checkout = contribution.checkout
    return ReceiptFacts(
        number=number,
        issued_on=issued_on,
        received_on=local_date(contribution.received_at),  # type: ignore[arg-type]
        amount_minor=contribution.charged.minor,
        currency=contribution.currency,
        gift_minor=contribution.gift_minor,
        cover_minor=contribution.cover_minor,
        frequency=contribution.frequency,
        kind=contribution.kind,
        supporter_name=contribution.name,
        supporter_email=contribution.email,
        method=contribution.method,
        reference=str(contribution.public_id),
        newsroom_name=settings.NEWSROOM_NAME,
        newsroom_legal_lines=tuple(settings.NEWSROOM_LEGAL_LINES),
        newsroom_address=tuple(settings.NEWSROOM_ADDRESS),
        dedication=checkout.dedication if checkout else "",
        language=checkout.language if checkout else "en",
    )
