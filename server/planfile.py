"""A session as a file: who it is for, their therapist, when, and under which consents."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from server.application.ports import Appointment, Person
from server.domain.attendance import AttendanceClass, Focus, Kind, SoloApproval
from server.domain.session.plan import HELPERS
from server.domain.session.state import SUBSTITUTE, THERAPIST

MAX_BYTES = 64 * 1024
MAX_PARTNERS = 12
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class PlanRefused(ValueError):
    """The file cannot be used; the message says where and why."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as fault:
        raise ValueError("not an IANA time zone such as America/Chicago") from fault
    return name


def _window(window: tuple[str, str, str]) -> tuple[str, str, str]:
    day, start, end = window
    if day not in DAYS or not time.fromisoformat(start) < time.fromisoformat(end):
        raise ValueError('not hours such as ["mon", "09:00", "17:00"]')
    return window


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-l]$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s<>,]{1,64}@[^@\s<>,]{1,250}$")]
Hours = Annotated[tuple[str, str, str], AfterValidator(_window)]


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlannedPerson(_Checked):
    """`hours`: when this person can be booked in a week, in wall time of `zone`."""

    id: Id
    name: Name
    email: Email
    zone: Annotated[str, AfterValidator(_zone)]
    hours: Annotated[list[Hours], Field(max_length=50)] = []

    def person(self, role: str) -> Person:
        hours = json.dumps([[DAYS.index(day), start, end] for day, start, end in self.hours])
        return Person(self.id, self.name, self.email, self.zone, role, hours)


class PlannedPartner(PlannedPerson):
    """`solo_consent`: this partner agreed to the other being seen alone (POLICY.md)."""

    solo_consent: bool = False


class PlannedHelpers(_Checked):
    """Who else comes, each by a link of their own."""

    interpreter: PlannedPerson | None = None
    captioner: PlannedPerson | None = None
    support: PlannedPerson | None = None

    def by_role(self) -> dict[str, PlannedPerson]:
        found = {role: getattr(self, role) for role in HELPERS}
        return {role: person for role, person in found.items() if person is not None}


class PlannedSession(_Checked):
    id: Id
    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=15, le=240)] = 50
    kind: Kind = Kind.COUPLES
    focus: Annotated[list[Focus], Field(max_length=5)] = []
    attendance: AttendanceClass | None = None
    approval: SoloApproval = SoloApproval.NONE
    keep_apart: bool = False
    clinic_name: Name
    clinic_phone: Annotated[str, StringConstraints(max_length=40)] = ""
    therapist: PlannedPerson
    substitute: PlannedPerson | None = None
    helpers: PlannedHelpers = PlannedHelpers()
    needs_interpreter: bool = False
    partners: Annotated[dict[Key, PlannedPartner], Field(max_length=MAX_PARTNERS)]

    @model_validator(mode="after")
    def _as_many_as_the_kind_has(self) -> Self:
        wanted = {Kind.COUPLES: 2, Kind.INTAKE: 2, Kind.INDIVIDUAL: 1}.get(self.kind)
        if wanted is not None and len(self.partners) != wanted:
            raise ValueError(f"partners: this kind of session has exactly {wanted}")
        if not self.partners:
            raise ValueError("partners: a group has at least one")
        if self.needs_interpreter and self.helpers.interpreter is None:
            raise ValueError("needs_interpreter: no interpreter is among the helpers")
        return self

    @property
    def participants(self) -> tuple[str, ...]:
        """Everybody who gets a link, by seat."""
        substitute = (SUBSTITUTE,) if self.substitute is not None else ()
        return (THERAPIST, *sorted(self.partners), *self.helpers.by_role(), *substitute)

    def people(self) -> list[Person]:
        hosts = [self.therapist, *([self.substitute] if self.substitute is not None else [])]
        helpers = [person.person(role) for role, person in self.helpers.by_role().items()]
        partners = [partner.person("partner") for _, partner in sorted(self.partners.items())]
        return [*(host.person("therapist") for host in hosts), *partners, *helpers]

    def appointment(self) -> Appointment:
        """What the directory keeps; its calendar UID is the session's id at Dyad."""
        terms = self.model_dump(mode="json", include=_TERMS)
        terms["partners"] = {key: {"solo_consent": p.solo_consent} for key, p in self.partners.items()}
        terms[SUBSTITUTE] = None if self.substitute is None else self.substitute.id
        seats = {THERAPIST: self.therapist.id, **{key: p.id for key, p in sorted(self.partners.items())}}
        seats |= {role: person.id for role, person in self.helpers.by_role().items()}
        starts_at: datetime = self.starts_at.astimezone(UTC)
        return Appointment(self.id, f"{self.id}@dyad", 0, starts_at, self.minutes, "booked", seats, json.dumps(terms))


_TERMS = {"kind", "focus", "attendance", "approval", "keep_apart", "needs_interpreter", "clinic_name", "clinic_phone"}


def example_plan(now: datetime) -> dict[str, Any]:
    """A file to begin with: a couple in three zones, tomorrow at three."""
    starts_at = (now.astimezone(ZoneInfo("America/New_York")) + timedelta(days=1)).replace(
        hour=15, minute=0, second=0, microsecond=0
    )
    week = [[day, "09:00", "18:00"] for day in DAYS[:5]]

    def person(id: str, name: str, zone: str) -> dict[str, Any]:
        return {"id": id, "name": name, "email": f"{id}@example.org", "zone": zone, "hours": week}

    return {
        "id": f"rivera-{starts_at:%Y-%m-%d}",
        "starts_at": starts_at.isoformat(),
        "minutes": 50,
        "kind": "couples",
        "focus": ["communication"],
        "clinic_name": "Harbour Clinic",
        "clinic_phone": "+1 555 010 0100",
        "therapist": person("rivera", "Dr. Rivera", "America/New_York"),
        "partners": {
            "a": {**person("alex", "Alex", "America/Chicago"), "solo_consent": True},
            "b": {**person("robin", "Robin", "America/Denver"), "solo_consent": True},
        },
    }


def read_plan(path: Path) -> PlannedSession:
    """Raises `PlanRefused`."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise PlanRefused(f"{path} cannot be read: {fault.strerror}.") from fault
    if len(text) > MAX_BYTES:
        raise PlanRefused(f"{path} is longer than {MAX_BYTES // 1024} KiB.")
    try:
        return PlannedSession.model_validate_json(text)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise PlanRefused(f"{path}: {where}: {first['msg']}.") from fault
