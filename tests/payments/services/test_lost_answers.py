"""Answers of Stripe's that never came, each found by the simulation."""

import pytest

from payments.models import SubscriptionChange
from payments.services import subscriptions
from tests.builders import subscribe

pytestmark = [pytest.mark.django_db, pytest.mark.case("F28")]


def test_ending_at_once_is_done_though_its_answer_was_lost(client, stripe_sandbox, pay, deliver):
    """The library sends a DELETE again; it carries no key, so Stripe says: ended already."""
    row = subscribe(client, pay, deliver)
    stripe_sandbox.faults.add(
        {"method": "DELETE", "path": "/v1/subscriptions/*", "kind": "lost_answer"}
    )
    row = subscriptions.cancel_now(row, reason="", actor=row.supporter)
    assert row.status == "canceled"
    assert SubscriptionChange.objects.get().status == SubscriptionChange.Status.DONE
