"""The page of whoever runs the sandbox: its clock, and what banks and networks can bring about."""

import datetime
import itertools

from payments.sandbox.pages import layout
from payments.sandbox.pages.layout import text

SHOWN = 30
STEPS = ((3600, "an hour"), (86400, "a day"), (7 * 86400, "a week"))
CLOSED = ("won", "lost", "warning_closed", "prevented")


def page(box):
    now = when(box.clock.now())
    parts = [
        f"<h1>Sandbox</h1><p>The clock says {now} UTC, as all times here.</p>",
        "".join(button("clock/advance", f"Advance {name}", seconds=n) for n, name in STEPS),
        f"<p>{len(box.deliveries.waiting)} deliveries wait, {len(box.deliveries.failed)} were"
        f" given up or dropped. {len(box.faults.waiting)} faults wait to strike.</p>",
        table("Balance", head=("Currency", "State", "Sum"), rows=balances(box)),
        table("Sessions", head=("Made", "Session", "Mode", "Status"), rows=sessions(box)),
        table("Charges", head=("Made", "Charge", "Sum", "Status", "Bring about"),
              rows=charges(box)),
        table("Disputes", head=("Opened", "Dispute", "Sum", "Status", "The bank says"),
              rows=disputes(box)),
        table("Refunds", head=("Made", "Refund", "Sum", "Status", ""), rows=refunds(box)),
        table("Payouts", head=("Made", "Payout", "Sum", "Status", ""), rows=payouts(box)),
        table("Events", head=("Happened", "Type", "Event", ""), rows=events(box)),
    ]  # fmt: skip
    return layout.page("Sandbox", body="".join(part for part in parts if part), wide=True)


def when(epoch):
    moment = datetime.datetime.fromtimestamp(epoch, datetime.UTC)
    return f"{moment.day} {moment:%b %Y, %H:%M:%S}"


def newest(box, kind):
    return itertools.islice(box.store.newest(kind), SHOWN)


def balances(box):
    from_them = box.store.work["unpaid"].values()
    sums = {}
    for one in from_them:
        key = one["currency"], one["status"]
        sums[key] = sums.get(key, 0) + one["net"]
    for (currency, status), net in sorted(sums.items()):
        yield currency.upper(), status, layout.amount(net, currency=currency)


def sessions(box):
    for one in newest(box, "checkout.session"):
        name = f"<code>{text(one['id'][:20])}…</code>"
        if one["url"]:
            name = f'<a href="/c/pay/{text(one["id"])}">{name}</a>'
        yield when(one["created"]), name, text(one["mode"]), text(one["status"])


def charges(box):
    for one in newest(box, "charge"):
        does = ""
        if one["status"] == "succeeded" and not one["disputed"]:
            does = _charge_buttons(one)
        yield (*_row(one), does)


def _charge_buttons(charge):
    id = charge["id"]
    if charge["payment_method_details"]["type"] != "card":
        return button("return_debit", "Returned", charge=id) + button(
            "return_debit", "Fails late", charge=id, **{"as": "failure"}
        )
    return (
        button("warn", "Fraud warning", charge=id)
        + button("dispute", "Inquiry", charge=id, reason="inquiry")
        + button("dispute", "Dispute", charge=id, reason="fraudulent")
    )


def disputes(box):
    for one in newest(box, "dispute"):
        does = ""
        if one["status"] not in CLOSED:
            inquiry = one["status"].startswith("warning")
            words = ("won", "lost", "escalated") if inquiry else ("won", "lost", "partly")
            does = "".join(
                button("decide", word.capitalize(), dispute=one["id"], outcome=word)
                for word in words
            )
        yield (*_row(one), does)


def refunds(box):
    for one in newest(box, "refund"):
        sent = one["status"] == "succeeded"
        yield *_row(one), button("fail_refund", "Comes back", refund=one["id"]) if sent else ""


def payouts(box):
    for one in newest(box, "payout"):
        failed = one["status"] in ("failed", "canceled")
        yield *_row(one), "" if failed else button("fail_payout", "Fails", payout=one["id"])


def events(box):
    for one in itertools.islice(reversed(box.events.records.values()), SHOWN):
        does = button("resend", "Send again", event=one["id"])
        yield when(one["created"]), text(one["type"]), f"<code>{text(one['id'])}</code>", does


def _row(one):
    return (
        when(one["created"]), f"<code>{text(one['id'])}</code>",
        layout.amount(one["amount"], currency=one["currency"]), text(one["status"]),
    )  # fmt: skip


def button(action, label, **fields):
    """A form with one button; the controls lead a browser back to this page."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{text(value)}">'
        for name, value in fields.items()
    )
    return (
        f'<form class="inline" method="post" action="/sandbox/{action}">{hidden}'
        f'<button class="small">{label}</button></form>'
    )


def table(title, *, head, rows):
    marks = [' class="num"' if name == "Sum" else "" for name in head]
    heads = line(head, marks=marks, cell='th scope="col"')
    lines = "".join(line(row, marks=marks, cell="td") for row in rows)
    if not lines:
        return ""
    return (
        f'<h2>{title}</h2><div class="scroll" tabindex="0" role="region" aria-label="{title}">'
        f"<table><thead>{heads}</thead><tbody>{lines}</tbody></table></div>"
    )


def line(texts, *, marks, cell):
    """One row; `marks` says which of its cells are figures."""
    end = cell.split()[0]
    cells = (f"<{cell}{mark}>{words}</{end}>" for words, mark in zip(texts, marks, strict=True))
    return f"<tr>{''.join(cells)}</tr>"
