"""A gift is counted for the ask that won it, and a wrong reference never stands in its way."""

from datetime import UTC, datetime, timedelta

import pytest

from payments import clock
from payments.models import Checkout, Contribution
from supporters.appeals import references
from supporters.appeals.references import Source
from tests.builders import begin, fill_in, give, subscribe

NOW = datetime(2026, 11, 25, 9, 41, tzinfo=UTC)


def source(**fields):
    named = {
        "campaign": "winter",
        "appeal": "after-reading",
        "variant": "plain",
        "placement": "article-end",
        "article": "dock-four",
        "hour": clock.now(),
    }
    return Source(**(named | fields))


def flip(text, place):
    """The text with another character at the place."""
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


def test_a_reference_says_what_was_signed_and_only_the_hour():
    asked = source(sticky=True, section="Élan", author="Máire Ní Bhriain", article="été/1")
    read = references.read(references.sign(asked))
    assert read == asked
    assert (read.hour.minute, read.hour.second, read.hour.microsecond) == (0, 0, 0)


def test_a_reference_is_opaque_compact_and_always_the_same():
    text = references.sign(source())
    assert text == references.sign(source())
    assert len(text) < 200
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert "dock-four" not in text


def test_a_reference_is_refused_wherever_one_character_is_changed():
    text = references.sign(source())
    payload_end = text.index(".")
    changed = [flip(text, place) for place in range(len(text) - 1) if place != payload_end]
    assert {references.read(each) for each in changed} == {None}


@pytest.mark.parametrize(
    "text", ["", ".", "x", "x.y", "a" * 5000, "é.é", "\0", "bnVsbA.bnVsbA", " " * 30]
)
def test_what_is_no_reference_is_none(text):
    assert references.read(text) is None


def test_a_reference_lives_ninety_days_and_is_not_from_tomorrow():
    now = clock.now()
    for hours, known in ((-24 * 89, True), (-24 * 91, False), (1, True), (24, False)):
        text = references.sign(source(hour=now + timedelta(hours=hours)))
        assert bool(references.read(text)) is known


def test_an_older_secret_still_reads_what_it_signed(settings):
    text = references.sign(source())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one " * 6
    assert references.read(text)
    settings.SECRET_KEY_FALLBACKS = []
    assert references.read(text) is None


def test_the_checkout_freezes_the_ask_with_the_articles_section_and_author(client, stripe_sandbox):
    checkout = begin(client, source=references.sign(source(sticky=True)))
    assert checkout.source == {
        "campaign": "winter",
        "appeal": "after-reading",
        "variant": "plain",
        "placement": "article-end",
        "article": "dock-four",
        "section": "news",
        "author": "Devin Marlow",
        "asked_at": references.whole_hour(clock.now()),
        "sticky": True,
        "holdout": "",
    }


def test_a_device_that_keeps_its_variant_says_so_beside_the_reference(client, stripe_sandbox):
    assert begin(client, source=references.sign(source()), sticky="1").sticky


def test_a_reference_made_for_many_pages_takes_the_pages_word_for_the_article(
    client, stripe_sandbox
):
    fragment = references.sign(source(article=""))
    checkout = begin(client, source=fragment, article="dock-four", campaign="other")
    assert (checkout.article, checkout.section) == ("dock-four", "news")
    assert checkout.campaign == "winter"
    named = begin(client, source=references.sign(source()), article="night-bus", amount="7")
    assert named.article == "dock-four"


def test_a_page_of_another_site_tells_section_and_author_itself(client, stripe_sandbox):
    asked = source(article="elsewhere-1", section="Politics", author="Ada Quill")
    checkout = begin(client, source=references.sign(asked))
    assert (checkout.section, checkout.author) == ("Politics", "Ada Quill")


def test_without_a_function_of_the_sites_the_reference_alone_speaks(
    client, stripe_sandbox, settings
):
    settings.ARTICLE_FACTS = ""
    checkout = begin(client, source=references.sign(source()))
    assert (checkout.article, checkout.section, checkout.author) == ("dock-four", "", "")


@pytest.mark.parametrize(
    "text", ["forged", references.sign(source(hour=NOW - timedelta(days=4000))), "\0", "x" * 9999]
)
def test_with_a_wrong_reference_giving_goes_on_without_attribution(client, stripe_sandbox, text):
    checkout = begin(client, source=text, campaign="winter", article="dock-four")
    assert checkout.status == Checkout.Status.OPEN
    assert {checkout.source[name] for name in Checkout.CODES} == {""}
    assert checkout.asked_at is None


def test_a_plain_link_may_say_its_codes_but_not_that_an_appeal_was_shown(client, stripe_sandbox):
    checkout = begin(client, campaign="letter-march", article="dock-four", sticky="1")
    assert (checkout.campaign, checkout.article) == ("letter-march", "dock-four")
    assert checkout.asked_at is None
    assert not checkout.sticky


def test_contribution_and_renewals_keep_the_source(client, pay, deliver, advance):
    subscription = subscribe(client, pay, deliver, source=references.sign(source()))
    advance(days=32)
    kinds = {each.kind: each.source for each in Contribution.objects.all()}
    assert set(kinds) == {"first", "renewal"}
    assert kinds["first"] == kinds["renewal"] == subscription.source == subscription.checkout.source
    assert kinds["renewal"]["article"] == "dock-four"


def test_the_source_survives_the_way_back_from_the_bank(client, pay, deliver):
    """Whoever turns back and gives another amount was still won by the same ask."""
    checkout = begin(client, source=references.sign(source(sticky=True)))
    page = client.get("/contribute/", {"checkout": checkout.public_id})
    again = page.context["form"]["source"].value()
    contribution = give(client, pay, deliver, source=again, amount="25")
    assert contribution.source == checkout.source


def test_a_form_that_comes_back_with_an_error_keeps_the_reference(client, stripe_sandbox):
    text = references.sign(source())
    assert text in fill_in(client, source=text, amount="").content.decode()


def test_the_appeals_own_button_carries_the_reference(client, stripe_sandbox):
    headers = {
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-User": "?1",
    }
    asked = {"pay": "1", "frequency": "month", "choice_month": "10.00", "currency": "eur"}
    answer = client.get(
        "/contribute/", asked | {"source": references.sign(source())}, headers=headers
    )
    assert answer.status_code == 303
    assert Checkout.objects.get().variant == "plain"
