"""What a claim could rest on, and whether a week will have its hours."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.hours import Claim, Measured, claims_of, forecast
from server.domain.programme import Lengths, Targets

MONDAY = date(2026, 11, 23)
LENGTHS = Lengths(joint=50, individual=50, group=120)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def codes(*sessions: Measured) -> list[str]:
    return [claim.code for claim in claims_of({MONDAY: [(f"s{n}", one) for n, one in enumerate(sessions)]})]


def test_each_session_rests_on_its_own_minutes() -> None:
    assert codes(Measured(joint=minutes(26))) == ["90847"]
    assert codes(Measured(joint=minutes(25.9))) == []
    assert codes(Measured(individual=minutes(16))) == ["90832"]
    assert codes(Measured(individual=minutes(38))) == ["90834"]
    assert codes(Measured(individual=minutes(53))) == ["90837"]
    assert codes(Measured(group=minutes(90))) == ["90853"]


def test_a_couples_session_held_with_the_other_alone_is_family_work_without_the_patient() -> None:
    assert codes(Measured(without=minutes(40))) == ["90846"]
    assert codes(Measured(joint=minutes(30), without=minutes(30))) == ["90847"]


def test_three_hours_of_a_day_are_a_day_of_intensive_outpatient_care() -> None:
    held = {MONDAY: [("g", Measured(group=minutes(120))), ("j", Measured(joint=minutes(60)))]}
    assert claims_of(held) == (Claim(MONDAY, "H0015", 180, ("g", "j")),)
    assert codes(Measured(group=minutes(120)), Measured(joint=minutes(59))) == ["90853", "90847"]


@given(st.lists(st.tuples(*(st.integers(0, 200) for _ in range(3))), max_size=4))
def test_no_hint_ever_rests_on_more_minutes_than_were_measured(held: list[tuple[int, int, int]]) -> None:
    sessions = [(str(n), Measured(*map(minutes, one))) for n, one in enumerate(held)]
    total = sum((one.total for _, one in sessions), timedelta(0))
    assert minutes(sum(claim.minutes for claim in claims_of({MONDAY: sessions}))) <= total


def test_a_full_week_is_not_short() -> None:
    held = Targets(joint=2, individual=1, group=4)
    said = forecast(minutes(300), minutes(330), held, held, LENGTHS)
    assert (said.short, said.made_up_by) == (timedelta(0), ())


def test_a_short_week_is_made_up_by_what_is_furthest_below_its_target() -> None:
    targets = Targets(joint=3, individual=1, group=4)
    said = forecast(minutes(100), minutes(240), Targets(joint=1, individual=1, group=3), targets, LENGTHS)
    assert said.short == minutes(200)
    assert said.made_up_by == (("joint", 2), ("group", 1))


@given(done=st.integers(0, 700), planned=st.integers(0, 700), joint=st.integers(0, 3), group=st.integers(0, 4))
def test_what_makes_a_week_up_reaches_its_least_hours_and_is_never_idle(
    done: int, planned: int, joint: int, group: int
) -> None:
    said = forecast(minutes(done), minutes(planned), Targets(joint, 0, group), Targets(3, 1, 4), LENGTHS)
    each = {"joint": LENGTHS.joint, "individual": LENGTHS.individual, "group": LENGTHS.group}
    extra = sum(each[kind] * count for kind, count in said.made_up_by)
    assert done + planned + extra >= 9 * 60
    assert (extra > 0) == (said.short > timedelta(0))
