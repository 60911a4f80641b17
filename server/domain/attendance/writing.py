"""The decision and the facts as JSON objects (shapes in server/POLICY.md)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from server.domain.attendance.model import Asked, Decision, Facts, PartnerFacts


def decision_json(decision: Decision, zone: tzinfo | None = None) -> dict[str, Any]:
    """Instants are RFC 3339, in `zone` where one is given."""

    def say(at: datetime | None) -> str | None:
        return None if at is None else (at.astimezone(zone) if zone is not None else at).isoformat()

    card = decision.card
    return {
        "action": str(decision.action),
        "clause": decision.clause,
        "because": decision.because,
        "attending": list(decision.attending),
        "absent": list(decision.absent),
        "wait_until": say(decision.wait_until),
        "card": None
        if card is None
        else {
            "options": [str(o) for o in card.options],
            "recommended": str(card.recommended),
            "default": str(card.default),
            "answer_by": say(card.answer_by),
        },
        "converted_kind": None if decision.converted_kind is None else str(decision.converted_kind),
        "outcomes": {key: str(outcome) for key, outcome in decision.outcomes.items()},
        "follow_ups": sorted(str(f) for f in decision.follow_ups),
        "notify": [{"who": n.who, "what": n.what} for n in decision.notify],
        "policy": decision.policy,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def facts_json(facts: Facts) -> dict[str, Any]:
    """The facts as `parse_facts` reads them."""
    s = facts.session
    needed = {"interpreter_missing": True} if facts.interpreter_missing else {}
    return {
        "now": facts.now.isoformat(),
        "session": {
            "kind": str(s.kind),
            "focus": [str(f) for f in s.focus],
            "attendance": None if s.attendance is None else str(s.attendance),
            "starts_at": s.starts_at.isoformat(),
            "minutes": s.minutes,
            "started_at": _iso(s.started_at),
            "solo_started_at": _iso(s.solo_started_at),
        },
        "therapist": {"state": str(facts.therapist.state), "since": _iso(facts.therapist.since)},
        "partners": {key: _partner(p) for key, p in facts.partners.items()},
        "solo_approval": str(facts.solo_approval),
        "co_present_minutes": facts.co_present_minutes,
        "keep_apart": facts.keep_apart,
        **needed,
        "outages": [{"from": o.since.isoformat(), "to": _iso(o.until)} for o in facts.outages],
        "asked": None if facts.asked is None else _asked(facts.asked),
    }


def _partner(p: PartnerFacts) -> dict[str, Any]:
    return {
        "state": str(p.state),
        "since": _iso(p.since),
        "reason": None if p.reason is None else str(p.reason),
        "declared_at": _iso(p.declared_at),
        "late_until": _iso(p.late_until),
        "solo_consent": p.solo_consent,
        "consecutive_misses": p.consecutive_misses,
        "consecutive_solo": p.consecutive_solo,
    }


def _asked(asked: Asked) -> dict[str, Any]:
    return {
        "clause": asked.clause,
        "at": asked.at.isoformat(),
        "answer_by": asked.answer_by.isoformat(),
        "options": [str(o) for o in asked.options],
        "default": str(asked.default),
        "answer": None if asked.answer is None else str(asked.answer),
        "answered_at": _iso(asked.answered_at),
    }
