"""Parameters get the types Stripe gives them, and are refused in Stripe's words."""

import timeit
from urllib.parse import urlencode

import pytest
from stripe._encode import _api_encode

from payments.sandbox.spec import ParameterError, check, parse_form

SESSIONS = "/v1/checkout/sessions"
SUBSCRIPTION = "/v1/subscriptions/{id}"
MONTHLY = {
    "mode": "subscription",
    "client_reference_id": "9f0c",
    "customer_email": "ada@example.org",
    "line_items": [
        {
            "quantity": 1,
            "price_data": {
                "currency": "eur",
                "unit_amount": 1000,
                "product": "prod_1",
                "recurring": {"interval": "month", "interval_count": 1},
            },
        }
    ],
    "metadata": {"0": "a key that looks like a number", "empty": ""},
    "subscription_data": {"billing_mode": {"type": "flexible"}, "metadata": {"1": "x"}},
    "adaptive_pricing": {"enabled": False},
    "allowed_payment_method_types": ["card", "link"],
    "success_url": "https://example.org/thanks?session={CHECKOUT_SESSION_ID}",
    "expand": ["line_items"],
}


def checked(call, form):
    method, path = call.split()
    return check(method, path, parse_form(form))


def refusal(call, form):
    with pytest.raises(ParameterError) as caught:
        checked(call, form)
    return caught.value


def test_a_checkout_written_by_stripes_client_comes_out_as_it_went_in():
    form = parse_form(urlencode(list(_api_encode(MONTHLY))))
    assert check("POST", SESSIONS, form) == MONTHLY


def test_checking_a_checkout_takes_less_than_a_tenth_of_a_millisecond():
    form = parse_form(urlencode(list(_api_encode(MONTHLY))))
    fastest = min(timeit.repeat(lambda: check("POST", SESSIONS, form), number=100, repeat=5))
    assert fastest / 100 < 100e-6


@pytest.mark.parametrize(
    ("call", "form", "expected"),
    [
        ("GET /v1/charges", "created=17", {"created": 17}),
        ("GET /v1/charges", "created[gte]=1&created[lt]=9", {"created": {"gte": 1, "lt": 9}}),
        ("GET /v1/charges", "expand[]=data.refunds", {"expand": ["data.refunds"]}),
        ("GET /v1/events", "types[3]=a&types[11]=b", {"types": ["a", "b"]}),
        ("GET /v1/events", "delivery_success=false", {"delivery_success": False}),
        (f"POST {SUBSCRIPTION}", "cancel_at=", {"cancel_at": ""}),
        (f"POST {SUBSCRIPTION}", "cancel_at=1800000000", {"cancel_at": 1800000000}),
        (f"POST {SUBSCRIPTION}", "cancel_at=min_period_end", {"cancel_at": "min_period_end"}),
        (f"POST {SUBSCRIPTION}", "trial_end=now", {"trial_end": "now"}),
        (f"POST {SUBSCRIPTION}", "pause_collection=", {"pause_collection": ""}),
        (f"POST {SUBSCRIPTION}", "metadata=", {"metadata": ""}),
        ("POST /v1/payment_intents/{id}/confirm", "off_session=true", {"off_session": True}),
        (
            "POST /v1/payment_intents/{id}/confirm",
            "off_session=recurring",
            {"off_session": "recurring"},
        ),
        (
            f"POST {SUBSCRIPTION}",
            "billing_cycle_anchor[type]=now",
            {"billing_cycle_anchor": {"type": "now"}},
        ),
        (
            "POST /v1/prices",
            "currency=eur&unit_amount_decimal=10.5",
            {"currency": "eur", "unit_amount_decimal": "10.5"},
        ),
        (
            "POST /v1/subscriptions/{id}",
            "application_fee_percent=2.5",
            {"application_fee_percent": 2.5},
        ),
        ("GET /v1/balance", "", {}),
    ],
)
def test_texts_become_the_types_of_the_call(call, form, expected):
    assert checked(call, form) == expected


@pytest.mark.parametrize(
    ("call", "form", "message", "param", "code"),
    [
        (
            f"POST {SESSIONS}",
            "foo=1",
            "Received unknown parameter: foo",
            "foo",
            "parameter_unknown",
        ),
        (
            f"POST {SESSIONS}",
            "foo=1&bar=2",
            "Received unknown parameters: foo, bar",
            "foo",
            "parameter_unknown",
        ),
        (
            f"POST {SESSIONS}",
            "subscription_data[payment_behavior]=allow_incomplete",
            "Received unknown parameter: subscription_data[payment_behavior]",
            "subscription_data[payment_behavior]",
            "parameter_unknown",
        ),
        (
            "POST /v1/payment_intents",
            "currency=eur",
            "Missing required param: amount.",
            "amount",
            "parameter_missing",
        ),
        (
            f"POST {SESSIONS}",
            "line_items[0][price_data][unit_amount]=5",
            "Missing required param: line_items[0][price_data][currency].",
            "line_items[0][price_data][currency]",
            "parameter_missing",
        ),
        (
            f"POST {SESSIONS}",
            "ui_mode=hosted",
            "Invalid ui_mode: must be one of elements, embedded_page, form, or hosted_page",
            "ui_mode",
            None,
        ),
        (
            f"POST {SUBSCRIPTION}",
            "collection_method=x",
            "Invalid collection_method: must be one of charge_automatically or send_invoice",
            "collection_method",
            None,
        ),
        (
            "POST /v1/refunds",
            "reason=changed_mind",
            "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer",
            "reason",
            None,
        ),
        (
            f"POST {SESSIONS}",
            "line_items[0][quantity]=abc",
            "Invalid integer: abc",
            "line_items[0][quantity]",
            "parameter_invalid_integer",
        ),
        (
            "POST /v1/refunds",
            "amount=10.50",
            "Invalid integer: 10.50",
            "amount",
            "parameter_invalid_integer",
        ),
        (
            "POST /v1/refunds",
            "amount=%D9%A1%D9%A0",
            "Invalid integer: ١٠",
            "amount",
            "parameter_invalid_integer",
        ),
        (
            f"POST {SESSIONS}",
            "adaptive_pricing[enabled]=no",
            "Invalid boolean: no",
            "adaptive_pricing[enabled]",
            None,
        ),
        (
            "POST /v1/prices",
            "currency=eur&unit_amount_decimal=1e3",
            "Invalid decimal: 1e3",
            "unit_amount_decimal",
            None,
        ),
        (f"POST {SUBSCRIPTION}", "billing_cycle_anchor=now", None, "billing_cycle_anchor", None),
        (f"POST {SUBSCRIPTION}", "trial_end=soon", None, "trial_end", None),
        (f"POST {SESSIONS}", "line_items=x", "Invalid array", "line_items", None),
        (f"POST {SESSIONS}", "line_items[x]=1", "Invalid array", "line_items", None),
        (f"POST {SESSIONS}", "metadata=x", "Invalid object", "metadata", None),
        (f"POST {SESSIONS}", "metadata[a][b]=x", "Invalid string", "metadata[a]", None),
        (f"POST {SESSIONS}", "success_url[a]=x", "Invalid string", "success_url", None),
        ("GET /v1/charges", "created=yesterday", None, "created", "parameter_invalid_integer"),
        ("GET /v1/balance", "limit=1", None, "limit", "parameter_unknown"),
    ],
)
def test_a_parameter_is_refused_in_stripes_words(call, form, message, param, code):
    refused = refusal(call, form)
    assert refused.message == (message or refused.message)
    assert (refused.param, refused.code) == (param, code)


def test_an_empty_text_is_refused_where_nothing_can_be_unset():
    refused = refusal(f"POST {SESSIONS}", "customer_email=")
    assert refused.message.startswith("You passed an empty string for 'customer_email'.")
    assert refused.code == "parameter_invalid_empty"


@pytest.mark.parametrize(
    ("call", "rest"),
    [
        (f"POST {SESSIONS}", ""),
        ("POST /v1/payment_intents", "&amount=100&currency=eur"),
        ("POST /v1/setup_intents", ""),
    ],
)
def test_the_payment_method_types_of_older_versions_are_refused_by_name(call, rest):
    refused = refusal(call, "payment_method_types[0]=card" + rest)
    assert refused.code == "payment_method_types_no_longer_supported"
    assert refused.param == "payment_method_types"


def test_a_subscription_still_names_payment_method_types_in_its_settings():
    form = "payment_settings[payment_method_types][0]=card"
    assert checked(f"POST {SUBSCRIPTION}", form) == {
        "payment_settings": {"payment_method_types": ["card"]}
    }


@pytest.mark.parametrize(
    "form",
    [
        "metadata[" + "k" * 41 + "]=x",
        "metadata[k]=" + "x" * 501,
        "&".join(f"metadata[k{number}]=x" for number in range(51)),
    ],
)
def test_metadata_beyond_stripes_sizes_is_refused(form):
    assert refusal(f"POST {SESSIONS}", form).message.startswith("Metadata ")


def test_metadata_up_to_stripes_sizes_is_taken():
    metadata = {f"{number:040}": "x" * 500 for number in range(50)}
    form = urlencode(list(_api_encode({"metadata": metadata})))
    assert checked(f"POST {SESSIONS}", form) == {"metadata": metadata}


def test_a_call_that_stripe_does_not_have_has_no_types():
    with pytest.raises(KeyError):
        check("POST", "/v1/invoices/upcoming", {})
