"""What Stripe says it holds against the sum of the lines it listed: was the list read whole?"""

from collections import Counter

from django.db.models import Sum

from payments.gateway import calls
from payments.models import ReadingPlace
from payments.money import Money
from payments.reconcile import sides, statement
from payments.reconcile.findings import Finding, Kind


def read_statement() -> list[Finding]:
    """Take over what is new, and look whether Stripe's own balance agrees with all of it.

    Stripe may have held money before our reading began: that opening sum is kept after the first
    reading and must never change. While money moves during the reading nothing can be said.
    """
    before = calls.balance_held()
    statement.read()
    if calls.balance_held() != before:
        return []
    place = statement.place_of(statement.NAME)
    beyond = _beyond(before)
    if place.opening is None:
        ReadingPlace.objects.filter(pk=place.pk).update(opening=beyond)
        return []
    currencies = sorted(beyond.keys() | place.opening.keys())
    return [
        _finding(currency, place.opening.get(currency, 0), beyond.get(currency, 0))
        for currency in currencies
        if beyond.get(currency, 0) != place.opening.get(currency, 0)
    ]


def _beyond(balance: dict[str, int]) -> dict[str, int]:
    """What is held beyond the lines that were read."""
    rest = Counter(balance)
    sums = sides.their_lines().values("currency")
    for currency, net in sums.annotate(sum=Sum("net_minor")).values_list("currency", "sum"):
        rest[currency] -= int(net)
    return {currency: minor for currency, minor in rest.items() if minor}


def _finding(currency: str, opening: int, now: int) -> Finding:
    return Finding(
        Kind.BALANCE,
        subject=currency,
        ours=Money(opening, currency).format(),
        theirs=Money(now, currency).format(),
    )
