"""Lives the planned year: every gift through checkout and hosted page, every event by backfill."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management import call_command

from payments import clock
from payments.models import Contribution, Dispute, FailedRenewal, Subscription
from payments.money import Money
from payments.reconcile import run as comparison
from payments.services import checkout, disputes, refunds, subscriptions
from supporters.appeals import attribution, references
from supporters.demo import asks, payer, people, sandbox, trial
from supporters.demo.second_hand import apply_all, helping
from supporters.demo.year import DAY, DECLINED, GOOD, Act, Giver, charges
from supporters.models import User

Progress = Callable[[int, int], None]
# Events are fetched every few days, a day further back than the last time: none falls between.
FETCH_EVERY, FETCH_BACK = 4, 5


def live(acts: list[Act], *, progress: Progress) -> None:
    """Begin a year ago, on a sandbox whose clock stands there, and end today.

    The books are compared with Stripe's by the worker, when the demo runs.
    """
    with helping():
        people.hire()
        begin = sandbox.keep_pace().timestamp()
        asks.begin()
        call_command("setup_stripe", stdout=_Silence())
        _live_days(acts, begin=begin, progress=progress)
        sandbox.catch_up()
        _take_over()
        comparison.ask_for_one()
        asks.end()
        _prove_addresses()


def _live_days(acts: list[Act], *, begin: float, progress: Progress) -> None:
    by_day = {day: list(found) for day, found in groupby(acts, lambda act: act.at // DAY)}
    weights = [weight + 1 for weight in charges(acts)]
    done = 0
    for day, weight in enumerate(weights):
        _live_a_day(by_day.get(day, []), begin=begin)
        sandbox.move_to(begin + (day + 1) * DAY)
        trial.a_day(day)
        if day % FETCH_EVERY == 0:
            _take_over()
        done += weight
        progress(done, sum(weights))


def _live_a_day(acts: list[Act], *, begin: float) -> None:
    for act in acts:
        sandbox.move_to(begin + act.at)
        WORDS[act.word](act.giver)


def _take_over() -> None:
    """Fetch what Stripe has to tell, and apply it; letters and documents wait for the worker."""
    call_command("backfill", days=FETCH_BACK, stdout=_Silence())
    apply_all()


def _prove_addresses() -> None:
    """The cast has confirmed its addresses, so that signing in by a code works for them."""
    for user in User.objects.filter(email__in=[role.email for role in people.CAST.values()]):
        EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )


# --- What people do -----------------------------------------------------------------------------


def _begin(giver: Giver) -> str:
    """Fill in the contribute form; the address of the payment page."""
    wish = checkout.Wish(
        form_token=giver.token,
        frequency=giver.frequency,
        gift=Money(giver.minor, giver.currency),
        email=giver.email,
        name=giver.name,
        source=_asked(giver),
        consent_text=_consent(giver),
        **giver.fields,
    )
    return checkout.start(wish).stripe_url


def _asked(giver: Giver) -> dict[str, Any]:
    """The source as the article's appeal signs it; somebody who came by a link saw none."""
    if "article" not in giver.source:
        return giver.source
    asked = references.Source(**giver.source, hour=clock.now())
    return attribution.frozen(references.sign(asked))


def _consent(giver: Giver) -> str:
    every = {"month": "every month", "year": "every year"}.get(giver.frequency)
    gift = Money(giver.minor, giver.currency).format("en")
    return f"I give {gift} {every} until I stop it." if every else ""


def _give(giver: Giver) -> None:
    payer.pay(_begin(giver), card=giver.card, name=giver.name, email=giver.email)


def _give_by_debit(giver: Giver) -> None:
    """From the account that the giver has in place of a card; else from one that settles."""
    account = payer.ACCOUNT_THAT_SETTLES if giver.card.isdigit() else giver.card
    payer.pay_by_debit(_begin(giver), account=account, name=giver.name, email=giver.email)


def _try_in_vain(giver: Giver) -> None:
    """A declined card first, then another one on the same page."""
    url = _begin(giver)
    payer.pay(url, card=DECLINED, name=giver.name, email=giver.email)
    payer.pay(url, card=giver.card, name=giver.name, email=giver.email)


def _turn_back(giver: Giver) -> None:
    """Somebody who looked at the payment page and left; the session expires."""
    _begin(giver)


def _change(giver: Giver) -> None:
    """Half as much again."""
    for row in _running(giver):
        gift = Money(row.gift.minor * 3 // 2, row.currency)
        subscriptions.change_amount(row, gift=gift, actor=row.supporter)


def _stop(giver: Giver) -> None:
    for row in _running(giver):
        subscriptions.cancel(row, reason="Money is short this year.", actor=row.supporter)


def _stop_and_go_on(giver: Giver) -> None:
    _stop(giver)
    for row in _running(giver):
        subscriptions.undo_cancel(row, actor=row.supporter)


def _refund(giver: Giver) -> None:
    _send_back(giver, part=1, reason="Given twice by mistake.")


def _refund_half(giver: Giver) -> None:
    _send_back(giver, part=2, reason="Meant to give half of it.")


def _send_back(giver: Giver, *, part: int, reason: str) -> None:
    """The newest contribution, or a part of it, by somebody of finance."""
    row = Contribution.objects.received().filter(email=giver.email).first()
    if row is not None:
        amount = Money(row.charged.minor // part, row.currency)
        actor = people.person(people.CAST["finance"])
        refunds.refund(row, amount=amount, reason=reason, actor=actor)


def _answer_dispute(giver: Giver) -> None:
    """Finance hands the evidence in, and it convinces."""
    for row in _disputes(giver):
        disputes.submit_evidence(
            row,
            {"customer_email_address": giver.email, "uncategorized_text": "winning_evidence"},
            actor=people.person(people.CAST["finance"]),
            form_token=giver.token,
        )


def _accept_dispute(giver: Giver) -> None:
    for row in _disputes(giver):
        actor = people.person(people.CAST["finance"])
        disputes.accept(row, actor=actor, reason="The card was stolen; she told us.")


def _pay_what_failed(giver: Giver) -> None:
    """On Stripe's page of the invoice, with another card."""
    for row in FailedRenewal.objects.filter(subscription__supporter__email=giver.email):
        payer.pay(row.hosted_url, card=GOOD, name=giver.name, email=giver.email)


def _disputes(giver: Giver) -> list[Dispute]:
    return [row for row in Dispute.objects.filter(contribution__email=giver.email) if row.due_at]


def _running(giver: Giver) -> list[Subscription]:
    rows = Subscription.objects.running().filter(supporter__email=giver.email)
    return list(rows.select_related("supporter"))


WORDS: dict[str, Callable[[Giver], None]] = {
    "give": _give,
    "give by debit": _give_by_debit,
    "try in vain": _try_in_vain,
    "turn back": _turn_back,
    "change": _change,
    "stop": _stop,
    "stop and go on": _stop_and_go_on,
    "refund": _refund,
    "refund half": _refund_half,
    "answer a dispute": _answer_dispute,
    "accept a dispute": _accept_dispute,
    "pay what failed": _pay_what_failed,
}


class _Silence:
    """Where the commands' own lines go."""

    def write(self, _: str) -> None: ...

    def flush(self) -> None: ...
