"""The ledger against Stripe's balance transactions, one by one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from payments.models import Account, BalanceLine, LedgerEntry
from payments.money import Money
from payments.reconcile import lines, sides
from payments.reconcile.findings import Finding, Kind
from payments.reconcile.merge import Ours, Theirs, agree, merged


@dataclass
class Tally:
    """What was compared; `waiting` is the net, by currency, of what is too young to be missed."""

    entries: int = 0
    lines: int = 0
    waiting: Counter = field(default_factory=Counter)


def compare(tally: Tally, *, before: datetime) -> Iterator[Finding]:
    """Every difference of sums; what is younger than `before` may still be on its way."""
    for mine, other in merged(sides.ours(), sides.theirs()):
        tally.entries += mine is not None
        tally.lines += other is not None
        if mine and other:
            if not agree(mine, other):
                yield _differing(mine, other)
        elif other:
            yield from _only_theirs(other, tally, before=before)
        elif mine:
            yield from _only_ours(mine, tally, before=before)
    yield from _without_transaction(tally, before=before)


def unbalanced() -> Iterator[Finding]:
    """Entries whose lines do not sum to zero, or whose share of Stripe's money is not their net."""
    held = Coalesce(Sum("lines__amount_minor", filter=Q(lines__account=Account.STRIPE)), 0)
    entries = sides.own_entries().annotate(
        total=Coalesce(Sum("lines__amount_minor"), 0),
        held=held,
        currencies=Count("lines__currency", distinct=True),
    )
    wrong = entries.filter(~Q(total=0) | ~Q(held=F("net_minor")) | Q(currencies__gt=1))
    for entry in wrong.iterator():
        yield Finding(
            Kind.UNBALANCED,
            subject=entry.key,
            ours=str(entry.total),
            theirs="0",
            entry_id=entry.pk,
            contribution_id=entry.contribution_id,
            happened_at=entry.occurred_at,
        )


def _only_theirs(other: Theirs, tally: Tally, *, before: datetime) -> Iterator[Finding]:
    line = BalanceLine.objects.get(pk=other.pk)
    if LedgerEntry.objects.filter(stripe_balance_transaction_id=other.txn).exists():
        return  # Booked while we were reading.
    if line.created_at >= before:
        tally.waiting[line.currency] += line.net_minor
    elif line.amount_minor or line.fee_minor:
        yield lines.finding(line)


def _only_ours(mine: Ours, tally: Tally, *, before: datetime) -> Iterator[Finding]:
    known = BalanceLine.objects.filter(stripe_balance_transaction_id=mine.txn).exists()
    if known or not (mine.gross or mine.fee):
        return
    root = LedgerEntry.objects.get(pk=mine.root_id)
    yield from _unmatched(root, mine.gross - mine.fee, tally, before=before, txn=mine.txn)


def _differing(mine: Ours, other: Theirs) -> Finding:
    root = LedgerEntry.objects.get(pk=mine.root_id)
    net, stripes = mine.gross - mine.fee, other.gross - other.fee
    same_currency = mine.currency == mine.other_currency == other.currency
    kind = Kind.WRONG_FEE if mine.gross == other.gross else Kind.WRONG_AMOUNT
    lacks = Money(stripes - net, other.currency)
    return Finding(
        kind if same_currency else Kind.WRONG_CURRENCY,
        subject=mine.txn,
        lacks=lacks if same_currency else Money(stripes, other.currency),
        lacks_too=None if same_currency else Money(-net, mine.currency),
        ours=_said(mine.gross, mine.fee, mine.currency),
        theirs=_said(other.gross, other.fee, other.currency),
        balance_transaction_id=mine.txn,
        entry_id=root.pk,
        contribution_id=root.contribution_id,
        happened_at=root.occurred_at,
    )


def _without_transaction(tally: Tally, *, before: datetime) -> Iterator[Finding]:
    """Movements that no balance transaction has settled: young ones, doubles, and lost ones."""
    rows = sides.movements().filter(txn=None).exclude(gross=0, fee=0)
    for root_id, gross, fee in list(rows.values_list("root", "gross", "fee")):
        root = LedgerEntry.objects.get(pk=root_id)
        line = lines.of_charge(root.stripe_charge_id)
        if line is not None and lines.was_exchanged(line):
            continue
        if line is None:
            yield from _unmatched(root, gross - fee, tally, before=before)
        elif _is_double(root):
            yield _double(root, gross - fee)
        elif line.created_at >= before:
            tally.waiting[root.currency] -= gross - fee


def _unmatched(
    root: LedgerEntry, net: int, tally: Tally, *, before: datetime, txn: str = ""
) -> Iterator[Finding]:
    if root.occurred_at >= before:
        tally.waiting[root.currency] -= net
        return
    yield Finding(
        Kind.NO_COUNTERPART,
        subject=root.key,
        lacks=Money(-net, root.currency),
        ours=_said(root.gross_minor, root.fee_minor, root.currency),
        balance_transaction_id=txn,
        stripe_object_id=root.stripe_charge_id,
        entry_id=root.pk,
        contribution_id=root.contribution_id,
        happened_at=root.occurred_at,
    )


def _is_double(root: LedgerEntry) -> bool:
    """Whether another entry holds the same charge: one that is settled, else the older one."""
    others = LedgerEntry.objects.filter(
        stripe_charge_id=root.stripe_charge_id, settles=None, kind__in=lines.CONTRIBUTIONS
    ).exclude(pk=root.pk)
    settled = Q(settlements__stripe_balance_transaction_id__isnull=False)
    own = Q(stripe_balance_transaction_id__isnull=False)
    return others.filter(settled | own | Q(pk__lt=root.pk)).exists()


def _double(root: LedgerEntry, net: int) -> Finding:
    return Finding(
        Kind.DUPLICATE,
        subject=root.key,
        lacks=Money(-net, root.currency),
        ours=_said(root.gross_minor, root.fee_minor, root.currency),
        stripe_object_id=root.stripe_charge_id,
        entry_id=root.pk,
        contribution_id=root.contribution_id,
        happened_at=root.occurred_at,
    )


def _said(gross: int, fee: int, currency: str) -> str:
    """A sum and its fee in words that need no language."""
    return f"{Money(gross, currency).format()} − {Money(fee, currency).format()}"
