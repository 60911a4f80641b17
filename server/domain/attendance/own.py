"""A programme's own clauses: a small closed vocabulary over the facts, and where they stand among the others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from server.domain.attendance.model import (
    Action,
    AttendanceClass,
    Condition,
    Focus,
    Kind,
    OwnClause,
    PartnerState,
    Policy,
    Reason,
    SoloApproval,
)
from server.domain.attendance.rows import Family, Row, Test, View
from server.domain.attendance.tables import FAMILIES


class Takes(StrEnum):
    """What a word of the vocabulary is held against."""

    CHOICES = "one or more of a list"
    FLAG = "true or false"
    COUNT = "a whole number"
    DURATION = "a duration such as 10 min"


@dataclass(frozen=True, slots=True)
class Word:
    takes: Takes
    test: Callable[[View, Any], bool]
    choices: type[StrEnum] | None = None


def _any(test: Callable[[View, Any], bool]) -> Callable[[View, Any], bool]:
    return lambda v, values: reduce(or_, [test(v, value) for value in values])


WORDS: dict[str, Word] = {
    "kind": Word(Takes.CHOICES, _any(lambda v, x: v.kind_is(x)), Kind),
    "class": Word(Takes.CHOICES, _any(lambda v, x: v.class_is(x)), AttendanceClass),
    "focus": Word(Takes.CHOICES, _any(lambda v, x: v.has_focus(x)), Focus),
    "approval": Word(Takes.CHOICES, _any(lambda v, x: v.approval_is(x)), SoloApproval),
    "state": Word(Takes.CHOICES, _any(lambda v, x: v.somebody_is(x)), PartnerState),
    "reason": Word(Takes.CHOICES, _any(lambda v, x: v.somebody_declared(x)), Reason),
    "present": Word(Takes.COUNT, lambda v, x: v.here == x),
    "declared": Word(Takes.FLAG, lambda v, x: v.declared == x),
    "running_late": Word(Takes.FLAG, lambda v, x: v.running_late == x),
    "consents": Word(Takes.FLAG, lambda v, x: v.both_consent == x),
    "keep_apart": Word(Takes.FLAG, lambda v, x: v.keep_apart == x),
    "interpreter_missing": Word(Takes.FLAG, lambda v, x: v.interpreter_missing == x),
    "elapsed_at_least": Word(Takes.DURATION, lambda v, x: v.elapsed >= x),
    "elapsed_below": Word(Takes.DURATION, lambda v, x: v.elapsed < x),
    "solo_streak_at_least": Word(Takes.COUNT, lambda v, x: v.streak_of(x)),
    "misses_at_least": Word(Takes.COUNT, lambda v, x: v.misses_of(x)),
    "together_at_least": Word(Takes.DURATION, lambda v, x: v.co_present_minutes >= x / timedelta(minutes=1)),
}
ACTIONS = (Action.START, Action.CONTINUE, Action.WAIT, Action.ASK, Action.PROCEED, Action.RESCHEDULE, Action.END)
ANSWERS = (Action.PROCEED, Action.RESCHEDULE, Action.WAIT, Action.END)
BEFORE = tuple(dict.fromkeys(row.clause for family in FAMILIES[1:] for row in family.rows))  # never before A


def row_of(own: OwnClause) -> Row:
    """The clause as a line of the policy."""
    until = own.until
    return Row(
        own.id,
        _all(own.when),
        own.action,
        own.because,
        None if until is None else lambda case: case.at(until),
        own.options,
        own.recommended,
        own.default,
        own.follow_ups,
    )


def _all(conditions: tuple[Condition, ...]) -> Test:
    tests = [(WORDS[c.word].test, c.value) for c in conditions]

    def when(view: View) -> bool:
        result = tests[0][0](view, tests[0][1])
        for test, value in tests[1:]:
            result = result & test(view, value)
        return result

    return when


@lru_cache(maxsize=64)
def families(own: tuple[OwnClause, ...]) -> tuple[Family, ...]:
    """All clauses in order, each of `own` directly before the one that it names."""
    return tuple(Family(family.guard, _with(family.rows, own)) for family in FAMILIES)


def _with(rows: tuple[Row, ...], own: tuple[OwnClause, ...]) -> tuple[Row, ...]:
    merged: list[Row] = []
    placed: set[str] = set()
    for row in rows:
        if row.clause not in placed:
            placed.add(row.clause)
            merged += [row_of(clause) for clause in own if clause.before == row.clause]
        merged.append(row)
    return tuple(merged)


def fingerprint(policy: Policy) -> str:
    """The first 16 hex digits of the SHA-256 of everything the policy says, its name aside."""
    said = [f"{f.name}={_plain(getattr(policy, f.name))}" for f in fields(policy) if f.name != "name"]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ",".join(_plain(item) for item in value) + "]"
    if isinstance(value, Condition | OwnClause):
        return "{" + ",".join(_plain(getattr(value, f.name)) for f in fields(value)) + "}"
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}s"
    return str(value)
