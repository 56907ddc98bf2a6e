"""Changing the terms of a subscription: amount, fee cover, frequency, day, card.

Each page shows the next charge before and after, and has one button.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from payments import clock
from payments.cover import cover_for
from payments.models import Subscription
from payments.money import STEPS, Money
from payments.services import cards, subscriptions
from supporters import consent
from supporters.forms.account import AmountForm, ChoiceOfDay, CoverForm
from supporters.templatetags.days import day as as_day
from supporters.views.change_page import (
    REFUSED,
    answer,
    money_field,
    not_now,
    own,
    see_other,
    sent,
    to_account,
    told,
)
from supporters.views.signed_in import SignedIn, private, private_button

OTHER = {"month": "year", "year": "month"}
page = require_http_methods(["GET", "HEAD", "POST"])


@private
@require_safe
def change(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Everything that can be changed, each with how it stands."""
    subscription = own(request, public_id)
    if not subscription.running:
        return to_account()
    context = {"subscription": subscription, "cover": subscription.amount - subscription.gift}
    return render(request, "supporters/account/change.html", context)


@private
@page
def change_amount(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Another gift from the next charge on."""
    subscription = own(request, public_id)
    if not subscription.upcoming:
        return not_now(request, subscription) or to_account()
    proposed = {"amount": request.GET.get("amount", "")[:20]}
    return answer(
        request,
        subscription,
        AmountForm(sent(request), subscription=subscription, initial=proposed),
        page="amount",
        wish=lambda chosen: subscriptions.change_amount(
            subscription,
            gift=chosen["amount"],
            actor=request.user,
            consent_text=_words(subscription, chosen["amount"]),
        ),
        done=_("Your new amount is set."),
        context=money_field(subscription),
    )


@private
@page
def change_cover(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Cover the fee from the next charge on, or no longer."""
    subscription = own(request, public_id)
    if not subscription.upcoming:
        return not_now(request, subscription) or to_account()
    covered = bool(subscription.cover_minor)
    gift = subscription.gift

    def wish(chosen: dict[str, int]) -> Subscription:
        ask = subscriptions.cover_fee if chosen["covered"] else subscriptions.leave_fee
        text = consent.words(
            gift, frequency=subscription.frequency, covered=bool(chosen["covered"])
        )
        return ask(subscription, actor=request.user, consent_text=text)

    return answer(
        request,
        subscription,
        CoverForm(sent(request), initial={"covered": int(not covered)}),
        page="cover",
        wish=wish,
        done=_("Thank you. It counts from the next payment on."),
        context={"covered": covered, "after": gift if covered else gift + cover_for(gift)},
    )


@private
@page
def change_frequency(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Yearly instead of monthly, or back, from the day until which it has been paid."""
    subscription = own(request, public_id)
    if refused := not_now(request, subscription):
        return refused
    other = OTHER[subscription.frequency]
    proposed = {"amount": _like(subscription).typed()}
    return answer(
        request,
        subscription,
        AmountForm(sent(request), subscription=subscription, initial=proposed),
        page="frequency",
        wish=lambda chosen: subscriptions.change_frequency(
            subscription,
            frequency=other,
            gift=chosen["amount"],
            actor=request.user,
            consent_text=consent.words(
                chosen["amount"], frequency=other, covered=bool(subscription.cover_minor)
            ),
        ),
        done=_("Your new frequency is set."),
        context={"other": other, **money_field(subscription)},
    )


@private
@page
def change_day(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Another day of the month; each choice says which charge would be the next."""
    subscription = own(request, public_id)
    if refused := not_now(request, subscription):
        return refused
    days = [
        (day, as_day(subscriptions.moved_to(subscription, day=day))) for day in subscriptions.DAYS
    ]
    now_on = clock.local_date(subscription.next_charge_at).day  # type: ignore[arg-type]
    return answer(
        request,
        subscription,
        ChoiceOfDay(
            sent(request),
            label=_("Day of the next payment"),
            choices=days,
            initial={"choice": now_on},
        ),
        page="day",
        wish=lambda chosen: subscriptions.change_day(
            subscription, day=chosen["choice"], actor=request.user
        ),
        done=_("Your new day is set."),
    )


@private_button
def new_card(request: SignedIn, public_id: UUID) -> HttpResponse:
    """On to Stripe's page, where a new card is given."""
    back = settings.SITE_URL + reverse("supporters:account") + "?card=given"
    try:
        address = cards.start_card_change(own(request, public_id), return_url=back)
    except REFUSED as error:
        told(request, error)
        return to_account()
    return see_other(address)


def _words(subscription: Subscription, gift: Money) -> str:
    return consent.words(
        gift, frequency=subscription.frequency, covered=bool(subscription.cover_minor)
    )


def _like(subscription: Subscription) -> Money:
    """About the same over the year: twelve months, or a twelfth, in whole units where it can be."""
    gift = subscription.gift
    if subscription.frequency == "month":
        return Money(gift.minor * 12, gift.currency)
    step = STEPS.get(gift.currency, 1)
    return Money(max(step, gift.minor // 12 // step * step), gift.currency)
