"""The committed tables say what the pinned SDK's types say."""

import json

import pytest
import stripe

from payments.sandbox.spec import tables
from tests.tools import make_sandbox_spec
from tests.tools.sandbox_shapes import ABSENT


def test_the_committed_tables_are_what_the_sdk_gives_today():
    for path, text in make_sandbox_spec.files().items():
        assert path.read_text() == text, f"{path.name}: run python -m tests.tools.make_sandbox_spec"


def test_the_tables_name_the_version_they_were_made_from():
    for table in (tables.parameters(), tables.shapes()):
        assert table["api_version"] == stripe.api_version == "2026-10-28.endive"
        assert table["sdk"] == stripe.VERSION == "16.1.0"


@pytest.mark.parametrize(
    "call",
    [
        "POST /v1/checkout/sessions",
        "GET /v1/checkout/sessions/{id}/line_items",
        "POST /v1/checkout/sessions/{id}/expire",
        "POST /v1/subscriptions/{id}",
        "DELETE /v1/subscriptions/{id}",
        "POST /v1/subscriptions/{id}/pause",
        "POST /v1/invoices/create_preview",
        "GET /v1/invoice_payments",
        "GET /v1/balance_transactions",
        "POST /v1/test_helpers/test_clocks/{id}/advance",
        "POST /v1/billing_portal/sessions",
    ],
)
def test_a_call_the_product_makes_is_in_the_table(call):
    assert call in tables.parameters()["calls"]


def test_every_field_said_to_be_absent_at_times_exists():
    fields = {
        name.rstrip("*?")
        for shape in tables.shapes()["types"]
        for name in shape.get("object", ())
        if "*" in name
    }
    listed = {
        name.rstrip("?") for names in json.loads(ABSENT.read_text()).values() for name in names
    }
    assert listed == fields
