"""A couple's facts, changed by name; minutes count from the planned start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from server.domain.attendance import (
    Action,
    Asked,
    Decision,
    Facts,
    Focus,
    Kind,
    PartnerFacts,
    PartnerState,
    Reason,
    SessionFacts,
    TherapistFacts,
    TherapistState,
    decide,
)

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HERE = PartnerFacts(PartnerState.PRESENT, START, solo_consent=True)
MISSING = PartnerFacts(PartnerState.EXPECTED, solo_consent=True)
HOST = TherapistFacts(TherapistState.PRESENT, START)


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def gone(state: PartnerState, since: float, **changes: Any) -> PartnerFacts:
    return replace(MISSING, state=state, since=minute(since), **changes)


def declared(reason: Reason, at: float = -60) -> PartnerFacts:
    return replace(MISSING, state=PartnerState.DECLARED_ABSENT, since=minute(at), reason=reason, declared_at=minute(at))


def couple(at: float, a: PartnerFacts = HERE, b: PartnerFacts = MISSING, **changes: Any) -> Facts:
    """Facts at minute `at`; `kind`, `focus`, `attendance`, `started` and `solo` are of the session."""
    session = SessionFacts(
        changes.pop("kind", Kind.COUPLES),
        changes.pop("focus", (Focus.COMMUNICATION,)),
        changes.pop("attendance", None),
        START,
        50,
        _at(changes.pop("started", None)),
        _at(changes.pop("solo", None)),
    )
    return Facts(minute(at), session, changes.pop("therapist", HOST), {"a": a, "b": b}, **changes)


def client(at: float, a: PartnerFacts, **changes: Any) -> Facts:
    facts = couple(at, a, kind=Kind.INDIVIDUAL, **changes)
    return replace(facts, partners={"a": a})


def _at(number: float | None) -> datetime | None:
    return None if number is None else minute(number)


def asked(facts: Facts, answer: Action | None = None, at: float | None = None) -> Facts:
    """The same facts with the card that they raise already put to the therapist, and perhaps answered."""
    decision = decide(facts)
    card = decision.card
    assert card is not None
    answered = None if answer is None else (minute(at) if at is not None else facts.now)
    question = Asked(decision.clause, facts.now, card.answer_by, card.options, card.default, answer, answered)
    return replace(facts, asked=question)


def later(facts: Facts, at: float) -> Facts:
    return replace(facts, now=minute(at))


def options(decision: Decision) -> list[str]:
    assert decision.card is not None
    return [str(option) for option in decision.card.options]
