"""The chart in memory, with the walls said in plain conditions."""

from __future__ import annotations

from collections.abc import Mapping

from server.application.chart import Entry, Outdated, Reader, Wall, Walled


class MemoryChart:
    def __init__(self) -> None:
        self._records: dict[tuple[str, str], list[Entry]] = {}
        self._care: dict[str, dict[str, str]] = {}

    async def file(self, reader: Reader, entry: Entry) -> None:
        versions = self._records.get((entry.kind, entry.id), [])
        moved = bool(versions) and (versions[-1].owner, versions[-1].wall) != (entry.owner, entry.wall)
        if moved or not reader.may_write(entry.wall, entry.owner):
            raise Walled
        if entry.revision != len(versions) + 1:
            raise Outdated
        if not self._visible(reader, entry):
            raise Walled
        self._records.setdefault((entry.kind, entry.id), []).append(entry)

    async def read(self, reader: Reader, kind: str, id: str) -> Entry | None:
        return next(iter((await self.history(reader, kind, id))[::-1]), None)

    async def records(self, reader: Reader, kind: str, owner: str | None = None) -> list[Entry]:
        latest = [versions[-1] for (of, _), versions in sorted(self._records.items()) if of == kind]
        return [one for one in latest if owner in (None, one.owner) and self._visible(reader, one)]

    async def history(self, reader: Reader, kind: str, id: str) -> list[Entry]:
        return [entry for entry in self._records.get((kind, id), []) if self._visible(reader, entry)]

    async def enrol(self, couple: str, people: Mapping[str, str]) -> None:
        self._care[couple] = dict(people)

    async def enrolled(self, couple: str) -> Mapping[str, str]:
        return dict(sorted(self._care.get(couple, {}).items()))

    async def couples_of(self, person: str) -> list[str]:
        return sorted(couple for couple, people in self._care.items() if person in people)

    def _visible(self, reader: Reader, entry: Entry) -> bool:
        match reader.role, entry.wall:
            case "team", _:
                return True
            case "administrator", wall:
                return wall in (Wall.EVERYONE, Wall.STAFF, Wall.OFFICE)
            case "therapist", wall:
                return wall in (Wall.EVERYONE, Wall.STAFF) or self._in_care(reader, entry.owner)
            case "client", Wall.EVERYONE:
                return True
            case "client", Wall.OFFICE | Wall.CLIENT if entry.owner == reader.person:
                return True
            case "client", Wall.OFFICE | Wall.COUPLE:
                return self._care.get(entry.owner, {}).get(reader.person) == "client"
        return False

    def _in_care(self, reader: Reader, owner: str) -> bool:
        couples = {id: people for id, people in self._care.items() if people.get(reader.person) == "therapist"}
        return owner in couples or any(people.get(owner) == "client" for people in couples.values())
