"""From a model of the solver back to facts that anybody can read, and that `decide()` takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from server.adapters.proof.symbols import Partner, Symbols
from server.domain.attendance import (
    Action,
    Asked,
    Facts,
    Focus,
    Kind,
    Outage,
    PartnerFacts,
    PartnerState,
    SessionFacts,
    TherapistFacts,
    TherapistState,
)

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def facts_of(symbols: Symbols, model: Any) -> Facts:
    """The facts that the solver found; the planned start is the same for all of them."""

    def number(symbol: Any) -> int:
        return int(model.eval(symbol, model_completion=True).as_long())

    def true(symbol: Any) -> bool:
        return bool(model.eval(symbol, model_completion=True))

    def at(symbol: Any) -> datetime:
        return START + timedelta(seconds=number(symbol))

    def partner(p: Partner) -> PartnerFacts:
        declared = p.state.of(model) is PartnerState.DECLARED_ABSENT
        expected = p.state.of(model) is PartnerState.EXPECTED
        return PartnerFacts(
            p.state.of(model),
            None if expected else at(p.since),
            p.reason.of(model),
            START - timedelta(seconds=number(p.notice)) if declared else None,
            at(p.late_until) if true(p.late) else None,
            true(p.consent),
            number(p.misses),
            number(p.streak),
        )

    now, kind = at(symbols.now), symbols.kind.of(model)
    under_way = true(symbols.started) or true(symbols.solo)
    away = TherapistState.DROPPED if under_way else TherapistState.EXPECTED
    focus = tuple(f for f in Focus if true(symbols.focus[f]))
    members = {"a": symbols.a} if kind is Kind.INDIVIDUAL else {"a": symbols.a, "b": symbols.b}
    return Facts(
        now=now,
        session=SessionFacts(
            kind,
            focus,
            symbols.override.of(model),
            START,
            50,
            now if true(symbols.started) else None,
            now if true(symbols.solo) else None,
        ),
        therapist=TherapistFacts(away if true(symbols.host_away) else TherapistState.PRESENT, at(symbols.host_since)),
        partners={key: partner(p) for key, p in members.items()},
        solo_approval=symbols.approval.of(model),
        co_present_minutes=number(symbols.together),
        keep_apart=true(symbols.keep_apart),
        interpreter_missing=true(symbols.uninterpreted),
        outages=(Outage(now, None),) if true(symbols.outage) else (),
        asked=_asked(symbols, true, at, symbols.answer.of(model)),
    )


def _asked(symbols: Symbols, true: Any, at: Any, answer: Action) -> Asked | None:
    if not true(symbols.asked):
        return None
    answered = true(symbols.answered)
    options = (answer,) if answered else (Action.WAIT,)
    answered_at = at(symbols.answered_at)
    since = min(answered_at, at(symbols.now))
    return Asked(
        "?",
        since,
        at(symbols.answer_by),
        options,
        options[0],
        answer if answered else None,
        answered_at if answered else None,
    )
