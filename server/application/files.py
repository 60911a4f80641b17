"""The care team's notes: one file of a couple's work, and one of each partner's own, which never mix (A3, A15).

Whose file a note lies in is its owner in the store, so no page that asks for one file can be given another's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.application.chart import Reader, Unknown, Wall
from server.application.clinic import Clinic
from server.application.records import Kept, Records
from server.application.roles import demand
from server.domain.programme import Note, ProgrammeError

COUPLE = "couple"  # the file of the work with both; the partners' own are named by their keys
MOST_NOTES = 2000  # of a file


class Files:
    def __init__(self, records: Records, clinic: Clinic, new_id: Callable[[], str]) -> None:
        """`new_id` draws an opaque id."""
        self._records, self._clinic, self._new_id = records, clinic, new_id

    async def notes(self, reader: Reader, couple: str, file: str) -> list[dict[str, Any]]:
        """The notes of one file, the newest day first. Raises `NotAllowed` and `Unknown`."""
        owner = await self._owner(reader, couple, file)
        kept = await self._records.all(reader, Note, owner)
        kept.sort(key=lambda one: (one.value.day, one.entry.at), reverse=True)
        return [await self._told(one) for one in kept]

    async def write(self, reader: Reader, couple: str, file: str, note: Note) -> None:
        """A new note. Raises `NotAllowed`, `Unknown` and `ProgrammeError`."""
        owner = await self._owner(reader, couple, file)
        if len(await self._records.all(reader, Note, owner)) >= MOST_NOTES:
            raise ProgrammeError("too_many", f"A file holds up to {MOST_NOTES} notes.")
        await self._records.put(reader, note, self._new_id(), owner, Wall.CARE, 0)

    async def correct(self, reader: Reader, couple: str, file: str, id: str, note: Note, seen: int) -> None:
        """The next version of a note; the earlier ones stay. Raises `NotAllowed`, `Unknown` and `Outdated`."""
        owner = await self._owner(reader, couple, file)
        kept = await self._records.get(reader, Note, id)
        if kept is None or kept.owner != owner:
            raise Unknown
        await self._records.put(reader, note, id, owner, Wall.CARE, seen)

    async def versions(self, reader: Reader, couple: str, file: str, id: str) -> list[dict[str, Any]]:
        """Every version of a note, the first one first. Raises `NotAllowed` and `Unknown`."""
        owner = await self._owner(reader, couple, file)
        found = [one for one in await self._records.versions(reader, Note, id) if one.owner == owner]
        if not found:
            raise Unknown
        return [await self._told(one) for one in found]

    async def _owner(self, reader: Reader, couple: str, file: str) -> str:
        demand(reader, "care for couples")
        kept = await self._clinic.couple(reader, couple)
        if file != COUPLE and file not in kept.value.partners:
            raise Unknown
        return kept.id if file == COUPLE else kept.value.partners[file]

    async def _told(self, one: Kept[Note]) -> dict[str, Any]:
        by = await self._clinic.person_name(one.entry.by)
        return {
            "id": one.id,
            "day": one.value.day,
            "text": one.value.text,
            "revision": one.revision,
            "at": one.entry.at,
            "by": by,
        }
