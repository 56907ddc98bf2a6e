"""An answer is compared with Stripe's types field by field."""

import pytest

from payments.sandbox.spec import blank, problems, tables

REFUND = {
    "id": "re_1",
    "object": "refund",
    "amount": 500,
    "created": 1800000000,
    "currency": "eur",
}


def refund(**changes):
    return blank("refund") | REFUND | changes


def without(data, name):
    return {key: value for key, value in data.items() if key != name}


@pytest.mark.parametrize("object_name", sorted(tables.shapes()["objects"]))
def test_a_blank_object_lacks_nothing_but_values(object_name):
    for problem in problems(object_name, blank(object_name)):
        assert problem.endswith((": null", ".url: no string"))


def test_a_blank_object_is_fresh_each_time():
    blank("charge")["metadata"]["a"] = "b"
    assert blank("charge")["metadata"] == {}


def test_a_blank_object_has_no_field_that_stripe_sends_only_when_asked():
    assert "refunds" not in blank("charge")
    assert "payments" not in blank("invoice")
    assert blank("charge")["balance_transaction"] is None


def test_a_part_of_an_object_can_be_blank_too():
    card = blank("charge", "payment_method_details", "card")
    assert card["last4"] is None
    assert "generated_card" not in blank("charge", "outcome")


def test_a_filled_refund_has_no_problems():
    assert problems("refund", refund(charge="ch_1", status="succeeded")) == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (refund(colour="red"), "refund.colour: unknown field"),
        (without(refund(), "charge"), "refund.charge: missing"),
        (refund(amount=None), "refund.amount: null"),
        (refund(amount="500"), "refund.amount: '500' is no integer"),
        (refund(amount=True), "refund.amount: True is no integer"),
        (refund(created=1.5), "refund.created: 1.5 is no integer"),
        (refund(metadata={"a": 1}), "refund.metadata[a]: 1 is no string"),
        (refund(metadata=[]), "refund.metadata: [] is no object"),
        (refund(charge=""), "refund.charge: an empty id"),
        (refund(charge=7), "refund.charge: 7 is no object"),
        (refund(charge={"object": "payout"}), "refund.charge: object is 'payout', not charge"),
        (refund(object="refunds"), "refund: object is 'refunds', not refund"),
        (refund(next_action="x"), "refund.next_action: 'x' is no object"),
    ],
)
def test_a_wrong_field_is_named(data, problem):
    assert problems("refund", data) == [problem]


def test_a_value_outside_an_enumeration_is_named():
    refused = problems("refund", refund(reason="changed_mind"))
    assert len(refused) == 1
    assert refused[0].startswith("refund.reason: 'changed_mind' is none of ")


def test_an_expanded_object_is_looked_into():
    charge = blank("charge") | {"id": "ch_1"}
    found = problems("refund", refund(charge=charge))
    assert "refund.charge.amount: null" in found
    assert "refund.charge.id: null" not in found


def test_a_list_is_looked_through():
    page = {
        "object": "list",
        "data": [refund(amount=None)],
        "has_more": False,
        "url": "/v1/refunds",
    }
    assert problems("list", page) == ["list.data[0].amount: null"]
    assert problems("list", page | {"total_count": 1}) != []
    assert problems("list", page | {"has_more": None, "data": []}) == ["list.has_more: no boolean"]


def test_an_object_of_no_known_kind_is_a_problem():
    page = {"object": "list", "data": [{"object": "topup"}], "has_more": False, "url": "/v1/topups"}
    assert problems("list", page) == ["list.data[0]: no shape is known for 'topup'"]


def test_a_deleted_object_is_only_its_id():
    gone = {"id": "cus_1", "object": "customer", "deleted": True}
    assert problems("customer", gone) == []
    assert problems("customer", gone | {"email": None}) == [
        "customer.email: not in a deleted object"
    ]


def event(**changes):
    data = {"object": refund(), **changes}
    return blank("event") | {
        "id": "evt_1",
        "api_version": "2026-10-28.endive",
        "created": 1800000000,
        "pending_webhooks": 1,
        "type": "refund.updated",
        "data": data,
    }


def test_the_object_inside_an_event_is_looked_into():
    assert problems("event", event()) == []
    assert problems("event", event(object=refund(amount=None))) == [
        "event.data.object.amount: null"
    ]


def test_what_an_event_says_was_different_must_be_a_field():
    assert problems("event", event(previous_attributes={"status": "pending"})) == []
    assert problems("event", event(previous_attributes={"colour": "red"})) == [
        "event.data.previous_attributes.colour: unknown field"
    ]
