"""Stripe's balance transactions, taken over page by page; none is read twice."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Min

from payments import clock
from payments.gateway import pages
from payments.gateway.client import livemode
from payments.gateway.objects import BalanceTransaction
from payments.models import BalanceLine, ReadingPlace
from payments.reconcile import sides

NAME = "balance"
# A line may become visible a little after one that is newer; a second look costs one page.
OVERLAP = timedelta(hours=1)


def read() -> int:
    """Take over what is new since the last reading; returns how many lines were new.

    A reading that broke off goes on after the page it had reached. The first one begins where
    our books begin. Raises the gateway's errors.
    """
    place = place_of(NAME)
    if place.complete_until is None:
        place.complete_until = sides.begins()
        place.save(update_fields=["complete_until"])
    since = place.complete_until - OVERLAP if place.complete_until else None
    new = sum(_keep(place, page) for page in pages.balance(since=since, after=place.after_id))
    _finish(place)
    return new


def read_again() -> int:
    """Read the whole list once more, for lines that an earlier reading did not get."""
    place = place_of(NAME)
    first = sides.their_lines().aggregate(first=Min("created_at"))["first"]
    ReadingPlace.objects.filter(pk=place.pk).update(
        complete_until=first or sides.begins(), after_id=""
    )
    return read()


def place_of(name: str) -> ReadingPlace:
    """How far the list was read, in this key's mode."""
    return ReadingPlace.of(name, livemode=livemode())


def _keep(place: ReadingPlace, page: pages.Page) -> int:
    """A page and the place after it, in one transaction: a crash repeats nothing."""
    with transaction.atomic():
        before = BalanceLine.objects.filter(
            stripe_balance_transaction_id__in=[item.id for item in page.items]
        ).count()
        BalanceLine.objects.bulk_create(map(line, page.items), ignore_conflicts=True)
        new = len(page.items) - before
        _move_on(place, page, new)
    return new


def _move_on(place: ReadingPlace, page: pages.Page, new: int) -> None:
    newest = max((item.created_at for item in page.items), default=None)
    place.newest_at = max(filter(None, (place.newest_at, newest)), default=None)
    place.after_id = page.last_id
    ReadingPlace.objects.filter(pk=place.pk).update(
        after_id=place.after_id, newest_at=place.newest_at, rows=F("rows") + new
    )


def _finish(place: ReadingPlace) -> None:
    reached = max(filter(None, (place.complete_until, place.newest_at)), default=None)
    ReadingPlace.objects.filter(pk=place.pk).update(
        complete_until=reached, newest_at=None, after_id="", succeeded_at=clock.now()
    )


def line(item: BalanceTransaction) -> BalanceLine:
    """The row of a balance transaction."""
    return BalanceLine(
        stripe_balance_transaction_id=item.id,
        type=item.type[:60],
        category=item.category[:60],
        amount_minor=item.amount_minor,
        fee_minor=item.fee_minor,
        net_minor=item.net_minor,
        currency=item.currency,
        exchange_rate=item.exchange_rate[:32],
        stripe_source_id=item.source_id[:255],
        livemode=livemode(),
        created_at=item.created_at,
    )


def told(row: BalanceLine) -> BalanceTransaction:
    """The balance transaction of a row, as the gateway would tell it."""
    return BalanceTransaction(
        id=row.stripe_balance_transaction_id,
        amount_minor=row.amount_minor,
        fee_minor=row.fee_minor,
        net_minor=row.net_minor,
        currency=row.currency,
        type=row.type,
        created_at=row.created_at,
        category=row.category,
        source_id=row.stripe_source_id,
        exchange_rate=row.exchange_rate,
    )
