"""What the desk keeps beside appeals: campaigns, claims and origins. Each change is audited."""

from datetime import date
from typing import Any

from django.db import models, transaction

from payments import clock
from payments.services import audit
from supporters.appeals import bundle
from supporters.models import Campaign, Claim, Origin, User

CAMPAIGN_FIELDS = ("name", "starts_on", "ends_on", "goal_minor", "currency", "status")
CLAIM_FIELDS = ("phrase", "source", "expires_on", "owner_id")


class KeepingRefused(Exception):
    """A change that is not open; codes: wrong_state, still_asking, no_reason, gone."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def save_campaign(campaign: Campaign, *, actor: User) -> None:
    """Store a new or a changed campaign, which a form has found right."""
    before = _stored(campaign, CAMPAIGN_FIELDS)
    campaign.save()
    _note("campaign.saved", campaign, actor, before, CAMPAIGN_FIELDS)


@transaction.atomic
def move_campaign(campaign: Campaign, status: str, *, actor: User, reason: str) -> None:
    """Close, open again or archive. What is still shown keeps a campaign out of the archive."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    before = _stored(campaign, CAMPAIGN_FIELDS)
    if status == Campaign.Status.ARCHIVED and campaign.appeals.live().exists():
        raise KeepingRefused("still_asking")
    if not campaign.move(status):
        raise KeepingRefused("wrong_state")
    campaign.save(update_fields=["status"])
    reason = _given(reason)
    _note(f"campaign.{status}", campaign, actor, before, CAMPAIGN_FIELDS, reason=reason)


@transaction.atomic
def save_claim(claim: Claim, *, actor: User) -> None:
    """Store a claim: whoever does says that its source was looked at now."""
    before = _stored(claim, CLAIM_FIELDS)
    claim.checked_at, claim.withdrawn_at = clock.now(), None
    claim.save()
    _note("claim.saved", claim, actor, before, CLAIM_FIELDS)


@transaction.atomic
def withdraw_claim(claim: Claim, *, actor: User, reason: str) -> None:
    """It does not hold any more: what says it turns plain, and nothing new may say it."""
    reason = _given(reason)
    changed = Claim.objects.filter(pk=claim.pk, withdrawn_at=None).update(withdrawn_at=clock.now())
    if not changed:
        raise KeepingRefused("gone")
    audit.note("claim.withdrawn", subject=claim, actor=actor, reason=reason)
    transaction.on_commit(bundle.forget)


@transaction.atomic
def register_origin(origin: str, *, actor: User) -> Origin:
    """Let a site embed appeals, for the first time or again."""
    row, _ = Origin.objects.update_or_create(
        origin=origin,
        defaults={"added_by": actor, "added_at": clock.now(), "removed_at": None},
    )
    audit.note("origin.registered", subject=row, actor=actor)
    transaction.on_commit(bundle.forget)
    return row


@transaction.atomic
def remove_origin(origin: Origin, *, actor: User, reason: str) -> None:
    """The site shows no appeals any more."""
    reason = _given(reason)
    changed = Origin.objects.filter(pk=origin.pk, removed_at=None).update(removed_at=clock.now())
    if not changed:
        raise KeepingRefused("gone")
    audit.note("origin.removed", subject=origin, actor=actor, reason=reason)
    transaction.on_commit(bundle.forget)


def _stored(row: models.Model, names: tuple[str, ...]) -> dict[str, Any]:
    """How it stands in the database; nothing for a row that is new."""
    found = type(row)._default_manager.filter(pk=row.pk).values(*names).first()
    return {name: _plain(value) for name, value in (found or {}).items()}


def _note(
    action: str,
    row: models.Model,
    actor: User,
    before: dict[str, Any],
    names: tuple[str, ...],
    *,
    reason: str = "",
) -> None:
    after = {name: _plain(getattr(row, name)) for name in names}
    changed = [name for name in names if before.get(name) != after[name]]
    transaction.on_commit(bundle.forget)
    audit.note(
        action,
        subject=row,
        actor=actor,
        reason=reason,
        before={name: before[name] for name in changed if name in before},
        after={name: after[name] for name in changed},
    )


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | None) else str(value)


def _given(reason: str) -> str:
    if not reason.strip():
        raise KeepingRefused("no_reason")
    return reason.strip()
