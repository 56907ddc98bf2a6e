"""Stripe's objects as the product knows them: frozen, with the fields we use and no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

CHECKOUT_KEY = "keepopen_checkout"
COVER_KEY = "keepopen_cover"
SUBSCRIPTION_KEY = "keepopen_subscription"
REFUND_KEY = "keepopen_refund"
# On a subscription that takes over from another at the end of its period: ours of the earlier.
FOLLOWS_KEY = "keepopen_follows"


@dataclass(frozen=True, slots=True)
class Session:
    """A Checkout Session. `status` open, complete, expired; `payment_status` unpaid, paid."""

    id: str
    mode: str
    status: str
    payment_status: str
    url: str
    metadata: Mapping[str, str]
    livemode: bool
    expires_at: datetime
    customer_id: str
    payment_intent_id: str
    subscription_id: str
    invoice_id: str
    setup_intent_id: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """One movement of Stripe's balance; minor units, net = amount - fee.

    `type` and `category` are Stripe's words; `source_id` is the charge, refund, dispute or payout
    that moved it; `exchange_rate` is set where it settled in another currency.
    """

    id: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    type: str
    created_at: datetime
    category: str = ""
    source_id: str = ""
    exchange_rate: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """One attempt of a payment, with what it moved; `failure_balance` took that back."""

    id: str
    payment_intent_id: str
    balance: BalanceTransaction | None
    failure_balance: BalanceTransaction | None


@dataclass(frozen=True, slots=True)
class Payment:
    """A PaymentIntent with its last charge; `status` in Stripe's words."""

    id: str
    status: str
    amount_minor: int
    currency: str
    metadata: Mapping[str, str]
    livemode: bool
    created_at: datetime
    customer_id: str
    charge_id: str
    charged_at: datetime | None
    failed: bool
    method: str
    country: str
    email: str
    name: str
    balance: BalanceTransaction | None
    # A bank debit that was booked and came back (Stripe's payment_failure_refund).
    failure_balance: BalanceTransaction | None = None

    @property
    def received_at(self) -> datetime:
        """When the money was ours: the charge for cards, the booking for slower methods."""
        at_once = self.method_is_card or self.balance is None
        return (self.charged_at if at_once else self.balance.created_at) or self.created_at

    @property
    def method_is_card(self) -> bool:
        return not self.method.startswith("Bank")


@dataclass(frozen=True, slots=True)
class ListedCharge:
    """A charge as a list shows it, its customer and no more expanded."""

    id: str
    payment_intent_id: str
    balance_transaction_id: str
    customer_id: str
    amount_minor: int
    currency: str
    paid: bool
    email: str
    name: str
    method: str
    country: str
    metadata: Mapping[str, str]
    charged_at: datetime


@dataclass(frozen=True, slots=True)
class InvoicePayment:
    """Which payment paid which invoice, and for what subscription it was."""

    id: str
    payment_intent_id: str
    invoice_id: str
    subscription_id: str
    billing_reason: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """One cycle of a subscription. `metadata` is the subscription's, as it stood then.

    `failure` is why the last attempt failed, in Stripe's codes, and `tried` that attempt's
    charge; `under_way` whether a bank debit for it has begun whose end nobody knows yet. All three
    are empty where they were not asked for.
    """

    id: str
    status: str
    billing_reason: str
    subscription_id: str
    metadata: Mapping[str, str]
    amount_due_minor: int
    amount_paid_minor: int
    currency: str
    finalized_at: datetime | None
    paid_at: datetime | None
    payment_intent_id: str
    email: str
    name: str
    attempts: int
    failure: str
    tried: str
    under_way: bool
    next_attempt_at: datetime | None
    hosted_url: str


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """A subscription as Stripe told it at `seen_at`."""

    id: str
    status: str
    customer_id: str
    email: str
    name: str
    item_id: str
    amount_minor: int
    currency: str
    interval: str
    metadata: Mapping[str, str]
    livemode: bool
    started_at: datetime
    anchor_at: datetime
    period_ends_at: datetime
    cancel_at: datetime | None
    cancel_at_period_end: bool
    ended_at: datetime | None
    end_reason: str
    collection_paused: bool
    paused_until: datetime | None
    card_id: str
    card_brand: str
    card_last4: str
    card_expires: str
    latest_invoice_id: str
    seen_at: datetime
    product_id: str = ""


@dataclass(frozen=True, slots=True)
class RefundState:
    """A refund, made at our desk or in Stripe's dashboard."""

    id: str
    status: str
    amount_minor: int
    currency: str
    payment_intent_id: str
    charge_id: str
    reason: str
    metadata: Mapping[str, str]
    created_at: datetime
    balance: BalanceTransaction | None
    failure_balance: BalanceTransaction | None
    failure: str


@dataclass(frozen=True, slots=True)
class DisputeState:
    """A dispute or inquiry; `movements` are the balance transactions that it caused so far."""

    id: str
    status: str
    reason: str
    network_reason: str
    amount_minor: int
    currency: str
    payment_intent_id: str
    charge_id: str
    refundable: bool
    created_at: datetime
    due_at: datetime | None
    submissions: int
    evidence: Mapping[str, str]
    movements: tuple[BalanceTransaction, ...]


@dataclass(frozen=True, slots=True)
class FraudWarningState:
    """An early fraud warning of the card's issuer."""

    id: str
    charge_id: str
    payment_intent_id: str
    fraud_type: str
    actionable: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PayoutState:
    """A transfer to the bank; `complete` once its content can be listed whole."""

    id: str
    status: str
    amount_minor: int
    currency: str
    arrives_at: datetime
    created_at: datetime
    complete: bool
    balance: BalanceTransaction | None
    failure_balance: BalanceTransaction | None
    automatic: bool
    livemode: bool
    failure_code: str


@dataclass(frozen=True, slots=True)
class Event:
    """A notification's envelope; what it speaks of is always read again from Stripe.

    `account_id` names a connected account, where it is not this one's; `lacks` says what cannot
    be read of it.
    """

    id: str
    type: str
    object_id: str
    api_version: str
    livemode: bool
    created_at: datetime
    body: bytes
    account_id: str = ""
    lacks: str = ""
