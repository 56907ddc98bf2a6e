"""The demo newsroom has a test behind it that ended by itself and found the better wording."""

from datetime import timedelta

import pytest

from payments import clock
from supporters.appeals import experiments
from supporters.demo import asks, people, trial, year
from supporters.models import Appeal, Experiment

pytestmark = pytest.mark.django_db


def test_the_trial_ends_at_its_size_and_its_page_names_the_better_wording(client):
    people.hire()
    asks.begin()
    for day in range(trial.FIRST_DAY - 1, trial.FIRST_DAY + trial.DAYS):
        trial.a_day(day)
        clock.set_offset(int((clock.offset() + timedelta(days=1)).total_seconds()))
    experiment = Experiment.objects.get(code=trial.CODE)
    assert (experiment.status, experiment.ending) == ("ended", "size")
    found = experiments.found(experiment, clock.now())
    assert found.winner.arm == "town"
    assert not found.ratio_alarm
    client.force_login(people.person(people.CAST["campaigns"]))
    assert (
        "“town” is better"
        in client.get(f"/desk/appeals/experiments/{trial.CODE}/").content.decode()
    )


def test_every_gift_of_the_year_names_an_appeal_that_the_demo_shows():
    people.hire()
    asks.begin()
    shown = {
        (appeal.campaign.code, appeal.code, variant.code, appeal.placement)
        for appeal in Appeal.objects.select_related("campaign")
        for variant in appeal.variants.all()
    }
    for giver in (act.giver for act in year.plan()):
        if "article" in giver.source:
            named = [giver.source[name] for name in ("campaign", "appeal", "variant", "placement")]
            assert tuple(named) in shown
