"""Standing questions answer as their querysets do, whatever moment they are asked with."""

from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet

from payments import clock
from payments.models import Contribution, OutboxTask
from payments.models.standing import whether
from tests.builders import subscribe

pytestmark = pytest.mark.django_db


@whether
def received_between(start: datetime, end: datetime, livemode: bool) -> QuerySet[Contribution]:
    rows = Contribution.objects.received().filter(livemode=livemode)
    return rows.filter(received_at__gte=start, received_at__lt=end)


def asked(row, *, ahead, livemode=False):
    start = row.received_at + timedelta(hours=ahead)
    return {"start": start, "end": start + timedelta(hours=1), "livemode": livemode}


def test_it_says_what_the_queryset_would(client, pay, deliver):
    subscribe(client, pay, deliver)
    row = Contribution.objects.get()
    for ahead, there in ((-2, False), (0, True), (1, False), (0, True)):
        assert received_between(**asked(row, ahead=ahead)) is there


def test_each_mode_has_a_statement_of_its_own(client, pay, deliver):
    subscribe(client, pay, deliver)
    row = Contribution.objects.get()
    assert received_between(**asked(row, ahead=0))
    assert not received_between(**asked(row, ahead=0, livemode=True))


def test_the_rows_are_the_querysets_and_nothing_where_there_is_none(client, pay, deliver):
    subscribe(client, pay, deliver)
    row = Contribution.objects.get()
    here, elsewhere = asked(row, ahead=0), asked(row, ahead=1)
    assert list(received_between.rows(**here)) == list(received_between.each(**here)) == [row]
    assert (
        list(received_between.rows(**elsewhere)) == list(received_between.each(**elsewhere)) == []
    )


def test_no_is_said_with_one_statement(django_assert_num_queries):
    now = clock.now()
    with django_assert_num_queries(1):
        assert not received_between.rows(start=now, end=now, livemode=False)


def test_a_moment_that_the_statement_does_not_hold_as_given_is_refused():
    @whether
    def later(now: datetime) -> QuerySet[OutboxTask]:
        return OutboxTask.objects.filter(due_at__lte=now + timedelta(hours=1))

    with pytest.raises(ValueError, match="every moment"):
        later(now=clock.now())
