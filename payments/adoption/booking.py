"""Booking staged charges: contributions with their entries and fees, some hundreds at a time.

Nobody gets a letter and no receipt is numbered: both were another system's. Each batch is one
transaction with the outcome of its charges, so that a crash repeats nothing.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from payments import clock
from payments.adoption.scope import Scope
from payments.models import (
    BalanceLine,
    Contribution,
    StagedCharge,
    Subscription,
)
from payments.reconcile import statement
from payments.services import ledger, ledger_in_bulk

Outcome = StagedCharge.Outcome
Kind = Contribution.Kind
BATCH = 500


def book(scope: Scope) -> None:
    """Book every staged charge that is in scope; park the others with the reason."""
    last = 0
    while batch := _unbooked(after=last):
        last = batch[-1].pk
        with transaction.atomic():
            _book(batch, scope)


def plan(scope: Scope, ours: set[str]) -> None:
    """Write down what `book` would do with each charge, and do nothing of it."""
    last = 0
    while batch := _unbooked(after=last):
        last = batch[-1].pk
        judge(batch, scope, ours)
        for row in batch:
            if row.outcome == Outcome.ADOPTED:
                row.outcome = Outcome.PLANNED
        _write_down(batch)


def _unbooked(*, after: int) -> list[StagedCharge]:
    """The next ones that are not in the books; those parked before are judged afresh."""
    rows = StagedCharge.objects.exclude(outcome__in=(Outcome.ADOPTED, Outcome.KNOWN))
    return list(rows.filter(pk__gt=after).order_by("pk")[:BATCH])


def judge(batch: list[StagedCharge], scope: Scope, ours: set[str]) -> None:
    """Set each charge's outcome; `ours` are the subscriptions that are taken over."""
    held = Contribution.objects.filter(
        Q(stripe_payment_intent_id__in=[row.stripe_payment_intent_id for row in batch])
        | Q(stripe_charge_id__in=[row.stripe_charge_id for row in batch])
    )
    known = set(held.values_list("stripe_payment_intent_id", flat=True))
    for row in batch:
        row.reason = scope.charge(row, ours=row.stripe_subscription_id in ours)
        row.outcome = Outcome.FOREIGN if row.reason else Outcome.ADOPTED
        if row.stripe_payment_intent_id in known:
            row.outcome, row.reason = Outcome.KNOWN, ""


def _book(batch: list[StagedCharge], scope: Scope) -> None:
    ids = {row.stripe_subscription_id for row in batch} - {""}
    agreements = Subscription.objects.in_bulk(ids, field_name="stripe_subscription_id")
    judge(batch, scope, ours=set(agreements))
    chosen = [row for row in batch if row.outcome == Outcome.ADOPTED]
    lines = BalanceLine.objects.in_bulk(
        [row.stripe_balance_transaction_id for row in chosen],
        field_name="stripe_balance_transaction_id",
    )
    people = _people(chosen, agreements)
    now = clock.now()
    made = Contribution.objects.bulk_create(
        _contribution(
            row,
            agreements.get(row.stripe_subscription_id),
            people.get(row.email),
            lines.get(row.stripe_balance_transaction_id),
            now,
        )
        for row in chosen
    )
    _enter(made, lines)
    _write_down(batch)


def _write_down(batch: list[StagedCharge]) -> None:
    """The outcomes; who paid is kept of those only that were parked."""
    by_outcome = defaultdict(list)
    for row in batch:
        by_outcome[row.outcome, row.reason].append(row.pk)
    for (outcome, reason), keys in by_outcome.items():
        changes: dict[str, Any] = {"outcome": outcome, "reason": reason}
        if outcome in (Outcome.ADOPTED, Outcome.KNOWN):
            changes |= {"email": "", "name": "", "metadata": {}}
        StagedCharge.objects.filter(pk__in=keys).update(**changes)


def _people(chosen: list[StagedCharge], agreements: dict[str, Subscription]) -> dict:
    """The supporter of each address, made where there is none; none where there is no address."""
    loose = [row for row in chosen if row.stripe_subscription_id not in agreements]
    return get_user_model().objects.for_emails({row.email: row.name for row in loose if row.email})


def _contribution(
    row: StagedCharge,
    agreement: Subscription | None,
    person,
    line: BalanceLine | None,
    now: datetime,
) -> Contribution:
    slow = line is not None and row.method.startswith("Bank")
    return Contribution(
        supporter_id=agreement.supporter_id if agreement else person and person.pk,
        subscription=agreement,
        kind=_kind(row, agreement),
        frequency=agreement.frequency if agreement else "once",
        status=Contribution.Status.PAID,
        currency=row.currency,
        gift_minor=row.amount_minor,
        name=row.name,
        email=row.email.lower(),
        method=row.method,
        country=row.country,
        received_at=line.created_at if line and slow else row.charged_at,
        created_at=now,
        adopted_at=now,
        stripe_payment_intent_id=row.stripe_payment_intent_id,
        stripe_invoice_id=row.stripe_invoice_id or None,
        stripe_charge_id=row.stripe_charge_id,
        stripe_customer_id=row.stripe_customer_id,
        livemode=row.livemode,
        stripe_balance_transaction_id=line.stripe_balance_transaction_id if line else None,
        fee_minor=_fee(row, line),
    )


def _fee(row: StagedCharge, line: BalanceLine | None) -> int | None:
    """In the charge's currency; what was exchanged has its fee in the ledger alone."""
    if line is None:
        return None
    return line.fee_minor if line.currency == row.currency else 0


def _kind(row: StagedCharge, agreement: Subscription | None) -> str:
    if agreement is None:
        return Kind.GIFT
    return Kind.FIRST if row.billing_reason == "subscription_create" else Kind.RENEWAL


def _enter(made: list[Contribution], lines: dict[str, BalanceLine]) -> None:
    """The ledger's entries: gross, and the fee of each that Stripe's line has told."""
    fees = []
    for row, root in zip(made, ledger_in_bulk.received(made), strict=True):
        line = lines.get(row.stripe_balance_transaction_id or "")
        if line is None:
            continue
        if line.currency == row.currency:
            fees.append((root, statement.told(line)))
        else:
            ledger.exchange(root, statement.told(line))
    ledger_in_bulk.fees(fees)
