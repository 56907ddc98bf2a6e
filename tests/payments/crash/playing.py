"""Plays a story to its end, and again from where it broke."""

from contextlib import contextmanager

import time_machine
from django.db import transaction

from payments.models import OutboxTask, Refund, StripeEvent, SubscriptionChange

MOST_BREAKS = 3


class Broken(RuntimeError):
    """What a bug or a full disk raises at a place."""


class Once:
    """Strikes at one place, the first time something passes there."""

    def __init__(self, place, strike):
        self.place, self.strike, self.passed = place, strike, False

    def __call__(self, place):
        if place == self.place and not self.passed:
            self.passed = True
            self.strike()


@contextmanager
def at(moment):
    """The clock of a story: it stands until somebody moves it."""
    with time_machine.travel(moment, tick=False) as traveller:
        yield traveller


def play(stage, story, *, first=0, before=lambda number: None):
    """Do the steps from `first` on; one that breaks is done again after the recovery."""
    steps = story(stage)
    for number in range(first, len(steps)):
        before(number)
        for _ in range(MOST_BREAKS):
            try:
                steps[number]()
            except Broken:
                come_back(stage)
            else:
                break
    stage.recover()


def come_back(stage):
    """A minute after a restart nothing is left of what nobody asks for a second time."""
    stage.recover()
    left = {
        "wishes": SubscriptionChange.objects.filter(status="asked"),
        "refunds": Refund.objects.filter(status="creating"),
        "events": StripeEvent.objects.filter(status__in=StripeEvent.OPEN),
        "tasks": OutboxTask.objects.filter(done_at=None),
    }
    undone = {what: list(rows.values()) for what, rows in left.items() if rows}
    undone |= {"letters of Stripe's": due} if (due := stage.box.deliveries.due()) else {}
    assert not undone, f"after a minute: {undone}"


@contextmanager
def rolled_back():
    """Whatever is done inside is undone."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
