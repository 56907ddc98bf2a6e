"""Why money cannot be sent back, in a sentence for each of the service's codes."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

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
