"""The account's money: balance transactions, what is pending and what is available."""

from decimal import Decimal

from payments.sandbox import lists, made, render
from payments.sandbox.clock import DAY
from payments.sandbox.spec import blank

KINDS_OF_CATEGORY = {
    "charge": "charge", "payment": "charge", "refund": "refund", "payment_refund": "refund",
    "refund_failure": "refund_failure", "adjustment": "dispute", "payout": "payout",
    "payout_failure": "payout_reversal", "payment_failure_refund": "charge_failure",
}  # fmt: skip


def record(box, *, type, amount, currency, source, fee=0, description=None, category=None,
           delay_days=None, fee_description="Stripe processing fees"):  # fmt: skip
    """A balance transaction; `delay_days` of 0 makes it available at once."""
    charged, (currency, rate) = currency, settled(box, currency=currency)
    if currency != charged:
        amount, fee = round(amount * rate), round(fee * rate)
    now = box.clock.now()
    delay = box.settings.available_days if delay_days is None else delay_days
    details = {
        "amount": fee, "application": None, "currency": currency,
        "description": fee_description, "type": "stripe_fee",
    }  # fmt: skip
    transaction = made.make(
        box, "balance_transaction", prefix="txn", amount=amount, currency=currency, fee=fee,
        fee_details=[details] if fee else [], net=amount - fee, type=type, source=source,
        description=description, balance_type="payments",
        reporting_category=category or KINDS_OF_CATEGORY[type],
        exchange_rate=float(rate) if currency != charged else None,
        status="pending" if delay else "available", available_on=now + delay * DAY, _payout=None,
    )  # fmt: skip
    if delay:
        box.agenda.add(transaction["available_on"], kind="available", id=transaction["id"])
    return transaction


def settled(box, *, currency):
    """The currency that a charge's money is kept in, and what one unit becomes in it."""
    other = box.settings.settles_in.get(currency, {"currency": currency, "rate": "1"})
    return other["currency"], Decimal(other["rate"])


def fee_for(box, amount):
    """Our fee model: a share rounded half up, plus a fixed sum."""
    settings = box.settings
    return (amount * settings.fee_percent_hundredths + 5000) // 10000 + settings.fee_fixed


def available_due(box, id):
    transaction = box.store.objects[id]
    made.change(box, transaction, changes={"status": "available"})


def attach_due(box, id):
    """Give a charge its balance transaction, a few seconds after the money was taken."""
    charge = box.store.objects[id]
    if charge["balance_transaction"] is None and charge["status"] == "succeeded":
        attach(box, charge=charge)


def attach(box, *, charge):
    transaction = record(
        box, type="charge" if charge["payment_method_details"]["type"] == "card" else "payment",
        amount=charge["amount"], currency=charge["currency"], source=charge["id"],
        fee=fee_for(box, charge["amount"]), description=charge["description"],
        delay_days=0 if charge.get("_at_once") else None,
    )  # fmt: skip
    before = render.snapshot(charge)
    made.change(box, charge, changes={"balance_transaction": transaction["id"]})
    box.emit("charge.updated", charge, before=before)


def take_back(box, *, charge):
    """Book the return of a debit that the balance held already."""
    transaction = record(
        box, type="payment_failure_refund", amount=-charge["amount"],
        currency=charge["currency"], source=charge["id"], delay_days=0,
        description="PAYMENT FAILURE REFUND",
    )  # fmt: skip
    made.change(box, charge, changes={"failure_balance_transaction": transaction["id"]})


def totals(box):
    """Net by (currency, status) of what is not paid out: what is, sums to nothing."""
    sums = {}
    for transaction in box.store.work["unpaid"].values():
        key = transaction["currency"], transaction["status"]
        sums[key] = sums.get(key, 0) + transaction["net"]
    return sums


def held(box, *, currency):
    """What the account holds in a currency, available or pending."""
    return sum(net for (name, _), net in totals(box).items() if name == currency)


def covers(box, *, amount, currency):
    """Whether a sum of a charge's currency can be sent back from what the account holds."""
    kept, rate = settled(box, currency=currency)
    return held(box, currency=kept) >= round(amount * rate)


def retrieve(call):
    sums = totals(call.box)
    currencies = sorted({currency for currency, _ in sums}) or ["eur"]

    def part(status):
        return [
            {"amount": sums.get((currency, status), 0), "currency": currency}
            for currency in currencies
        ]

    return {**blank("balance"), "available": part("available"), "pending": part("pending")}


def retrieve_transaction(call):
    return call.box.store.get("balance_transaction", id=call.id)


def list_transactions(call):
    params = call.params
    found = call.box.store.newest(
        "balance_transaction", _payout=params.get("payout"), type=params.get("type"),
        currency=params.get("currency"), source=params.get("source"),
    )  # fmt: skip
    found = lists.in_range(found, field="created", wanted=params.get("created"))
    return lists.Listing(found, url="/v1/balance_transactions")
