"""The way of an appeal: draft, review, approved by a second person, published, down, archived.

Every function takes one step in one transaction, writes it into the audit, and raises Refused
where the step is not open. Readers see what `publish` puts up within a minute, everywhere.
"""

from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction

from payments import clock
from payments.services import audit
from supporters.appeals import bundle, content, gate
from supporters.appeals.content import Content
from supporters.models import Appeal, AppealApproval, AppealVersion, Campaign, User, Variant

Status = Appeal.Status


class Refused(Exception):
    """A step that is not open.

    Codes: code_taken, variant_twice, schedule_backwards, archived, saved_meanwhile, wrong_state,
    not_ready, own_work, not_approved, still_live, no_reason. `problems` are the gate's where it is
    not_ready.
    """

    def __init__(self, code: str, problems: tuple[gate.Problem, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.problems = code, problems


@transaction.atomic
def create(code: str, *, campaign: Campaign, wanted: Content, actor: User) -> Appeal:
    """A new draft with its first version."""
    _refuse_impossible(wanted)
    appeal = Appeal(code=code, campaign=campaign, created_at=clock.now())
    try:
        with transaction.atomic():
            appeal.save()
    except IntegrityError as error:
        raise Refused("code_taken") from error
    _write(appeal, wanted)
    version = _new_version(appeal, wanted, actor)
    _note("appeal.created", appeal, actor, after={"version": version.number})
    return appeal


@transaction.atomic
def save(
    appeal: Appeal, wanted: Content, *, campaign: Campaign, actor: User, seen: int
) -> AppealVersion:
    """Store what was written as a new version; the appeal is a draft again.

    `seen` is the number of the version that the writer began from: who saved meanwhile is not
    overwritten. What readers see does not change.
    """
    _refuse_impossible(wanted)
    appeal = _locked(appeal)
    if appeal.status == Status.ARCHIVED:
        raise Refused("archived")
    latest = latest_version(appeal)
    if latest.number != seen:
        raise Refused("saved_meanwhile")
    before = content.of_version(latest)
    if before == wanted and appeal.campaign == campaign:
        return latest
    appeal.campaign = campaign
    _write(appeal, wanted)
    version = _new_version(appeal, wanted, actor)
    _take(appeal, Status.DRAFT)
    old, new = _changed(content.as_json(before), version.content)
    _note("appeal.saved", appeal, actor, before=old, after={"version": version.number} | new)
    return version


@transaction.atomic
def submit(appeal: Appeal, *, actor: User) -> None:
    """Ask a second person to look at the latest version; the gate must be open."""
    appeal = _locked(appeal)
    _refuse_unready(appeal)
    _step(appeal, Status.REVIEW, "appeal.submitted", actor)


@transaction.atomic
def send_back(appeal: Appeal, *, actor: User, reason: str) -> None:
    """Not as it stands: a draft again, with the reason."""
    appeal = _locked(appeal)
    if appeal.status not in {Status.REVIEW, Status.APPROVED}:
        raise Refused("wrong_state")
    _step(appeal, Status.DRAFT, "appeal.sent_back", actor, reason=_given(reason))


@transaction.atomic
def approve(appeal: Appeal, *, actor: User, seen: int) -> None:
    """A second person's yes to the version `seen`; never the one who wrote it."""
    appeal = _locked(appeal)
    version = latest_version(appeal)
    if version.number != seen:
        raise Refused("saved_meanwhile")
    if version.author == actor:
        raise Refused("own_work")
    _refuse_unready(appeal)
    _step(appeal, Status.APPROVED, "appeal.approved", actor, after={"version": version.number})
    AppealApproval.objects.get_or_create(
        version=version, defaults={"author": version.author, "by": actor, "at": clock.now()}
    )


@transaction.atomic
def publish(appeal: Appeal, *, actor: User) -> None:
    """Put the approved version in front of readers; its claims must still hold."""
    appeal = _locked(appeal)
    version = latest_version(appeal)
    if not AppealApproval.objects.filter(version=version).exists():
        raise Refused("not_approved")
    _refuse_unready(appeal)
    before = {"live": appeal.live.number if appeal.live else None}
    appeal.live, appeal.published_at = version, clock.now()
    _step(
        appeal,
        Status.PUBLISHED,
        "appeal.published",
        actor,
        before=before,
        after={"live": version.number},
        fields=["live", "published_at"],
    )


@transaction.atomic
def take_down(appeal: Appeal, *, actor: User, reason: str) -> None:
    """Readers see nothing of it any more; for whatever reason, from any state that shows."""
    appeal = _locked(appeal)
    if appeal.live is None:
        raise Refused("wrong_state")
    before, appeal.live = {"live": appeal.live.number}, None
    reason = _given(reason)
    _step(appeal, Status.DOWN, "appeal.taken_down", actor, reason, before=before, fields=["live"])


@transaction.atomic
def archive(appeal: Appeal, *, actor: User, reason: str) -> None:
    """Out of the desk's way for good; its versions and its figures stay."""
    appeal = _locked(appeal)
    if appeal.live is not None:
        raise Refused("still_live")
    _step(appeal, Status.ARCHIVED, "appeal.archived", actor, reason=_given(reason))


def latest_version(appeal: Appeal) -> AppealVersion:
    """What was saved last; every appeal has at least one version."""
    return appeal.versions.select_related("author", "approval__by").latest("number")


def _locked(appeal: Appeal) -> Appeal:
    rows = Appeal.objects.select_for_update(of=("self",)).select_related("campaign", "live")
    return rows.get(pk=appeal.pk)


def _refuse_impossible(wanted: Content) -> None:
    """What no row could hold; everything else may be written down and is the gate's to judge."""
    codes = [variant.code for variant in wanted.variants]
    if len(set(codes)) != len(codes):
        raise Refused("variant_twice")
    if wanted.starts_at and wanted.ends_at and wanted.ends_at <= wanted.starts_at:
        raise Refused("schedule_backwards")


def _refuse_unready(appeal: Appeal) -> None:
    found = gate.problems(content.of_appeal(appeal), appeal)
    blocking = tuple(each for each in found if each.blocks)
    if blocking:
        raise Refused("not_ready", blocking)


def _write(appeal: Appeal, wanted: Content) -> None:
    """Make the working copy's rows say it."""
    for name in (*content.PLAIN_FIELDS, "starts_at", "ends_at"):
        setattr(appeal, name, getattr(wanted, name))
    appeal.save()
    appeal.variants.all().delete()
    Variant.objects.bulk_create(
        Variant(appeal=appeal, **asdict(wording)) for wording in wanted.variants
    )


def _new_version(appeal: Appeal, wanted: Content, author: User) -> AppealVersion:
    last = appeal.versions.order_by("-number").values_list("number", flat=True).first()
    return AppealVersion.objects.create(
        appeal=appeal,
        number=(last or 0) + 1,
        content=content.as_json(wanted),
        author=author,
        at=clock.now(),
    )


def _take(appeal: Appeal, status: str) -> None:
    """Move where the table allows it; a draft that is saved again stays one."""
    if appeal.status != status:
        if not appeal.move(status):
            raise Refused("wrong_state")
        appeal.save(update_fields=["status"])


def _step(
    appeal: Appeal,
    status: str,
    action: str,
    actor: User,
    reason: str = "",
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    fields: list[str] | None = None,
) -> None:
    """One move of the table, written down with what changed."""
    was = appeal.status
    if not appeal.move(status):
        raise Refused("wrong_state")
    appeal.save(update_fields=["status", *(fields or [])])
    before, after = {"status": was} | (before or {}), {"status": status} | (after or {})
    _note(action, appeal, actor, reason=reason, before=before, after=after)
    transaction.on_commit(bundle.forget)


def _given(reason: str) -> str:
    if not reason.strip():
        raise Refused("no_reason")
    return reason.strip()


def _note(action: str, appeal: Appeal, actor: User, **fields: Any) -> None:
    audit.note(action, subject=appeal, actor=actor, **fields)


def _changed(
    before: dict[str, Any], after: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
