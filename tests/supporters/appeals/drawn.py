"""Random bundles and contexts, and the vectors that Python and the browser must both satisfy."""

import json
import random
from pathlib import Path

from supporters.appeals import rules
from supporters.appeals.fields import CAMPAIGNS, DEVICES, REFERRERS, STANDINGS

VECTORS = Path(__file__).parent / "vectors.json"
SECTIONS = ("news", "sport", "climate", "culture")
TAGS = ("docks", "courts", "élections", "naïve", "x")
AUTHORS = ("mara quill", "devin marlow")
LANGUAGES, COUNTRIES = ("en", "ga", "de"), ("ie", "gb", "", "fr")
# A winter and a summer of the newsroom's clock, and moments around the changes.
ZONE = ((0, 0), (1774746000, 3600), (1792890000, 0), (1806195600, 3600))
PLACE = "article-end"
WORDS = {
    "section": SECTIONS,
    "tags": TAGS,
    "authors": AUTHORS,
    "language": LANGUAGES,
    "country": COUNTRIES[:2],
    "device": DEVICES,
    "referrer": REFERRERS,
    "standing": STANDINGS,
    "campaign": CAMPAIGNS,
}


def some(chance, words):
    return tuple(sorted(chance.sample(words, chance.randint(1, min(3, len(words))))))


def condition(chance):
    """One condition as the desk stores it."""
    name = chance.choice(list(rules.FIELDS))
    operator = chance.choice(list(rules.OPERATORS[rules.FIELDS[name].kind]))
    value = {
        "number": lambda: chance.randint(0, 8),
        "flag": lambda: chance.random() < 0.2,
        "schedule": lambda: {
            "days": sorted(chance.sample(range(1, 8), chance.randint(0, 7))),
            "from": f"{chance.randint(0, 23)}:{chance.choice(('00', '30'))}",
            "to": f"{chance.randint(0, 24)}:00",
        },
    }.get(rules.FIELDS[name].kind, lambda: list(some(chance, WORDS[name])))
    return {"field": name, "operator": operator, "value": value()}


def moment(chance):
    return 1790000000 + chance.randint(-30_000_000, 30_000_000)


def candidate(chance, number):
    starts, ends = sorted((moment(chance), moment(chance)))
    return rules.Candidate(
        code=f"appeal-{number}",
        placement=chance.choice((PLACE, PLACE, PLACE, "article-top")),
        arms=tuple((f"v{n}", chance.randint(0, 60) + 1) for n in range(chance.randint(1, 4))),
        priority=chance.choice((10, 20, 100)),
        rules=rules.parse([condition(chance) for _ in range(chance.randint(0, 3))]),
        starts=chance.choice((0, 0, starts)),
        ends=chance.choice((0, 0, ends)),
        sensitive=chance.random() < 0.3,
        campaign=(starts, chance.choice((0, ends)), chance.random() < 0.3),
        tested=chance.choice((0, 0, chance.randint(1, 99))),
    )


def bundle(chance):
    mutes = [("story", "ferry", moment(chance)), ("tag", "docks", moment(chance))]
    mutes.append(("site", "", moment(chance)))
    return rules.Bundle(
        appeals=tuple(candidate(chance, number) for number in range(chance.randint(0, 5))),
        mutes=tuple(each for each in mutes if chance.random() < 0.12),
        zone=ZONE,
        per_page=chance.randint(1, 3),
        per_week=chance.randint(3, 20),
        killed=chance.random() < 0.02,
    )


def context(chance):
    consented = chance.random() < 0.5
    return rules.Context(
        now=moment(chance),
        story=chance.choice(("ferry", "wall", "")),
        section=chance.choice((*SECTIONS, "")),
        tags=some(chance, TAGS) if chance.random() < 0.8 else (),
        authors=some(chance, AUTHORS) if chance.random() < 0.8 else (),
        language=chance.choice(LANGUAGES),
        country=chance.choice(COUNTRIES),
        device=chance.choice(DEVICES),
        referrer=chance.choice(REFERRERS),
        standing=chance.choices(STANDINGS, (80, 15, 5))[0],
        sensitive=chance.random() < 0.15,
        paused=chance.random() < 0.05,
        read=chance.randint(0, 9) if consented else None,
        asked_here=chance.choice((0, 0, 0, 1, 2)),
        asked_this_week=chance.randint(0, 12) if consented else None,
        visitor=f"{chance.getrandbits(64):x}" if consented else None,
        chance=chance.getrandbits(32),
    )


def pairs(count, *, seed):
    """Bundles with contexts, and what Python decides, as plain data for the browser.

    Five readers in turn meet the same bundle.
    """
    chance = random.Random(seed)
    for number in range(count):
        if number % 5 == 0:
            drawn = bundle(chance)
            data = drawn.data(PLACE)
        page = context(chance)
        answer = rules.decide(drawn, PLACE, page)
        yield {"bundle": data, "context": page.data(), "decision": answer.data()}


if __name__ == "__main__":
    lines = (json.dumps(each, ensure_ascii=False) for each in pairs(30, seed=7))
    VECTORS.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
