"""An adoption from its beginning to its control total; stopped at any point, it goes on."""

from dataclasses import dataclass, field

from django.db.models import Max

from payments import clock
from payments.adoption import booking, reading, rest
from payments.adoption.reading import Say
from payments.adoption.scope import Scope
from payments.adoption.totals import Total, doubles, reasons, totals
from payments.gateway.client import livemode
from payments.models import BalanceLine, ReadingPlace, StagedCharge
from payments.reconcile import sides, statement
from payments.services import audit


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the account's charges."""

    totals: list[Total]
    parked: list[tuple[str, int]]
    doubles: dict[str, int] = field(default_factory=dict)

    @property
    def ties(self) -> bool:
        return all(total.ties for total in self.totals)


def adopt(scope: Scope, *, say: Say) -> Report:
    """Take the account over. Raises the gateway's errors; what was read and booked stays."""
    reading.read_history(say)
    rest.subscriptions(scope, say)
    booking.book(scope)
    rest.refunds(say)
    rest.disputes_of_account(say)
    rest.transfers(say)
    rest.account_money()
    rest.park_foreign_charges()
    _go_on_from_here()
    audit.note("account taken over", subject=scope, after={"at": clock.now().isoformat()})
    return Report(totals(), reasons(), doubles())


def rehearse(scope: Scope, *, say: Say) -> Report:
    """Read the account and say what `adopt` would do. Nothing is booked and nobody is made."""
    reading.read_history(say)
    chosen, left = rest.in_scope(scope)
    say(f"subscriptions: {len(chosen)} to take over")
    for reason, number in sorted(left.items()):
        say(f"subscriptions left: {number}, {reason}")
    booking.plan(scope, chosen)
    return Report(totals(), reasons())


def forget() -> int:
    """Drop what was read of charges: the rows that hold other products' payers."""
    return StagedCharge.objects.all().delete()[0]


def _go_on_from_here() -> None:
    """The nightly comparison takes in the whole history, and goes on reading where it ends."""
    newest = BalanceLine.objects.filter(livemode=livemode()).aggregate(at=Max("created_at"))["at"]
    place = statement.place_of(statement.NAME)
    ReadingPlace.objects.filter(pk=place.pk).update(
        complete_until=max(filter(None, (place.complete_until, newest)), default=None), opening=None
    )
    sides.take_in_everything()
