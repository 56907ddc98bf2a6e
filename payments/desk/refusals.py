"""What becomes of a refund, and why money cannot be sent back, in a sentence for each."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments.models import Refund
from payments.money import Money


def refund_refusal(code: str, most: Money) -> str:
    """The sentence; `most` is what could be sent back."""
    sentences = {
        "not_paid": _("This money has not arrived, so it cannot be sent back."),
        "too_much": _("At most %(most)s can be sent back.") % {"most": most.format(get_language())},
        "disputed": _("The bank holds this money until a dispute is decided. It cannot be sent."),
        "taken_back": _("The bank has given this money back already. It would be paid twice."),
        "same_person": _("Somebody else than who asked for this refund has to agree."),
        "form_used": _("This form was sent before with another sum. Open the page afresh."),
        "refused": _("Stripe refused this refund. No money moved."),
    }
    return sentences.get(code, _("This sum cannot be sent back."))


def refund_outcome(row: Refund) -> str:
    """The sentence after a refund was asked for or agreed to."""
    if row.status == Refund.Status.REQUESTED:
        return _("A second person has to agree; nothing was sent yet.")
    return _("%(sum)s is on its way back.") % {"sum": row.amount.format(get_language())}
