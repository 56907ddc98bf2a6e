"""Rows about people and about asking them."""

from supporters.models.appeals import (
    Appeal,
    AppealApproval,
    AppealVersion,
    Mute,
    Placement,
    Variant,
)
from supporters.models.campaigns import Campaign
from supporters.models.claims import Claim
from supporters.models.counts import AppealCount
from supporters.models.delivery import Origin, PageViewSample
from supporters.models.experiments import Experiment, Guardrail, Metric
from supporters.models.people import User

__all__ = [
    "Appeal",
    "AppealApproval",
    "AppealCount",
    "AppealVersion",
    "Campaign",
    "Claim",
    "Experiment",
    "Guardrail",
    "Metric",
    "Mute",
    "Origin",
    "PageViewSample",
    "Placement",
    "User",
    "Variant",
]
