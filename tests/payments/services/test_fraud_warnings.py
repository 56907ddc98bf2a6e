"""Early fraud warnings: kept, told, and answered before they cost more."""

import pytest

from payments.models import FraudWarning, Refund
from payments.services import fraud_warnings, refunds
from tests.builders import WARNED, give, operate

pytestmark = pytest.mark.django_db


@pytest.fixture
def warning(client, pay, deliver, advance):
    give(client, pay, deliver, amount="10", card=WARNED)
    advance(seconds=60)
    return FraudWarning.objects.get()


def test_a_warning_is_kept_and_finance_is_told(warning, mailoutbox, settings):
    assert warning.actionable
    assert warning.type_label == "Paid with a stolen card"
    assert [warning] == list(FraudWarning.objects.open())
    (letter,) = [each for each in mailoutbox if each.to == [settings.FINANCE_CONTACT]]
    assert letter.subject == "Fraud warning: €10.00"


def test_one_click_sends_all_of_it_back_once(warning, finance, deliver, advance, stripe_sandbox):
    fraud_warnings.send_back(warning, actor=finance)
    fraud_warnings.send_back(warning, actor=finance)
    advance(seconds=60)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.status) == (1000, "succeeded")
    warning.refresh_from_db()
    assert (warning.decision, warning.decided_by) == ("refunded", finance)
    assert not warning.actionable
    assert not FraudWarning.objects.open().exists()


def test_a_warning_that_was_left_alone_asks_no_more(warning, finance):
    fraud_warnings.keep(warning, actor=finance, reason="she called, it was her")
    warning.refresh_from_db()
    assert warning.decision == "kept"
    assert not FraudWarning.objects.open().exists()


def test_a_warning_that_became_a_dispute_is_no_longer_open(
    warning, advance, stripe_sandbox, finance
):
    charge = warning.contribution.stripe_charge_id
    operate(stripe_sandbox, "dispute", charge=charge)
    advance(seconds=60)
    assert not FraudWarning.objects.open().exists()
    with pytest.raises(refunds.RefundRefused) as refusal:
        fraud_warnings.send_back(warning, actor=finance)
    assert refusal.value.code == "disputed"
    warning.refresh_from_db()
    assert warning.decision == ""


def test_a_refund_from_the_dashboard_settles_the_warning(warning, advance):
    refunds.refund(warning.contribution, amount=warning.contribution.charged, reason="", actor=None)
    advance(seconds=60)
    warning.refresh_from_db()
    assert not warning.actionable
    assert not FraudWarning.objects.open().exists()
