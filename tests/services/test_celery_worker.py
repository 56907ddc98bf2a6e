"""The doorbell rings a real worker, over a real broker."""

import pytest
import requests

from config.celery import app
from payments.models import Checkout, Contribution, OutboxTask
from tests.builders import FORM
from tests.services.conftest import end, until, worker_process

PAYER = {"card_number": "4242424242424242", "exp": "12/34", "cvc": "123", "name": "Nora Reader"}


def give(product, **fields):
    """Fill in the form and Stripe's page over HTTP; returns the checkout."""
    with requests.Session() as reader:
        page = reader.get(f"{product}/contribute/", timeout=30)
        form = FORM | fields | {"csrfmiddlewaretoken": token(page.text)}
        answer = reader.post(f"{product}/contribute/", data=form, allow_redirects=False, timeout=30)
        assert answer.status_code == 303, answer.text
        paid = reader.post(
            answer.headers["Location"],
            data=PAYER | {"email": form["email"]},
            allow_redirects=False,
            timeout=30,
        )
        assert paid.status_code == 303, paid.text
    return Checkout.objects.latest("id")


def token(page):
    return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


def receipted(checkout):
    """The contribution, once its receipt has been printed and mailed."""
    row = Contribution.objects.filter(checkout=checkout, receipt__isnull=False).first()
    mailed = OutboxTask.objects.filter(name="receipt.mail").exclude(done_at=None)
    return row and mailed.filter(key=f"receipt.mail:{row.receipt.number}").exists() and row


def test_a_worker_books_receipts_and_mails_what_the_web_process_stored(worker, product):
    checkout = give(product)
    contribution = until(lambda: receipted(checkout))
    assert contribution.status == "paid"
    [letter] = product.letters(to=FORM["email"])
    assert contribution.receipt.number in letter.subject


@pytest.mark.case("F17")
def test_what_a_killed_worker_left_is_done_by_the_next(services, product, tmp_path):
    with worker_process(product, tmp_path) as process:
        end(process)
        checkout = give(product)
    with worker_process(product, tmp_path):
        assert until(lambda: receipted(checkout)).status == "paid"


@pytest.mark.case("F20")
def test_a_flushed_broker_loses_nothing_for_the_beat_goes_on(services, product, tmp_path):
    checkout = give(product)
    app.control.purge()
    with worker_process(product, tmp_path):
        assert until(lambda: receipted(checkout)).status == "paid"
