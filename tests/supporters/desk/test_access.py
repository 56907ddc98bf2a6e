"""Who gets into the appeals' room."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import get_resolver, reverse

from supporters.models import Appeal, Mute
from tests.payments.books import staff
from tests.supporters.appeals.drafts import CONTENT, claim, draft, ines, published

pytestmark = [pytest.mark.django_db, pytest.mark.case("A3")]

GET = {
    "desk-appeals": {},
    "desk-appeal-new": {},
    "desk-appeal": {"code": "wall-end"},
    "desk-appeal-edit": {"code": "wall-end"},
    "desk-appeal-versions": {"code": "wall-end"},
    "desk-appeal-version": {"code": "wall-end", "number": 1},
    "desk-appeal-replay": {"code": "wall-end"},
    "desk-appeal-sheet": {"scheme": "dark", "name": "tokens"},
    "desk-campaigns": {},
    "desk-campaign": {"code": "flood-wall"},
    "desk-claims": {},
    "desk-claim": {"pk": 1},
    "desk-mutes": {},
    "desk-origins": {},
}
POST = {
    "desk-appeal-preview": {"code": "wall-end"},
    "desk-appeal-preview-new": {},
    "desk-appeal-step": {"code": "wall-end", "name": "take-down"},
    "desk-campaign-move": {"code": "flood-wall"},
    "desk-claim-withdraw": {"pk": 1},
    "desk-mute-lift": {"pk": 1},
    "desk-switch": {},
    "desk-origin-remove": {"pk": 1},
}
ALL = GET | POST


@pytest.fixture(autouse=True)
def _appeal():
    published()


def ask(client, name):
    address = reverse(f"supporters:{name}", kwargs=ALL[name])
    return client.get(address) if name in GET else client.post(address, {"reason": "Because."})


def test_every_address_of_the_room_is_in_this_matrix():
    names = {str(name) for name in get_resolver().namespace_dict["supporters"][1].reverse_dict}
    room = {n for n in names if n.startswith("desk-") and "/appeals/" in reverse_any(n)}
    # Experiments have a matrix of their own.
    assert {name for name in room if "experiment" not in name} == set(ALL)


def reverse_any(name):
    possibilities = get_resolver().namespace_dict["supporters"][1].reverse_dict.getlist(name)
    return "/" + possibilities[0][0][0][0]


@pytest.mark.parametrize("name", ALL)
def test_somebody_who_has_not_signed_in_is_asked_to(client, name):
    answer = ask(client, name)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=/desk/appeals/")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("who", ["reader", "support", "finance", "role without staff"])
def test_for_everybody_else_the_room_does_not_exist(client, name, who):
    people = get_user_model().objects
    if who in {"support", "finance"}:
        person = staff(who, email="somebody@example.org")
    else:
        person = people.create_user("other@example.org")
        if who == "role without staff":
            person.groups.set(ines().groups.all())
    client.force_login(person)
    assert ask(client, name).status_code == 404
    assert Appeal.objects.get(code="wall-end").live is not None
    assert not Mute.objects.exists()


@pytest.mark.parametrize("name", GET)
@pytest.mark.parametrize("who", ["campaigns", "administrator"])
def test_campaigns_and_administrators_enter_and_nothing_is_stored(client, name, who):
    people = get_user_model().objects
    client.force_login(ines() if who == "campaigns" else people.create_superuser("r@example.org"))
    if name == "desk-claim":
        ALL[name]["pk"] = claim("12 reporters").pk
    answer = ask(client, name)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ALL)
def test_the_wrong_method_is_refused(desk, name):
    address = reverse(f"supporters:{name}", kwargs=ALL[name])
    answer = desk.put(address) if name in GET else desk.get(address)
    assert answer.status_code == 405


def test_the_room_is_in_the_bar_of_those_who_work_in_it(desk):
    assert b'href="/desk/appeals/"' in desk.get("/desk/").content


@pytest.mark.parametrize(
    "address",
    [
        "/desk/appeals/appeal/nothing/",
        "/desk/appeals/appeal/wall-end/versions/7/",
        "/desk/appeals/campaigns/nothing/",
        "/desk/appeals/claims/4711/",
        "/desk/appeals/sheets/dark/secrets.css",
    ],
)
def test_what_does_not_exist_is_not_found(desk, address):
    assert desk.get(address).status_code == 404


def test_a_step_that_does_not_exist_is_not_found(desk):
    draft(CONTENT, code="other")
    assert desk.post("/desk/appeals/appeal/other/step/delete/").status_code == 404
