"""The inbox and the outbox at the desk."""

import pytest
from django.utils.html import escape

from payments.desk import pages
from payments.models import AuditEntry, OutboxTask, StripeEvent
from payments.webhooks import inbox
from tests.payments.books import DAY

pytestmark = pytest.mark.django_db


def event(status, *, note="", number=1, type="price.created"):
    return StripeEvent.objects.create(
        stripe_event_id=f"evt_{number}",
        type=type,
        object_id=f"ch_{number}",
        livemode=False,
        created_at=DAY,
        received_at=DAY,
        payload=b"{}",
        status=status,
        note=note,
    )


def test_every_notification_says_how_it_stands_and_why(desk):
    event("parked", note="from Stripe's other mode")
    event("applied", number=2)
    page = desk.get("/desk/finance/events/").content.decode()
    assert escape("from Stripe's other mode") in page
    assert "ch_2" in page
    parked = desk.get("/desk/finance/events/", {"status": "parked"}).content.decode()
    assert "ch_1" in parked
    assert "ch_2" not in parked


def test_a_failed_notification_is_applied_again_at_a_persons_wish(desk, finance):
    row = event("failed", note="not yet")
    desk.post(f"/desk/finance/events/{row.pk}/retry/")
    row.refresh_from_db()
    assert (row.status, row.note) == ("received", "")
    entry = AuditEntry.objects.get(action="event tried again")
    assert entry.actor == finance
    assert entry.before == {"status": "failed", "note": "not yet"}
    assert inbox.apply_due() == 1


def test_an_applied_notification_is_never_applied_again(desk):
    row = event("applied")
    assert desk.post(f"/desk/finance/events/{row.pk}/retry/").status_code == 404
    assert not AuditEntry.objects.exists()


def test_a_task_that_was_given_up_is_shown_and_done_again(desk, finance):
    task = OutboxTask.objects.create(
        key="receipt.mail:2026-000001",
        name="receipt.mail",
        created_at=DAY,
        dead_at=DAY,
        note="x: y",
    )
    page = desk.get("/desk/finance/events/").content.decode()
    assert "1 task given up" in page
    assert "receipt.mail:2026-000001" in page
    desk.post(f"/desk/finance/tasks/{task.pk}/retry/")
    task.refresh_from_db()
    assert task.dead_at is None
    assert task.due_at is not None
    assert AuditEntry.objects.get(action="task tried again").actor == finance


def test_a_task_that_still_runs_cannot_be_started_over(desk):
    task = OutboxTask.objects.create(key="k", name="k", created_at=DAY, due_at=DAY)
    assert desk.post(f"/desk/finance/tasks/{task.pk}/retry/").status_code == 404


def test_a_long_inbox_comes_in_pages_and_never_with_payloads(desk, django_assert_max_num_queries):
    for number in range(pages.SIZE + 3):
        event("ignored", number=number)
    with django_assert_max_num_queries(9) as asked:
        page = desk.get("/desk/finance/events/").content.decode()
    assert not any('"payload"' in query["sql"] for query in asked.captured_queries)
    assert page.count("Apply again") == pages.SIZE
    assert 'rel="next"' in page
