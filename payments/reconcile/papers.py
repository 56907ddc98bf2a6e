"""Contributions, receipts and modes against the ledger: what our own rows must agree on."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from payments.gateway.client import livemode
from payments.models import BalanceLine, Contribution, LedgerEntry, Receipt
from payments.models.standing import whether
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


def _paid(before: datetime, livemode: bool) -> QuerySet[Contribution]:
    rows = Contribution.objects.received().filter(livemode=livemode, received_at__lt=before)
    return rows.order_by()


def _roots(outer: str) -> QuerySet[LedgerEntry]:
    """The entries that booked a contribution's money."""
    return LedgerEntry.objects.filter(
        contribution=OuterRef(outer), kind__in=CONTRIBUTIONS, settles=None
    )


def _without_receipt(before: datetime) -> Iterator[Finding]:
    """History that was taken over had its receipts from the system before."""
    for row in _lacking_one.each(before=before, livemode=livemode()):
        yield _about(row, Kind.NO_RECEIPT, theirs=row.charged.format())


@whether
def _lacking_one(before: datetime, livemode: bool) -> QuerySet[Contribution]:
    return _paid(before, livemode).filter(receipt=None, adopted_at=None)


def _receipts_alone(before: datetime) -> Iterator[Finding]:
    """Receipts of contributions that were not paid, or whose booking was taken back."""
    for receipt in _for_nothing.each(before=before, livemode=livemode()):
        yield _about(receipt.contribution, Kind.RECEIPT_ALONE, ours=receipt.number)


@whether
def _for_nothing(before: datetime, livemode: bool) -> QuerySet[Receipt]:
    taken_back = LedgerEntry.objects.filter(settles=OuterRef("pk"), key__startswith=COUNTER)
    standing = _roots("contribution").filter(~Exists(taken_back))
    alone = ~Q(contribution__status=PAID) | (
        Q(Exists(_roots("contribution"))) & ~Q(Exists(standing))
    )
    receipts = Receipt.objects.filter(alone, issued_at__lt=before, contribution__livemode=livemode)
    return receipts.select_related("contribution")


def _unbooked(before: datetime) -> Iterator[Finding]:
    """Paid, but nowhere in the ledger, and not in Stripe's list either: that one is told there."""
    for row in _nowhere.each(before=before, livemode=livemode()):
        yield _about(row, Kind.UNBOOKED, theirs=row.charged.format())


@whether
def _nowhere(before: datetime, livemode: bool) -> QuerySet[Contribution]:
    listed = BalanceLine.objects.filter(stripe_source_id=OuterRef("stripe_charge_id"))
    return _paid(before, livemode).filter(~Exists(_roots("pk")), ~Exists(listed))


def _over_refunded() -> Iterator[Finding]:
    """Invariant I4: more was sent back than came in. Shown, never hidden."""
    for row in _sent_back_too_much.each(livemode=livemode()):
        sent = Money(row.refunded_minor, row.currency)
        yield _about(row, Kind.OVER_REFUNDED, ours=f"{sent.format()} / {row.charged.format()}")


@whether
def _sent_back_too_much(livemode: bool) -> QuerySet[Contribution]:
    rows = Contribution.objects.received().filter(livemode=livemode, refunds__isnull=False)
    over = rows.with_refunded().filter(refunded_minor__gt=F("gift_minor") + F("cover_minor"))
    return over.order_by()


def _other_mode() -> Iterator[Finding]:
    """Money of the other mode in these books: left out of every total, and told once."""
    for row in _of_the_other_mode.each(livemode=livemode()):
        yield _about(row, Kind.OTHER_MODE, ours=row.charged.format())


@whether
def _of_the_other_mode(livemode: bool) -> QuerySet[Contribution]:
    rows = Contribution.objects.received().exclude(livemode=livemode).order_by()
    return rows.filter(Exists(_roots("pk")))


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
