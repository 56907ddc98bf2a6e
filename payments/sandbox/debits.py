"""Bank debits: what follows when the bank answers, days after the promise."""

from payments.sandbox import charging, cycle, paying


def settle_due(box, id):
    intent = box.store.objects[id]
    if intent["status"] != "processing":
        return
    paid = charging.settle_debit(box, intent=intent)
    invoice = box.store.objects.get(intent.get("_invoice"))
    if invoice is not None:
        outcome = charging.SUCCEEDED if paid else charging.FAILED
        cycle.settle(box, invoice=invoice, outcome=outcome)
    paying.settled(box, intent=intent, paid=paid)
