"""Pages: what two appeals cost an article, and how many queries the pages about money need.

The article is rendered by its view through all middleware, with warm caches, beside the same page
whose template has the appeal's tags taken out.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import ground

ROUNDS, AT_ONCE, MOST = 40, 20, 1.1
SLUG = "flood-wall-contract"
TAG = re.compile(r"{% (appeal |appeal_inside|endappeal_inside)[^%]*%}")
HISTORY, CROWD = 200, 300
MOST_CONTRIBUTE, MOST_ACCOUNT = 12, 20


def measure() -> Iterator[ground.Figure]:
    """The article's ratio, then the numbers of queries."""
    with ground.database():
        pair = ground.ratio(_article(_as_it_is()), _article(_without_appeals()), rounds=ROUNDS)
        yield ground.Figure(
            "article with two appeals, against the same without",
            pair.ratio,
            MOST,
            detail=pair.each(AT_ONCE),
        )
        yield from _queries()


def _article(template: Any) -> Callable[[], ground.Work]:
    from django.test import RequestFactory

    from supporters.demo import newspaper

    article = newspaper.find(SLUG)
    page = {"article": article, "related": newspaper.related(article), "section": article.section}
    request = RequestFactory().get(f"/articles/{SLUG}/")

    def work() -> None:
        for _ in range(AT_ONCE):
            template.render(page, request)

    return lambda: work


def _as_it_is() -> Any:
    from django.template import engines

    return engines["django"].get_template("demo/article.html")


def _without_appeals() -> Any:
    from django.template import engines

    source = Path(_as_it_is().origin.name).read_text()
    bare, taken = TAG.subn("", source)
    if taken < 2:
        raise RuntimeError("the article's template does not carry its appeals where they were")
    return engines["django"].from_string(bare)


def _queries() -> Iterator[ground.Figure]:
    """Counted for one supporter, then again with a crowd beside them: the numbers stay."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from tests.payments.books import receive

    for _ in range(HISTORY):
        receive(email="nora@example.org")
    supporter = Client()
    supporter.force_login(get_user_model().objects.for_email("nora@example.org"))
    pages = {
        "contribute page": (Client(), "/contribute/", MOST_CONTRIBUTE),
        f"account with {HISTORY} contributions": (supporter, "/account/", MOST_ACCOUNT),
    }
    alone = {name: _count(client, path) for name, (client, path, _) in pages.items()}
    for number in range(CROWD):
        receive(email=f"reader-{number}@example.org")
    for name, (client, path, most) in pages.items():
        crowded = _count(client, path)
        yield ground.Figure(name, crowded, most, unit="queries")
        grown = crowded - alone[name]
        yield ground.Figure(f"{name}, {CROWD} more supporters", grown, 0, unit="more")


def _count(client: Any, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return len(queries)


if __name__ == "__main__":
    ground.run(measure)
