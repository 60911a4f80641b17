"""What a line of the policy is made of: a condition over a view of the facts, and what it rules.

A condition uses only `&`, `|`, `==`, `<` and `>=` on what a `View` offers. It therefore means the same on real facts
(`Case`) and on symbols, where the policy is proven: there is one statement of each clause.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from server.domain.attendance.model import (
    Action,
    AttendanceClass,
    Focus,
    FollowUp,
    Kind,
    PartnerState,
    Policy,
    Reason,
    SoloApproval,
)

if TYPE_CHECKING:
    from server.domain.attendance.case import Case


class View(Protocol):
    """What conditions may ask of the facts. "Elapsed" is service-up time since the planned start."""

    @property
    def policy(self) -> Policy: ...
    @property
    def elapsed(self) -> timedelta: ...
    @property
    def begun(self) -> bool: ...
    @property
    def before_start(self) -> bool: ...
    @property
    def outage(self) -> bool: ...
    @property
    def host_away(self) -> bool: ...
    @property
    def host_gone(self) -> timedelta: ...
    @property
    def under_way(self) -> bool: ...
    @property
    def idle(self) -> bool: ...
    @property
    def started(self) -> bool: ...
    @property
    def solo(self) -> bool: ...
    @property
    def joint(self) -> bool: ...
    @property
    def credited(self) -> bool: ...
    @property
    def co_present_minutes(self) -> float: ...
    @property
    def keep_apart(self) -> bool: ...
    @property
    def interpreter_missing(self) -> bool: ...
    @property
    def interpreter_here(self) -> bool: ...
    @property
    def here(self) -> int: ...
    @property
    def everyone_here(self) -> bool: ...
    @property
    def everyone_absent(self) -> bool: ...
    @property
    def everyone_declared(self) -> bool: ...
    @property
    def declared(self) -> bool: ...
    @property
    def undeclared(self) -> bool: ...
    @property
    def attempted(self) -> bool: ...
    @property
    def left(self) -> bool: ...
    @property
    def nobody_left(self) -> bool: ...
    @property
    def in_grace(self) -> bool: ...
    @property
    def running_late(self) -> bool: ...
    @property
    def both_consent(self) -> bool: ...
    @property
    def solo_possible(self) -> bool: ...
    @property
    def solo_impossible(self) -> bool: ...
    @property
    def required(self) -> bool: ...
    @property
    def not_required(self) -> bool: ...
    @property
    def not_granted(self) -> bool: ...
    @property
    def approved(self) -> bool: ...
    @property
    def solo_reason(self) -> bool: ...
    def kind_is(self, kind: Kind) -> bool: ...
    def class_is(self, attendance: AttendanceClass) -> bool: ...
    def approval_is(self, approval: SoloApproval) -> bool: ...
    def has_focus(self, focus: Focus) -> bool: ...
    def somebody_is(self, state: PartnerState) -> bool: ...
    def somebody_declared(self, reason: Reason) -> bool: ...
    def streak_of(self, solo_sessions: int) -> bool: ...
    def misses_of(self, misses: int) -> bool: ...


Test = Callable[[View], bool]
Instant = Callable[["Case"], datetime]
Words = str | Callable[["Case"], str]


def always(view: View) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a clause. `options`, `recommended` and `default` belong to `ask`, `until` to `wait`.

    `host_missing`: it was the programme that could not hold the session. `tell`: those who are here are told.
    """

    clause: str
    when: Test
    action: Action
    why: Words
    until: Instant | None = None
    options: tuple[Action, ...] = ()
    recommended: Action | None = None
    default: Action | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    host_missing: bool = False
    tell: bool = True


def asks(
    clause: str,
    when: Test,
    why: Words,
    options: tuple[Action, ...],
    recommended: Action,
    default: Action,
    follow_ups: tuple[FollowUp, ...] = (),
    tell: bool = True,
) -> Row:
    """A card to the therapist: its options in order, what is advised, and what happens unanswered."""
    return Row(clause, when, Action.ASK, why, None, options, recommended, default, follow_ups, tell=tell)


@dataclass(frozen=True, slots=True)
class Family:
    """Rows tried in order where `guard` holds; where none of them rules, the next family is asked."""

    guard: Test
    rows: tuple[Row, ...]
