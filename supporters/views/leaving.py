"""Pausing, skipping, stopping and going on. Leaving takes one page, and so does coming back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from payments.models import Subscription
from payments.services import subscriptions
from supporters.forms.account import ButtonForm, ChoiceOfPause, StopForm
from supporters.templatetags.days import day as as_day
from supporters.views.change_page import (
    REFUSED,
    answer,
    not_now,
    own,
    see_other,
    sent,
    to_account,
    told,
)
from supporters.views.signed_in import SignedIn, private, private_button

PAUSES = {"month": (1, 2, 3, 6), "year": (1,)}
page = require_http_methods(["GET", "HEAD", "POST"])


@private
@page
def pause(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Leave out some charges; each choice says when it goes on."""
    subscription = own(request, public_id)
    if refused := not_now(request, subscription):
        return refused
    choices = [(number, _stretch(subscription, number)) for number in _pauses(subscription)]
    return answer(
        request,
        subscription,
        ChoiceOfPause(
            sent(request),
            label=_("How long shall it pause?"),
            choices=choices,
            initial={"choice": choices[0][0]},
        ),
        page="pause",
        wish=lambda chosen: subscriptions.pause(
            subscription, charges=chosen["choice"], actor=request.user
        ),
        done=_("Your contribution is paused. It goes on by itself."),
    )


@private
@page
def skip(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Leave out the next charge."""
    subscription = own(request, public_id)
    if refused := not_now(request, subscription):
        return refused
    return answer(
        request,
        subscription,
        ButtonForm(sent(request)),
        page="skip",
        wish=lambda chosen: subscriptions.skip(subscription, actor=request.user),
        done=_("The next payment is left out."),
        context={"after": subscriptions.charge_after_pause(subscription, charges=1)},
    )


@private
@page
def resume(request: SignedIn, public_id: UUID) -> HttpResponse:
    """End a pause."""
    subscription = own(request, public_id)
    if not subscription.paused:
        return to_account()
    return answer(
        request,
        subscription,
        ButtonForm(sent(request)),
        page="resume",
        wish=lambda chosen: subscriptions.resume(subscription, actor=request.user),
        done=_("Your contribution goes on. Thank you."),
        context={"at_once": subscription.status == Subscription.Status.PAUSED},
    )


@private
@page
def stop(request: SignedIn, public_id: UUID) -> HttpResponse:
    """What ends and when, an optional reason, one button; then the way back.

    An old link to one that gives way to another frequency leads to what will be charged.
    """
    subscription = own(request, public_id)
    if later := subscription.successors:
        return see_other(reverse("supporters:stop", args=[later[0].public_id]))
    form = StopForm(sent(request))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            subscriptions.cancel(subscription, reason=form.text(), actor=request.user)
        except REFUSED as error:
            status = told(request, error)
        else:
            return see_other(reverse("supporters:stop", args=[public_id]))
    context = {"subscription": subscription, "form": form}
    return render(request, "supporters/account/stop.html", context, status=status)


@private
@page
def stop_now(request: SignedIn, public_id: UUID) -> HttpResponse:
    """End it today instead of with the time that has been paid for."""
    subscription = own(request, public_id)
    if subscription.successors or not subscription.running:
        return see_other(reverse("supporters:stop", args=[public_id]))
    return answer(
        request,
        subscription,
        ButtonForm(sent(request)),
        page="stop_now",
        wish=lambda chosen: subscriptions.cancel_now(subscription, reason="", actor=request.user),
        done=_("Your contribution has ended. Nothing more is taken. Thank you for it."),
    )


@private_button
def undo_stop(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Go on as if it had not been stopped."""
    try:
        subscriptions.undo_cancel(own(request, public_id), actor=request.user)
    except REFUSED as error:
        told(request, error)
    else:
        messages.success(request, _("Your contribution goes on as before. Thank you."))
    return to_account()


def _pauses(subscription: Subscription) -> tuple[int, ...]:
    return PAUSES[subscription.frequency]


def _stretch(subscription: Subscription, number: int) -> str:
    again = as_day(subscriptions.charge_after_pause(subscription, charges=number))
    if subscription.frequency == "year":
        return _("One year: the next payment is on %(day)s") % {"day": again}
    words = ngettext(
        "%(number)s month: the next payment is on %(day)s",
        "%(number)s months: the next payment is on %(day)s",
        number,
    )
    return words % {"number": number, "day": again}
