"""Rules: what may be written, what is refused in words, and what is decided by them."""

import json
from dataclasses import replace

import pytest

from supporters.appeals import rules
from tests.supporters.appeals import drawn

NOON = 1790164800  # Wednesday, 23 September 2026, 12:00 UTC, 13:00 in the newsroom
ARMS = (("a", 50), ("b", 50))


def asking(*conditions, **fields):
    fields = {"placement": "article-end", "arms": ARMS} | fields
    return rules.Candidate(code="ask", rules=rules.parse(conditions), **fields)


def decided(*candidates, mutes=(), killed=False, per_page=2, **context):
    bundle = rules.Bundle(candidates, mutes, drawn.ZONE, per_page=per_page, killed=killed)
    return rules.decide(bundle, "article-end", rules.Context(**({"now": NOON} | context)))


def refused(data):
    with pytest.raises(rules.RuleError) as error:
        rules.parse(data)
    return error.value.sentences


def kinds(*conditions):
    return [problem.kind for problem in rules.problems(rules.parse(conditions))]


def test_no_conditions_ask_every_reader():
    assert decided(asking()).why == "asked"


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        (["section", "in", ["News"]], {"section": "news"}, {"section": "sport"}),
        (["section", "not_in", ["news"]], {}, {"section": "news"}),
        (["tags", "any", ["docks", "sea"]], {"tags": ("sea",)}, {"tags": ("courts",)}),
        (["tags", "all", ["docks", "sea"]], {"tags": ("docks", "sea")}, {"tags": ("sea",)}),
        (["tags", "none", ["docks"]], {}, {"tags": ("docks",)}),
        (["authors", "any", "Mara Quill"], {"authors": ("mara quill",)}, {}),
        (["language", "in", ["ga"]], {"language": "ga"}, {"language": "en"}),
        (["country", "in", ["IE"]], {"country": "ie"}, {"country": ""}),
        (["device", "in", ["phone"]], {"device": "phone"}, {"device": "desktop"}),
        (["referrer", "in", ["search"]], {"referrer": "search"}, {"referrer": "direct"}),
        (["read", "at_least", 3], {"read": 3}, {"read": 2}),
        (["read", "at_most", 3], {"read": 3}, {"read": 4}),
        (["standing", "in", ["lapsed"]], {"standing": "lapsed"}, {"standing": "reader"}),
        (["sensitive", "is", False], {}, {"sensitive": True}),
    ],
)
def test_a_condition_holds_for_what_it_names_and_for_nothing_else(condition, yes, no):
    ask = asking(condition, sensitive=True)
    assert decided(ask, **yes).why == "asked"
    assert decided(ask, **no).why == "nothing"


@pytest.mark.parametrize("operator", ["at_least", "at_most"])
def test_articles_read_count_for_nothing_without_consent(operator):
    assert decided(asking(["read", operator, 0]), read=None).why == "nothing"


@pytest.mark.parametrize(
    ("begin", "end", "days", "held"),
    [
        ("13:00", "14:00", [3], True),
        ("12:00", "13:00", [3], False),
        ("13:00", "14:00", [4], False),
        ("22:00", "13:30", [2], True),
        ("22:00", "13:30", [3], False),
        ("0:00", "24:00", [], True),
    ],
)
def test_a_schedule_is_read_in_the_newsrooms_zone_and_may_pass_midnight(begin, end, days, held):
    """The clock is an hour ahead of UTC in September."""
    schedule = {"days": days, "from": begin, "to": end}
    assert decided(asking(["schedule", "within", schedule])).asked is held
    assert decided(asking(["schedule", "outside", schedule])).asked is not held


@pytest.mark.parametrize(
    ("campaign", "state"),
    [
        ((NOON + 1, 0, False), "before"),
        ((NOON, NOON + 1, False), "running"),
        ((NOON, 0, True), "met"),
        ((0, NOON, True), "over"),
    ],
)
def test_a_campaign_has_a_state_at_every_moment(campaign, state):
    ask = asking(["campaign", "in", [state]], campaign=campaign)
    assert decided(ask).why == "asked"
    assert decided(asking(["campaign", "not_in", [state]], campaign=campaign)).why == "nothing"


def test_an_appeal_shows_from_its_first_moment_until_before_its_last():
    ask = asking(starts=NOON, ends=NOON + 10)
    shown = [decided(ask, now=NOON + after).asked for after in (-1, 0, 9, 10)]
    assert shown == [False, True, True, False]


def test_the_highest_priority_whose_rules_hold_is_shown():
    first = replace(asking(["section", "in", ["sport"]], priority=100), code="sport")
    second = replace(asking(priority=10), code="all")
    assert decided(second, first, section="sport").appeal == "sport"
    assert decided(second, first, section="news").appeal == "all"


@pytest.mark.parametrize(
    ("why", "asked"),
    [
        ("killed", {"killed": True}),
        ("muted", {"mutes": (("site", "", NOON + 1),)}),
        ("muted", {"mutes": (("story", "ferry", NOON + 1),), "story": "ferry"}),
        ("muted", {"mutes": (("tag", "docks", NOON + 1),), "tags": ("docks",)}),
        ("supporter", {"standing": "supporter"}),
        ("paused", {"paused": True}),
        ("budget", {"asked_here": 2}),
        ("budget", {"asked_this_week": 20}),
        ("nothing", {"sensitive": True}),
    ],
)
def test_nobody_is_asked_against_the_newsroom_or_the_reader(why, asked):
    assert decided(asking(), **asked).why == why


@pytest.mark.parametrize(
    "asked",
    [
        {"mutes": (("site", "", NOON),)},
        {"mutes": (("story", "wall", NOON + 1),), "story": "ferry"},
        {"mutes": (("tag", "docks", NOON + 1),), "tags": ("courts",)},
        {"standing": "lapsed"},
        {"asked_here": 1},
        {"asked_this_week": 19},
    ],
)
def test_a_mute_that_is_over_or_of_something_else_silences_nothing(asked):
    assert decided(asking(), **asked).why == "asked"


def test_a_visitor_keeps_the_variant_and_says_so():
    first, second = (decided(asking(), visitor="1f", chance=chance) for chance in (1, 2**31 + 1))
    assert first == second
    assert first.sticky


def test_without_an_identifier_chance_chooses_and_the_decision_says_so():
    seen = {decided(asking(), chance=chance).variant for chance in (0, 2**32 - 1)}
    assert seen == {"a", "b"}
    assert not decided(asking()).sticky


def test_five_in_a_hundred_visitors_are_never_asked_and_count_as_the_holdout():
    why = [decided(asking(), visitor=f"{number:x}").why for number in range(4000)]
    assert 160 <= why.count("holdout") <= 240
    assert set(why) == {"holdout", "asked"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("news", "Rules are a list of conditions."),
        ([["colour", "in", ["red"]]], "There is no field “colour”."),
        ([["section", "at_least", 3]], "“section” cannot be asked with “at_least”"),
        ([["section", "in"]], "needs a field, an operator and a value"),
        ([["section", "in", []]], "needs at least one word"),
        ([["section", "in", ["x" * 61]]], "is too long"),
        ([["device", "in", ["fridge"]]], "is no device; choose from phone"),
        ([["country", "in", ["Ireland"]]], "is no country code such as “ie”"),
        ([["read", "at_least", "-1"]], "needs a whole number"),
        ([["read", "at_least", True]], "needs a whole number"),
        ([["sensitive", "is", "no"]], "is true or false"),
        ([["schedule", "within", {"days": [8]}]], "numbers from 1 (Monday) to 7"),
        ([["schedule", "within", {"from": "25:00"}]], "look like 18:00"),
        ([["schedule", "within", {"at": 1}]], "days, from and to"),
        ([["section", "in", ["a"]]] * 21, "at most 20 conditions"),
        ([["section", "in", [f"s{n}" for n in range(41)]]], "at most 40 words"),
        ([None], "needs a field"),
        ([[["section"], "in", ["a"]]], "There is no field"),
        ([["section", ["in"], ["a"]]], "cannot be asked with"),
    ],
)
def test_rules_that_cannot_be_used_are_refused_in_words(data, said):
    sentences = refused(data)
    assert len(sentences) == 1
    assert said in sentences[0]


def test_every_wrong_condition_is_named():
    assert [each[:11] for each in refused([["a", "b", "c"], ["section", "in", "x"], 7])] == [
        "Condition 1",
        "Condition 3",
    ]


def test_rules_are_the_same_after_being_stored_and_read_again():
    conditions = [["section", "in", "News, Sport"], ["schedule", "within", {"from": "18:00"}]]
    read = rules.parse(conditions)
    assert rules.parse(json.loads(json.dumps([each.data() for each in read]))) == read


@pytest.mark.parametrize(
    "conditions",
    [
        (["section", "in", ["news"]], ["section", "not_in", ["news"]]),
        (["section", "in", ["news"]], ["section", "in", ["sport"]]),
        (["device", "not_in", ["phone"]], ["device", "in", ["phone"]]),
        (["tags", "all", ["docks", "sea"]], ["tags", "none", ["docks"]]),
        (["tags", "any", ["docks"]], ["tags", "none", ["docks", "sea"]]),
        (["read", "at_least", 5], ["read", "at_most", 4]),
        (["sensitive", "is", True], ["sensitive", "is", False]),
        (
            ["schedule", "within", {"days": [1]}],
            ["schedule", "within", {"days": [2, 3]}],
        ),
    ],
)
def test_rules_that_contradict_each_other_are_found(conditions):
    assert kinds(*conditions) == ["contradiction"]


@pytest.mark.parametrize(
    "condition",
    [
        ["device", "not_in", ["phone", "tablet", "desktop"]],
        ["standing", "in", ["supporter"]],
        ["schedule", "outside", {}],
    ],
)
def test_a_condition_that_can_never_hold_is_found(condition):
    assert kinds(condition) == ["never"]
    assert rules.problems(rules.parse([condition]))[0].stops


@pytest.mark.parametrize(
    "condition", [["device", "in", ["phone", "tablet", "desktop"]], ["schedule", "within", {}]]
)
def test_a_condition_that_always_holds_is_pointed_out_but_stops_nothing(condition):
    found = rules.problems(rules.parse([condition]))
    assert [each.kind for each in found] == ["always"]
    assert not found[0].stops


@pytest.mark.parametrize(
    "conditions",
    [
        (),
        (["section", "in", ["news", "sport"]], ["section", "not_in", ["news"]]),
        (["tags", "any", ["docks", "sea"]], ["tags", "none", ["docks"]]),
        (["schedule", "within", {"from": "22:00", "to": "2:00"}],),
    ],
)
def test_rules_that_choose_among_readers_have_no_problem(conditions):
    assert kinds(*conditions) == []


def test_conditions_read_as_words():
    lines = rules.parse(
        [
            ["section", "in", ["news"]],
            ["read", "at_least", 3],
            ["schedule", "within", {"days": [1, 2], "from": "18:00", "to": "23:00"}],
        ]
    )
    assert [each.words() for each in lines] == [
        "the section of the story is one of: news",
        "articles read in 30 days, where the reader consented is at least 3",
        "the time in the newsroom's zone is within: Mon, Tue 18:00–23:00",
    ]


def test_the_shared_vectors_are_what_python_decides():
    stored = json.loads(drawn.VECTORS.read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(list(drawn.pairs(len(stored), seed=7))))
