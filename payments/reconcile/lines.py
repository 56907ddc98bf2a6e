"""What a balance transaction that is not in the books must be: its kind, and whose it is."""

from collections.abc import Callable

from payments.gateway.errors import Misconfigured
from payments.models import BalanceLine, Contribution, Difference, LedgerEntry, Payout
from payments.money import Money
from payments.reconcile.findings import Finding, Kind
from payments.reconcile.sides import is_account_fee
from payments.services import whose

CONTRIBUTIONS = (
    LedgerEntry.Kind.GIFT,
    LedgerEntry.Kind.FIRST,
    LedgerEntry.Kind.RENEWAL,
)
# Stripe's words (https://docs.stripe.com/reports/balance-transaction-types) and what they mean.
CHARGES = ("charge", "payment")
DISPUTES = {"dispute": Kind.DISPUTE, "dispute_reversal": Kind.DISPUTE_WON}
OTHERS = {
    "refund": Kind.MISSING_REFUND,
    "payment_refund": Kind.MISSING_REFUND,
    "refund_failure": Kind.REFUND_FAILED,
    "payment_refund_failure": Kind.REFUND_FAILED,
    "payment_failure_refund": Kind.DEBIT_RETURNED,
    "payment_reversal": Kind.DEBIT_RETURNED,
    "payout": Kind.MISSING_PAYOUT,
    "payout_failure": Kind.PAYOUT_RETURNED,
    "payout_cancel": Kind.PAYOUT_RETURNED,
}
# Whose these are, Stripe has to be asked: another product may share the account.
ASKED: dict[Kind, Callable[[str], str]] = {
    Kind.MISSING_CHARGE: whose.charge,
    Kind.MISSING_REFUND: whose.refund,
    Kind.REFUND_FAILED: whose.refund,
    Kind.DISPUTE: whose.dispute,
    Kind.DISPUTE_WON: whose.dispute,
    Kind.DEBIT_RETURNED: whose.charge,
}


def of_charge(charge_id: str) -> BalanceLine | None:
    """The balance transaction that brought a charge, as far as it was read."""
    if not charge_id:
        return None
    return BalanceLine.objects.filter(stripe_source_id=charge_id, type__in=CHARGES).first()


def was_exchanged(line: BalanceLine) -> bool:
    """Whether a line is booked as an exchange: its charge then has no line of its own currency."""
    return LedgerEntry.objects.filter(
        kind=LedgerEntry.Kind.EXCHANGE,
        stripe_balance_transaction_id=line.stripe_balance_transaction_id,
    ).exists()


def finding(line: BalanceLine) -> Finding:
    """The difference that a line makes that the books do not have."""
    if Difference.objects.filter(
        kind=Kind.FOREIGN, subject=line.stripe_balance_transaction_id, livemode=line.livemode
    ).exists():
        return _plain(Kind.FOREIGN, line)
    if line.type in CHARGES:
        return _charge(line)
    kind = _kind(line)
    return _foreign(kind, line) or _plain(kind, line)


def _kind(line: BalanceLine) -> Kind:
    if is_account_fee(line.type):
        return Kind.ACCOUNT_FEE
    if line.type == "adjustment" and line.category in DISPUTES:
        return DISPUTES[line.category]
    return OTHERS.get(line.type, Kind.ADJUSTMENT)


def _charge(line: BalanceLine) -> Finding:
    """A charge: of a contribution that we know, of one that we do not, or of somebody else's."""
    contribution = Contribution.objects.filter(stripe_charge_id=line.stripe_source_id).first()
    if contribution is None:
        kind = Kind.MISSING_CHARGE
        return _foreign(kind, line) or _plain(kind, line)
    root = contribution.ledger_entries.filter(settles=None, kind__in=CONTRIBUTIONS).first()
    if root is None:
        return _plain(Kind.UNBOOKED, line, contribution=contribution)
    if root.currency != line.currency:
        kind = Kind.EXCHANGED if line.exchange_rate else Kind.WRONG_CURRENCY
        return _plain(kind, line, contribution=contribution, root=root)
    kind = Kind.MISSING_FEE if root.gross_minor == line.amount_minor else Kind.WRONG_AMOUNT
    return _plain(kind, line, contribution=contribution, root=root)


def _foreign(kind: Kind, line: BalanceLine) -> Finding | None:
    ask = ASKED.get(kind)
    if ask is None or not line.stripe_source_id:
        return None
    try:
        reason = ask(line.stripe_source_id)
    except Misconfigured:
        reason = ""
    return _plain(Kind.FOREIGN, line, note=reason) if reason else None


def _plain(
    kind: Kind,
    line: BalanceLine,
    *,
    contribution: Contribution | None = None,
    root: LedgerEntry | None = None,
    note: str = "",
) -> Finding:
    same = root is not None and root.currency == line.currency
    payout = Payout.objects.filter(stripe_payout_id=line.stripe_source_id).first()
    return Finding(
        kind,
        subject=line.stripe_balance_transaction_id,
        lacks=line.kept - _net(root) if root and same else line.kept,
        lacks_too=-_net(root) if root and not same else None,
        ours=root.moved.format() if root else "",
        theirs=f"{line.type} {line.amount.format()}",
        stripe_object_id=line.stripe_source_id,
        balance_transaction_id=line.stripe_balance_transaction_id,
        contribution_id=contribution.pk if contribution else None,
        entry_id=root.pk if root else None,
        payout_id=payout.pk if payout else None,
        happened_at=line.created_at,
        note=note,
    )


def _net(root: LedgerEntry) -> Money:
    return Money(root.net_minor, root.currency)
