"""Payouts: Stripe's transfers to the newsroom's bank, and what each one is made of."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.money import Money

FAILURES = {
    "account_closed": gettext_lazy("The bank account is closed."),
    "account_frozen": gettext_lazy("The bank account is frozen."),
    "bank_account_restricted": gettext_lazy("The bank account takes no such transfers."),
    "bank_ownership_changed": gettext_lazy("The bank account belongs to somebody else now."),
    "could_not_process": gettext_lazy("The bank could not process it."),
    "debit_not_authorized": gettext_lazy("The bank account does not allow debits."),
    "declined": gettext_lazy("The bank declined it."),
    "incorrect_account_holder_name": gettext_lazy("The account is in another name."),
    "insufficient_funds": gettext_lazy("Stripe's balance was too low for it."),
    "invalid_account_number": gettext_lazy("The account number is not valid."),
    "invalid_currency": gettext_lazy("The bank account does not take this currency."),
    "no_account": gettext_lazy("The bank knows no such account."),
}


class Payout(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", "Prepared"
        IN_TRANSIT = "in_transit", "On its way"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"
        CANCELED = "canceled", "Canceled"

    stripe_payout_id = models.CharField(max_length=255, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status)
    arrival_on = models.DateField()
    created_at = models.DateTimeField()
    automatic = models.BooleanField(
        default=True, help_text="Stripe lists the content only of those it makes by itself."
    )
    livemode = models.BooleanField(default=False)
    failure_code = models.CharField(max_length=60, blank=True, help_text="Stripe's word for why.")
    stripe_failure_transaction_id = models.CharField(
        max_length=255, blank=True, db_index=True, help_text="What brought the money back."
    )
    itemised_at = models.DateTimeField(null=True, help_text="When its content was read whole.")

    def __str__(self) -> str:
        return self.stripe_payout_id

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def failure_label(self) -> str:
        """Why it did not arrive, in a sentence."""
        if self.status == self.Status.CANCELED:
            return _("It was canceled before it was sent.")
        if self.failure_code in FAILURES:
            return str(FAILURES[self.failure_code])
        return _("The bank did not take it (%(code)s).") % {"code": self.failure_code or "–"}


class PayoutItem(models.Model):
    """One balance transaction inside a payout; the payout's own is not among them."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="items")
    stripe_balance_transaction_id = models.CharField(max_length=255, unique=True)
    net_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return self.stripe_balance_transaction_id
