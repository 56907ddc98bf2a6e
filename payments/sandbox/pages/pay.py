"""The hosted payment page of a Checkout Session."""

import datetime
import re
import urllib.parse

from payments.sandbox import cards, charging, errors, methods, paying
from payments.sandbox.pages import layout
from payments.sandbox.pages.layout import text

TITLES = {"payment": "Pay", "subscription": "Subscribe", "setup": "Save a card"}


def answer(box, *, method, id, query, body):
    session = box.store.objects.get(id)
    if session is None or session["object"] != "checkout.session":
        return layout.page("Not found", body="<h1>No such session</h1>", status=404)
    if session["status"] != "open":
        return said_closed(session)
    if method == "POST":
        return submit(box, session=session, fields=fields_of(body.decode()))
    return form(session, fields=fields_of(query))


def fields_of(encoded):
    return dict(urllib.parse.parse_qsl(encoded, keep_blank_values=True))


def said_closed(session):
    if session["status"] == "expired":
        sentence = "This payment page has expired. Nothing was charged."
        return layout.closed("Expired", sentence=sentence, link=session["cancel_url"])
    return layout.closed("Already complete", sentence="This payment page was completed before.",
                         link=success_url(session))  # fmt: skip


def success_url(session):
    url = session["success_url"] or session.get("return_url") or ""
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def submit(box, *, session, fields):
    """Take the form; back to the shop, to 3-D Secure, or to the form with what is wrong."""
    try:
        method = method_of(box, session=session, fields=fields)
        email = email_of(box, session=session, fields=fields)
    except errors.ApiError as error:
        return form(session, fields=fields, wrong=str(error), status=402)
    outcome = paying.submit(
        box, session=session, method=method, email=email, name=fields.get("name") or None
    )
    return after(box, session=session, outcome=outcome, fields=fields)


def after(box, *, session, outcome, fields):
    if outcome == charging.ACTION:
        intent = session.get("_intent") or session["setup_intent"]
        return layout.redirect(f"{box.base_url}/3ds/{intent}")
    if outcome == charging.FAILED:
        return form(session, fields=fields, wrong=last_error(box, session=session), status=402)
    return layout.redirect(success_url(session))


def last_error(box, *, session):
    intent = box.store.objects[session.get("_intent") or session["setup_intent"]]
    error = intent.get("last_payment_error") or intent.get("last_setup_error")
    return error["message"]


def email_of(box, *, session, fields):
    customer = box.store.objects.get(session["customer"]) or {}
    email = customer.get("email") or session["customer_email"] or fields.get("email", "").strip()
    if "@" not in (email or ""):
        raise errors.invalid("Your email is incomplete.", param="email")
    return email


def method_of(box, *, session, fields):
    billing = {"email": fields.get("email") or session["customer_email"],
               "name": fields.get("name") or None}  # fmt: skip
    kind = fields.get("payment_kind", "card")
    if kind != "card":
        if kind not in session["payment_method_types"]:
            raise errors.invalid("This way to pay is not offered here.")
        account = re.sub(r"\s", "", fields.get("account") or methods.GOOD_ACCOUNT)
        return methods.new_debit(box, kind=kind, account=account, billing=billing)
    number = re.sub(r"[\s-]", "", fields.get("card_number", ""))
    if not re.fullmatch(r"\d{13,19}", number) or not cards.passes_luhn(number):
        raise errors.invalid("Your card number is invalid.", code="incorrect_number")
    if not re.fullmatch(r"\d{3,4}", fields.get("cvc", "").strip()):
        raise errors.invalid("Your card's security code is incomplete.", code="invalid_cvc")
    exp = expiry(fields.get("exp", ""), now=box.clock.now())
    return methods.new_card(box, number=number, exp=exp, billing=billing)


def expiry(given, *, now):
    """(month, year) from "12/34" or "12 / 2034"; the past is refused."""
    match = re.fullmatch(r"\s*(\d{1,2})\s*[/-]?\s*(\d{2}|\d{4})\s*", given)
    if match is None or not 1 <= int(match[1]) <= 12:
        raise errors.invalid("Your card's expiration date is incomplete.", code="invalid_expiry")
    month, year = int(match[1]), int(match[2]) % 100 + 2000
    today = datetime.datetime.fromtimestamp(now, datetime.UTC)
    if (year, month) < (today.year, today.month):
        raise errors.invalid("Your card's expiration date is in the past.", code="expired_card")
    return month, year


def form(session, *, fields, wrong=None, status=200):
    title = TITLES[session["mode"]]
    body = "".join((
        heading(session), problem(wrong), '<form method="post" novalidate>',
        person(session, fields),
        kinds(session, chosen=fields.get("payment_kind", "card")), card_fields(fields),
        account_field(session, fields), f"<button>{text(action(session))}</button></form>",
        back(session), examples(),
    ))  # fmt: skip
    return layout.page(f"Error: {title}" if wrong else title, body=body, status=status)


def heading(session):
    if session["mode"] == "setup":
        return "<h1>Save a card for later</h1><p>Nothing is charged today.</p>"
    lines = session["_lines"]
    name = ", ".join(line["description"] for line in lines)
    total = layout.amount(session["amount_total"], currency=session["currency"])
    recurring = lines[0]["price"]["recurring"]
    every = f" <small>every {recurring['interval']}</small>" if recurring else ""
    return f'<h1>{text(name)}</h1><p class="sum">{text(total)}{every}</p>'


def problem(wrong):
    if not wrong:
        return ""
    return f'<div class="wrong" role="alert"><strong>Not paid.</strong> {text(wrong)}</div>'


def person(session, fields):
    email = session["customer_email"] or fields.get("email", "")
    shown = field("email", label="Email", value=email, complete="email", kind="email")
    if session["customer"]:
        shown = ""
    return shown + field("name", label="Name on the card", value=fields.get("name"),
                         complete="cc-name")  # fmt: skip


def field(name, *, label, value, complete, kind="text", extra=""):
    return (
        f'<label for="{name}">{text(label)}</label><input type="{kind}" id="{name}" name="{name}"'
        f' value="{text(value)}" autocomplete="{complete}"{extra}>'
    )


def kinds(session, *, chosen):
    """The choice between card and bank debit, where there is one."""
    offered = session["payment_method_types"]
    debits = [kind for kind in offered if kind in methods.DEBITS.values()]
    if not debits:
        return ""
    names = [("card", "Card"), (debits[0], "Bank debit (settles days later)")]
    choices = "".join(
        f'<label class="choice"><input type="radio" name="payment_kind" value="{kind}"'
        f"{' checked' if kind == chosen else ''}> {text(name)}</label>"
        for kind, name in names
    )
    return f"<fieldset><legend>Way to pay</legend>{choices}</fieldset>"


def card_fields(fields):
    numeric = ' inputmode="numeric"'
    number = fields.get("card_number") or fields.get("card")
    filled = "card" in fields
    return (
        field("card_number", label="Card number", value=number, complete="cc-number",
              extra=numeric)
        + '<div class="pair"><div>'
        + field("exp", label="Expires (MM/YY)", complete="cc-exp", extra=numeric,
                value=fields.get("exp") or ("12/34" if filled else ""))
        + "</div><div>"
        + field("cvc", label="Security code", complete="cc-csc", extra=numeric,
                value=fields.get("cvc") or ("123" if filled else ""))
        + "</div></div>"
    )  # fmt: skip


def account_field(session, fields):
    if not set(session["payment_method_types"]) & set(methods.DEBITS.values()):
        return ""
    return (
        field("account", label="Account number, for bank debit", complete="off",
              value=fields.get("account") or methods.GOOD_ACCOUNT)
        + f'<p class="quiet">{methods.GOOD_ACCOUNT} settles;'
        f" {methods.FAILING_ACCOUNT} fails.</p>"
    )  # fmt: skip


def action(session):
    if session["mode"] == "setup":
        return "Save card"
    total = layout.amount(session["amount_total"], currency=session["currency"])
    recurring = session["_lines"][0]["price"]["recurring"]
    return f"Pay {total} every {recurring['interval']}" if recurring else f"Pay {total}"


def back(session):
    if not session["cancel_url"]:
        return ""
    return f'<p><a href="{text(session["cancel_url"])}">Cancel and go back</a></p>'


def examples():
    rows = "".join(
        f'<li><a href="?card={number}"><span>{grouped(number)}</span><span>{text(what)}</span>'
        "</a></li>"
        for number, what in cards.SHOWN
    )
    return f'<h2>Test cards</h2><p class="quiet">Choose one to fill the form in.</p>' \
           f'<ul class="cards">{rows}</ul>'  # fmt: skip


def grouped(number):
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
