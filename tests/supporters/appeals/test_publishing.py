"""The way of an appeal to its readers, every step and every refusal."""

from dataclasses import replace
from datetime import timedelta

import pytest

from payments import clock
from payments.models import AuditEntry
from supporters.appeals import content, publishing
from supporters.appeals.publishing import Refused
from supporters.models import Appeal, AppealApproval, Claim
from tests.supporters.appeals.drafts import (
    CONTENT,
    WORDS,
    campaign,
    claim,
    draft,
    ines,
    published,
    said,
    tomas,
)

pytestmark = pytest.mark.django_db


def status(appeal):
    appeal.refresh_from_db()
    return appeal.status


def refused(code, step, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        step(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


def test_written_by_one_approved_by_another_and_shown():
    appeal = draft()
    assert status(appeal) == "draft"
    publishing.submit(appeal, actor=ines())
    assert status(appeal) == "review"
    publishing.approve(appeal, actor=tomas(), seen=1)
    assert status(appeal) == "approved"
    assert appeal not in Appeal.objects.live()
    publishing.publish(appeal, actor=ines())
    assert status(appeal) == "published"
    assert content.of_version(Appeal.objects.live().get(pk=appeal.pk).live) == CONTENT


def test_every_step_is_written_down_with_who_why_before_and_after():
    appeal = published()
    publishing.take_down(appeal, actor=ines(), reason="The court has spoken.")
    publishing.archive(appeal, actor=ines(), reason="Over.")
    entries = AuditEntry.objects.filter(subject="appeal:wall-end").order_by("pk")
    assert [(entry.action, entry.actor.name) for entry in entries] == [
        ("appeal.created", "Ines Valloway"),
        ("appeal.submitted", "Ines Valloway"),
        ("appeal.approved", "Tomas Quill"),
        ("appeal.published", "Tomas Quill"),
        ("appeal.taken_down", "Ines Valloway"),
        ("appeal.archived", "Ines Valloway"),
    ]
    down = entries.get(action="appeal.taken_down")
    assert down.reason == "The court has spoken."
    assert (down.before, down.after) == ({"status": "published", "live": 1}, {"status": "down"})


def test_the_author_cannot_approve_what_they_wrote():
    appeal = draft()
    publishing.submit(appeal, actor=tomas())
    refused("own_work", publishing.approve, appeal, actor=ines(), seen=1)
    assert status(appeal) == "review"
    assert not AppealApproval.objects.exists()


def test_nothing_goes_from_draft_to_readers():
    appeal = draft()
    refused("not_approved", publishing.publish, appeal, actor=tomas())
    refused("wrong_state", publishing.approve, appeal, actor=tomas(), seen=1)
    refused("wrong_state", publishing.take_down, appeal, actor=tomas(), reason="Why not.")
    refused("wrong_state", publishing.send_back, appeal, actor=tomas(), reason="Too long.")


def test_an_approval_is_of_the_words_that_were_seen():
    appeal = draft()
    publishing.submit(appeal, actor=ines())
    publishing.save(appeal, said(heading="Other"), campaign=campaign(), actor=ines(), seen=1)
    publishing.submit(appeal, actor=ines())
    refused("saved_meanwhile", publishing.approve, appeal, actor=tomas(), seen=1)


def test_words_changed_after_the_approval_need_another_one():
    appeal = draft()
    publishing.submit(appeal, actor=ines())
    publishing.approve(appeal, actor=tomas(), seen=1)
    publishing.save(appeal, said(heading="Other"), campaign=campaign(), actor=tomas(), seen=1)
    assert status(appeal) == "draft"
    refused("not_approved", publishing.publish, appeal, actor=ines())


def test_readers_go_on_seeing_what_was_approved_while_the_next_version_is_written():
    appeal = published()
    publishing.save(appeal, said(heading="Other"), campaign=campaign(), actor=ines(), seen=1)
    assert status(appeal) == "draft"
    assert content.of_version(appeal.live).variants == (WORDS,)
    publishing.submit(appeal, actor=ines())
    publishing.approve(appeal, actor=tomas(), seen=2)
    publishing.publish(appeal, actor=ines())
    appeal.refresh_from_db()
    assert content.of_version(appeal.live).variants[0].heading == "Other"


def test_sent_back_with_a_reason_it_is_a_draft_again():
    appeal = draft()
    publishing.submit(appeal, actor=ines())
    refused("no_reason", publishing.send_back, appeal, actor=tomas(), reason="  ")
    publishing.send_back(appeal, actor=tomas(), reason="Too loud.")
    assert status(appeal) == "draft"
    assert AuditEntry.objects.latest("pk").reason == "Too loud."


def test_taken_down_it_is_gone_at_once_and_can_be_put_up_again_as_approved():
    appeal = published()
    refused("no_reason", publishing.take_down, appeal, actor=ines(), reason="")
    publishing.take_down(appeal, actor=ines(), reason="A death in the town.")
    assert status(appeal) == "down"
    assert appeal not in Appeal.objects.live()
    publishing.publish(appeal, actor=ines())
    assert status(appeal) == "published"


@pytest.mark.parametrize("state", ["draft", "review", "approved"])
def test_what_is_live_can_be_taken_down_from_every_state_of_the_next_version(state):
    appeal = published()
    publishing.save(appeal, said(heading="Other"), campaign=campaign(), actor=ines(), seen=1)
    if state != "draft":
        publishing.submit(appeal, actor=ines())
    if state == "approved":
        publishing.approve(appeal, actor=tomas(), seen=2)
    assert status(appeal) == state
    publishing.take_down(appeal, actor=ines(), reason="Enough.")
    assert status(appeal) == "down"
    assert appeal.live is None


def test_the_archive_is_for_what_is_not_shown_and_is_final():
    appeal = published()
    refused("still_live", publishing.archive, appeal, actor=ines(), reason="Over.")
    publishing.take_down(appeal, actor=ines(), reason="Over.")
    refused("no_reason", publishing.archive, appeal, actor=ines(), reason="")
    publishing.archive(appeal, actor=ines(), reason="Over.")
    assert status(appeal) == "archived"
    refused("archived", publishing.save, appeal, CONTENT, campaign=campaign(), actor=ines(), seen=1)
    refused("wrong_state", publishing.submit, appeal, actor=ines())
    refused("wrong_state", publishing.publish, appeal, actor=ines())


def test_who_saved_meanwhile_is_not_overwritten():
    appeal = draft()
    publishing.save(appeal, said(heading="Mine"), campaign=campaign(), actor=tomas(), seen=1)
    refused(
        "saved_meanwhile",
        publishing.save,
        appeal,
        said(heading="Yours"),
        campaign=campaign(),
        actor=ines(),
        seen=1,
    )


def test_saving_what_is_there_makes_no_version():
    appeal = published()
    version = publishing.save(appeal, CONTENT, campaign=campaign(), actor=ines(), seen=1)
    assert version.number == 1
    assert status(appeal) == "published"


def test_a_code_is_given_once():
    draft()
    refused("code_taken", draft)


def test_a_claim_that_went_stale_after_the_approval_stops_publishing():
    proof = claim("12 reporters")
    appeal = draft(said(body="We are 12 reporters."))
    publishing.submit(appeal, actor=ines())
    publishing.approve(appeal, actor=tomas(), seen=1)
    Claim.objects.filter(pk=proof.pk).update(expires_on=clock.now() - timedelta(days=2))
    refusal = refused("not_ready", publishing.publish, appeal, actor=ines())
    assert "12 reporters" in refusal.problems[0].sentence
    assert status(appeal) == "approved"


def test_what_the_gate_refuses_is_not_even_reviewed():
    appeal = draft(replace(CONTENT, variants=()))
    refusal = refused("not_ready", publishing.submit, appeal, actor=ines())
    assert [problem.sentence for problem in refusal.problems] == [
        "There is no variant, so there is nothing to say."
    ]


def test_what_no_row_could_hold_is_refused_before_it_is_written():
    twice = replace(CONTENT, variants=(WORDS, WORDS))
    refused("variant_twice", draft, twice)
    now = clock.now()
    refused("schedule_backwards", draft, replace(CONTENT, starts_at=now, ends_at=now))
    assert not Appeal.objects.filter(code="wall-end").exists()
