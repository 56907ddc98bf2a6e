"""Campaigns, claims, silence and other sites, and the ticker that anybody may check."""

from datetime import timedelta

import pytest

from payments import clock
from payments.models import AuditEntry
from supporters.appeals import mutes
from supporters.models import Campaign, Claim, Mute, Origin
from tests.payments.books import receive, send_back
from tests.supporters.appeals.drafts import campaign, claim, ines, published, said

pytestmark = pytest.mark.django_db

CAMPAIGNS = "/desk/appeals/campaigns/"
CLAIMS = "/desk/appeals/claims/"
SILENCE = "/desk/appeals/silence/"
SITES = "/desk/appeals/sites/"


def text(answer):
    return answer.content.decode()


class TestCampaigns:
    FORM = {
        "code": "spring",
        "name": "Spring",
        "starts_on": "2027-03-01",
        "ends_on": "2027-03-31",
        "currency": "eur",
        "goal": "50,000.00",
    }

    def test_a_campaign_is_kept_with_its_goal(self, desk):
        assert desk.post(CAMPAIGNS, self.FORM).status_code == 302
        kept = Campaign.objects.get(code="spring")
        assert kept.goal_minor == 5_000_000
        entry = AuditEntry.objects.get(action="campaign.saved")
        assert entry.after["goal_minor"] == 5_000_000

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"ends_on": "2027-02-01"}, "The last day is before the first."),
            ({"starts_on": "soon"}, "This is not a day."),
            ({"goal": "lots"}, "amount in digits"),
            ({"goal": "0"}, "Please write an amount above zero."),
            ({"code": "open-newsroom"}, "already exists"),
        ],
    )
    def test_a_campaign_that_cannot_be_is_refused(self, desk, fields, sentence):
        answer = desk.post(CAMPAIGNS, self.FORM | fields)
        assert answer.status_code == 400
        assert sentence in text(answer)
        assert not Campaign.objects.filter(code="spring").exists()

    def test_a_change_is_audited_with_before_and_after(self, desk):
        campaign(goal_minor=1000)
        fields = {"name": "Flood wall", "starts_on": "2020-01-01", "currency": "eur", "goal": "20"}
        desk.post(f"{CAMPAIGNS}flood-wall/", fields)
        entry = AuditEntry.objects.get(action="campaign.saved")
        assert (entry.before, entry.after) == ({"goal_minor": 1000}, {"goal_minor": 2000})

    def test_it_is_closed_opened_and_put_away_with_a_reason(self, desk):
        campaign()
        move = f"{CAMPAIGNS}flood-wall/move/"
        for status in ("closed", "open", "closed", "archived"):
            assert desk.post(move, {"status": status, "reason": "Done."}).status_code == 302
        assert Campaign.objects.get(code="flood-wall").status == "archived"

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"status": "archived", "reason": "x"}, "still shown"),
            ({"status": "open", "reason": "x"}, "does not follow"),
            ({"status": "closed", "reason": ""}, "Write a reason"),
        ],
    )
    def test_a_move_that_is_not_open_is_refused(self, desk, fields, sentence):
        published()
        answer = desk.post(f"{CAMPAIGNS}flood-wall/move/", fields)
        assert answer.status_code == 400
        assert sentence in text(answer)
        assert Campaign.objects.get(code="flood-wall").status == "open"

    def test_a_state_that_does_not_exist_is_not_found(self, desk):
        campaign()
        assert desk.post(f"{CAMPAIGNS}flood-wall/move/", {"status": "x"}).status_code == 404

    def test_its_page_says_what_it_has_raised(self, desk):
        send_back(receive(5000, campaign="flood-wall"), 1000)
        campaign(goal_minor=10_000)
        page = text(desk.get(f"{CAMPAIGNS}flood-wall/"))
        assert "€40.00" in page
        assert "40 %" in page


class TestClaims:
    def form(self, **fields):
        filled = {"phrase": "12 reporters", "source": "Staff list", "expires_on": "2099-01-01"}
        return filled | {"owner": str(ines().pk)} | fields

    def test_a_claim_is_kept_with_source_owner_and_end(self, desk):
        assert desk.post(CLAIMS, self.form(phrase="  12   reporters ")).status_code == 302
        kept = Claim.objects.get()
        assert (kept.phrase, kept.source, kept.owner) == ("12 reporters", "Staff list", ines())

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"phrase": "good reporters"}, "so it needs no claim"),
            ({"source": ""}, "required"),
            ({"expires_on": "2020-01-01"}, "This day is over."),
            ({"owner": "00000000-0000-0000-0000-000000000000"}, "valid choice"),
        ],
    )
    def test_a_claim_that_proves_nothing_is_refused(self, desk, fields, sentence):
        answer = desk.post(CLAIMS, self.form(**fields))
        assert answer.status_code == 400
        assert sentence in text(answer)
        assert not Claim.objects.exists()

    def test_a_phrase_has_one_claim(self, desk):
        claim("12 reporters")
        assert "already exists" in text(desk.post(CLAIMS, self.form()))

    def test_a_stale_claim_is_looked_at_again(self, desk):
        stale = claim("12 reporters", expires_on="2020-01-01")
        desk.post(f"{CLAIMS}{stale.pk}/", self.form(source="New staff list"))
        stale.refresh_from_db()
        assert stale.source == "New staff list"
        assert stale.is_fresh(clock.local_date(clock.now()))

    def test_a_withdrawn_claim_turns_what_says_it_plain(self, desk):
        kept = claim("12 reporters")
        published(said(body="We are 12 reporters."))
        assert ">1<" in text(desk.get(CLAIMS))
        assert "Write a reason" in text(desk.post(f"{CLAIMS}{kept.pk}/withdraw/", {"reason": ""}))
        desk.post(f"{CLAIMS}{kept.pk}/withdraw/", {"reason": "Two have left."})
        kept.refresh_from_db()
        assert kept.withdrawn_at is not None
        again = desk.post(f"{CLAIMS}{kept.pk}/withdraw/", {"reason": "Again."})
        assert "Somebody has done this already." in text(again)


class TestSilence:
    def form(self, **fields):
        until = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        return {
            "kind": "story",
            "value": "Dock-Four",
            "until": until,
            "reason": "A death.",
        } | fields

    @pytest.mark.parametrize(
        ("fields", "kept"),
        [
            ({}, ("story", "dock-four")),
            ({"kind": "tag", "value": " Safety  at work "}, ("tag", "safety at work")),
            ({"kind": "site", "value": "whatever"}, ("site", "")),
        ],
    )
    def test_a_story_a_tag_or_the_site_is_silenced(self, desk, fields, kept):
        assert desk.post(SILENCE, self.form(**fields)).status_code == 302
        mute = Mute.objects.current(clock.now()).get()
        assert (mute.kind, mute.value, mute.reason, mute.by) == (*kept, "A death.", ines())
        assert AuditEntry.objects.get(action="mute.begun").reason == "A death."

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"value": ""}, "Name the story or the tag."),
            ({"until": ""}, "required"),
            ({"until": "2020-01-01T10:00"}, "The end of the silence is in the past."),
            ({"reason": ""}, "required"),
            ({"reason": "  "}, "required"),
            ({"kind": "switch"}, "valid choice"),
        ],
    )
    def test_silence_without_aim_end_or_reason_is_refused(self, desk, fields, sentence):
        answer = desk.post(SILENCE, self.form(**fields))
        assert answer.status_code == 400
        assert sentence in text(answer)
        assert not Mute.objects.exists()

    def test_silence_ends_by_itself(self, desk):
        desk.post(SILENCE, self.form())
        assert not Mute.objects.current(clock.now() + timedelta(days=2)).exists()

    def test_it_is_lifted_once_and_with_a_reason(self, desk):
        desk.post(SILENCE, self.form())
        address = f"{SILENCE}{Mute.objects.get().pk}/lift/"
        assert "Write a reason" in text(desk.post(address, {"reason": ""}))
        assert desk.post(address, {"reason": "The family agrees."}).status_code == 302
        assert not Mute.objects.current(clock.now()).exists()
        assert "over already" in text(desk.post(address, {"reason": "Again."}))

    def test_everything_is_switched_off_and_on_again(self, desk):
        assert "Write a reason" in text(desk.post(f"{SILENCE}switch/", {"reason": ""}))
        desk.post(f"{SILENCE}switch/", {"reason": "The copy is wrong everywhere."})
        assert mutes.switched_off()
        assert "All appeals are switched off" in text(desk.get("/desk/appeals/"))
        again = desk.post(f"{SILENCE}switch/", {"reason": "Again."})
        assert "Everything is switched off already." in text(again)
        desk.post(f"{SILENCE}{Mute.objects.get().pk}/lift/", {"reason": "Corrected."})
        assert not mutes.switched_off()

    def test_a_story_s_page_may_lead_to_the_form(self, desk):
        page = text(desk.get(f"{SILENCE}?kind=story&value=dock-four"))
        assert 'value="dock-four"' in page


class TestSites:
    def test_a_site_is_registered_removed_and_registered_again(self, desk):
        desk.post(SITES, {"origin": "https://WWW.example.org/"})
        site = Origin.objects.get()
        assert site.origin == "https://www.example.org"
        assert "Write a reason" in text(desk.post(f"{SITES}{site.pk}/remove/", {"reason": ""}))
        desk.post(f"{SITES}{site.pk}/remove/", {"reason": "Sold."})
        site.refresh_from_db()
        assert site.removed_at is not None
        again = desk.post(f"{SITES}{site.pk}/remove/", {"reason": "Sold."})
        assert "Somebody has done this already." in text(again)
        desk.post(SITES, {"origin": "https://www.example.org"})
        site.refresh_from_db()
        assert site.removed_at is None

    @pytest.mark.parametrize(
        "typed",
        [
            "example.org",
            "http://example.org",
            "https://example.org/path",
            "https://user:pass@example.org",
            "https://example.org:port",
            "javascript:alert(1)",
            "https://",
            "null",
            "*",
        ],
    )
    def test_what_is_no_site_is_refused(self, desk, typed):
        assert desk.post(SITES, {"origin": typed}).status_code == 400
        assert not Origin.objects.exists()


class TestTicker:
    def test_anybody_can_check_the_figures_and_when_they_were_counted(self, client):
        send_back(receive(5000, campaign="flood-wall"), 1000)
        campaign(goal_minor=4000)
        answer = client.get("/appeals/ticker.json")
        told = {each["code"]: each for each in answer.json()["campaigns"]}["flood-wall"]
        assert (told["raised_minor"], told["goal_minor"], told["currency"]) == (4000, 4000, "eur")
        assert (told["progress_percent"], told["goal_met"], told["state"]) == (100, True, "running")
        assert told["as_of"].startswith(str(clock.now().year))
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "public" in answer["Cache-Control"]
        assert not answer.cookies

    def test_it_names_no_person(self, client):
        receive(5000, campaign="flood-wall")
        campaign()
        assert "nora" not in client.get("/appeals/ticker.json").content.decode().lower()

    def test_what_is_in_the_archive_is_not_told(self, client):
        campaign(status="archived")
        codes = [each["code"] for each in client.get("/appeals/ticker.json").json()["campaigns"]]
        assert "flood-wall" not in codes
