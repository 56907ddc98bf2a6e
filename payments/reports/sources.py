"""What each ask brought: net money by article, author, section, campaign, appeal or placement.

Sums over the one definition of a movement, so that they tie to finance's. A refund, a fee or a
dispute counts against the source of its contribution. First gifts are one-time contributions and
the first ones of subscriptions; renewals are all later ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from payments.models import Contribution, LedgerEntry
from payments.money import Money
from payments.reports import movements
from payments.reports.movements import Total
from payments.reports.questions import Question, moment_after, moment_of

# Each dimension with the columns that name a row. A variant's code means something only together
# with its appeal's.
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "article": ("article",),
    "author": ("author",),
    "section": ("section",),
    "campaign": ("campaign",),
    "appeal": ("appeal",),
    "variant": ("appeal", "variant"),
    "placement": ("placement",),
}
NARROWING = ("campaign", "appeal", "variant", "placement", "section", "author", "article")
# In an address: those whose source says nothing.
UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class SourceQuestion:
    """A period, what is counted in it, and the sources to which it is narrowed.

    MOVED counts the money that moved in the period; it ties to finance's movements. WON counts
    all that those gave until today who first gave in the period.
    """

    MOVED: ClassVar[str] = "moved"
    WON: ClassVar[str] = "won"

    period: Question
    by: str = "article"
    counted: str = MOVED
    narrowed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One source in one currency; `codes` is None for money that belongs to no contribution.

    Gross, fee and net are of all its movements; fee and net leave out those whose fee is `open`.
    """

    codes: tuple[str, ...] | None
    currency: str
    firsts: int
    renewals: int
    first_net: Money
    renewal_net: Money
    refunds: Money
    fee: Money
    net: Money
    open: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A currency's rows, best first, and the total that finance's movements have."""

    total: Total
    rows: list[Row]

    @property
    def firsts(self) -> int:
        return sum(row.firsts for row in self.rows)

    @property
    def renewals(self) -> int:
        return sum(row.renewals for row in self.rows)

    @property
    def first_net(self) -> Money:
        return sum((row.first_net for row in self.rows), Money(0, self.total.currency))

    @property
    def renewal_net(self) -> Money:
        return sum((row.renewal_net for row in self.rows), Money(0, self.total.currency))


def sheets(question: SourceQuestion) -> list[Sheet]:
    """The answer per currency. Read in one snapshot, rows and totals tie."""
    entries = _entries(question)
    rows = _rows(entries, DIMENSIONS[question.by])
    return [
        Sheet(total, sorted((r for r in rows if r.currency == total.currency), key=_best_first))
        for total in movements.totals_of(entries)
    ]


def _entries(question: SourceQuestion) -> QuerySet[LedgerEntry]:
    period = question.period
    if question.counted == SourceQuestion.WON:
        asked = replace(period, first_day=None, last_day=None)
        entries = movements.answering(asked).filter(_won_in(period))
    else:
        entries = movements.answering(period)
    for column, code in question.narrowed.items():
        entries = entries.filter(**{f"contribution__{column}": "" if code == UNKNOWN else code})
    return entries


def _won_in(period: Question) -> Q:
    """Whose agreement or single gift began in the period."""
    gift = Q(contribution__kind=Contribution.Kind.GIFT)
    agreed = Q(contribution__kind__in=[Contribution.Kind.FIRST, Contribution.Kind.RENEWAL])
    if period.first_day:
        start = moment_of(period.first_day)
        gift &= Q(contribution__received_at__gte=start)
        agreed &= Q(contribution__subscription__started_at__gte=start)
    if period.last_day:
        end = moment_after(period.last_day)
        gift &= Q(contribution__received_at__lt=end)
        agreed &= Q(contribution__subscription__started_at__lt=end)
    return gift | agreed


def _rows(entries: QuerySet[LedgerEntry], columns: Iterable[str]) -> list[Row]:
    first = Q(contribution__kind__in=[Contribution.Kind.GIFT, Contribution.Kind.FIRST])
    renewed = Q(contribution__kind=Contribution.Kind.RENEWAL)
    sent_back = Q(kind__in=[LedgerEntry.Kind.REFUND, LedgerEntry.Kind.REFUND_FAILED])
    received = Q(kind__in=[kind.value for kind in Contribution.Kind])
    named = [f"contribution__{column}" for column in columns]
    sums = (
        entries.values("currency", *named)
        .order_by("currency", *named)
        .annotate(
            firsts=Count("id", filter=received & first),
            renewals=Count("id", filter=received & renewed),
            first_net=_sum("whole_net", first),
            renewal_net=_sum("whole_net", renewed),
            refunds=_sum("whole_gross", sent_back),
            fee=_sum("whole_fee", Q()),
            net=_sum("whole_net", Q()),
            open=Count("id") - Count("whole_fee"),
        )
    )
    return [_row(values, named) for values in sums]


def _sum(column: str, those: Q) -> Coalesce:
    return Coalesce(Sum(column, filter=those), 0)


def _row(values: dict, named: list[str]) -> Row:
    codes = tuple(values[name] for name in named)
    money = ("first_net", "renewal_net", "refunds", "fee", "net")
    return Row(
        codes=None if None in codes else codes,
        currency=values["currency"],
        **{name: Money(int(values[name]), values["currency"]) for name in money},
        **{name: values[name] for name in ("firsts", "renewals", "open")},
    )


def _best_first(row: Row) -> tuple[int, tuple[str, ...]]:
    return -row.net.minor, row.codes or ()
