"""Invariants I1 to I15 of FAILURES section 2, asked of the database and of Stripe's own store."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Count, F, Max, Min, Sum

from payments.models import (
    Checkout,
    Contribution,
    Difference,
    LedgerEntry,
    LedgerLine,
    OutboxTask,
    Payout,
    Receipt,
    Reconciliation,
    StripeEvent,
    Subscription,
)
from payments.triggers import APPEND_ONLY
from tests.simulation import letters
from tests.simulation.world import World

FINAL = {
    Checkout: ("paid",),
    Contribution: ("paid",),
    Subscription: Subscription.FINAL,
}


class Watch:
    """Looks on during a life: what was final stays, and a month once told stays told."""

    def __init__(self) -> None:
        self.final: dict[tuple[str, int], str] = {}
        self.told: dict[datetime, list[Any]] = {}

    def look(self, now: datetime) -> Iterator[str]:
        for model, states in FINAL.items():
            rows = dict(model.objects.filter(status__in=states).values_list("pk", "status"))
            name = model.__name__
            for (kind, pk), status in self.final.items():
                if kind == name and rows.get(pk) != status:
                    yield f"I7 {name} {pk} was {status} and is {rows.get(pk)}"
            self.final |= {(name, pk): status for pk, status in rows.items()}
        self.told[now] = told_by(now)

    def last_look(self) -> Iterator[str]:
        """I14: what a month was told to be is still what its entries say."""
        for moment, sums in self.told.items():
            if told_by(moment) != sums:
                yield f"I14 what was reported on {moment:%Y-%m-%d} reads differently today"


def told_by(moment: datetime) -> list[Any]:
    """The sums of what was recorded before a moment: time stands still while people act in it."""
    rows = LedgerEntry.objects.filter(recorded_at__lt=moment)
    return sorted(
        rows.order_by().values_list("kind", "currency").annotate(Sum("net_minor"), Count("id"))
    )


def broken(world: World) -> list[str]:
    """Every invariant that does not hold at the end of a life."""
    store = world.box.store
    return [
        *ledger_balances(),
        *append_only(),
        *ledger_is_stripes(store),
        *refunds_fit(),
        *one_row_each(store),
        *receipts_without_gaps(),
        *stored_before_answered(world),
        *effects_once(),
        *letters_once(),
        *one_mode(),
        *whole_numbers(),
        *subscriptions_are_stripes(store),
        *whose(),
        *payouts_tie(store),
        *payouts_are_stripes(store),
        *nothing_left(),
        *reconciled(),
    ]


def ledger_balances() -> Iterator[str]:
    uneven = LedgerLine.objects.values("entry", "currency").annotate(sum=Sum("amount_minor"))
    for row in uneven.exclude(sum=0):
        yield f"I1 entry {row['entry']} is off by {row['sum']} {row['currency']}"


def append_only() -> Iterator[str]:
    for table in APPEND_ONLY:
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            if _count(table) and _is_possible(statement):
                yield f"I2 {statement} was possible"


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def _is_possible(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True


def ledger_is_stripes(store: Any) -> Iterator[str]:
    """I3: for every charge, what we booked is what Stripe's balance says of it."""
    ours: Counter[tuple[str, str]] = Counter()
    booked = LedgerEntry.objects.exclude(kind__in=("payout", "payout_back")).order_by()
    for charge, currency, net in booked.values_list("stripe_charge_id", "currency", "net_minor"):
        ours[charge, currency] += net
    theirs: Counter[tuple[str, str]] = Counter()
    for row in store.newest("balance_transaction"):
        source = store.objects[row["source"]]
        if source["object"] != "payout":
            charge = source["id"] if source["object"] == "charge" else source["charge"]
            theirs[charge, row["currency"]] += row["net"]
    for key in ours.keys() | theirs.keys():
        if ours[key] != theirs[key]:
            yield f"I3 {key}: booked {ours[key]}, at Stripe {theirs[key]}"


def refunds_fit() -> Iterator[str]:
    rows = Contribution.objects.with_refunded()
    for row in rows.filter(refunded_minor__gt=F("gift_minor") + F("cover_minor")):
        yield f"I4 {row} was sent back more than whole"


def one_row_each(store: Any) -> Iterator[str]:
    """I5: one contribution for each charge that succeeded, no other."""
    paid = {row["id"] for row in store.newest("charge") if row["status"] == "succeeded"}
    ours = set(Contribution.objects.received().values_list("stripe_charge_id", flat=True))
    yield from (f"I5 charge {one} is not a contribution" for one in paid - ours)
    yield from (f"I5 contribution of {one}, which Stripe does not know" for one in ours - paid)


def receipts_without_gaps() -> Iterator[str]:
    years = Receipt.objects.order_by().values("year")
    for row in years.annotate(n=Count("id"), first=Min("sequence"), last=Max("sequence")):
        if (row["first"], row["last"]) != (1, row["n"]):
            yield f"I6 receipts of {row['year']}: {row}"
    for row in Contribution.objects.received().filter(receipt=None):
        yield f"I6 {row} has no receipt"


def stored_before_answered(world: World) -> Iterator[str]:
    stored = set(StripeEvent.objects.values_list("stripe_event_id", flat=True))
    yield from (f"I9 {one} was answered and is not stored" for one in world.accepted - stored)


def effects_once() -> Iterator[str]:
    keys = OutboxTask.objects.values("key").annotate(n=Count("id")).filter(n__gt=1)
    yield from (f"I10 {row['key']} stands twice" for row in keys)


def letters_once() -> Iterator[str]:
    """I10: one letter for each receipt; a repeat under the same Message-ID is the same letter."""
    due = {f"receipt-{receipt.number}" for receipt in Receipt.objects.all()}
    sent = letters.identities("receipt-")
    yield from (f"I10 {one} was never sent" for one in sorted(due - sent))
    yield from (f"I10 {one} was sent and is nobody's" for one in sorted(sent - due))


def one_mode() -> Iterator[str]:
    for model in (Checkout, Contribution, Subscription, StripeEvent):
        if model.objects.filter(livemode=True).exists():
            yield f"I11 {model.__name__} holds rows of the other mode"


def whole_numbers() -> Iterator[str]:
    for model in apps.get_app_config("payments").get_models():
        for field in model._meta.get_fields():
            money = field.name.endswith("_minor")
            if money and not isinstance(field, models.BigIntegerField):
                yield f"I12 {model.__name__}.{field.name} is not a whole number"


def subscriptions_are_stripes(store: Any) -> Iterator[str]:
    """I13: standing is read from these rows, so they must say what Stripe says."""
    for row in Subscription.objects.all():
        truth = store.objects[row.stripe_subscription_id]
        price = truth["items"]["data"][0]["price"]["unit_amount"]
        if (row.status, row.amount_minor) != (truth["status"], price):
            yield f"I13 {row}: {row.status} {row.amount_minor}, at Stripe {truth['status']} {price}"


def whose() -> Iterator[str]:
    rows = Contribution.objects.exclude(supporter__email=F("email"))
    yield from (f"I15 {row} belongs to somebody else than who paid it" for row in rows)


def payouts_tie(store: Any) -> Iterator[str]:
    for payout in Payout.objects.exclude(itemised_at=None).annotate(sum=Sum("items__net_minor")):
        if payout.sum != payout.amount_minor:
            yield f"payout {payout}: items {payout.sum}, payout {payout.amount_minor}"
    held: Counter[str] = Counter()
    for row in store.newest("balance_transaction"):
        held[row["currency"]] += row["net"]
    ours = LedgerLine.objects.filter(account="stripe").order_by().values_list("currency")
    for currency, sum in ours.annotate(Sum("amount_minor")):
        if sum != held[currency]:
            yield f"balance {currency}: booked {sum}, at Stripe {held[currency]}"


def payouts_are_stripes(store: Any) -> Iterator[str]:
    """Every payout stands as it does at Stripe, and the bank got what Stripe says."""
    columns = ("stripe_payout_id", "status", "currency", "amount_minor")
    ours = {row[0]: row[1:] for row in Payout.objects.values_list(*columns)}
    bank: Counter[str] = Counter()
    for truth in store.newest("payout"):
        told = truth["status"], truth["currency"], truth["amount"]
        bank[truth["currency"]] += truth["amount"] if truth["status"] != "failed" else 0
        if ours.pop(truth["id"], None) != told:
            yield f"payout {truth['id']} is not {told} here"
    yield from (f"payout {one} is not Stripe's" for one in ours)
    lines = LedgerLine.objects.filter(account="bank").order_by().values_list("currency")
    for currency, sum in lines.annotate(Sum("amount_minor")):
        if sum != bank[currency]:
            yield f"bank {currency}: booked {sum}, at Stripe {bank[currency]}"


def nothing_left() -> Iterator[str]:
    """Everything that was stored has been settled."""
    for status, note in StripeEvent.objects.filter(status__in=StripeEvent.OPEN).values_list(
        "status", "note"
    ):
        yield f"an event is left {status}: {note}"
    for key, note in OutboxTask.objects.filter(done_at=None).values_list("key", "note"):
        yield f"task {key} is left: {note}"


def reconciled() -> Iterator[str]:
    """The product's own comparison agrees with ours: nothing differs, and the sums meet."""
    last = Reconciliation.objects.latest("id")
    if not last.ties:
        found = Difference.objects.filter(status="open").values_list("kind", "stripe_object_id")
        yield f"reconcile does not tie: {last.sums} {list(found[:5])}"
