"""What can go wrong at Stripe, in the words that the rest of the product knows."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe
import structlog

log = structlog.get_logger()


class GatewayError(Exception):
    """Stripe did not do what was asked; `code` is Stripe's own, for logs and branches only."""

    def __init__(self, code: str = "", *, answered: bool = False) -> None:
        super().__init__(code or type(self).__name__)
        self.code = code
        self.answered = answered


class Declined(GatewayError):
    """The bank or the card's issuer said no. No money moved."""


class Unavailable(GatewayError):
    """No answer, or a server error: the outcome is unknown, the same key may be sent again.

    `answered` is true where Stripe stored a server error under the key, so that the same key
    would only hear it again.
    """


class Misconfigured(GatewayError):
    """Stripe refused the request itself: our mistake, a missing right or an unknown object."""


class Barred(Misconfigured):
    """Stripe does not take our key, or the key lacks a right: nothing goes until that is mended."""


@contextmanager
def translated(call: str) -> Iterator[None]:
    """Turn the SDK's errors into ours and log ids, never messages or payloads."""
    try:
        yield
    except stripe.StripeError as error:
        ours = _ours(error)
        log.warning(
            "stripe_refused",
            call=call,
            kind=type(ours).__name__,
            code=ours.code,
            status=error.http_status,
            request=error.request_id,
        )
        raise ours from error


def _ours(error: stripe.StripeError) -> GatewayError:
    code = error.code or getattr(error.error, "code", None) or ""
    if isinstance(error, stripe.CardError):
        return Declined(code)
    if isinstance(error, stripe.APIConnectionError | stripe.RateLimitError):
        return Unavailable(code)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Barred(code)
    if isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError):
        return Misconfigured(code)
    return Unavailable(code, answered=(error.http_status or 0) >= 500)
