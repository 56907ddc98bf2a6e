"""A new card from a letter's link, without signing in. The page names nobody."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from payments.models import Subscription
from payments.services import card_links, cards
from payments.services.checkout import Declined, Misconfigured, Unavailable
from payments.services.subscriptions import ChangeRefused

REFUSED = (ChangeRefused, Declined, Misconfigured, Unavailable)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def card_link(request: HttpRequest, signed: str) -> HttpResponse:
    """What is due and one button; looking at it, as mail programs do, changes nothing."""
    try:
        subscription = card_links.subscription_of(signed)
    except card_links.LinkDead:
        return _page(request, None, status=410)
    if request.method != "POST":
        return _page(request, subscription)
    back = settings.SITE_URL + reverse("supporters:card-given")
    try:
        address = cards.start_card_change(subscription, return_url=back)
    except REFUSED:
        return _page(request, subscription, unavailable=True, status=503)
    return HttpResponseRedirect(address, status=303)


@never_cache
@require_safe
def card_given(request: HttpRequest) -> HttpResponse:
    """Where Stripe leads back to. It knows nobody and grants nothing."""
    return render(request, "supporters/card_given.html")


def _page(
    request: HttpRequest,
    subscription: Subscription | None,
    *,
    unavailable: bool = False,
    status: int = 200,
) -> HttpResponse:
    owed = subscription.failed_renewals.filter(status="open").last() if subscription else None
    context = {"subscription": subscription, "owed": owed, "unavailable": unavailable}
    return render(request, "supporters/card_link.html", context, status=status)
