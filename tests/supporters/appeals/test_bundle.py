"""What is live: read once, the same for everybody, sealed, small, and gone within the minute."""

import gzip
import json
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import OperationalError

from payments import clock
from supporters.appeals import bundle, delivery, publishing, rules, seal
from supporters.models import Appeal, AppealVersion, Mute, Origin
from tests.supporters.appeals.drafts import CONTENT, WORDS, claim, ines, published, said, tomas

pytestmark = pytest.mark.django_db
END = "/appeals/fragment/article-end/"
RULES = "/appeals/rules.json"


def body(path):
    bundle.forget()
    return delivery.answer(path).body.decode()


def mute(kind, value="", **fields):
    now = clock.now()
    fields = {"expires_at": now + timedelta(hours=1)} | fields
    return Mute.objects.create(
        kind=kind, value=value, reason="A death", begins_at=now, by=ines(), **fields
    )


def decided(**context):
    bundle.forget()
    live = bundle.current()
    page = rules.Context(**({"now": live.at} | context))
    return rules.decide(live.bundle, "article-end", page)


def test_the_words_of_a_fresh_installation_are_live_at_both_places():
    live = bundle.current()
    assert {each.placement for each in live.bundle.appeals} == {"article-top", "article-end"}
    assert not live.problems


def test_what_is_published_wins_over_what_has_less_priority():
    published()
    assert decided().appeal == "wall-end"
    assert "Reporting that stays open" in body(END)


def test_what_is_taken_down_is_gone_from_rules_and_fragment():
    appeal = published()
    assert "wall-end" in body(RULES)
    publishing.take_down(appeal, actor=tomas(), reason="Wrong figure")
    assert "wall-end" not in body(RULES)
    assert "wall-end" not in body(END)


def test_publishing_and_taking_down_reach_this_process_at_once(django_capture_on_commit_callbacks):
    bundle.current()
    with django_capture_on_commit_callbacks(execute=True):
        appeal = published()
    assert "wall-end" in bundle.current().published
    with django_capture_on_commit_callbacks(execute=True):
        publishing.take_down(appeal, actor=tomas(), reason="Wrong figure")
    assert "wall-end" not in bundle.current().published


def test_the_kill_switch_takes_everything_away():
    assert decided().why == "asked"
    mute("switch", expires_at=None)
    assert decided().why == "killed"
    assert body(END) == ""
    assert '"killed"' in body(RULES)


def test_the_kill_switch_acts_within_a_minute_through_every_cache():
    """Our memory, then max-age, then one more answer while revalidating."""
    kept = dict(
        part.split("=") for part in delivery.SHORT.replace(" ", "").split(",") if "=" in part
    )
    ages = (kept["max-age"], kept["stale-while-revalidate"])
    assert bundle.KEPT_SECONDS + sum(map(int, ages)) <= 60
    assert int(kept["stale-if-error"]) == 86400


@pytest.mark.parametrize(
    ("kind", "value", "page"),
    [("story", "Ferry", {"story": "ferry"}), ("tag", "docks", {"tags": ("docks",)})],
)
def test_a_muted_story_or_tag_is_not_asked_on_and_others_are(kind, value, page):
    mute(kind, value)
    assert decided(**page).why == "muted"
    assert decided(story="wall", tags=("courts",)).why == "asked"


def test_a_mute_that_was_lifted_or_has_expired_silences_nothing():
    mute("site", lifted_at=clock.now(), lifted_by=ines())
    mute("site", expires_at=clock.now() + timedelta(seconds=1))
    with time_machine.travel(clock.now() + timedelta(seconds=2), tick=False):
        assert decided().why == "asked"


def test_a_stale_claim_takes_a_variant_to_plain_words():
    fact = claim("more than 50 readers")
    published(said(body="Over more than 50 readers gave."))
    assert "more than 50 readers" in body(END)
    fact.expires_on = clock.local_date(clock.now()) - timedelta(days=1)
    fact.save()
    assert "more than 50 readers" not in body(END)
    assert decided().variant == "plain"


def test_two_variants_in_plain_words_share_one_place_and_their_shares():
    fact = claim("50 readers")
    variants = tuple(
        replace(WORDS, code=code, share=share, body="50 readers gave.")
        for code, share in (("a", 30), ("b", 70))
    )
    published(replace(CONTENT, variants=variants))
    fact.delete()
    bundle.forget()
    assert bundle.current().published["wall-end"].candidate.arms == (("plain", 100),)


def test_rules_that_cannot_be_read_leave_the_others_standing_and_are_told_to_the_desk():
    appeal = published()
    content = dict(appeal.live.content, rules=[["colour", "in", ["red"]]])
    version = AppealVersion.objects.create(appeal=appeal, number=9, content=content, at=clock.now())
    Appeal.objects.filter(pk=appeal.pk).update(live=version)
    assert decided().appeal == "report-the-next-one"
    assert "There is no field “colour”" in bundle.current().problems["wall-end"][0]


def test_a_campaign_that_was_closed_is_over():
    appeal = published(replace(CONTENT, rules=[["campaign", "in", ["running"]]]))
    assert decided().appeal == "wall-end"
    appeal.campaign.status = "closed"
    appeal.campaign.save()
    assert decided().appeal == "report-the-next-one"


def test_the_newsrooms_clock_changes_are_in_the_bundle(settings):
    settings.TIME_ZONE = "Europe/Dublin"
    zone = bundle.zone_changes(datetime(2026, 11, 25, tzinfo=UTC).date(), "Europe/Dublin")
    for moment in (datetime(2026, 12, 24, 18, tzinfo=UTC), datetime(2027, 6, 1, 12, tzinfo=UTC)):
        ahead = [seconds for since, seconds in zone if since <= moment.timestamp()][-1]
        assert ahead == moment.astimezone(ZoneInfo("Europe/Dublin")).utcoffset().total_seconds()


def test_warm_answers_and_pages_cost_no_query(django_assert_num_queries, client):
    paths = (RULES, END, f"{END}shadow/", "/appeals/embed.js")
    for path in paths:
        delivery.answer(path)
    client.get("/articles/night-bus/")
    with django_assert_num_queries(0):
        for path in paths:
            assert client.get(path).status_code == 200
        client.get("/articles/night-bus/")


def test_while_the_database_is_away_the_last_bundle_goes_on(monkeypatch):
    before = bundle.current()
    bundle.forget()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Appeal.objects, "live", _away, raising=False)
        assert bundle.current() is before


def _away():
    raise OperationalError("the server closed the connection")


def test_the_rules_file_is_sealed_and_a_changed_copy_is_found_out():
    text = body(RULES)
    file = json.loads(text)
    data = text.partition('{"data":')[2].partition(',"key":')[0]
    assert bundle.as_json(file["data"]) == data
    signature = b64decode(file["signature"])
    assert file["key"] == seal.key_id()
    assert seal.holds(data.encode(), signature, seal.public_key())
    assert not seal.holds(data.replace("house", "horse").encode(), signature, seal.public_key())


def test_another_secret_makes_another_key(settings):
    first = seal.key_id()
    settings.SECRET_KEY = "another"
    assert seal.key_id() != first


def test_six_variants_and_twenty_rules_stay_within_their_bytes():
    variants = tuple(
        replace(WORDS, code=f"v{n}", share=share, amounts={"month": [400 + n, 900 + n]})
        for n, share in enumerate((20, 20, 15, 15, 15, 15))
    )
    conditions = [["tags", "none", [f"tag {n} {each}" for n in range(8)]] for each in range(15)]
    published(replace(CONTENT, variants=variants, rules=conditions))
    assert len(gzip.compress(body(END).encode())) <= delivery.LONGEST_FRAGMENT
    assert len(body(RULES)) <= delivery.LONGEST_RULES


def test_one_wording_stays_within_six_kilobytes_before_compression():
    assert len(body(END).encode()) <= delivery.LONGEST_FRAGMENT


def test_only_registered_origins_may_read():
    Origin.objects.create(origin="https://www.example.org", added_by=ines(), added_at=clock.now())
    gone = Origin.objects.create(
        origin="https://old.example.org",
        added_by=ines(),
        added_at=clock.now(),
        removed_at=clock.now(),
    )
    bundle.forget()
    assert delivery.allowed("https://www.example.org")
    assert not delivery.allowed(gone.origin)
    assert not delivery.allowed("https://evil.example.org")
    assert not delivery.allowed("")
