"""A renewal that did not go through: why, when it is tried again, and whether it came after all."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models.states import Stateful
from payments.models.subscriptions import Subscription
from payments.money import Money

# Stripe's codes (https://docs.stripe.com/declines/codes) that come often.
REASONS = {
    "authentication_required": _("The bank asks the supporter"),
    "card_not_supported": _("The card cannot be used for this"),
    "card_velocity_exceeded": _("The card's limit is reached"),
    "do_not_honor": _("The bank said no"),
    "expired_card": _("The card has expired"),
    "fraudulent": _("Stripe suspects fraud"),
    "generic_decline": _("The bank said no"),
    "incorrect_cvc": _("Wrong security code"),
    "incorrect_number": _("Wrong card number"),
    "insufficient_funds": _("Not enough money"),
    "lost_card": _("The card was reported lost"),
    "pickup_card": _("The card was withdrawn"),
    "processing_error": _("The bank could not answer"),
    "stolen_card": _("The card was reported stolen"),
    "transaction_not_allowed": _("The bank does not allow it"),
}


class FailedRenewal(Stateful):
    class Status(models.TextChoices):
        OPEN = "open", "Not paid yet"
        RECOVERED = "recovered", "Recovered"
        GIVEN_UP = "given_up", "Given up"

    # What was given up can still be paid: Stripe's page of the invoice stays.
    TRANSITIONS = {
        Status.OPEN: frozenset({Status.RECOVERED, Status.GIVEN_UP}),
        Status.GIVEN_UP: frozenset({Status.RECOVERED}),
        Status.RECOVERED: frozenset(),
    }

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="failed_renewals"
    )
    stripe_invoice_id = models.CharField(max_length=255, unique=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=60, blank=True, help_text="Stripe's code.")
    next_attempt_at = models.DateTimeField(null=True, help_text="Null: it is not tried again.")
    hosted_url = models.TextField(blank=True)
    failed_at = models.DateTimeField(help_text="When it was asked for first, as Stripe says.")
    recovered_at = models.DateTimeField(null=True, db_index=True)
    seen_at = models.DateTimeField(help_text="When the reading that stands here began.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="recovered") | models.Q(recovered_at__isnull=False),
                name="failed_renewal_recovered_has_a_date",
            )
        ]

    def __str__(self) -> str:
        return self.stripe_invoice_id

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def reason(self) -> str:
        """In words for staff; a code that Stripe made up since is shown as it is."""
        return str(REASONS.get(self.failure, self.failure.replace("_", " ")))

    @property
    def needs_action(self) -> bool:
        """The bank wants to hear from the supporter before it pays."""
        return self.failure == "authentication_required"
