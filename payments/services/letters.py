"""Outbox tasks that send letters about subscriptions, and those that finance needs."""

from django.conf import settings
from django.urls import reverse

from payments import mail, outbox
from payments.gateway import calls
from payments.models import (
    Dispute,
    FailedRenewal,
    FraudWarning,
    Refund,
    Subscription,
    SubscriptionChange,
)
from payments.services import card_links


@outbox.task("mail.subscription_changed")
def subscription_changed(change_id: int) -> None:
    rows = SubscriptionChange.objects.select_related("subscription__supporter")
    mail.subscription_changed(rows.get(pk=change_id))


@outbox.task("mail.payment_failed")
def payment_failed(failed_renewal_id: int) -> None:
    """Not sent where the money has come, or the end of it all has a letter of its own."""
    rows = FailedRenewal.objects.select_related("subscription__supporter")
    row = rows.get(pk=failed_renewal_id)
    if calls.invoice(row.stripe_invoice_id).status == "open" and row.subscription.running:
        mail.payment_failed(row, card_url=card_links.address(row.subscription))


@outbox.task("mail.subscription_ended")
def subscription_ended(subscription_id: int) -> None:
    mail.subscription_ended(_subscription(subscription_id))


@outbox.task("mail.card_ending")
def card_ending(subscription_id: int) -> None:
    _with_card_link(mail.card_ending, subscription_id)


@outbox.task("mail.renewal_near")
def renewal_near(subscription_id: int) -> None:
    _with_card_link(mail.renewal_near, subscription_id)


@outbox.task("mail.yearly_notice")
def yearly_notice(subscription_id: int) -> None:
    _with_card_link(mail.yearly_notice, subscription_id)


@outbox.task("mail.card_updated")
def card_updated(subscription_id: int) -> None:
    _with_card_link(mail.card_updated, subscription_id)


@outbox.task("mail.staff_refund")
def refund_needs_staff(refund_id: int) -> None:
    row = Refund.objects.select_related("contribution").get(pk=refund_id)
    page = reverse("payments:desk-contribution", args=[row.contribution.public_id])
    key = f"staff-refund-{row.public_id}-{row.status}"
    mail.refund_needs_staff(row, key=key, url=settings.SITE_URL + page)


@outbox.task("mail.staff_dispute")
def dispute_moved(dispute_id: int) -> None:
    row = Dispute.objects.select_related("contribution").get(pk=dispute_id)
    page = reverse("payments:desk-dispute", args=[row.public_id])
    key = f"staff-dispute-{row.public_id}-{row.status}"
    mail.dispute_moved(row, key=key, url=settings.SITE_URL + page)


@outbox.task("mail.staff_fraud_warning")
def fraud_warned(warning_id: int) -> None:
    row = FraudWarning.objects.select_related("contribution").get(pk=warning_id)
    mail.fraud_warned(row, url=settings.SITE_URL + reverse("payments:desk-disputes"))


def _with_card_link(letter, subscription_id: int) -> None:
    """A letter about what is to come; none where nothing will come any more."""
    row = _subscription(subscription_id)
    if row.upcoming:
        letter(row, card_url=card_links.address(row))


def _subscription(subscription_id: int) -> Subscription:
    return Subscription.objects.select_related("supporter").get(pk=subscription_id)
