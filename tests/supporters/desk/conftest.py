"""People at the appeals' desk."""

import pytest
from django.test import Client

from tests.supporters.appeals.drafts import ines, tomas


@pytest.fixture
def desk(client, db):
    """A browser in which Ines, who writes appeals, has signed in."""
    client.force_login(ines())
    return client


@pytest.fixture
def second(db):
    """A browser of Tomas, the second person."""
    browser = Client()
    browser.force_login(tomas())
    return browser
