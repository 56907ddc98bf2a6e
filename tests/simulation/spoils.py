"""The machine must turn red: lives in calm weather in which one thing goes wrong on purpose.

`python -m tests.simulation.spoils` lives a small life whole, and once more for each thing that is
spoiled, and prints as JSON what was noticed: by the invariants alone, where both lives would be
wrong alike, and by the comparison with the life that was whole.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from types import SimpleNamespace
from typing import Any

SEED, DAYS, SUPPORTERS = 6, 36, 8
LATE = 22
NEVER = "not noticed by this"


@dataclass(frozen=True)
class Spoil:
    """What is done wrong, and words by which each way of looking must name it."""

    spoil: Callable[[], None]
    invariants: str
    comparison: str


def wrap(owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Put something around a function of the product; this process lives no other life."""
    real = getattr(owner, name)
    setattr(owner, name, lambda *args, **words: around(real, *args, **words))


def once(number: int = 1) -> Callable[[], bool]:
    """Says yes the `number`-th time it is asked, and no ever after."""
    asked = count(1)
    return lambda: next(asked) == number


def fee_booked_twice() -> None:
    from payments.services import ledger

    now = once(3)

    def around(real, contribution, balance, **words):
        if now():
            real(contribution, replace(balance, id=f"{balance.id}again"))
        return real(contribution, balance, **words)

    wrap(ledger, "fee", around)


def gift_booked_twice() -> None:
    """What a notification applied twice would do if the entry had no key."""
    from payments.models import LedgerEntry, LedgerLine
    from payments.services import ledger

    now = once(2)

    def around(real, contribution):
        entry = real(contribution)
        if now():
            lines = list(entry.lines.all())
            again = LedgerEntry.objects.get(pk=entry.pk)
            again.pk, again.key = None, f"{again.key}:again"
            again.save(force_insert=True)
            LedgerLine.objects.bulk_create(
                LedgerLine(
                    entry=again,
                    account=line.account,
                    amount_minor=line.amount_minor,
                    currency=line.currency,
                )
                for line in lines
            )
        return entry

    wrap(ledger, "received", around)


def refund_not_booked() -> None:
    from payments.services import ledger

    wrap(ledger, "refunded", lambda real, refund, balance: None)


def minor_unit_lost() -> None:
    from payments.services import ledger

    now = once(2)

    def around(real, contribution, balance, **words):
        less = balance.fee_minor - 1 if now() else balance.fee_minor
        return real(contribution, replace(balance, fee_minor=less), **words)

    wrap(ledger, "fee", around)


def line_forgotten() -> None:
    """An entry of which only half was written."""
    from payments.services import ledger

    now = once(4)
    wrap(ledger, "insert_all", lambda real, lines: real(lines[:1] if now() else lines))


def number_skipped() -> None:
    from payments.models import ReceiptCounter

    now = once(3)

    def around(real, year, number):
        return real(year, number + now())

    wrap(ReceiptCounter.objects, "next_receipts", around)


def letter_sent_twice() -> None:
    from payments import mail

    now = once(2)

    def around(real, contribution, *, number, pdf):
        real(contribution, number=number, pdf=pdf)
        if now():
            real(contribution, number=f"{number}-again", pdf=pdf)

    wrap(mail, "receipt", around)


def renewals_missed() -> None:
    """Stripe says that it charged for the next month, and nobody here hears it."""
    from payments.gateway import calls

    def invoice(real, invoice_id):
        told = real(invoice_id)
        cycle = told.billing_reason == "subscription_cycle"
        return replace(told, status="open") if cycle else told

    def of_payment(real, payment_intent_id):
        told = real(payment_intent_id)
        return None if told and told.billing_reason == "subscription_cycle" else told

    wrap(calls, "invoice", invoice)
    wrap(calls, "invoice_of_payment", of_payment)


def amount_misread() -> None:
    """What is read of a subscription is a minor unit more than is charged for it."""
    from payments.gateway import calls

    def around(real, subscription_id):
        told = real(subscription_id)
        return replace(told, amount_minor=told.amount_minor + 1)

    wrap(calls, "subscription", around)


def answered_and_not_stored() -> None:
    from payments.webhooks import inbox

    now = once(9)
    wrap(inbox, "store", lambda real, event: None if now() else real(event))


def ledger_unprotected() -> None:
    from django.db import connection

    from payments.triggers import release

    with connection.schema_editor() as editor:
        release(editor, ["payments_ledgerentry"])


def final_state_moved() -> None:
    """Somebody sets a contribution back that had been paid."""
    from payments import tasks
    from payments.models import Contribution
    from tests.simulation.twin import BEGINS

    late = BEGINS.timestamp() + LATE * 86_400

    def around(real):
        if time.time() > late:
            Contribution.objects.filter(pk=1).update(status="failed")
        return real()

    wrap(tasks, "drain", around)


def told_month_changed() -> None:
    """An entry that is dated into a month of which finance has been told."""
    from datetime import timedelta

    from payments import clock
    from payments.services import ledger
    from tests.simulation.twin import BEGINS

    late = BEGINS.timestamp() + LATE * 86_400

    def now() -> Any:
        return clock.now() - timedelta(days=15 if time.time() > late else 0)

    ledger.clock = SimpleNamespace(now=now)  # type: ignore[assignment]


def payout_half_read() -> None:
    from payments.gateway import calls

    wrap(calls, "payout_content", lambda real, payout_id: real(payout_id)[:1])


def return_not_booked() -> None:
    from payments.services import ledger

    wrap(ledger, "payout_back", lambda real, payout_id, balance: None)


SPOILS = {
    "a fee booked twice": Spoil(fee_booked_twice, "I3", "accounts: only in the storm"),
    "a gift booked twice": Spoil(gift_booked_twice, "I3", "ledger: only in the storm"),
    "a refund that is not booked": Spoil(refund_not_booked, "I3", "ledger: only in calm weather"),
    "a minor unit lost": Spoil(minor_unit_lost, "I3", "accounts: only in the storm"),
    "half an entry": Spoil(line_forgotten, "I1", "accounts: only in the storm"),
    "a number skipped": Spoil(number_skipped, "I6", NEVER),
    "a letter sent twice": Spoil(letter_sent_twice, "I10", "receipt letters: only in the storm"),
    "renewals missed": Spoil(renewals_missed, "I5", "contributions: only in calm weather"),
    "an amount misread": Spoil(amount_misread, "I13", "subscriptions: only in the storm"),
    "an event answered and lost": Spoil(answered_and_not_stored, "I9", NEVER),
    "a ledger that can be changed": Spoil(ledger_unprotected, "I2", NEVER),
    "a final state moved": Spoil(final_state_moved, "I7", "contributions: only in the storm"),
    "a told month changed": Spoil(told_month_changed, "I14", NEVER),
    "a payout's return not booked": Spoil(
        return_not_booked, "bank", "accounts: only in calm weather"
    ),
    "a payout half read": Spoil(payout_half_read, "payout", "payout items: only in the storm"),
}


def noticed() -> Iterator[tuple[str, dict[str, list[str]]]]:
    """For each spoil what the invariants say of it, and what the comparison does."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.simulation.settings"
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    from tests.simulation import letters, run, twin

    database = run.empty_database()
    terms = {"seed": SEED, "days": DAYS, "supporters": SUPPORTERS, "stormy": False}
    # Lived here, so that what each life has to read and compile is read and compiled once.
    whole = twin.live(**terms)
    letters.forget()
    yield "nothing", _told(twin.Verdict(SEED, whole, whole))
    names = list(SPOILS)
    for pair in (names[start : start + 2] for start in range(0, len(names), 2)):
        running = [twin.begin(database, prepare=SPOILS[name].spoil, **terms) for name in pair]
        for name, one in zip(pair, running, strict=True):
            yield name, _told(twin.Verdict(SEED, whole, twin.end(*one)))


def _told(verdict: Any) -> dict[str, list[str]]:
    both_alike = replace(verdict, calm=verdict.storm).wrong
    alone = [line.removeprefix("calm: ") for line in both_alike if line.startswith("calm: ")]
    own = [line for line in verdict.wrong if not line.startswith("storm: ")]
    return {"invariants": alone or both_alike, "comparison": own}


if __name__ == "__main__":
    json.dump(dict(noticed()), sys.stdout, indent=1)
