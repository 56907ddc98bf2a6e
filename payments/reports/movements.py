"""The one definition of a movement of money: pages, files and totals all read it here.

A movement is a ledger entry together with the entry that settles it (a fee that Stripe told
later). A payout is none: it moves the newsroom's own money from Stripe to the bank, so that the
nets of all movements together are what Stripe holds plus what it has paid out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from payments.gateway.client import livemode
from payments.models import LedgerEntry, Payout, PayoutItem
from payments.money import Money
from payments.reports.questions import Question, moment_after, moment_of

Kind = LedgerEntry.Kind

# What a movement is called in pages and files. The first contribution of a subscription is a gift
# whose frequency says that more follow; a refund that came back is a refund with the other sign.
PUBLISHED = {k.value: k.value for k in Kind if k not in LedgerEntry.TRANSFERS} | {
    Kind.FIRST.value: Kind.GIFT.value,
    Kind.REFUND_FAILED.value: Kind.REFUND.value,
}
KINDS = {kind: Kind(kind).label for kind in dict.fromkeys(PUBLISHED.values())}
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement, as it is published. `fee_minor` is None until Stripe has said it."""

    entry_id: int
    movement_id: str
    kind: str
    occurred_at: datetime
    currency: str
    gross_minor: int
    fee_minor: int | None
    net_minor: int | None
    frequency: str
    contribution_id: UUID | None
    supporter_id: UUID | None
    supporter_name: str
    supporter_email: str
    receipt_number: str
    campaign: str
    appeal: str
    article: str
    stripe_charge_id: str
    stripe_balance_transaction_id: str
    stripe_payout_id: str
    stripe_customer_id: str

    @property
    def gross(self) -> Money:
        return Money(self.gross_minor, self.currency)

    @property
    def fee(self) -> Money | None:
        return None if self.fee_minor is None else Money(self.fee_minor, self.currency)

    @property
    def net(self) -> Money | None:
        return None if self.net_minor is None else Money(self.net_minor, self.currency)

    @property
    def kind_label(self) -> str:
        return str(KINDS[self.kind])


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of a currency's columns. Fee and net leave out the `open` movements."""

    currency: str
    count: int
    gross: Money
    refunds: Money
    fee: Money
    net: Money
    open: int

    @property
    def control(self) -> str:
        """The sums as one line, to check a file against."""
        return (
            f"count={self.count} gross_minor={self.gross.minor} fee_minor={self.fee.minor} "
            f"net_minor={self.net.minor} fees_open={self.open}"
        )


# Movement's fields in order, each with the column of `answering` that fills it.
COLUMNS = (
    "id",
    "key",
    "published_kind",
    "occurred_at",
    "currency",
    "whole_gross",
    "whole_fee",
    "whole_net",
    "contribution__frequency",
    "contribution__public_id",
    "contribution__supporter_id",
    "contribution__name",
    "contribution__email",
    "contribution__receipt__number",
    "contribution__campaign",
    "contribution__appeal",
    "contribution__article",
    "stripe_charge_id",
    "balance_transaction",
    "payout",
    "contribution__stripe_customer_id",
)


def answering(question: Question) -> QuerySet[LedgerEntry]:
    """The movements that a question asks for, in no order yet."""
    entries = _movements()
    if question.first_day:
        entries = entries.filter(occurred_at__gte=moment_of(question.first_day))
    if question.last_day:
        entries = entries.filter(occurred_at__lt=moment_after(question.last_day))
    if question.currency:
        entries = entries.filter(currency=question.currency)
    if question.kind:
        inside = [kind for kind, name in PUBLISHED.items() if name == question.kind]
        entries = entries.filter(kind__in=inside)
    if question.source:
        entries = entries.filter(_from(question.source))
    if question.fees == Question.OPEN:
        entries = entries.filter(whole_fee=None)
    if question.find:
        entries = entries.filter(_found(question.find))
    return entries


def rows(entries: QuerySet[LedgerEntry]) -> Iterator[Movement]:
    """Movements of an ordered queryset, a few at a time: memory does not grow with the ledger."""
    for values in entries.values_list(*COLUMNS).iterator(chunk_size=CHUNK):
        yield _movement(values)


def chronological(question: Question) -> Iterator[Movement]:
    """Every movement asked for, oldest first; the order is total, so a file is repeatable."""
    return rows(answering(question).order_by("occurred_at", "id"))


def totals(question: Question) -> list[Total]:
    """The sums per currency over every movement asked for."""
    return totals_of(answering(question))


def totals_of(entries: QuerySet[LedgerEntry]) -> list[Total]:
    """The sums per currency over movements of `answering`, however they were narrowed since."""
    refunds = Q(kind__in=[Kind.REFUND, Kind.REFUND_FAILED])
    sums = (
        entries.values("currency")
        .order_by("currency")
        .annotate(
            count=Count("id"),
            known=Count("whole_fee"),
            gross=Coalesce(Sum("whole_gross"), 0),
            refunds=Coalesce(Sum("whole_gross", filter=refunds), 0),
            fee=Coalesce(Sum("whole_fee"), 0),
            net=Coalesce(Sum("whole_net"), 0),
        )
    )
    return [_total(row) for row in sums]


def paid_out(question: Question) -> list[Money]:
    """What Stripe transferred to the bank in the question's period, per currency."""
    payouts = LedgerEntry.objects.filter(kind__in=LedgerEntry.TRANSFERS)
    if question.first_day:
        payouts = payouts.filter(occurred_at__gte=moment_of(question.first_day))
    if question.last_day:
        payouts = payouts.filter(occurred_at__lt=moment_after(question.last_day))
    if question.currency:
        payouts = payouts.filter(currency=question.currency)
    sums = payouts.values("currency").order_by("currency").annotate(sum=Sum("net_minor"))
    return [Money(-int(row["sum"]), row["currency"]) for row in sums]


def inside(payout: Payout) -> QuerySet[LedgerEntry]:
    """The movements whose money a payout carried to the bank, in no order yet."""
    items = PayoutItem.objects.filter(payout=payout).values("stripe_balance_transaction_id")
    entries = LedgerEntry.objects.filter(stripe_balance_transaction_id__in=items).order_by()
    return _movements().filter(pk__in=entries.values_list(Coalesce("settles_id", "id")))


def _movements() -> QuerySet[LedgerEntry]:
    """Every movement of this installation's mode, with what settles it folded in."""
    own = Q(contribution=None) | Q(contribution__livemode=livemode())
    entries = LedgerEntry.objects.filter(own, settles=None).exclude(kind__in=LedgerEntry.TRANSFERS)
    settled = LedgerEntry.objects.filter(settles=OuterRef("pk")).order_by().values("settles")
    told = Q(settled_fee__isnull=False) | Q(stripe_balance_transaction_id__isnull=False)
    return (
        entries.annotate(
            settled_gross=Subquery(settled.annotate(sum=Sum("gross_minor")).values("sum")),
            settled_fee=Subquery(settled.annotate(sum=Sum("fee_minor")).values("sum")),
            balance_transaction=Coalesce(
                F("stripe_balance_transaction_id"),
                Subquery(
                    LedgerEntry.objects.filter(settles=OuterRef("pk"))
                    .order_by("id")
                    .values("stripe_balance_transaction_id")[:1]
                ),
            ),
        )
        .annotate(
            published_kind=Case(
                *(When(kind=kind, then=Value(name)) for kind, name in PUBLISHED.items()),
                default=F("kind"),
            ),
            whole_gross=_sum("gross_minor", "settled_gross"),
            whole_fee=Case(When(told, then=_sum("fee_minor", "settled_fee"))),
        )
        .annotate(
            whole_net=F("whole_gross") - F("whole_fee"),
            payout=Subquery(
                PayoutItem.objects.filter(
                    stripe_balance_transaction_id=OuterRef("balance_transaction")
                ).values("payout__stripe_payout_id")[:1]
            ),
        )
    )


def _sum(own: str, settled: str) -> Coalesce:
    return Coalesce(F(own) + F(settled), F(own), output_field=BigIntegerField())


def _from(source: str) -> Q:
    return (
        Q(contribution__campaign=source)
        | Q(contribution__article=source)
        | Q(contribution__appeal=source)
    )


def _found(text: str) -> Q:
    """A person by a part of name or address; everything else by its exact number or id."""
    exactly = (
        "key",
        "contribution__receipt__number",
        "contribution__stripe_payment_intent_id",
        "contribution__stripe_customer_id",
        "stripe_charge_id",
        "balance_transaction",
        "payout",
    )
    found = Q(contribution__name__icontains=text) | Q(contribution__email__icontains=text)
    for column in exactly:
        found |= Q(**{column: text})
    try:
        return found | Q(contribution__public_id=UUID(text))
    except ValueError:
        return found


def _movement(values: tuple) -> Movement:
    """A movement from the values of COLUMNS; where there is no contribution, text is empty."""
    return Movement(
        *values[:8],
        values[8] or "",
        *values[9:11],
        *(text or "" for text in values[11:]),
    )


def _total(row: dict) -> Total:
    sums = {
        name: Money(int(row[name]), row["currency"]) for name in ("gross", "refunds", "fee", "net")
    }
    return Total(
        currency=row["currency"], count=row["count"], open=row["count"] - row["known"], **sums
    )
