"""The team accepts a week: its sessions are booked together, planned, and told to both partners (A11)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.application.chart import Outdated, Reader, Wall
from server.application.clinic import Clinic
from server.application.dispatcher import Dispatcher
from server.application.groups import GroupSession
from server.application.planning import partners_of, plan_of
from server.application.ports import Appointment, Bookings, Clock, Directory, Outbox, OutboxDraft
from server.application.records import Records
from server.application.weeks import AcceptedWeek, Week, Weeks, week_id
from server.domain.attendance import Focus, Kind
from server.domain.programme import ProgrammeError
from server.domain.session.commands import ChangeTime, InviteToGroup, PlanSession
from server.domain.session.effects import PlanAppointments, WeekMail
from server.domain.session.state import THERAPIST

MOST_AT_ONCE = 40
SAFETY_NET = timedelta(seconds=20)  # after which whatever a crash left undone is done
JUST_NOW = timedelta(minutes=10)  # a session may be written down when it has begun already
SEATS_OF = {Kind.COUPLES: ("a", "b"), Kind.INTAKE: ("a", "b")}
FOCUS = {Kind.COUPLES: Focus.COMMUNICATION}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A session to book. `partners` are the couple's keys; `group` is the id of the group session to join."""

    kind: Kind
    partners: tuple[str, ...]
    starts_at: datetime
    minutes: int
    focus: Focus | None = None
    group: str = ""

    def __post_init__(self) -> None:
        if self.starts_at.utcoffset() is None:
            raise ProgrammeError("time_unfit", "Say the time with its zone.")
        if not 15 <= self.minutes <= 240:
            raise ProgrammeError("length_unfit", "A session lasts 15 to 240 minutes.")
        if not set(self.partners) <= {"a", "b"} or len(set(self.partners)) != len(self.partners):
            raise ProgrammeError("partners_unfit", "A session is for one of the couple's partners, or for both.")
        if (self.kind is Kind.GROUP) != bool(self.group):
            raise ProgrammeError("group_unfit", "Say which group, and only for a group.")
        if len(self.partners) != len(SEATS_OF.get(self.kind, "a")):
            raise ProgrammeError("partners_unfit", "A joint session is for both, any other for one.")


class Accepting:
    def __init__(
        self,
        weeks: Weeks,
        records: Records,
        clinic: Clinic,
        directory: Directory,
        bookings: Bookings,
        outbox: Outbox,
        dispatcher: Dispatcher,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._weeks, self._records, self._clinic = weeks, records, clinic
        self._directory, self._bookings, self._outbox = directory, bookings, outbox
        self._dispatcher, self._clock, self._new_id = dispatcher, clock, new_id

    async def accept(self, reader: Reader, couple: str, number: int, sessions: tuple[Wanted, ...], seen: int) -> None:
        """Book these in addition to what is booked: all of them or, where a time is taken, none.

        Raises `NotAllowed`, `Unknown`, `Outdated` and `ProgrammeError`.
        """
        week = await self._weeks.week(reader, couple, number)
        if week.seen != seen:
            raise Outdated
        self.check(week, sessions)
        new, seats = await self._drafted(reader, week, sessions)
        ids = tuple(dict.fromkeys([*(one.id for one in new), *(id for id, _ in seats)]))
        accepted = AcceptedWeek((*week.accepted.sessions, *ids))
        kept = await self._records.put(reader, accepted, week_id(couple, number), couple, Wall.CARE, seen)
        await self.promise_plans(f"{week_id(couple, number)}.{kept.revision}", ids)
        if not await self._bookings.book_all(new, seats, self._clock.now()):
            await self._records.change(reader, week.accepted, kept)
            raise ProgrammeError("time_taken", "One of these times has just been taken. Please look at the week again.")
        await self.plan(ids)
        await self.tell(f"{week_id(couple, number)}.{kept.revision}", week, new, seats)

    async def tell(
        self, id: str, week: Week, new: Sequence[Appointment], seats: Sequence[tuple[str, str]] = ()
    ) -> None:
        """One message to each partner, with what is theirs of it."""
        for person in week.couple.partners.values():
            theirs = [one.id for one in new if person in one.people.values()]
            theirs += [id for id, who in seats if who == person and id not in theirs]
            if theirs:
                await self._promise(f"{id}.{person}", WeekMail(person, tuple(theirs)), timedelta(0))

    async def plan(self, ids: Iterable[str]) -> None:
        """The sessions of booked appointments, at their time and with everybody who is in them. Repeatable."""
        for id in ids:
            appointment = await self._directory.appointment(id)
            if appointment is None or appointment.status != "booked":
                continue
            plan = await plan_of(appointment, self._directory)
            session = await self._dispatcher.session(id)
            if session.plan is None:
                await self._dispatcher.submit(id, PlanSession(plan))
                continue
            if session.plan.starts_at != plan.starts_at:
                await self._dispatcher.submit(id, ChangeTime(plan.starts_at))
            for key in partners_of(appointment).keys() - session.plan.partners.keys():
                await self._dispatcher.submit(id, InviteToGroup(key, plan.partners[key]))

    async def promise_plans(self, id: str, appointments: tuple[str, ...]) -> None:
        """What a crash leaves unplanned of these is planned a little later."""
        await self._promise(id, PlanAppointments(appointments), SAFETY_NET)

    async def _promise(self, id: str, effect: PlanAppointments | WeekMail, later: timedelta) -> None:
        fields = {name: getattr(effect, name) for name in effect.__slots__}
        draft = OutboxDraft(f"week-{id}", type(effect).__name__, json.dumps(fields), self._clock.now() + later)
        await self._outbox.post(f"week-{id}", draft)

    def check(self, week: Week, sessions: Sequence[Wanted]) -> None:
        if not 1 <= len(sessions) <= MOST_AT_ONCE:
            raise ProgrammeError("too_many", f"Accept 1 to {MOST_AT_ONCE} sessions at a time.")
        groups = {one.id: one for one in week.groups}
        for one in sessions:
            if one.kind is Kind.GROUP and one.group not in groups:
                raise ProgrammeError("group_unknown", "That group isn't held that week, or not any more.")
            if not week.since <= one.starts_at < week.to:
                raise ProgrammeError("time_unfit", "Each session begins in the week it is accepted for.")
            if one.starts_at < self._clock.now() - JUST_NOW:
                raise ProgrammeError("time_past", "One of these times has passed. Please look at the week again.")
            if len(one.partners) == 2 and week.couple.keep_apart:
                raise ProgrammeError("kept_apart", "These two can't be in one room.")

    async def _drafted(
        self, reader: Reader, week: Week, sessions: Sequence[Wanted]
    ) -> tuple[list[Appointment], list[tuple[str, str]]]:
        groups = {one.id: one for one in week.groups}
        new, seats = [], []
        opened: dict[str, Appointment] = {}
        for one in sorted(sessions, key=lambda one: (one.starts_at, one.partners)):
            people = {seat: week.couple.partners[key] for seat, key in zip("ab", sorted(one.partners), strict=False)}
            if one.kind is not Kind.GROUP:
                body = await self.terms(reader, week, one, people)
                everybody = {THERAPIST: week.couple.therapist, **people}
                new.append(_appointment(self._new_id(), one.starts_at, one.minutes, everybody, body))
                continue
            group = groups[one.group]
            if not group.exists and group.id not in opened:
                opened[group.id] = _group(week, group)
            seats += [(group.id, person) for person in people.values()]
        return [*new, *opened.values()], seats

    async def terms(self, reader: Reader, week: Week, one: Wanted, people: dict[str, str]) -> dict[str, object]:
        consents = {}
        for key, person in people.items():
            client = await self._clinic.client(reader, person)
            consents[key] = {"solo_consent": client.value.solo_consent}
        return {
            "kind": one.kind,
            "focus": [one.focus or FOCUS.get(one.kind, Focus.OPEN)],
            "attendance": week.couple.attendance if len(people) == 2 else None,
            "approval": week.couple.approval,
            "keep_apart": week.couple.keep_apart,
            "partners": consents,
            **_clinic(week),
        }


def _group(week: Week, group: GroupSession) -> Appointment:
    body = {"kind": Kind.GROUP, "focus": [Focus.OPEN], "partners": {}, **_clinic(week)}
    return _appointment(group.id, group.starts_at, group.minutes, {THERAPIST: group.host}, body)


def _appointment(
    id: str, starts_at: datetime, minutes: int, people: dict[str, str], body: dict[str, object]
) -> Appointment:
    return Appointment(id, f"{id}@dyad", 0, starts_at, minutes, "booked", people, json.dumps(body))


def _clinic(week: Week) -> dict[str, object]:
    return {"clinic_name": week.programme.clinic_name, "clinic_phone": week.programme.clinic_phone}
