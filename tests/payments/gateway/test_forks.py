"""A forked process speaks to Stripe by a connection of its own: answers are never mixed up."""

import multiprocessing

from payments.gateway.client import api, read

CALLS = 150


def customer(number):
    return api().customers.create({"name": f"Reader {number}"}).id


def strange_answers(key):
    """How many of the answers about one customer were about something else."""
    found = (read("customers", key) for _ in range(CALLS))
    return sum(each.get("id") != key for each in found)


def test_two_processes_hear_each_their_own_answers(product):
    ours, theirs = customer(1), customer(2)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        heard = pool.apply_async(strange_answers, [theirs])
        assert strange_answers(ours) == 0
        assert heard.get(timeout=60) == 0
