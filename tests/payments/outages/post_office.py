"""Mail providers that are not at their best."""

from smtplib import SMTPServerDisconnected

from django.core.mail.backends.base import BaseEmailBackend

SEEN: list[str] = []


class Closed(BaseEmailBackend):
    """Answers nothing."""

    def send_messages(self, email_messages):
        raise SMTPServerDisconnected("closed")


class Forgetful(BaseEmailBackend):
    """Takes the first letter and loses the connection before it can say so."""

    def send_messages(self, email_messages):
        SEEN.extend(message.extra_headers["Message-ID"] for message in email_messages)
        if len(SEEN) == 1:
            raise SMTPServerDisconnected("lost")
        return len(email_messages)
