"""Ninety days later: which gifts of a test lasted, and which were complained of."""

from datetime import timedelta

import pytest

from payments import clock
from payments.models import Contribution, Subscription
from supporters.appeals import afterwards, experiments, references
from supporters.appeals.afterwards import Afterwards
from supporters.desk.experiment_report import report
from tests.builders import give
from tests.payments.books import dispute_of, send_back
from tests.supporters.appeals.drafts import ines
from tests.supporters.appeals.test_experiments import running, wait

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def trial(client, pay, deliver):
    """A test whose control brought three monthly gifts and a single one, the other arm two."""
    experiment = running(metric="completions", base=30_000, lift_percent=100)
    asked = {"campaign": "flood-wall", "appeal": experiment.appeal.code, "article": "dock-four"}

    def from_ask(variant, email, **fields):
        client.cookies.clear()
        source = references.Source(
            **asked, variant=variant, placement="article-end", hour=clock.now()
        )
        return give(client, pay, deliver, source=references.sign(source), email=email, **fields)

    for name in ("ann", "bo", "cy"):
        from_ask("short", f"{name}@example.org", frequency="month", amount="10")
    from_ask("short", "di@example.org", amount="20")
    for name in ("ed", "flo"):
        from_ask("dated", f"{name}@example.org", frequency="month", amount="10")
    return experiment


def found(experiment):
    now = clock.now()
    return afterwards.by_variant(experiments.window(experiment, now), now)


def agreement(name):
    return Subscription.objects.get(supporter__email=f"{name}@example.org")


def gift(name):
    return Contribution.objects.get(email=f"{name}@example.org")


def ends(name, *, after):
    started = agreement(name).started_at
    Subscription.objects.filter(pk=agreement(name).pk).update(ended_at=started + after)


def test_before_ninety_days_nothing_is_said(trial, client):
    wait(89 * DAY)
    assert found(trial) == {}
    assert report(trial, clock.now()).later["short"] == Afterwards()
    client.force_login(ines())
    page = client.get(f"/desk/appeals/experiments/{trial.code}/").content.decode()
    assert "No gift of this test is ninety days old yet." in page


def test_what_ended_or_came_back_by_day_ninety_counts_for_its_variant(trial):
    ends("ann", after=30 * DAY)
    ends("bo", after=91 * DAY)
    send_back(gift("ed"), 1000, at=gift("ed").received_at + 5 * DAY)
    dispute_of(gift("di"), at=gift("di").received_at + 89 * DAY)
    dispute_of(gift("cy"), at=gift("cy").received_at + 91 * DAY)
    wait(92 * DAY)
    assert found(trial) == {
        "short": Afterwards(gifts=4, complaints=1, monthly=3, kept=2),
        "dated": Afterwards(gifts=2, complaints=1, monthly=2, kept=2),
    }


def test_monthly_that_became_yearly_was_kept(trial):
    ends("flo", after=10 * DAY)
    old = agreement("flo")
    new = Subscription.objects.get(pk=old.pk)
    new.pk, new.follows, new.checkout, new.ended_at = None, old, None, None
    new.public_id, new.stripe_subscription_id = "0" * 32, "sub_yearly"
    new.frequency = "year"
    new.save()
    wait(92 * DAY)
    assert found(trial)["dated"].kept == 2


def test_a_variant_whose_gifts_do_not_last_raises_an_alarm():
    experiment = running(metric="completions", base=30_000, lift_percent=100)
    lasting = {
        "short": Afterwards(gifts=900, complaints=10, monthly=800, kept=700),
        "dated": Afterwards(gifts=900, complaints=200, monthly=800, kept=300),
    }
    kept, complaints = afterwards.compare(experiments.declared(experiment), lasting)
    assert (kept.measure, kept.falls, kept.rises) == ("kept", True, False)
    assert (complaints.measure, complaints.rises) == ("complaints", True)


def test_the_page_shows_it_with_its_moment_and_says_what_is_not_measured(trial, client):
    ends("ann", after=30 * DAY)
    wait(92 * DAY)
    client.force_login(ines())
    page = client.get(f"/desk/appeals/experiments/{trial.code}/").content.decode()
    assert "Ninety days later" in page
    assert clock.now().astimezone(clock.newsroom_zone()).strftime("%Y") in page
    assert "How many readers left the page is not measured" in page
    assert "still given on day 90" in page
