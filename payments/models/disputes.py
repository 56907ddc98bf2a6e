"""Disputes, money that a bank wants or takes back; and warnings that come before one."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models.contributions import Contribution
from payments.models.states import Stateful
from payments.money import Money

REASONS = {
    "bank_cannot_process": _("The bank cannot process it"),
    "check_returned": _("Returned"),
    "credit_not_processed": _("A refund that was promised did not come"),
    "customer_initiated": _("The payer asked the bank"),
    "debit_not_authorized": _("The debit was not allowed"),
    "duplicate": _("Charged twice"),
    "fraudulent": _("Somebody else used the card"),
    "general": _("Not said"),
    "incorrect_account_details": _("Wrong account"),
    "insufficient_funds": _("The account was empty"),
    "noncompliant": _("Against the network's rules"),
    "product_not_received": _("Nothing was received"),
    "product_unacceptable": _("Not as described"),
    "subscription_canceled": _("Charged after it was stopped"),
    "unrecognized": _("The payer does not know the charge"),
}
FRAUD_TYPES = {
    "card_never_received": _("The card never reached its owner"),
    "fraudulent_card_application": _("The card was applied for by somebody else"),
    "made_with_counterfeit_card": _("Paid with a counterfeit card"),
    "made_with_lost_card": _("Paid with a lost card"),
    "made_with_stolen_card": _("Paid with a stolen card"),
    "unauthorized_use_of_card": _("The owner did not allow it"),
    "misc": _("Fraud, not said how"),
}


class DisputeQuerySet(models.QuerySet):
    def unanswered(self) -> "DisputeQuerySet":
        """Those that wait for the newsroom's answer, the nearest deadline first."""
        rows = self.filter(status__in=Dispute.UNANSWERED)
        return rows.order_by(models.F("due_at").asc(nulls_last=True), "id")


class Dispute(Stateful):
    """One dispute, in Stripe's states. What money moved stands in the ledger, never in a state."""

    class Status(models.TextChoices):
        WARNING_NEEDS_RESPONSE = "warning_needs_response", "Inquiry, needs an answer"
        WARNING_UNDER_REVIEW = "warning_under_review", "Inquiry, answered"
        WARNING_CLOSED = "warning_closed", "Inquiry, closed"
        NEEDS_RESPONSE = "needs_response", "Needs an answer"
        UNDER_REVIEW = "under_review", "Answered"
        APPEAL_NEEDS_RESPONSE = "appeal_needs_response", "Appeal, needs an answer"
        APPEAL_UNDER_REVIEW = "appeal_under_review", "Appeal, answered"
        PREVENTED = "prevented", "Prevented"
        WON = "won", "Won"
        LOST = "lost", "Lost"

    UNANSWERED = (
        Status.WARNING_NEEDS_RESPONSE,
        Status.NEEDS_RESPONSE,
        Status.APPEAL_NEEDS_RESPONSE,
    )
    INQUIRIES = (
        Status.WARNING_NEEDS_RESPONSE,
        Status.WARNING_UNDER_REVIEW,
        Status.WARNING_CLOSED,
    )
    FINAL = (Status.WARNING_CLOSED, Status.PREVENTED, Status.WON, Status.LOST)
    _ENDS = frozenset({Status.PREVENTED, Status.WON, Status.LOST})
    _APPEALS = frozenset({Status.APPEAL_NEEDS_RESPONSE, Status.APPEAL_UNDER_REVIEW})
    _DISPUTED = frozenset({Status.NEEDS_RESPONSE, Status.UNDER_REVIEW}) | _APPEALS | _ENDS
    TRANSITIONS = {
        Status.WARNING_NEEDS_RESPONSE: _DISPUTED
        | {Status.WARNING_UNDER_REVIEW, Status.WARNING_CLOSED},
        Status.WARNING_UNDER_REVIEW: _DISPUTED | {Status.WARNING_CLOSED},
        Status.WARNING_CLOSED: _DISPUTED,
        Status.NEEDS_RESPONSE: _DISPUTED - {Status.NEEDS_RESPONSE},
        Status.UNDER_REVIEW: _APPEALS | _ENDS,
        Status.APPEAL_NEEDS_RESPONSE: _ENDS | {Status.APPEAL_UNDER_REVIEW},
        Status.APPEAL_UNDER_REVIEW: _ENDS,
        # The bank's word is not the last where the newsroom, or the other side, appeals.
        Status.LOST: _APPEALS | {Status.WON},
        Status.WON: _APPEALS | {Status.LOST},
        Status.PREVENTED: frozenset(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contribution = models.ForeignKey(
        Contribution, on_delete=models.PROTECT, related_name="disputes"
    )
    status = models.CharField(max_length=22, choices=Status)
    reason = models.CharField(max_length=40, help_text="In Stripe's word: fraudulent, general…")
    network_reason = models.CharField(max_length=20, blank=True, help_text="The network's code.")
    amount_minor = models.BigIntegerField(help_text="What the bank asks for.")
    currency = models.CharField(max_length=3)
    withdrawn_minor = models.BigIntegerField(
        default=0, help_text="What is gone now: taken less given back, from the ledger."
    )
    refundable = models.BooleanField(default=False, help_text="Stripe would still refund it.")
    opened_at = models.DateTimeField(db_index=True)
    due_at = models.DateTimeField(null=True, help_text="Until then evidence is taken.")
    closed_at = models.DateTimeField(null=True)
    submissions = models.IntegerField(default=0, help_text="How often evidence was handed in.")
    evidence = models.JSONField(default=dict, help_text="What Stripe holds of our answer.")
    stripe_dispute_id = models.CharField(max_length=255, unique=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="dispute_amount")
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def withdrawn(self) -> Money:
        return Money(self.withdrawn_minor, self.currency)

    @property
    def reason_label(self) -> str:
        """In words; a reason that Stripe made up since is shown as it is."""
        return str(REASONS.get(self.reason, self.reason))

    @property
    def is_inquiry(self) -> bool:
        """A question of the bank: no money has moved."""
        return self.status in self.INQUIRIES

    @property
    def is_over(self) -> bool:
        return self.status in self.FINAL

    @property
    def needs_answer(self) -> bool:
        return self.status in self.UNANSWERED

    @property
    def is_partly_won(self) -> bool:
        """Stripe says "lost" also where a part came back: the money tells."""
        return self.status == self.Status.LOST and 0 <= self.withdrawn_minor < self.amount_minor

    def hours_left(self, now: datetime) -> int | None:
        """Whole hours until the deadline; below zero when it has passed, None without one."""
        return None if self.due_at is None else int((self.due_at - now).total_seconds() // 3600)


class FraudWarningQuerySet(models.QuerySet):
    def open(self) -> "FraudWarningQuerySet":
        """Those that nobody has decided about and that can still be acted upon."""
        return self.filter(decision="", actionable=True, contribution__disputes=None)


class FraudWarning(models.Model):
    """An early fraud warning: the issuer says that the card's owner did not pay."""

    class Decision(models.TextChoices):
        REFUNDED = "refunded", "Money sent back"
        KEPT = "kept", "Left as it is"

    contribution = models.ForeignKey(
        Contribution, on_delete=models.PROTECT, related_name="fraud_warnings"
    )
    fraud_type = models.CharField(max_length=60)
    actionable = models.BooleanField(help_text="Neither refunded nor disputed yet, says Stripe.")
    created_at = models.DateTimeField(db_index=True)
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    decided_at = models.DateTimeField(null=True)
    stripe_warning_id = models.CharField(max_length=255, unique=True)

    objects = FraudWarningQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.stripe_warning_id

    @property
    def type_label(self) -> str:
        """In words; a type that Stripe made up since is shown as it is."""
        return str(FRAUD_TYPES.get(self.fraud_type, self.fraud_type))
