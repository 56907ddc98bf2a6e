"""Silence: on a story, a tag or the whole site until a moment; or everything off by the switch."""

from datetime import datetime

from django.db import transaction

from payments import clock
from payments.services import audit
from supporters.appeals import bundle
from supporters.models import Mute, User


class MuteRefused(Exception):
    """A mute that cannot be; codes: no_reason, no_end, past_end, already_off, lifted."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def mute(kind: str, value: str, *, until: datetime, reason: str, actor: User) -> Mute:
    """No appeals on a story, on a tag or on the whole site until a moment; at once."""
    if until <= clock.now():
        raise MuteRefused("past_end")
    return _begin(Mute(kind=kind, value=value, expires_at=until), reason=reason, actor=actor)


@transaction.atomic
def switch_off(*, reason: str, actor: User) -> Mute:
    """Everything off until somebody lifts it: the kill switch."""
    if switched_off():
        raise MuteRefused("already_off")
    return _begin(Mute(kind=Mute.Kind.SWITCH), reason=reason, actor=actor)


@transaction.atomic
def lift(mute: Mute, *, reason: str, actor: User) -> None:
    """Ask again, before the mute would have ended by itself."""
    if not reason.strip():
        raise MuteRefused("no_reason")
    now = clock.now()
    changed = Mute.objects.current(now).filter(pk=mute.pk).update(lifted_at=now, lifted_by=actor)
    if not changed:
        raise MuteRefused("lifted")
    before = {"expires_at": mute.expires_at and mute.expires_at.isoformat()}
    audit.note("mute.lifted", subject=mute, actor=actor, reason=reason.strip(), before=before)
    transaction.on_commit(bundle.forget)


def switched_off() -> bool:
    return Mute.objects.current(clock.now()).filter(kind=Mute.Kind.SWITCH).exists()


def _begin(row: Mute, *, reason: str, actor: User) -> Mute:
    if not reason.strip():
        raise MuteRefused("no_reason")
    row.reason, row.by, row.begins_at = reason.strip(), actor, clock.now()
    row.save()
    until = row.expires_at and row.expires_at.isoformat()
    audit.note("mute.begun", subject=row, actor=actor, reason=row.reason, after={"until": until})
    transaction.on_commit(bundle.forget)
    return row
