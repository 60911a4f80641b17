"""Random facts by seed, in the naive evaluator's own form and as the service takes them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from server.domain.attendance import (
    Action,
    Asked,
    AttendanceClass,
    Decision,
    Facts,
    Focus,
    Kind,
    Outage,
    PartnerFacts,
    PartnerState,
    Reason,
    SessionFacts,
    SoloApproval,
    TherapistFacts,
    TherapistState,
)
from tests.domain.attendance.support import START

# The seconds at which something changes, each hit exactly now and then.
EDGES = [-86400, -43200, -3600, -180, 0, 120, 180, 300, 600, 780, 900, 1080, 1200, 1500, 3000]
CARDS = (["proceed", "reschedule", "wait"], ["reschedule", "wait"], ["wait", "end"], ["wait", "end", "proceed"])
MERGE = ["merge", "keep_solo"]
STATES, REASONS, FOCUS = [str(s) for s in PartnerState], [str(r) for r in Reason], [str(f) for f in Focus]


def random_facts(dice: random.Random) -> dict[str, Any]:
    """Facts as the naive evaluator reads them: instants are seconds after the planned start."""
    kind = dice.choice(["couples"] * 5 + ["intake", "individual", "group"])
    now = _second(dice)
    count = {"individual": 1, "group": dice.randint(1, 5)}.get(kind, 2)
    started = dice.random() < 0.3
    solo = kind == "couples" and dice.random() < 0.12
    return {
        "now": now,
        "session": {
            "kind": kind,
            "focus": dice.sample(FOCUS, dice.choice([0, 1, 1, 2])),
            "attendance": dice.choice([None, None, "required", "encouraged", "optional"]),
            "started_at": min(now, dice.choice(EDGES)) if started else None,
            "solo_started_at": min(now, 700) if solo else None,
        },
        "therapist": {
            "state": dice.choice(["present"] * 5 + ["expected", "dropped"]),
            "since": _before(dice, now),
        },
        "partners": {"abcde"[n]: _partner(dice, now) for n in range(count)},
        "solo_approval": dice.choice([str(a) for a in SoloApproval]),
        "co_present_minutes": dice.choice([0, 0, 12.5, 25.9, 26, 40]),
        "keep_apart": dice.random() < 0.06,
        "interpreter_missing": dice.random() < 0.1,
        "outages": [_outage(dice, now) for _ in range(dice.choice([0, 0, 0, 0, 1, 1, 2, 3]))],
        "asked": _asked(dice, now) if dice.random() < 0.35 else None,
    }


def _second(dice: random.Random) -> int:
    if dice.random() < 0.4:
        return dice.choice(EDGES) + dice.choice([-1, 0, 0, 0, 1])
    return dice.choice([dice.randint(-200, 1800), dice.randint(-90000, 6000)])


def _before(dice: random.Random, now: int) -> int | None:
    if dice.random() < 0.1:
        return None
    return now - dice.choice([0, 1, 60, 119, 120, 121, 299, 300, 301, 899, 900, 901, dice.randint(0, 2000)])


def _partner(dice: random.Random, now: int) -> dict[str, Any]:
    state = dice.choice(["present", "present", *STATES])
    declared = state == "declared_absent"
    return {
        "state": state,
        "since": _before(dice, now),
        "reason": dice.choice(REASONS) if declared and dice.random() < 0.95 else None,
        "declared_at": dice.choice([-86401, -86400, -86399, -200000, now - 5, -60]) if declared else None,
        "late_until": now + dice.randint(-600, 1500) if dice.random() < 0.2 else None,
        "solo_consent": dice.random() < 0.85,
        "consecutive_misses": dice.choice([0, 0, 1, 2, 3]),
        "consecutive_solo": dice.choice([0, 0, 0, 1, 2, 3]),
    }


def _outage(dice: random.Random, now: int) -> dict[str, Any]:
    since = dice.choice([dice.randint(-900, 1500), now - dice.randint(0, 900), 600, 900])
    until = None if dice.random() < 0.1 else since + dice.choice([0, 1, 60, 300, dice.randint(1, 1200)])
    return {"from": since, "to": until}


def _asked(dice: random.Random, now: int) -> dict[str, Any]:
    options = dice.choice([*CARDS, MERGE])
    answered = dice.random() < 0.6
    at = now - dice.choice([0, 60, 179, 180, 299, 300, dice.randint(0, 900)])
    return {
        "clause": dice.choice(["J12", "J6", "M3", "S1"]),
        "at": at,
        "answer_by": dice.choice([at + 180, now, now + 1, now - 1, 900]),
        "options": options,
        "default": dice.choice(options),
        "answer": dice.choice(options) if answered else None,
        "answered_at": now - dice.choice([0, 1, 299, 300, 301, dice.randint(0, 500)]) if answered else None,
    }


def _at(second: float | None) -> datetime | None:
    return None if second is None else START + timedelta(seconds=second)


def facts_of(plain: dict[str, Any]) -> Facts:
    """The same facts as the service takes them."""
    s, t, asked = plain["session"], plain["therapist"], plain["asked"]
    session = SessionFacts(
        Kind(s["kind"]),
        tuple(Focus(f) for f in s["focus"]),
        AttendanceClass(s["attendance"]) if s["attendance"] else None,
        START,
        50,
        _at(s["started_at"]),
        _at(s["solo_started_at"]),
    )
    return Facts(
        START + timedelta(seconds=plain["now"]),
        session,
        TherapistFacts(TherapistState(t["state"]), _at(t["since"])),
        {key: _partner_facts(p) for key, p in plain["partners"].items()},
        SoloApproval(plain["solo_approval"]),
        plain["co_present_minutes"],
        plain["keep_apart"],
        tuple(Outage(START + timedelta(seconds=o["from"]), _at(o["to"])) for o in plain["outages"]),
        None if asked is None else _asked_facts(asked),
        plain["interpreter_missing"],
    )


def _partner_facts(p: dict[str, Any]) -> PartnerFacts:
    return PartnerFacts(
        PartnerState(p["state"]),
        _at(p["since"]),
        Reason(p["reason"]) if p["reason"] else None,
        _at(p["declared_at"]),
        _at(p["late_until"]),
        p["solo_consent"],
        p["consecutive_misses"],
        p["consecutive_solo"],
    )


def _asked_facts(a: dict[str, Any]) -> Asked:
    at, by = START + timedelta(seconds=a["at"]), START + timedelta(seconds=a["answer_by"])
    options = tuple(Action(o) for o in a["options"])
    answer = Action(a["answer"]) if a["answer"] else None
    return Asked(a["clause"], at, by, options, Action(a["default"]), answer, _at(a["answered_at"]))


def plain_decision(decision: Decision) -> dict[str, Any]:
    """A decision in the naive evaluator's form."""
    card = decision.card
    return {
        "action": str(decision.action),
        "clause": decision.clause,
        "attending": list(decision.attending),
        "absent": list(decision.absent),
        "wait_until": _seconds(decision.wait_until),
        "card": None
        if card is None
        else {
            "options": [str(o) for o in card.options],
            "recommended": str(card.recommended),
            "default": str(card.default),
            "answer_by": _seconds(card.answer_by),
        },
        "converted_kind": None if decision.converted_kind is None else str(decision.converted_kind),
        "outcomes": {key: str(outcome) for key, outcome in decision.outcomes.items()},
        "follow_ups": sorted(str(f) for f in decision.follow_ups),
    }


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else (at - START).total_seconds()
