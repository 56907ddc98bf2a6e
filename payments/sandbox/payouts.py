"""Daily automatic payouts of what is available, currency by currency."""

from payments.sandbox import balance, lists, made, periods, render
from payments.sandbox.clock import MINUTE


def pay_out(box):
    """Pay out every currency whose available sum is positive.

    A negative one carries over, or is taken from the bank where the account is set so.
    """
    if not box.settings.payouts:
        return
    open_ones = {}
    for transaction in box.store.work["unpaid"].values():
        if transaction["status"] == "available":
            open_ones.setdefault(transaction["currency"], []).append(transaction)
    for currency, transactions in sorted(open_ones.items()):
        net = sum(transaction["net"] for transaction in transactions)
        if net > 0 or (net < 0 and box.settings.debit_negative_balances):
            make(box, currency=currency, transactions=transactions)


def make(box, *, currency, transactions):
    amount = sum(transaction["net"] for transaction in transactions)
    now = box.clock.now()
    payout = made.make(
        box, "payout", prefix="po", amount=amount, arrival_date=periods.next_midnight(now),
        automatic=True, currency=currency, description="STRIPE PAYOUT", destination="ba_sandbox",
        metadata={}, method="standard", reconciliation_status="in_progress", source_type="card",
        status="pending", type="bank_account",
    )  # fmt: skip
    for transaction in transactions:
        made.change(box, transaction, changes={"_payout": payout["id"]})
    own = balance.record(
        box, type="payout", amount=-amount, currency=currency, source=payout["id"],
        description="STRIPE PAYOUT", delay_days=0,
    )  # fmt: skip
    made.change(box, own, changes={"_payout": payout["id"]})
    made.change(box, payout, changes={"balance_transaction": own["id"]})
    box.emit("payout.created", payout)
    box.agenda.add(now + 10 * MINUTE, kind="payout_moves", id=payout["id"])
    return payout


def move_due(box, id):
    """pending → in_transit → paid, then its content is complete."""
    payout = box.store.objects[id]
    if payout["status"] == "pending":
        before = render.snapshot(payout)
        made.change(box, payout, changes={"status": "in_transit"})
        box.emit("payout.updated", payout, before=before)
        box.agenda.add(payout["arrival_date"], kind="payout_moves", id=id)
    elif payout["status"] == "in_transit":
        made.change(box, payout, changes={"status": "paid"})
        box.emit("payout.paid", payout)
        made.change(box, payout, changes={"reconciliation_status": "completed"})
        box.emit("payout.reconciliation_completed", payout)


def fail(box, *, payout):
    """The bank sent the payout back: its sum returns to the balance for the next day."""
    transaction = balance.record(
        box, type="payout_failure", amount=payout["amount"], currency=payout["currency"],
        source=payout["id"], description="PAYOUT FAILURE", delay_days=0,
    )  # fmt: skip
    changes = {"status": "failed", "failure_code": "account_closed",
               "failure_message": "The bank account has been closed",
               "failure_balance_transaction": transaction["id"]}  # fmt: skip
    made.change(box, payout, changes=changes)
    box.emit("payout.failed", payout)


def retrieve(call):
    return call.box.store.get("payout", id=call.id)


def index(call):
    params = call.params
    found = call.box.store.newest(
        "payout", status=params.get("status"), destination=params.get("destination")
    )
    found = lists.in_range(found, field="arrival_date", wanted=params.get("arrival_date"))
    found = lists.in_range(found, field="created", wanted=params.get("created"))
    return lists.Listing(found, url="/v1/payouts")
