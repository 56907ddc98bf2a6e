"""Finance's pages with something in each: accessible, and none wider than its window."""

import pytest

from payments.models import Refund, StripeEvent
from tests.payments.books import (
    DAY,
    difference_of,
    dispute_of,
    pay_out,
    receive,
    send_back,
    staff,
    warning_of,
)

LISTS = ["", "disputes/", "renewals/", "payouts/", "books/", "events/"]


@pytest.fixture
def finance(product, visit):
    """A window of somebody in finance, who entered by the demo's stage door."""
    staff("finance", email="finance@example.org", name="Magnus Orrin")
    page = visit("/demo/")
    page.get_by_role("button", name="Enter as finance").click()
    page.wait_for_url("**/desk/finance/")
    return page


@pytest.fixture
def found():
    """One of everything that finance looks after, by the address of its page."""
    contribution = receive(10000, email="a.rather.long.address.of.a.reader@example.org")
    send_back(contribution, 500)
    warning_of(contribution)
    Refund.objects.create(
        contribution=contribution, amount_minor=40000, currency="eur", status="requested",
        reason="Given twice by mistake, as the supporter wrote.", created_at=DAY,
    )  # fmt: skip
    StripeEvent.objects.create(
        stripe_event_id="evt_1", type="customer.subscription.updated", livemode=False,
        created_at=DAY, received_at=DAY, payload=b"{}", status="failed", attempts=8,
        note="Stripe did not answer within the time that a notification may take.",
    )  # fmt: skip
    other = receive(2500)
    return {
        "contribution": f"contributions/{contribution.public_id}/",
        "dispute": f"disputes/{dispute_of(other, status='needs_response').public_id}/",
        "difference": f"books/{difference_of(other).public_id}/",
        "payout": f"payouts/{pay_out(minor=-500).stripe_payout_id}/",
    }


def test_finances_lists_are_accessible_at_any_width_by_day_and_night(finance, found, accessible):
    for address in LISTS:
        finance.goto(f"/desk/finance/{address}?from=&to=")
        accessible(finance)


def test_finances_single_pages_are_accessible_at_any_width_by_day_and_night(
    finance, found, accessible
):
    for address in found.values():
        finance.goto(f"/desk/finance/{address}")
        accessible(finance)


def test_a_link_inside_a_row_leads_where_it_says(finance, found):
    finance.goto("/desk/finance/payouts/")
    finance.locator("td.num a[href*='find=']").first.click()
    finance.wait_for_url("**/desk/finance/?from=&to=&find=po_*")
    finance.goto("/desk/finance/payouts/")
    finance.locator("tbody td").nth(1).click(force=True)  # the row's own link lies over it
    finance.wait_for_url("**/desk/finance/payouts/po_*/")
