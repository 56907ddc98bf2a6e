"""The appeals that an installation begins with, so that articles ask from the first day."""

from django.conf import settings
from django.db import transaction

from payments import clock
from supporters.appeals import content
from supporters.models import Appeal, AppealVersion, Campaign, Placement

CAMPAIGN = "open-newsroom"
APPEALS = {"we-need-your-help": Placement.TOP, "report-the-next-one": Placement.END}
VARIANT = "house"


@transaction.atomic
def lay_out() -> None:
    """Publish the house's own words at the top and at the end, where there was never an appeal."""
    if Appeal.objects.exists():
        return
    campaign, _ = Campaign.objects.get_or_create(
        code=CAMPAIGN,
        defaults={
            "name": "Open newsroom",
            "starts_on": clock.local_date(clock.now()),
            "currency": settings.DEFAULT_CURRENCY,
        },
    )
    for code, placement in APPEALS.items():
        _publish(Appeal(code=code, campaign=campaign, placement=placement, priority=10))


def _publish(appeal: Appeal) -> None:
    """Nobody approves the house's own words: no person wrote them."""
    now = clock.now()
    appeal.created_at = now
    appeal.save()
    appeal.variants.create(code=VARIANT)
    appeal.live = AppealVersion.objects.create(
        appeal=appeal, number=1, content=content.as_json(content.of_appeal(appeal)), at=now
    )
    appeal.status, appeal.published_at = Appeal.Status.PUBLISHED, now
    appeal.save(update_fields=["live", "status", "published_at"])
