"""Booking: what a movement of money writes into the ledger. Called inside a transaction."""

from datetime import datetime

from payments import clock
from payments.gateway.objects import BalanceTransaction
from payments.models import Account, Contribution, Dispute, LedgerEntry, LedgerLine, Refund
from payments.models.kept import found, insert_all, insert_or_find
from payments.money import Money

Kind = LedgerEntry.Kind
# How the keys begin of entries that take another one back.
COUNTER = "counter:"


def received(contribution: Contribution) -> LedgerEntry:
    """The gross sum of a contribution, once; its fee follows with `fee`, at once or later."""
    charged = contribution.charged
    entry = LedgerEntry(
        key=f"contribution:{contribution.public_id}",
        kind=Kind(contribution.kind),
        occurred_at=contribution.received_at or contribution.created_at,
        recorded_at=clock.now(),
        currency=charged.currency,
        gross_minor=charged.minor,
        net_minor=charged.minor,
        contribution=contribution,
        stripe_charge_id=contribution.stripe_charge_id or "",
    )
    entry, new = insert_or_find(entry, key=entry.key)
    if new:
        _lines(entry, {Account.STRIPE: charged.minor, Account.CONTRIBUTIONS: -charged.minor})
    return entry


def root_of(contribution: Contribution) -> LedgerEntry:
    """The entry that booked a contribution's money."""
    entry = found(LedgerEntry, key=f"contribution:{contribution.public_id}")
    if entry is None:
        raise LedgerEntry.DoesNotExist(f"contribution:{contribution.public_id}")
    return entry


def fee(
    contribution: Contribution, balance: BalanceTransaction, *, first: LedgerEntry | None = None
) -> LedgerEntry:
    """What Stripe kept of a contribution, as its balance transaction says; `first` booked it.

    A fee of zero is booked as an entry without lines, so that the movement is settled.
    """
    kept = Money(balance.fee_minor, balance.currency)
    entry = LedgerEntry(
        key=f"fee:{balance.id}",
        kind=Kind.FEE,
        occurred_at=balance.created_at,
        recorded_at=clock.now(),
        currency=kept.currency,
        gross_minor=0,
        fee_minor=kept.minor,
        net_minor=-kept.minor,
        settles=first or root_of(contribution),
        contribution=contribution,
        stripe_charge_id=contribution.stripe_charge_id or "",
        stripe_balance_transaction_id=balance.id,
    )
    entry, new = insert_or_find(entry, key=entry.key)
    if new:
        _lines(entry, {Account.FEES: kept.minor, Account.STRIPE: -kept.minor})
    return entry


def refunded(refund: Refund, balance: BalanceTransaction) -> LedgerEntry:
    """Money sent back, on the day on which Stripe took it from the balance."""
    return _book_refund(refund, balance, kind=Kind.REFUND, own=-refund.amount)


def refund_failed(refund: Refund, balance: BalanceTransaction) -> LedgerEntry:
    """Money that was sent back and returned (contract section 3: also after success)."""
    return _book_refund(refund, balance, kind=Kind.REFUND_FAILED, own=refund.amount)


def dispute_moved(dispute: Dispute, balance: BalanceTransaction, *, own: Money) -> LedgerEntry:
    """What a dispute took or gave back, its fee apart: as the balance says, not the status.

    `own` is the sum in the currency of the charge.
    """
    kind = Kind.DISPUTE if balance.amount_minor < 0 else Kind.DISPUTE_WON
    return _book(
        key=f"dispute:{balance.id}",
        kind=kind if balance.amount_minor else Kind.FEE,
        balance=balance,
        own=own,
        against=Account.DISPUTES,
        fees=Account.DISPUTE_FEES,
        contribution=dispute.contribution,
        dispute=dispute,
        stripe_charge_id=dispute.contribution.stripe_charge_id or "",
    )


def passed_through(
    contribution: Contribution | None, balance: BalanceTransaction, *, charge_id: str
) -> LedgerEntry:
    """One half of a debit that Stripe booked while on its way and took back when it failed."""
    return _book(
        key=f"debit:{balance.id}",
        kind=Kind.ADJUSTMENT,
        balance=balance,
        against=Account.CONTRIBUTIONS,
        contribution=contribution,
        stripe_charge_id=charge_id,
    )


def payout(stripe_payout_id: str, balance: BalanceTransaction) -> LedgerEntry:
    """Stripe's transfer to the bank: money of our own that changes its place."""
    return _book(
        key=f"payout:{balance.id}", kind=Kind.PAYOUT, balance=balance, against=Account.BANK
    )


def payout_back(stripe_payout_id: str, balance: BalanceTransaction) -> LedgerEntry:
    """A payout that the bank sent back: the money is at Stripe again."""
    return _book(
        key=f"payout_back:{balance.id}",
        kind=Kind.PAYOUT_BACK,
        balance=balance,
        against=Account.BANK,
    )


def exchange(
    root: LedgerEntry, balance: BalanceTransaction, *, fees: Account = Account.FEES
) -> None:
    """Money moved in one currency that Stripe settled in another (FAILURES F50).

    The movement stays booked in its own currency, free of a fee there; what left that currency,
    and what came of it less the fee, are two movements of their own.
    """
    moved, gross, fee = root.gross_minor, balance.amount_minor, balance.fee_minor
    links = {"contribution": root.contribution, "stripe_charge_id": root.stripe_charge_id}
    for name, sums, lines, more in (
        ("out", (root.currency, -moved, 0), {Account.STRIPE: -moved, Account.EXCHANGE: moved}, {}),
        ("free", (root.currency, 0, 0), {}, {"settles": root}),
        (
            "in",
            (balance.currency, gross, fee),
            {Account.STRIPE: gross - fee, Account.EXCHANGE: -gross, fees: fee},
            {"stripe_balance_transaction_id": balance.id},
        ),
    ):
        _write(
            key=f"exchange_{name}:{balance.id}",
            kind=Kind.EXCHANGE,
            at=balance.created_at,
            sums=sums,
            lines=lines,
            **links,
            **more,
        )


def _book_refund(
    refund: Refund, balance: BalanceTransaction, *, kind: Kind, own: Money
) -> LedgerEntry:
    return _book(
        key=f"{kind}:{balance.id}",
        kind=kind,
        balance=balance,
        own=own,
        against=Account.CONTRIBUTIONS,
        contribution=refund.contribution,
        refund=refund,
        stripe_charge_id=refund.contribution.stripe_charge_id or "",
    )


def _book(
    *,
    key: str,
    kind: Kind,
    balance: BalanceTransaction,
    against: Account,
    fees: Account = Account.FEES,
    own: Money | None = None,
    **links: object,
) -> LedgerEntry:
    """A balance transaction as it is: gross from or to an account, its fee to another.

    Where it settled in another currency than its money's `own`, that is booked, and exchanged.
    """
    gross, fee = balance.amount_minor, balance.fee_minor
    if own and own.currency != balance.currency:
        entry = _write(
            key=key,
            kind=kind,
            at=balance.created_at,
            sums=(own.currency, own.minor, 0),
            lines={Account.STRIPE: own.minor, against: -own.minor},
            **links,
        )
        exchange(entry, balance, fees=fees)
        return entry
    return _write(
        key=key,
        kind=kind,
        at=balance.created_at,
        sums=(balance.currency, gross, fee),
        lines={Account.STRIPE: gross - fee, against: -gross, fees: fee},
        stripe_balance_transaction_id=balance.id,
        **links,
    )


def _write(
    *,
    key: str,
    kind: Kind,
    at: datetime,
    sums: tuple[str, int, int],
    lines: dict[Account, int],
    **links: object,
) -> LedgerEntry:
    """Write an entry once; booking the same key again returns what stands."""
    currency, gross, fee = sums
    entry = LedgerEntry(
        key=key,
        kind=kind,
        occurred_at=at,
        recorded_at=clock.now(),
        currency=currency,
        gross_minor=gross,
        fee_minor=fee,
        net_minor=gross - fee,
        **links,
    )
    entry, new = insert_or_find(entry, key=key)
    if new:
        _lines(entry, lines)
    return entry


def _lines(entry: LedgerEntry, amounts: dict[Account, int]) -> None:
    """The entry's lines; those of zero are left out."""
    if sum(amounts.values()) != 0:
        raise ValueError("an entry's lines sum to zero")
    lines = [
        LedgerLine(entry=entry, account=account, amount_minor=minor, currency=entry.currency)
        for account, minor in amounts.items()
        if minor
    ]
    if lines:
        insert_all(lines)
