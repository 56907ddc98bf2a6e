"""The books of one life in a form that two lives can be compared by."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Sum

from payments.models import (
    Checkout,
    Contribution,
    Dispute,
    LedgerEntry,
    LedgerLine,
    OutboxTask,
    Payout,
    Receipt,
    Refund,
    Subscription,
    SubscriptionChange,
)
from tests.simulation import letters

# Other letters are sent only where they are still true when their turn comes.
CERTAIN = ("receipt.", "note.", "mail.subscription_changed")
# Whoever has to press again in the storm is seconds later, and so is what Stripe dates by it.
SLOT = 1_800


def books() -> dict[str, Any]:
    """Every fact about money and promises; no id that Stripe or we made up by chance."""
    return {
        "checkouts": counted(Checkout, "email", "frequency", "gift_minor", "status"),
        "contributions": counted(
            Contribution,
            "email",
            "supporter__email",
            "kind",
            "frequency",
            "status",
            "currency",
            "gift_minor",
            "cover_minor",
            "fee_minor",
            "received_at",
            "method",
        ),
        "subscriptions": counted(
            Subscription,
            "supporter__email",
            "status",
            "frequency",
            "currency",
            "amount_minor",
            "cover_minor",
            "next_charge_at",
            "cancel_at",
            "ended_at",
            "paused_until",
            "card_last4",
        ),
        "changes": counted(SubscriptionChange, "subscription__supporter__email", "kind", "status"),
        "disputes": counted(
            Dispute, "contribution__email", "amount_minor", "currency", "status", "withdrawn_minor"
        ),
        "refunds": counted(Refund, "contribution__email", "amount_minor", "currency", "status"),
        "ledger": counted(
            LedgerEntry,
            "contribution__email",
            "kind",
            "currency",
            "gross_minor",
            "fee_minor",
            "net_minor",
            "occurred_at",
        ),
        "accounts": sorted(
            LedgerLine.objects.values_list("account", "currency").annotate(
                Count("id"), Sum("amount_minor")
            )
        ),
        "payouts": counted(Payout, "currency", "amount_minor", "status", "arrival_on"),
        "payout items": sorted(
            Payout.objects.values_list("currency", "arrival_on").annotate(
                Count("items"), Sum("items__net_minor")
            )
        ),
        "receipts": sorted(Receipt.objects.values_list("year").annotate(Count("id"))),
        "tasks": sorted(
            row
            for row in OutboxTask.objects.values_list("name").annotate(Count("id"))
            if row[0].startswith(CERTAIN)
        ),
        "receipt letters": sorted(
            (address, sum(identity.startswith("<receipt-") for identity in sent))
            for address, sent in letters.BY_ADDRESS.items()
            if any(identity.startswith("<receipt-") for identity in sent)
        ),
    }


def counted(model: Any, *fields: str) -> list[tuple[str, int]]:
    """Rows as texts with how often each occurs: sortable, whatever is null."""
    rows = model.objects.order_by().values_list(*fields)
    return sorted(Counter(repr([told(cell) for cell in row]) for row in rows).items())


def told(cell: Any) -> Any:
    """A moment by its half hour, everything else as it is."""
    if isinstance(cell, datetime):
        return f"{cell - timedelta(seconds=cell.timestamp() % SLOT):%Y-%m-%d %H:%M}"
    return cell


def differences(calm: dict[str, Any], storm: dict[str, Any]) -> list[str]:
    """What the storm has that the calm life has not, and the other way round."""
    found = []
    for part in calm:
        here, there = map(set, (map(repr, calm[part]), map(repr, storm[part])))
        found += [f"{part}: only in calm weather {row}" for row in sorted(here - there)]
        found += [f"{part}: only in the storm {row}" for row in sorted(there - here)]
    return found


def lost_or_invented(calm: dict[str, Any], storm: dict[str, Any]) -> int:
    """Minor units by which any account of the storm differs from the calm one."""
    sums = Counter({row[:2]: row[3] for row in calm["accounts"]})
    sums.subtract({row[:2]: row[3] for row in storm["accounts"]})
    return sum(map(abs, sums.values()))
