"""An experiment is declared first, begins honestly, ends by itself and says what it found."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from payments import clock, sweep
from payments.models import AuditEntry
from supporters.appeals import bundle, counting, experiments, publishing, references
from supporters.appeals.counting import Counter, Tally
from supporters.appeals.experiments import Refused, Wanted
from supporters.models import Experiment
from tests.builders import give
from tests.supporters.appeals.drafts import CONTENT, WORDS, draft, ines, published, tomas
from tests.supporters.appeals.trials import binomial

pytestmark = pytest.mark.django_db
TWO = replace(
    CONTENT,
    variants=(
        replace(WORDS, code="short", share=50),
        replace(WORDS, code="dated", share=50, heading="The next story needs readers too"),
    ),
)
ARMS = ("short", "dated")


def wanted(appeal, **fields):
    named = {"metric": "clicks", "unit": "page", "lift_percent": 50, "days": 28}
    given = {"appeal": appeal, "units_a_day": 5000, "base": 4_000}
    return Wanted(**(named | given | fields))


def plan(appeal, code="words", **fields):
    return experiments.plan(
        code,
        wanted(appeal, **fields),
        question="A dated fact makes more readers click.",
        guardrails=["dismissals"],
        actor=ines(),
    )


def running(**fields):
    """A test that has begun: the clock stands at its first hour."""
    experiment = plan(published(TWO), **fields)
    experiments.begin(experiment, actor=ines())
    experiment.refresh_from_db()
    wait(experiment.starts_at - clock.now())
    return experiment


def wait(by):
    """Let time pass, a little more than said, so that the hour is whole."""
    clock.set_offset(int((clock.offset() + by).total_seconds()) + 2)


def count(experiment, variant, kind, number, *, sticky=False, hour=None):
    hour = hour or references.whole_hour(clock.now())
    counter = Counter(hour, experiment.appeal.code, variant, "article-end", "", kind, sticky)
    counting.add({counter: Tally(number, number)})


def live_a_day(experiment, dice, *, views=5000, base=0.004, lift=0.0, dismissed=0.01):
    """A day of readers who fall into the arms and click by chance; then the next day begins."""
    sizes = binomial(dice, views, 0.5)
    for variant, size, chance in (
        ("short", sizes, base),
        ("dated", views - sizes, base * (1 + lift)),
    ):
        count(experiment, variant, "view", size)
        count(experiment, variant, "click", binomial(dice, size, chance))
        count(experiment, variant, "dismiss", binomial(dice, size, dismissed))
    wait(timedelta(days=1))


def found(experiment):
    return experiments.found(experiment, clock.now())


def refusal(call, *arguments, **fields):
    with pytest.raises(Refused) as refused:
        call(*arguments, **fields)
    return refused.value.code


def test_an_honest_test_is_planned_with_its_size_and_its_metric():
    experiment = plan(published(TWO))
    assert (experiment.status, experiment.metric, experiment.unit) == ("planned", "clicks", "page")
    assert experiment.per_arm > 10_000
    assert experiment.expected["clicks"] == 4_000
    assert AuditEntry.objects.filter(action="experiment.planned", actor=ines()).exists()


def test_a_hopeless_test_is_refused_and_the_nearest_honest_ones_are_named():
    appeal = published(TWO)
    hopeless = wanted(appeal, metric="completions", base=100, lift_percent=20)
    calculation = experiments.calculate(hopeless)
    assert not calculation.plan.honest
    assert "clicks" in {each.design.metric for each in calculation.nearest}
    code = refusal(experiments.plan, "hope", hopeless, question="?", guardrails=[], actor=ines())
    assert code == "hopeless"
    assert not Experiment.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"units_a_day": 5}, {"lift_percent": 0}, {"base": 900_000, "lift_percent": 50}]
)
def test_what_cannot_be_tested_is_refused(fields):
    assert refusal(plan, published(TWO), **fields) in {"hopeless", "impossible"}


def test_an_appeal_that_nobody_sees_or_that_has_one_variant_has_no_test():
    assert refusal(plan, draft(TWO, code="unseen")) == "not_published"
    assert refusal(plan, published()) == "one_variant"


def test_one_test_at_a_time_and_one_code_once():
    appeal = published(TWO)
    experiment = plan(appeal)
    assert refusal(plan, appeal, code="second") == "already_testing"
    experiments.stop(experiment, actor=ines(), reason="Another idea is better.")
    assert refusal(plan, appeal) == "test_code_taken"
    assert plan(appeal, code="second").status == "planned"


def test_the_history_of_an_appeal_says_what_to_expect():
    appeal = published(TWO)
    hour = references.whole_hour(clock.now()) - timedelta(days=2)
    for kind, number in (("view", 280_000), ("click", 2_800), ("dismiss", 5)):
        counter = Counter(hour, appeal.code, "short", "article-end", "", kind, False)
        counting.add({counter: Tally(number, number)})
    calculation = experiments.calculate(wanted(appeal, units_a_day=None, base=None))
    assert calculation.units_a_day == 10_000
    assert calculation.expected["clicks"] == 10_000
    # Five dismissals say too little: the usual rate is taken.
    assert calculation.expected["dismissals"] == 5_000


def test_it_begins_at_the_next_whole_hour_with_the_shares_that_readers_see():
    experiment = plan(published(TWO))
    experiments.begin(experiment, actor=ines())
    experiment.refresh_from_db()
    assert experiment.shares == [["short", 50], ["dated", 50]]
    assert experiment.version == experiment.appeal.live
    assert experiment.starts_at - clock.now() <= timedelta(hours=1)
    assert (experiment.starts_at.minute, experiment.starts_at.second) == (0, 0)
    assert refusal(experiments.begin, experiment, actor=ines()) == "wrong_state"


def test_devices_are_told_of_the_test_from_its_first_hour_on():
    """Then each reader is met anew, and nobody whom an earlier test met is missing."""
    experiment = plan(published(TWO))
    experiments.begin(experiment, actor=ines())
    experiment.refresh_from_db()

    def told():
        (appeal,) = bundle.build(clock.now()).bundle.at("article-end")[:1]
        return appeal.data().get("tested")

    assert told() is None
    wait(experiment.starts_at - clock.now())
    assert told() == experiment.pk


def test_what_was_counted_before_it_began_or_by_the_other_unit_does_not_count():
    experiment = running()
    before = experiment.starts_at - timedelta(hours=1)
    count(experiment, "short", "view", 500, hour=before)
    count(experiment, "short", "view", 400, sticky=True)
    count(experiment, "short", "view", 300)
    wait(timedelta(hours=1))
    assert found(experiment).arms["short"].units == 300


def test_readers_are_the_unit_where_the_device_keeps_its_variant():
    experiment = running(unit="reader")
    count(experiment, "dated", "view", 9000, sticky=True)
    count(experiment, "dated", "reader", 700, sticky=True)
    wait(timedelta(hours=1))
    assert found(experiment).arms["dated"].units == 700


def test_a_better_variant_is_found_and_the_test_ends_at_its_size():
    experiment, dice = running(), Random(31)
    days = 0
    while not experiment.over:
        live_a_day(experiment, dice, lift=1.0)
        experiments.end_due()
        experiment.refresh_from_db()
        days += 1
    assert (experiment.status, experiment.ending) == ("ended", "size")
    assert days < 28
    result = found(experiment)
    assert result.progress == 100
    assert result.winner.arm == "dated"
    assert not result.ratio_alarm
    assert not result.breached


def test_nothing_that_comes_after_the_end_changes_the_result():
    experiment, dice = running(days=28), Random(32)
    for _ in range(3):
        live_a_day(experiment, dice)
    experiments.stop(experiment, actor=tomas(), reason="The story moved on.")
    experiment.refresh_from_db()
    before = found(experiment)
    live_a_day(experiment, dice, lift=5.0)
    assert found(experiment) == before
    assert experiment.reason == "The story moved on."
    assert AuditEntry.objects.get(action="experiment.stopped").reason == "The story moved on."


def test_without_enough_readers_it_ends_on_its_last_day(stripe_sandbox):
    experiment = running(days=28)
    wait(timedelta(days=27))
    sweep.sweep()
    experiment.refresh_from_db()
    assert experiment.status == "running"
    wait(timedelta(days=2))
    sweep.sweep()
    experiment.refresh_from_db()
    assert (experiment.status, experiment.ending) == ("ended", "date")
    assert experiment.ended_at == experiment.ends_at


def test_a_changed_appeal_ends_its_test():
    experiment = running()
    publishing.take_down(experiment.appeal, actor=ines(), reason="A sad day.")
    experiments.end_due()
    experiment.refresh_from_db()
    assert (experiment.status, experiment.ending) == ("ended", "changed")


def test_mismatched_shares_raise_the_alarm_and_no_winner_is_named():
    experiment, dice = running(), Random(33)
    for _ in range(4):
        count(experiment, "short", "view", 400)
        live_a_day(experiment, dice, lift=3.0)
    result = found(experiment)
    assert result.ratio_alarm
    assert result.metric[0].clear
    assert result.winner is None


def test_a_guardrail_that_gets_clearly_worse_is_named():
    experiment = running()
    for variant, dismissed in (("short", 50), ("dated", 250)):
        count(experiment, variant, "view", 10_000)
        count(experiment, variant, "dismiss", dismissed)
    wait(timedelta(hours=1))
    (breach,) = found(experiment).breached
    assert (breach.measure, breach.arm) == ("dismissals", "dated")


def test_gifts_are_counted_by_the_source_that_they_froze(client, pay, deliver):
    experiment = running(metric="completions", base=30_000, lift_percent=100)
    for variant in ARMS:
        count(experiment, variant, "view", 1000)
    asked = {"campaign": "flood-wall", "appeal": experiment.appeal.code, "article": "dock-four"}
    source = references.Source(**asked, variant="dated", placement="article-end", hour=clock.now())
    give(client, pay, deliver, source=references.sign(source), frequency="month", amount="12")
    client.cookies.clear()
    give(client, pay, deliver, **asked, variant="dated", amount="500", email="pat@example.org")
    wait(timedelta(hours=1))
    arm = found(experiment).arms["dated"]
    assert (arm.starts, arm.completions, arm.recurring, arm.values) == (1, 1, 1, [1200])
    assert found(experiment).arms["short"].starts == 0


def test_a_test_is_stopped_with_a_reason_and_only_once():
    experiment = plan(published(TWO))
    assert refusal(experiments.stop, experiment, actor=ines(), reason=" ") == "no_reason"
    experiments.stop(experiment, actor=ines(), reason="Not needed.")
    assert refusal(experiments.stop, experiment, actor=ines(), reason="Again.") == "wrong_state"
    assert refusal(experiments.begin, experiment, actor=ines()) == "wrong_state"
