"""What of an account is to be taken over, and why the rest is not ours. Pure."""

from dataclasses import dataclass

from payments.gateway.objects import SubscriptionState
from payments.models import StagedCharge

ALL, NONE = "all", "none"


@dataclass(frozen=True, slots=True)
class Scope:
    """`products` empty means every subscription; `gifts` all, none, or metadata as key=value."""

    products: frozenset[str] = frozenset()
    gifts: str = NONE

    def subscription(self, state: SubscriptionState) -> str:
        """Why a subscription stays where it is; empty where it is taken over."""
        if self.products and state.product_id not in self.products:
            return "a subscription to another product"
        if state.amount_minor <= 0:
            return "a subscription that costs nothing, or by use"
        if state.interval not in {"month", "year"}:
            return f"a subscription by the {state.interval}"
        return "" if state.email else "a customer without an address"

    def charge(self, row: StagedCharge, *, ours: bool) -> str:
        """Why a charge is parked; `ours` says that its subscription is taken over."""
        if not row.stripe_payment_intent_id:
            return "a charge without a payment intent"
        if row.stripe_subscription_id:
            return "" if ours else "an invoice of a subscription that is not taken over"
        if row.stripe_invoice_id:
            return "an invoice of no subscription"
        return self._gift(row)

    def _gift(self, row: StagedCharge) -> str:
        if self.gifts == ALL:
            return ""
        if self.gifts == NONE:
            return "a single payment, and none are taken over"
        key, _, value = self.gifts.partition("=")
        return "" if row.metadata.get(key) == value else f"a single payment without {self.gifts}"
