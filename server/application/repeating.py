"""A session every week at the same time of the clinic's wall clock: all that were looked at are booked, or none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.application.accepting import SEATS_OF, Accepting, Wanted
from server.application.chart import Outdated, Reader, Wall
from server.application.ports import Appointment, Bookings, Clock
from server.application.records import Records
from server.application.series import session_id, terms_of_series
from server.application.weeks import AcceptedWeek, Week, Weeks, week_id
from server.domain.attendance import Kind
from server.domain.programme import ProgrammeError
from server.domain.schedule.series import one_rule_says_it, weekly
from server.domain.session.state import THERAPIST

TRIES = 5  # somebody may accept a later week at the same time


@dataclass(frozen=True, slots=True)
class Occurrence:
    week: int
    starts_at: datetime
    taken: bool  # somebody in it has something else then


class Repeating:
    def __init__(
        self,
        weeks: Weeks,
        records: Records,
        bookings: Bookings,
        accepting: Accepting,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._weeks, self._records, self._bookings = weeks, records, bookings
        self._accepting, self._clock, self._new_id = accepting, clock, new_id

    async def look(self, reader: Reader, couple: str, number: int, wanted: Wanted, count: int) -> list[Occurrence]:
        """Changes nothing. Raises `NotAllowed`, `Unknown` and `ProgrammeError`."""
        week = await self._weeks.week(reader, couple, number)
        starts = self._starts(week, wanted, count)
        people = list(_people(week, wanted).values())
        until, length = starts[-1] + timedelta(days=1), timedelta(minutes=wanted.minutes)
        busy = await self._bookings.busy(people, starts[0], until, self._clock.now())
        spans = [span for theirs in busy.values() for span in theirs]
        return [
            Occurrence(number + n, at, any(start < at + length and end > at for start, end in spans))
            for n, at in enumerate(starts)
        ]

    async def book(
        self,
        reader: Reader,
        couple: str,
        number: int,
        wanted: Wanted,
        count: int,
        without: frozenset[int],
        seen: int,
    ) -> None:
        """Book it in `count` weeks from this one on, but for the weeks `without`: all of them or, where a time is
        taken, none. `seen` is what was seen of the first week.

        Raises `NotAllowed`, `Unknown`, `Outdated` and `ProgrammeError`.
        """
        week = await self._weeks.week(reader, couple, number)
        if week.seen != seen:
            raise Outdated
        new = await self._drafted(reader, week, wanted, count, without)
        ids = tuple(one.id for _, one in new)
        first = week_id(couple, number)
        accepted = AcceptedWeek((*week.accepted.sessions, *(one.id for at, one in new if at == number)))
        kept = await self._records.put(reader, accepted, first, couple, Wall.CARE, seen)
        await self._accepting.promise_plans(f"{first}.{kept.revision}", ids)
        if not await self._bookings.book_all([one for _, one in new], [], self._clock.now()):
            await self._records.change(reader, week.accepted, kept)
            raise ProgrammeError(
                "time_taken", "One of these times has just been taken, so none was booked. Look again."
            )
        await self._accepting.plan(ids)
        await self._accepting.tell(f"{first}.{kept.revision}", week, [one for _, one in new])
        for at, one in new:
            if at != number:
                await self._note(reader, couple, at, one.id)

    def _starts(self, week: Week, wanted: Wanted, count: int) -> tuple[datetime, ...]:
        self._accepting.check(week, (wanted,))
        if wanted.kind is Kind.GROUP:
            raise ProgrammeError("group_unfit", "A group meets every week as it is.")
        if not 2 <= count <= week.programme.weeks - week.number + 1:
            raise ProgrammeError("weeks_unfit", "It can be repeated to the last week of the programme.")
        return weekly(wanted.starts_at, week.programme.zone, count)

    async def _drafted(
        self, reader: Reader, week: Week, wanted: Wanted, count: int, without: frozenset[int]
    ) -> list[tuple[int, Appointment]]:
        """Each with its week."""
        starts, people = self._starts(week, wanted, count), _people(week, wanted)
        left = [n for n in range(count) if week.number + n not in without]
        if not left:
            raise ProgrammeError("weeks_unfit", "Leave at least one week.")
        seats = {key: person for key, person in people.items() if key != THERAPIST}
        terms = await self._accepting.terms(reader, week, wanted, seats)
        series, zone = self._new_id(), week.programme.zone
        together = one_rule_says_it(starts[0], zone, count, wanted.minutes)
        drafted = []
        for n in left:
            told = {**terms, "series": terms_of_series(series, n, count, zone, starts[0])} if together else terms
            id = session_id(series, n)
            uid = f"{series if together else id}@dyad"
            one = Appointment(id, uid, 0, starts[n], wanted.minutes, "booked", people, json.dumps(told))
            drafted.append((week.number + n, one))
        return drafted

    async def _note(self, reader: Reader, couple: str, number: int, session: str) -> None:
        """A later week has it among what was accepted."""
        id = week_id(couple, number)
        for _ in range(TRIES):
            kept = await self._records.get(reader, AcceptedWeek, id)
            before = () if kept is None else kept.value.sessions
            try:
                after = AcceptedWeek((*before, session))
                await self._records.put(reader, after, id, couple, Wall.CARE, 0 if kept is None else kept.revision)
                return
            except Outdated:
                continue


def _people(week: Week, wanted: Wanted) -> dict[str, str]:
    seats = SEATS_OF.get(wanted.kind, ("a",))
    keys = sorted(wanted.partners)
    return {THERAPIST: week.couple.therapist} | {
        seat: week.couple.partners[key] for seat, key in zip(seats, keys, strict=True)
    }
