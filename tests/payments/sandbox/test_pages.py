"""What the pages say: labels, errors, closed sessions, invoices, the operator's view."""

import pytest

DAY = 86400


def text_of(answer):
    return answer.body.decode().replace("&#x27;", "'")


def test_the_page_says_that_no_money_moves_and_what_it_costs(open_session, page):
    body = text_of(page.get(page.path(open_session(amount=123456, interval="month"))))

    assert "<strong>Sandbox:</strong> no money moves." in body
    assert "€1,234.56" in body
    assert "every month" in body
    assert '<html lang="en">' in body
    assert 'href="http://newsroom.test/contribute/"' in body


def test_amounts_without_decimals_are_shown_without(open_session, page):
    assert "¥1,500" in text_of(page.get(page.path(open_session(amount=1500, currency="jpy"))))


def test_every_field_has_a_label_and_says_what_may_fill_it(open_session, page):
    body = text_of(page.get(page.path(open_session())))

    for name, complete in [
        ("card_number", "cc-number"),
        ("exp", "cc-exp"),
        ("cvc", "cc-csc"),
        ("name", "cc-name"),
        ("email", "email"),
    ]:
        assert f'<label for="{name}">' in body
        assert f'name="{name}"' in body
        assert f'autocomplete="{complete}"' in body


def test_a_test_card_fills_the_form_with_one_click(open_session, page):
    path = page.path(open_session())
    assert 'href="?card=4000000000000002"' in text_of(page.get(path))

    body = text_of(page.get(f"{path}?card=4000000000000002"))

    assert 'name="card_number" value="4000000000000002"' in body
    assert 'name="exp" value="12/34"' in body


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"card_number": "4242"}, "Your card number is invalid."),
        ({"card_number": "4242424242424241"}, "Your card number is invalid."),
        ({"card_number": "words"}, "Your card number is invalid."),
        ({"exp": "13/30"}, "expiration date is incomplete"),
        ({"exp": ""}, "expiration date is incomplete"),
        ({"exp": "12/20"}, "expiration date is in the past"),
        ({"cvc": "1"}, "security code is incomplete"),
        ({"email": "nora"}, "email is incomplete"),
    ],
)
def test_what_was_typed_wrong_is_told_and_kept(open_session, page, stripe_client, fields, sentence):
    answer = page.pay(open_session(), **fields)

    assert answer.status == 402
    body = text_of(answer)
    assert sentence in body
    [name] = fields
    assert f'name="{name}"' in body
    assert 'aria-invalid="true"' in body
    assert stripe_client.v1.payment_intents.list().data == []


def test_markup_in_a_field_stays_text(open_session, page):
    body = text_of(page.pay(open_session(), name="<b>Nora</b>", cvc=""))

    assert "<b>Nora</b>" not in body
    assert "&lt;b&gt;Nora&lt;/b&gt;" in body


def test_a_completed_session_says_so_and_takes_nothing_more(open_session, page, stripe_client):
    session = open_session()
    page.pay(session)

    assert "Already complete" in text_of(page.pay(session))
    assert len(stripe_client.v1.charges.list().data) == 1


def test_an_expired_session_says_so(open_session, page, box, inbox, stripe_client):
    session = open_session()
    path = page.path(session)
    box.advance(DAY + 1)

    assert "has expired" in text_of(page.get(path))
    session = stripe_client.v1.checkout.sessions.retrieve(session.id)
    assert (session.status, session.url) == ("expired", None)
    box.deliver_due()
    assert "checkout.session.expired" in inbox.types


def test_an_expired_session_can_be_recovered(open_session, page, stripe_client):
    session = open_session(after_expiration={"recovery": {"enabled": True}})
    stripe_client.v1.checkout.sessions.expire(session.id)
    session = stripe_client.v1.checkout.sessions.retrieve(session.id)
    url = session.after_expiration.recovery.url

    answer = page.get(url.removeprefix("http://sandbox.test"))

    assert answer.status == 303
    copy = stripe_client.v1.checkout.sessions.list().data[0]
    assert copy.recovered_from == session.id
    assert page.pay(copy).status == 303


def test_a_recovery_link_leads_nowhere_new_but_from_an_expired_session(
    open_session, page, stripe_client, box
):
    session = open_session(after_expiration={"recovery": {"enabled": True}})
    path = f"/c/recover/{session.id}"
    assert page.get(path).headers["Location"] == session.url
    page.pay(session)
    assert "Already complete" in text_of(page.get(path))

    late = open_session(after_expiration={"recovery": {"enabled": True}})
    plain = open_session()
    for one in (late, plain):
        stripe_client.v1.checkout.sessions.expire(one.id)
    assert "has expired" in text_of(page.get(f"/c/recover/{plain.id}"))
    box.advance(31 * DAY)
    assert "has expired" in text_of(page.get(f"/c/recover/{late.id}"))
    assert len(stripe_client.v1.checkout.sessions.list().data) == 3


def test_an_unknown_session_is_not_found(page):
    assert page.get("/c/pay/cs_test_nothing").status == 404
    assert page.get("/i/in_nothing").status == 404
    assert page.get("/nowhere").status == 404


def test_an_open_invoice_is_paid_on_its_page_with_another_card(
    subscribed, page, box, stripe_client
):
    subscription = subscribed(card="4000000000000341")
    box.advance(32 * DAY)
    subscription = stripe_client.v1.subscriptions.retrieve(subscription.id)
    assert subscription.status == "past_due"
    invoice = stripe_client.v1.invoices.retrieve(subscription.latest_invoice)
    path = invoice.hosted_invoice_url.removeprefix("http://sandbox.test")
    assert "ending 0341" in text_of(page.get(path))

    declined = page.post(path)
    assert declined.status == 402
    paid = page.post(path, card_number="4242424242424242", exp="12/34", cvc="123")

    assert paid.status == 303
    assert "is paid" in text_of(page.get(path))
    assert stripe_client.v1.invoices.retrieve(invoice.id).status == "paid"
    assert stripe_client.v1.subscriptions.retrieve(subscription.id).status == "active"


def test_the_operator_sees_clock_sessions_and_events(open_session, page):
    session = open_session()

    body = text_of(page.get("/sandbox/"))

    assert "1 Jan 2026" in body
    assert session.id[:20] in body
    assert "product.created" in body
