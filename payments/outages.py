"""Whether somebody else is down: the same goes through later, and nothing is wrong with it."""

import smtplib

from payments.gateway.errors import Barred, Unavailable

# A mail server that says these says them of itself, not of a letter.
OF_THE_SERVER = (
    smtplib.SMTPServerDisconnected,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
)
FOR_GOOD = 500


def is_an_outage(error: Exception) -> bool:
    """Stripe or the mail server does not answer, is busy, or no longer takes our key."""
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, OF_THE_SERVER) or _comes_later(error)
    return isinstance(error, Unavailable | Barred | ConnectionError | TimeoutError)


def _comes_later(error: smtplib.SMTPException) -> bool:
    """A letter that is put off, as by grey-listing, and not refused for good (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code < FOR_GOOD for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code < FOR_GOOD
