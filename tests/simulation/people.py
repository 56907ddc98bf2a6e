"""What people do, by the product's own services; and what they do when the answer breaks."""

import json
import time
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from payments import crash
from payments.gateway.errors import GatewayError
from payments.gateway.objects import CHECKOUT_KEY, FOLLOWS_KEY
from payments.models import Checkout, Contribution, StripeEvent, Subscription
from payments.money import STEPS, Money
from payments.services import cards, checkout, refunds, subscriptions
from tests.simulation.lives import DECLINED, FAILS_LATER, GOOD, Act, Giver
from tests.simulation.world import World

PATIENCE = 90
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
ENDED = ("canceled", "incomplete_expired")


class GaveUp(AssertionError):
    """Somebody pressed a button ninety times and never got there."""


class NotThere(Exception):
    """The page does not show yet what Stripe knows already."""


class People:
    """Everybody of one life. `said` counts how each kind of wish was answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = world.box.store
        self.said: Counter[str] = Counter()

    def do(self, act: Act) -> None:
        self.act = act
        getattr(self, act.word.replace(" ", "_"))(act.giver)

    def insist(self, wish: Callable[[], Any]) -> Any:
        """Press the button until it works; a crash or a lost answer is a page that broke."""
        for tries in range(PATIENCE):
            try:
                with crash.armed(self.world.maybe_die):
                    return wish()
            except (GatewayError, crash.Crashed, NotThere):
                self.world.traveller.shift(5)
                if tries % 6 == 5:
                    self.world.survive(self.world.fetch)
                    self.world.work()
        raise GaveUp(f"{self.act}: {failed_notes()}")

    # --- giving ---------------------------------------------------------------------------------

    def give(self, giver: Giver) -> None:
        began = time.time()
        self.pay_later(giver, self.begin(giver), began=began)

    def send_twice(self, giver: Giver) -> None:
        """A double click, and the back button."""
        began = time.time()
        self.begin(giver)
        self.pay_later(giver, self.begin(giver), began=began)

    def decline_first(self, giver: Giver) -> None:
        began = time.time()
        row = self.begin(giver)
        if not giver.account:
            self.page(row.stripe_url, giver, card=DECLINED)
        self.pay_later(giver, row, began=began)

    def turn_back(self, giver: Giver) -> None:
        self.begin(giver)

    def begin(self, giver: Giver) -> Checkout:
        step = STEPS.get(giver.currency, 1)
        wish = checkout.Wish(
            form_token=giver.token,
            frequency=giver.frequency,
            gift=Money(giver.minor // step * step, giver.currency),
            cover_fee=giver.cover_fee,
            email=giver.email,
            name=giver.name,
        )
        return self.insist(lambda: checkout.start(wish))

    def pay_later(self, giver: Giver, row: Checkout, *, began: float) -> None:
        """Ten minutes after the beginning, at the same second in every life."""
        self.world.traveller.move_to(began + 600)
        self.page(row.stripe_url, giver, card=giver.card)
        if giver.returns_to_the_page:
            self.world.survive(lambda: checkout.refresh(row))

    def page(self, url: str, giver: Giver, *, card: str) -> int:
        fields = {"email": giver.email, "name": giver.name, "exp": giver.expires, "cvc": "123"}
        fields["card_number"] = card
        if giver.account:
            fields |= {"payment_kind": "sepa_debit", "account": giver.account}
        status, onward = self.send(url, fields)
        if status == 303 and "/3ds/" in onward:
            status, onward = self.send(onward, {"answer": "approve"})
        if status not in {303, 402}:
            raise AssertionError(f"Stripe's page answered {status}")
        return status

    def send(self, url: str, fields: dict[str, str]) -> tuple[int, str]:
        path = urllib.parse.urlsplit(url).path
        answer = self.world.box.handle("POST", path, FORM, urllib.parse.urlencode(fields).encode())
        return answer.status, answer.headers.get("Location", "")

    # --- the agreement --------------------------------------------------------------------------

    def change(self, giver: Giver) -> None:
        def wish(row: Subscription) -> None:
            gift = Money(giver.minor * 3 // 2, giver.currency)
            subscriptions.change_amount(row, gift=gift, actor=row.supporter)

        self.on_the_account(giver, "change", wish)

    def stop(self, giver: Giver) -> None:
        self.on_the_account(
            giver,
            "stop",
            lambda row: subscriptions.cancel(row, reason="no money", actor=row.supporter),
        )

    def stop_and_go_on(self, giver: Giver) -> None:
        self.stop(giver)
        self.on_the_account(
            giver, "go on", lambda row: subscriptions.undo_cancel(row, actor=row.supporter)
        )

    def stop_in_the_dashboard(self, giver: Giver) -> None:
        """Staff end it on Stripe's own pages."""
        if truth := self.truth(giver):
            self.world.bank.subscriptions.cancel(truth["id"])

    def stop_now(self, giver: Giver) -> None:
        self.on_the_account(
            giver,
            "stop now",
            lambda row: subscriptions.cancel_now(row, reason="no money", actor=row.supporter),
        )

    def pause(self, giver: Giver) -> None:
        self.on_the_account(
            giver, "pause", lambda row: subscriptions.pause(row, charges=3, actor=row.supporter)
        )

    def skip_one(self, giver: Giver) -> None:
        self.on_the_account(giver, "skip", lambda row: subscriptions.skip(row, actor=row.supporter))

    def resume(self, giver: Giver) -> None:
        self.on_the_account(
            giver, "resume", lambda row: subscriptions.resume(row, actor=row.supporter)
        )

    def move_the_day(self, giver: Giver) -> None:
        day = giver.number % 28 + 1
        self.on_the_account(
            giver, "day", lambda row: subscriptions.change_day(row, day=day, actor=row.supporter)
        )

    def to_yearly(self, giver: Giver) -> None:
        def wish(row: Subscription) -> None:
            gift = Money(giver.minor * 10, giver.currency)
            subscriptions.change_frequency(row, frequency="year", gift=gift, actor=row.supporter)

        self.on_the_account(giver, "to yearly", wish)

    def to_monthly(self, giver: Giver) -> None:
        def wish(row: Subscription) -> None:
            gift = Money(giver.minor, giver.currency)
            subscriptions.change_frequency(row, frequency="month", gift=gift, actor=row.supporter)

        self.on_the_account(giver, "to monthly", wish)

    def go_back(self, giver: Giver) -> None:
        """Go on with the first that still runs, whatever was to follow it."""
        self.on_the_account(
            giver,
            "go back",
            lambda row: subscriptions.undo_cancel(row, actor=row.supporter),
            place=-1,
        )

    def toggle_the_cover(self, giver: Giver) -> None:
        wish = subscriptions.leave_fee if giver.cover_fee else subscriptions.cover_fee
        self.on_the_account(giver, "cover", lambda row: wish(row, actor=row.supporter))

    def new_card(self, giver: Giver) -> None:
        self.give_card(giver, GOOD)

    def card_that_fails(self, giver: Giver) -> None:
        """Stripe takes the card, and its bank says no as soon as it is charged."""
        self.give_card(giver, FAILS_LATER)

    def give_card(self, giver: Giver, number: str) -> None:
        began = time.time()
        pages: list[str] = []

        def wish(row: Subscription) -> None:
            pages.append(cards.start_card_change(row, return_url="https://example.org"))

        self.on_the_account(giver, "new card", wish)
        if pages:
            self.world.traveller.move_to(began + 600)
            self.page(pages[-1], giver, card=number)
            self.insist(lambda: self.charges_card(giver, number))

    def charges_card(self, giver: Giver, number: str) -> None:
        """Somebody waiting for the page to say that the new card is used, and nothing is owed
        unless that card has failed too."""
        self.world.work()
        truth = self.truth(giver)
        if truth is None:
            return
        method = self.store.objects.get(truth["default_payment_method"])
        if method is None or method["_number"] != number:
            raise NotThere
        if number == FAILS_LATER:
            tried = not self.row(truth).changes.filter(kind="card", status="asked").exists()
        else:
            tried = self.invoiced(truth) != "open"
        if not tried:
            raise NotThere

    def invoiced(self, truth: dict[str, Any]) -> str:
        """How the newest invoice stands; empty where there is none yet."""
        latest = self.store.objects.get(truth["latest_invoice"])
        return latest["status"] if latest else ""

    def on_the_account(
        self, giver: Giver, word: str, wish: Callable[[Subscription], Any], *, place: int = 0
    ) -> None:
        """Do something on the account page, which must know the agreement to offer it."""
        truth = self.truth(giver, place=place)
        if truth is None:
            self.said[f"{word}: nothing to do"] += 1
            return

        pressed = Counter[str]()

        def press() -> None:
            pressed[word] += 1
            wish(self.row(truth))

        try:
            self.insist(press)
        except subscriptions.ChangeRefused as refusal:
            # Whoever presses again is told that it has ended: by the first time, it was.
            again = refusal.code == "ended" and pressed[word] > 1
            self.said[f"{word}: {'done' if again else refusal.code}"] += 1
        else:
            self.said[f"{word}: done"] += 1

    def row(self, truth: dict[str, Any]) -> Subscription:
        rows = Subscription.objects.select_related("supporter")
        found = rows.filter(stripe_subscription_id=truth["id"]).first()
        if found is None:
            raise NotThere
        return found

    def truth(self, giver: Giver, *, place: int = 0) -> dict[str, Any] | None:
        """The agreement as Stripe has it, the newest that runs; -1: the oldest."""
        row = Checkout.objects.filter(form_token=giver.token).latest("id")
        running: list[dict[str, Any]] = []
        mine = {str(row.public_id)}
        for one in reversed(list(self.store.newest("subscription"))):
            if mine & {one["metadata"].get(CHECKOUT_KEY), one["metadata"].get(FOLLOWS_KEY)}:
                known = Subscription.objects.filter(stripe_subscription_id=one["id"])
                mine |= {str(public_id) for public_id in known.values_list("public_id", flat=True)}
                if one["status"] not in ENDED:
                    running.insert(0, one)
        return running[place] if running else None

    # --- money back -----------------------------------------------------------------------------

    def refund(self, giver: Giver) -> None:
        self.send_back(giver, "refund", 1)

    def refund_half(self, giver: Giver) -> None:
        self.send_back(giver, "refund half", 2)

    def refund_twice(self, giver: Giver) -> None:
        for _ in range(2):
            self.send_back(giver, "refund twice", 3)

    def ask_for_too_much(self, giver: Giver) -> None:
        self.send_back(giver, "too much", 0)

    def send_back(self, giver: Giver, word: str, part: int) -> None:
        """Finance sends back the newest contribution, or a part; a broken page is sent again."""
        charge = self.charge(giver)
        if charge is None:
            self.said[f"{word}: nothing to do"] += 1
            return
        minor = charge["amount"] // part if part else charge["amount"] + 1
        token = uuid.uuid4()

        def press() -> None:
            row = Contribution.objects.filter(stripe_charge_id=charge["id"]).first()
            if row is None or row.status != Contribution.Status.PAID:
                raise NotThere
            amount = Money(minor, row.currency)
            refunds.refund(row, amount=amount, reason="asked", actor=None, form_token=token)

        try:
            self.insist(press)
        except refunds.RefundRefused as refusal:
            self.said[f"{word}: {refusal.code}"] += 1
        else:
            self.said[f"{word}: done"] += 1

    def refund_in_the_dashboard(self, giver: Giver) -> None:
        charge = self.charge(giver)
        if charge is not None and not charge["disputed"]:
            half = max(charge["amount"] // 2, 1)
            self.world.bank.refunds.create({"charge": charge["id"], "amount": half})

    def charge(self, giver: Giver) -> dict[str, Any] | None:
        """The newest payment of somebody that can be sent back whole, as Stripe has it."""
        for one in self.store.newest("charge"):
            mine = one["billing_details"]["email"] == giver.email
            if mine and one["status"] == "succeeded" and not one["amount_refunded"]:
                return one
        return None

    # --- payouts --------------------------------------------------------------------------------

    def debit_negative_balances(self, _: None) -> None:
        """From now on Stripe takes from the bank what the balance lacks: payouts below zero."""
        self.control("settings", {"debit_negative_balances": True})

    def payout_comes_back(self, _: None) -> None:
        """The bank sends back the newest payout that it has not sent back yet."""
        for one in self.store.newest("payout"):
            if one["status"] != "failed":
                self.control("fail_payout", {"payout": one["id"]})
                self.said[f"payout comes back: {one['currency']} {one['amount']}"] += 1
                return
        self.said["payout comes back: nothing to do"] += 1

    def control(self, what: str, fields: dict[str, Any]) -> None:
        """Do something in Stripe's world that no call can."""
        body = json.dumps(fields).encode()
        answer = self.world.box.handle("POST", f"/sandbox/{what}", JSON, body)
        if answer.status != 200:
            raise AssertionError(f"the sandbox refused {what}: {answer.body.decode()}")

    # --- disputes -------------------------------------------------------------------------------

    def dispute_won(self, giver: Giver) -> None:
        self.judge(giver, "winning_evidence")

    def dispute_lost(self, giver: Giver) -> None:
        self.judge(giver, "losing_evidence")

    def accept_the_loss(self, giver: Giver) -> None:
        for dispute in self.disputes(giver):
            self.world.bank.disputes.close(dispute["id"])

    def judge(self, giver: Giver, word: str) -> None:
        """Staff send evidence in Stripe's dashboard, and the bank decides."""
        for dispute in self.disputes(giver):
            params: Any = {"evidence": {"uncategorized_text": word}, "submit": True}
            self.world.bank.disputes.update(dispute["id"], params)

    def disputes(self, giver: Giver) -> list[dict[str, Any]]:
        return [
            one
            for one in self.store.newest("dispute")
            if self.store.objects[one["charge"]]["billing_details"]["email"] == giver.email
            and one["status"] in {"needs_response", "under_review"}
        ]


def failed_notes() -> list[tuple[str, str]]:
    rows = StripeEvent.objects.filter(status=StripeEvent.Status.FAILED)
    return list(rows.values_list("type", "note"))
