"""The pages a person meets: paying, 3-D Secure, invoices."""

from payments.sandbox import errors
from payments.sandbox.pages import invoice, pay, portal, secure

DOORS = (
    ("/c/pay/", pay.answer),
    ("/c/recover/", pay.recover),
    ("/3ds/", secure.answer),
    ("/i/", invoice.answer),
    ("/p/session/", portal.answer),
)


def answer(box, *, method, target, headers, body):
    for prefix, door in DOORS:
        if target.path.startswith(prefix):
            id = target.path.removeprefix(prefix)
            return door(box, method=method, id=id, query=target.query, body=body)
    raise errors.unknown_url(method, path=target.path)
