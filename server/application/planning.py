"""From an appointment in the directory to the plan of a session."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import time
from typing import Any

from server.application.ports import Appointment, Directory, Person
from server.domain.attendance import AttendanceClass, Focus, Kind, SoloApproval
from server.domain.schedule import ScheduleError, WeeklyHours, Window
from server.domain.session.plan import HELPERS, Invitee, Plan, role_of
from server.domain.session.state import SUBSTITUTE, THERAPIST


async def plan_of(appointment: Appointment, directory: Directory) -> Plan:
    """The plan as the appointment's people and terms give it. Raises `LookupError` when a person is missing."""
    terms: dict[str, Any] = json.loads(appointment.body)
    people: dict[str, Person] = {}
    for key, id in people_of(appointment).items():
        person = await directory.person(id)
        if person is None:
            raise LookupError(f"the person in seat {key!r} is not in the directory")
        people[key] = person
    attendance, consents = terms.get("attendance"), terms.get("partners", {})
    return Plan(
        kind=Kind(terms["kind"]),
        focus=tuple(Focus(f) for f in terms["focus"]),
        starts_at=appointment.starts_at,
        minutes=appointment.minutes,
        therapist=_invitee(people[THERAPIST], {}),
        partners={k: _invitee(p, consents.get(k, {})) for k, p in sorted(people.items()) if role_of(k) == "partner"},
        clinic_name=terms.get("clinic_name", ""),
        clinic_phone=terms.get("clinic_phone", ""),
        attendance=AttendanceClass(attendance) if attendance else None,
        approval=SoloApproval(terms.get("approval", "none")),
        keep_apart=bool(terms.get("keep_apart", False)),
        helpers={k: _invitee(p, {}) for k, p in sorted(people.items()) if role_of(k) in HELPERS},
        needs_interpreter=bool(terms.get("needs_interpreter", False)),
        substitute=_invitee(people[SUBSTITUTE], {}) if SUBSTITUTE in people else None,
    )


def people_of(appointment: Appointment) -> dict[str, str]:
    """Everybody of the appointment by seat: those whose time it takes, and the substitute, who is only asked."""
    substitute = json.loads(appointment.body).get(SUBSTITUTE)
    return {**appointment.people, **({SUBSTITUTE: substitute} if substitute else {})}


def partners_of(appointment: Appointment) -> dict[str, str]:
    """The partners' ids by seat, in the order of the seats."""
    return {key: person for key, person in sorted(appointment.people.items()) if role_of(key) == "partner"}


def seat_in(appointment: Appointment, person: str) -> str:
    """The seat of somebody who takes part."""
    return next(key for key, who in appointment.people.items() if who == person)


def those_needed(appointment: Appointment) -> dict[str, str]:
    """Without whom a session can't be planned: the therapist, the partners, and an interpreter where one is needed."""
    interpreter = bool(json.loads(appointment.body).get("needs_interpreter", False))
    helpers = {"interpreter"} if interpreter else set()
    return {k: person for k, person in appointment.people.items() if role_of(k) in {"therapist", "partner"} | helpers}


def _invitee(person: Person, terms: dict[str, Any]) -> Invitee:
    return Invitee(
        person.name,
        person.zone,
        bool(terms.get("solo_consent", False)),
        int(terms.get("consecutive_misses", 0)),
        int(terms.get("consecutive_solo", 0)),
    )


def weekly_hours(person: Person) -> WeeklyHours:
    """`hours` is a JSON list of `[weekday, "HH:MM", "HH:MM"]`, Monday 0."""
    return WeeklyHours(person.zone, windows_of(json.loads(person.hours)))


def windows_of(hours: Iterable[tuple[int, str, str]]) -> tuple[Window, ...]:
    """Raises `ScheduleError`."""
    try:
        return tuple(Window(day, time.fromisoformat(start), time.fromisoformat(end)) for day, start, end in hours)
    except ScheduleError:
        raise
    except ValueError as no:
        raise ScheduleError("hours are a weekday and two times such as 09:00") from no
