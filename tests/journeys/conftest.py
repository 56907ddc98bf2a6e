"""People who walk through the product."""

import pytest

from tests.journeys.person import Person


@pytest.fixture
def person(product):
    """Make somebody with a browser of their own."""
    met = []

    def somebody():
        met.append(Person(product.url))
        return met[-1]

    yield somebody
    for each in met:
        each.close()
