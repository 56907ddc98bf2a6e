"""An experiment's figures stay true while people look at them."""

import math

import pytest

from supporters.appeals import statistics as figures
from tests.supporters.appeals.trials import DAYS, binomial, naive, share_of, watched

RUNS = 1000


@pytest.mark.parametrize(
    ("base", "daily"), [(0.0005, 2000), (0.001, 2000), (0.03, 400), (0.1, 200), (0.4, 50)]
)
def test_daily_peeking_over_four_weeks_gives_at_most_five_per_cent_false_alarms(base, daily):
    def alarmed(dice):
        return any(each and each.clear for each in watched(dice, daily=daily, base=base))

    assert share_of(RUNS, alarmed, seed=11) <= 0.05


def test_the_same_peeking_fools_the_fixed_test_so_the_trial_can_see_it():
    def alarmed(dice):
        control = other = 0
        for day in range(1, DAYS + 1):
            control += binomial(dice, 400, 0.03)
            other += binomial(dice, 400, 0.03)
            if naive(control, other, 400 * day):
                return True
        return False

    assert share_of(RUNS, alarmed, seed=11) > 0.2


@pytest.mark.parametrize("off", [0.2, 1, 5])
def test_the_interval_holds_the_truth_on_all_days_however_wrong_the_plan_was(off):
    def wrong(dice):
        planned = 2 * 0.03 * 0.97 / (400 * DAYS * off)
        days = watched(dice, daily=400, base=0.03, lift=0.3, planned=planned)
        return any(each and not each.low <= 0.009 <= each.high for each in days)

    assert share_of(RUNS, wrong, seed=12) <= 0.05


def test_gifts_of_very_different_size_give_no_more_false_alarms():
    def alarmed(dice):
        arms = [], []
        for _ in range(DAYS):
            for arm in arms:
                arm.extend(int(dice.lognormvariate(7, 1)) for _ in range(15))
            cut, _limit = figures.winsorised(arms)
            found = figures.difference(*map(figures.mean, cut), planned=1e4)
            if found and found.clear:
                return True
        return False

    assert share_of(150, alarmed, seed=13) <= 0.05


def test_too_few_events_are_no_result():
    few = figures.rate(9, 100_000)
    assert figures.difference(few, figures.rate(400, 100_000), planned=1e-9) is None
    assert figures.difference(figures.rate(10, 100_000), few, planned=1e-9) is None
    assert figures.difference(figures.rate(0, 0), figures.rate(50, 90), planned=1e-9) is None


def test_the_interval_is_tightest_at_the_planned_end():
    reach = figures.radius(1.0, planned=1.0)
    assert reach == pytest.approx(3.035, abs=0.001)
    assert all(figures.radius(1.0, planned=off) > reach for off in (0.1, 0.5, 2, 10))


def test_units_known_from_a_sample_make_the_rate_less_sure():
    full, sampled = figures.rate(500, 1000), figures.rate(500, 1000, signals=100)
    assert full.value == sampled.value
    assert sampled.variance == pytest.approx(full.variance + 0.25 * (1 / 100 - 1 / 1000))


def test_the_ratio_alarm_catches_fifty_two_to_forty_eight():
    def caught(dice):
        first = binomial(dice, 20_000, 0.52)
        return figures.sample_ratio([first, 20_000 - first], [1, 1]) < figures.RATIO_ALARM

    assert share_of(60, caught, seed=14) >= 0.95


def test_the_ratio_alarm_stays_quiet_for_four_weeks_where_all_is_well():
    def alarmed(dice):
        seen = [0, 0, 0]
        for _ in range(DAYS):
            whole = binomial(dice, 500, 0.2)
            half = binomial(dice, 500 - whole, 0.5)
            seen = [a + b for a, b in zip(seen, (whole, half, 500 - whole - half), strict=True)]
            if figures.sample_ratio(seen, [20, 40, 40]) < figures.RATIO_ALARM:
                return True
        return False

    assert share_of(400, alarmed, seed=15) <= 0.02


@pytest.mark.parametrize(
    ("value", "freedom", "tail"),
    [
        (3.841459, 1, 0.05),
        (5.991465, 2, 0.05),
        (7.814728, 3, 0.05),
        (9.487729, 4, 0.05),
        (10.827566, 1, 0.001),
        (20.515006, 5, 0.001),
        (0, 3, 1),
    ],
)
def test_the_tail_of_chi_square_is_that_of_the_tables(value, freedom, tail):
    assert figures.chi_square_tail(value, freedom=freedom) == pytest.approx(tail, rel=1e-5)


def test_an_arm_that_nobody_should_see_and_one_that_nobody_saw():
    assert figures.sample_ratio([100, 100, 3], [50, 50, 0]) == 0
    assert figures.sample_ratio([100, 100, 0], [50, 50, 0]) == 1
    assert figures.sample_ratio([0, 0], [50, 50]) == 1


def test_the_highest_sums_are_cut_to_one_limit_for_all_arms():
    ordinary, rich = [1000] * 200, [*[1000] * 99, 5000, 900_000]
    arms, limit = figures.winsorised([ordinary, rich])
    assert limit == 1000
    assert arms[1] == [1000] * 101
    assert figures.winsorised([[], []]) == ([[], []], 0)


def test_a_mean_of_one_gift_is_not_sure_of_anything():
    assert figures.mean([1000]).variance == math.inf
    assert figures.mean([]).of == 0
    assert figures.mean([1000, 3000]).value == 2000
