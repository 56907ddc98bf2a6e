"""A contribution: one sum of money received; and the refunds that send some of it back."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce

from payments.models.checkouts import Checkout, Frequency, Source
from payments.models.states import Stateful
from payments.models.subscriptions import Subscription
from payments.money import Money


class ContributionQuerySet(models.QuerySet):
    def received(self) -> "ContributionQuerySet":
        """Those whose money arrived: what totals, goals, statements and exports count."""
        return self.filter(status=Contribution.Status.PAID)

    def with_refunded(self) -> "ContributionQuerySet":
        """Adds `taken_back_minor`, what banks took back, and `refunded_minor`: that, and what
        was sent back and did not fail. What is left of the charge is the newsroom's."""
        sent = models.Q(refunds__status__in=Refund.COUNTED)
        returned = sent & models.Q(refunds__reason=Refund.BY_BANK)
        disputed = _sum_of("disputes__withdrawn_minor")
        return self.annotate(
            taken_back_minor=disputed + _sum_of("refunds__amount_minor", where=returned),
            refunded_minor=disputed + _sum_of("refunds__amount_minor", where=sent),
        )


def _sum_of(column: str, *, where: models.Q | None = None) -> Coalesce:
    """A contribution's own sum: joins to two tables at once would count rows twice."""
    own = Contribution.objects.filter(pk=models.OuterRef("pk")).order_by().values("pk")
    sums = own.annotate(sum=models.Sum(column, filter=where)).values("sum")
    return Coalesce(models.Subquery(sums), 0, output_field=models.BigIntegerField())


class Contribution(Stateful, Source):
    class Kind(models.TextChoices):
        GIFT = "gift", "Gift"
        FIRST = "first", "First of a subscription"
        RENEWAL = "renewal", "Renewal"

    class Status(models.TextChoices):
        PENDING = "pending", "On its way"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"

    TRANSITIONS = {
        Status.PENDING: frozenset({Status.PAID, Status.FAILED}),
        Status.FAILED: frozenset({Status.PAID}),
        Status.PAID: frozenset(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    supporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="contributions",
        help_text="Null where Stripe was given no address.",
    )
    checkout = models.ForeignKey(
        Checkout, null=True, on_delete=models.PROTECT, related_name="contributions"
    )
    subscription = models.ForeignKey(
        Subscription, null=True, on_delete=models.PROTECT, related_name="contributions"
    )
    kind = models.CharField(max_length=7, choices=Kind)
    frequency = models.CharField(max_length=5, choices=Frequency)
    status = models.CharField(max_length=7, choices=Status)
    currency = models.CharField(max_length=3)
    gift_minor = models.BigIntegerField()
    cover_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(null=True, help_text="Null until Stripe has said it.")
    # As they stood when the money came; a receipt prints these.
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    method = models.CharField(max_length=60, blank=True, help_text="Visa ending 4242")
    country = models.CharField(max_length=2, blank=True)
    received_at = models.DateTimeField(null=True, db_index=True)
    created_at = models.DateTimeField()
    adopted_at = models.DateTimeField(
        null=True, help_text="Taken over with an account's history; its receipt was not ours."
    )
    stripe_payment_intent_id = models.CharField(max_length=255, unique=True)
    stripe_invoice_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_charge_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_balance_transaction_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_customer_id = models.CharField(max_length=255, blank=True)
    livemode = models.BooleanField(default=False)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["supporter", "-received_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(gift_minor__gt=0, cover_minor__gte=0),
                name="contribution_amounts",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="paid") | models.Q(received_at__isnull=False),
                name="contribution_paid_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def gift(self) -> Money:
        return Money(self.gift_minor, self.currency)

    @property
    def cover(self) -> Money:
        return Money(self.cover_minor, self.currency)

    @property
    def charged(self) -> Money:
        return Money(self.gift_minor + self.cover_minor, self.currency)

    @property
    def fee(self) -> Money | None:
        """What Stripe kept, from its balance transaction; None while it has not been said."""
        return None if self.fee_minor is None else Money(self.fee_minor, self.currency)

    @property
    def net(self) -> Money | None:
        return None if self.fee is None else self.charged - self.fee


class Refund(Stateful):
    class Status(models.TextChoices):
        REQUESTED = "requested", "Waits for a second person"
        DECLINED = "declined", "Declined by a second person"
        CREATING = "creating", "Being created at Stripe"
        PENDING = "pending", "On its way"
        REQUIRES_ACTION = "requires_action", "Needs action"
        SUCCEEDED = "succeeded", "Sent"
        FAILED = "failed", "Failed"
        CANCELED = "canceled", "Canceled"

    COUNTED = (Status.PENDING, Status.SUCCEEDED, Status.REQUIRES_ACTION, Status.CREATING)
    # The reason of one that no person made: a debit that had arrived, returned by the bank.
    BY_BANK = "returned by the bank"
    # What is spoken for, so that it cannot be sent back a second time.
    RESERVED = (*COUNTED, Status.REQUESTED)
    _ANSWERS = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELED})
    TRANSITIONS = {
        Status.REQUESTED: frozenset({Status.CREATING, Status.DECLINED}),
        Status.CREATING: _ANSWERS | {Status.PENDING, Status.REQUIRES_ACTION},
        Status.PENDING: _ANSWERS | {Status.REQUIRES_ACTION},
        Status.REQUIRES_ACTION: _ANSWERS | {Status.PENDING},
        Status.SUCCEEDED: frozenset({Status.FAILED, Status.CANCELED}),
        # Canceled here may have been made there all the same: an answer of Stripe's wins.
        Status.CANCELED: frozenset({Status.SUCCEEDED, Status.FAILED}),
        Status.FAILED: frozenset(),
        Status.DECLINED: frozenset(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=15, choices=Status, default=Status.CREATING)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    # Empty where it was made in Stripe's dashboard, or by a bank that returned a debit.
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The second person, where the sum is above the limit.",
    )
    decided_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=60, blank=True, help_text="Stripe's word for why.")
    stripe_refund_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_balance_transaction_id = models.CharField(max_length=255, null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="refund_amount"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("requested_by")),
                name="refund_two_people",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def asked_by(self) -> str:
        """Who asked for it at the desk; empty where nobody did."""
        person = self.requested_by
        return (person.name or person.email) if person else ""

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
