"""Differences in words: why each kind comes about, and what its repair does."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.models import Difference

Kind = Difference.Kind
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Words:
    """`repair` is empty where a person has to look; `way` then says at what."""

    cause: Text
    repair: Text = ""
    way: Text = ""


LOST = _("Stripe's notification never reached us and cannot be fetched any more.")
READ_SUBSCRIPTION = _("Take over what Stripe says")
LOOK_IN_STRIPE = _("Look at it in Stripe's dashboard, then explain it here.")

WORDS: dict[str, Words] = {
    Kind.MISSING_CHARGE: Words(LOST, _("Book the contribution and issue its receipt")),
    Kind.MISSING_FEE: Words(
        _("Stripe has said what it kept, and we have not heard it."), _("Book the fee")
    ),
    Kind.UNBOOKED: Words(
        _("The contribution is paid, but its entry is missing."), _("Book the contribution")
    ),
    Kind.WRONG_AMOUNT: Words(
        _("The entry and Stripe's line name different sums."),
        _("Book a correction to Stripe's sum"),
    ),
    Kind.WRONG_FEE: Words(
        _("Stripe kept another fee than the one booked."), _("Book a correction to Stripe's fee")
    ),
    Kind.WRONG_CURRENCY: Words(
        _("The entry is in another currency than Stripe's line."), way=LOOK_IN_STRIPE
    ),
    Kind.EXCHANGED: Words(
        _("Stripe converted the money before it reached the balance."),
        _("Book the exchange and its fee"),
    ),
    Kind.MISSING_REFUND: Words(LOST, _("Book the refund")),
    Kind.REFUND_FAILED: Words(LOST, _("Book the money that came back")),
    Kind.DISPUTE: Words(LOST, _("Take over the dispute")),
    Kind.DISPUTE_WON: Words(LOST, _("Book the money that came back")),
    Kind.DEBIT_RETURNED: Words(LOST, _("Book the returned debit")),
    Kind.MISSING_PAYOUT: Words(LOST, _("Take over the payout and its content")),
    Kind.PAYOUT_RETURNED: Words(LOST, _("Book the money that came back")),
    Kind.PAYOUT_STATE: Words(LOST, _("Take over how the payout stands")),
    Kind.PAYOUT_CONTENT: Words(
        _("The items we hold do not sum to the bank line."), _("Read the content again")
    ),
    Kind.ACCOUNT_FEE: Words(
        _("Stripe charged the account for a service, not for one contribution."),
        _("Book the fee"),
    ),
    Kind.ADJUSTMENT: Words(
        _("Stripe corrected the balance of the account."), _("Book the correction")
    ),
    Kind.FOREIGN: Words(
        _("Another product uses the same Stripe account. It stays out of these books."),
        way=_("Explain it; it will not be told again."),
    ),
    Kind.OTHER_MODE: Words(
        _("A row of Stripe's other mode. It is left out of every total."),
        way=_("Explain it; it will not be told again."),
    ),
    Kind.DUPLICATE: Words(
        _("The same charge was booked by two entries."), _("Book a counter-entry")
    ),
    Kind.NO_COUNTERPART: Words(_("Stripe's list has no such line."), _("Book a counter-entry")),
    Kind.UNBALANCED: Words(
        _("The lines of the entry do not sum to zero, or not to its net."),
        way=_("A mistake in the software: call whoever runs it, and name the entry."),
    ),
    Kind.OVER_REFUNDED: Words(
        _("Refunds together are more than the contribution."), way=LOOK_IN_STRIPE
    ),
    Kind.NO_RECEIPT: Words(
        _("The contribution is paid and has no number."), _("Issue the receipt")
    ),
    Kind.RECEIPT_ALONE: Words(
        _("A receipt was issued for money that is not in the books."),
        _("Ask Stripe once more for the money"),
    ),
    Kind.SUBSCRIPTION_STATE: Words(
        _("It was changed in Stripe's dashboard, or a notification was lost."), READ_SUBSCRIPTION
    ),
    Kind.SUBSCRIPTION_AMOUNT: Words(
        _("The amount was changed in Stripe's dashboard."), READ_SUBSCRIPTION
    ),
    Kind.SUBSCRIPTION_ENDED: Words(LOST, READ_SUBSCRIPTION),
    Kind.SUBSCRIPTION_UNKNOWN: Words(LOST, READ_SUBSCRIPTION),
    Kind.SUBSCRIPTION_GONE: Words(
        _("It was deleted at Stripe; nothing is charged any more."), _("End it here too")
    ),
    Kind.SUBSCRIPTION_TWICE: Words(
        _(
            "The end of the first was taken back in Stripe's dashboard; both will be charged. Ask"
            " the supporter which one to keep, and end the other."
        ),
        "",
    ),
    Kind.RENEWAL_MISSED: Words(
        _("The day of the charge has passed, and nothing was heard of it."),
        _("Read the subscription and its last invoice"),
    ),
    Kind.BALANCE: Words(
        _("Stripe's balance and the lines it listed do not agree: a line was missed."),
        _("Read the list from its beginning"),
    ),
}
