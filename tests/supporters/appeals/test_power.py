"""The desk says how many readers a test needs, and offers the nearest honest one."""

from dataclasses import replace
from random import Random

import pytest

from supporters.appeals import power
from supporters.appeals.power import Design
from tests.supporters.appeals.trials import DAYS, binomial, naive, share_of, watched

# APPEALS.md section 6: visitors per arm for 80 % power, two-sided 5 %.
TABLE = {
    0.0001: (16_500_000, 4_300_000, 2_000_000, 785_000),
    0.001: (1_650_000, 431_000, 200_000, 78_000),
    0.03: (53_000, 13_900, 6_500, 2_500),
    0.1: (14_800, 3_800, 1_800, 686),
}
COPY = Design("completions", base=0.0001, lift=0.2, units_a_day=50_000, within_days=28)
FUNNEL = {"starts": (0.0005, 50_000), "clicks": (0.004, 50_000)}


@pytest.mark.parametrize("base", TABLE)
def test_the_calculator_matches_the_published_table(base):
    for lift, wanted in zip((0.1, 0.2, 0.3, 0.5), TABLE[base], strict=True):
        assert power.one_look(base, lift) == pytest.approx(wanted, rel=0.015)


@pytest.mark.parametrize(("base", "lift"), [(0.03, 0.3), (0.1, 0.3), (0.1, 0.5)])
def test_one_look_at_the_end_needs_what_the_calculator_says_within_ten_per_cent(base, lift):
    size = power.one_look(base, lift)

    def reached(of):
        def found(dice):
            return naive(binomial(dice, of, base), binomial(dice, of, base * (1 + lift)), of)

        return share_of(2000, found, seed=21)

    assert reached(round(size * 0.9)) < power.POWER < reached(round(size * 1.1))


@pytest.mark.parametrize(("base", "lift"), [(0.03, 0.4), (0.1, 0.5)])
def test_a_test_that_is_watched_needs_what_the_calculator_says_within_ten_per_cent(base, lift):
    made = power.plan(Design("clicks", base, lift, units_a_day=1000, within_days=84))
    planned = power.planned_variance(base, made.per_arm)

    def reached(size):
        def found(dice):
            daily = round(size / DAYS)
            days = watched(dice, daily=daily, base=base, lift=lift, planned=planned)
            return any(each and each.clear for each in days)

        return share_of(1000, found, seed=22)

    assert reached(made.per_arm * 0.9) < power.POWER < reached(made.per_arm * 1.1)


def test_means_of_gifts_need_what_the_calculator_says_within_ten_per_cent():
    size = power.one_look_at_means(1.0, 0.3)
    dice = Random(23)

    def reached(of):
        hits = 0
        for _ in range(1500):
            arms = [[dice.expovariate(1 / 1000) for _ in range(of)]]
            arms.append([dice.expovariate(1 / 1300) for _ in range(of)])
            low, high = (sum(arm) / of for arm in arms)
            hits += abs(high - low) > 1.96 * ((low**2 + high**2) / of) ** 0.5
        return hits / 1500

    assert reached(round(size * 0.9)) < power.POWER < reached(round(size * 1.1))


def test_a_test_that_fits_its_days_is_honest():
    made = power.plan(Design("clicks", 0.004, 0.2, units_a_day=50_000, within_days=28))
    assert made.honest
    assert made.one_look < made.per_arm
    assert made.days == 8


def test_a_hopeless_test_is_refused_with_a_metric_up_the_funnel_or_a_larger_effect():
    assert not power.plan(COPY).honest
    offered = power.nearest(COPY, FUNNEL)
    assert [(each.design.metric, each.design.lift) for each in offered] == [
        ("clicks", 0.2),
        ("completions", 0.75),
    ]
    assert all(each.honest for each in offered)


def test_more_time_is_offered_up_to_twelve_weeks():
    offered = power.nearest(replace(COPY, units_a_day=400_000), {})
    assert [(each.design.lift, each.design.within_days) for each in offered] == [
        (0.25, 28),
        (0.2, 84),
    ]


def test_a_small_paper_is_offered_what_two_concessions_allow_the_smallest_rise_first():
    """Five hundred readers a day can tell only whether clicks rise by three quarters."""
    small = {"starts": (0.0005, 500), "clicks": (0.004, 500)}
    offered = power.nearest(replace(COPY, units_a_day=500), small)
    assert [(each.design.metric, each.design.lift, each.days) for each in offered] == [
        ("clicks", 0.75, 66)
    ]
    larger = {"starts": (0.0005, 4000), "clicks": (0.004, 4000)}
    offered = power.nearest(replace(COPY, units_a_day=4000), larger)
    assert [(each.design.metric, each.design.lift) for each in offered] == [
        ("clicks", 0.25),
        ("starts", 0.75),
    ]


def test_where_no_test_is_honest_none_is_offered():
    assert power.nearest(replace(COPY, units_a_day=5), {"clicks": (0.004, 5)}) == []
    assert power.plan(replace(COPY, units_a_day=0)).days == 10**6


def test_more_arms_share_the_error_and_the_readers():
    two = power.plan(Design("clicks", 0.004, 0.2, units_a_day=50_000, within_days=28))
    four = power.plan(
        Design("clicks", 0.004, 0.2, units_a_day=50_000, within_days=28, arms=4, smallest=0.25)
    )
    assert four.per_arm > two.per_arm
    assert four.days > 2 * two.days


@pytest.mark.parametrize(
    "fields", [{"lift": 0}, {"lift": 1.5}, {"lift": -0.2}, {"base": 0}, {"base": 0.9, "lift": 0.5}]
)
def test_designs_that_make_no_sense_are_refused(fields):
    with pytest.raises(ValueError, match=r"base|rate"):
        power.plan(replace(COPY, **fields))
