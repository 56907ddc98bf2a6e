"""The hosted payment page of a Checkout Session."""

from payments.sandbox import charging, checkout, errors, methods, paying, test_clocks
from payments.sandbox.pages import fields as form_fields
from payments.sandbox.pages import layout
from payments.sandbox.pages.layout import text

TITLES = {"payment": "Pay", "subscription": "Subscribe", "setup": "Save a card"}


def answer(box, *, method, id, query, body):
    session = box.store.objects.get(id)
    if session is None or session["object"] != "checkout.session":
        return layout.page("Not found", body="<h1>No such session</h1>", status=404)
    if session["status"] != "open":
        return said_closed(session)
    if is_orphan(box, session=session):
        return said_orphan(session)
    if method != "POST":
        return form(box, session=session, fields=form_fields.read(query))
    with test_clocks.time_of(box, ids=(session["customer"],)):
        return submit(box, session=session, fields=form_fields.read(body.decode()))


def recover(box, *, method, id, query, body):
    """The link of an expired session: a new one like it."""
    session = box.store.objects.get(id)
    if session is None or session["object"] != "checkout.session":
        return layout.page("Not found", body="<h1>No such session</h1>", status=404)
    if session["status"] == "open":
        return layout.redirect(session["url"])
    if not checkout.is_recoverable(box, session=session):
        return said_closed(session)
    return layout.redirect(checkout.recovered(box, session=session)["url"])


def said_closed(session):
    if session["status"] == "expired":
        sentence = "This payment page has expired. Nothing was charged."
        return layout.closed("Expired", sentence=sentence, link=session["cancel_url"])
    return layout.closed("Already complete", sentence="This payment page was completed before.",
                         link=success_url(session))  # fmt: skip


def is_orphan(box, *, session):
    """Whether the customer it was opened for has been deleted since."""
    return bool((box.store.objects.get(session["customer"]) or {}).get("deleted"))


def said_orphan(session):
    sentence = "This payment page is no longer available. Nothing was charged."
    return layout.closed("Not available", sentence=sentence, link=session["cancel_url"])


def success_url(session):
    url = session["success_url"] or session.get("return_url") or ""
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def submit(box, *, session, fields):
    """Take the form; back to the shop, to 3-D Secure, or to the form with what is wrong."""
    try:
        email = email_of(box, session=session, fields=fields)
        method = method_of(box, session=session, fields=fields, email=email)
    except errors.ApiError as error:
        return form(box, session=session, fields=fields, error=error, status=402)
    outcome = paying.submit(
        box, session=session, method=method, email=email, name=fields.get("name") or None
    )
    return after(box, session=session, outcome=outcome, fields=fields)


def after(box, *, session, outcome, fields):
    """Where an attempt leads."""
    if outcome == charging.ACTION:
        intent = session.get("_intent") or session["_setup"]
        return layout.redirect(f"{box.base_url}/3ds/{intent}")
    if outcome == charging.FAILED:
        error = last_error(box, session=session)
        return form(box, session=session, fields=fields, error=error, status=402)
    return layout.redirect(success_url(session))


def last_error(box, *, session):
    intent = box.store.objects[session.get("_intent") or session["_setup"]]
    error = intent.get("last_payment_error") or intent.get("last_setup_error")
    return error["message"]


def known_email(box, *, session):
    customer = box.store.objects.get(session["customer"]) or {}
    return customer.get("email") or session["customer_email"]


def email_of(box, *, session, fields):
    email = known_email(box, session=session) or fields.get("email", "").strip()
    if not checkout.plausible_email(email):
        raise errors.invalid("Your email is incomplete.", param="email")
    return email


def method_of(box, *, session, fields, email):
    billing = {"email": email, "name": fields.get("name") or None}
    kind = fields.get("payment_kind", "card")
    if kind not in session["payment_method_types"]:
        raise errors.invalid("This way to pay is not offered here.", param="payment_kind")
    if kind == "card":
        return form_fields.card_method(box, fields=fields, billing=billing)
    return form_fields.debit_method(box, kind=kind, fields=fields, billing=billing)


def form(box, *, session, fields, error=None, status=200):
    title = TITLES[session["mode"]]
    wrong = form_fields.wrong_field(error)
    debits = [kind for kind in session["payment_method_types"] if kind in methods.DEBITS.values()]
    word = "Not saved." if session["mode"] == "setup" else "Not paid."
    body = "".join((
        heading(session), form_fields.problem(error, word=word), '<form method="post" novalidate>',
        person(box, session=session, fields=fields, wrong=wrong),
        kinds(debits, chosen=fields.get("payment_kind", "card")),
        form_fields.card_fields(fields, wrong=wrong),
        form_fields.account_field(fields, wrong=wrong) if debits else "",
        f"<button>{text(action(session))}</button></form>", back(session),
        form_fields.examples(),
    ))  # fmt: skip
    return layout.page(f"Error: {title}" if error else title, body=body, status=status)


def heading(session):
    if session["mode"] == "setup":
        return "<h1>Save a card for later</h1><p>Nothing is charged today.</p>"
    name = ", ".join(line["description"] for line in session["_lines"])
    later = "" if session["amount_total"] else "<p>Nothing is charged today.</p>"
    return f'<h1>{text(name)}</h1><p class="sum">{price(session)}</p>{later}'


def price(session):
    """The whole price, with how often it is taken."""
    total = sum(line["amount_total"] for line in session["_lines"])
    shown = text(layout.amount(total, currency=session["currency"]))
    recurring = session["_lines"][0]["price"]["recurring"]
    return f"{shown} <small>{every(recurring)}</small>" if recurring else shown


def every(recurring):
    count, interval = recurring["interval_count"], recurring["interval"]
    return f"every {interval}" if count == 1 else f"every {count} {interval}s"


def person(box, *, session, fields, wrong):
    """E-mail, where nobody knows it yet, and the name."""
    email = known_email(box, session=session)
    asked = f'<p class="quiet">{text(email)}</p>'
    if not email:
        asked = form_fields.field(
            "email", label="Email", value=fields.get("email"), complete="email", kind="email",
            wrong=wrong,
        )  # fmt: skip
    name = form_fields.field(
        "name", label="Name on the card", value=fields.get("name"), complete="cc-name"
    )
    return asked + name


def kinds(debits, *, chosen):
    """The choice between card and bank debit, where there is one."""
    if not debits:
        return ""
    options = [("card", "Card"), (debits[0], "Bank debit, settles days later")]
    return form_fields.choice("payment_kind", legend="Way to pay", options=options, chosen=chosen)


def action(session):
    if session["mode"] == "setup":
        return "Save card"
    if not session["amount_total"]:
        return "Start"
    total = layout.amount(session["amount_total"], currency=session["currency"])
    recurring = session["_lines"][0]["price"]["recurring"]
    return f"Pay {total} {every(recurring)}" if recurring else f"Pay {total}"


def back(session):
    if not session["cancel_url"]:
        return ""
    return f'<p><a href="{text(session["cancel_url"])}">Cancel and go back</a></p>'
