"""Telling supporters ahead of time, once each: a yearly renewal, an ending card, the agreement.

Stripe's `invoice.upcoming` is one way to hear of a renewal; looking every day is the other, so
that a lost event costs nobody a notice. Days are counted by our clock only here, where Stripe has
none: when a card ends stands on the card, when an agreement was made stands in our rows.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear

from payments import clock, outbox
from payments.models import Contribution, Notice, Subscription
from payments.models.standing import whether
from payments.services import mirror

Kind = Notice.Kind
# Long enough to act on: many places ask for notice of a yearly renewal between 15 and 45 days.
BEFORE_RENEWAL = timedelta(days=30)
BEFORE_CARD_FAILS = timedelta(days=30)
MOST_OF_A_YEAR = timedelta(days=330)
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
    now = clock.now()
    told_after = now - 2 * BEFORE_RENEWAL
    rows = _renewed_soon.rows(now=now, until=now + BEFORE_RENEWAL, told_after=told_after)
    for row in rows[:MOST]:
        yield bool(row.upcoming) and _renewal(row)


@whether
def _renewed_soon(now: datetime, until: datetime, told_after: datetime) -> QuerySet[Subscription]:
    before = Contribution.objects.filter(subscription=OuterRef("pk"))
    told = Notice.objects.filter(subscription=OuterRef("pk"), kind=Kind.RENEWAL, at__gt=told_after)
    near = _charged_within(now, until).filter(frequency="year")
    return near.filter(Exists(before)).exclude(Exists(told))


def _cards() -> Iterator[bool]:
    """Cards whose last month is over before the next charge; a paused one is charged later."""
    now = clock.now()
    until = now + BEFORE_CARD_FAILS
    rows = _card_ends_soon.rows(now=now, until=until, month=_month(clock.local_date(until)))
    for row in rows[:MOST]:
        yield card_ends_first(row) and _give(row, Kind.CARD, row.card_expires, "mail.card_ending")


@whether
def _card_ends_soon(now: datetime, until: datetime, month: str) -> QuerySet[Subscription]:
    ending = _charged_within(now, until).filter(card_expires__gt="", card_expires__lt=month)
    told = Notice.objects.filter(
        subscription=OuterRef("pk"), kind=Kind.CARD, about=OuterRef("card_expires")
    )
    return ending.exclude(Exists(told))


def _agreements() -> Iterator[bool]:
    """The yearly reminder of a monthly agreement, in the month in which it was made."""
    now = clock.now()
    today = clock.local_date(now)
    rows = _of_the_month.rows(before=now - MOST_OF_A_YEAR, year=today.year, month=today.month)
    for row in rows[:MOST]:
        yield _give(row, Kind.YEARLY, str(today.year), "mail.yearly_notice")


@whether
def _of_the_month(before: datetime, year: int, month: int) -> QuerySet[Subscription]:
    rows = (
        _running()
        .filter(frequency="month", started_at__lt=before)
        .annotate(month=ExtractMonth("started_at"), year=ExtractYear("started_at"))
        .filter(month=month, year__lt=year)
    )
    told = Notice.objects.filter(subscription=OuterRef("pk"), kind=Kind.YEARLY, about=str(year))
    return rows.exclude(Exists(told))


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


def _charged_within(now: datetime, until: datetime) -> QuerySet[Subscription]:
    return _running().filter(next_charge_at__gt=now, next_charge_at__lt=until)


def _month(day: date) -> str:
    return day.isoformat()[:7]
