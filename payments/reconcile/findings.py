"""A finding: something that our books and Stripe say differently, before it is kept."""

from dataclasses import dataclass
from datetime import datetime

from payments.models import Difference
from payments.money import Money

Kind = Difference.Kind


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` names it, once per kind; `lacks` is what our books lack of Stripe's net."""

    kind: Kind
    subject: str
    lacks: Money | None = None
    lacks_too: Money | None = None
    ours: str = ""
    theirs: str = ""
    stripe_object_id: str = ""
    balance_transaction_id: str = ""
    contribution_id: int | None = None
    subscription_id: int | None = None
    payout_id: int | None = None
    entry_id: int | None = None
    happened_at: datetime | None = None
    note: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind.value, self.subject
