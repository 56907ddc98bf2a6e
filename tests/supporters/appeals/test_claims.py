"""What has to be proven in an appeal's words, and what readers are told when proof is gone."""

from datetime import timedelta

import pytest
from django.core.cache import caches

from payments import clock
from supporters.appeals import claims, content, figures, phrases, wording
from supporters.models import Claim
from tests.payments.books import receive, send_back
from tests.supporters.appeals.drafts import TODAY, WORDS, campaign, claim, published, said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We have 12 reporters.", [("number", "12")]),
        (
            "Over 1,234 of you gave €50,000, or 64 %.",
            [("number", n) for n in ("1,234", "€50,000", "64 %")],
        ),
        (
            "Twenty-one towns, half a million readers",
            [("number", n) for n in ("Twenty-one", "half", "million")],
        ),
        ("Since 3 March 2024", [("date", "3 March 2024")]),
        ("by 2026-12-31 or on Friday", [("date", "2026-12-31"), ("date", "Friday")]),
        ("In May 2026 you may join.", [("date", "May 2026")]),
        (
            "This is urgent: it’s your last chance.",
            [("urgent", "urgent"), ("urgent", "last chance")],
        ),
        ("Noch zwölf Tage, dringend", [("number", "zwölf"), ("urgent", "dringend")]),
        ("Jusqu’au 3 décembre", [("date", "3 décembre")]),
        ("{supporters} readers gave, as of {as_of}.", []),
        ("We need your help now. Read one more story; you may.", []),
        ("", []),
    ],
)
def test_numbers_dates_and_urgent_words_are_found(text, found):
    assert [(each.kind, each.phrase) for each in phrases.find(text)] == found


@pytest.mark.django_db
class TestLedger:
    def sentences(self, text, today=TODAY):
        return [each.sentence for each in claims.ledger(today).unproven(text)]

    def test_a_phrase_without_a_claim_is_named(self):
        assert self.sentences("We are 12 reporters.") == [
            "“12” is a number that nobody answers for. Add a claim."
        ]
        assert self.sentences("Until Friday!") == [
            "“Friday” is a date that nobody answers for. Add a claim."
        ]
        assert self.sentences("It is urgent.") == [
            "“urgent” presses the reader. Add a claim that proves it."
        ]

    def test_a_claim_covers_its_phrase_word_for_word(self):
        claim("12 reporters")
        assert self.sentences("We are  12\nReporters.") == []
        assert self.sentences("We are 12 reporters, not 12 towns.") != []
        assert self.sentences("We are 112 reporters.") != []

    def test_a_claim_holds_through_its_last_day(self):
        claim("12 reporters", expires_on=TODAY)
        assert self.sentences("12 reporters") == []
        assert self.sentences("12 reporters", TODAY + timedelta(days=1)) == [
            "The claim “12 reporters” held until 25 November 2026. Check its source again."
        ]

    def test_a_withdrawn_claim_proves_nothing(self):
        claim("12 reporters", withdrawn_at=clock.now())
        assert self.sentences("12 reporters") == ["The claim “12 reporters” was withdrawn."]

    def test_a_figure_that_does_not_exist_or_has_no_moment_is_named(self):
        assert self.sentences("{suporters} as of {as_of}") == [
            "There is no figure called {suporters}. There are: {supporters}, {goal}, {raised}, "
            "{progress}, {as_of}."
        ]
        assert self.sentences("Over {supporters} readers") == [
            "{supporters} was counted at some moment: say when with {as_of}."
        ]

    def test_the_sum_on_the_button_is_no_figure(self):
        assert (
            self.sentences(content.Wording("a", "", "", "Join with {amount}", {}, {}, 1).text) == []
        )


@pytest.mark.django_db
class TestFigures:
    def test_what_was_raised_is_net_of_what_was_sent_back(self):
        named = {"campaign": "flood-wall"}
        receive(minor=10_000, **named)
        send_back(receive(minor=5_000, **named), minor=2_000)
        receive(minor=7_000, campaign="another")
        counted = figures.of_campaign(campaign(goal_minor=20_000))
        assert counted.raised.minor == 13_000
        assert (counted.progress, counted.reached) == (65, False)

    def test_figures_are_told_in_the_readers_language_and_never_too_high(self):
        receive(minor=1_234_550, campaign="flood-wall")
        counted = figures.of_campaign(campaign(goal_minor=2_000_000))
        words = counted.words("en")
        assert (words["raised"], words["goal"], words["progress"]) == ("€12,345", "€20,000", "61%")
        assert words["supporters"] is None

    def test_a_campaign_without_goal_has_no_progress(self):
        counted = figures.of_campaign(campaign(goal_minor=None))
        assert counted.progress is None
        assert not counted.reached


@pytest.mark.django_db
class TestShown:
    def shown(self, appeal):
        counted = figures.of_campaign(appeal.campaign)
        today = clock.local_date(clock.now())
        return wording.shown(
            content.of_version(appeal.live), words=counted.words("en"), ledger=claims.ledger(today)
        )

    def test_a_live_appeal_whose_claim_went_stale_is_told_in_plain_words(self):
        proof = claim("12 reporters")
        appeal = published(said(body="We are 12 reporters."))
        assert self.shown(appeal)[0].body == "We are 12 reporters."
        Claim.objects.filter(pk=proof.pk).update(expires_on=clock.now() - timedelta(days=2))
        (plain,) = self.shown(appeal)
        assert (plain.code, plain.heading, plain.body) == ("plain", "", "")
        assert plain.share == WORDS.share

    def test_figures_are_filled_in(self):
        receive(minor=1_000, campaign="flood-wall")
        text = "{raised} of {goal} as of {as_of}"
        appeal = published(said(body=text), goal_minor=5_000)
        assert self.shown(appeal)[0].body.startswith("€10 of €50 as of ")

    def test_a_figure_of_which_nothing_can_be_said_any_more_makes_it_plain(self):
        kept = receive(minor=1_000, campaign="flood-wall")
        appeal = published(said(body="{raised} as of {as_of}"))
        send_back(kept, minor=1_000)
        caches["spare"].clear()
        assert self.shown(appeal)[0].code == "plain"
