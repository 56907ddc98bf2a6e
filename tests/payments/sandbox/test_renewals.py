"""Time passes: renewals, month ends, dunning, pauses, trials, ends."""

import datetime

import pytest

DAY = 86400


def epoch(*date):
    return int(datetime.datetime(*date, tzinfo=datetime.UTC).timestamp())


def days(moments):
    return [
        datetime.datetime.fromtimestamp(moment, datetime.UTC).date().isoformat()
        for moment in moments
    ]


@pytest.fixture
def invoices_of(stripe_client):
    """The invoices of a subscription, oldest first."""

    def read(subscription):
        params = {"subscription": subscription.id, "limit": 100}
        return stripe_client.v1.invoices.list(params).data[::-1]

    return read


@pytest.fixture
def fresh(stripe_client):
    return lambda subscription: stripe_client.v1.subscriptions.retrieve(subscription.id)


def test_a_month_later_the_subscription_renews(subscribed, box, inbox, invoices_of):
    subscription = subscribed()
    box.deliver_due()
    inbox.letters.clear()
    box.advance(32 * DAY)
    box.deliver_due()

    first, second = invoices_of(subscription)
    assert (first.billing_reason, first.status) == ("subscription_create", "paid")
    assert (second.billing_reason, second.status) == ("subscription_cycle", "paid")
    assert second.status_transitions.paid_at == second.created + 3600
    assert [type for type in inbox.types if not type.startswith("payout")] == [
        "charge.updated",
        "invoice.upcoming",
        "invoice.created",
        "customer.subscription.updated",
        "payment_intent.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
        "charge.updated",
    ]


def test_a_draft_waits_an_hour_before_it_is_charged(subscribed, box, invoices_of):
    subscription = subscribed()
    box.set_clock(epoch(2026, 2, 1) + 60)

    draft = invoices_of(subscription)[-1]
    assert (draft.status, draft.number) == ("draft", None)
    assert draft.next_payment_attempt == draft.created + 3600


def test_the_renewal_moves_the_period_and_says_what_it_was(subscribed, box, inbox):
    subscription = subscribed()
    old = subscription["items"].data[0]
    box.advance(32 * DAY)
    box.deliver_due()

    [event] = inbox.of("customer.subscription.updated")
    assert set(event["data"]["previous_attributes"]) == {"items", "latest_invoice"}
    [before] = event["data"]["previous_attributes"]["items"]["data"]
    [now] = event["data"]["object"]["items"]["data"]
    assert before["current_period_end"] == old.current_period_end == now["current_period_start"]


def test_month_ends_are_counted_from_the_anchor(box, subscribed, invoices_of):
    box.advance(epoch(2026, 1, 31, 12) - box.clock.now())
    subscription = subscribed()
    box.advance(120 * DAY)

    assert days(invoice.created for invoice in invoices_of(subscription)) == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
    ]


def test_a_yearly_subscription_renews_each_year(box, subscribed, invoices_of):
    subscription = subscribed(interval="year")
    box.advance(740 * DAY)

    assert days(invoice.created for invoice in invoices_of(subscription)) == [
        "2026-01-01",
        "2027-01-01",
        "2028-01-01",
    ]


def test_a_failing_card_is_tried_again_and_then_the_subscription_ends(
    subscribed, box, inbox, fresh, invoices_of
):
    subscription = subscribed(card="4000000000000341")
    box.advance(60 * DAY)
    box.deliver_due()

    failures = inbox.of("invoice.payment_failed")
    assert [event["data"]["object"]["attempt_count"] for event in failures] == [1, 2, 3, 4]
    due = [event["data"]["object"]["next_payment_attempt"] for event in failures]
    gaps = [moment - event["created"] for moment, event in zip(due[:3], failures, strict=False)]
    assert gaps == [3 * DAY, 5 * DAY, 7 * DAY]
    assert due[3] is None
    ended = fresh(subscription)
    assert ended.status == "canceled"
    assert ended.cancellation_details.reason == "payment_failed"
    assert invoices_of(subscription)[-1].status == "open"
    behind = inbox.of("customer.subscription.updated")[-1]
    assert behind["data"]["object"]["status"] == "past_due"
    assert behind["data"]["previous_attributes"] == {"status": "active"}


def test_a_card_that_paid_after_another_was_declined_fails_at_renewals_too(
    open_session, page, box, inbox
):
    session = open_session(interval="month")
    page.pay(session, card="4000000000000002")
    page.pay(session, card="4000000000000341")
    box.advance(32 * DAY)
    box.deliver_due()

    assert inbox.of("invoice.payment_failed")


def test_the_last_failure_may_leave_the_subscription_unpaid(subscribed, box, fresh):
    box.settings.change({"dunning_days": [1], "dunning_end": "unpaid"})
    subscription = subscribed(card="4000000000000341")
    box.advance(35 * DAY)

    assert fresh(subscription).status == "unpaid"


def test_a_new_card_brings_a_subscription_back(subscribed, box, fresh, stripe_client, inbox):
    subscription = subscribed(card="4000000000000341")
    box.advance(32 * DAY)
    behind = fresh(subscription)
    assert behind.status == "past_due"
    method = stripe_client.v1.payment_methods.attach(
        "pm_card_visa", {"customer": subscription.customer}
    )

    stripe_client.v1.subscriptions.update(subscription.id, {"default_payment_method": method.id})
    paid = stripe_client.v1.invoices.pay(behind.latest_invoice)

    assert paid.status == "paid"
    assert fresh(subscription).status == "active"


def test_a_card_that_must_be_confirmed_each_time_asks_the_payer(
    open_session, page, approve, box, inbox, stripe_client, fresh
):
    session = open_session(interval="month")
    approve(page.pay(session, card="4000002760003184"))
    session = stripe_client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    box.advance(32 * DAY)
    box.deliver_due()

    assert fresh(session.subscription).status == "past_due"
    [asked] = inbox.of("invoice.payment_action_required")
    path = asked["data"]["object"]["hosted_invoice_url"].removeprefix("http://sandbox.test")
    answer = approve(page.post(path))

    assert answer.status == 200
    assert fresh(session.subscription).status == "active"


def test_a_renewal_that_the_payer_does_not_confirm_stays_open(
    open_session, page, approve, box, inbox, stripe_client, fresh
):
    session = open_session(interval="month")
    approve(page.pay(session, card="4000002760003184"))
    session = stripe_client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    box.advance(32 * DAY)
    [invoice, _] = stripe_client.v1.invoices.list().data
    path = invoice.hosted_invoice_url.removeprefix("http://sandbox.test")
    answer = approve(page.post(path), word="refuse")

    assert "was not made" in answer.body.decode()
    assert stripe_client.v1.invoices.retrieve(invoice.id).status == "open"
    assert fresh(session.subscription).status == "past_due"
    box.deliver_due()
    assert inbox.types[-1] == "payment_intent.payment_failed"


def test_a_card_confirmed_once_renews_by_itself(open_session, page, approve, box, stripe_client):
    session = open_session(interval="month")
    approve(page.pay(session, card="4000002500003155"))
    box.advance(32 * DAY)

    assert [charge.status for charge in stripe_client.v1.charges.list().data] == ["succeeded"] * 2


def test_an_expired_card_fails_at_the_renewal(open_session, page, box, inbox):
    page.pay(open_session(interval="month"), exp="01/26")
    box.advance(32 * DAY)
    box.deliver_due()

    [failed] = inbox.of("charge.failed")
    assert failed["data"]["object"]["failure_code"] == "expired_card"


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")],
)
def test_paused_collection_makes_invoices_without_charging(
    subscribed, box, stripe_client, fresh, invoices_of, behavior, status
):
    subscription = subscribed()
    resumes = box.clock.now() + 40 * DAY
    stripe_client.v1.subscriptions.update(
        subscription.id, {"pause_collection": {"behavior": behavior, "resumes_at": resumes}}
    )
    box.advance(61 * DAY)

    assert [invoice.status for invoice in invoices_of(subscription)] == ["paid", status, "paid"]
    assert fresh(subscription).pause_collection is None
    assert fresh(subscription).status == "active"


def test_the_notice_before_a_charge_names_no_stored_invoice(subscribed, box, inbox, stripe_client):
    subscription = subscribed()
    box.advance(25 * DAY)
    box.deliver_due()

    [notice] = inbox.of("invoice.upcoming")
    invoice = notice["data"]["object"]
    assert invoice["id"].startswith("upcoming_in_")
    assert invoice["amount_due"] == 1000
    assert invoice["parent"]["subscription_details"]["subscription"] == subscription.id
    preview = stripe_client.v1.invoices.create_preview({"subscription": subscription.id})
    assert preview.period_end == invoice["period_end"]
    assert preview.lines.data[0].period.start == invoice["period_end"]


def test_a_year_of_subscriptions_balances_to_the_cent(subscribed, box, stripe_client):
    for _ in range(3):
        subscribed()
    box.advance(365 * DAY)

    transactions = stripe_client.v1.balance_transactions.list({"limit": 100}).auto_paging_iter()
    moved = [one.net for one in transactions if one.type != "payout"]
    balance = stripe_client.v1.balance.retrieve()
    held = balance.available[0].amount + balance.pending[0].amount
    paid_out = sum(po.amount for po in stripe_client.v1.payouts.list().auto_paging_iter())
    assert len(moved) == 36
    assert sum(moved) == held + paid_out
