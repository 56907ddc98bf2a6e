"""The figures that appeals speak of, as JSON that anybody may check."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from payments import clock
from supporters.appeals import figures
from supporters.appeals.counts import KEPT_SECONDS
from supporters.models import Campaign

COUNTED = {
    "raised": "Money received for the campaign in its currency, less refunds and lost disputes.",
    "supporters": "People who gave in twelve months and kept a gift with us, rounded down.",
}


@cache_control(public=True, max_age=KEPT_SECONDS)
@require_safe
def ticker(request: HttpRequest) -> HttpResponse:
    """Every campaign that is not archived, with the moment at which it was counted."""
    campaigns = Campaign.objects.exclude(status=Campaign.Status.ARCHIVED)
    response = JsonResponse(
        {"counted": COUNTED, "campaigns": [_told(each) for each in campaigns]},
        json_dumps_params={"indent": 1},
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _told(campaign: Campaign) -> dict[str, Any]:
    counted = figures.of_campaign(campaign)
    return {
        "code": campaign.code,
        "name": campaign.name,
        "state": campaign.phase(clock.local_date(clock.now())),
        "currency": campaign.currency,
        "goal_minor": campaign.goal_minor,
        "raised_minor": counted.raised.minor,
        "progress_percent": counted.progress,
        "goal_met": counted.reached,
        "supporters_over": counted.supporters,
        "as_of": counted.as_of.isoformat(timespec="seconds"),
    }
