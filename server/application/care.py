"""What is kept of a couple: the intake, the agreement and who signed it, and all of it at a glance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.application.chart import Reader, Unknown, Wall
from server.application.clinic import PROGRAMME, Clinic
from server.application.ports import Clock, Directory
from server.application.records import Kept, Records
from server.application.roles import ADMINISTRATOR, demand
from server.domain.programme import (
    DEFAULT_AGREEMENT,
    Agreement,
    Couple,
    Intake,
    Programme,
    ProgrammeError,
    Signature,
    Staff,
)


class Care:
    def __init__(self, records: Records, clinic: Clinic, directory: Directory, clock: Clock) -> None:
        self._records, self._clinic, self._directory, self._clock = records, clinic, directory, clock

    async def couple(self, reader: Reader, id: str) -> dict[str, Any]:
        """A couple as this member of the staff may see it. What is behind a wall for them is null."""
        demand(reader, "look at couples")
        kept = await self._clinic.couple(reader, id)
        programme = await self._clinic.programme(reader)
        staff = await self._records.get(reader, Staff, kept.value.therapist)
        assert programme is not None
        today = await self.today(programme.value)
        week = kept.value.week_of(today)
        clinical = reader.role != ADMINISTRATOR
        intake, seen = await self.intake(reader, id)
        return {
            "id": id,
            "revision": kept.revision,
            "plan": kept.value,
            "therapist": "" if staff is None else staff.value.name,
            "week": week,
            "weeks": programme.value.weeks,
            "phase": programme.value.phase_at(week),
            "clinic": programme.value,
            "partners": [await self._partner(reader, kept, key, staff) for key in sorted(kept.value.partners)],
            "intake": intake if clinical else None,
            "intake_revision": seen,
            "agreement": (await self.agreement(reader))[1],
        }

    async def _partner(
        self, reader: Reader, couple: Kept[Couple], key: str, staff: Kept[Staff] | None
    ) -> dict[str, Any]:
        id = couple.value.partners[key]
        client, person = await self._clinic.client(reader, id), await self._directory.person(id)
        standing, seen = await self._clinic.standing(reader, id)
        signature = await self._records.get(reader, Signature, id)
        clinical = reader.role != ADMINISTRATOR
        return {
            "key": key,
            "id": id,
            "name": client.value.name,
            "zone": person.zone if person else "UTC",
            "email": person.email if person else "",
            "revision": client.revision,
            "client": client.value,
            "licensed": staff is None or staff.value.licensed(client.value.place),
            "standing": standing if clinical else None,
            "standing_revision": seen,
            "signed": None if signature is None else signature.value.version,
            "signed_at": None if signature is None else signature.entry.at,
        }

    async def today(self, programme: Programme) -> date:
        """The date on the clinic's own wall."""
        return self._clock.now().astimezone(ZoneInfo(programme.zone)).date()

    async def intake(self, reader: Reader, couple: str) -> tuple[Intake, int]:
        kept = await self._records.get(reader, Intake, couple)
        return (Intake(), 0) if kept is None else (kept.value, kept.revision)

    async def set_intake(self, reader: Reader, couple: str, intake: Intake, seen: int) -> Kept[Intake]:
        """Keep the agenda as it stands. Once complete, its goals are the couple's. Raises `Outdated`, `Unknown`."""
        demand(reader, "care for couples")
        kept = await self._clinic.couple(reader, couple)
        written = await self._records.put(reader, intake, couple, couple, Wall.CARE, seen)
        if intake.complete and kept.value.goals != intake.goals:
            await self._records.change(reader, replace(kept.value, goals=intake.goals), kept)
        return written

    async def agreement(self, reader: Reader) -> tuple[Agreement, int]:
        """The agreement that counts, and its version; 1 is the one that Dyad comes with."""
        kept = await self._records.get(reader, Agreement, PROGRAMME)
        return (DEFAULT_AGREEMENT, 1) if kept is None else (kept.value, kept.revision + 1)

    async def set_agreement(self, reader: Reader, agreement: Agreement, seen: int) -> int:
        """A new version, which everybody is asked to sign anew; its number. Raises `Outdated`."""
        demand(reader, "change the programme")
        kept = await self._records.put(reader, agreement, PROGRAMME, "", Wall.EVERYONE, seen - 1)
        return kept.revision + 1

    async def sign(self, reader: Reader, signature: Signature) -> datetime:
        """This client's own yes, seen by their therapist and never by their partner."""
        demand(reader, "use the portal")
        if signature.version != (await self.agreement(reader))[1]:
            raise ProgrammeError("agreement_changed", "There is a newer version. Please read that one.")
        standing = await self._records.get(reader, Signature, reader.person)
        seen = 0 if standing is None else standing.revision
        return (await self._records.put(reader, signature, reader.person, reader.person, Wall.CLIENT, seen)).entry.at

    async def own_couple(self, reader: Reader) -> Kept[Couple]:
        """The couple that this client is one of. Raises `Unknown`."""
        for id in await self._records.chart.couples_of(reader.person):
            kept = await self._clinic.couple(reader, id)
            if reader.person in kept.value.partners.values():
                return kept
        raise Unknown
