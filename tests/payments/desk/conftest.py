"""People at the desk."""

import pytest

from tests.payments.books import staff


@pytest.fixture
def finance(db):
    """Somebody who works in finance."""
    return staff("finance", name="Fina Ledger")


@pytest.fixture
def desk(client, finance):
    """A browser in which finance has signed in."""
    client.force_login(finance)
    return client
