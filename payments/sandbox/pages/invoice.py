"""The hosted page of an invoice: pay what is open, with the card on file or another one."""

from payments.sandbox import charging, cycle, errors, invoices, methods, test_clocks
from payments.sandbox.pages import fields as form_fields
from payments.sandbox.pages import layout
from payments.sandbox.pages.layout import text

SENTENCES = {
    "paid": "This invoice is paid.",
    "void": "This invoice is no longer collected. Nothing is due.",
    "draft": "This invoice is not final yet. Nothing is due.",
}


def answer(box, *, method, id, query, body):
    invoice = box.store.objects.get(id)
    if invoice is None or invoice["object"] != "invoice":
        return layout.page("Not found", body="<h1>No such invoice</h1>", status=404)
    if invoice["status"] in SENTENCES:
        return layout.closed(f"Invoice {invoice['number'] or ''}".strip(),
                             sentence=SENTENCES[invoice["status"]])  # fmt: skip
    if box.store.objects[invoice["customer"]].get("deleted"):
        return layout.closed(f"Invoice {invoice['number']}", sentence=SENTENCES["void"])
    if invoices.under_way(box, invoice=invoice):
        sentence = "A payment for this invoice is on its way. Nothing else is due."
        return layout.closed(f"Invoice {invoice['number']}", sentence=sentence)
    if method != "POST":
        return form(box, invoice=invoice, fields=form_fields.read(query))
    with test_clocks.time_of(box, ids=(id,)):
        return pay(box, invoice=invoice, fields=form_fields.read(body.decode()))


def pay(box, *, invoice, fields):
    """Charge the card that was typed in, or the one on file when none was."""
    try:
        method = method_of(box, invoice=invoice, fields=fields)
    except errors.ApiError as error:
        return form(box, invoice=invoice, fields=fields, error=error, status=402)
    outcome = cycle.collect(box, invoice=invoice, off_session=False, method=method, by_hand=True)
    intent = invoices.intent_of(box, invoice=invoice)
    if outcome == charging.ACTION:
        return layout.redirect(f"{box.base_url}/3ds/{intent['id']}")
    if outcome == charging.FAILED:
        why = (intent["last_payment_error"] or {}).get("message", "There is no card on file.")
        return form(box, invoice=invoice, fields=fields, error=why, status=402)
    return layout.redirect(f"{box.base_url}/i/{invoice['id']}")


def method_of(box, *, invoice, fields):
    if not fields.get("card_number") and cycle.method_for(box, invoice=invoice):
        return None
    billing = {"email": invoice["customer_email"], "name": invoice["customer_name"]}
    method = form_fields.card_method(box, fields=fields, billing=billing)
    return methods.attach(box, method=method, customer=invoice["customer"])


def form(box, *, invoice, fields, error=None, status=200):
    total = layout.amount(invoice["amount_remaining"], currency=invoice["currency"])
    known = cycle.method_for(box, invoice=invoice)
    on_file = ""
    if known and known["type"] == "card":
        on_file = f"<p>Leave the card empty to use the one ending {known['card']['last4']}.</p>"
    body = "".join((
        f'<h1>Invoice {text(invoice["number"])}</h1><p class="sum">{text(total)}</p>',
        form_fields.problem(error), on_file, '<form method="post" novalidate>',
        form_fields.card_fields(fields, wrong=form_fields.wrong_field(error)),
        f"<button>Pay {text(total)}</button></form>", form_fields.examples(),
    ))  # fmt: skip
    title = "Pay invoice"
    return layout.page(f"Error: {title}" if error else title, body=body, status=status)
