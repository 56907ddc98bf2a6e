"""An installation begins with the house's own appeals."""

import pytest
from django.db import IntegrityError, transaction

from payments import clock
from supporters.appeals import content, defaults
from supporters.models import Appeal, AppealApproval, AppealVersion, Campaign, Mute, User

pytestmark = pytest.mark.django_db


def test_a_fresh_installation_asks_at_the_top_and_at_the_end():
    live = Appeal.objects.live()
    assert {appeal.placement for appeal in live} == {"article-top", "article-end"}
    for appeal in live:
        shown = content.of_version(appeal.live)
        assert shown == content.of_appeal(appeal)
        assert shown.shows_at(clock.now())
        assert [words.share for words in shown.variants] == [100]


def test_laying_out_again_changes_nothing():
    before = list(Appeal.objects.values())
    defaults.lay_out()
    assert list(Appeal.objects.values()) == before


def test_what_a_version_holds_is_read_back_as_it_was():
    appeal = Appeal.objects.first()
    appeal.starts_at, appeal.ends_at = clock.now(), None
    assert content.of_version(
        AppealVersion(content=content.as_json(content.of_appeal(appeal)))
    ) == (content.of_appeal(appeal))


@pytest.mark.parametrize("change", [{"number": 7}, None])
def test_a_version_can_be_neither_changed_nor_deleted(change):
    versions = AppealVersion.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        versions.update(**change) if change else versions._raw_delete(versions.db)


def test_the_database_refuses_an_author_who_approves():
    author = User.objects.create_user("ines@example.org")
    version = AppealVersion.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        AppealApproval.objects.create(version=version, author=author, by=author, at=clock.now())


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "story", "value": "", "expires_at": "2030-01-01T00:00Z"},
        {"kind": "site", "value": "a-story", "expires_at": "2030-01-01T00:00Z"},
        {"kind": "site"},
        {"kind": "switch", "reason": ""},
    ],
)
def test_the_database_refuses_a_mute_without_aim_end_or_reason(fields):
    by = User.objects.create_user("ines@example.org")
    filled = {"reason": "A death.", "begins_at": clock.now(), "by": by} | fields
    with pytest.raises(IntegrityError), transaction.atomic():
        Mute.objects.create(**filled)


def test_a_campaign_stands_before_within_or_after_its_days():
    campaign = Campaign(code="spring", starts_on="2027-03-01", ends_on="2027-03-31")
    campaign.clean_fields(exclude=["name", "currency"])
    days = {"2027-02-28": "coming", "2027-03-01": "running", "2027-03-31": "running"}
    for day, phase in (days | {"2027-04-01": "over"}).items():
        assert campaign.phase(Campaign._meta.get_field("ends_on").to_python(day)) == phase
