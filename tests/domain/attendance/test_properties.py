"""`decide()` over its whole input space: total, deterministic, and never against the two rules above all clauses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from server.domain.attendance import (
    Action,
    Asked,
    AttendanceClass,
    Facts,
    FactsRefused,
    Focus,
    Kind,
    Outage,
    Outcome,
    PartnerFacts,
    PartnerState,
    Policy,
    Reason,
    SessionFacts,
    SoloApproval,
    TherapistFacts,
    TherapistState,
    attendance_class,
    decide,
    decision_json,
    facts_json,
    parse_facts,
)

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
# Near the session most of the time; far from it now and then, since nothing forbids such facts.
instants = st.one_of(
    st.integers(-40 * 60, 100 * 60).map(lambda second: START + timedelta(seconds=second)),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
)
maybe = st.one_of(st.none(), instants)
durations = st.integers(0, 3 * 3600).map(lambda second: timedelta(seconds=second))

partners = st.builds(
    PartnerFacts,
    state=st.sampled_from(PartnerState),
    since=maybe,
    reason=st.one_of(st.none(), st.sampled_from(Reason)),
    declared_at=maybe,
    late_until=maybe,
    solo_consent=st.booleans(),
    consecutive_misses=st.integers(0, 5),
    consecutive_solo=st.integers(0, 5),
)
outages = st.builds(Outage, instants, maybe)
questions = st.builds(
    Asked,
    clause=st.sampled_from(("J12", "J11", "M3", "S1", "I1", "??")),
    at=instants,
    answer_by=instants,
    options=st.lists(st.sampled_from(Action), max_size=4).map(tuple),
    default=st.sampled_from(Action),
    answer=st.one_of(st.none(), st.sampled_from(Action)),
    answered_at=maybe,
)
policies = st.builds(
    Policy,
    first_nudge=durations,
    second_nudge=durations,
    card_after=durations,
    no_show_after=durations,
    therapist_notice=durations,
    therapist_no_show=durations,
    reconnect_grace=durations,
    technical_extra=durations,
    wait_extension=durations.filter(bool),
    answer_within=durations.filter(bool),
)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    kind = draw(st.sampled_from(Kind))
    count = {Kind.INDIVIDUAL: 1, Kind.GROUP: draw(st.integers(1, 12))}.get(kind, 2)
    session = SessionFacts(
        kind,
        tuple(draw(st.lists(st.sampled_from(Focus), max_size=3))),
        draw(st.one_of(st.none(), st.sampled_from(AttendanceClass))),
        draw(st.one_of(st.just(START), instants)),
        draw(st.integers(1, 480)),
        draw(maybe),
        draw(maybe),
    )
    return Facts(
        now=draw(instants),
        session=session,
        therapist=TherapistFacts(draw(st.sampled_from(TherapistState)), draw(maybe)),
        partners={chr(ord("a") + n): draw(partners) for n in range(count)},
        solo_approval=draw(st.sampled_from(SoloApproval)),
        co_present_minutes=draw(st.floats(0, 500)),
        keep_apart=draw(st.booleans()),
        outages=tuple(draw(st.lists(outages, max_size=3))),
        asked=draw(st.one_of(st.none(), questions)),
    )


@settings(max_examples=1_000, deadline=None)
@given(facts(), st.one_of(st.just(Policy()), policies))
def test_it_always_decides_and_keeps_the_two_rules(given_facts: Facts, policy: Policy) -> None:
    decision = decide(given_facts, policy)
    assert decision == decide(given_facts, policy)
    assert decision.clause
    assert decision.because
    assert set(decision.outcomes) <= set(given_facts.partners)
    _waits_for_something(given_facts, policy)
    _solo_is_agreed(given_facts, policy)
    _nobody_here_is_absent(given_facts, policy)
    json.dumps(decision_json(decision, UTC), allow_nan=False)


def _waits_for_something(given_facts: Facts, policy: Policy) -> None:
    decision = decide(given_facts, policy)
    assert decision.wait_until is None or decision.wait_until > given_facts.now
    assert (decision.action is Action.ASK) == (decision.card is not None)
    if decision.card is not None:
        asked = given_facts.asked
        stale = asked is not None and asked.answer is not None  # an answer that this card doesn't offer (A2)
        assert decision.card.answer_by > given_facts.now or stale
        assert {decision.card.recommended, decision.card.default} <= set(decision.card.options)


def _solo_is_agreed(given_facts: Facts, policy: Policy) -> None:
    """No solo session without consent and approval."""
    if decide(given_facts, policy).action is not Action.PROCEED:
        return
    assert given_facts.session.kind is Kind.COUPLES
    assert all(partner.solo_consent for partner in given_facts.partners.values())
    assert given_facts.solo_approval is not SoloApproval.DENIED
    asked = given_facts.asked
    assert (
        given_facts.solo_approval in (SoloApproval.STANDING, SoloApproval.GRANTED)
        or attendance_class(given_facts.session) is AttendanceClass.OPTIONAL
        or (asked is not None and asked.answer is Action.PROCEED)
    )


def _nobody_here_is_absent(given_facts: Facts, policy: Policy) -> None:
    """Nobody with a live admitted connection is marked absent."""
    missed = (Outcome.NO_SHOW, Outcome.LATE_CANCEL, Outcome.EXCUSED, Outcome.LEFT_EARLY, Outcome.TECHNICAL)
    decision = decide(given_facts, policy)
    for key, partner in given_facts.partners.items():
        if partner.state is PartnerState.PRESENT:
            assert decision.outcomes.get(key) not in missed
            assert key not in decision.absent


@settings(max_examples=300, deadline=None)
@given(facts())
def test_facts_survive_their_json(given_facts: Facts) -> None:
    """Those that can be read at all: an outage that ends before it began, say, is refused."""
    written = json.loads(json.dumps(facts_json(given_facts)))
    try:
        read = parse_facts(written)
    except FactsRefused:
        reject()
    assert read == given_facts


leaves = st.none() | st.booleans() | st.floats() | st.text(max_size=5)
keys = st.sampled_from(("now", "session", "partners", "a", "state"))


@settings(max_examples=300, deadline=None)
@given(st.recursive(leaves, lambda x: st.lists(x, max_size=3) | st.dictionaries(keys, x, max_size=3)))
def test_anything_else_is_refused_cleanly(value: object) -> None:
    with pytest.raises(FactsRefused):
        parse_facts(value)
