"""Keeping what a comparison found: one row for each difference until it is settled."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.db.models import F, QuerySet, Sum

from payments import clock
from payments.gateway.client import livemode
from payments.models import Difference, LedgerLine, Reconciliation, StripeEvent
from payments.models.ledger import Account
from payments.reconcile import sides
from payments.reconcile.books import Tally
from payments.reconcile.findings import Finding

Status = Difference.Status
BATCH = 500
GONE = "no longer there at the next comparison"


def keep(findings: Iterable[Finding], *, seen_at: datetime) -> None:
    """One open row for each difference; one that is explained and unchanged stays explained."""
    rest = iter(findings)
    while some := list(islice(rest, BATCH)):
        _keep_some(some, seen_at=seen_at)


def close_what_is_gone(*, since: datetime) -> int:
    """Open differences that this comparison no longer met have been put right meanwhile."""
    gone = _of_this_mode().filter(status=Status.OPEN, seen_at__lt=since)
    return gone.update(status=Status.REPAIRED, settled_at=clock.now(), note=GONE)


def finish(run: Reconciliation, tally: Tally) -> Reconciliation:
    """Write down how the comparison ended, with the sums that prove it whole."""
    met = _of_this_mode().filter(seen_at=run.started_at)
    run.finished_at = clock.now()
    run.entries, run.lines = tally.entries, tally.lines
    run.found = met.filter(status=Status.OPEN).count()
    run.explained = met.filter(status=Status.EXPLAINED).count()
    run.sums = _sums(met, tally)
    run.save()
    return run


def _of_this_mode() -> QuerySet[Difference]:
    return Difference.objects.filter(livemode=livemode())


def _keep_some(findings: list[Finding], *, seen_at: datetime) -> None:
    standing = _standing(findings)
    on_its_way = _on_their_way(findings)
    fresh: dict[tuple[str, str], Difference] = {}
    for finding in findings:
        row = standing.get(finding.key)
        if row is None and finding.stripe_object_id in on_its_way:
            continue
        if row is None or (row.status == Status.EXPLAINED and not _same(row, finding)):
            fresh[finding.key] = Difference(found_at=seen_at, **_facts(finding, seen_at))
        else:
            _refresh(row, finding, seen_at)
    Difference.objects.bulk_create(fresh.values())


def _standing(findings: list[Finding]) -> dict[tuple[str, str], Difference]:
    """The newest row of each that is not repaired."""
    rows = _of_this_mode().filter(
        subject__in={finding.subject for finding in findings},
        status__in=(Status.OPEN, Status.EXPLAINED),
    )
    return {(row.kind, row.subject): row for row in rows.order_by("pk")}


def _on_their_way(findings: list[Finding]) -> set[str]:
    """Objects of which a notification is still to be applied: no difference yet."""
    ids = {finding.stripe_object_id for finding in findings} - {""}
    waiting = StripeEvent.objects.filter(status__in=StripeEvent.OPEN, due_at__isnull=False)
    return set(waiting.filter(object_id__in=ids).values_list("object_id", flat=True))


def _same(row: Difference, finding: Finding) -> bool:
    lacks = finding.lacks.minor if finding.lacks else 0
    return (row.amount_minor, row.theirs) == (lacks, finding.theirs)


def _refresh(row: Difference, finding: Finding, seen_at: datetime) -> None:
    facts = _facts(finding, seen_at)
    if finding.note == "":
        del facts["note"]  # What a person wrote, or why a repair did not work, stays.
    Difference.objects.filter(pk=row.pk).update(**facts)


def _facts(finding: Finding, seen_at: datetime) -> dict:
    facts = {
        "kind": finding.kind,
        "subject": finding.subject,
        "livemode": livemode(),
        "stripe_object_id": finding.stripe_object_id,
        "stripe_balance_transaction_id": finding.balance_transaction_id,
        "contribution_id": finding.contribution_id,
        "subscription_id": finding.subscription_id,
        "payout_id": finding.payout_id,
        "entry_id": finding.entry_id,
        "ours": finding.ours[:120],
        "theirs": finding.theirs[:120],
        "happened_at": finding.happened_at,
        "seen_at": seen_at,
        "note": finding.note[:300],
    }
    if finding.lacks:
        facts |= {"amount_minor": finding.lacks.minor, "currency": finding.lacks.currency}
    if finding.lacks_too:
        facts |= {
            "other_minor": finding.lacks_too.minor,
            "other_currency": finding.lacks_too.currency,
        }
    return facts


# --- The sums of both sides ---------------------------------------------------------------------


def _sums(met: QuerySet[Difference], tally: Tally) -> list[dict]:
    """Per currency: ours + explained + open + on its way = Stripe's; `left` is what is not."""
    ours, stripes = Counter(dict(_ours())), Counter(dict(_stripes()))
    explained = _lacking(met.filter(status=Status.EXPLAINED))
    lacking = _lacking(met.filter(status=Status.OPEN))
    parts = (ours, explained, lacking, tally.waiting)
    rows = []
    for currency in sorted(set().union(*parts, stripes)):
        whole = sum(part[currency] for part in parts)
        rows.append(
            {
                "currency": currency,
                "ours": ours[currency],
                "explained": explained[currency],
                "open": lacking[currency],
                "waiting": tally.waiting[currency],
                "stripe": stripes[currency],
                "left": stripes[currency] - whole,
            }
        )
    return rows


def _ours() -> Iterator[tuple[str, int]]:
    lines = LedgerLine.objects.filter(account=Account.STRIPE, entry__in=sides.own_entries())
    return _summed(lines, "amount_minor")


def _stripes() -> Iterator[tuple[str, int]]:
    return _summed(sides.their_lines(), "net_minor")


def _summed(rows: QuerySet, column: str) -> Iterator[tuple[str, int]]:
    sums = rows.order_by().values("currency").annotate(sum=Sum(column))
    for currency, minor in sums.values_list("currency", "sum"):
        yield currency, int(minor)


def _lacking(rows: QuerySet[Difference]) -> Counter:
    """What the books lack of Stripe's, in either currency of a difference."""
    found: Counter = Counter()
    for currency, minor in (("currency", "amount_minor"), ("other_currency", "other_minor")):
        sums = rows.exclude(**{currency: ""}).order_by().values(name=F(currency))
        for row in sums.annotate(sum=Sum(minor)):
            found[row["name"]] += int(row["sum"])
    return found
