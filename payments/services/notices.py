"""Telling supporters ahead of time, once each: a yearly renewal, an ending card, the agreement.

Stripe's `invoice.upcoming` is one way to hear of a renewal; looking every day is the other, so
that a lost event costs nobody a notice. Days are counted by our clock only here, where Stripe has
none: when a card ends stands on the card, when an agreement was made stands in our rows.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear

from payments import clock, outbox
from payments.models import Contribution, Notice, Subscription
from payments.services import mirror

Kind = Notice.Kind
# Long enough to act on: many places ask for notice of a yearly renewal between 15 and 45 days.
BEFORE_RENEWAL = timedelta(days=30)
BEFORE_CARD_FAILS = timedelta(days=30)
MOST = 200


def upcoming(stripe_subscription_id: str) -> None:
    """Stripe is about to make an invoice; heard of too late, it has been made already."""
    row = mirror.sync(stripe_subscription_id)
    near = row.upcoming and row.upcoming - clock.now() < 2 * BEFORE_RENEWAL
    if row.frequency == "year" and near and row.contributions.exists():
        _renewal(row)


def due() -> int:
    """Give every notice whose time has come; returns how many were given."""
    looks: tuple[Callable[[], Iterator[bool]], ...] = (_renewals, _cards, _agreements)
    return sum(given for look in looks for given in look())


def card_ends_first(subscription: Subscription) -> bool:
    """Whether the card's last month (`2028-04`) lies before the next charge."""
    if not subscription.upcoming or not subscription.card_expires:
        return False
    return subscription.card_expires < _month(clock.local_date(subscription.upcoming))


def _renewals() -> Iterator[bool]:
    """Yearly ones that were charged before: the first charge of a new one has its own letter."""
    near = _soon(BEFORE_RENEWAL).filter(frequency="year")
    before = Contribution.objects.filter(subscription=OuterRef("pk"))
    told = Notice.objects.filter(
        subscription=OuterRef("pk"), kind=Kind.RENEWAL, at__gt=clock.now() - 2 * BEFORE_RENEWAL
    )
    for row in near.filter(Exists(before)).exclude(Exists(told))[:MOST]:
        yield bool(row.upcoming) and _renewal(row)


def _cards() -> Iterator[bool]:
    """Cards whose last month is over before the next charge; a paused one is charged later."""
    last = _month(clock.local_date(clock.now() + BEFORE_CARD_FAILS))
    ending = _soon(BEFORE_CARD_FAILS).filter(card_expires__gt="", card_expires__lt=last)
    told = Notice.objects.filter(
        subscription=OuterRef("pk"), kind=Kind.CARD, about=OuterRef("card_expires")
    )
    for row in ending.exclude(Exists(told))[:MOST]:
        yield card_ends_first(row) and _give(row, Kind.CARD, row.card_expires, "mail.card_ending")


def _agreements() -> Iterator[bool]:
    """The yearly reminder of a monthly agreement, in the month in which it was made."""
    today = clock.local_date(clock.now())
    rows = (
        _running()
        .filter(frequency="month", started_at__lt=clock.now() - timedelta(days=330))
        .annotate(month=ExtractMonth("started_at"), year=ExtractYear("started_at"))
        .filter(month=today.month, year__lt=today.year)
    )
    told = Notice.objects.filter(
        subscription=OuterRef("pk"), kind=Kind.YEARLY, about=str(today.year)
    )
    for row in rows.exclude(Exists(told))[:MOST]:
        yield _give(row, Kind.YEARLY, str(today.year), "mail.yearly_notice")


def _renewal(row: Subscription) -> bool:
    day = clock.local_date(row.upcoming)  # type: ignore[arg-type]
    return _give(row, Kind.RENEWAL, day.isoformat(), "mail.renewal_near")


def _give(row: Subscription, kind: Notice.Kind, about: str, letter: str) -> bool:
    with transaction.atomic():
        _, new = Notice.objects.get_or_create(
            subscription=row, kind=kind, about=about, defaults={"at": clock.now()}
        )
        if new:
            key = f"{letter}:{row.public_id}:{about}"
            outbox.put(letter, key=key, subscription_id=row.pk)
    return new


def _running() -> QuerySet[Subscription]:
    return Subscription.objects.running().filter(cancel_at=None).order_by(F("next_charge_at"))


def _soon(ahead: timedelta) -> QuerySet[Subscription]:
    now = clock.now()
    return _running().filter(next_charge_at__gt=now, next_charge_at__lt=now + ahead)


def _month(day: date) -> str:
    return day.isoformat()[:7]
