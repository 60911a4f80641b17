"""Minutes of attendance: intersections of when people were there, though evidence comes twice, late or disordered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.attendance import DEFAULT_POLICY, Kind, Outcome
from server.domain.session import commands as c
from server.domain.session.minutes import length, noted, shared
from server.domain.session.plan import Invitee
from server.domain.session.state import THERAPIST, Session
from server.domain.session.step import step
from tests.domain.session.story import START, Story, on_time, planned

WHO = ("a", "b", THERAPIST)
LAST = timedelta(minutes=50)
# When, who, and what the evidence says: a device connects, everything fell silent (some seconds ago), it is back.
happening = st.tuples(
    st.integers(60, 2_400),
    st.sampled_from(WHO),
    st.sampled_from(("connects", "drops", "second device")),
    st.integers(0, 20),
)
evidence = st.lists(happening, max_size=14).map(sorted)
Evidence = Sequence[tuple[int, str, str, int]]


def said(session: Session, one: tuple[int, str, str, int]) -> c.Command:
    second, who, what, ago = one
    epoch = session.seats[who].epoch
    if what == "drops":
        return c.Drop(who, epoch, START + timedelta(seconds=second - ago))
    return c.Connect(who, epoch + 1)


def told(given_evidence: Evidence, *, twice: bool = False) -> Session:
    """The session after this evidence; `twice` brings each piece again, at once and all of it once more at the end."""
    session, repeated = on_time().session, list[c.Command]()
    for one in given_evidence:
        command, now = said(session, one), START + timedelta(seconds=one[0])
        session = step(session, DEFAULT_POLICY, command, now).session
        repeated.append(command)
        if twice:
            session = step(session, DEFAULT_POLICY, command, now).session
    if twice and given_evidence:
        for command in repeated:
            if command != repeated[-1]:
                session = step(
                    session, DEFAULT_POLICY, command, START + timedelta(seconds=given_evidence[-1][0])
                ).session
    return session


def minutes(session: Session, now: datetime) -> dict[str, timedelta]:
    return {"together": session.co_present(now), **{key: session.attended(key, now) for key in session.invited}}


@settings(max_examples=300, deadline=None)
@given(evidence)
def test_nobody_has_more_minutes_than_they_were_there(given_evidence: Evidence) -> None:
    session = told(given_evidence)
    now = START + LAST
    counted = minutes(session, now)
    assert counted["together"] <= min(counted["a"], counted["b"]) <= LAST
    lines = [session.presence.get(key, ()) for key in WHO]
    assert all(begin < (end or now) for line in lines for begin, end in line)


@settings(max_examples=300, deadline=None)
@given(evidence)
def test_evidence_that_comes_twice_or_late_changes_no_minute(given_evidence: Evidence) -> None:
    now = START + LAST
    assert minutes(told(given_evidence, twice=True), now) == minutes(told(given_evidence), now)


@settings(max_examples=200, deadline=None)
@given(evidence)
def test_the_order_of_what_happens_at_one_instant_does_not_matter(given_evidence: Evidence) -> None:
    """Different people's evidence of the same second, in any order."""
    now = START + LAST
    seen = {(second, who): (second, who, what, 0) for second, who, what, _ in given_evidence}
    once = sorted(seen.values())
    other = sorted(once, key=lambda one: (one[0], WHO.index(one[1])))
    assert minutes(told(other), now) == minutes(told(once), now)


def test_two_devices_are_one_attendance() -> None:
    story = on_time().at(10).opens("b").at(20).opens("b").at(30)
    assert story.session.attended("b", story.now) == timedelta(minutes=30)
    assert story.session.co_present(story.now) == timedelta(minutes=30)


def test_silence_counts_from_the_last_sign_of_life() -> None:
    session = on_time().at(10).session
    gone = START + timedelta(minutes=9, seconds=45)
    session = step(
        session, DEFAULT_POLICY, c.Drop("b", session.seats["b"].epoch, gone), START + timedelta(minutes=10)
    ).session
    assert session.attended("b", START + timedelta(minutes=11)) == timedelta(minutes=9, seconds=45)
    assert session.attended("a", START + timedelta(minutes=11)) == timedelta(minutes=11)


def test_a_group_is_counted_member_by_member() -> None:
    """Who left early did; who never came is missing; and the group took place all the same."""
    members = {key: Invitee(key.upper(), "America/Chicago") for key in "abc"}
    story = Story(planned(kind=Kind.GROUP, partners=members)).at(-2).opens(THERAPIST)
    for key in "ab":
        story.arrives(key)
    story.at(0).does(c.AdmitAll())
    story.at(16)
    assert story.session.outcomes == {"c": Outcome.NO_SHOW}
    story.at(20).leaves("b").at(40).does(c.EndSession())
    assert dict(story.session.outcomes) == {"a": Outcome.ATTENDED, "b": Outcome.LEFT_EARLY, "c": Outcome.NO_SHOW}
    assert story.session.rescheduling is None


def test_a_member_who_comes_after_all_is_not_missing() -> None:
    members = {key: Invitee(key.upper(), "America/Chicago") for key in "ab"}
    story = Story(planned(kind=Kind.GROUP, partners=members)).at(-2).opens(THERAPIST)
    story.arrives("a").at(0).does(c.AdmitAll()).at(16)
    assert story.session.outcomes == {"b": Outcome.NO_SHOW}
    story.at(18).arrives("b")
    assert story.session.outcomes == {}


spans = st.lists(st.tuples(st.integers(0, 99), st.integers(1, 30)), max_size=5).map(
    lambda pairs: [(START + timedelta(seconds=a), START + timedelta(seconds=a + b)) for a, b in pairs]
)


@given(spans)
def test_what_several_intervals_cover_is_counted_once(given_spans: list[tuple[datetime, datetime]]) -> None:
    seconds = {START + timedelta(seconds=n) for n in range(200)}
    covered = {at for at in seconds if any(begin <= at < end for begin, end in given_spans)}
    assert length(given_spans) == timedelta(seconds=len(covered))


def test_the_intersection_is_when_all_were_there() -> None:
    def at(second: int) -> datetime:
        return START + timedelta(seconds=second)

    presence = noted({}, ["a"], at(0), at(0))
    presence = noted(presence, ["a", "b"], at(10), at(10))
    presence = noted(presence, ["b"], at(20), at(15))
    assert shared(presence, ("a", "b"), at(30)) == [(at(10), at(15))]
    assert shared(presence, ("b",), at(30)) == [(at(10), at(30))]
