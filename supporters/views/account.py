"""The supporter's own pages: how they stand and what they have given."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from payments import clock
from payments.models import FailedRenewal, Subscription
from payments.services.notices import card_ends_first
from supporters import history
from supporters.models import User
from supporters.standing import mark_supporter
from supporters.views.signed_in import SignedIn, private


@dataclass(frozen=True, slots=True)
class Agreement:
    """A subscription as the account page shows it: what failed, and what it takes over from."""

    subscription: Subscription
    card_ends_first: bool
    failed: FailedRenewal | None
    replaces: Subscription | None


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
        mark_supporter(request, response, supporter)
    return response


def _agreements(supporter: User) -> list[Agreement]:
    """One for each frequency of giving; the one that is being replaced stands within the other."""
    rows = supporter.subscriptions.exclude(status__in=Subscription.FINAL).order_by("started_at")
    taken_over = {row.follows_id for row in rows}
    return [_agreement(row) for row in rows.select_related("follows") if row.pk not in taken_over]


def _agreement(row: Subscription) -> Agreement:
    earlier = row.follows
    return Agreement(
        row,
        card_ends_first=card_ends_first(row),
        failed=row.failed_renewals.filter(status=FailedRenewal.Status.OPEN).last(),
        replaces=earlier if earlier and earlier.running else None,
    )
