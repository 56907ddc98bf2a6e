"""The parts of a payment form, and what a person typed into them."""

import datetime
import re
import urllib.parse

from payments.sandbox import cards, errors, methods
from payments.sandbox.pages.layout import text

NUMERIC = ' inputmode="numeric"'


def read(encoded):
    """The fields of a form or a query."""
    return dict(urllib.parse.parse_qsl(encoded, keep_blank_values=True))


def card_method(box, *, fields, billing):
    """A payment method from the card fields, or what is wrong with them."""
    number = re.sub(r"[\s-]", "", fields.get("card_number", ""))
    if not re.fullmatch(r"\d{13,19}", number) or not cards.passes_luhn(number):
        raise errors.invalid("Your card number is invalid.", param="card_number")
    exp = expiry(fields.get("exp", ""), now=box.clock.now())
    if not re.fullmatch(r"\d{3,4}", fields.get("cvc", "").strip()):
        raise errors.invalid("Your card's security code is incomplete.", param="cvc")
    return methods.new_card(box, number=number, exp=exp, billing=billing)


def debit_method(box, *, kind, fields, billing):
    account = re.sub(r"\s", "", fields.get("account") or methods.GOOD_ACCOUNT)
    if not account.isalnum() or not account.isascii():
        raise errors.invalid("Your account number is invalid.", param="account")
    return methods.new_debit(box, kind=kind, account=account, billing=billing)


def expiry(given, *, now):
    """(month, year) from "12/34" or "12 / 2034"; the past is refused."""
    match = re.fullmatch(r"\s*(\d{1,2})\s*[/-]?\s*(\d{2}|\d{4})\s*", given)
    if match is None or not 1 <= int(match[1]) <= 12:
        raise errors.invalid("Your card's expiration date is incomplete.", param="exp")
    month, year = int(match[1]), int(match[2]) % 100 + 2000
    today = datetime.datetime.fromtimestamp(now, datetime.UTC)
    if (year, month) < (today.year, today.month):
        raise errors.invalid("Your card's expiration date is in the past.", param="exp")
    return month, year


def field(name, *, label, value, complete, kind="text", extra="", wrong=None):
    """A labelled input; `wrong` names the field that the error above is about."""
    marked = ' aria-invalid="true" aria-describedby="problem"' if wrong == name else ""
    return (
        f'<label for="{name}">{text(label)}</label><input type="{kind}" id="{name}" name="{name}"'
        f' value="{text(value)}" autocomplete="{complete}"{extra}{marked}>'
    )


def problem(error, *, word="Not paid."):
    """The sentence on top of a form that was refused."""
    if error is None:
        return ""
    return (
        '<div class="wrong" role="alert" id="problem">'
        f"<strong>{text(word)}</strong> {text(error)}</div>"
    )


def wrong_field(error):
    return getattr(error, "fields", {}).get("param")


def card_fields(fields, *, wrong=None):
    """Number, expiry and code; `?card=` in the address fills them in."""
    filled = "card" in fields
    exp = fields.get("exp") or ("12/34" if filled else "")
    cvc = fields.get("cvc") or ("123" if filled else "")
    number = fields.get("card_number") or fields.get("card")
    return "".join((
        '<div class="card">',
        field("card_number", label="Card number", value=number, complete="cc-number",
              extra=NUMERIC, wrong=wrong),
        '<div class="pair"><div>',
        field("exp", label="Expires (MM/YY)", value=exp, complete="cc-exp", extra=NUMERIC,
              wrong=wrong),
        "</div><div>",
        field("cvc", label="Security code", value=cvc, complete="cc-csc", extra=NUMERIC,
              wrong=wrong),
        "</div></div></div>",
    ))  # fmt: skip


def account_field(fields, *, wrong=None):
    value = fields.get("account") or methods.GOOD_ACCOUNT
    return (
        '<div class="debit">'
        + field("account", label="Account number, for bank debit", value=value, complete="off",
                wrong=wrong)
        + f'<p class="quiet">{methods.GOOD_ACCOUNT} settles,'
        f" {methods.FAILING_ACCOUNT} fails.</p></div>"
    )  # fmt: skip


def choice(name, *, legend, options, chosen):
    """Radio buttons: (value, words) pairs."""
    buttons = "".join(
        f'<label class="choice"><input type="radio" name="{name}" value="{value}"'
        f"{' checked' if value == chosen else ''}> {text(words)}</label>"
        for value, words in options
    )
    return f"<fieldset><legend>{text(legend)}</legend>{buttons}</fieldset>"


def examples():
    rows = "".join(
        f'<li><a href="?card={number}"><span>{spaced(number)}</span>'
        f" <span>{text(what)}</span></a></li>"
        for number, what in cards.SHOWN
    )
    return (
        '<h2>Test cards</h2><p class="quiet">Choose one to fill the form in.</p>'
        f'<ul class="cards">{rows}</ul>'
    )


def spaced(number):
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
