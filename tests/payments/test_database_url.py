"""DATABASE_URL: what each engine is given beside its address."""

import pytest

from config.env import database


@pytest.mark.parametrize(
    ("given", "threshold"),
    [("", 3), ("?prepare_threshold=10", 10), ("?prepare_threshold=never", None)],
)
def test_a_repeated_statement_is_planned_once_unless_a_pooler_cannot_keep_it(given, threshold):
    options = database(f"postgresql://keepopen@db/keepopen{given}")["OPTIONS"]
    assert options["prepare_threshold"] == threshold


def test_other_options_reach_the_driver():
    options = database("postgresql://keepopen@db/keepopen?sslmode=verify-full")["OPTIONS"]
    assert options == {"sslmode": "verify-full", "prepare_threshold": 3}
