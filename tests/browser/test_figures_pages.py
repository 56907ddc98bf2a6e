"""Reports and experiments as the campaigns' people see them: on a phone, by night, with axe."""

from datetime import timedelta

from payments import clock
from supporters.demo import asks, people, trial
from tests.payments.books import receive

SOURCE = {
    "campaign": "flood-wall",
    "appeal": "wall-end",
    "variant": "town",
    "placement": "article-end",
    "article": "flood-wall-contract",
    "section": "news",
    "author": "Orla Venn",
}


def newsroom():
    """A demo newsroom with a test behind it and a little money."""
    people.hire()
    asks.begin()
    today = clock.offset()
    clock.set_offset(int((today - timedelta(days=trial.DAYS)).total_seconds()))
    for day in range(trial.FIRST_DAY, trial.FIRST_DAY + trial.DAYS):
        trial.a_day(day)
        clock.set_offset(int((clock.offset() + timedelta(days=1)).total_seconds()))
    clock.set_offset(int(today.total_seconds()))
    for number in range(3):
        receive(1000 + number, at=clock.now(), **SOURCE)
    receive(700, at=clock.now())


def test_the_pages_of_figures_are_accessible_everywhere(product, visit, accessible):
    newsroom()
    page = visit("/demo/")
    page.get_by_role("button", name="Enter as campaigns").click()
    for address in (
        "/desk/reports/appeals/",
        "/desk/appeals/experiments/",
        f"/desk/appeals/experiments/{trial.CODE}/",
        "/desk/appeals/experiments/new/?appeal=wall-end&metric=completions&lift_percent=20&days=28"
        "&unit=page&units_a_day=5000",
        "/desk/appeals/experiments/new/?appeal=wall-end&metric=clicks&lift_percent=50&days=28"
        "&unit=page&units_a_day=50000",
    ):
        page.goto(address)
        assert page.get_by_role("heading", level=1).count() == 1
        accessible(page)
