"""What keeps live appeals from their readers as they were written, each in one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from payments import clock
from supporters.appeals import bundle, claims, gate


@dataclass(frozen=True, slots=True)
class Trouble:
    """`code` is the appeal's; `hidden` ones show nothing, the others the house's plain words."""

    code: str
    sentence: str
    hidden: bool


def troubles() -> Iterator[Trouble]:
    """Of every appeal that is live now."""
    live = bundle.current()
    for code, sentences in live.problems.items():
        yield Trouble(code, " ".join(sentences), hidden=True)
    ledger = claims.ledger(clock.local_date(clock.now()))
    for code, published in live.published.items():
        for variant in published.content.variants:
            for reason in gate.unsayable(variant, published.figures, ledger):
                words = _("“%(variant)s” is told in the house’s plain words. %(reason)s")
                yield Trouble(code, words % {"variant": variant.code, "reason": reason}, False)
