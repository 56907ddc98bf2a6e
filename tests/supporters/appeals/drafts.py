"""Campaigns, appeals and people of the desk, made through the services."""

from dataclasses import replace
from datetime import date

from supporters.appeals import content, publishing
from supporters.models import Campaign, Claim, User
from tests.payments.books import DAY, staff

TODAY = date(2026, 11, 25)
WORDS = content.Wording(
    code="a",
    heading="Reporting that stays open",
    body="Readers pay for this so that everybody can read it. Please join them.",
    button="",
    amounts={},
    colours={},
    share=100,
)
CONTENT = content.Content(
    placement="article-end",
    paragraph=3,
    priority=50,
    rules=[],
    starts_at=None,
    ends_at=None,
    sensitive="hide",
    variants=(WORDS,),
)


def said(**words):
    """The content above in other words."""
    return replace(CONTENT, variants=(replace(WORDS, **words),))


def ines():
    return _person("ines@example.org", "Ines Valloway")


def tomas():
    return _person("tomas@example.org", "Tomas Quill")


def _person(email, name):
    found = User.objects.filter(email=email).first()
    return found or staff("campaigns", email=email, name=name)


def campaign(**fields):
    filled = {"name": "Flood wall", "starts_on": date(2020, 1, 1), "currency": "eur"} | fields
    return Campaign.objects.update_or_create(
        code=filled.pop("code", "flood-wall"), defaults=filled
    )[0]


def draft(wanted=CONTENT, *, code="wall-end", **fields):
    """A draft that Ines wrote."""
    return publishing.create(code, campaign=campaign(**fields), wanted=wanted, actor=ines())


def published(wanted=CONTENT, **fields):
    """An appeal that went the whole way: Ines wrote it, Tomas approved and published it."""
    appeal = draft(wanted, **fields)
    publishing.submit(appeal, actor=ines())
    publishing.approve(appeal, actor=tomas(), seen=1)
    publishing.publish(appeal, actor=tomas())
    appeal.refresh_from_db()
    return appeal


def claim(phrase, *, expires_on=date(2099, 1, 1), **fields):
    filled = {"source": "Annual report, page 4", "owner": ines(), "checked_at": DAY} | fields
    return Claim.objects.create(phrase=phrase, expires_on=expires_on, **filled)
