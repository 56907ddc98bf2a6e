"""A receipt or refund note as a PDF, from its frozen facts and nothing else."""

from datetime import date

from babel.dates import format_date
from babel.numbers import get_currency_name
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.module_loading import import_string

from payments.money import babel_locale
from payments.receipts.facts import ReceiptFacts
from payments.receipts.lettering import name_is_kept, printable

# Babel's plain English writes days as an American does; paper for the world names the day first.
DATE_LOCALES = {"en": "en_GB"}


def render_pdf(facts: ReceiptFacts) -> bytes:
    """The document: PDF/A-3a and PDF/UA-1, the same bytes for the same facts.

    Raises ReceiptRenderError where the newsroom's own lines have letters that our fonts lack; a
    supporter's words never are a reason (see `lettering`).
    """
    typeset = import_string(settings.RECEIPT_PRESS)
    return typeset(receipt_html(facts))


def receipt_html(facts: ReceiptFacts) -> str:
    """The same document as HTML, for people whose PDF is not there yet."""
    language = facts.language
    context = {
        "facts": facts,
        "received_from": received_from(facts),
        "name_is_kept": name_is_kept(facts.supporter_name),
        "email": printable(facts.supporter_email),
        "method": printable(facts.method),
        "dedication": printable(facts.dedication),
        "issued_on": day(facts.issued_on, language),
        "received_on": day(facts.received_on, language),
        "gift": facts.gift.format(language),
        "cover": facts.cover.format(language) if facts.cover else "",
        "amount": facts.amount.format(language),
        "currency": currency_name(facts.currency, language),
    }
    with translation.override(language):
        return get_template("payments/receipt.html").render(context)


def received_from(facts: ReceiptFacts) -> str:
    """The name that is printed: the supporter's, else the e-mail address, else the reference."""
    return printable(facts.supporter_name) or printable(facts.supporter_email) or facts.reference


def day(moment: date, language: str) -> str:
    """A day as a reader of `language` writes it: 14 November 2026."""
    locale = DATE_LOCALES.get(language, babel_locale(language))
    return format_date(moment, format="long", locale=locale)


def currency_name(currency: str, language: str) -> str:
    """The currency's name as it stands behind a sum: euros, Japanese yen."""
    return get_currency_name(currency.upper(), count=2, locale=babel_locale(language))
