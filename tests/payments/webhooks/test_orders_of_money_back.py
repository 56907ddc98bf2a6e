"""Money that goes back, in every order of its events: the rows end the same.

Invariant I8 for refunds, disputes, warnings and returned debits, as in test_orders.
"""

import pytest

from payments.gateway import calls
from payments.models import (
    Contribution,
    Dispute,
    FraudWarning,
    LedgerLine,
    OutboxTask,
    Refund,
    RefundNote,
)
from payments.money import Money
from payments.sandbox.methods import FAILING_ACCOUNT, GOOD_ACCOUNT, RETURNED_ACCOUNT
from tests.builders import DISPUTED, INQUIRED, WARNED, begin, operate
from tests.payments.webhooks.replay import ORDERS, Life, one_state, rows

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.case("F3"),
    pytest.mark.case("F5"),
    pytest.mark.case("F6"),
]

DAY = 86400
REFUND_FAILS, REFUND_PENDS = "4000000000005126", "4000000000007726"


def paid(client, pay, sandbox, **options):
    """Give ten euro; the sandbox's charge, a minute later."""
    assert pay(begin(client).stripe_url, **options).status == 303
    sandbox.advance(60)
    return newest(sandbox, "charge")


def newest(sandbox, kind):
    return next(sandbox.store.newest(kind))


def send_back(charge, minor, *, number=1):
    """A refund made in Stripe's dashboard."""
    calls.create_refund(
        key=f"dashboard-{number}",
        payment_intent_id=charge["payment_intent"],
        amount=Money(minor, "eur"),
        metadata={},
    )


def decide(sandbox, outcome):
    operate(sandbox, "decide", dispute=newest(sandbox, "dispute")["id"], outcome=outcome)


def refunded_whole(client, pay, sandbox):
    send_back(paid(client, pay, sandbox), 1000)


def refunded_in_parts(client, pay, sandbox):
    charge = paid(client, pay, sandbox)
    for number, minor in enumerate((100, 250, 650)):
        send_back(charge, minor, number=number)
        sandbox.advance(DAY)


def refund_that_fails(client, pay, sandbox):
    send_back(paid(client, pay, sandbox, card=REFUND_FAILS), 1000)
    sandbox.advance(3 * DAY)


def refund_that_takes_its_time(client, pay, sandbox):
    send_back(paid(client, pay, sandbox, card=REFUND_PENDS), 400)
    sandbox.advance(3 * DAY)


def refund_returned_long_after_and_sent_again(client, pay, sandbox):
    charge = paid(client, pay, sandbox)
    send_back(charge, 1000)
    sandbox.advance(15 * DAY)
    operate(sandbox, "fail_refund", refund=newest(sandbox, "refund")["id"])
    send_back(charge, 1000, number=2)


def dispute_won(client, pay, sandbox):
    paid(client, pay, sandbox, card=DISPUTED)
    decide(sandbox, "won")


def dispute_lost(client, pay, sandbox):
    paid(client, pay, sandbox, card=DISPUTED)
    decide(sandbox, "lost")


def dispute_partly_won(client, pay, sandbox):
    paid(client, pay, sandbox, card=DISPUTED)
    decide(sandbox, "partly")


def dispute_that_nobody_answered(client, pay, sandbox):
    paid(client, pay, sandbox, card=DISPUTED)
    sandbox.advance(10 * DAY)


def dispute_still_open(client, pay, sandbox):
    paid(client, pay, sandbox, card=DISPUTED)


def dispute_after_a_part_was_refunded(client, pay, sandbox):
    charge = paid(client, pay, sandbox)
    send_back(charge, 300)
    operate(sandbox, "dispute", charge=charge["id"], reason="duplicate")
    decide(sandbox, "lost")


def dispute_that_was_prevented(client, pay, sandbox):
    operate(sandbox, "dispute", charge=paid(client, pay, sandbox)["id"], reason="prevented")


def inquiry_ended_by_a_refund(client, pay, sandbox):
    send_back(paid(client, pay, sandbox, card=INQUIRED), 1000)


def inquiry_that_became_a_lost_dispute(client, pay, sandbox):
    paid(client, pay, sandbox, card=INQUIRED)
    decide(sandbox, "escalated")
    decide(sandbox, "lost")


def warning_answered_with_a_refund(client, pay, sandbox):
    send_back(paid(client, pay, sandbox, card=WARNED), 1000)


def warning_that_became_a_dispute(client, pay, sandbox):
    charge = paid(client, pay, sandbox, card=WARNED)
    operate(sandbox, "dispute", charge=charge["id"])
    decide(sandbox, "won")


def debit_returned_as_a_dispute(client, pay, sandbox):
    paid(client, pay, sandbox, payment_kind="sepa_debit", account=RETURNED_ACCOUNT)
    sandbox.advance(29 * DAY)


def debit_returned_as_a_failure(client, pay, sandbox):
    charge = paid(client, pay, sandbox, payment_kind="sepa_debit", account=GOOD_ACCOUNT)
    sandbox.advance(20 * DAY)
    operate(sandbox, "return_debit", charge=charge["id"], **{"as": "failure"})


def debit_booked_early_that_fails(client, pay, sandbox):
    sandbox.settings.change({"debits_book_early": True})
    paid(client, pay, sandbox, payment_kind="sepa_debit", account=FAILING_ACCOUNT)
    sandbox.advance(5 * DAY)


def renewal_disputed_and_lost(client, pay, sandbox):
    assert pay(begin(client, frequency="month").stripe_url).status == 303
    sandbox.advance(29 * DAY)
    sandbox.advance(3 * DAY)
    operate(sandbox, "dispute", charge=newest(sandbox, "charge")["id"])
    decide(sandbox, "lost")


# What is left of each story's contributions, in minor units, together.
LEFT = {
    refunded_whole: 0,
    refunded_in_parts: 0,
    refund_that_fails: 1000,
    refund_that_takes_its_time: 600,
    refund_returned_long_after_and_sent_again: 0,
    dispute_won: 1000,
    dispute_lost: 0,
    dispute_partly_won: 500,
    dispute_that_nobody_answered: 0,
    dispute_still_open: 0,
    dispute_after_a_part_was_refunded: 0,
    dispute_that_was_prevented: 0,
    inquiry_ended_by_a_refund: 0,
    inquiry_that_became_a_lost_dispute: 0,
    warning_answered_with_a_refund: 0,
    warning_that_became_a_dispute: 1000,
    debit_returned_as_a_dispute: 0,
    debit_returned_as_a_failure: 0,
    debit_booked_early_that_fails: 0,
    renewal_disputed_and_lost: 1000,
}


# They differ from another story by a word or a sum: a sample of their orders is enough.
SIMILAR = {
    refunded_whole,
    refund_that_takes_its_time,
    dispute_that_nobody_answered,
    dispute_still_open,
    inquiry_ended_by_a_refund,
    inquiry_that_became_a_lost_dispute,
    warning_answered_with_a_refund,
    dispute_lost,
}


@pytest.mark.case("F12")
@pytest.mark.parametrize("story", LEFT, ids=lambda story: story.__name__)
def test_every_order_of_events_ends_in_one_state(story, client, pay, stripe_sandbox):
    state = one_state(
        lambda _: story(client, pay, stripe_sandbox),
        Life(client, pay, stripe_sandbox),
        orders=ORDERS // 4 if story in SIMILAR else ORDERS,
        read=_rows,
    )
    assert state["left"] == LEFT[story]
    assert state["balance"] == 0


def _rows():
    """The usual rows and those of money that goes back; of tasks only which, not their keys."""
    state = rows() | _money_back()
    del state["outbox"]
    return state


def _money_back():
    left = 0
    for row in Contribution.objects.received().with_refunded():
        left += row.charged.minor - row.refunded_minor
    return {
        "left": left,
        "accounts": sorted(LedgerLine.objects.values_list("account", "amount_minor")),
        "refunds": sorted(
            Refund.objects.values_list(
                "amount_minor", "status", "failure", "stripe_balance_transaction_id"
            )
        ),
        "disputes": list(
            Dispute.objects.values_list("stripe_dispute_id", "status", "withdrawn_minor", "due_at")
        ),
        "warnings": list(FraudWarning.objects.values_list("stripe_warning_id", "actionable")),
        "notes": sorted(RefundNote.objects.values_list("key", "kind", "amount_minor")),
        "numbers": sorted(RefundNote.objects.values_list("number", flat=True)),
        "tasks": sorted(OutboxTask.objects.values_list("name", flat=True)),
    }
