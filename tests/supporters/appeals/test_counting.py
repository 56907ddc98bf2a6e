"""Counters add up whatever the batches are, and hold no row per view."""

from datetime import UTC, datetime

import pytest

from supporters.appeals import counting
from supporters.appeals.counting import Counter, Tally
from supporters.models import AppealCount

pytestmark = pytest.mark.django_db
HOUR = datetime(2026, 11, 25, 9, tzinfo=UTC)


def counter(**fields):
    plain = Counter(HOUR, "after-reading", "plain", "article-end", "dock-four", "view", False)
    return plain._replace(**fields)


def test_batches_add_up():
    counting.add({counter(): Tally(100, 10), counter(kind="click"): Tally(3, 3)})
    counting.add({counter(): Tally(50, 5), counter(sticky=True): Tally(10, 1)})
    rows = AppealCount.objects.values_list("kind", "sticky", "count", "signals")
    assert sorted(rows) == [("click", False, 3, 3), ("view", False, 150, 15), ("view", True, 10, 1)]
    assert AppealCount.objects.get(kind="click").hour == HOUR


def test_a_large_batch_is_a_few_statements(django_assert_max_num_queries):
    many = {counter(article=f"story-{number}"): Tally(1, 1) for number in range(1000)}
    with django_assert_max_num_queries(5):
        counting.add(many)
    assert AppealCount.objects.count() == 1000


def test_nothing_to_add_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(2):
        counting.add({})
    assert not AppealCount.objects.exists()
