"""The supporter's own pages: how they stand and what they have given."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from payments import clock
from payments.models import Subscription
from supporters import history
from supporters.models import User
from supporters.standing import mark_supporter
from supporters.views.signed_in import SignedIn, private


@dataclass(frozen=True, slots=True)
class Agreement:
    """A subscription as the account page shows it."""

    subscription: Subscription
    card_ends_first: bool


@private
@require_safe
def home(request: SignedIn) -> HttpResponse:
    """How the supporter stands, what comes next, and what was given."""
    supporter = request.user
    year = clock.local_date(clock.now()).year
    years = history.years(supporter)
    context = {
        "agreements": _agreements(supporter),
        "on_its_way": history.on_its_way(supporter),
        "year": year,
        "years": years,
        "given": history.given_in(supporter, year=year),
        "page": history.page(
            supporter, before=request.GET.get("before", ""), after=request.GET.get("after", "")
        ),
        "card_given": request.GET.get("card") == "given",
    }
    response = render(request, "supporters/account/home.html", context)
    if years:
        mark_supporter(response)
    return response


def _agreements(supporter: User) -> list[Agreement]:
    rows = supporter.subscriptions.exclude(status__in=Subscription.FINAL).order_by("started_at")
    return [Agreement(row, card_ends_first=_card_ends_first(row)) for row in rows]


def _card_ends_first(subscription: Subscription) -> bool:
    """Whether the card's last month (`2028-04`) lies before the next charge."""
    if not subscription.upcoming or not subscription.card_expires:
        return False
    return subscription.card_expires < clock.local_date(subscription.upcoming).isoformat()[:7]
