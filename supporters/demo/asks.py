"""What the demo newsroom asks: two campaigns, appeals in every state, claims, a silence, readers.

Everything goes through the desk's own services: Ines writes, Maeve of the news desk approves.
"""

from dataclasses import replace
from datetime import UTC, date, timedelta
from random import Random

from django.core.cache import cache

from payments import clock
from supporters.appeals import defaults, keeping, mutes, publishing
from supporters.appeals.content import Content, Wording
from supporters.demo import newspaper, people
from supporters.models import Appeal, Campaign, Claim, PageViewSample, Placement, User

WALL, WALL_CODE = "flood-wall", "wall-end"
GOAL_MINOR = 1_500_000
VIEWS = 3000
HOURS = [1] * 6 + [3, 8, 12, 10, 8, 7, 9, 8, 7, 6, 6, 8, 10, 12, 13, 12, 8, 4]
ORDERS = Wording(
    code="orders",
    heading="Forty-one change orders. We read every one.",
    body=(
        "Reading them kept our investigations desk busy for a winter. Readers who can afford it "
        "pay for that work, so that everybody in Port Brennan can see what the wall has cost. If "
        "you are able to, please be one of them."
    ),
    button="",
    amounts={},
    colours={},
    share=50,
)
TOWN = Wording(
    code="town",
    heading="You paid for this wall. Help us follow the money.",
    body=(
        "The council has not published the rest of the file, and we have asked for all of it. "
        "That costs time, stamps and a lawyer. If this report was worth something to you, please "
        "help us to finish it."
    ),
    button="",
    amounts={},
    colours={},
    share=50,
)
COUNTED = (
    "Readers have given {raised} of the {goal} that the rest of the file will cost, as counted on "
    "{as_of}. If this report was worth something to you, please help us to finish it."
)
WALL_END = Content(
    placement=Placement.END,
    paragraph=3,
    priority=200,
    rules=[["tags", "any", ["flood wall"]]],
    starts_at=None,
    ends_at=None,
    sensitive=Appeal.Sensitive.HIDE,
    variants=(ORDERS, TOWN),
)
NEWSLETTER = Content(
    placement=Placement.INSIDE,
    paragraph=4,
    priority=100,
    rules=[["referrer", "in", ["newsletter"]], ["device", "in", ["phone"]]],
    starts_at=None,
    ends_at=None,
    sensitive=Appeal.Sensitive.HIDE,
    variants=(
        Wording(
            code="letter",
            heading="You came here from our letter",
            body="It is free, and it stays free, because some of its readers give a little every "
            "month. If you are able to, please join them.",
            button="Join them with {amount}",
            amounts={"month": [300, 500, 1000]},
            colours={},
            share=100,
        ),
    ),
)
# What the gate is for: urgency that nobody can prove, and a colour that nobody can read.
WINTER = Content(
    placement=Placement.SLIM,
    paragraph=3,
    priority=50,
    rules=[["country", "in", ["ie"]]],
    starts_at=None,
    ends_at=None,
    sensitive=Appeal.Sensitive.HIDE,
    variants=(
        Wording(
            code="winter",
            heading="Only days left: help us survive this winter",
            body="",
            button="",
            amounts={},
            colours={"light": {"brand": "#e8b100", "brand_ink": "#ffffff"}},
            share=100,
        ),
    ),
)


def begin() -> None:
    """A year ago: the campaigns open, and the flood wall's appeal goes up."""
    ines, today = _staff("campaigns"), clock.local_date(clock.now())
    Campaign.objects.filter(code=defaults.CAMPAIGN).update(starts_on=today)
    wall = Campaign(
        code=WALL,
        name="The flood wall file",
        starts_on=today,
        goal_minor=GOAL_MINOR,
        currency="eur",
    )
    keeping.save_campaign(wall, actor=ines)
    _claim("Forty-one change orders", "The orders themselves, in four binders: Orla Venn", days=540)
    appeal = publishing.create(WALL_CODE, campaign=wall, wanted=WALL_END, actor=ines)
    _publish(appeal, seen=1)


def end() -> None:
    """Today: live figures in the words, drafts on the desk, a stale claim, a silence, readers."""
    # Figures are kept for a minute of real time, in which a year has passed here.
    cache.clear()
    ines, wall = _staff("campaigns"), Campaign.objects.get(code=WALL)
    newsroom = Campaign.objects.get(code=defaults.CAMPAIGN)
    appeal = Appeal.objects.get(code=WALL_CODE)
    counted = replace(WALL_END, variants=(ORDERS, replace(TOWN, body=COUNTED)))
    publishing.save(appeal, counted, campaign=wall, actor=ines, seen=1)
    _publish(appeal, seen=2)
    _claim("three reporters", "Staff list of last spring", days=-20)
    letter = publishing.create("letter-inside", campaign=newsroom, wanted=NEWSLETTER, actor=ines)
    publishing.submit(letter, actor=ines)
    publishing.create("winter-slim", campaign=newsroom, wanted=WINTER, actor=ines)
    mutes.mute(
        "story",
        "vanished-deposits",
        until=clock.now() + timedelta(days=2),
        reason="A family in the story asked for quiet until the hearing.",
        actor=_staff("news-desk"),
    )
    PageViewSample.objects.bulk_create(_views(clock.local_date(clock.now())))


def _publish(appeal: Appeal, *, seen: int) -> None:
    maeve = _staff("news-desk")
    publishing.submit(appeal, actor=_staff("campaigns"))
    publishing.approve(appeal, actor=maeve, seen=seen)
    publishing.publish(appeal, actor=maeve)


def _claim(phrase: str, source: str, *, days: int) -> None:
    until = clock.local_date(clock.now()) + timedelta(days=days)
    owner = _staff("campaigns")
    claim = Claim(phrase=phrase, source=source, owner=owner, expires_on=until)
    keeping.save_claim(claim, actor=owner)


def _views(today: date) -> list[PageViewSample]:
    """Yesterday's readers, as rules see them: most on phones, few known, the wall read most."""
    dice = Random(11)  # noqa: S311 (a story, not a secret)
    start = clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    papers = newspaper.articles()
    weights = [12 if each.slug == "flood-wall-contract" else 3 for each in papers]
    return [
        PageViewSample(
            hour=start - timedelta(hours=24 - hour),
            article=article.slug,
            section=article.section,
            tags=[tag.lower() for tag in article.tags],
            authors=[article.byline.lower()],
            sensitive=article.sensitive,
            language="en",
            country=dice.choices(["ie", "gb", "us", "fr"], [8, 3, 2, 1])[0],
            device=dice.choices(["phone", "desktop", "tablet"], [70, 25, 5])[0],
            referrer=dice.choices(
                ["direct", "search", "social", "newsletter", "internal"], [4, 5, 3, 2, 4]
            )[0],
            standing=dice.choices(["reader", "supporter", "lapsed"], [90, 7, 3])[0],
            paused=dice.random() < 0.02,
            read=dice.choice([None, None, 0, 1, 2, 5, 10, 20]),
        )
        for hour, article in zip(
            dice.choices(range(24), HOURS, k=VIEWS),
            dice.choices(papers, weights, k=VIEWS),
            strict=True,
        )
    ]


def _staff(key: str) -> User:
    found = people.person(people.CAST[key])
    if found is None:
        raise LookupError(f"{key} has not been hired")
    return found
