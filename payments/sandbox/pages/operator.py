"""A small page for whoever runs the sandbox: clock, sessions, events."""

import datetime
import itertools

from payments.sandbox.pages import layout
from payments.sandbox.pages.layout import text

SHOWN = 30


def page(box):
    now = when(box.clock.now())
    body = (
        f"<h1>Sandbox</h1><p>The clock says {now}.</p>"
        f"<p>{len(box.deliveries.waiting)} deliveries wait, {len(box.deliveries.failed)} were"
        " given up or dropped.</p>"
        + table("Sessions", head=("Made", "Session", "Mode", "Status"), rows=sessions(box))
        + table("Events", head=("Happened", "Type", "Event"), rows=events(box))
    )
    return layout.page("Sandbox", body=body, wide=True)


def when(epoch):
    moment = datetime.datetime.fromtimestamp(epoch, datetime.UTC)
    return moment.strftime("%d %B %Y, %H:%M:%S UTC")


def sessions(box):
    for one in itertools.islice(box.store.newest("checkout.session"), SHOWN):
        name = f"<code>{text(one['id'][:20])}…</code>"
        if one["url"]:
            name = f'<a href="/c/pay/{text(one["id"])}">{name}</a>'
        yield when(one["created"]), name, text(one["mode"]), text(one["status"])


def events(box):
    for one in itertools.islice(reversed(box.events.records.values()), SHOWN):
        yield when(one["created"]), text(one["type"]), f"<code>{text(one['id'])}</code>"


def table(title, *, head, rows):
    heads = "".join(f'<th scope="col">{name}</th>' for name in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<h2>{title}</h2><div class="scroll" tabindex="0" role="region" aria-label="{title}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
