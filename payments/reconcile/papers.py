"""Contributions, receipts and modes against the ledger: what our own rows must agree on."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from payments.gateway.client import livemode
from payments.models import BalanceLine, Contribution, LedgerEntry, Receipt
from payments.money import Money
from payments.reconcile.findings import Finding, Kind
from payments.reconcile.lines import CONTRIBUTIONS
from payments.services.ledger import COUNTER

PAID = Contribution.Status.PAID


def compare(*, before: datetime) -> Iterator[Finding]:
    """Every difference among our own rows about money that came before a moment."""
    yield from _without_receipt(before)
    yield from _receipts_alone(before)
    yield from _unbooked(before)
    yield from _over_refunded()
    yield from _other_mode()


def _paid(before: datetime) -> QuerySet[Contribution]:
    return Contribution.objects.received().filter(livemode=livemode(), received_at__lt=before)


def _roots(outer: str) -> QuerySet[LedgerEntry]:
    """The entries that booked a contribution's money."""
    return LedgerEntry.objects.filter(
        contribution=OuterRef(outer), kind__in=CONTRIBUTIONS, settles=None
    )


def _without_receipt(before: datetime) -> Iterator[Finding]:
    """History that was taken over had its receipts from the system before."""
    for row in _paid(before).filter(receipt=None, adopted_at=None).order_by().iterator():
        yield _about(row, Kind.NO_RECEIPT, theirs=row.charged.format())


def _receipts_alone(before: datetime) -> Iterator[Finding]:
    """Receipts of contributions that were not paid, or whose booking was taken back."""
    taken_back = LedgerEntry.objects.filter(settles=OuterRef("pk"), key__startswith=COUNTER)
    standing = _roots("contribution").filter(~Exists(taken_back))
    alone = ~Q(contribution__status=PAID) | (
        Q(Exists(_roots("contribution"))) & ~Q(Exists(standing))
    )
    receipts = Receipt.objects.filter(
        alone, issued_at__lt=before, contribution__livemode=livemode()
    )
    for receipt in receipts.select_related("contribution").iterator():
        yield _about(receipt.contribution, Kind.RECEIPT_ALONE, ours=receipt.number)


def _unbooked(before: datetime) -> Iterator[Finding]:
    """Paid, but nowhere in the ledger, and not in Stripe's list either: that one is told there."""
    listed = BalanceLine.objects.filter(stripe_source_id=OuterRef("stripe_charge_id"))
    for row in _paid(before).filter(~Exists(_roots("pk")), ~Exists(listed)).order_by().iterator():
        yield _about(row, Kind.UNBOOKED, theirs=row.charged.format())


def _over_refunded() -> Iterator[Finding]:
    """Invariant I4: more was sent back than came in. Shown, never hidden."""
    rows = Contribution.objects.received().filter(livemode=livemode(), refunds__isnull=False)
    over = rows.with_refunded().filter(refunded_minor__gt=F("gift_minor") + F("cover_minor"))
    for row in over.order_by().iterator():
        sent = Money(row.refunded_minor, row.currency)
        yield _about(row, Kind.OVER_REFUNDED, ours=f"{sent.format()} / {row.charged.format()}")


def _other_mode() -> Iterator[Finding]:
    """Money of the other mode in these books: left out of every total, and told once."""
    rows = Contribution.objects.received().exclude(livemode=livemode()).order_by()
    for row in rows.filter(Exists(_roots("pk"))).iterator():
        yield _about(row, Kind.OTHER_MODE, ours=row.charged.format())


def _about(row: Contribution, kind: Kind, *, ours: str = "", theirs: str = "") -> Finding:
    return Finding(
        kind,
        subject=str(row.public_id),
        ours=ours,
        theirs=theirs,
        stripe_object_id=row.stripe_payment_intent_id,
        contribution_id=row.pk,
        happened_at=row.received_at,
    )
