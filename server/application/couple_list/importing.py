"""The list is looked at, line by line, and its couples are added: all good ones, or none unless all are good.

The same list again adds nobody twice: a couple is known by its two mail addresses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from server.application.chart import Outdated, Reader, Wall
from server.application.clinic import Clinic, NewCouple
from server.application.couple_list.reading import Line, read_table
from server.application.couple_list.rows import Fault, Terms, couple_of, day_first
from server.application.ports import Directory
from server.application.records import Kept, Records
from server.application.roles import demand
from server.domain.programme import Couple, ProgrammeError, Staff

LISTS = "couples"


@dataclass(frozen=True, slots=True)
class ImportedList:
    """A record: that a list was taken in. Each is a version after the last, so two at once can't both be."""

    fingerprint: str
    couples: int


class State(StrEnum):
    NEW = "new"
    HERE = "here"  # the couple is at the clinic already
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list as it would be taken in."""

    line: int
    state: State
    names: tuple[str, str]
    therapist: str
    starts_on: date | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """`seen` is what an import has to name, so that it adds what was looked at and nothing twice."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...]
    seen: int

    def count(self, state: State) -> int:
        return sum(row.state is state for row in self.rows)


@dataclass(frozen=True, slots=True)
class Result:
    added: int
    here: int
    left_out: int


class CoupleList:
    def __init__(self, clinic: Clinic, records: Records, directory: Directory) -> None:
        self._clinic, self._records, self._directory = clinic, records, directory

    async def look(self, reader: Reader, data: bytes) -> Look:
        """Changes nothing. Raises `NotAllowed` and `ProgrammeError`."""
        return (await self._read(reader, data))[0]

    async def bring(self, reader: Reader, data: bytes, seen: int, *, whole: bool) -> Result:
        """Add the good couples; with `whole` none unless every line is good.

        Raises `NotAllowed`, `ProgrammeError`, and `Outdated` where somebody brought a list since `seen`. What was added
        before a failure stays, and the same list again adds the rest.
        """
        look, new = await self._read(reader, data)
        if look.seen != seen:
            raise Outdated
        faulty = look.count(State.FAULTY)
        if whole and faulty:
            raise ProgrammeError("list_faulty", f"{faulty} lines have faults, so nobody was added.")
        if new:
            brought = ImportedList(hashlib.sha256(data).hexdigest(), len(new))
            await self._records.put(reader, brought, LISTS, "", Wall.STAFF, seen)
        for couple in new:
            await self._clinic.add_couple(reader, couple)
        return Result(len(new), look.count(State.HERE), faulty)

    async def _read(self, reader: Reader, data: bytes) -> tuple[Look, list[NewCouple]]:
        demand(reader, "add a list of couples")
        if await self._clinic.programme(reader) is None:
            raise ProgrammeError("programme_missing", "Set up the programme first.")
        table, staff = read_table(data), await self._records.all(reader, Staff)
        terms = Terms(await self._therapists(staff), day_first(line.cells["first_week"] for line in table.lines))
        names, known = {one.id: one.value.name for one in staff}, await self._known(reader)
        rows, new = [], []
        lines: dict[str, int] = {}
        for line in table.lines:
            couple, faults = couple_of(line.cells, terms)
            row = _row(line, couple, faults, names)
            if couple is not None:
                row = _placed(row, _mails(couple), known, lines)
                lines |= dict.fromkeys(_mails(couple), line.number)
                if row.state is State.NEW:
                    new.append(couple)
            rows.append(row)
        kept = await self._records.get(reader, ImportedList, LISTS)
        return Look(tuple(rows), table.ignored, 0 if kept is None else kept.revision), new

    async def _therapists(self, staff: Sequence[Kept[Staff]]) -> Mapping[str, str | None]:
        found: dict[str, str | None] = {}
        for one in staff:
            person = await self._directory.person(one.id)
            for key in {one.value.name.casefold(), person.email.casefold() if person else ""} - {""}:
                found[key] = None if key in found else one.id
        return found

    async def _known(self, reader: Reader) -> dict[str, str]:
        """The couple that each client's mail address belongs to."""
        found = {}
        for couple in await self._records.all(reader, Couple):
            for id in couple.value.partners.values():
                person = await self._directory.person(id)
                if person is not None:
                    found[person.email.casefold()] = couple.id
        return found


def _mails(couple: NewCouple) -> tuple[str, str]:
    one, other = couple.partners
    return one.person.email.casefold(), other.person.email.casefold()


def _row(line: Line, couple: NewCouple | None, faults: tuple[Fault, ...], names: Mapping[str, str]) -> Row:
    said = line.cells["name_1"][:80], line.cells["name_2"][:80]
    if couple is None:
        return Row(line.number, State.FAULTY, said, line.cells["therapist"][:80], None, faults)
    return Row(line.number, State.NEW, said, names[couple.therapist], couple.starts_on)


def _placed(row: Row, mails: tuple[str, str], known: Mapping[str, str], lines: Mapping[str, int]) -> Row:
    """The row beside who is at the clinic already, and the lines before it."""
    before = [(n, lines[mail]) for n, mail in enumerate(mails, start=1) if mail in lines]
    if before:
        faults = tuple(Fault(f"mail_{n}", f"This mail address is in line {line} already.") for n, line in before)
        return replace(row, state=State.FAULTY, faults=faults)
    homes = [known.get(mail) for mail in mails]
    if homes[0] is not None and homes[0] == homes[1]:
        return replace(row, state=State.HERE)
    taken = [n for n, home in enumerate(homes, start=1) if home is not None]
    if taken:
        faults = tuple(Fault(f"mail_{n}", "Somebody of another couple has this mail address.") for n in taken)
        return replace(row, state=State.FAULTY, faults=faults)
    return row
