"""Threads that do things at the same moment, each with a connection of its own to a real file or
server: what a test's usual transaction would hide."""

import threading

import pytest
from django.db import connections

from tests.conftest import Deliver

WAIT_SECONDS = 60


@pytest.fixture
def shared(_template, stripe_sandbox, client, pay, settings):
    """A database that every thread reaches, and the way to give and deliver on it."""
    settings.RECEIPT_PRESS = "tests.simulation.letters.typeset"
    with _template.copied():
        yield Deliver(stripe_sandbox, type(client)())


def together(*works):
    """Do all at once; what each returned, or the exception that ended it."""
    barrier = threading.Barrier(len(works))
    outcomes = [None] * len(works)

    def run(place, work):
        barrier.wait(WAIT_SECONDS)
        try:
            outcomes[place] = work()
        except Exception as error:  # noqa: BLE001 (the test judges it)
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
        assert not thread.is_alive(), "two of them wait for one another"
    return outcomes


def failures(outcomes, *, but=()):
    """What went wrong, apart from the answers that are expected."""
    return [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, but)]
