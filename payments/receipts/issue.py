"""Giving a receipt its number and freezing what it says. Called inside the transaction."""

from datetime import date, datetime

from django.conf import settings

from payments.clock import local_date
from payments.crash import crash_here
from payments.models import Contribution, Receipt, ReceiptCounter
from payments.receipts.facts import ReceiptFacts


def issue(contribution: Contribution, *, now: datetime) -> Receipt:
    """The receipt of a paid contribution, numbered without gaps in the year of the money.

    The year is the newsroom's (FAILURES F57). The counter's row is locked until the commit, so a
    number that was rolled back is given to the next one.
    """
    found = Receipt.objects.filter(contribution=contribution).first()
    if found:
        return found
    received_on = local_date(contribution.received_at)  # type: ignore[arg-type]
    counter, _ = ReceiptCounter.objects.select_for_update().get_or_create(year=received_on.year)
    counter.last += 1
    counter.save(update_fields=["last"])
    crash_here("receipt.counted")
    number = f"{counter.year}-{counter.last:06}"
    return Receipt.objects.create(
        number=number,
        year=counter.year,
        sequence=counter.last,
        contribution=contribution,
        facts=freeze(contribution, number=number, issued_on=local_date(now)).to_json(),
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
