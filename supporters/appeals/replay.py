"""Replay: yesterday's sampled page views through draft rules, before anybody is asked.

The sample holds no reader, so what only a device knows (how often it asked this week, whether it
belongs to the holdout) is left out: predictions are upper bounds, and the page says so.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Max, QuerySet, Sum

from payments import clock
from payments.reports.questions import moment_after, moment_of
from supporters.appeals import articles, bundle, claims, stories
from supporters.appeals.content import Content
from supporters.appeals.fields import normal
from supporters.appeals.page_views import MOST
from supporters.appeals.rules import Bundle, Candidate, Context, Decision, decide
from supporters.models import Appeal, AppealCount, PageViewSample, Placement

HALF_HOUR = 1800
# The order in which a page is read: what asks first uses up the page's budget.
IN_ORDER = (Placement.SLIM, Placement.TOP, Placement.INSIDE, Placement.END)


@dataclass(slots=True)
class Predicted:
    """What would have happened to the views of a day, counted in views.

    `shown` see this appeal: `fresh` of them are asked nothing there now, the others see one of
    `instead`. `behind` fit its rules but meet an appeal of higher priority. `why` see nothing in
    its placement, by reason. `asks` counts pages by how many appeals they carry, `asks_now` as it
    is today. `supporters` are views by people who give, of which `supporters_asked` are asked
    anywhere. Where nothing was `sampled`, the views are those that were counted: of them only the
    hour and the article are known.
    """

    day: date
    sampled: bool = True
    views: int = 0
    shown: int = 0
    fresh: int = 0
    instead: Counter[str] = field(default_factory=Counter)
    behind: Counter[str] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)
    sections: Counter[str] = field(default_factory=Counter)
    asks: Counter[int] = field(default_factory=Counter)
    asks_now: Counter[int] = field(default_factory=Counter)
    supporters: int = 0
    supporters_asked: int = 0

    def per_hundred(self, asks: Counter[int]) -> int:
        """Appeals on a hundred pages."""
        return round(sum(number * views for number, views in asks.items()) * 100 / self.views)


def sampled_day(today: date) -> date | None:
    """The last whole day of which there is a sample."""
    hours = [
        rows.filter(hour__lt=moment_of(today)).aggregate(latest=Max("hour"))["latest"]
        for rows in (PageViewSample.objects.all(), _views())
    ]
    return max((clock.local_date(hour) for hour in hours if hour), default=None)


def predict(appeal: Appeal, wanted: Content, day: date) -> Predicted:
    """The views of a day as they would be with `wanted` in place of what the appeal shows now.

    Its own schedule is left aside: a draft for next week is tried on yesterday. Raises RuleError.
    """
    now = clock.now()
    live = bundle.build(now).bundle
    ledger = claims.ledger(clock.local_date(now))
    planned_appeal = bundle.told(appeal, wanted, ledger=ledger, now=now)
    mine = replace(planned_appeal.candidate, starts=0, ends=0)
    others = tuple(each for each in live.appeals if each.code != mine.code)
    planned = replace(live, appeals=(*others, mine))
    contexts = _sampled(day)
    found = Predicted(day, sampled=bool(contexts))
    for context, number in (contexts or _counted(day)).items():
        _count(found, mine, context, number, live=live, planned=planned)
    return found


def _count(
    found: Predicted,
    mine: Candidate,
    context: Context,
    number: int,
    *,
    live: Bundle,
    planned: Bundle,
) -> None:
    before, after = dict(_asked(live, context)), dict(_asked(planned, context))
    here, there = before[mine.placement], after[mine.placement]
    asks = sum(1 for each in after.values() if each.asked)
    found.views += number
    found.asks[asks] += number
    found.asks_now[sum(1 for each in before.values() if each.asked)] += number
    if context.standing == "supporter":
        found.supporters += number
        found.supporters_asked += number if asks else 0
    if not there.asked:
        found.why[there.why] += number
    elif there.appeal != mine.code:
        fits = next(all(each.checks) for each in there.appeals if each.code == mine.code)
        found.behind[there.appeal] += number if fits else 0
    else:
        found.shown += number
        found.sections[context.section] += number
        if not here.asked:
            found.fresh += number
        elif here.appeal != mine.code:
            found.instead[here.appeal] += number


def _asked(live: Bundle, context: Context) -> Iterator[tuple[str, Decision]]:
    """What each placement decides, the page's budget being used up from the top."""
    asked = 0
    for placement in IN_ORDER:
        decision = decide(live, placement, replace(context, asked_here=asked))
        asked += decision.asked
        yield placement, decision


def _sampled(day: date) -> Counter[Context]:
    """The day's views as rules know them, the same ones counted together."""
    inside = PageViewSample.objects.filter(hour__gte=moment_of(day), hour__lt=moment_after(day))
    return Counter(_context(view) for view in inside.order_by("draw")[:MOST].iterator())


def _counted(day: date) -> Counter[Context]:
    """The day's views from the counts: those of the placement that was seen most on each page."""
    inside = _views().filter(hour__gte=moment_of(day), hour__lt=moment_after(day))
    found: Counter[Context] = Counter()
    known = {story.code: story for story in stories.stories()}
    for hour, article, _placement, count in inside:
        facts, story = articles.facts(article), known.get(article)
        context = Context(
            now=_epoch(hour) + HALF_HOUR,
            story=article,
            section=normal(facts.section),
            tags=tuple(normal(tag) for tag in story.tags) if story else (),
            authors=(normal(facts.author),) if facts.author else (),
            sensitive=bool(story and story.sensitive),
        )
        found[context] = max(found[context], count)
    return found


def _views() -> QuerySet:
    """Views and ghost views per hour, article and placement."""
    kinds = (AppealCount.Kind.VIEW, AppealCount.Kind.GHOST)
    rows = AppealCount.objects.filter(kind__in=kinds).order_by()
    return rows.values_list("hour", "article", "placement").annotate(seen=Sum("count"))


def _context(view: PageViewSample) -> Context:
    return Context(
        now=_epoch(view.hour) + HALF_HOUR,
        story=view.article,
        section=view.section,
        tags=tuple(view.tags),
        authors=tuple(view.authors),
        language=view.language,
        country=view.country,
        device=view.device,
        referrer=view.referrer,
        standing=view.standing,
        sensitive=view.sensitive,
        paused=view.paused,
        read=view.read,
    )


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())
