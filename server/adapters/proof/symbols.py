"""A session's facts as symbols: the same `View` that `decide()` reads, over which z3 reasons.

Instants are whole seconds after the planned start. Past outages are left out: they move every clock alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import z3

from server.domain.attendance import (
    JOINT_WORK,
    Action,
    AttendanceClass,
    Focus,
    Kind,
    PartnerState,
    Policy,
    Reason,
    SoloApproval,
)
from server.domain.attendance.case import SOLO_REASONS


def seconds(length: timedelta) -> int:
    return length // timedelta(seconds=1)


class Choice:
    """One of an enumeration's values, or none of them where `optional`: a number from 0, none being -1."""

    def __init__(self, name: str, kind: type[StrEnum], optional: bool = False) -> None:
        self.values: list[Any] = list(kind)
        self.number = z3.Int(name)
        self.lawful = z3.And(self.number >= (-1 if optional else 0), self.number < len(self.values))

    def is_(self, *values: StrEnum) -> Any:
        return z3.Or([self.number == self.values.index(value) for value in values])

    @property
    def is_none(self) -> Any:
        return self.number == -1

    def of(self, model: Any) -> Any:
        number = model.eval(self.number, model_completion=True).as_long()
        return None if number < 0 else self.values[number]


class Span:
    """A length of time in symbols, comparable with a `timedelta`."""

    def __init__(self, symbol: Any) -> None:
        self.symbol = symbol

    def __lt__(self, other: timedelta) -> Any:
        return self.symbol < seconds(other)

    def __ge__(self, other: timedelta) -> Any:
        return self.symbol >= seconds(other)


@dataclass(frozen=True)
class Partner:
    state: Choice
    since: Any
    reason: Choice
    notice: Any  # s between the declaration and the start
    late: Any
    late_until: Any
    consent: Any
    misses: Any
    streak: Any


def _partner(key: str) -> Partner:
    return Partner(
        Choice(f"{key}.state", PartnerState),
        z3.Int(f"{key}.since"),
        Choice(f"{key}.reason", Reason, optional=True),
        z3.Int(f"{key}.notice"),
        z3.Bool(f"{key}.late"),
        z3.Int(f"{key}.late_until"),
        z3.Bool(f"{key}.consent"),
        z3.Int(f"{key}.misses"),
        z3.Int(f"{key}.streak"),
    )


class Symbols:
    """A `View` in symbols; an individual session has only `a`."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.now = z3.Int("now")
        self.kind, self.override = Choice("kind", Kind), Choice("attendance", AttendanceClass, optional=True)
        self.focus = {focus: z3.Bool(f"focus.{focus}") for focus in Focus}
        self.approval = Choice("approval", SoloApproval)
        self.host_away, self.host_since = z3.Bool("host_away"), z3.Int("host_since")
        self.started, self.solo = z3.Bool("started"), z3.Bool("solo")
        self.keep_apart, self.outage = z3.Bool("keep_apart"), z3.Bool("outage")
        self.uninterpreted = z3.Bool("interpreter_missing")
        self.together = z3.Int("co_present_minutes")
        self.a, self.b = _partner("a"), _partner("b")
        self.asked, self.answered = z3.Bool("asked"), z3.Bool("answered")
        self.answer = Choice("answer", Action)
        self.answered_at, self.answer_by = z3.Int("answered_at"), z3.Int("answer_by")

    # -- who counts ------------------------------------------------------------------------

    @property
    def alone(self) -> Any:
        return self.kind.is_(Kind.INDIVIDUAL)

    def everybody(self, test: Any) -> Any:
        return z3.And(test(self.a), z3.Or(self.alone, test(self.b)))

    def somebody(self, test: Any) -> Any:
        return z3.Or(test(self.a), z3.And(z3.Not(self.alone), test(self.b)))

    def absent(self, p: Partner) -> Any:
        begun = z3.And(self.now >= 0, z3.Not(p.state.is_(PartnerState.PRESENT)))
        return z3.Or(p.state.is_(PartnerState.DECLARED_ABSENT), begun)

    # -- the View --------------------------------------------------------------------------

    @property
    def elapsed(self) -> Any:
        return Span(self.now)

    @property
    def begun(self) -> Any:
        return self.now >= 0

    @property
    def before_start(self) -> Any:
        return self.now < 0

    @property
    def host_gone(self) -> Any:
        return Span(self.now - self.host_since)

    @property
    def under_way(self) -> Any:
        return z3.Or(self.started, self.solo)

    @property
    def idle(self) -> Any:
        return z3.Not(self.under_way)

    @property
    def joint(self) -> Any:
        return self.kind.is_(Kind.COUPLES, Kind.INTAKE)

    @property
    def co_present_minutes(self) -> Any:
        return z3.ToReal(self.together)

    @property
    def credited(self) -> Any:
        return self.co_present_minutes >= self.policy.credit_minutes

    @property
    def interpreter_missing(self) -> Any:
        return z3.And(self.uninterpreted, z3.Or(self.begun, self.under_way))

    @property
    def interpreter_here(self) -> Any:
        return z3.Not(self.interpreter_missing)

    @property
    def here(self) -> Any:
        def one(p: Partner) -> Any:
            return z3.If(p.state.is_(PartnerState.PRESENT), 1, 0)

        return one(self.a) + z3.If(self.alone, 0, one(self.b))

    @property
    def everyone_here(self) -> Any:
        return self.everybody(lambda p: p.state.is_(PartnerState.PRESENT))

    @property
    def everyone_absent(self) -> Any:
        return self.everybody(self.absent)

    @property
    def everyone_declared(self) -> Any:
        return self.everybody(lambda p: p.state.is_(PartnerState.DECLARED_ABSENT))

    @property
    def declared(self) -> Any:
        return self.somebody_is(PartnerState.DECLARED_ABSENT)

    @property
    def undeclared(self) -> Any:
        return z3.Not(self.declared)

    @property
    def attempted(self) -> Any:
        return self.somebody_is(PartnerState.ATTEMPTED)

    @property
    def left(self) -> Any:
        return self.somebody_is(PartnerState.LEFT)

    @property
    def nobody_left(self) -> Any:
        return z3.Not(self.left)

    @property
    def in_grace(self) -> Any:
        grace = seconds(self.policy.reconnect_grace)
        return self.somebody(lambda p: z3.And(p.state.is_(PartnerState.DROPPED), self.now < p.since + grace))

    @property
    def running_late(self) -> Any:
        latest = seconds(self.policy.no_show_after + self.policy.wait_extension)
        return self.somebody(
            lambda p: z3.And(p.state.is_(PartnerState.EXPECTED), p.late, self.now < p.late_until, self.now < latest)
        )

    @property
    def both_consent(self) -> Any:
        return self.everybody(lambda p: p.consent)

    @property
    def solo_possible(self) -> Any:
        couple, denied = self.kind.is_(Kind.COUPLES), self.approval.is_(SoloApproval.DENIED)
        return z3.And(couple, z3.Not(denied), self.both_consent)

    @property
    def solo_impossible(self) -> Any:
        return z3.Not(self.solo_possible)

    @property
    def required(self) -> Any:
        return self.class_is(AttendanceClass.REQUIRED)

    @property
    def not_required(self) -> Any:
        return z3.Not(self.required)

    @property
    def not_granted(self) -> Any:
        return z3.Not(self.approval.is_(SoloApproval.GRANTED))

    @property
    def approved(self) -> Any:
        return self.approval.is_(SoloApproval.GRANTED, SoloApproval.STANDING)

    @property
    def solo_reason(self) -> Any:
        return z3.Or([self.somebody_declared(reason) for reason in SOLO_REASONS])

    def kind_is(self, kind: Kind) -> Any:
        return self.kind.is_(kind)

    def class_is(self, attendance: AttendanceClass) -> Any:
        joint_work = z3.Or([self.focus[focus] for focus in JOINT_WORK])
        needs_both = z3.Or(self.kind.is_(Kind.INTAKE), joint_work)
        usual = {AttendanceClass.REQUIRED: needs_both, AttendanceClass.ENCOURAGED: z3.Not(needs_both)}
        unset = usual.get(attendance, z3.BoolVal(False))
        return z3.Or(self.override.is_(attendance), z3.And(self.override.is_none, unset))

    def approval_is(self, approval: SoloApproval) -> Any:
        return self.approval.is_(approval)

    def has_focus(self, focus: Focus) -> Any:
        return self.focus[focus]

    def somebody_is(self, state: PartnerState) -> Any:
        return self.somebody(lambda p: p.state.is_(state))

    def somebody_declared(self, reason: Reason) -> Any:
        return self.somebody(lambda p: z3.And(p.state.is_(PartnerState.DECLARED_ABSENT), p.reason.is_(reason)))

    def streak_of(self, solo_sessions: int) -> Any:
        return self.somebody(lambda p: z3.And(z3.Not(self.absent(p)), p.streak >= solo_sessions))

    def misses_of(self, misses: int) -> Any:
        return self.somebody(lambda p: p.misses >= misses)
