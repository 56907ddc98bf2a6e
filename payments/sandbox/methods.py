"""Payment methods: cards by number or by Stripe's test ids, and bank debits."""

import datetime

from payments.sandbox import cards, errors, lists, made, render
from payments.sandbox.spec import blank

DEBITS = {
    "eur": "sepa_debit", "usd": "us_bank_account", "gbp": "bacs_debit", "cad": "acss_debit",
    "aud": "au_becs_debit",
}  # fmt: skip
FAILING_ACCOUNT = "DE62370400440532013001"
# Settles; weeks later its owner objects, and the bank takes the money back.
RETURNED_ACCOUNT = "DE35370400440532013002"
GOOD_ACCOUNT = "DE89370400440532013000"


def new_card(box, *, number, exp=(12, 2034), billing=None):
    card = cards.known(number)
    month, year = exp
    return made.make(
        box, "payment_method", prefix="pm", type="card", allow_redisplay="unspecified",
        billing_details=billing_details(billing), _number=number, _set_up=False,
        card=blank("payment_method", "card") | {
            "brand": card.brand, "country": card.country, "display_brand": card.brand,
            "exp_month": month, "exp_year": year, "fingerprint": fingerprint(number),
            "funding": "credit", "last4": card.last4, "regulated_status": "unregulated",
            "checks": {"address_line1_check": None, "address_postal_code_check": None,
                       "cvc_check": "pass"},
            "networks": {"available": [card.brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
        },
    )  # fmt: skip


def new_debit(box, *, kind, account, billing=None):
    """A bank account that settles days later; one well-known number fails instead."""
    return made.make(
        box, "payment_method", prefix="pm", type=kind, allow_redisplay="unspecified",
        billing_details=billing_details(billing), _number=account, _set_up=True,
        **{kind: debit_details(kind, account=account)},
    )  # fmt: skip


def debit_details(kind, *, account):
    details = blank("payment_method", kind)
    details |= {"fingerprint": fingerprint(account), "last4": account[-4:]}
    if kind == "sepa_debit":
        details |= {"bank_code": account[4:12], "branch_code": "", "country": account[:2]}
    return details


def fingerprint(number):
    return f"fp{int(number[-12:], 36):016x}"[:16]


def billing_details(given):
    empty = {"address": address(None), "email": None, "name": None, "phone": None, "tax_id": None}
    return {**empty, **(given or {})}


def address(given):
    names = ("city", "country", "line1", "line2", "postal_code", "state")
    return {name: (given or {}).get(name) for name in names}


def card_of(method):
    return cards.known(method["_number"]) if method["type"] == "card" else None


def resolve(box, *, id, param=None):
    """A stored payment method, or a new one for a test id such as pm_card_visa."""
    if id in cards.NAMED:
        return new_card(box, number=cards.NAMED[id].number)
    return box.store.get("payment_method", id=id, param=param)


def attached(box, *, id, customer, param):
    """A payment method that belongs to the customer."""
    method = resolve(box, id=id, param=param)
    if method["customer"] != customer:
        raise errors.invalid(
            "The customer does not have a payment method with the ID"
            f" {id}. The payment method must be attached to the customer.",
            param=param,
            code="resource_missing",
        )
    return method


def attach(box, *, method, customer):
    card = card_of(method)
    if card and card.decline and not card.later and not card.authentication:
        raise declined(card)
    if method["customer"] not in (None, customer):
        raise errors.refused("The payment method is already attached to another customer.")
    if method["customer"] is None:
        made.change(box, method, changes={"customer": customer})
        box.emit("payment_method.attached", method)
    return method


def attach_by_hand(box, *, method, customer):
    """Attach what no page has set up: a bank that wants to see its owner first still does."""
    card = card_of(method)
    method["_set_up"] = method["_set_up"] or not (card and card.authentication)
    return attach(box, method=method, customer=customer)


def declined(card):
    code, decline_code = card.decline
    message = cards.decline_message(code, decline_code=decline_code)
    return errors.ApiError(
        message, status=402, type="card_error", kept=True, code=code, decline_code=decline_code
    )


def expired(method, *, now):
    """Whether the card's last month is over."""
    if method["type"] != "card":
        return False
    today = datetime.datetime.fromtimestamp(now, datetime.UTC)
    card = method["card"]
    return (card["exp_year"], card["exp_month"]) < (today.year, today.month)


def create(call):
    box, params = call.box, call.params
    kind, card = params.get("type", "card"), params.get("card") or {}
    billing = params.get("billing_details")
    if kind in DEBITS.values():
        account = (params.get(kind) or {}).get("iban", GOOD_ACCOUNT)
        return new_debit(box, kind=kind, account=account, billing=billing)
    if "token" in card:
        named = cards.NAMED.get(card["token"].replace("tok_", "pm_card_", 1))
        if named is None:
            raise errors.missing_reference("token", id=card["token"], param="card[token]")
        return new_card(box, number=named.number, billing=billing)
    for name in ("number", "exp_month", "exp_year"):
        if name not in card:
            raise errors.required(f"card[{name}]")
    exp = (card["exp_month"], card["exp_year"])
    return new_card(box, number=str(card["number"]), exp=exp, billing=billing)


def retrieve(call):
    return resolve(call.box, id=call.id)


def update(call):
    box, params = call.box, call.params
    method = box.store.get("payment_method", id=call.id)
    before = render.snapshot(method)
    changes = {name: params[name] for name in ("metadata", "allow_redisplay") if name in params}
    if "billing_details" in params:
        changes["billing_details"] = {**method["billing_details"], **params["billing_details"]}
    made.change(box, method, changes=changes)
    if "card" in params and method["type"] == "card":
        method["card"].update(params["card"])
        box.store.put(method)
    box.emit("payment_method.updated", method, before=before)
    return method


def update_by_network(box, *, method, number=None, exp=None):
    """The card's network tells of a renewed card: another number, another date, or both."""
    before = render.snapshot(method)
    card = dict(method["card"])
    if number:
        known = cards.known(number)
        method["_number"] = number
        card |= {"last4": known.last4, "brand": known.brand, "fingerprint": fingerprint(number)}
    if exp:
        card |= {"exp_month": exp[0], "exp_year": exp[1]}
    made.change(box, method, changes={"card": card})
    box.emit("payment_method.automatically_updated", method, before=before)
    return method


def attach_call(call):
    box = call.box
    if "customer" not in call.params:
        raise errors.required("customer")
    customer = box.store.get("customer", id=call.params["customer"], param="customer")
    return attach_by_hand(box, method=resolve(box, id=call.id), customer=customer["id"])


def detach_call(call):
    box = call.box
    method = box.store.get("payment_method", id=call.id)
    if method["customer"] is None:
        raise errors.refused("The payment method you provided is not attached to a customer.")
    before = render.snapshot(method)
    made.change(box, method, changes={"customer": None})
    box.emit("payment_method.detached", method, before=before)
    return method


def index(call):
    return lists.listing(
        call, kind="payment_method", url="/v1/payment_methods",
        same=("allow_redisplay", "customer", "customer_account", "type"),
    )  # fmt: skip


def index_of_customer(call):
    box = call.box
    customer = box.store.get("customer", id=call.id)
    wanted = {"customer": customer["id"], "type": call.params.get("type")}
    found = box.store.newest("payment_method", **wanted)
    return lists.Listing(found, url=f"/v1/customers/{customer['id']}/payment_methods")
