"""What every page has in common on which a supporter changes a subscription."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments.models import Subscription
from payments.money import symbol
from payments.services.checkout import Declined, Misconfigured, Unavailable
from payments.services.subscriptions import ChangeRefused
from supporters.views.signed_in import SignedIn

REFUSED = (ChangeRefused, Declined, Misconfigured, Unavailable)


def own(request: SignedIn, public_id: UUID) -> Subscription:
    """One's own subscription, or 404: whether a stranger's exists is nobody's business."""
    return get_object_or_404(request.user.subscriptions, public_id=public_id)


def sent(request: SignedIn) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def answer(
    request: SignedIn,
    subscription: Subscription,
    form: Form,
    *,
    page: str,
    wish: Callable[[dict[str, Any]], object],
    done: str,
    context: dict[str, object] | None = None,
) -> HttpResponse:
    """Show before and after; carry the wish out when the form was sent in order."""
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            wish(form.cleaned_data)
        except REFUSED as error:
            status = told(request, error)
        else:
            messages.success(request, done)
            return to_account()
    words = {"subscription": subscription, "form": form, **(context or {})}
    return render(request, f"supporters/account/{page}.html", words, status=status)


def not_now(request: SignedIn, subscription: Subscription) -> HttpResponse | None:
    """The way back, with the reason, for one that is not charged as agreed just now."""
    for code in ("ending", "overdue", "paused"):
        if subscription.running and getattr(subscription, code):
            messages.info(request, refusal(code))
            return to_account()
    if subscription.upcoming is None:
        messages.info(request, refusal("ended"))
        return to_account()
    return None


def told(request: SignedIn, error: Exception) -> int:
    """Tell in a person's words why it did not work; returns the status that fits."""
    if isinstance(error, ChangeRefused):
        messages.error(request, refusal(error.code))
        return 409
    messages.error(
        request,
        _(
            "Our payment service did not answer. No money has moved. If your wish reached it all"
            " the same, you get a mail that says so; otherwise please try again in a few minutes."
        ),
    )
    return 503


def refusal(code: str) -> str:
    """Why a change makes no sense now, and what to do."""
    return {
        "ended": _("This contribution has ended, so there is nothing to change."),
        "ending": _("This contribution has been stopped. To change it, first let it go on."),
        "begun": _("The new contribution has begun already, so it can no longer be taken back."),
        "overdue": _(
            "The last payment has not come through. Please settle it first, or give a new card."
        ),
        "paused": _("This contribution is paused. To change that, first let it go on."),
        "same": _("That is how it is already. Nothing was changed."),
        "switching": _("Another frequency has been chosen already. Please take that back first."),
        "busy": _("Another change is just being made. Please look here again in a minute."),
    }.get(code, _("That cannot be done with this contribution. Nothing was changed."))


def money_field(subscription: Subscription) -> dict[str, object]:
    """The currency's sign, the side on which the language puts it, and the covered fee."""
    locale = get_language() or "en"
    sign = symbol(subscription.currency, locale)
    return {
        "symbol": sign,
        "symbol_after": subscription.gift.format(locale).endswith(sign),
        "cover": subscription.amount - subscription.gift,
    }


def see_other(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=303)


def to_account() -> HttpResponse:
    return see_other(reverse("supporters:account"))
