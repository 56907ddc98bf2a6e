"""Who gets into finance's room."""

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.urls import get_resolver, reverse

from payments.models import OutboxTask, ReceiptDocument, Refund, StripeEvent
from tests.payments.books import (
    DAY,
    difference_of,
    dispute_of,
    note_of,
    pay_out,
    receive,
    staff,
    warning_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.case("A3")]

GET = {
    "desk-finance": (),
    "desk-movements-csv": (),
    "desk-contribution": ("contribution",),
    "desk-receipt": ("receipt",),
    "desk-refund-note": ("note",),
    "desk-disputes": (),
    "desk-dispute": ("dispute",),
    "desk-dispute-pack": ("dispute",),
    "desk-payouts": (),
    "desk-payout": ("payout",),
    "desk-books": (),
    "desk-renewals": (),
    "desk-difference": ("difference",),
    "desk-events": (),
}
POST = {
    "desk-refund": ("contribution",),
    "desk-refund-approve": ("refund",),
    "desk-refund-decline": ("refund",),
    "desk-dispute-answer": ("dispute",),
    "desk-dispute-accept": ("dispute",),
    "desk-warning-refund": ("warning",),
    "desk-warning-keep": ("warning",),
    "desk-books-compare": (),
    "desk-books-repair": (),
    "desk-difference-repair": ("difference",),
    "desk-difference-explain": ("difference",),
    "desk-difference-take": ("difference",),
    "desk-event-retry": ("event",),
    "desk-task-retry": ("task",),
}


@pytest.fixture
def ids(stripe_sandbox):
    contribution = receive()
    event = StripeEvent.objects.create(
        stripe_event_id="evt_1",
        type="charge.updated",
        livemode=False,
        created_at=DAY,
        received_at=DAY,
        payload=b"{}",
        status="failed",
    )
    file = ContentFile(b"%PDF-1.7", name="receipt.pdf")
    ReceiptDocument.objects.create(receipt=contribution.receipt, file=file, rendered_at=DAY)
    task = OutboxTask.objects.create(key="k:1", name="k", created_at=DAY, dead_at=DAY)
    dispute = dispute_of(contribution)
    refund = Refund.objects.create(
        contribution=contribution,
        amount_minor=100,
        currency="eur",
        status="requested",
        created_at=DAY,
    )
    return {
        "contribution": contribution.public_id,
        "receipt": contribution.receipt.number,
        "note": note_of(contribution).number,
        "dispute": dispute.public_id,
        "refund": refund.public_id,
        "warning": warning_of(contribution).pk,
        "payout": pay_out(minor=100).stripe_payout_id,
        "difference": difference_of(contribution).public_id,
        "event": event.pk,
        "task": task.pk,
    }


def ask(client, ids, name):
    needed = (GET | POST)[name]
    address = reverse(f"payments:{name}", args=[ids[part] for part in needed])
    return client.get(address) if name in GET else client.post(address)


def test_every_address_of_the_desk_is_in_this_matrix():
    names = get_resolver().namespace_dict["payments"][1].reverse_dict
    assert {name for name in names if str(name).startswith("desk-")} == {*GET, *POST}


@pytest.mark.parametrize("name", [*GET, *POST])
def test_somebody_who_has_not_signed_in_is_asked_to(client, ids, name):
    answer = ask(client, ids, name)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=/desk/finance/")


@pytest.mark.parametrize("name", POST)
def test_who_was_signed_out_goes_on_at_the_page_of_the_form(client, ids, name):
    page = reverse("payments:desk-contribution", args=[ids["contribution"]])
    address = reverse(f"payments:{name}", args=[ids[part] for part in POST[name]])
    answer = client.post(address, headers={"referer": f"http://testserver{page}"})
    assert answer["Location"] == f"/account/login/?next={page}"
    assert "Nothing was done" in client.get(answer["Location"]).text

    client.force_login(staff("finance", email="marie@example.org"))
    for elsewhere in ("", "https://elsewhere.example.org/desk/"):
        client.logout()
        answer = client.post(address, headers={"referer": elsewhere})
        after = answer["Location"].partition("next=")[2]
        assert after == "/desk/finance/"
        client.force_login(get_user_model().objects.get(email="marie@example.org"))
        assert client.get(after).status_code == 200


@pytest.mark.parametrize("name", [*GET, *POST])
@pytest.mark.parametrize("who", ["reader", "support", "campaigns", "role without staff"])
def test_for_everybody_but_finance_the_room_does_not_exist(client, ids, name, who):
    person = staff(*{"support", "campaigns"} & {who}, email="somebody@example.org")
    if who in {"reader", "role without staff"}:
        person = staff("finance", email="other@example.org")
        get_user_model().objects.filter(pk=person.pk).update(is_staff=False)
        person.refresh_from_db()
        if who == "reader":
            person.groups.clear()
    client.force_login(person)
    assert ask(client, ids, name).status_code == 404
    assert StripeEvent.objects.get().status == "failed"
    assert Refund.objects.get().status == "requested"


@pytest.mark.parametrize("name", [*GET, *POST])
@pytest.mark.parametrize("who", ["finance", "administrator"])
def test_finance_and_administrators_enter_and_nothing_is_stored(client, ids, name, who):
    people = get_user_model().objects
    person = staff("finance") if who == "finance" else people.create_superuser("root@example.org")
    client.force_login(person)
    answer = ask(client, ids, name)
    # Empty forms are refused on their page; a button leads back to where it stands.
    expected = dict.fromkeys(POST, 302)
    expected |= {
        "desk-difference-explain": 400,
        "desk-refund": 400,
        "desk-dispute-answer": 400,
        "desk-dispute-accept": 400,
    }
    assert answer.status_code == expected.get(name, 200)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", [*GET, *POST])
def test_the_wrong_method_is_refused(desk, ids, name):
    needed = (GET | POST)[name]
    address = reverse(f"payments:{name}", args=[ids[part] for part in needed])
    answer = desk.post(address) if name in GET else desk.get(address)
    assert answer.status_code == 405


def test_the_front_door_lists_the_rooms_of_a_role(client):
    client.force_login(staff("finance"))
    assert b'href="/desk/finance/"' in client.get("/desk/").content
    client.force_login(staff("support", email="sue@example.org"))
    assert b'href="/desk/finance/"' not in client.get("/desk/").content


def test_the_front_door_is_shut_to_readers_and_asks_strangers_who_they_are(client):
    assert client.get("/desk/")["Location"] == "/account/login/?next=/desk/"
    client.force_login(get_user_model().objects.create_user("nora@example.org"))
    assert client.get("/desk/").status_code == 404
