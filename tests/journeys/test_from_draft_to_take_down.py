"""An appeal as its newsroom lives with it: written, approved by another, read, given to, down."""

import csv
import io
import time

from payments.models import Contribution
from supporters.demo import newspaper, people
from supporters.models import Appeal, Campaign

STORY = "flood-wall-contract"
ARTICLE = f"/articles/{STORY}/"
HEADING = "Four binders, and nobody else has read them"
HARMLESS = {
    "heading": HEADING,
    "body": "If you are able to, please help us with the next file.",
    "button": "Read on with {amount}",
}
CARD = {"card_number": "4242424242424242", "exp": "12/34", "cvc": "123"}
MINUTE = 60


def enter(somebody, role):
    """Come in by the stage door."""
    somebody.open("/demo/")
    address = f"/demo/enter/{role}/"
    form = next(form for form in somebody.page.forms if form.action == address)
    somebody.session.post(
        somebody.home + address,
        data=form.fields,
        headers={"Referer": somebody.page.address},
        timeout=30,
    )


def written(**words):
    """The writing form as it is sent: words of the first variant by name."""
    variant = {f"variant-0-{name}": value for name, value in words.items()}
    rule = {"rule-0-field": "tags", "rule-0-operator": "any", "rule-0-value": "Flood wall"}
    where = {"placement": "article-end", "priority": "300", "sensitive": "hide"}
    return where | rule | variant | {"variant-0-code": "binders", "code": "binders-end"}


def seen_by(reader):
    return HEADING in reader.open(ARTICLE).words


def within_a_minute(reader, expected):
    """How long it takes until readers see it, or see it no more."""
    began = time.monotonic()
    while seen_by(reader) != expected:
        assert time.monotonic() - began < MINUTE, "not effective within a minute"
        time.sleep(0.2)


def test_from_the_first_word_to_taking_it_down(product, person):
    people.hire()
    ines, maeve, reader = person(), person(), person()
    enter(ines, "campaigns")
    enter(maeve, "news-desk")
    a_campaign_opens(ines)
    what_cannot_be_proven_is_not_sent_for_approval(ines)
    a_second_person_approves_and_publishes(ines, maeve)
    within_a_minute(reader, True)
    it_is_asked_only_where_its_rules_say(reader)
    a_reader_gives_every_month(product, person())
    product.advance(days=31)
    the_month_s_report_shows_the_net_money_and_the_renewals(ines)
    enter(maeve, "news-desk")
    a_story_is_silenced_and_asked_on_again(maeve, reader)
    it_is_taken_down(maeve, reader)


def a_campaign_opens(ines):
    ines.open("/desk/appeals/campaigns/")
    days = {"starts_on": "2020-01-01", "currency": "eur", "goal": "5000"}
    ines.press("Keep this campaign", code="binders", name="The four binders", **days)
    assert "The four binders" in ines.page.words


def what_cannot_be_proven_is_not_sent_for_approval(ines):
    ines.open("/desk/appeals/new/")
    binders = Campaign.objects.get(code="binders").pk
    pressing = HARMLESS | {"body": "It is urgent: give before Friday."}
    ines.press("Save", campaign=binders, **written(**pressing))
    assert "Saved. Readers do not see it before it is approved." in ines.page.words
    ines.press("Ask for approval")
    assert ines.page.status == 400
    # A claim would cover "Four"; the pressing words have none and leave.
    for phrase in ("“Four” is a number", "“urgent” presses the reader", "“Friday” is a date"):
        assert phrase in ines.page.words
    ines.open("/desk/appeals/claims/")
    owner = people.person(people.CAST["campaigns"]).pk
    proof = {"source": "The binders on Orla's desk", "expires_on": "2099-01-01", "owner": owner}
    ines.press("Keep this claim", phrase="Four binders", **proof)
    ines.open("/desk/appeals/appeal/binders-end/edit/")
    ines.press("Save", campaign=binders, **written(**HARMLESS))
    ines.press("Ask for approval")
    assert "Sent for approval." in ines.page.words
    assert "You wrote this version." in ines.page.words


def a_second_person_approves_and_publishes(ines, maeve):
    assert not [form for form in ines.page.forms if "Approve" in form.button]
    maeve.open("/desk/appeals/appeal/binders-end/")
    maeve.press("Approve version 2")
    maeve.press("Publish version 2")
    assert "Published. Readers see it within a minute." in maeve.page.words


def it_is_asked_only_where_its_rules_say(reader):
    assert HEADING not in reader.open("/articles/jazz-archive/").words


def a_reader_gives_every_month(product, nora):
    nora.open(ARTICLE)
    nora.press("Read on with", frequency="month", choice_month="10")
    assert "€10.00 every month" in nora.page.words
    nora.press("Pay €10.00", **CARD, name="Nora Reader", email="nora@example.org")
    assert "Thank you, Nora." in nora.page.words
    product.settle()


def the_month_s_report_shows_the_net_money_and_the_renewals(ines):
    """Under the article, and under everything else that the reference names."""
    enter(ines, "campaigns")
    first, renewal = Contribution.objects.order_by("received_at")
    net = first.net.minor + renewal.net.minor
    written_by = newspaper.find(STORY)
    for by, code in {
        "article": STORY,
        "author": written_by.byline,
        "section": written_by.section,
        "campaign": "binders",
        "appeal": "binders-end",
        "placement": "article-end",
        "variant": "binders",
    }.items():
        address = f"/desk/reports/appeals.csv?by={by}&from=&to="
        answer = ines.open(address).answer
        (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
        assert row[by] == code
        assert (row["first_gifts"], row["renewals"]) == ("1", "1")
        assert int(row["first_net_minor"]) == first.net.minor
        assert int(row["net_minor"]) == net
        assert f"net_minor={net} fees_open=0" in answer.headers["X-Control-Total-EUR"]
    ines.open("/desk/reports/appeals/?by=article&from=&to=")
    assert STORY in ines.page.words


def a_story_is_silenced_and_asked_on_again(maeve, reader):
    maeve.open("/desk/appeals/silence/")
    aim = {"kind": "story", "value": STORY, "until": "2099-01-01T00:00"}
    maeve.press("Silence it", reason="The court sits today.", **aim)
    within_a_minute(reader, False)
    maeve.press("Ask again", reason="The court has risen.")
    within_a_minute(reader, True)


def it_is_taken_down(maeve, reader):
    maeve.open("/desk/appeals/appeal/binders-end/")
    maeve.press("Take down", reason="The file is in print.")
    assert "Taken down. It is gone within a minute." in maeve.page.words
    assert "The file is in print." in maeve.page.words
    within_a_minute(reader, False)
    assert Appeal.objects.get(code="binders-end").status == "down"
