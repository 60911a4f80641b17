"""The couple's plan on the record: read it, each of its versions, and who has signed which (A13)."""

from __future__ import annotations

import base64
from typing import Any

from server.application.chart import Reader, Unknown, Wall
from server.application.clinic import Clinic
from server.application.records import Kept, Records
from server.application.roles import ADMINISTRATOR, CLIENT
from server.application.shared_text import SharedText, SharedTexts
from server.domain.programme import Couple, ProgrammeError
from server.domain.relapse import SECTIONS, PlanSignature, PlanVersion, counts

NOTHING = PlanVersion(dict.fromkeys(SECTIONS, ""))


class RelapsePlans:
    def __init__(self, records: Records, clinic: Clinic, texts: SharedTexts) -> None:
        self._records, self._clinic, self._texts = records, clinic, texts

    async def couple(self, reader: Reader, couple: str | None) -> Kept[Couple]:
        """The named couple, or the one that a client belongs to. Raises `Unknown`.

        Whoever can't read what is in the plan has no plan here: they would begin an empty one over it.
        """
        if reader.role == ADMINISTRATOR:
            raise Unknown
        named = [couple] if couple is not None else await self._records.chart.couples_of(reader.person)
        for id in named:
            kept = await self._clinic.couple(reader, id)
            # Two who must never meet have no page on which each would see that the other is there.
            theirs = reader.person in kept.value.partners.values() and not kept.value.keep_apart
            if reader.role != CLIENT or theirs:
                return kept
        raise Unknown

    async def couples_of(self, person: str) -> list[str]:
        """The couples that somebody belongs to."""
        return await self._records.chart.couples_of(person)

    async def read(self, reader: Reader, couple: str) -> dict[str, Any]:
        """The latest version, who has signed which, and whether it counts. Raises `Unknown`."""
        kept = await self._clinic.couple(reader, couple)
        versions = await self._records.versions(reader, PlanVersion, couple)
        latest = versions[-1] if versions else None
        number = 0 if latest is None else latest.revision
        signed = {key: await self._signature(reader, couple, who) for key, who in sorted(kept.value.partners.items())}
        people = {key: await self._clinic.person_name(who) for key, who in kept.value.partners.items()}
        return {
            "couple": couple,
            "version": number,
            "at": None if latest is None else latest.entry.at,
            "sections": (NOTHING if latest is None else latest.value).sections,
            "partners": [
                {
                    "key": key,
                    "name": people[key],
                    "me": kept.value.partners[key] == reader.person,
                    "signed": None if one is None else one.value.version,
                    "signed_at": None if one is None else one.entry.at,
                }
                for key, one in signed.items()
            ],
            "counts": counts(number, [None if one is None else one.value.version for one in signed.values()]),
            "versions": [{"number": one.revision, "at": one.entry.at} for one in versions],
        }

    async def version(self, reader: Reader, couple: str, number: int) -> PlanVersion:
        """Raises `Unknown`."""
        versions = await self._records.versions(reader, PlanVersion, couple)
        found = next((one.value for one in versions if one.revision == number), None)
        if found is None:
            raise Unknown
        return found

    async def sign(self, reader: Reader, couple: str, signature: PlanSignature) -> None:
        """One partner's yes. Raises `Unknown` and `ProgrammeError`: only the latest version, and not an empty one."""
        kept = await self._clinic.couple(reader, couple)
        if reader.person not in kept.value.partners.values():
            raise ProgrammeError("not_theirs_to_sign", "The two partners sign the plan.")
        latest = await self._records.get(reader, PlanVersion, couple)
        if latest is None or latest.value.empty:
            raise ProgrammeError("plan_empty", "There is nothing to sign yet.")
        if latest.revision != signature.version:
            raise ProgrammeError("plan_changed", "The plan has just changed. Please read it once more.")
        before = await self._signature(reader, couple, reader.person)
        seen = 0 if before is None else before.revision
        await self._records.put(reader, signature, _signed(couple, reader.person), couple, Wall.COUPLE, seen)

    async def document(self, reader: Reader, couple: str) -> SharedText:
        """The shared document as it was last kept."""
        latest = await self._records.get(reader, PlanVersion, couple)
        return self._texts.open(b"" if latest is None else base64.b64decode(latest.value.state))

    async def keep(self, reader: Reader, couple: str, document: SharedText) -> bool:
        """A new version where a word has changed; whether there is one. Raises `Outdated` and `UpdateRefused`.

        What another node has kept meanwhile is merged into `document` first, so that neither loses a word.
        """
        latest = await self._records.get(reader, PlanVersion, couple)
        if latest is not None:
            document.merge(base64.b64decode(latest.value.state))
        now = PlanVersion(document.texts(), base64.b64encode(document.since(b"")).decode())
        if now.says_the_same(NOTHING if latest is None else latest.value):
            return False
        seen = 0 if latest is None else latest.revision
        await self._records.put(reader, now, couple, couple, Wall.COUPLE, seen)
        return True

    async def _signature(self, reader: Reader, couple: str, person: str) -> Kept[PlanSignature] | None:
        return await self._records.get(reader, PlanSignature, _signed(couple, person))


def _signed(couple: str, person: str) -> str:
    return f"{couple}.{person}"
