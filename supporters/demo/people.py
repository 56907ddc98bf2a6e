"""The demo's cast: whom a visitor may enter as. Every name is invented."""

from dataclasses import dataclass

from django.contrib.auth.models import Group

from supporters.models import User

GROUPS = ("finance", "campaigns", "support")


@dataclass(frozen=True)
class Role:
    """Someone to enter as; without an address, a visitor who is not signed in."""

    key: str
    title: str
    name: str
    email: str
    does: str
    lands_on: str
    group: str = ""


CAST = {
    role.key: role
    for role in (
        Role(
            "reader",
            "Reader",
            "Nobody in particular",
            "",
            "Reads the paper, meets the appeal, and gives.",
            "/articles/flood-wall-contract/",
        ),
        Role(
            "supporter",
            "Supporter",
            "Nora Whitlock",
            "nora.whitlock@example.org",
            "Has given every month for a year; sees receipts and the next charge.",
            "/account/",
        ),
        Role(
            "finance",
            "Finance",
            "Magnus Orrin",
            "finance@example.org",
            "Reads the movements, and downloads the month.",
            "/desk/finance/",
            "finance",
        ),
        Role(
            "campaigns",
            "Campaigns",
            "Ines Valloway",
            "campaigns@example.org",
            "Writes appeals, and sees what they bring.",
            "/desk/appeals/",
            "campaigns",
        ),
        Role(
            "news-desk",
            "News desk",
            "Maeve Tarrant",
            "newsdesk@example.org",
            "Approves what others wrote; silences appeals when the news demands it.",
            "/desk/appeals/",
            "campaigns",
        ),
        Role(
            "support",
            "Support",
            "Callum Derry",
            "support@example.org",
            "Finds a person, sees what happened, puts it right.",
            "/desk/",
            "support",
        ),
    )
}


def person(role: Role) -> User | None:
    """Who a role signs in as; None for the reader and before the demo is seeded."""
    return User.objects.filter(email=role.email).first() if role.email else None


def hire() -> None:
    """Make the staff, each in the group that opens their room of the desk."""
    for role in CAST.values():
        if role.group:
            group, _ = Group.objects.get_or_create(name=role.group)
            user = User.objects.create_user(role.email, name=role.name, is_staff=True)
            user.groups.add(group)
