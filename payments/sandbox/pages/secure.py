"""The 3-D Secure page: the bank asks, a person approves or refuses."""

from payments.sandbox import charging, cycle, paying, setup_intents
from payments.sandbox.pages import fields, layout, pay

BODY = """<h1>Your bank asks: is this you?</h1>
<p>3-D Secure test page. Approve to go on, refuse to see what a refusal does.</p>
<form method="post"><button name="answer" value="approve">Approve</button>
<button class="second" name="answer" value="refuse">Refuse</button></form>"""


def answer(box, *, method, id, query, body):
    intent = box.store.objects.get(id)
    if intent is None or intent["status"] != charging.ACTION:
        sentence = "There is nothing to confirm here any more."
        return layout.closed("Nothing to confirm", sentence=sentence)
    if method != "POST":
        return layout.page("Confirm with your bank", body=BODY)
    approved = fields.read(body.decode()).get("answer") == "approve"
    session = session_of(box, intent=intent)
    if session is None and intent["object"] == "setup_intent":
        return confirm_setup(box, intent=intent, approved=approved)
    if session is None:
        return confirm_invoice(box, intent=intent, approved=approved)
    if session["status"] != "open":
        return pay.said_closed(session)
    if pay.is_orphan(box, session=session):
        return pay.said_orphan(session)
    outcome = paying.authenticated(box, session=session, approved=approved)
    return pay.after(box, session=session, outcome=outcome, fields={})


def session_of(box, *, intent):
    return box.store.objects.get(intent.get("_session"))


def confirm_setup(box, *, intent, approved):
    """The answer for a card that is set up without a session."""
    answered = setup_intents.succeed if approved else setup_intents.refuse
    answered(box, intent=intent)
    sentence = "Thank you, the card can be used." if approved else "The card was not saved."
    return layout.closed("Saved" if approved else "Not saved", sentence=sentence)


def confirm_invoice(box, *, intent, approved):
    """The answer for a renewal whose bank wanted to see the card's owner."""
    invoice = box.store.objects.get(intent.get("_invoice"))
    outcome = charging.FAILED
    if approved:
        method = box.store.objects[intent["payment_method"]]
        outcome = charging.attempt(box, intent=intent, method=method, authenticated=True)
    else:
        charging.refuse_authentication(box, intent=intent)
    if invoice is not None and outcome == charging.SUCCEEDED:
        cycle.settle(box, invoice=invoice, outcome=outcome)
    paid = outcome == charging.SUCCEEDED
    sentence = "Thank you, the payment went through." if paid else "The payment was not made."
    return layout.closed("Paid" if paid else "Not paid", sentence=sentence)
