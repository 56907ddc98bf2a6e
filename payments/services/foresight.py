"""What works that are done together will need, found out before their transaction begins.

Stripe is asked here, and never while rows are locked; then every row that one of them locks is
locked at once, in the order in which everybody locks. Nothing is asked that another answer tells
already. A work that needs more all the same is done alone.
"""

from collections import defaultdict
from collections.abc import Callable
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q

from payments.gateway import calls
from payments.gateway.memory import Readings
from payments.gateway.objects import (
    CHECKOUT_KEY,
    Invoice,
    Payment,
    PayoutState,
    RefundState,
    Session,
    SubscriptionState,
)
from payments.models import (
    Checkout,
    Contribution,
    FailedRenewal,
    LedgerEntry,
    Payout,
    Subscription,
)
from payments.models.kept import found
from payments.models.pile import Pile, Unforeseen
from payments.services import checkout, contributions, mirror, notices, payouts, refunds

Told = TypeVar("Told")
Work = tuple[Any, ...]
Status = Contribution.Status


class Foresight:
    """Asks for the works of a batch, in the order of WAYS; `readings` keeps what was told."""

    def __init__(self, works: list[Work], readings: Readings) -> None:
        self._readings = readings
        self._sorted = 0
        self._kinds: dict[type, list[Any]] = defaultdict(list)
        ids: dict[Any, list[str]] = defaultdict(list)
        for service, stripe_id, *_ in works:
            ids[service].append(stripe_id)
        self._settled = _settled(ids)
        known = Checkout.objects.filter(stripe_checkout_session_id__in=ids[checkout.sync])
        keys = ("stripe_checkout_session_id", "status", "public_id")
        self._checkouts = {session: rest for session, *rest in known.values_list(*keys)}

    def ask(self, work: Work) -> None:
        """Ask Stripe for what a work will need. Raises GatewayError, and Unforeseen."""
        service, stripe_id = work
        if stripe_id not in self._settled:
            WAYS[service](self, stripe_id)

    def ask_for_strangers(self) -> None:
        """Read the subscriptions that invoices name and that we do not know."""
        named = {invoice.subscription_id for invoice in self._told(Invoice)} - {""}
        known = Subscription.objects.filter(stripe_subscription_id__in=named)
        for stripe_id in named - set(known.values_list("stripe_subscription_id", flat=True)):
            calls.subscription(stripe_id)

    def lock(self, pile: Pile) -> None:
        """Lock checkouts, then subscriptions, then contributions, and read the rest."""
        payments, invoices = self._told(Payment), self._told(Invoice)
        agreements, sessions = self._told(SubscriptionState), self._told(Session)
        firsts = [each for each in invoices if each.billing_reason == "subscription_create"]
        told: list[Payment | Invoice | SubscriptionState | Session] = [*payments, *firsts]
        told += [*agreements, *sessions]
        checkouts = pile.hold(Checkout, "public_id", _ids([each.metadata for each in told]))
        subscriptions = [each.id for each in agreements]
        subscriptions += [each.subscription_id for each in invoices]
        subscriptions += [each.subscription_id for each in sessions]
        pile.hold(Subscription, "stripe_subscription_id", subscriptions)
        sent = self._told(RefundState)
        paid = [each.id for each in payments] + [each.payment_intent_id for each in sent]
        pile.hold(Contribution, "stripe_payment_intent_id", paid)
        pile.hold(FailedRenewal, "stripe_invoice_id", [each.id for each in invoices])
        moved = self._told(PayoutState)
        pile.hold(Payout, "stripe_payout_id", [each.id for each in moved])
        parts = [each.balance for each in moved] + [each.failure_balance for each in moved]
        parts += [each.balance for each in sent] + [each.failure_balance for each in sent]
        balances = [part.id for part in parts if part]
        pile.rows(LedgerEntry, "stripe_balance_transaction_id", balances)
        people = get_user_model()
        emails = {each.email for each in told} | {each.email for each in checkouts}
        emails |= {each.email for each in invoices}
        pile.answers[people] = people.objects.known(emails - {""})

    def _payment(self, stripe_id: str) -> None:
        if CHECKOUT_KEY not in calls.payment(stripe_id).metadata:
            calls.invoice_of_payment(stripe_id)

    def _invoice(self, stripe_id: str) -> None:
        if any(invoice.id == stripe_id for invoice in self._told(Invoice)):
            return
        invoice = calls.invoice(stripe_id)
        if invoice.status == "paid" and invoice.payment_intent_id:
            calls.payment(invoice.payment_intent_id)

    def _charge(self, stripe_id: str) -> None:
        if not any(payment.charge_id == stripe_id for payment in self._told(Payment)):
            self._payment(calls.payment_of_charge(stripe_id))

    def _session(self, stripe_id: str) -> None:
        status, public_id = self._checkouts.get(stripe_id, ("", None))
        if status == Checkout.Status.PAID or public_id in self._paid():
            return
        session = calls.session(stripe_id)
        if session.mode == "setup":
            raise Unforeseen("a new card is written to Stripe")
        if session.subscription_id:
            calls.subscription(session.subscription_id)
        if session.invoice_id and session.payment_status == "paid":
            self._invoice(session.invoice_id)
        elif session.payment_intent_id:
            self._payment(session.payment_intent_id)

    def _agreement(self, stripe_id: str) -> None:
        calls.subscription(stripe_id)

    def _payout(self, stripe_id: str) -> None:
        if not payouts.is_whole(known := found(Payout, stripe_payout_id=stripe_id)):
            state = calls.payout(stripe_id)
            if state.complete and not (known and known.itemised_at):
                calls.payout_content(stripe_id)

    def _refund(self, stripe_id: str) -> None:
        self._paid_by(calls.refund(stripe_id).payment_intent_id)

    def _refunds(self, payment_intent_id: str) -> None:
        if calls.refunds_of(payment_intent_id):
            self._paid_by(payment_intent_id)

    def _paid_by(self, payment_intent_id: str) -> None:
        known = found(Contribution, stripe_payment_intent_id=payment_intent_id)
        if known is None or known.status != Status.PAID:
            self._payment(payment_intent_id)

    def _paid(self) -> set[UUID]:
        """The checkouts of which a payment or an invoice told that they are paid."""
        paid = [each.metadata for each in self._told(Payment) if each.status == "succeeded"]
        return _ids(paid + [each.metadata for each in self._told(Invoice)])

    def _told(self, kind: type[Told]) -> list[Told]:
        """What Stripe told of one kind so far; each reading is looked at once."""
        for told in islice(self._readings.values(), self._sorted, None):
            for one in told if isinstance(told, list) else [told]:
                self._kinds[type(one)].append(one)
        self._sorted = len(self._readings)
        return self._kinds[kind]


# In this order: a payment tells what its invoice, its charge and its session would tell again.
WAYS: dict[Callable[..., object], Callable[[Foresight, str], None]] = {
    contributions.record_payment: Foresight._payment,
    contributions.record_invoice: Foresight._invoice,
    contributions.settle_charge: Foresight._charge,
    checkout.sync: Foresight._session,
    mirror.sync: Foresight._agreement,
    notices.upcoming: Foresight._agreement,
    refunds.sync: Foresight._refund,
    refunds.sync_all: Foresight._refunds,
    payouts.progress: Foresight._payout,
    payouts.sync: Foresight._payout,
}


def _settled(ids: dict[Any, list[str]]) -> set[str]:
    """Of payments, invoices and charges, those of which nothing is left to be known."""
    whole = Contribution.objects.filter(
        Q(stripe_payment_intent_id__in=ids[contributions.record_payment])
        | Q(stripe_invoice_id__in=ids[contributions.record_invoice])
        | Q(stripe_charge_id__in=ids[contributions.settle_charge]),
        status=Status.PAID,
        fee_minor__isnull=False,
    )
    keys = ("stripe_payment_intent_id", "stripe_invoice_id", "stripe_charge_id")
    return {stripe_id for row in whole.values_list(*keys) for stripe_id in row if stripe_id}


def _ids(metadata: list[Any]) -> set[UUID]:
    """Our checkouts' ids."""
    return {UUID(each[CHECKOUT_KEY]) for each in metadata if CHECKOUT_KEY in each}
