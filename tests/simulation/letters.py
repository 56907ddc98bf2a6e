"""Where the simulation's letters and documents go: counted, not printed."""

from collections import Counter

from django.core.mail.backends.base import BaseEmailBackend

# Message-ID -> how often it was handed to the mail provider.
SENT: Counter[str] = Counter()
# (kind of letter, address) -> the different Message-IDs.
BY_ADDRESS: dict[str, set[str]] = {}


class LetterBox(BaseEmailBackend):
    """Keeps who was sent which Message-ID; a repeat has the same."""

    def send_messages(self, email_messages) -> int:
        for message in email_messages:
            identity = message.extra_headers["Message-ID"]
            SENT[identity] += 1
            BY_ADDRESS.setdefault(message.to[0], set()).add(identity)
        return len(email_messages)


def forget() -> None:
    """As if nothing had been sent."""
    SENT.clear()
    BY_ADDRESS.clear()


def identities(beginning: str) -> set[str]:
    """The Message-IDs that begin so, without brackets and domain."""
    every = {name[1:].partition("@")[0] for sent in BY_ADDRESS.values() for name in sent}
    return {name for name in every if name.startswith(beginning)}


def typeset(html: str) -> bytes:
    """Stands for the press: a document costs 40 ms, and thousands tell nothing about money."""
    return html.encode()
