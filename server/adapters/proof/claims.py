"""What must hold under every policy, as claims: each a sentence, and how facts would break it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import z3

from server.adapters.proof.policy import Rules
from server.domain.attendance import Action, AttendanceClass, Kind

Broken = Callable[[Rules], Any]


@dataclass(frozen=True, slots=True)
class Claim:
    name: str
    says: str
    broken: Broken


def _no(value: Any) -> Any:
    return z3.Not(value)


def _watched(r: Rules) -> Any:
    """Dyad sees, the therapist is there, and the couple may meet."""
    s = r.symbols
    return z3.And(_no(s.outage), _no(s.host_away), _no(s.keep_apart))


def _single(r: Rules) -> Any:
    return _no(r.symbols.kind_is(Kind.GROUP))


def _solo_unagreed(r: Rules) -> Any:
    s = r.symbols
    on_card = z3.And(s.answered, s.answer.is_(Action.PROCEED))
    yes = z3.Or(s.approved, s.class_is(AttendanceClass.OPTIONAL), on_card)
    return z3.And(r.says(Action.PROCEED), _no(z3.And(s.solo_possible, yes)))


def _solo_for_nobody(r: Rules) -> Any:
    s = r.symbols
    one = s.absent(s.a) != s.absent(s.b)
    started = z3.And(s.under_way, s.here == 1)
    return z3.And(r.says(Action.PROCEED), _no(z3.Or(one, started)))


def _sent_away(r: Rules) -> Any:
    s = r.symbols
    away = r.says(Action.RESCHEDULE, Action.END, Action.PROCEED, Action.WAIT)
    return z3.And(_watched(r), _single(r), s.everyone_here, _no(s.answered), away)


def _kept_apart(r: Rules) -> Any:
    s = r.symbols
    merged = z3.And(r.says(Action.MERGE), _no(s.answered))
    return z3.And(s.joint, s.keep_apart, z3.Or(r.says(Action.START), merged))


def _uninterpreted(r: Rules) -> Any:
    return z3.And(r.says(Action.PROCEED), r.symbols.interpreter_missing)


def _host_missing(r: Rules) -> Any:
    s = r.symbols
    blamed = [fires for row, fires in zip(r.rows, r.fires, strict=True) if not row.host_missing]
    given_up = z3.And(s.begun, s.idle, r.says(Action.RESCHEDULE), z3.Or(blamed))
    return z3.And(s.host_away, z3.Or(r.says(Action.START), given_up))


def _trouble(r: Rules) -> Any:
    s = r.symbols
    soon = s.elapsed < r.policy.no_show_after + r.policy.technical_extra
    return z3.And(_watched(r), _single(r), s.idle, s.attempted, soon, _no(s.everyone_here), _no(r.says(Action.WAIT)))


def _grace(r: Rules) -> Any:
    s = r.symbols
    somebody = z3.Or(s.under_way, z3.And(s.joint, _no(s.everyone_absent)))
    calm = z3.And(_watched(r), _single(r), s.nobody_left, s.undeclared, _no(s.solo), somebody)
    return z3.And(calm, s.in_grace, _no(r.says(Action.WAIT)))


def _early(r: Rules) -> Any:
    s = r.symbols
    early = z3.And(s.elapsed < r.policy.no_show_after, s.idle, s.undeclared, _no(s.asked))
    return z3.And(_watched(r), early, r.says(Action.RESCHEDULE, Action.END))


def _outage(r: Rules) -> Any:
    return r.symbols.outage != r.says(Action.HOLD)


def _past(r: Rules) -> Any:
    own = {clause.id: clause for clause in r.policy.own}
    waits = [
        z3.And(fires, r.symbols.elapsed >= until)
        for row, fires in zip(r.rows, r.fires, strict=True)
        if row.clause in own and (until := own[row.clause].until) is not None
    ]
    return z3.Or(waits)


def _late_arrival(r: Rules) -> Any:
    s = r.symbols
    told = r.says(Action.ASK, Action.MERGE, Action.KEEP_SOLO)
    return z3.And(_no(s.outage), _no(s.host_away), s.solo, s.everyone_here, _no(told))


def _incomplete(r: Rules) -> Any:
    return z3.And(_single(r), r.says(Action.START), _no(r.symbols.everyone_here))


def _left(r: Rules) -> Any:
    s = r.symbols
    gone = z3.And(_watched(r), s.joint, s.started, s.left, _no(s.asked))
    return z3.And(gone, _no(r.says(Action.ASK)))


def _phase(r: Rules) -> Any:
    s = r.symbols
    twice = z3.And(s.under_way, r.says(Action.START))
    return z3.Or(twice, z3.And(s.idle, _no(s.answered), r.says(Action.END, Action.CONTINUE)))


CLAIMS = (
    Claim("solo-agreed", "Nobody is seen alone without both consents and the therapist's approval.", _solo_unagreed),
    Claim("solo-with-one", "A session goes on alone only with exactly one partner.", _solo_for_nobody),
    Claim("here-is-seen", "With everybody here, no clock sends anyone away or keeps them waiting.", _sent_away),
    Claim("kept-apart", "A couple that is kept apart is never brought into one room by itself.", _kept_apart),
    Claim("interpreter", "Without the interpreter whom a session needs, nobody is seen alone.", _uninterpreted),
    Claim("host-missing", "Without a therapist nothing starts, and no partner is blamed.", _host_missing),
    Claim("trouble-waits", "Who tried and failed is waited for through the technical extra.", _trouble),
    Claim("grace-waits", "Who lost the connection is waited for through the reconnect grace.", _grace),
    Claim("not-early", "Nobody is given up before no_show_after, unless they said so or somebody was asked.", _early),
    Claim("outage-holds", "While Dyad can't see it holds, and only then.", _outage),
    Claim("waits-end", "Every wait ends in the future.", _past),
    Claim("late-arrival", "A late partner is always put to the therapist.", _late_arrival),
    Claim("start-complete", "A session for two starts only with both.", _incomplete),
    Claim("left-is-asked", "Who leaves on purpose is asked about at once.", _left),
    Claim("once", "A session begins once, and ends only when it has begun.", _phase),
)
