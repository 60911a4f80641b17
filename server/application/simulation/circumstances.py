"""What people do at one session, whatever the policy makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.attendance import Action, AttendanceClass, Focus, Kind, Outage, Reason, SoloApproval


class What(StrEnum):
    """Something that a person does. `THERAPIST` comes and goes with `ARRIVES` and `DROPS`."""

    ARRIVES = "arrives"
    TRIES = "tries"
    DROPS = "drops"
    LEAVES = "leaves"
    RUNS_LATE = "runs_late"
    DECLARES = "declares"
    RECONSIDERS = "reconsiders"


@dataclass(frozen=True, slots=True)
class Happening:
    """`until` is when somebody who runs late expects to be there; `reason` is why somebody can't come."""

    at: datetime
    who: str
    what: What
    until: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How the therapist takes the n-th card: after how long, and which option where it is offered.

    `leaning` (from 0 to 1) chooses among the card's options where none is named: the recommended one first.
    """

    after: timedelta
    option: Action | None = None
    leaning: float = 0.0


@dataclass(frozen=True, slots=True)
class Member:
    """A partner as planned; misses and solo sessions in a row are those before this session."""

    solo_consent: bool = False
    consecutive_misses: int = 0
    consecutive_solo: int = 0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`couple` names whose session it is; `answers` are the therapist's, None for a card they don't answer in time."""

    couple: str
    kind: Kind
    focus: tuple[Focus, ...]
    starts_at: datetime
    minutes: int
    members: Mapping[str, Member]
    happenings: tuple[Happening, ...]
    answers: tuple[Answer | None, ...] = ()
    attendance: AttendanceClass | None = None
    approval: SoloApproval = SoloApproval.NONE
    keep_apart: bool = False
    outages: tuple[Outage, ...] = ()
