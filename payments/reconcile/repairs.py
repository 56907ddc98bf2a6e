"""How each kind of difference is put right: by the same services that should have booked it."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from payments import clock, outbox
from payments.gateway.errors import GatewayError
from payments.models import BalanceLine, Contribution, Difference
from payments.money import Money
from payments.receipts.issue import issue
from payments.reconcile import lines, sides, statement
from payments.reconcile.findings import Kind
from payments.services import (
    audit,
    contributions,
    corrections,
    disputes,
    ledger,
    mirror,
    payouts,
    refunds,
    returns,
    vanished,
)
from payments.services.parked import Foreign, Unsettled

Status = Difference.Status


class RepairRefused(Exception):
    """The repair did not work; the reason is kept on the difference."""


def repair(difference: Difference, *, actor: Any) -> Difference:
    """Put a difference right. The next comparison looks whether it worked.

    Raises RepairRefused where there is nothing to do by itself, or Stripe would not.
    """
    mend = REPAIRS.get(Kind(difference.kind))
    if mend is None or difference.status != Status.OPEN:
        raise RepairRefused("a person has to look at this one")
    try:
        mend(difference)
    except (GatewayError, Foreign, Unsettled, refunds.RefundRefused) as error:
        _say(difference, f"not repaired: {error}")
        raise RepairRefused(str(error)) from error
    return _settle(difference, Status.REPAIRED, note="", actor=actor)


def explain(difference: Difference, *, reason: str, actor: Any) -> Difference:
    """Let a difference stand for a reason; it is not told again unless it changes."""
    if difference.status != Status.OPEN:
        raise RepairRefused("settled already")
    return _settle(difference, Status.EXPLAINED, note=reason, actor=actor)


def take(difference: Difference, *, actor: Any) -> None:
    """Somebody looks after it from now on."""
    Difference.objects.filter(pk=difference.pk).update(owner=actor)
    audit.note("difference taken", subject=difference, actor=actor)


def _settle(difference: Difference, status: str, *, note: str, actor: Any) -> Difference:
    with transaction.atomic():
        changed = Difference.objects.filter(pk=difference.pk, status=Status.OPEN).update(
            status=status, note=note[:300], settled_at=clock.now(), settled_by=actor
        )
        if changed:
            audit.note(
                f"difference {status}",
                subject=difference,
                actor=actor,
                reason=note,
                after={"kind": difference.kind, "amount_minor": difference.amount_minor},
            )
    difference.refresh_from_db()
    return difference


def _say(difference: Difference, note: str) -> None:
    Difference.objects.filter(pk=difference.pk).update(note=note[:300])


# --- What is done -------------------------------------------------------------------------------


def _line(difference: Difference) -> BalanceLine:
    return BalanceLine.objects.get(
        stripe_balance_transaction_id=difference.stripe_balance_transaction_id
    )


def _charge(difference: Difference) -> None:
    contributions.settle_charge(difference.stripe_object_id)


def _booking(difference: Difference) -> None:
    """Book a contribution that we hold: its sum, and its fee once Stripe's line has told it."""
    contribution = _contribution(difference)
    with transaction.atomic():
        locked = Contribution.objects.select_for_update().get(pk=contribution.pk)
        if not locked.ledger_entries.filter(kind=locked.kind).exists():
            ledger.received(locked)
    line = lines.of_charge(contribution.stripe_charge_id or "")
    if contribution.fee_minor is None:
        contributions.record_payment(contribution.stripe_payment_intent_id)
    elif line is not None:
        with transaction.atomic():
            ledger.fee(contribution, statement.told(line))


def _correct(difference: Difference) -> None:
    line = _line(difference)
    gross, fee = sides.laid_out(line.type, line.amount_minor, line.fee_minor)
    entry = difference.entry
    if entry is not None:
        corrections.correct(entry, gross=Money(gross, line.currency), fee_minor=fee)


def _account(difference: Difference) -> None:
    corrections.account_fee(statement.told(_line(difference)))


def _adjust(difference: Difference) -> None:
    corrections.adjustment(statement.told(_line(difference)))


def _counter(difference: Difference) -> None:
    if difference.entry is not None:
        corrections.counter(difference.entry)


def _exchange(difference: Difference) -> None:
    """As the booking of a contribution does it for money settled in another currency."""
    contributions.settle_charge(difference.stripe_object_id)


def _statement(_: Difference) -> None:
    """Read the list from where it begins: what is there already stays as it is."""
    statement.read_again()


def _refund(difference: Difference) -> None:
    refunds.sync(difference.stripe_object_id)


def _dispute(difference: Difference) -> None:
    disputes.sync(difference.stripe_object_id)


def _returned(difference: Difference) -> None:
    returns.record(difference.stripe_object_id)


def _payout(difference: Difference) -> None:
    payouts.sync(difference.stripe_object_id)


def _content(difference: Difference) -> None:
    payouts.read_again(difference.stripe_object_id)


def _subscription(difference: Difference) -> None:
    mirror.sync(difference.stripe_object_id)


def _gone(difference: Difference) -> None:
    vanished.end_subscription(difference.stripe_object_id)


def _renewal(difference: Difference) -> None:
    """Read the subscription, and the invoice that it made last."""
    row = mirror.sync(difference.stripe_object_id)
    if row.latest_invoice_id:
        contributions.record_invoice(row.latest_invoice_id)


def _receipt(difference: Difference) -> None:
    with transaction.atomic():
        receipt = issue(_contribution(difference), now=clock.now())
        outbox.put("receipt.render", key=f"receipt.render:{receipt.number}", receipt_id=receipt.pk)


def _payment(difference: Difference) -> None:
    """Ask Stripe once more whether the money came."""
    contribution = contributions.record_payment(difference.stripe_object_id)
    if contribution is None or contribution.status != Contribution.Status.PAID:
        raise Unsettled("Stripe has no money for it")


def _contribution(difference: Difference) -> Contribution:
    return Contribution.objects.get(difference=difference)


REPAIRS: dict[Kind, Callable[[Difference], None]] = {
    Kind.MISSING_CHARGE: _charge,
    Kind.MISSING_FEE: _booking,
    Kind.UNBOOKED: _booking,
    Kind.EXCHANGED: _exchange,
    Kind.WRONG_AMOUNT: _correct,
    Kind.WRONG_FEE: _correct,
    Kind.MISSING_REFUND: _refund,
    Kind.REFUND_FAILED: _refund,
    Kind.DISPUTE: _dispute,
    Kind.DISPUTE_WON: _dispute,
    Kind.DEBIT_RETURNED: _returned,
    Kind.MISSING_PAYOUT: _payout,
    Kind.PAYOUT_RETURNED: _payout,
    Kind.PAYOUT_STATE: _payout,
    Kind.PAYOUT_CONTENT: _content,
    Kind.ACCOUNT_FEE: _account,
    Kind.ADJUSTMENT: _adjust,
    Kind.DUPLICATE: _counter,
    Kind.NO_COUNTERPART: _counter,
    Kind.NO_RECEIPT: _receipt,
    Kind.RECEIPT_ALONE: _payment,
    Kind.SUBSCRIPTION_STATE: _subscription,
    Kind.SUBSCRIPTION_AMOUNT: _subscription,
    Kind.SUBSCRIPTION_ENDED: _subscription,
    Kind.SUBSCRIPTION_UNKNOWN: _subscription,
    Kind.SUBSCRIPTION_GONE: _gone,
    Kind.RENEWAL_MISSED: _renewal,
    Kind.BALANCE: _statement,
}
