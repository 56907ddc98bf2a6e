"""What hangs on the charges: subscriptions before them, refunds, disputes and payouts after."""

from collections import Counter
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from payments import clock
from payments.adoption.reading import Say, once
from payments.adoption.scope import Scope
from payments.gateway import pages
from payments.gateway.client import livemode
from payments.gateway.objects import BalanceTransaction, DisputeState, RefundState
from payments.models import (
    BalanceLine,
    Contribution,
    Difference,
    LedgerEntry,
    Refund,
    StagedCharge,
    Subscription,
)
from payments.reconcile import sides, statement
from payments.services import corrections, disputes, ledger, mirror, payouts

Kind = Difference.Kind


def subscriptions(scope: Scope, say: Say) -> None:
    """Keep every subscription in scope with its supporter; those we have stay as they are."""

    def keep(items: list[Any]) -> None:
        known = Subscription.objects.in_bulk(
            [item.id for item in items], field_name="stripe_subscription_id"
        )
        new = [each for each in items if each.id not in known and not scope.subscription(each)]
        people = get_user_model().objects.for_emails({each.email: each.name for each in new})
        for state in new:
            mirror.adopt(state, supporter=people[state.email])

    once("subscriptions", lambda after: pages.subscriptions(after=after), keep, say)


def in_scope(scope: Scope) -> tuple[set[str], Counter]:
    """For a dry run: the ids that would be taken over, and why the others would not."""
    chosen: set[str] = set()
    left: Counter = Counter()
    for state in pages.objects_of(pages.subscriptions()):
        reason = scope.subscription(state)
        if reason:
            left[reason] += 1
        else:
            chosen.add(state.id)
    return chosen, left


def refunds(say: Say) -> None:
    """Refunds of what was taken over; those of others are parked with them."""

    def keep(items: list[RefundState]) -> None:
        rows = _contributions(items)
        for state in items:
            row = rows.get(state.payment_intent_id)
            if row is None:
                _park(state.balance, state.failure_balance)
            else:
                _refund(state, row)

    once("refunds", lambda after: pages.refunds(after=after), keep, say)


def _refund(state: RefundState, contribution: Contribution) -> None:
    """Booked, without the letter and the note on the receipt that a new one has."""
    row, _ = Refund.objects.get_or_create(
        stripe_refund_id=state.id,
        defaults={
            "contribution": contribution,
            "amount_minor": state.amount_minor,
            "currency": state.currency,
            "status": state.status if state.status in Refund.Status.values else "pending",
            "reason": "made before this installation",
            "created_at": state.created_at,
        },
    )
    if state.balance:
        ledger.refunded(row, state.balance)
    if state.failure_balance:
        ledger.refund_failed(row, state.failure_balance)


def disputes_of_account(say: Say) -> None:
    def keep(items: list[DisputeState]) -> None:
        rows = _contributions(items)
        for state in items:
            row = rows.get(state.payment_intent_id)
            if row is None:
                _park(*state.movements)
            else:
                disputes.adopt(state, row)

    once("disputes", lambda after: pages.disputes(after=after), keep, say)


def transfers(say: Say) -> None:
    """Payouts with their content. Each asks Stripe once more, so they are kept one by one."""
    place = statement.place_of("adopt:payouts")
    if place.succeeded_at:
        return
    for page in pages.payouts(since=None, after=place.after_id):
        for state in page.items:
            payouts.take_over(state)
        place.after_id, place.rows = page.last_id, place.rows + len(page.items)
        place.save(update_fields=["after_id", "rows"])
    place.succeeded_at = clock.now()
    place.save(update_fields=["succeeded_at"])
    say(f"payouts: {place.rows} read")


def account_money() -> None:
    """Fees and corrections of the account as a whole, which belong to no contribution."""
    booked = LedgerEntry.objects.exclude(stripe_balance_transaction_id=None)
    open_lines = BalanceLine.objects.filter(livemode=livemode()).exclude(
        stripe_balance_transaction_id__in=booked.values("stripe_balance_transaction_id")
    )
    for line in open_lines.iterator():
        if sides.is_account_fee(line.type):
            corrections.account_fee(statement.told(line))
        elif line.type == "adjustment" and not line.category.startswith("dispute"):
            corrections.adjustment(statement.told(line))


def park_foreign_charges() -> None:
    """An explained difference for each charge that is not ours: the books tie with it."""
    staged = StagedCharge.objects.filter(outcome=StagedCharge.Outcome.FOREIGN)
    for row in staged.iterator():
        _park_line(row.stripe_balance_transaction_id, row.reason)


def _park(*balances: BalanceTransaction | None) -> None:
    for balance in balances:
        if balance:
            _park_line(balance.id, "belongs to a charge that is not ours")


def _park_line(balance_transaction_id: str, reason: str) -> None:
    line = BalanceLine.objects.filter(stripe_balance_transaction_id=balance_transaction_id).first()
    if line is None:
        return
    now = clock.now()
    with transaction.atomic():
        Difference.objects.update_or_create(
            kind=Kind.FOREIGN,
            subject=line.stripe_balance_transaction_id,
            livemode=line.livemode,
            defaults={
                "status": Difference.Status.EXPLAINED,
                "stripe_object_id": line.stripe_source_id,
                "stripe_balance_transaction_id": line.stripe_balance_transaction_id,
                "currency": line.currency,
                "amount_minor": line.net_minor,
                "theirs": f"{line.type} {line.amount.format()}",
                "happened_at": line.created_at,
                "found_at": now,
                "seen_at": now,
                "settled_at": now,
                "note": reason[:300],
            },
        )


def _contributions(items: list[Any]) -> dict[str, Contribution]:
    ids = {item.payment_intent_id for item in items} - {""}
    return Contribution.objects.in_bulk(ids, field_name="stripe_payment_intent_id")
