"""The ledger: every minute of it is an intersection of the record's intervals, counted here second by second (R5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.attendance import Kind, Outcome
from server.domain.hours import Measured, measured
from server.domain.hours.measured import NOT_THERE
from server.domain.session import commands as c
from server.domain.session.plan import Invitee
from server.domain.session.state import THERAPIST, Session
from tests.domain.session.story import START, Story, on_time, planned

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
NOW = START + timedelta(minutes=2)
KINDS = {Kind.COUPLES: "ab", Kind.INDIVIDUAL: "a", Kind.GROUP: "abc"}


def at(second: int) -> datetime:
    return START + second * SECOND


@st.composite
def lines(draw: st.DrawFn) -> tuple[tuple[datetime, datetime | None], ...]:
    """One person's intervals within two minutes: in order, never touching, the last one perhaps still open."""
    ends = sorted(draw(st.sets(st.integers(0, 119), max_size=6)))
    spans: list[tuple[datetime, datetime | None]] = [
        (at(a), at(b)) for a, b in zip(ends[::2], ends[1::2], strict=False)
    ]
    if len(ends) % 2:
        spans.append((at(ends[-1]), None))
    return tuple(spans)


@st.composite
def records(draw: st.DrawFn) -> Session:
    kind = draw(st.sampled_from(list(KINDS)))
    plan = planned(kind=kind, partners={key: Invitee(key.upper(), "UTC") for key in KINDS[kind]})
    session = Story(plan).session
    presence = {key: draw(lines()) for key in (*KINDS[kind], THERAPIST)}
    outcomes = {key: draw(st.sampled_from([None, *Outcome])) for key in KINDS[kind]}
    known = {key: outcome for key, outcome in outcomes.items() if outcome is not None}
    return replace(session, presence=MappingProxyType(presence), outcomes=MappingProxyType(known))


def there(session: Session, key: str, second: int) -> bool:
    if session.outcomes.get(key) in NOT_THERE:
        return False
    return any(begin <= at(second) < (end or NOW) for begin, end in session.presence.get(key, ()))


@given(session=records())
@settings(deadline=None, max_examples=300)
def test_every_minute_is_a_second_by_second_intersection_of_the_record(session: Session) -> None:
    assert session.plan is not None
    for key in session.invited:
        counted = {"joint": 0, "individual": 0, "group": 0, "without": 0}
        for second in range(120):
            if not there(session, THERAPIST, second):
                continue
            mine = there(session, key, second)
            others = [there(session, other, second) for other in session.invited if other != key]
            if session.plan.kind is Kind.GROUP:
                counted["group"] += mine
            elif others and all(others):
                counted["joint" if mine else "without"] += 1
            else:
                counted["individual"] += mine
        assert measured(session, key, NOW) == Measured(**{name: n * SECOND for name, n in counted.items()})


def test_a_session_held_together_gives_both_the_same_minutes() -> None:
    story = on_time().at(40).does(c.EndSession())
    now = story.session.at
    assert now is not None
    alex, robin = (measured(story.session, key, now) for key in "ab")
    assert alex == robin
    assert alex.joint > 30 * MINUTE
    assert alex.individual == timedelta(0)


def test_correcting_an_attendance_corrects_every_figure_that_rests_on_it() -> None:
    story = on_time().at(40).does(c.EndSession())
    now = story.session.at
    assert now is not None
    before = measured(story.session, "a", now)
    corrected = replace(story.session, outcomes={**story.session.outcomes, "b": Outcome.NO_SHOW})
    assert measured(corrected, "b", now).total == timedelta(0)
    assert measured(corrected, "b", now).without == before.joint
    assert measured(corrected, "a", now) == Measured(individual=before.joint)
    back = replace(corrected, outcomes={**corrected.outcomes, "b": Outcome.ATTENDED})
    assert measured(back, "a", now) == before
