"""Adopting an account of 100,000 charges: the memory it holds, and that it reads nothing twice.

Stripe is a transport in the same process that makes up each page when it is asked for: charges of
members and single gifts, their balance transactions and invoice payments. SQLite in a file.
`python -m benchmarks.adopt`; BENCH_CHARGES changes how many there are.
"""

import json
import os
import resource
import tempfile
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator

import stripe

from benchmarks import ground

MOST_MEGABYTES = 300
CHARGES = int(os.environ.get("BENCH_CHARGES", 100_000))
BEGAN = 1_600_000_000
MEMBERS = 2_000


class Account(stripe.HTTPClient):
    """The account; every page that was asked for is counted."""

    name = "made-up"
    asked: Counter = Counter()

    def request(self, method, url, headers, post_data=None):
        target = urllib.parse.urlsplit(url)
        query = dict(urllib.parse.parse_qsl(target.query))
        kind = target.path.removeprefix("/v1/")
        after = query.get("starting_after", "")
        Account.asked[kind, after] += 1
        total, make = LISTS.get(kind, (0, _nothing))
        left = int(after[-9:]) if after else total
        rows = [make(number) for number in range(left - 1, max(left - 101, -1), -1)]
        page = {"object": "list", "url": target.path, "data": rows, "has_more": left > 100}
        return json.dumps(page), 200, {"Request-Id": "req_made_up"}

    def close(self):
        """Nothing is open."""


def measure() -> Iterator[ground.Figure]:
    from django.conf import settings
    from django.db import connection

    settings.STRIPE_HTTP_CLIENT = f"{Account.__module__}.Account"
    settings.STRIPE_READS_PER_SECOND = 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        connection.settings_dict["TEST"]["NAME"] = f"{folder}/adopt.sqlite3"
        with ground.database():
            began = time.monotonic()
            _adopt()
            pages = len(Account.asked)
            assert pages > CHARGES // 50, "the pages were asked for elsewhere"
            _adopt()
            seconds = time.monotonic() - began
    twice = sum(count - 1 for count in Account.asked.values()) + len(Account.asked) - pages
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    detail = f"{pages:,} pages, {seconds:.0f} s"
    yield ground.Figure(f"{CHARGES:,} charges adopted", size, MOST_MEGABYTES, "MB", detail)
    yield ground.Figure("pages read twice, over two calls", twice, 0, "pages")


def _adopt() -> None:
    from payments.adoption import adopt
    from payments.adoption.scope import Scope
    from payments.models import Contribution

    report = adopt.adopt(Scope(gifts="all"), say=lambda _: None)
    assert report.ties, [str(total) for total in report.totals]
    assert Contribution.objects.count() == CHARGES


def _id(prefix: str, number: int) -> str:
    return f"{prefix}_{number:09}"


def _nothing(number: int) -> dict:
    return {}


def _charge(number: int) -> dict:
    member = number % MEMBERS
    return {
        "id": _id("ch", number), "object": "charge", "status": "succeeded",
        "amount_captured": 1000, "currency": "eur", "created": BEGAN + number * 60,
        "payment_intent": _id("pi", number), "balance_transaction": _id("txn", number),
        "customer": {"id": _id("cus", member), "object": "customer", "email": _email(member),
                     "name": f"Reader {member}"},
        "billing_details": {"email": None, "name": None}, "receipt_email": None,
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242",
                                                            "country": "IE"}},
        "metadata": {},
    }  # fmt: skip


def _line(number: int) -> dict:
    return {
        "id": _id("txn", number), "object": "balance_transaction", "type": "charge",
        "reporting_category": "charge", "amount": 1000, "fee": 40, "net": 960, "currency": "eur",
        "source": _id("ch", number), "exchange_rate": None, "created": BEGAN + number * 60,
    }  # fmt: skip


def _paid(place: int) -> dict:
    """Two of three charges paid an invoice of a membership."""
    number = place * 3 // 2
    details = {"subscription": _id("sub", number % MEMBERS)}
    reason = "subscription_create" if number < MEMBERS else "subscription_cycle"
    return {
        "id": _id("inpay", place), "object": "invoice_payment",
        "payment": {"type": "payment_intent", "payment_intent": _id("pi", number)},
        "invoice": {"id": _id("in", number), "object": "invoice", "billing_reason": reason,
                    "parent": {"type": "subscription_details", "subscription_details": details}},
    }  # fmt: skip


def _subscription(number: int) -> dict:
    price = {"id": "price_1", "object": "price", "unit_amount": 1000, "currency": "eur",
             "product": "prod_1", "recurring": {"interval": "month"}}  # fmt: skip
    item = {"id": _id("si", number), "object": "subscription_item", "price": price, "quantity": 1,
            "current_period_end": BEGAN + 9**9}  # fmt: skip
    return {
        "id": _id("sub", number), "object": "subscription", "status": "active",
        "customer": {"id": _id("cus", number), "object": "customer", "email": _email(number),
                     "name": f"Reader {number}"},
        "default_payment_method": None, "items": {"object": "list", "data": [item]},
        "metadata": {}, "livemode": False, "start_date": BEGAN, "cancel_at_period_end": False,
        "cancel_at": None, "ended_at": None, "pause_collection": None, "latest_invoice": None,
        "billing_cycle_anchor": BEGAN, "cancellation_details": None,
    }  # fmt: skip


def _email(member: int) -> str:
    return f"reader{member}@example.org"


LISTS: dict[str, tuple[int, Callable[[int], dict]]] = {
    "charges": (CHARGES, _charge),
    "balance_transactions": (CHARGES, _line),
    "invoice_payments": (CHARGES * 2 // 3, _paid),
    "subscriptions": (MEMBERS, _subscription),
}


if __name__ == "__main__":
    ground.run(measure)
