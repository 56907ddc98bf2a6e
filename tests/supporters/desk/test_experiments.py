"""The experiments' pages: a calculator that refuses, a report that a person can read."""

import re
from datetime import timedelta

import pytest

from payments import clock
from supporters.models import Experiment
from tests.payments.books import staff
from tests.supporters.appeals.drafts import ines, published
from tests.supporters.appeals.test_experiments import TWO, count, plan, running, wait

pytestmark = pytest.mark.django_db
NEW = "/desk/appeals/experiments/new/"


@pytest.fixture
def desk(client):
    """A browser in which Ines of the campaigns has signed in."""
    client.force_login(ines())
    return client


def asked(**fields):
    """The calculator filled in for a test that can answer."""
    filled = {"appeal": "wall-end", "metric": "clicks", "lift_percent": 50, "days": 28}
    return filled | {"unit": "page", "units_a_day": 5000, "base": "0.4"} | fields


def declared(**fields):
    words = {"code": "dated-heading", "question": "A dated fact makes more readers click."}
    return asked(**words, guardrails=["dismissals"]) | fields


def page(desk, experiment):
    answer = desk.get(f"/desk/appeals/experiments/{experiment.code}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_test_that_can_answer_is_planned_begun_and_stopped(desk):
    published(TWO)
    words = desk.get(NEW, asked()).content.decode()
    assert "This test can answer." in words
    answer = desk.post(NEW, declared())
    assert answer["Location"] == "/desk/appeals/experiments/dated-heading/"
    experiment = Experiment.objects.get()
    assert "Begin the test" in page(desk, experiment)
    desk.post(answer["Location"] + "begin/")
    assert "Running" in page(desk, experiment)
    desk.post(answer["Location"] + "stop/", {"reason": "The story moved on."})
    words = page(desk, experiment)
    assert "The story moved on." in words
    assert "Begin the test" not in words
    assert "dated-heading" in desk.get("/desk/appeals/experiments/").content.decode()


def test_a_hopeless_test_gets_the_nearest_honest_one_as_a_link_that_can_be_planned(desk):
    published(TWO)
    hopeless = asked(metric="completions", base="0.01", lift_percent=20)
    words = desk.get(NEW, hopeless).content.decode()
    assert "This test cannot answer." in words
    assert "Plan this test" not in words
    offers = re.findall(r'href="(\?appeal=[^"]*)"', words)
    assert offers
    for offer in offers:
        answer = desk.get(NEW + offer.replace("&amp;", "&"))
        assert "This test can answer." in answer.content.decode()


def test_a_hopeless_test_cannot_be_declared_past_the_page(desk):
    published(TWO)
    answer = desk.post(NEW, declared(metric="completions", base="0.01", lift_percent=20))
    assert answer.status_code == 400
    assert "This test could not answer." in answer.content.decode()
    assert not Experiment.objects.exists()


def test_where_no_test_can_answer_the_page_says_so(desk):
    published(TWO)
    assert "no test can answer" in desk.get(NEW, asked(units_a_day=3)).content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"appeal": "unknown"}, "Select a valid choice"),
        ({"lift_percent": 400}, "less than or equal to 100"),
        ({"days": 365}, "less than or equal to 84"),
        ({"base": "0.00001"}, "no more than 4 decimal places"),
        ({"base": "0"}, "too small to be tested"),
        ({"base": "90", "lift_percent": 50}, "No rate can rise that far"),
        ({"metric": "donkeys"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_calculated_gets_a_sentence(desk, fields, sentence):
    published(TWO)
    answer = desk.get(NEW, asked(**fields))
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "new"}, "is the name of a page"),
        ({"code": ""}, "This field is required"),
        ({"question": ""}, "This field is required"),
        ({"guardrails": ["donkeys"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_declared_gets_a_sentence(desk, fields, sentence):
    published(TWO)
    answer = desk.post(NEW, declared(**fields))
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Experiment.objects.exists()


def test_an_appeal_with_one_variant_is_told_why(desk):
    published()
    assert "one variant only" in desk.get(NEW, asked()).content.decode()


def test_the_running_view_says_that_nothing_is_decided_and_how_far_it_is(desk):
    experiment = running()
    for variant, clicks in (("short", 40), ("dated", 44)):
        count(experiment, variant, "view", 10_000)
        count(experiment, variant, "click", clicks)
    wait(timedelta(hours=1))
    words = page(desk, experiment)
    for sentence in ("Nothing is decided yet", "% of the planned size", "as of", "0.44 %"):
        assert sentence in words
    assert "not of readers" in words
    assert 'role="img"' in words


def test_a_better_variant_is_named_with_where_the_difference_lies(desk):
    experiment = running()
    for variant, clicks in (("short", 40), ("dated", 140)):
        count(experiment, variant, "view", 10_000)
        count(experiment, variant, "click", clicks)
    wait(timedelta(hours=1))
    words = page(desk, experiment)
    assert "“dated” is better. Clicks: 1.40 % against 0.40 %" in words
    assert "the difference lies between +" in words
    assert "state--good" in words


def test_mismatched_shares_are_an_alarm_and_the_better_variant_is_not_named(desk):
    experiment = running()
    for variant, views in (("short", 12_000), ("dated", 10_000)):
        count(experiment, variant, "view", views)
        count(experiment, variant, "click", 40 if variant == "short" else 140)
    wait(timedelta(hours=1))
    words = page(desk, experiment)
    assert "must not be believed" in words
    assert "Readers did not fall into the variants by their shares" in words
    assert "is better" not in words


def test_a_guardrail_that_is_breached_is_an_alarm(desk):
    experiment = running()
    for variant, dismissed in (("short", 50), ("dated", 250)):
        count(experiment, variant, "view", 10_000)
        count(experiment, variant, "dismiss", dismissed)
    wait(timedelta(hours=1))
    assert "Dismissals rose clearly with “dated”" in page(desk, experiment)


def test_a_test_that_has_counted_nothing_yet_shows_its_plan(desk):
    experiment = running()
    words = page(desk, experiment)
    assert "Declared beforehand" in words
    assert "too few to say" in words


def test_an_ended_test_without_a_difference_says_what_it_would_have_seen(desk):
    experiment = running()
    for variant in ("short", "dated"):
        count(experiment, variant, "view", 10_000)
        count(experiment, variant, "click", 40)
    wait(timedelta(hours=1))
    Experiment.objects.update(status="ended", ending="date", ended_at=clock.now())
    assert "No difference was found. One of 50 % or more" in page(desk, experiment)


@pytest.mark.parametrize(("name", "status"), [("begin", 400), ("stop", 400), ("celebrate", 404)])
def test_a_step_that_is_not_open_is_refused(desk, name, status):
    experiment = running()
    answer = desk.post(f"/desk/appeals/experiments/{experiment.code}/{name}/", {"reason": ""})
    assert answer.status_code == status
    experiment.refresh_from_db()
    assert experiment.status == "running"


@pytest.mark.case("A3")
def test_only_campaigns_enter(client):
    experiment = plan(published(TWO))
    places = (
        "/desk/appeals/experiments/",
        NEW,
        f"/desk/appeals/experiments/{experiment.code}/",
    )
    for place in places:
        assert client.get(place)["Location"].startswith("/account/login/")
    client.force_login(staff("finance"))
    for place in places:
        assert client.get(place).status_code == 404
    answer = client.post(f"/desk/appeals/experiments/{experiment.code}/begin/")
    assert answer.status_code == 404


@pytest.mark.case("A9")
def test_what_people_wrote_is_shown_as_text(desk):
    published(TWO)
    desk.post(NEW, declared(question="<script>alert(1)</script>"))
    assert "<script>alert" not in page(desk, Experiment.objects.get())


def test_the_page_costs_a_handful_of_queries(desk, django_assert_max_num_queries):
    experiment = running()
    count(experiment, "dated", "view", 10)
    wait(timedelta(hours=2))
    with django_assert_max_num_queries(12):
        page(desk, experiment)
