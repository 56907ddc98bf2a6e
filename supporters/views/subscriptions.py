"""Changing and stopping a subscription. Stopping takes one page; it can be undone there."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from payments.models import Subscription
from payments.money import symbol
from payments.services import subscriptions
from payments.services.checkout import Declined, Misconfigured, Unavailable
from supporters.forms.account import AmountForm, StopForm
from supporters.views.signed_in import SignedIn, private

REFUSED = (subscriptions.ChangeRefused, Declined, Misconfigured, Unavailable)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def change_amount(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Before and after, side by side, and one button."""
    subscription = _own(request, public_id)
    if not subscription.upcoming:
        messages.info(request, _("There is no next charge whose amount could be changed."))
        return _to_account()
    form = AmountForm(_sent(request), subscription=subscription, initial=_proposed(request))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            gift = form.cleaned_data["amount"]
            subscriptions.change_amount(subscription, gift=gift, actor=request.user)
        except REFUSED as error:
            status = _told(request, error)
        else:
            messages.success(request, _("Your new amount is set."))
            return _to_account()
    context = {"subscription": subscription, "form": form, **_money_field(subscription)}
    return render(request, "supporters/account/amount.html", context, status=status)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: SignedIn, public_id: UUID) -> HttpResponse:
    """What ends and when, an optional reason, one button; then the way back."""
    subscription = _own(request, public_id)
    form = StopForm(_sent(request))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            subscriptions.cancel(subscription, reason=form.text(), actor=request.user)
        except REFUSED as error:
            status = _told(request, error)
        else:
            return _see_other(reverse("supporters:stop", args=[public_id]))
    context = {"subscription": subscription, "form": form}
    return render(request, "supporters/account/stop.html", context, status=status)


@private
@require_POST
def undo_stop(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Go on as if it had not been stopped."""
    try:
        subscriptions.undo_cancel(_own(request, public_id), actor=request.user)
    except REFUSED as error:
        _told(request, error)
    else:
        messages.success(request, _("Your contribution goes on as before. Thank you."))
    return _to_account()


@private
@require_POST
def new_card(request: SignedIn, public_id: UUID) -> HttpResponse:
    """On to Stripe's page, where a new card is given."""
    back = settings.SITE_URL + reverse("supporters:account") + "?card=given"
    try:
        address = subscriptions.start_card_change(_own(request, public_id), return_url=back)
    except REFUSED as error:
        _told(request, error)
        return _to_account()
    return _see_other(address)


def _own(request: SignedIn, public_id: UUID) -> Subscription:
    return get_object_or_404(request.user.subscriptions, public_id=public_id)


def _sent(request: SignedIn) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _proposed(request: SignedIn) -> dict[str, str]:
    """What a link such as "Give less" proposes; the supporter may type over it."""
    return {"amount": request.GET.get("amount", "")[:20]}


def _money_field(subscription: Subscription) -> dict[str, object]:
    """The currency's sign, the side on which the language puts it, and the covered fee."""
    locale = get_language() or "en"
    sign = symbol(subscription.currency, locale)
    return {
        "symbol": sign,
        "symbol_after": subscription.gift.format(locale).endswith(sign),
        "cover": subscription.amount - subscription.gift,
    }


def _told(request: SignedIn, error: Exception) -> int:
    """Tell in a person's words why it did not work; returns the status that fits."""
    if isinstance(error, subscriptions.ChangeRefused):
        messages.error(request, _("This contribution has ended, so there is nothing to change."))
        return 409
    messages.error(
        request,
        _(
            "Our payment service did not answer. No money has moved, and as far as we can tell"
            " nothing was changed. Please try again in a few minutes."
        ),
    )
    return 503


def _see_other(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=303)


def _to_account() -> HttpResponse:
    return _see_other(reverse("supporters:account"))
