"""A couple's session, minute by minute: what the service does when a partner is late, missing, dropped or leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.domain.attendance import Action, Focus, Outcome, Reason, SoloApproval
from server.domain.schedule import Part, Wish
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session.effects import (
    Announce,
    Mail,
    PromiseReminders,
    RecountStreaks,
    Refill,
    RevokeLinks,
    SearchTimes,
)
from server.domain.session.plan import Invitee
from server.domain.session.state import THERAPIST
from server.domain.session.view import placement_of
from server.domain.session.views import Link, MomentKind, Place, Status
from tests.domain.session.story import START, Story, on_time, one_missing, planned


def test_all_on_time_begins_when_the_last_is_admitted() -> None:
    story = Story().at(-3).arrives("a").arrives("b").at(-1).hosts().at(0)
    assert story.console().ready
    story.admits("a")
    assert story.status() is Status.PLANNED
    story.admits("b")
    assert story.status() is Status.UNDER_WAY
    assert [person.name for person in story.sees("a").people] == ["Dr. Rivera", "Robin"]


def test_the_therapist_s_arrival_admits_nobody() -> None:
    story = Story().at(-3).arrives("a").arrives("b").hosts().at(1)
    assert story.sees("a").place is Place.WAITING
    assert story.sees("a").people == ()


def test_missing_partner_is_nudged_then_asked_about_then_rescheduled() -> None:
    story = one_missing().at(2)
    assert story.session.seats["b"].nudges == 1
    story.at(5)
    assert story.session.seats["b"].nudges == 2
    assert story.console().card is None
    story.at(10)
    card = story.console().card
    assert card is not None
    assert (card.default, card.absent, card.attending) == ("reschedule", ("Robin",), ("Alex",))
    assert card.answer_by == START + timedelta(minutes=15)
    story.at(15)
    assert story.status() is Status.RESCHEDULED
    assert story.session.outcomes == {"b": Outcome.NO_SHOW}
    quiet = (RecountStreaks, Announce, Refill, PromiseReminders)
    sent = [effect for effect in story.effects if not isinstance(effect, quiet)]
    assert sent == [Mail("nudge", "b"), Mail("nudge", "b"), SearchTimes(1)]
    assert [event.by for event in story.happened(e.CardAnswered)] == ["policy"]
    assert story.sees("a").closing == "new_times_follow"


def test_late_partner_withdraws_the_card() -> None:
    story = one_missing().at(11)
    assert story.console().card is not None
    story.arrives("b")
    assert story.console().card is None
    assert story.console().ready


def test_see_a_alone_at_eleven_begins_in_a_fresh_room() -> None:
    story = one_missing().at(11)
    before = placement_of(story.session)[THERAPIST]
    story.taps(Action.PROCEED)
    assert story.status() is Status.SOLO
    places = placement_of(story.session)
    assert places[THERAPIST] == places["a"] != before
    assert story.sees("a").place is Place.ROOM


def test_late_partner_is_held_and_merged_with_the_other_s_yes() -> None:
    story = one_missing().at(11).taps(Action.PROCEED).at(20).arrives("b")
    assert story.sees("b").place is Place.HELD
    assert placement_of(story.session)["b"] is None
    assert story.card().clause == "S1"
    story.taps(Action.MERGE)
    assert story.sees("b").place is Place.HELD
    assert story.card().pending == "merge"
    story.says("a", True)
    assert story.status() is Status.UNDER_WAY
    assert [person.key for person in story.sees("b").people] == [THERAPIST, "a"]
    assert "b" not in story.session.outcomes


@pytest.mark.parametrize("how", ["therapist", "partner", "silence"])
def test_late_partner_is_turned_away_in_private(how: str) -> None:
    story = one_missing().at(11).taps(Action.PROCEED).at(20).arrives("b")
    match how:
        case "therapist":
            story.taps(Action.KEEP_SOLO)
        case "partner":
            story.taps(Action.MERGE).at(21).says("a", False)
        case _:
            story.taps(Action.MERGE).at(23)
    assert story.status() is Status.SOLO
    assert story.sees("b").closing == "new_times_follow"
    assert "b" not in placement_of(story.session)
    assert story.sees("a").question is None


def test_a_held_partner_learns_only_that_the_therapist_knows() -> None:
    story = one_missing().at(11).taps(Action.PROCEED).at(20).arrives("b")
    view = story.sees("b")
    assert view.people == ()
    assert view.session.status is Status.PLANNED
    assert [moment.kind for moment in view.moments] == [MomentKind.NOW_HELD, MomentKind.KNOWN]


def test_joint_work_needs_another_focus_before_one_is_seen_alone() -> None:
    joint = planned(focus=(Focus.CONFLICT_RESOLUTION,))
    story = one_missing(joint).at(11)
    assert story.card().focus_needed
    card = story.card().id
    assert story.tries(c.AnswerCard(card, Action.PROCEED)) == "focus_needed"
    assert story.tries(c.AnswerCard(card, Action.PROCEED, Focus.RELAPSE_PREVENTION_PLAN)) == "not_an_option"
    story.taps(Action.PROCEED, Focus.COPING_SKILLS)
    assert story.status() is Status.SOLO
    assert story.console().focus == (Focus.COPING_SKILLS,)


def test_without_consent_nobody_is_seen_alone() -> None:
    partners = {"a": Invitee("Alex", "UTC", solo_consent=True), "b": Invitee("Robin", "UTC")}
    story = one_missing(planned(partners=partners)).at(10)
    assert "proceed" not in [option.action for option in story.card().options]


def test_a_drop_is_waited_for_and_then_asked_about() -> None:
    story = on_time().at(20).drops("b")
    assert story.console().card is None
    assert story.sees("a").moments[0].kind is MomentKind.NOW_BACK_SOON
    story.at(21).opens("b")
    assert story.sees("b").place is Place.ROOM
    assert story.status() is Status.UNDER_WAY
    story.drops("b").at(23.1)
    assert story.card().clause == "M3"


def test_leaving_on_purpose_is_asked_about_at_once() -> None:
    story = on_time().at(20).leaves("b")
    assert story.console().card is not None
    assert Mail("outreach", "team") in story.effects


def test_a_failed_device_check_is_an_attempt_and_never_a_no_show() -> None:
    story = one_missing().at(4).fails_the_check("b").at(26)
    assert story.session.outcomes.get("b") in (None, Outcome.TECHNICAL)
    assert Outcome.NO_SHOW not in story.session.outcomes.values()
    assert "J4" in story.clauses()[:4]


def test_running_late_is_waited_for() -> None:
    story = one_missing().at(1)
    story.does(c.RunLate("b", START + timedelta(minutes=14))).at(12)
    assert story.console().card is None
    assert story.console().partners[1].late_until == START + timedelta(minutes=14)


def test_a_declared_absence_with_approval_makes_the_plan_individual() -> None:
    story = Story(planned(approval=SoloApproval.STANDING)).at(-10).declares("b", Reason.SPACE)
    assert story.session.plan is not None
    assert list(story.session.plan.partners) == ["a"]
    assert story.sees("b").closing == "new_times_follow"


def test_the_therapist_who_never_comes_is_nobody_s_miss() -> None:
    story = Story().at(-2).arrives("a").arrives("b").at(5)
    assert Mail("substitute_wanted", "team") in story.effects
    assert story.sees("a").moments[2].kind is MomentKind.NOW_HOST_AWAITED
    story.at(15)
    assert story.status() is Status.RESCHEDULED
    assert set(story.session.outcomes.values()) == {Outcome.PROVIDER_CANCELLED}
    assert story.sees("a").closing == "host_cancelled"


def test_asking_for_time_is_shown_with_the_card() -> None:
    story = one_missing().at(9).does(c.AskForTime("a")).at(10)
    assert {option.action: option.why for option in story.card().options}["wait"] == "wait_time_asked"
    assert not story.sees("a").can_ask_for_time


def test_waiting_on_is_asked_again_after_five_minutes() -> None:
    story = one_missing().at(11)
    first = story.session.card
    story.taps(Action.WAIT).at(13)
    assert story.console().card is None
    story.at(16)
    assert first is not None
    assert story.card().id != first.id


def test_removed_means_out_for_good() -> None:
    story = on_time().at(5).does(c.Remove("b"))
    assert RevokeLinks("b") in story.effects
    assert "b" not in placement_of(story.session)
    assert story.tries(c.Connect("b", 9)) == "removed"


def test_sent_back_is_alone_again() -> None:
    story = on_time().at(5).does(c.SendBack("b"))
    assert story.sees("b").people == ()
    assert placement_of(story.session)["b"] is None


def test_an_outage_blames_nobody() -> None:
    story = one_missing().at(4)
    story.now = START + timedelta(minutes=14)
    story.does(c.RecordOutage(START + timedelta(minutes=4), START + timedelta(minutes=14)))
    story.opens("a").hosts().at(19)
    assert story.console().card is None
    story.at(20)
    assert story.console().card is not None


def test_an_old_connection_cannot_drop_the_new_one() -> None:
    story = on_time().opens("a")
    assert story.tries(c.Drop("a", 1, story.now)) == "stale_connection"
    assert story.session.seats["a"].link is Link.OK


def test_both_confirm_and_one_new_time_is_booked() -> None:
    story = one_missing().at(15)
    starts = tuple(START + timedelta(days=day) for day in (1, 2, 3))
    story.does(c.ProposeTimes(starts, START + timedelta(hours=48)))
    story.does(c.AnswerTimes("a", frozenset({0, 2}))).does(c.AnswerTimes("b", frozenset({2})))
    assert story.session.rescheduling is not None
    assert story.session.rescheduling.agreed == 2
    story.does(c.ReportBooked("s1r1", starts[2]))
    booked = [effect.to for effect in story.effects if effect == Mail("booked", getattr(effect, "to", ""))]
    cancelled = [effect.to for effect in story.effects if effect == Mail("cancelled", getattr(effect, "to", ""))]
    assert booked == cancelled == ["a", "b", THERAPIST]
    assert story.effects.index(Mail("booked", "a")) < story.effects.index(Mail("cancelled", "a"))


def test_nothing_suits_twice_is_handed_to_people() -> None:
    story = one_missing().at(15)
    starts = tuple(START + timedelta(days=day) for day in (1, 2, 3))
    for _ in range(2):
        story.does(c.ProposeTimes(starts, START + timedelta(hours=48))).does(c.AnswerTimes("a", frozenset()))
    assert story.session.rescheduling is not None
    assert story.session.rescheduling.status == "nothing_suits"
    assert Mail("outreach", "team") in story.effects


def rounds_of(story: Story) -> int:
    """How many rounds there are when A wants none of the times, whatever comes, and says each time what would suit."""
    rounds = 0
    while story.session.rescheduling is not None and story.session.rescheduling.status == "searching":
        rounds += 1
        starts = tuple(START + timedelta(days=day) for day in range(3 * rounds, 3 * rounds + 3))
        story.does(c.ProposeTimes(starts, START + timedelta(hours=48)))
        story.does(c.AnswerTimes("a", frozenset(), frozenset({Wish(rounds, Part.EVENING)})))
    return rounds


def test_whom_nothing_suits_may_say_what_would_and_the_other_sees_nothing_of_it() -> None:
    story = one_missing().at(15)
    starts = tuple(START + timedelta(days=day) for day in (1, 2, 3))
    story.does(c.ProposeTimes(starts, START + timedelta(hours=48)))
    before = story.sees("b")
    wishes = frozenset({Wish(5, Part.MORNING), Wish(1, Part.EVENING)})
    assert story.tries(c.AnswerTimes("a", frozenset({0}), wishes)) == "time_or_wish"
    story.does(c.AnswerTimes("a", frozenset(), wishes))
    plan = story.session.rescheduling
    assert plan is not None
    assert (plan.status, plan.round, plan.excluded) == ("searching", 2, starts)
    assert plan.wishes == {"a": (Wish(1, Part.EVENING), Wish(5, Part.MORNING))}
    assert story.sees("b") == before
    told = story.console().rescheduling
    assert told is not None
    assert [(one.name, one.weekday, one.part) for one in told.wished] == [
        ("Alex", 1, "evening"),
        ("Alex", 5, "morning"),
    ]
    story.does(c.ProposeTimes(starts, START + timedelta(hours=48)))
    story.does(c.AnswerTimes("b", frozenset(), frozenset({Wish(2, Part.EVENING)})))
    assert story.session.rescheduling is not None
    assert set(story.session.rescheduling.wishes) == {"a", "b"}, "the third round looks within what both said"
    assert story.session.rescheduling.status == "searching"


def test_wishes_are_tried_for_a_bounded_number_of_rounds() -> None:
    story = one_missing().at(15)
    assert rounds_of(story) == 3
    assert story.session.rescheduling is not None
    assert story.session.rescheduling.status == "nothing_suits"
    assert Mail("outreach", "team") in story.effects


def test_of_a_session_that_began_early_the_one_who_stayed_is_seen_alone() -> None:
    story = Story().at(-5).hosts().arrives("a").arrives("b").admits("a", "b").at(-3).leaves("a")
    story.taps(Action.PROCEED)
    assert story.session.attending == "b"
    assert story.session.seats["b"].place is Place.ROOM


def test_new_times_of_a_couple_are_settled_before_the_one_partner_s_session_has_begun() -> None:
    story = Story(planned(approval=SoloApproval.STANDING)).at(-60).declares("b", Reason.INDIVIDUAL_WORK)
    assert story.status() is Status.PLANNED
    start = START + timedelta(days=3)
    story.does(c.ProposeTimes((start,), START + timedelta(days=1)))
    story.does(c.AnswerTimes("a", frozenset({0}))).does(c.AnswerTimes("b", frozenset({0})))
    story.does(c.ReportBooked("s1r1", start))
    assert story.session.rescheduling is not None
    assert story.session.rescheduling.status == "booked"
    assert story.status() is Status.PLANNED


def test_who_said_wait_is_waited_for_though_the_question_is_another_by_now() -> None:
    story = one_missing().at(11).taps(Action.WAIT)
    story.at(12).approves(SoloApproval.DENIED)
    assert story.console().card is None
    assert story.session.stance is not None
    assert (story.session.stance.clause, story.session.stance.wait_until) == ("J6", START + timedelta(minutes=16))
    story.at(16)
    assert story.card().clause == "J6"
