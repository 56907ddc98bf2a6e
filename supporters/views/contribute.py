"""Giving: the contribute page, the way to Stripe, and the thank-you page."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from payments import clock
from payments.models import Checkout
from payments.services import checkout as checkouts
from supporters import consent, thanks_page
from supporters.appeals import attribution
from supporters.forms.giving import GivingForm
from supporters.giving_page import page_context
from supporters.standing import mark_supporter

AGAIN_WITHIN = timedelta(minutes=10)
KEPT = 10


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contribute(request: HttpRequest) -> HttpResponse:
    """The form; a valid one leads to Stripe with 303."""
    if request.method == "POST" or _chosen_in_an_appeal(request):
        form = GivingForm(request.POST if request.method == "POST" else request.GET)
        return _begin(request, form)
    return _page(request, GivingForm(initial=_prefilled(request)))


@never_cache
@require_GET
def thanks(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What became of a checkout, as it truly stands now."""
    checkout = Checkout.objects.filter(public_id=public_id).first()
    if checkout is None:
        raise Http404
    checkout = checkouts.refresh(checkout)
    mine = str(public_id) in request.session.get("checkouts", [])
    context = thanks_page.page_context(checkout, mine=mine, reader=request.user)
    response = render(request, "supporters/thanks.html", context)
    given = checkout.contributions.select_related("supporter").last()
    if mine and given and given.supporter:
        mark_supporter(request, response, given.supporter)
    return response


def _chosen_in_an_appeal(request: HttpRequest) -> bool:
    """Whether a person pressed an appeal's button, on a page of ours, in a browser.

    Article pages are cached and carry no CSRF token, so their form comes by GET. What it starts
    moves no money. Browsers say by Fetch Metadata what a crawler, a prefetch or another site's
    link cannot (https://www.w3.org/TR/fetch-metadata/); without it, the filled-in page is shown.
    """
    return (
        request.method == "GET"
        and request.GET.get("pay") == "1"
        and request.headers.get("Sec-Fetch-Site") == "same-origin"
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-User") == "?1"
        and "Sec-Purpose" not in request.headers
    )


def _begin(request: HttpRequest, form: GivingForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form)
    supporter = request.user if request.user.is_authenticated else None
    wish = form.wish(
        supporter=supporter, language=get_language() or "en", consent_text=_consent(form)
    )
    if not form.cleaned_data["again"] and _just_given(request, wish):
        return _page(request, form, ask_again=True)
    try:
        checkout = checkouts.start(wish)
    except (checkouts.Unavailable, checkouts.Misconfigured, checkouts.Declined, DatabaseError):
        return _page(request, form, unavailable=True)
    _remember(request, checkout)
    if checkout.status == Checkout.Status.OPEN:
        response: HttpResponse = HttpResponseRedirect(checkout.stripe_url)
    else:
        response = redirect("supporters:thanks", checkout.public_id)
    response.status_code = 303
    return response


def _page(
    request: HttpRequest,
    form: GivingForm,
    *,
    ask_again: bool = False,
    unavailable: bool = False,
) -> HttpResponse:
    context = page_context(form) | {"ask_again": ask_again, "unavailable": unavailable}
    status = 503 if unavailable else 200
    return render(request, "supporters/contribute.html", context, status=status)


def _prefilled(request: HttpRequest) -> dict[str, Any]:
    """What the address says, or what this browser had filled in before it came back."""
    came_back = request.GET.get("checkout", "")
    if came_back and came_back in request.session.get("checkouts", []):
        found = Checkout.objects.filter(public_id=came_back).first()
        if found:
            return _filled_in(found)
    known = {name: request.GET[name] for name in GivingForm.base_fields if name in request.GET}
    known.pop("form_token", None)
    if request.user.is_authenticated:
        known.setdefault("email", request.user.email)
        known.setdefault("name", request.user.name)
    return known


def _filled_in(checkout: Checkout) -> dict[str, Any]:
    fields = ("frequency", "currency", "email", "name", "message", "dedication", "recognition")
    return {
        **{field: getattr(checkout, field) for field in fields},
        **checkout.source,
        "source": attribution.again(checkout),
        "amount": checkout.gift.typed(),
        "cover_fee": bool(checkout.cover_minor),
        "form_token": checkout.form_token,
    }


def _consent(form: GivingForm) -> str:
    """The words of a recurring agreement, kept as they were read (PRODUCT S10)."""
    chosen = form.cleaned_data
    return consent.words(chosen["gift"], frequency=chosen["frequency"], covered=chosen["cover_fee"])


def _just_given(request: HttpRequest, wish: checkouts.Wish) -> bool:
    """Whether this browser gave the same within minutes, in another filled-in form."""
    return (
        Checkout.objects.filter(
            public_id__in=request.session.get("checkouts", []),
            status__in=[Checkout.Status.PAID, Checkout.Status.PROCESSING],
            frequency=wish.frequency,
            currency=wish.gift.currency,
            gift_minor=wish.gift.minor,
            created_at__gte=clock.now() - AGAIN_WITHIN,
        )
        .exclude(form_token=wish.form_token)
        .exists()
    )


def _remember(request: HttpRequest, checkout: Checkout) -> None:
    mine = [
        each for each in request.session.get("checkouts", []) if each != str(checkout.public_id)
    ]
    request.session["checkouts"] = [*mine, str(checkout.public_id)][-KEPT:]
