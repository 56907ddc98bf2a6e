"""People who act in services' tests."""

import pytest

from tests.payments.books import staff


@pytest.fixture
def finance(db):
    """Somebody who works in finance."""
    return staff("finance", name="Fina Ledger")


@pytest.fixture
def second(db):
    """Somebody else of finance."""
    return staff("finance", email="secunda@example.org", name="Secunda Check")
