"""The test that the demo newsroom ran on its two wordings, in the last weeks of its year."""

from datetime import timedelta
from random import Random

from payments import clock
from supporters.appeals import counting, experiments
from supporters.appeals.assign import HOLDOUT
from supporters.appeals.counting import Counter, Tally
from supporters.appeals.experiments import Wanted
from supporters.appeals.references import whole_hour
from supporters.demo import people
from supporters.demo.asks import ORDERS, TOWN, WALL_CODE
from supporters.models import Appeal, AppealCount, Experiment, Placement

CODE = "orders-or-town"
FIRST_DAY = 330
VIEWS_A_DAY, LIFT_PERCENT, DAYS = 6_000, 25, 28
# Of ten thousand views: clicks, dismissals and pauses of each wording.
RATES = {ORDERS.code: (90, 120, 16), TOWN.code: (130, 124, 17)}
KINDS = (AppealCount.Kind.CLICK, AppealCount.Kind.DISMISS, AppealCount.Kind.PAUSE)


def a_day(day: int) -> None:
    """What happened to the test on a day of the year."""
    if day == FIRST_DAY:
        _begin()
    elif day > FIRST_DAY and Experiment.objects.filter(code=CODE, status="running").exists():
        _read(Random(day))  # noqa: S311 (a story, not a secret)
        experiments.end_due()


def _begin() -> None:
    ines = people.person(people.CAST["campaigns"])
    if ines is None:
        raise LookupError("campaigns has not been hired")
    wanted = Wanted(
        appeal=Appeal.objects.get(code=WALL_CODE),
        metric="clicks",
        unit="page",
        lift_percent=LIFT_PERCENT,
        days=DAYS,
        units_a_day=VIEWS_A_DAY,
        base=9_000,
    )
    experiment = experiments.plan(
        CODE,
        wanted,
        question="Whose money it was moves more readers to click than how much we read.",
        guardrails=["dismissals", "pauses", "refunds"],
        actor=ines,
    )
    experiments.begin(experiment, actor=ines)


def _read(dice: Random) -> None:
    """A day's page views of the article; each draws its wording anew."""
    hour = whole_hour(clock.now()) - timedelta(hours=1)
    tallies = {}

    def count(variant: str, kind: str, number: float) -> None:
        number = max(round(number), 0)
        counter = Counter(
            hour, WALL_CODE, variant, Placement.END, "flood-wall-contract", kind, False
        )
        tallies[counter] = Tally(number, number)

    for variant, rates in RATES.items():
        views = dice.gauss(VIEWS_A_DAY / 2, (VIEWS_A_DAY / 4) ** 0.5)
        count(variant, AppealCount.Kind.VIEW, views)
        for kind, rate in zip(KINDS, rates, strict=True):
            mean = views * rate / 10_000
            count(variant, kind, dice.gauss(mean, mean**0.5))
    count(HOLDOUT, AppealCount.Kind.GHOST, VIEWS_A_DAY / 19)
    counting.add(tallies)
