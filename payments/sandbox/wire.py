"""What goes over the wire: a call, a response, and the loss of either."""

import dataclasses
from typing import Any

API_VERSION = "2026-10-28.endive"


@dataclasses.dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclasses.dataclass
class Call:
    """One authenticated API call, its parameters already parsed and checked."""

    box: Any
    params: dict
    id: str | None
    expand: list


class Lost(ConnectionError):
    """The connection broke: the request never arrived, or its answer never came back."""
