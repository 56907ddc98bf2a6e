"""Reading an account's history from Stripe, once: every page is kept before the next is asked."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from payments import clock
from payments.gateway import pages
from payments.gateway.client import livemode
from payments.gateway.objects import InvoicePayment, ListedCharge
from payments.gateway.pages import Page
from payments.models import BalanceLine, ReadingPlace, StagedCharge
from payments.reconcile import statement

Say = Callable[[str], None]


def read_history(say: Say) -> None:
    """Stripe's balance transactions, charges, and which of them paid what invoice."""
    once("balance", lambda after: pages.balance(since=None, after=after), _keep_lines, say)
    once("charges", lambda after: pages.charges(after=after), _keep_charges, say)
    once("invoices", lambda after: pages.invoice_payments(after=after), _keep_invoices, say)


def once(
    name: str,
    read: Callable[[str], Iterator[Page]],
    keep: Callable[[list[Any]], None],
    say: Say,
) -> None:
    """Read a list to its end, from where an earlier reading broke off; then never again."""
    place = statement.place_of(f"adopt:{name}")
    if place.succeeded_at:
        return
    for page in read(place.after_id):
        with transaction.atomic():
            keep(page.items)
            place.after_id, place.rows = page.last_id, place.rows + len(page.items)
            place.save(update_fields=["after_id", "rows"])
    ReadingPlace.objects.filter(pk=place.pk).update(succeeded_at=clock.now())
    say(f"{name}: {place.rows} read")


def _keep_lines(items: list[Any]) -> None:
    BalanceLine.objects.bulk_create(map(statement.line, items), ignore_conflicts=True)


def _keep_charges(items: list[ListedCharge]) -> None:
    staged = [_staged(item) for item in items if item.paid]
    StagedCharge.objects.bulk_create(staged, ignore_conflicts=True)


def _staged(item: ListedCharge) -> StagedCharge:
    return StagedCharge(
        stripe_charge_id=item.id,
        stripe_payment_intent_id=item.payment_intent_id,
        stripe_balance_transaction_id=item.balance_transaction_id,
        stripe_customer_id=item.customer_id,
        amount_minor=item.amount_minor,
        currency=item.currency,
        email=item.email[:254],
        name=item.name[:200],
        method=item.method[:60],
        country=item.country[:2],
        metadata=dict(item.metadata),
        charged_at=item.charged_at,
        livemode=livemode(),
    )


def _keep_invoices(items: list[InvoicePayment]) -> None:
    by_payment = {item.payment_intent_id: item for item in items if item.payment_intent_id}
    rows = list(StagedCharge.objects.filter(stripe_payment_intent_id__in=by_payment))
    for row in rows:
        item = by_payment[row.stripe_payment_intent_id]
        row.stripe_invoice_id = item.invoice_id
        row.stripe_subscription_id = item.subscription_id
        row.billing_reason = item.billing_reason[:60]
    fields = ["stripe_invoice_id", "stripe_subscription_id", "billing_reason"]
    StagedCharge.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )
