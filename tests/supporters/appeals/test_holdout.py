"""What asking adds is told by those who are never asked, not by whom a gift is credited to."""

import uuid
from datetime import timedelta

import pytest

from payments import clock
from payments.models import Checkout, Contribution
from supporters.appeals import counting, holdout, references
from supporters.appeals.counting import Counter, Tally
from tests.builders import begin, give
from tests.supporters.appeals.drafts import ines

pytestmark = pytest.mark.django_db


@pytest.fixture
def yesterday(db):
    return references.whole_hour(clock.now()) - timedelta(days=1)


def meet(variant, number, at, *, sticky=True, kind="reader"):
    counter = Counter(at, "after-reading", variant, "article-end", "", kind, sticky)
    counting.add({counter: Tally(number, number)})


def gifts(group, number, at):
    for _ in range(number):
        checkout = Checkout.objects.create(
            form_token=uuid.uuid4(),
            terms_key=uuid.uuid4().hex,
            frequency="once",
            currency="eur",
            gift_minor=1000,
            holdout=group,
            created_at=at,
        )
        Contribution.objects.create(
            checkout=checkout,
            kind="gift",
            frequency="once",
            status="paid",
            currency="eur",
            gift_minor=1000,
            received_at=at,
            created_at=at,
            stripe_payment_intent_id=f"pi_{checkout.pk}",
            holdout=group,
        )


def test_what_the_asked_give_more_than_the_held_out_is_what_asking_adds(yesterday):
    meet("short", 760_000, yesterday)
    meet("holdout", 100_000, yesterday)
    gifts("asked", 250, yesterday)
    gifts("held", 10, yesterday)
    found = holdout.increment(clock.now())
    assert (found.asked.of, found.asked.events) == (760_000, 250)
    assert (found.held.of, found.held.events) == (100_000, 10)
    low, high = found.added
    assert 0 < low < 250 - 76 < high


def test_where_both_give_alike_asking_is_not_said_to_add_anything(client, yesterday):
    meet("short", 19_000, yesterday)
    meet("holdout", 1_000, yesterday)
    gifts("asked", 190, yesterday)
    gifts("held", 10, yesterday)
    low, high = holdout.increment(clock.now()).added
    assert low < 0 < high
    client.force_login(ines())
    words = client.get("/desk/appeals/experiments/").content.decode()
    assert "Not clear yet" in words
    assert "19,000" in words


def test_few_gifts_of_the_held_out_say_nothing(client, yesterday):
    meet("holdout", 1_000, yesterday)
    gifts("held", 3, yesterday)
    assert holdout.increment(clock.now()).added is None
    client.force_login(ines())
    assert "Too few gifts" in client.get("/desk/appeals/experiments/").content.decode()


def test_views_older_readers_and_readers_without_storage_belong_to_no_group(yesterday):
    meet("short", 500, yesterday, kind="view")
    meet("short", 600, yesterday, sticky=False)
    meet("short", 700, yesterday - timedelta(days=200))
    gifts("", 2, yesterday)
    found = holdout.increment(clock.now())
    assert (found.asked.of, found.held.of, found.asked.events) == (0, 0, 0)


def test_a_gift_keeps_the_group_of_its_device_whatever_it_is_credited_to(client, pay, deliver):
    contribution = give(client, pay, deliver, holdout="held", campaign="letter-march")
    assert (contribution.holdout, contribution.campaign) == ("held", "letter-march")


@pytest.mark.parametrize("told", ["everybody", "\0", "x" * 500])
def test_an_invented_group_is_none_and_giving_goes_on(client, stripe_sandbox, told):
    assert begin(client, holdout=told).holdout == ""
