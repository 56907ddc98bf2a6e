"""Both sides of the comparison, sorted by Stripe's id, a few thousand rows at a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Collate

from payments import clock
from payments.gateway.client import livemode
from payments.models import BalanceLine, LedgerEntry, ReadingPlace
from payments.reconcile.merge import Ours, Theirs

CHUNK = 5000


NAME = "books"
# Where the books begin: money charged just before the first entry settles after it.
BEFORE_THE_BOOKS = timedelta(days=1)


def begins() -> datetime | None:
    """From when on both sides are compared; None once a whole history was taken over.

    Fixed when it is first asked for: an account's earlier life is not a difference.
    """
    place = ReadingPlace.of(NAME, livemode=livemode())
    if place.succeeded_at:
        return None
    if place.complete_until is None:
        own = LedgerEntry.objects.exclude(contribution__adopted_at__isnull=False)
        first = own.aggregate(first=Min("occurred_at"))["first"]
        place.complete_until = (first or clock.now()) - BEFORE_THE_BOOKS
        place.save(update_fields=["complete_until"])
    return place.complete_until


def take_in_everything() -> None:
    """From now on the whole history is compared: it is in the books."""
    ReadingPlace.objects.update_or_create(
        name=NAME, livemode=livemode(), defaults={"succeeded_at": clock.now()}
    )


def own_entries() -> QuerySet[LedgerEntry]:
    """Entries of this key's mode: live and test money never share a total."""
    own = Q(contribution=None) | Q(contribution__livemode=livemode())
    entries = LedgerEntry.objects.filter(own).order_by()
    begun = begins()
    return entries.filter(occurred_at__gte=begun) if begun else entries


def their_lines() -> QuerySet[BalanceLine]:
    """Stripe's balance transactions of the same time."""
    rows = BalanceLine.objects.filter(livemode=livemode()).order_by()
    begun = begins()
    return rows.filter(created_at__gte=begun) if begun else rows


def movements() -> QuerySet:
    """Each movement whole: its first entry and everything that settles it."""
    return (
        own_entries()
        .values(root=Coalesce("settles_id", "id"))
        .annotate(
            txn=Max("stripe_balance_transaction_id"),
            gross=Sum("gross_minor"),
            fee=Sum("fee_minor"),
            first=Min("currency"),
            last=Max("currency"),
        )
    )


def ours() -> Iterator[Ours]:
    """The movements that have a balance transaction, by its id."""
    rows = movements().filter(txn__isnull=False).order_by(_bytewise("txn"))
    columns = ("txn", "root", "gross", "fee", "first", "last")
    for row in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        yield Ours(*row)


def theirs() -> Iterator[Theirs]:
    """Stripe's balance transactions, by their id."""
    columns = ("stripe_balance_transaction_id", "pk", "type", "amount_minor", "fee_minor")
    sorted_rows = their_lines().order_by(_bytewise(columns[0])).values_list(*columns, "currency")
    for txn, pk, kind, amount, fee, currency in sorted_rows.iterator(chunk_size=CHUNK):
        yield Theirs(txn, pk, *laid_out(kind, amount, fee), currency)


def laid_out(kind: str, amount: int, fee: int) -> tuple[int, int]:
    """Gross and fee as the books have them: a fee of the account is all fee, and no gross."""
    return (0, fee - amount) if is_account_fee(kind) else (amount, fee)


def is_account_fee(kind: str) -> bool:
    """Stripe's words for what the account itself pays: stripe_fee, tax_fee, stripe_fx_fee …"""
    return kind.endswith("_fee")


def _bytewise(column: str) -> Collate | F:
    """The order of bytes, as Python compares: SQLite's own, on PostgreSQL to be asked for."""
    return Collate(F(column), "C") if connection.vendor == "postgresql" else F(column)
