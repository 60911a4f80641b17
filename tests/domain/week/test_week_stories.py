"""Where sessions are put, and what is said of those that find no time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from server.domain.attendance import Kind
from server.domain.schedule import Busy, Calendar, Slot, WeeklyHours, Window
from server.domain.week import (
    Booked,
    Group,
    Need,
    Placement,
    Proposal,
    Reason,
    ReasonCode,
    Rules,
    Unplaced,
    WeekError,
    Why,
    WhyNot,
    propose,
)
from tests.domain.week.couples import WEEK, at, calendar, group, individual, joint, office

OPEN = {person: calendar() for person in ("host", "ann", "bob", "therapist")}
EVERYBODY = ("host", "ann", "bob")


def plan(
    needs: Sequence[Need], groups: Sequence[Group] = (), rules: Rules | None = None, **others: Calendar
) -> Proposal:
    return propose(needs, {**OPEN, **others}, groups, WEEK, rules)


def times(proposal: Proposal) -> list[str]:
    """When each session is in Chicago."""
    return [f"{one.slot.start - timedelta(hours=6):%a %H:%M}" for one in proposal.placed]


def codes(placement: Placement) -> list[ReasonCode]:
    return [reason.code for reason in placement.reasons]


def left(needs: Sequence[Need], groups: Sequence[Group] = (), **others: Calendar) -> Unplaced:
    """What is said of the only need that finds no time."""
    [unplaced] = propose(needs, {**OPEN, **others}, groups, WEEK).unplaced
    return unplaced


def test_two_joint_sessions_have_days_of_their_own_two_days_apart() -> None:
    proposal = plan([joint(), joint()])
    first, second = proposal.placed
    assert proposal.score == 0
    assert (second.slot.start.date() - first.slot.start.date()).days >= 2
    assert ReasonCode.DAY_OF_ITS_OWN in codes(first)
    assert ReasonCode.TWO_DAYS_AFTER_JOINT in codes(second)
    assert ReasonCode.TWO_DAYS_AFTER_JOINT not in codes(first)
    assert Reason(ReasonCode.EVERYONE_FREE, EVERYBODY) in first.reasons


def test_what_is_booked_is_taken_and_extra_time_is_offered() -> None:
    booked = replace(calendar([0], 9, 12), sessions=(Slot(at(0, 9), at(0, 11)),))
    assert times(plan([individual("ann")], ann=booked)) == ["Mon 11:00"]
    extra = replace(calendar([], 9, 12), extra=(Slot(at(2, 14), at(2, 15)),))
    assert times(plan([individual("ann")], ann=extra)) == ["Wed 14:00"]


def test_a_day_with_booked_sessions_is_spared_and_takes_no_more_than_a_day_holds() -> None:
    monday = [Booked(Kind.INDIVIDUAL, frozenset({"ann"}), at(0, hour), 50) for hour in (9, 11)]
    tuesday = [Booked(Kind.GROUP, frozenset({"bob"}), at(1, 9), 90)]
    two_days = {"host": calendar([0, 1]), "ann": calendar([0, 1]), "bob": calendar([0, 1])}
    proposal = propose([joint()], {**OPEN, **two_days}, [], WEEK, Rules(), [*monday, *tuesday])
    assert times(proposal)[0].startswith("Tue")  # 30 for Bob's second of the day, not 60 for Ann's third
    assert ReasonCode.DAY_OF_ITS_OWN not in codes(proposal.placed[0])
    assert proposal.score == 30
    [no] = propose([joint()], {**OPEN, **two_days}, [], WEEK, Rules(most_per_day=1), [*monday, *tuesday]).unplaced
    assert (no.why, no.people) == (WhyNot.DAY_FULL, ("ann", "bob"))


def test_a_full_week_gives_everybody_one_session_a_day() -> None:
    needs = [joint(), joint(), *(individual(person) for person in ("ann", "bob")), group("ann"), group("bob")]
    proposal = plan(needs, [Group("morning", at(1, 10), 90, 8), Group("evening", at(3, 15), 90, 8)])
    assert proposal.unplaced == ()
    assert proposal.score == 0


def test_more_sessions_than_days_are_spread_over_all_of_them() -> None:
    alone = [individual(person) for person in ("ann", "bob") * 2]
    needs = [joint(), joint(), *alone, *(group(person) for person in ("ann", "bob") * 4)]
    evenings = calendar(range(5), 9, 20)
    groups = [Group(f"evening {day}", at(day, 16), 120, 8) for day in range(5)]
    proposal = plan(needs, groups, host=evenings, ann=evenings, bob=evenings)
    assert proposal.unplaced == ()
    for person in ("ann", "bob"):
        days = Counter(one.slot.start.date() for one in proposal.placed if person in one.need.partners)
        assert sorted(days.values()) == [1, 1, 2, 2, 2]


def test_the_third_session_of_a_day_costs_more_than_the_second() -> None:
    """Two days for four sessions: three and one would cost 30 and 60, two and two cost 30 twice."""
    proposal = plan([individual("ann")] * 4, ann=calendar([0, 1]))
    assert [time.split()[0] for time in times(proposal)] == ["Mon", "Mon", "Tue", "Tue"]
    assert proposal.score == 60
    assert plan([individual("ann")] * 3, ann=calendar([0])).score == 90


def test_the_made_up_session_comes_before_the_phase_own() -> None:
    proposal = plan([joint(), joint(Why.MADE_UP, 1200)], ann=calendar([0, 2], 9, 10))
    assert [one.need.why for one in proposal.placed] == [Why.MADE_UP, Why.TARGET]
    assert ReasonCode.OWN_WEEK_FOR_MISSED in codes(proposal.placed[0])


def test_where_only_one_session_fits_it_is_the_made_up_one() -> None:
    proposal = plan([joint(), joint(Why.MADE_UP, 1200)], ann=calendar([2], 9, 10))
    assert [one.need.why for one in proposal.placed] == [Why.MADE_UP]
    assert proposal.score == 1000


def test_the_only_common_time_is_called_that() -> None:
    [placed] = plan([joint(minutes=60)], ann=calendar([2], 12, 17), bob=calendar(range(5), 9, 13)).placed
    assert placed.slot == Slot(at(2, 12), at(2, 13))
    assert Reason(ReasonCode.ONLY_COMMON_TIME, EVERYBODY) in placed.reasons


def test_the_middle_of_the_day_comes_before_the_evening() -> None:
    early = calendar(range(5), 7, 10)
    [placed] = plan([joint()], host=calendar(range(5), 7, 21), ann=early, bob=calendar(range(5), 7, 21)).placed
    assert placed.slot.start.hour == 15  # 9 in Chicago
    assert Reason(ReasonCode.MIDDLE_OF_THE_DAY, EVERYBODY) in placed.reasons
    proposal = plan([joint()], ann=calendar(range(5), 18, 21), host=calendar(range(5), 9, 21), bob=calendar([1], 9, 21))
    assert proposal.score == 12  # an hour outside it for three people
    assert ReasonCode.MIDDLE_OF_THE_DAY not in codes(proposal.placed[0])


def test_full_and_half_hours_are_preferred_and_quarters_are_possible() -> None:
    assert plan([joint()], ann=Calendar(WeeklyHours("America/Chicago", (Window(2, time(9, 5), time(12)),)))).score == 0
    narrow = Calendar(WeeklyHours("America/Chicago", (Window(2, time(9, 5), time(10, 10)),)))
    proposal = plan([joint()], ann=narrow)
    assert times(proposal) == ["Wed 09:15"]
    assert proposal.score == 5


def test_a_joint_session_does_not_follow_right_after_an_individual_one() -> None:
    monday = calendar([0], 9, 12)
    proposal = plan([joint(), individual("ann")], ann=monday)
    assert proposal.score == 30  # the day is shared, which can't be helped
    order = [one.need.kind for one in proposal.placed]
    apart = proposal.placed[1].slot.start - proposal.placed[0].slot.end
    assert order == [Kind.COUPLES, Kind.INDIVIDUAL] or apart >= timedelta(hours=1)


def test_the_host_too_has_a_gap_between_two_sessions() -> None:
    short = calendar([0], 9, 11)
    needs = [individual("ann"), individual("bob")]
    assert times(plan(needs, host=short)) == ["Mon 09:00", "Mon 10:00"]
    assert len(plan(needs, host=short, rules=Rules(gap=30)).placed) == 1


def test_nobody_has_more_sessions_on_a_day_than_the_rules_say() -> None:
    proposal = plan([individual("ann")] * 3, ann=calendar([0]), rules=Rules(most_per_day=2))
    assert len(proposal.placed) == 2
    assert proposal.unplaced == (Unplaced(individual("ann"), WhyNot.DAY_FULL, ("ann",), ("ann",)),)


def test_no_session_is_before_or_after_the_wall_clock_hours_of_anybody() -> None:
    """From 9 to 21 in Chicago is from 16 to 4 in Berlin: the rule leaves five hours of it, and preference two."""
    berlin = Calendar(office(range(7), 0, 0, "Europe/Berlin"))
    [placed] = plan([joint()], host=calendar(range(7), 0, 0), ann=berlin, bob=calendar(range(7), 0, 0)).placed
    assert placed.slot.start.hour in (15, 16)
    late = plan([joint()], ann=berlin, host=calendar(range(7), 15, 0), bob=calendar(range(7), 15, 0))
    assert late.placed == ()
    assert late.unplaced[0].why is WhyNot.NO_COMMON_HOURS


def test_a_group_need_goes_into_an_offered_group_and_never_twice_into_one() -> None:
    one = Group("one", at(1, 10), 60, 8)
    proposal = plan([group("ann"), group("ann"), group("bob")], [one])
    assert [(placed.group, placed.slot) for placed in proposal.placed] == [("one", Slot(at(1, 10), at(1, 11)))] * 2
    assert Reason(ReasonCode.OFFERED_GROUP, number=8) in proposal.placed[0].reasons
    assert proposal.unplaced == (Unplaced(group("ann"), WhyNot.NO_GROUP_PLACE, ("ann",)),)


def test_the_last_place_of_a_group_is_given_once() -> None:
    proposal = plan([group("ann"), group("bob")], [Group("one", at(1, 10), 60, 1), Group("full", at(2, 10), 60, 0)])
    assert len(proposal.placed) == 1
    assert proposal.unplaced[0].why is WhyNot.NO_GROUP_PLACE


def test_a_group_outside_somebodys_hours_is_said_to_be() -> None:
    said = left([group("ann")], [Group("night", at(1, 19), 90, 8)])
    assert said == Unplaced(group("ann"), WhyNot.NO_COMMON_HOURS, ("ann",), ("ann",))


def test_unplaced_names_whose_hours_block() -> None:
    said = left([joint()], ann=calendar(range(5), 9, 12), bob=calendar(range(5), 13, 17))
    assert said == Unplaced(joint(), WhyNot.NO_COMMON_HOURS, ("ann", "bob"), ("ann", "bob"))
    assert left([joint()], bob=calendar([6])).people == ("host", "bob")
    assert left([joint()], bob=Calendar(WeeklyHours("America/Chicago", ()))).people == ("bob",)


def test_widening_names_only_who_alone_could_make_room() -> None:
    """Ann is free in the afternoon; were Bob to offer it, all three would have time. More of Ann's would not do."""
    away = calendar(range(5), 9, 12, *(Busy(at(day, 7), at(day, 12, 30)) for day in range(5)))
    said = left([joint()], host=calendar(range(5), 9, 17), ann=calendar(range(5), 13, 17), bob=away)
    assert (said.why, said.people, said.widen) == (WhyNot.NO_COMMON_HOURS, ("ann", "bob"), ("bob",))


def test_unplaced_says_that_common_hours_are_taken() -> None:
    busy = Busy(at(2, 9, 30), at(2, 11, 30))
    said = left([joint()], ann=calendar([2], 9, 12, busy), host=calendar([2], 9, 12))
    assert (said.why, said.people) == (WhyNot.TAKEN, ("ann",))
    assert said.widen == ()  # neither of the two could make room alone
    assert left([joint()], ann=calendar([2], 9, 12, busy)).widen == ("ann",)


def test_a_need_that_costs_less_than_its_place_is_left_out() -> None:
    light = replace(individual("ann"), weight=10)
    said = left([joint(), light], ann=calendar([0], 9, 17))
    assert said == Unplaced(light, WhyNot.TOO_DEAR)


def test_hours_keep_to_the_wall_when_the_clocks_change() -> None:
    """The Sunday on which clocks go back in Chicago: 9 is an hour later in UTC than on the Saturday before."""
    week = Slot(datetime(2026, 10, 31, 5, tzinfo=UTC), datetime(2026, 11, 2, 6, tzinfo=UTC))
    weekend = {person: calendar([5, 6], 9, 10) for person in EVERYBODY}
    placed = propose([joint(), joint()], weekend, [], week).placed
    assert [one.slot.start.hour for one in placed] == [14, 15]


def test_a_week_without_needs_is_empty() -> None:
    assert propose([], {}, [], WEEK) == Proposal((), (), 0)


@pytest.mark.parametrize(
    ("needs", "calendars", "groups", "said"),
    [
        ([joint()], {"host": calendar(), "ann": calendar()}, [], "no calendar of bob"),
        ([], {}, [Group("one", at(1, 10), 60, 1)] * 2, "group one is offered twice"),
        ([joint()] * 61, OPEN, [], "61 sessions wanted"),
    ],
)
def test_what_cannot_be_proposed_is_refused(
    needs: Sequence[Need], calendars: Mapping[str, Calendar], groups: Sequence[Group], said: str
) -> None:
    with pytest.raises(WeekError, match=said):
        propose(needs, calendars, groups, WEEK)


def test_a_need_that_cannot_be_is_refused() -> None:
    for kind, people, said in (
        (Kind.GROUP, ("host", "ann"), "the one partner"),
        (Kind.COUPLES, ("host",), "at least one partner"),
        (Kind.INDIVIDUAL, ("ann", "ann"), "named twice"),
    ):
        with pytest.raises(WeekError, match=said):
            Need(kind, 50, people, Why.TARGET, 1)
    with pytest.raises(WeekError, match="0 minutes"):
        joint(minutes=0)
    with pytest.raises(WeekError, match="leaves none"):
        Rules(most_per_day=0)
