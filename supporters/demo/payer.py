"""Pays on the sandbox's hosted page as a person would: by sending its forms over HTTP."""

import http.client
from urllib.parse import urlencode, urlsplit

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ACCOUNT_THAT_SETTLES = "DE89370400440532013000"


class NotPaid(RuntimeError):
    """The page answered something else than a paid or a declined card."""


def pay(url: str, *, card: str, name: str, email: str) -> bool:
    """Send card details; approve when the bank asks. False where the card was declined."""
    fields = {"card_number": card, "exp": "11/34", "cvc": "1234" if card[0] == "3" else "123"}
    status, onward = _send(url, fields | {"name": name, "email": email})
    if status == 303 and "/3ds/" in onward:
        status, onward = _send(onward, {"answer": "approve"})
    return _went_through(status)


def pay_by_debit(url: str, *, account: str, name: str, email: str) -> bool:
    """Have the sum taken from a bank account; the money comes days later."""
    fields = {"payment_kind": "sepa_debit", "account": account}
    status, _ = _send(url, fields | {"name": name, "email": email})
    return _went_through(status)


def _went_through(status: int) -> bool:
    if status not in {303, 402}:
        raise NotPaid(f"the payment page answered {status}")
    return status == 303


def _send(url: str, fields: dict[str, str]) -> tuple[int, str]:
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.netloc, timeout=30)
    try:
        connection.request("POST", target.path, urlencode(fields), FORM)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()
