"""The demo's year, lived by a part of its people: what we booked is what Stripe holds and sent."""

import pytest

from payments.models import Contribution, Dispute, Refund
from supporters.demo import books, seed, year

# Of the people without troubles every so many-th lives; those with troubles live all.
ONE_OF = 16


def a_part_of_the_plan():
    acts = year.plan()
    names = list(dict.fromkeys(act.giver.email for act in acts))
    troubled = {act.giver.email for act in year._troubles()}
    lives = {name for place, name in enumerate(names) if place % ONE_OF == 0} | troubled
    return [act for act in acts if act.giver.email in lives]


@pytest.mark.parametrize("product", [year.DAYS], indirect=True)
def test_the_net_of_all_movements_is_stripes_balance_and_payouts_to_the_cent(product):
    seed.live(a_part_of_the_plan(), progress=lambda done, total: None)
    found = books.lines()
    assert {line.net.currency for line in found} == {"eur", "gbp", "usd"}
    assert [line for line in found if not line.ties] == []
    assert sum(line.paid_out.minor for line in found) > 0
    assert Contribution.objects.received().count() > 40
    assert Refund.objects.exists()
    assert Dispute.objects.exists()
