"""The billing portal's page: what runs, another card, stop and go on, the invoices."""

import datetime
import itertools

from payments.sandbox import agreements, errors, portal
from payments.sandbox.pages import fields as form_fields
from payments.sandbox.pages import layout
from payments.sandbox.pages.layout import text

SHOWN = 24


def answer(box, *, method, id, query, body):
    session = box.store.objects.get(id)
    if session is None or session["object"] != "billing_portal.session":
        return layout.page("Not found", body="<h1>No such portal</h1>", status=404)
    if session["_expires"] < box.clock.now():
        sentence = "This link has expired. Open the portal afresh."
        return layout.closed("Expired", sentence=sentence, link=session["return_url"])
    if method == "POST":
        return act(box, session=session, fields=form_fields.read(body.decode()))
    return page(box, session=session, fields=form_fields.read(query))


def act(box, *, session, fields):
    """Do what a button says, as far as the configuration allows it."""
    features = box.store.objects[session["configuration"]]["features"]
    customer = box.store.objects[session["customer"]]
    word = fields.get("action")
    if word == "card" and features["payment_method_update"]["enabled"]:
        return _card(box, session=session, customer=customer, fields=fields)
    found = [one for one in portal.running(box, customer=customer)
             if one["id"] == fields.get("subscription")]  # fmt: skip
    if found and features["subscription_cancel"]["enabled"]:
        if word == "stop":
            portal.stop(box, subscription=found[0])
        elif word == "go on":
            portal.go_on(box, subscription=found[0])
    return layout.redirect(session["url"])


def _card(box, *, session, customer, fields):
    billing = {"email": customer["email"], "name": customer["name"]}
    try:
        method = form_fields.card_method(box, fields=fields, billing=billing)
        portal.use_card(box, customer=customer, method=method)
    except errors.ApiError as error:
        return page(box, session=session, fields=fields, error=error, status=402)
    return layout.redirect(session["url"])


def page(box, *, session, fields, error=None, status=200):
    features = box.store.objects[session["configuration"]]["features"]
    customer = box.store.objects[session["customer"]]
    parts = ["<h1>Your contributions</h1>", form_fields.problem(error, word="Not saved.")]
    stoppable = features["subscription_cancel"]["enabled"]
    for subscription in portal.running(box, customer=customer):
        parts.append(_subscription(subscription, stoppable=stoppable))
    if features["payment_method_update"]["enabled"]:
        parts.append(_card_form(fields, error=error))
    if features["invoice_history"]["enabled"]:
        parts.append(_invoices(box, customer=customer))
    if session["return_url"]:
        parts.append(f'<p><a href="{text(session["return_url"])}">Go back</a></p>')
    return layout.page("Portal", body="".join(parts), status=status)


def _subscription(subscription, *, stoppable):
    sum_ = layout.amount(agreements.amount(subscription), currency=subscription["currency"])
    every = subscription["items"]["data"][0]["price"]["recurring"]["interval"]
    end = subscription["cancel_at"]
    when = f"It ends on {day(end)}." if end else f"Next on {day(agreements.ends(subscription))}."
    word, label = ("go on", "Do not stop") if end else ("stop", "Stop at the end of the period")
    button = f"""<form method="post"><input type="hidden" name="subscription"
value="{text(subscription["id"])}"><button class="second" name="action" value="{word}">{label}
</button></form>""" if stoppable else ""  # fmt: skip
    return f"<h2>{text(sum_)} a {text(every)}</h2><p>{when}</p>{button}"


def _card_form(fields, *, error):
    wrong = form_fields.wrong_field(error)
    return (
        '<h2>Another card</h2><form method="post" novalidate>'
        f"{form_fields.card_fields(fields, wrong=wrong)}"
        '<button name="action" value="card">Use this card</button></form>'
    )


def _invoices(box, *, customer):
    found = box.store.newest("invoice", customer=customer["id"])
    lines = "".join(
        f'<li><a href="{text(one["hosted_invoice_url"])}"><span>{text(one["number"])},'
        f" {day(one['created'])}</span><span>{text(one['status'])}</span></a></li>"
        for one in itertools.islice(found, SHOWN)
        if one["hosted_invoice_url"]
    )
    return f'<h2>Invoices</h2><ul class="cards">{lines}</ul>' if lines else ""


def day(epoch):
    moment = datetime.datetime.fromtimestamp(epoch, datetime.UTC)
    return f"{moment.day} {moment:%B %Y}"
