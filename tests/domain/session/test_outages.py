"""An outage of Dyad itself stops every clock (A1, K18): nobody misses anything, and no card runs out unseen."""

from __future__ import annotations

from datetime import timedelta

from server.domain.attendance import DEFAULT_POLICY
from server.domain.session import commands as c
from server.domain.session.state import THERAPIST
from server.domain.session.step import next_deadline
from server.domain.session.view import placement_of
from server.domain.session.views import MomentKind, MomentState, Status
from tests.domain.session.story import START, Story, on_time, one_missing

MIN = timedelta(minutes=1)


def out(story: Story, since: float, until: float | None, *, cut: bool = False) -> Story:
    ended = None if until is None else START + until * MIN
    return story.does(c.RecordOutage(START + since * MIN, ended, cut))


def asleep(story: Story, until: float) -> Story:
    """Nobody looks at the session until then: no deadline fires."""
    story.now = START + until * MIN
    return story


def test_after_a_restart_in_mid_session_everybody_has_time_to_come_back() -> None:
    story = out(asleep(on_time().at(10), 30), 10, 30, cut=True)
    assert story.status() is Status.UNDER_WAY
    story.at(31.9)
    assert story.status() is Status.UNDER_WAY
    story.hosts().opens("a").opens("b").at(40)
    assert story.status() is Status.UNDER_WAY
    assert story.session.co_present(story.now) == 18.1 * MIN


def test_a_card_does_not_run_out_while_nobody_can_see_it() -> None:
    story = one_missing().at(12)
    assert story.card().answer_by == START + 15 * MIN
    out(asleep(story, 30), 12, 30)
    assert story.status() is Status.PLANNED
    assert story.card().answer_by == START + 33 * MIN
    story.at(32.9)
    assert story.status() is Status.PLANNED
    story.at(33)
    assert story.status() is Status.RESCHEDULED


def test_a_pause_of_the_process_loses_nobody_who_is_connected() -> None:
    story = out(asleep(on_time().at(10), 11), 10, 11)
    assert story.console().people[0].link == "ok"
    assert placement_of(story.session)["a"] is not None
    assert story.session.co_present(story.now) == story.session.attended("a", story.now)


def test_who_was_lost_before_it_gets_the_whole_grace_after_it() -> None:
    story = on_time().at(10).drops("b")
    out(asleep(story, 20), 10.5, 20)
    assert story.session.stance is not None
    assert story.session.stance.wait_until == START + 22 * MIN


def test_a_loss_that_is_noticed_after_it_counts_from_its_end() -> None:
    story = out(asleep(on_time().at(10), 20), 10, 20)
    seat = story.session.seats["b"]
    story.does(c.Drop("b", seat.epoch, START + 9 * MIN))
    assert story.session.seats["b"].since == START + 20 * MIN


def test_while_it_lasts_every_clock_stands_and_the_page_says_so() -> None:
    story = out(one_missing().at(9), 9, None)
    story.at(18)
    assert story.status() is Status.PLANNED
    now = [moment.kind for moment in story.sees("a").moments if moment.state is MomentState.NOW]
    assert now == [MomentKind.NOW_PAUSED]
    out(story, 9, 18)
    story.at(18.9)
    assert story.console().card is None
    story.at(19)
    assert story.card().clause == "J12"


def test_an_outage_of_which_nobody_speaks_any_more_ends_and_counts_against_nobody() -> None:
    """The node that reported it may have been killed before it could see again."""
    story = out(one_missing().at(9), 9, None)
    assert next_deadline(story.session, DEFAULT_POLICY) == START + 19 * MIN
    story.at(18.9)
    assert [outage.until for outage in story.session.outages] == [None]
    story.at(19)
    assert [outage.until for outage in story.session.outages] == [START + 19 * MIN]
    assert story.console().card is None
    story.at(20)
    assert story.card().answer_by == START + 25 * MIN


def test_whoever_comes_when_it_is_given_up_finds_it_over_though_two_nodes_spoke_of_one() -> None:
    story = asleep(one_missing().at(3), 3)
    out(asleep(out(story, 3, None), 3.1), 3.1, None)
    given_up = next_deadline(story.session, DEFAULT_POLICY)
    assert given_up is not None
    asleep(story, (given_up - START) / MIN + 0.1).opens("b")
    assert story.session.paused_since is None
    due = next_deadline(story.session, DEFAULT_POLICY)
    assert due is None or due > story.now


def test_a_long_outage_is_told_in_pieces_without_a_gap() -> None:
    story = out(one_missing().at(9), 9, None)
    out(out(asleep(story, 14), 14, None), 9, 14)
    assert story.session.paused_since == START + 14 * MIN
    out(asleep(story, 19), 14, 19)
    story.at(19.9)
    assert story.console().card is None
    story.at(20)
    assert story.card().answer_by == START + 25 * MIN


def test_minutes_without_sound_and_picture_are_nobody_s() -> None:
    story = out(on_time().at(10), 10, None)
    out(story.at(20), 10, 20)
    story.at(30)
    assert story.session.co_present(story.now) == story.session.attended("a", story.now)
    assert on_time().at(30).session.co_present(story.now) - story.session.co_present(story.now) == 10 * MIN


def test_the_same_outage_is_recorded_once() -> None:
    story = out(out(on_time().at(10), 5, 10), 5, 10)
    out(out(story.at(12), 11, None), 11, None)
    assert [outage.since for outage in story.session.outages] == [START + 5 * MIN, START + 11 * MIN]
    assert story.tries(c.RecordOutage(START, START)) == "empty_outage"


def test_the_waiting_page_promises_no_time_that_an_outage_has_moved() -> None:
    story = out(one_missing().at(4), 0, 4)
    known = next(moment for moment in story.sees("a").moments if moment.kind is MomentKind.KNOWN)
    assert known.at == START + 19 * MIN
    assert story.session.seats[THERAPIST].connected
