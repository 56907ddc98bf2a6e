"""Giving receipts and refund notes their numbers, freezing what they say.

Called inside the transaction.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

from django.conf import settings

from payments.clock import local_date
from payments.crash import crash_here
from payments.models import Contribution, Receipt, ReceiptCounter, RefundNote
from payments.models.kept import found, found_all, insert
from payments.money import Money
from payments.receipts.facts import ReceiptFacts


def issue(contribution: Contribution, *, now: datetime) -> Receipt:
    """The receipt of a paid contribution, numbered without gaps in the year of the money.

    The year is the newsroom's (FAILURES F57). The counter's row is locked until the commit, so a
    number that was rolled back is given to the next one.
    """
    issued = issue_all([contribution], now=now)
    return issued[0] if issued else contribution.receipt


def issue_all(contributions: list[Contribution], *, now: datetime) -> list[Receipt]:
    """The receipts of those that have none yet."""
    known = found_all(Receipt, "contribution", [row.pk for row in contributions])
    by_year: dict[int, list[Contribution]] = defaultdict(list)
    for row in contributions:
        if row.pk not in known:
            by_year[local_date(row.received_at).year].append(row)  # type: ignore[arg-type]
    return [
        _numbered(row, year, sequence, now)
        for year in sorted(by_year)
        for row, sequence in zip(by_year[year], _sequences(year, len(by_year[year])), strict=True)
    ]


def _sequences(year: int, count: int) -> range:
    last = ReceiptCounter.objects.next_receipts(year, count)
    crash_here("receipt.counted")
    return range(last - count + 1, last + 1)


def _numbered(contribution: Contribution, year: int, sequence: int, now: datetime) -> Receipt:
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
    if found(RefundNote, key=key):
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
    return insert(
        RefundNote(
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
