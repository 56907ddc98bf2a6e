"""Short stories that pass the places at which a process may die, and how each goes on.

A story is a list of steps. A step that broke is done again, as a person presses again and Stripe
delivers again; what was done before must not be done twice. All of them run on a clock that stands
still, at a Stripe of their own, kept in a file that outlives the process.
"""

import json
import time
import urllib.parse
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Sum
from django.test import Client

from payments import clock, tasks
from payments.gateway import calls
from payments.gateway.errors import GatewayError
from payments.models import (
    AuditEntry,
    Checkout,
    Contribution,
    LedgerEntry,
    LedgerLine,
    OutboxTask,
    Payout,
    Receipt,
    ReceiptDocument,
    Refund,
    StripeEvent,
    Subscription,
    SubscriptionChange,
)
from payments.money import Money
from payments.sandbox import Sandbox
from payments.services import cards, checkout, refunds, subscriptions
from payments.sweep import sweep
from payments.webhooks import backfill
from payments.webhooks.dispatch import HANDLERS
from tests.stripe_transport import SandboxTransport

Kind = SubscriptionChange.Kind
HOOK = "http://testserver/stripe/webhook/"
GOOD, RETURNS = "4242424242424242", "DE62370400440532013001"
TOKENS = [uuid.UUID(int=number, version=4) for number in range(9)]
DAY = 86_400
BEGINS = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Stage:
    """What a story is played on; `traveller` moves the one clock."""

    def __init__(self, traveller, *, data, note_time=lambda: None):
        self.traveller = traveller
        self.note_time = note_time
        self.box = Sandbox(
            data=data,
            webhooks=[(HOOK, settings.STRIPE_WEBHOOK_SECRETS[0])],
            deliver=self.post,
            wall=time.time,
            settings={"refunds_need_funds": False},
        )
        endpoint = next(iter(self.box.store.newest("webhook_endpoint")))
        endpoint["enabled_events"] = sorted(HANDLERS)
        SandboxTransport.current = self.box
        self.client = Client(raise_request_exception=False)
        self.deaf = False
        calls.ensure_product()

    def post(self, url, headers, body):
        if self.deaf:
            return 200
        answer = self.client.post(
            urllib.parse.urlsplit(url).path,
            data=body,
            content_type="application/json",
            headers={"Stripe-Signature": headers["Stripe-Signature"]},
        )
        return answer.status_code

    # --- steps ----------------------------------------------------------------------------------

    def work(self):
        """Everything that is due now: the post, the inbox, the outbox, the sweep."""
        self.box.deliver_due()
        tasks.drain()
        sweep()
        self.box.deliver_due()
        tasks.drain()

    def pass_time(self, seconds):
        self.traveller.shift(seconds)
        self.note_time()
        self.work()

    def until(self, seconds):
        """Let it be that much after the beginning, if it is not later already."""
        self.pass_time(max(0, BEGINS.timestamp() + seconds - time.time()))

    def recover(self):
        """The process is back; within a minute everything that it left has to be done.

        The minute has the four sweeps of the beat in it, and a bell with each.
        """
        for _ in range(4):
            self.pass_time(15)

    def begin(self, *, token=0, minor=1000, frequency="once"):
        wish = checkout.Wish(
            form_token=TOKENS[token],
            frequency=frequency,
            gift=Money(minor, "eur"),
            email="nora@example.org",
            name="Nora Reader",
        )
        return checkout.start(wish)

    def pay(self, row, **fields):
        if row.status == Checkout.Status.OPEN:
            self.fill_in(row.stripe_url, **fields)

    def fill_in(self, url, **fields):
        person = {"card_number": GOOD, "exp": "12/40", "cvc": "123", "name": "Nora Reader"}
        body = urllib.parse.urlencode(person | {"email": "nora@example.org"} | fields)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.box.handle("POST", urllib.parse.urlsplit(url).path, form, body.encode())

    def give(self):
        self.pay(self.begin())

    def subscribe(self):
        self.pay(self.begin(frequency="month"))

    def put_down(self, kind):
        """Whether the wish stands already: then nobody asks again, and it has to be done."""
        return SubscriptionChange.objects.filter(kind=kind).exists()

    def the_subscription(self):
        return Subscription.objects.select_related("supporter").get()

    def send_half_back(self):
        if Refund.objects.exists():
            return  # Finance sees that it is on its way.
        row = Contribution.objects.get()
        refunds.refund(
            row, amount=Money(500, "eur"), reason="asked", actor=None, form_token=TOKENS[5]
        )

    def lose_the_refund(self):
        """Finance pressed, and the answer never came: nobody presses again."""
        self.box.faults.add({"path": "/v1/refunds", "kind": "lost_request", "times": 3})
        try:
            self.send_half_back()
        except GatewayError:
            return

    def change(self):
        if self.put_down(Kind.AMOUNT):
            return
        row = self.the_subscription()
        subscriptions.change_amount(row, gift=Money(1500, "eur"), actor=row.supporter)

    def stop(self):
        if self.put_down(Kind.CANCEL):
            return
        row = self.the_subscription()
        subscriptions.cancel(row, reason="", actor=row.supporter)

    def go_on(self):
        if self.put_down(Kind.UNDO):
            return
        row = self.the_subscription()
        subscriptions.undo_cancel(row, actor=row.supporter)

    def end_at_once(self):
        if self.put_down(Kind.CANCEL_NOW):
            return
        row = self.the_subscription()
        subscriptions.cancel_now(row, reason="", actor=row.supporter)

    def give_yearly(self):
        if self.put_down(Kind.FREQUENCY):
            return
        row = self.the_subscription()
        subscriptions.change_frequency(
            row, frequency="year", gift=Money(9000, "eur"), actor=row.supporter
        )

    def new_card(self):
        row = self.the_subscription()
        url = cards.start_card_change(row, return_url="https://example.org")
        self.fill_in(url, card_number="5555555555554444")

    def replace(self):
        self.begin()
        self.begin(minor=2000)

    def promise_from_a_bank(self):
        self.pay(self.begin(), payment_kind="sepa_debit", account=RETURNS)

    def hear_nothing(self):
        """The endpoint answers, and everything is lost."""
        self.deaf = True
        self.give()
        self.box.deliver_due()
        self.deaf = False

    def fetch(self):
        backfill.pull(clock.now() - timedelta(days=1))


def gift(stage):
    return [stage.give, stage.work, lambda: stage.until(600)]


def monthly(stage):
    return [stage.subscribe, stage.work, lambda: stage.until(600)]


def renewed(stage):
    return [*monthly(stage), lambda: stage.until(32 * DAY), lambda: stage.until(33 * DAY)]


def changed(stage):
    return [*monthly(stage), stage.change, stage.work]


def stopped_and_gone_on(stage):
    return [*monthly(stage), stage.stop, stage.go_on, stage.work]


def ended_at_once(stage):
    return [*monthly(stage), stage.end_at_once, stage.work]


def switched_to_yearly(stage):
    return [*monthly(stage), stage.give_yearly, stage.work, lambda: stage.until(33 * DAY)]


def new_card(stage):
    return [*monthly(stage), stage.new_card, stage.work]


def replaced(stage):
    return [stage.replace, stage.work]


def refunded(stage):
    return [*gift(stage), stage.send_half_back, stage.work, lambda: stage.until(1200)]


def refund_without_an_answer(stage):
    return [*gift(stage), stage.lose_the_refund, lambda: stage.until(1800)]


def debit_that_fails(stage):
    return [stage.promise_from_a_bank, stage.work, lambda: stage.until(10 * DAY)]


def paid_out(stage):
    return [*gift(stage), lambda: stage.until(5 * DAY), lambda: stage.until(6 * DAY)]


def fetched_afterwards(stage):
    return [stage.hear_nothing, stage.fetch, stage.work, lambda: stage.until(600)]


def state():
    """What every way through a story has to end in; times are left out."""
    return json.loads(json.dumps(_state()))


def _state():
    return {
        "checkouts": rows(Checkout, "gift_minor", "status"),
        "contributions": rows(
            Contribution, "email", "kind", "status", "gift_minor", "fee_minor", "method"
        ),
        "subscriptions": rows(Subscription, "status", "amount_minor", "cancel_at", "card_last4"),
        "refunds": rows(Refund, "amount_minor", "status"),
        "entries": rows(LedgerEntry, "kind", "gross_minor", "fee_minor"),
        "accounts": sorted(
            LedgerLine.objects.values_list("account").annotate(Sum("amount_minor"), Count("id"))
        ),
        "payouts": rows(Payout, "amount_minor", "status"),
        "receipts": sorted(Receipt.objects.values_list("number", flat=True)),
        "documents": ReceiptDocument.objects.count(),
        "audit": rows(AuditEntry, "action"),
        "tasks": rows(OutboxTask, "name"),
        "left": [
            OutboxTask.objects.filter(done_at=None).count(),
            StripeEvent.objects.filter(status__in=StripeEvent.OPEN).count(),
        ],
    }


def rows(model, *fields):
    return sorted(Counter(map(repr, model.objects.values_list(*fields))).items())
