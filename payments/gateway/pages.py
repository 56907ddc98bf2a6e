"""Stripe's lists page by page, for work in bulk: paced, patient, resumable after any page."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.conf import settings

from payments.gateway import reading
from payments.gateway.client import read
from payments.gateway.errors import Unavailable, translated

SIZE = 100
MOST_TRIES = 6


@dataclass(frozen=True, slots=True)
class Page:
    """Up to a hundred objects, newest first, and the id after which the list goes on."""

    items: list[Any]
    last_id: str


class Pace:
    """At most so many calls a second, evenly: people's payments come first."""

    free_at = 0.0

    def wait(self) -> None:
        now = time.monotonic()
        time.sleep(max(0.0, self.free_at - now))
        self.free_at = max(self.free_at, now) + 1 / settings.STRIPE_READS_PER_SECOND


_pace = Pace()


def patiently(call: Callable[[], Any]) -> Any:
    """A read that is asked again while Stripe is busy: 0.5 s, 1 s, 2 s … with jitter.

    The SDK does not repeat a 429 (contract section 9). Raises the last Unavailable.
    """
    for tried in range(1, MOST_TRIES):
        try:
            return call()
        except Unavailable:
            pause = settings.STRIPE_PAUSE_SECONDS * 2 ** (tried - 1)
            time.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 (no secret)
    return call()


def balance(*, since: datetime | None, after: str) -> Iterator[Page]:
    """Balance transactions created since a moment, going on after an id."""
    query: dict[str, Any] = {"created": {"gte": int(since.timestamp())}} if since else {}
    return _pages("balance_transactions", query, reading.balance_transaction, after=after)


def subscriptions(*, after: str = "") -> Iterator[Page]:
    """Every subscription of the account, canceled ones too."""
    expand = ["data.customer", "data.default_payment_method"]
    return _subscriptions({"expand": expand}, after=after)


def subscription_terms() -> Iterator[Page]:
    """The same without whose they are and the card, which a comparison has no need of."""
    return _subscriptions({}, after="")


def _subscriptions(query: dict[str, Any], *, after: str) -> Iterator[Page]:
    seen_at = datetime.now(UTC)
    return _pages(
        "subscriptions",
        {"status": "all", **query},
        lambda raw: reading.subscription(raw, seen_at=seen_at),
        after=after,
    )


def payouts(*, since: datetime | None, after: str = "") -> Iterator[Page]:
    query: dict[str, Any] = {"created": {"gte": int(since.timestamp())}} if since else {}
    query["expand"] = ["data.balance_transaction", "data.failure_balance_transaction"]
    return _pages("payouts", query, reading.payout, after=after)


def charges(*, after: str = "") -> Iterator[Page]:
    return _pages("charges", {"expand": ["data.customer"]}, reading.listed_charge, after=after)


def invoice_payments(*, after: str = "") -> Iterator[Page]:
    """What paid which invoice: a charge itself does not say it (contract section 2)."""
    query = {"status": "paid", "expand": ["data.invoice"]}
    return _pages("invoice_payments", query, reading.invoice_payment, after=after)


def refunds(*, after: str = "") -> Iterator[Page]:
    expand = ["data.balance_transaction", "data.failure_balance_transaction"]
    return _pages("refunds", {"expand": expand}, reading.refund, after=after)


def disputes(*, after: str = "") -> Iterator[Page]:
    return _pages("disputes", {}, reading.dispute, after=after)


def events(*, since: datetime, types: list[str]) -> Iterator[Page]:
    """Events of the given types (20 at most); Stripe keeps them for 30 days."""
    query = {"types": types, "created": {"gte": int(since.timestamp())}}
    return _pages("events", query, reading.listed_event, after="")


def _pages(
    name: str, query: dict[str, Any], kept: Callable[[Any], Any], *, after: str
) -> Iterator[Page]:
    while True:
        found = patiently(partial(_list, name, query, after))
        if found.data:
            after = found.data[-1].id
        yield Page([kept(raw) for raw in found.data], after)
        if not found.has_more:
            return


def _list(name: str, query: dict[str, Any], after: str) -> Any:
    _pace.wait()
    place = {"starting_after": after} if after else {}
    with translated(f"list_{name}"):
        return read(name, **query, limit=SIZE, **place)


def objects_of(pages: Iterator[Page]) -> Iterator[Any]:
    """The objects of all pages, one by one."""
    for page in pages:
        yield from page.items
