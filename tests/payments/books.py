"""Books for tests of finance: contributions booked by the real services, without a payer."""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import transaction

from payments.gateway.objects import BalanceTransaction
from payments.models import (
    Contribution,
    Difference,
    Dispute,
    FraudWarning,
    Payout,
    PayoutItem,
    Refund,
    RefundNote,
    RefundNoteDocument,
)
from payments.money import Money
from payments.receipts.issue import issue, issue_note
from payments.services import ledger

DAY = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
_number = count(1)


def balance(minor, *, fee=0, currency="eur", at=DAY, type="charge"):
    """A balance transaction as Stripe would tell it."""
    return BalanceTransaction(
        id=f"txn_{next(_number):06}",
        amount_minor=minor,
        fee_minor=fee,
        net_minor=minor - fee,
        currency=currency,
        type=type,
        created_at=at,
    )


@transaction.atomic
def receive(minor=1000, *, at=DAY, fee=40, currency="eur", kind="gift", **fields):
    """A paid contribution with its receipt, and its fee unless that is None."""
    number = next(_number)
    email = fields.get("email", "nora@example.org")
    contribution = Contribution.objects.create(
        **{
            "kind": kind,
            "frequency": "once" if kind == "gift" else "month",
            "status": "paid",
            "currency": currency,
            "gift_minor": minor,
            "received_at": at,
            "created_at": at,
            "name": "Nora Reader",
            "email": email,
            "supporter": get_user_model().objects.for_email(email),
            "stripe_payment_intent_id": f"pi_{number:06}",
            "stripe_charge_id": f"ch_{number:06}",
            "stripe_customer_id": f"cus_{number:06}",
        }
        | fields
    )
    ledger.received(contribution)
    issue(contribution, now=at)
    if fee is not None:
        settle(contribution, fee=fee)
    return contribution


def settle(contribution, *, fee=40):
    """Stripe says what it kept of a contribution."""
    said = balance(
        contribution.charged.minor,
        fee=fee,
        currency=contribution.currency,
        at=contribution.received_at + timedelta(minutes=2),
    )
    contribution.fee_minor = fee
    contribution.stripe_balance_transaction_id = said.id
    contribution.save()
    return ledger.fee(contribution, said)


def send_back(contribution, minor, *, at=DAY + timedelta(days=1)):
    """A refund that Stripe has sent."""
    refund = Refund.objects.create(
        contribution=contribution,
        amount_minor=minor,
        currency=contribution.currency,
        status="succeeded",
        created_at=at,
        reason="asked for",
    )
    ledger.refunded(refund, balance(-minor, currency=contribution.currency, at=at, type="refund"))
    return refund


def dispute_of(contribution, *, status="lost", at=DAY + timedelta(days=1)):
    """A dispute of the whole sum that stands as its status says; no money is booked."""
    return Dispute.objects.create(
        contribution=contribution,
        status=status,
        reason="fraudulent",
        amount_minor=contribution.charged.minor,
        currency=contribution.currency,
        opened_at=at,
        stripe_dispute_id=f"du_{next(_number):06}",
    )


def warning_of(contribution, *, at=DAY + timedelta(days=1)):
    """An early fraud warning that waits for somebody."""
    return FraudWarning.objects.create(
        contribution=contribution,
        fraud_type="made_with_stolen_card",
        actionable=False,
        created_at=at,
        stripe_warning_id=f"issfr_{next(_number):06}",
    )


def note_of(contribution, *, kind=RefundNote.Kind.REFUNDED, minor=100, at=DAY):
    """A refund note with a document, as if it had been printed."""
    note = issue_note(
        contribution.receipt,
        kind=kind,
        amount=Money(minor, contribution.currency),
        key=f"note:{next(_number):06}",
        moved_at=at,
        now=at,
    )
    file = ContentFile(b"%PDF-1.7 note", name="note.pdf")
    RefundNoteDocument.objects.create(note=note, file=file, rendered_at=at)
    return note


def pay_out(*balance_ids, minor, currency="eur", at=DAY + timedelta(days=2)):
    """A payout to the bank that holds the named balance transactions."""
    payout = Payout.objects.create(
        stripe_payout_id=f"po_{next(_number):06}",
        amount_minor=minor,
        currency=currency,
        status="paid",
        arrival_on=at.date(),
        created_at=at,
        itemised_at=at,
    )
    for balance_id in balance_ids:
        PayoutItem.objects.create(
            payout=payout, stripe_balance_transaction_id=balance_id, net_minor=minor
        )
    ledger.payout(payout.stripe_payout_id, balance(-minor, currency=currency, at=at, type="payout"))
    return payout


def staff(*roles, email="fina@example.org", **fields):
    """Somebody at the desk in the named roles."""
    person = get_user_model().objects.create_user(email, is_staff=True, **fields)
    person.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return person


def euros(minor):
    return Money(minor, "eur")


def difference_of(contribution, **fields):
    """Something that Stripe says otherwise about a contribution."""
    facts = {"kind": "no_receipt", "subject": str(contribution.public_id), "found_at": DAY}
    facts |= {"contribution": contribution, "seen_at": DAY}
    return Difference.objects.create(**facts | fields)
