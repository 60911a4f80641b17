"""The demo: a couple whose session is now, one link each, everything on this machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.application.planning import plan_of
from server.application.ports import Appointment, Person
from server.bootstrap import TEAM, Service
from server.domain.session.commands import PlanSession

VALID = timedelta(days=30)
WORKDAYS = json.dumps([[day, "08:00", "20:00"] for day in range(6)])

PEOPLE = (
    Person("p-rivera", "Dr. Rivera", "rivera@example.com", "America/New_York", "therapist", WORKDAYS),
    Person("p-alex", "Alex", "alex@example.com", "America/Chicago", "partner", WORKDAYS),
    Person("p-robin", "Robin", "robin@example.com", "America/Denver", "partner", WORKDAYS),
    Person(TEAM, "Treatment team", "team@example.com", "America/New_York", "team", WORKDAYS),
)
SEATS = {"therapist": "p-rivera", "a": "p-alex", "b": "p-robin"}
TERMS = json.dumps(
    {
        "kind": "couples",
        "focus": ["communication"],
        "attendance": None,
        "approval": "none",
        "keep_apart": False,
        "clinic_name": "Harbour Clinic",
        "clinic_phone": "+1 555 010 0100",
        "partners": {"a": {"solo_consent": True}, "b": {"solo_consent": True}},
    }
)


@dataclass(frozen=True, slots=True)
class DemoLinks:
    base_url: str
    session: str
    therapist: str
    partner_a: str
    partner_b: str
    team: str

    def as_json(self) -> dict[str, str]:
        return {
            "base_url": self.base_url,
            "therapist": self.therapist,
            "partner_a": self.partner_a,
            "partner_b": self.partner_b,
            "team": self.team,
            "session": self.session,
        }


async def seed(built: Service, session_id: str, starts_at: datetime) -> DemoLinks:
    """Plan one couples session at `starts_at` and mint its four links."""
    for person in PEOPLE:
        await built.store.add_person(person)
    appointment = Appointment(session_id, f"{session_id}@dyad", 0, starts_at, 50, "booked", SEATS, TERMS)
    await built.store.add_appointment(appointment)
    await built.dispatcher.submit(session_id, PlanSession(await plan_of(appointment, built.store)))
    return await links(built, session_id)


async def links(built: Service, session_id: str) -> DemoLinks:
    """Fresh links for the demo session."""
    base = built.settings.base_url

    async def link(person: str, participant: str, page: str, purpose: str = "session") -> str:
        token = await built.links.mint(person, session_id, participant, purpose, VALID)
        return f"{base}/{page}#{token}"

    return DemoLinks(
        base,
        session_id,
        await link("p-rivera", "therapist", "console"),
        await link("p-alex", "a", "join"),
        await link("p-robin", "b", "join"),
        await link(TEAM, "team", "team", "team"),
    )
