"""The plan a session is held by: who, when, under which consents and which policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.attendance import AttendanceClass, Focus, Kind, SoloApproval


@dataclass(frozen=True, slots=True)
class Invitee:
    """A person of the plan; `zone` is their IANA zone."""

    name: str
    zone: str
    solo_consent: bool = False
    consecutive_misses: int = 0
    consecutive_solo: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """`partners` is keyed "a", "b", …; `attendance` is the therapist's override of the class."""

    kind: Kind
    focus: tuple[Focus, ...]
    starts_at: datetime
    minutes: int
    therapist: Invitee
    partners: dict[str, Invitee]
    clinic_name: str = ""
    clinic_phone: str = ""
    attendance: AttendanceClass | None = None
    approval: SoloApproval = SoloApproval.NONE
    keep_apart: bool = False
