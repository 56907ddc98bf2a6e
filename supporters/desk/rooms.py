"""The rooms of the desk, and who works in which."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from supporters.models import User


@dataclass(frozen=True, slots=True)
class Room:
    """A name for the top bar, its address, the roles that enter, what is done there."""

    name: str | Promise
    view: str
    roles: frozenset[str]
    about: str | Promise


ROOMS = (
    Room(
        name=_("Money"),
        view="payments:desk-finance",
        roles=frozenset({"finance"}),
        about=_("Movements of a period with their totals, the file for the books, refunds."),
    ),
    Room(
        name=_("Appeals"),
        view="supporters:desk-appeals",
        roles=frozenset({"campaigns"}),
        about=_("Write, approve and publish what readers are asked, and prove what it says."),
    ),
    Room(
        name=_("Reports"),
        view="payments:sources",
        roles=frozenset({"finance", "campaigns"}),
        about=_("What each article, author, section and appeal brought, after refunds and fees."),
    ),
)


def rooms_of(user: User) -> list[Room]:
    """The rooms somebody may enter: all for an administrator, none for who is not staff."""
    if not user.is_authenticated or not user.is_staff:
        return []
    if user.is_superuser:
        return list(ROOMS)
    roles = set(user.groups.values_list("name", flat=True))
    return [room for room in ROOMS if room.roles & roles]
