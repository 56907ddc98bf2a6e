"""Simulated experiments: what would happen to a thousand newsrooms that look each day."""

import math
from random import Random

from supporters.appeals import statistics as figures

DAYS = 28


def binomial(dice, of, chance):
    """How many of so many happen; drawn by the gaps between them, exact and quick where rare."""
    found, place, scale = -1, 0, math.log1p(-chance)
    while place <= of:
        found += 1
        place += 1 + int(math.log(1 - dice.random()) / scale)
    return found


def watched(dice, *, daily, base, lift=0.0, planned=None, days=DAYS):
    """An experiment's intervals, one for each evening, until the last day."""
    planned = planned or 2 * base * (1 - base) / (daily * days)
    events, other = 0, 0
    for day in range(1, days + 1):
        events += binomial(dice, daily, base)
        other += binomial(dice, daily, base * (1 + lift))
        arms = figures.rate(events, daily * day), figures.rate(other, daily * day)
        yield figures.difference(*arms, planned=planned)


def share_of(runs, happens, *, seed):
    """In which share of so many runs something happens."""
    dice = Random(seed)
    return sum(happens(dice) for _ in range(runs)) / runs


def naive(control, other, of):
    """The fixed test that people peek at: whether |z| passes 1.96."""
    middle = (control + other) / (2 * of)
    spread = math.sqrt(2 * middle * (1 - middle) / of)
    return spread > 0 and abs(other - control) / of > 1.96 * spread
