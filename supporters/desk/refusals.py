"""What the desk is told when a step is not open: one sentence per code."""

from django.utils.translation import gettext as _


def sentence(code: str) -> str:
    """What to do about a refusal of the services in supporters.appeals."""
    return _sentences().get(code, _("This step is not open now."))


def _sentences() -> dict[str, str]:
    return {
        "code_taken": _("There is an appeal with this code already. Choose another one."),
        "variant_twice": _("Two variants have the same code."),
        "schedule_backwards": _("The appeal ends before it begins."),
        "archived": _("This appeal is in the archive and cannot be changed."),
        "saved_meanwhile": _("Somebody saved another version meanwhile. Look at it first."),
        "wrong_state": _("This step does not follow from the present state."),
        "not_ready": _("This cannot be shown to readers yet. Look at what is listed below."),
        "own_work": _("You wrote this version. A second person has to approve it."),
        "not_approved": _("Nobody has approved the latest version yet."),
        "still_live": _("Readers still see it. Take it down first."),
        "no_reason": _("Write a reason: the next person will ask."),
        "past_end": _("The end of the silence is in the past."),
        "already_off": _("Everything is switched off already."),
        "lifted": _("This silence is over already."),
        "still_asking": _("An appeal of this campaign is still shown. Take it down first."),
        "one_variant": _("A test compares variants. This appeal has one variant only."),
        "not_published": _("Readers do not see this appeal. Publish it first."),
        "impossible": _("No rate can rise that far. Choose a smaller rise."),
        "hopeless": _("This test could not answer. Choose one of those that can."),
        "test_code_taken": _("There is a test with this code already. Choose another one."),
        "already_testing": _("This appeal has a test already. One at a time."),
        "gone": _("Somebody has done this already."),
    }
