"""The plan a session is held by: who, when, under which consents and which policy."""

from __future__ import annotations

from dataclasses import dataclass, field
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


SEATS = "abcdefghijkl"  # of partners; a couple has the first two
HELPERS = ("interpreter", "captioner", "support")


def role_of(key: str) -> str:
    """The role that a participant's key stands for: helpers are keyed by it ("interpreter", "support2")."""
    if key in ("therapist", "substitute"):
        return "therapist"
    role = key.rstrip("0123456789")
    return role if role in HELPERS else "partner"


@dataclass(frozen=True, slots=True)
class Plan:
    """`partners` is keyed "a", "b", …, `helpers` by their role; `attendance` is the therapist's override of the class.

    `substitute` may take over as the host where the therapist is not there. With `needs_interpreter` nobody is seen
    alone while no interpreter is there (J13).
    """

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
    helpers: dict[str, Invitee] = field(default_factory=dict)
    needs_interpreter: bool = False
    substitute: Invitee | None = None
