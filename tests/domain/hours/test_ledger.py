"""Weeks of the ledger: nothing is counted twice, nothing is lost, and a week begins on the programme's own wall."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.attendance import Kind, Outcome
from server.domain.hours import Measured, Period, Taken, WeekHours, ledger, midnight
from server.domain.programme import ProgrammeError
from server.domain.session import commands as c
from server.domain.session.plan import Invitee
from server.domain.session.state import THERAPIST, Session
from tests.domain.hours.test_measured import NOW, SECOND, records, there
from tests.domain.session.story import on_time, one_missing, planned

NEW_YORK = ZoneInfo("America/New_York")
# Around both changes of the clock in New York, the Mondays after them among these days.
AROUND = st.sampled_from([datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)]).flatmap(
    lambda first: st.integers(0, 3 * 24 * 60).map(lambda minute: first + timedelta(minutes=minute))
)


def counted(session: Session, key: str) -> WeekHours:
    """Second by second, and by nothing else."""
    joint = individual = group = without = 0
    others = [other for other in session.invited if other != key]
    for second in range(120):
        if not there(session, THERAPIST, second):
            continue
        mine, theirs = there(session, key, second), [there(session, other, second) for other in others]
        if session.plan is not None and session.plan.kind is Kind.GROUP:
            group += mine
        elif others and all(theirs):
            joint, without = joint + mine, without + (not mine)
        else:
            individual += mine
    minutes = Measured(joint * SECOND, individual * SECOND, group * SECOND, without * SECOND)
    return WeekHours(minutes, individual * SECOND if len(others) == 1 else timedelta(0))


@given(held=st.lists(st.tuples(AROUND, records(), st.booleans()), max_size=5))
@settings(deadline=None, max_examples=60)
def test_each_week_is_the_sum_of_its_sessions_second_by_second(held: list[tuple[datetime, Session, bool]]) -> None:
    wanted: dict[date, WeekHours] = {}
    taken = []
    for number, (starts_at, session, last) in enumerate(held):
        key = session.invited[-1 if last else 0]
        taken.append(Taken(f"s{number}", starts_at, session, key))
        year, week, _ = starts_at.astimezone(NEW_YORK).isocalendar()
        monday = date.fromisocalendar(year, week, 1)
        wanted[monday] = wanted.get(monday, WeekHours()) + counted(session, key)
    assert ledger(taken, NEW_YORK, NOW) == wanted


@pytest.mark.parametrize(
    ("starts_at", "monday"),
    [
        (datetime(2026, 10, 26, 3, 59, tzinfo=UTC), date(2026, 10, 19)),
        (datetime(2026, 10, 26, 4, 0, tzinfo=UTC), date(2026, 10, 26)),  # midnight in summer time
        (datetime(2026, 11, 2, 4, 59, tzinfo=UTC), date(2026, 10, 26)),  # an hour later, once the clocks went back
        (datetime(2026, 11, 2, 5, 0, tzinfo=UTC), date(2026, 11, 2)),
    ],
)
def test_a_week_begins_at_monday_s_midnight_on_the_programme_s_wall(starts_at: datetime, monday: date) -> None:
    session = on_time().at(40).does(c.EndSession()).session
    assert list(ledger([Taken("s", starts_at, session, "a")], NEW_YORK, NOW)) == [monday]
    assert midnight(monday, NEW_YORK) <= starts_at < midnight(monday + timedelta(weeks=1), NEW_YORK)


def test_time_alone_counts_as_solo_only_where_the_session_was_for_two() -> None:
    plan = planned(kind=Kind.INDIVIDUAL, partners={"a": Invitee("Alex", "UTC")})
    alone = one_missing(plan).admits("a").at(40).does(c.EndSession()).session
    together = on_time().at(40).does(c.EndSession()).session
    left = replace(together, outcomes={**together.outcomes, "b": Outcome.NO_SHOW})
    assert together.at is not None

    def week(session: Session) -> WeekHours:
        (only,) = ledger([Taken("s", NOW, session, "a")], NEW_YORK, together.at or NOW).values()
        return only

    assert week(alone).measured.individual > timedelta(0)
    assert week(alone).solo == week(together).solo == timedelta(0)
    assert week(left).solo == week(left).measured.individual == week(together).measured.joint


def test_a_period_knows_its_weeks_and_its_instants() -> None:
    period = Period(date(2026, 10, 31), date(2026, 11, 9))
    assert period.mondays == (date(2026, 10, 26), date(2026, 11, 2), date(2026, 11, 9))
    since, until = period.span(NEW_YORK)
    assert until - since == timedelta(days=10, hours=1)  # the clocks went back in it
    assert Period(date(2026, 11, 2), date(2026, 11, 8)).mondays == (date(2026, 11, 2),)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 1, 2), date(2026, 1, 1), "period_unfit"),
        (date(2026, 1, 1), date(2027, 1, 2), "period_too_long"),
        (date(1, 1, 1), date(1, 1, 2), "period_unfit"),
        (date(9999, 1, 1), date(9999, 12, 31), "period_unfit"),
    ],
)
def test_a_period_that_can_t_be_reported_on_is_refused(first: date, last: date, code: str) -> None:
    assert Period(date(2026, 1, 1), date(2027, 1, 1)).days == 366
    with pytest.raises(ProgrammeError) as refused:
        Period(first, last)
    assert refused.value.code == code
