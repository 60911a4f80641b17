"""Which facts make sense together: what the proofs are about."""

from __future__ import annotations

from typing import Any

import z3

from server.adapters.proof.symbols import Partner, Symbols
from server.domain.attendance import Kind, PartnerState

DAY = 86_400
EARLIEST, LATEST = -30 * DAY, DAY


def lawful(s: Symbols) -> Any:
    """Facts that a session can have: nothing from the future, and nobody `expected` in a meeting they began."""
    choices = (s.kind, s.override, s.approval, s.answer, s.a.state, s.b.state)
    together = z3.And(s.together >= 0, s.together <= 600)
    began = z3.Implies(
        z3.And(s.started, z3.Not(s.kind.is_(Kind.GROUP))),
        s.everybody(lambda p: p.state.is_(PartnerState.PRESENT, PartnerState.DROPPED, PartnerState.LEFT)),
    )
    return z3.And(
        [choice.lawful for choice in choices]
        + [_partner(s, p) for p in (s.a, s.b)]
        + [s.now >= EARLIEST, s.now <= LATEST, together, began]
        + [s.host_since >= EARLIEST, s.host_since <= s.now]
        + [z3.Implies(s.solo, s.kind.is_(Kind.COUPLES)), z3.Implies(s.started, z3.Not(s.solo))]
        + [z3.Implies(s.answered, s.asked), s.answered_at <= s.now, s.answered_at >= EARLIEST]
        + [s.answer_by >= EARLIEST, s.answer_by <= 2 * LATEST]
    )


def _partner(s: Symbols, p: Partner) -> Any:
    declared = p.state.is_(PartnerState.DECLARED_ABSENT)
    return z3.And(
        p.reason.lawful,
        p.reason.is_none == z3.Not(declared),
        z3.And(p.since >= EARLIEST, p.since <= s.now),
        z3.And(-p.notice <= s.now, p.notice <= 30 * DAY),
        z3.Implies(p.late, z3.And(p.state.is_(PartnerState.EXPECTED), p.late_until <= LATEST)),
        z3.And(p.late_until >= EARLIEST, p.misses >= 0, p.misses <= 9, p.streak >= 0, p.streak <= 9),
    )
