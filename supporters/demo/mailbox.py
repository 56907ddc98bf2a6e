"""The demo's mailbox: reads the letters that Django's file backend left in a folder."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

# The backend ends each letter with a rule of 79 hyphens (django.core.mail.backends.console).
RULE = b"\n" + b"-" * 79 + b"\n"
SHOWN = 100


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Line:
    """What the list shows of a letter."""

    key: str
    subject: str
    sender: str
    to: str
    sent_at: datetime


@dataclass(frozen=True)
class Letter(Line):
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def lines(*, to: str = "") -> list[Line]:
    """The newest letters' heads, those to one address where it is given."""
    found = (line for path in _files() for line in _lines(path) if to.lower() in line.to.lower())
    return list(islice(found, SHOWN))


def count() -> int:
    return len(_files())


def find(key: str) -> Letter | None:
    """One letter by its key: the file's name and its place in the file."""
    name, _, number = key.rpartition("-")
    path = Path(settings.EMAIL_FILE_PATH) / f"{name}.log"
    if not re.fullmatch(r"[\w-]+", name) or not number.isdigit() or not path.is_file():
        return None
    return _letter(path, int(number)) if int(number) < len(_raw(path)) else None


def _files() -> list[Path]:
    """The backend's files, newest first."""
    return sorted(
        Path(settings.EMAIL_FILE_PATH).glob("*.log"),
        key=lambda path: path.stat().st_mtime_ns,
        reverse=True,
    )


def _raw(path: Path) -> list[bytes]:
    parts = path.read_bytes().replace(b"\r\n", b"\n").split(RULE)
    return [part.lstrip() for part in parts if part.strip()]


def _lines(path: Path) -> Iterator[Line]:
    """Heads alone: a receipt's letter carries a document that a list need not decode."""
    for number, raw in reversed(list(enumerate(_raw(path)))):
        head = BytesHeaderParser(policy=default).parsebytes(raw.partition(b"\n\n")[0])
        yield Line(**_head(head, key=f"{path.stem}-{number}"))


def _letter(path: Path, number: int) -> Letter:
    message = email.message_from_bytes(_raw(path)[number], policy=default)
    return Letter(
        **_head(message, key=f"{path.stem}-{number}"),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_attachments(message)),
    )


def _head(message: EmailMessage, *, key: str) -> dict[str, Any]:
    return {
        "key": key,
        "subject": str(message["Subject"] or ""),
        "sender": str(message["From"] or ""),
        "to": str(message["To"] or ""),
        "sent_at": parsedate_to_datetime(message["Date"]),
    }


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part else ""


def _attachments(message: EmailMessage) -> list[Attachment]:
    found = []
    for place, part in enumerate(message.iter_attachments()):
        content = part.get_payload(decode=True)
        name = part.get_filename() or f"attachment-{place + 1}"
        found.append(Attachment(name, part.get_content_type(), content or b""))
    return found
