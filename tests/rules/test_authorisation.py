"""Who gets what answer at which address: every address of the URLconf is in this table.

The objects in the addresses belong to a stranger, so a supporter must be told 404: whether the
thing exists is nobody's business.
"""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from payments.models import OutboxTask, Receipt, StripeEvent
from supporters.appeals import defaults
from supporters.demo import newspaper
from tests.builders import subscribe
from tests.payments.books import (
    difference_of,
    dispute_of,
    note_of,
    pay_out,
    send_back,
    warning_of,
)
from tests.supporters.appeals.drafts import claim

PEOPLE = ("anonymous", "supporter", "finance", "admin")
PUBLIC = (200, 200, 200, 200)
SIGN_IN = (200, 302, 302, 302)
POST_ONLY = (405, 405, 405, 405)
OWNER = (302, 404, 404, 404)
FINANCE = (302, 404, 200, 200)
OWNER_POST = (302, 405, 405, 405)
CAMPAIGNS = (302, 404, 404, 200)
CAMPAIGNS_POST = (302, 404, 404, 405)
DEFAULT_APPEAL = next(iter(defaults.APPEALS))
TABLE = {
    "payments:webhook": POST_ONLY,
    "payments:healthz": PUBLIC,
    # Before the first night nothing was compared: an alarm, for whoever asks.
    "payments:alarms": (503, 503, 503, 503),
    "supporters:contribute": PUBLIC,
    "supporters:thanks": PUBLIC,
    "supporters:appeal-pause": (302, 302, 302, 302),
    "supporters:appeal-rules": PUBLIC,
    "supporters:appeal-fragment": PUBLIC,
    "supporters:appeal-shadow": PUBLIC,
    "supporters:appeal-embed": PUBLIC,
    "supporters:appeal-device": PUBLIC,
    "supporters:appeal-device-choose": POST_ONLY,
    "supporters:appeal-device-clear": POST_ONLY,
    "supporters:appeal-supporting": PUBLIC,
    "supporters:appeal-rest": (404, 404, 404, 404),
    "supporters:appeal-colours": PUBLIC,
    "supporters:desk": FINANCE,
    "supporters:account": (302, 200, 200, 200),
    "supporters:receipt": OWNER,
    "supporters:change": OWNER,
    "supporters:amount": OWNER,
    "supporters:cover": OWNER,
    "supporters:frequency": OWNER,
    "supporters:day": OWNER,
    "supporters:pause": OWNER,
    "supporters:skip": OWNER,
    "supporters:resume": OWNER,
    "supporters:stop": OWNER,
    "supporters:stop_now": OWNER,
    "supporters:card-given": PUBLIC,
    "supporters:card-link": (410, 410, 410, 410),
    "supporters:undo_stop": OWNER_POST,
    "supporters:card": OWNER_POST,
    "supporters:appeal-ticker": PUBLIC,
    "supporters:desk-appeals": CAMPAIGNS,
    "supporters:desk-appeal": CAMPAIGNS,
    "supporters:desk-appeal-new": CAMPAIGNS,
    "supporters:desk-appeal-edit": CAMPAIGNS,
    "supporters:desk-appeal-versions": CAMPAIGNS,
    "supporters:desk-appeal-version": CAMPAIGNS,
    "supporters:desk-appeal-sheet": CAMPAIGNS,
    "supporters:desk-appeal-replay": CAMPAIGNS,
    "supporters:desk-appeal-preview": CAMPAIGNS_POST,
    "supporters:desk-appeal-preview-new": CAMPAIGNS_POST,
    "supporters:desk-appeal-step": CAMPAIGNS_POST,
    "supporters:desk-experiments": CAMPAIGNS,
    "supporters:desk-experiment-new": CAMPAIGNS,
    "supporters:desk-experiment": (302, 404, 404, 404),
    "supporters:desk-experiment-step": CAMPAIGNS_POST,
    "supporters:desk-campaigns": CAMPAIGNS,
    "supporters:desk-campaign": CAMPAIGNS,
    "supporters:desk-campaign-move": CAMPAIGNS_POST,
    "supporters:desk-claims": CAMPAIGNS,
    "supporters:desk-claim": CAMPAIGNS,
    "supporters:desk-claim-withdraw": CAMPAIGNS_POST,
    "supporters:desk-mutes": CAMPAIGNS,
    "supporters:desk-mute-lift": CAMPAIGNS_POST,
    "supporters:desk-switch": CAMPAIGNS_POST,
    "supporters:desk-origins": CAMPAIGNS,
    "supporters:desk-origin-remove": CAMPAIGNS_POST,
    "account_login": SIGN_IN,
    "account_confirm_login_code": (302, 302, 302, 302),
    "account_logout": (302, 200, 200, 200),
    "account_inactive": PUBLIC,
    "account_request_login_code": (302, 302, 302, 302),
    "account_signup": (302, 302, 302, 302),
    "payments:desk-finance": FINANCE,
    "payments:desk-movements-csv": FINANCE,
    "payments:desk-contribution": FINANCE,
    "payments:desk-refund": (302, 404, 405, 405),
    "payments:desk-receipt": FINANCE,
    "payments:desk-refund-note": FINANCE,
    "payments:desk-refund-approve": (302, 404, 405, 405),
    "payments:desk-refund-decline": (302, 404, 405, 405),
    "payments:desk-disputes": FINANCE,
    "payments:desk-dispute": FINANCE,
    "payments:desk-dispute-answer": (302, 404, 405, 405),
    "payments:desk-dispute-accept": (302, 404, 405, 405),
    "payments:desk-dispute-pack": FINANCE,
    "payments:desk-warning-refund": (302, 404, 405, 405),
    "payments:desk-warning-keep": (302, 404, 405, 405),
    "payments:desk-payouts": FINANCE,
    "payments:desk-payout": FINANCE,
    "payments:desk-books": FINANCE,
    "payments:desk-books-compare": (302, 404, 405, 405),
    "payments:desk-books-repair": (302, 404, 405, 405),
    "payments:desk-difference": FINANCE,
    "payments:desk-difference-repair": (302, 404, 405, 405),
    "payments:desk-difference-explain": (302, 404, 405, 405),
    "payments:desk-difference-take": (302, 404, 405, 405),
    "payments:desk-renewals": FINANCE,
    "payments:desk-events": FINANCE,
    "payments:desk-event-retry": (302, 404, 405, 405),
    "payments:desk-task-retry": (302, 404, 405, 405),
    "payments:sources": FINANCE,
    "payments:sources-csv": FINANCE,
    "demo:front": PUBLIC,
    "demo:section": PUBLIC,
    "demo:article": PUBLIC,
    "demo:door": PUBLIC,
    "demo:feed": PUBLIC,
    "demo:mail": PUBLIC,
    "demo:letter": (404, 404, 404, 404),
    "demo:letter-page": (404, 404, 404, 404),
    "demo:attachment": (404, 404, 404, 404),
    "demo:enter": POST_ONLY,
    "demo:clock": POST_ONLY,
}
# Addresses of packages, which guard themselves; the administration has a test of its own.
PACKAGES = ("admin:", "mfa_")


def names(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield f"{namespace}{pattern.name}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern.url_patterns, inner)


def ours():
    listed = dict.fromkeys(names(get_resolver().url_patterns))
    return [name for name in listed if not name.startswith(PACKAGES)]


@pytest.fixture
def person(client):
    """Sign the client in as one of the people of the table."""

    def become(who):
        if who == "anonymous":
            return client
        users = get_user_model().objects
        user = users.create_user(f"{who}@example.org", is_staff=who in {"finance", "admin"})
        if who == "finance":
            user.groups.add(Group.objects.get_or_create(name="finance")[0])
        if who == "admin":
            get_user_model().objects.filter(pk=user.pk).update(is_superuser=True)
        client.force_login(user)
        return client

    return become


@pytest.fixture
def arguments(client, pay, deliver):
    """What stands in the addresses: things of a stranger, made through the front door."""
    subscription = subscribe(client, pay, deliver, email="stranger@example.org")
    contribution = subscription.contributions.get()
    client.cookies.clear()
    dispute = {"public_id": dispute_of(contribution).public_id}
    difference = {"public_id": difference_of(contribution).public_id}
    refund = {"public_id": send_back(contribution, 100).public_id}
    warning = {"pk": warning_of(contribution).pk}
    return {
        "supporters:thanks": {"public_id": contribution.checkout.public_id},
        "payments:desk-contribution": {"public_id": contribution.public_id},
        "payments:desk-refund": {"public_id": contribution.public_id},
        "payments:desk-refund-note": {"number": note_of(contribution).number},
        "payments:desk-refund-approve": refund,
        "payments:desk-refund-decline": refund,
        "payments:desk-payout": {"stripe_id": pay_out(minor=100).stripe_payout_id},
        "payments:desk-difference": difference,
        "payments:desk-difference-repair": difference,
        "payments:desk-difference-explain": difference,
        "payments:desk-difference-take": difference,
        "payments:desk-dispute": dispute,
        "payments:desk-dispute-answer": dispute,
        "payments:desk-dispute-accept": dispute,
        "payments:desk-dispute-pack": dispute,
        "payments:desk-warning-refund": warning,
        "payments:desk-warning-keep": warning,
        "payments:desk-event-retry": {"pk": StripeEvent.objects.latest("pk").pk},
        "payments:desk-task-retry": {"pk": OutboxTask.objects.latest("pk").pk},
        "supporters:appeal-colours": {"name": "0b4f6c-ffffff-86c5df-0c1a21"},
        "supporters:card-link": {"signed": "forged"},
        "supporters:desk-appeal-version": {"code": DEFAULT_APPEAL, "number": 1},
        "supporters:desk-appeal-sheet": {"scheme": "dark", "name": "tokens"},
        "supporters:desk-appeal-step": {"code": DEFAULT_APPEAL, "name": "submit"},
        "supporters:desk-experiment": {"code": "nothing"},
        "supporters:desk-experiment-step": {"code": "nothing", "name": "begin"},
        "supporters:desk-campaign": {"code": defaults.CAMPAIGN},
        "supporters:desk-campaign-move": {"code": defaults.CAMPAIGN},
        "supporters:desk-claim": {"pk": claim("12 reporters").pk},
        "supporters:appeal-fragment": {"placement": "article-end"},
        "supporters:appeal-shadow": {"placement": "article-end"},
        "supporters:appeal-rest": {"token": "nothing"},
        "demo:section": {"name": next(iter(newspaper.SECTIONS))},
        "demo:article": {"slug": "dock-four"},
        "demo:letter": {"key": "nothing"},
        "demo:letter-page": {"key": "nothing"},
        "demo:attachment": {"key": "nothing", "number": 1},
        "demo:enter": {"key": "finance"},
        "demo:clock": {"step": "day"},
        "any": {
            "number": Receipt.objects.get(contribution=contribution).number,
            "public_id": subscription.public_id,
            "code": DEFAULT_APPEAL,
            "pk": 1,
        },
    }


def address(name, arguments):
    """The address of the name, filled with the stranger's things that it asks for."""
    chosen = arguments.get(name)
    general = arguments["any"]
    tries = [chosen] if chosen else [{}, *({key: value} for key, value in general.items())]
    for filled in tries:
        try:
            return reverse(name, kwargs=filled)
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name} needs an argument that the table does not know")


@pytest.mark.case("A3")
def test_every_address_is_in_the_table():
    assert set(ours()) - set(TABLE) == set()


@pytest.mark.case("A3")
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_the_answer_of_the_table(who, person, arguments):
    client = person(who)
    wanted = {name: TABLE[name][PEOPLE.index(who)] for name in ours() if name in TABLE}
    given = {name: client.get(address(name, arguments)).status_code for name in wanted}
    different = {n: (given[n], wanted[n]) for n in wanted if given[n] != wanted[n]}
    assert different == {}


@pytest.mark.case("A3")
@pytest.mark.parametrize("who", ["anonymous", "supporter", "finance"])
def test_the_administration_is_for_administrators(who, person, db):
    """Finance staff may open it and find nothing; no model is theirs to see."""
    client = person(who)
    for name in names(get_resolver().url_patterns):
        if name.startswith("admin:") and name.endswith(("_changelist", "_add")):
            assert client.get(reverse(name)).status_code in {302, 403, 404}, name
