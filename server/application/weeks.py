"""A couple's week on the team's desk: what is booked, what else is proposed and why, and the balance of it (A11)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from server.application.calendars import Calendars
from server.application.chart import Reader, Unknown
from server.application.clinic import Clinic
from server.application.dispatcher import Dispatcher
from server.application.groups import Groups, GroupSession
from server.application.ports import Appointment, Clock, Directory
from server.application.records import Records
from server.application.roles import demand
from server.domain.attendance import Kind
from server.domain.programme import Couple, Intake, Programme, Standing
from server.domain.programme.programme import LEAST_HOURS, MOST_HOURS
from server.domain.schedule import Busy, Calendar, Slot, find_slots
from server.domain.schedule import Rules as SlotRules
from server.domain.session.views import Status
from server.domain.week import (
    Booked,
    Drift,
    Group,
    Minutes,
    Missed,
    Need,
    PartnerState,
    Proposal,
    Rules,
    Targets,
    beside,
    drift,
    minutes_of,
    needs_of,
    opened_by_intake,
    propose,
    still_wanted,
)

CHOICES = 14
NOTHING = Proposal((), (), 0)


class History(Protocol):
    """What the sessions so far came to."""

    async def recent(self, person: str, now: datetime) -> tuple[int, int]:
        """This partner's minutes alone, and together, in the last three weeks."""

    async def missed(self, couple: Couple, programme: Programme, week: int) -> list[Missed]:
        """What of a week of the programme was booked and not held, by the couple's ids."""


@dataclass(frozen=True, slots=True)
class AcceptedWeek:
    """A record: which sessions the team accepted for a couple's week, in all."""

    sessions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """`seen` is the revision of what was accepted of it; `to` is the first instant of the next week."""

    number: int
    monday: date
    since: datetime
    to: datetime
    couple: Couple
    programme: Programme
    booked: Mapping[str, Appointment]
    groups: Sequence[GroupSession]
    seen: int
    accepted: AcceptedWeek


@dataclass(frozen=True, slots=True)
class Look:
    """`states` has a session's status and the outcomes of this couple's partners by id; `minutes` and `recent`, of the
    last three weeks, are by partner's id.

    `now` is when somebody looked.
    """

    now: datetime
    week: Week
    proposal: Proposal
    minutes: Mapping[str, Minutes]
    targets: Minutes
    drift: tuple[Drift, ...]
    recent: Mapping[str, Drift]
    states: Mapping[str, tuple[Status, dict[str, str]]] = field(default_factory=dict)


class Weeks:
    def __init__(
        self,
        records: Records,
        clinic: Clinic,
        calendars: Calendars,
        directory: Directory,
        groups: Groups,
        dispatcher: Dispatcher,
        history: History,
        clock: Clock,
    ) -> None:
        self._records, self._clinic, self._calendars = records, clinic, calendars
        self._directory, self._groups, self._dispatcher = directory, groups, dispatcher
        self._history, self._clock = history, clock

    async def look(self, reader: Reader, couple: str, number: int) -> Look:
        """A week of the programme, from 1. Raises `NotAllowed` and `Unknown`."""
        week = await self.week(reader, couple, number)
        partners = [await self._state(reader, one) for one in _partners(week.couple)]
        targets, booked = _targets(week), booked_of(week)
        proposal = NOTHING
        if week.to > self._clock.now():
            missed = await self._history.missed(week.couple, week.programme, number - 1) if number > 1 else []
            needs = still_wanted(needs_of(targets, partners, missed, host=week.couple.therapist), booked)
            proposal = beside(await self._proposed(week, _apart(week.couple, needs, targets), booked), booked)
            if await self._before_intake(reader, couple, week):
                proposal = opened_by_intake(proposal)
        minutes = {one.person: minutes_of(one.person, booked, proposal.placed) for one in partners}
        wanted = Minutes(
            targets.joint * targets.joint_minutes,
            targets.individual * targets.individual_minutes,
            targets.group * targets.group_minutes,
        )
        recent = {one.person: Drift(one.person, one.recent_solo, one.recent_joint) for one in partners}
        return Look(
            self._clock.now(), week, proposal, minutes, wanted, drift(partners), recent, await self._states(week)
        )

    async def times(self, reader: Reader, couple: str, number: int, partners: str, minutes: int) -> list[datetime]:
        """Starts that suit the therapist and these partners ("a", "b", "ab"), up to two for each day of the week."""
        week, now = await self.week(reader, couple, number), self._clock.now()
        after = max(week.since, now + timedelta(hours=week.programme.notice_hours))
        if after >= week.to:
            return []
        people = [week.couple.therapist, *(week.couple.partners[key] for key in partners)]
        found = await self._calendars.of(people, week.since, week.to, now)
        rules = SlotRules(earliest=week.programme.earliest, latest=week.programme.latest)
        if len(found) != len(people):
            return []
        slots = find_slots(found, minutes=minutes, after=after, until=week.to, count=CHOICES, rules=rules)
        return sorted(slot.start for slot in slots)

    async def week(self, reader: Reader, couple: str, number: int) -> Week:
        """Raises `NotAllowed` and `Unknown`."""
        demand(reader, "care for couples")
        kept, programme = await self._clinic.couple(reader, couple), await self._clinic.programme(reader)
        if programme is None or not 1 <= number <= programme.value.weeks:
            raise Unknown
        monday = kept.value.starts_on + timedelta(weeks=number - 1)
        zone = ZoneInfo(programme.value.zone)
        since = datetime.combine(monday, time(0), zone).astimezone(UTC)
        to = datetime.combine(monday + timedelta(weeks=1), time(0), zone).astimezone(UTC)
        booked = {
            one.id: one
            for person in _partners(kept.value)
            for one in await self._directory.appointments_of(person, since, to)
        }
        accepted = await self._records.get(reader, AcceptedWeek, week_id(couple, number))
        return Week(
            number,
            monday,
            since,
            to,
            kept.value,
            programme.value,
            dict(sorted(booked.items(), key=lambda item: (item[1].starts_at, item[0]))),
            await self._groups.of_week(programme.value, monday, kept.value),
            0 if accepted is None else accepted.revision,
            AcceptedWeek() if accepted is None else accepted.value,
        )

    async def _state(self, reader: Reader, person: str) -> PartnerState:
        standing, _ = await self._clinic.standing(reader, person)
        solo, joint = await self._history.recent(person, self._clock.now())
        return _state(person, standing, solo, joint)

    async def _proposed(self, week: Week, needs: Sequence[Need], booked: Sequence[Booked]) -> Proposal:
        now = self._clock.now()
        after = max(week.since, now + timedelta(hours=week.programme.notice_hours))
        if after >= week.to or not needs:
            return NOTHING
        people = [week.couple.therapist, *_partners(week.couple)]
        found = await self._calendars.of(people, week.since, week.to, now)
        if len(found) != len(people):
            return NOTHING
        calendars = _with_groups(week, dict(zip(people, found, strict=True)))
        groups = [Group(one.id, one.starts_at, one.minutes, one.places) for one in _open(week)]
        rules = Rules(earliest=week.programme.earliest, latest=week.programme.latest)
        return await asyncio.to_thread(propose, needs, calendars, groups, Slot(after, week.to), rules, booked)

    async def _before_intake(self, reader: Reader, couple: str, week: Week) -> bool:
        kept = await self._records.get(reader, Intake, couple)
        if kept is not None and kept.value.complete:
            return False
        person, now = week.couple.partners["a"], self._clock.now()
        theirs = await self._directory.appointments_of(person, now - timedelta(days=180), now + timedelta(days=180))
        return not any(kind_of(one) is Kind.INTAKE for one in theirs if one.status == "booked")

    async def _states(self, week: Week) -> dict[str, tuple[Status, dict[str, str]]]:
        found = {}
        for id, appointment in week.booked.items():
            session = await self._dispatcher.session(id)
            ours = {key: who for key, who in appointment.people.items() if who in week.couple.partners.values()}
            outcomes = {who: str(session.outcomes[key]) for key, who in ours.items() if key in session.outcomes}
            found[id] = (session.status, outcomes)
        return found


def week_id(couple: str, number: int) -> str:
    """The accepted week's id in the chart."""
    return f"{couple}.{number}"


def kind_of(appointment: Appointment) -> Kind:
    return Kind(json.loads(appointment.body)["kind"])


def booked_of(week: Week) -> list[Booked]:
    """The sessions of the week that stand."""
    ours = frozenset(week.couple.partners.values())
    return [
        Booked(kind_of(one), ours.intersection(one.people.values()), one.starts_at, one.minutes)
        for one in week.booked.values()
        if one.status == "booked"
    ]


def _partners(couple: Couple) -> list[str]:
    return [couple.partners[key] for key in sorted(couple.partners)]


def _state(person: str, standing: Standing, solo: int, joint: int) -> PartnerState:
    return PartnerState(person, standing.progress, standing.needs, solo, joint)


def _targets(week: Week) -> Targets:
    targets, lengths = week.programme.phase_at(week.number).targets, week.programme.lengths
    return Targets(
        targets.joint,
        targets.individual,
        targets.group,
        (LEAST_HOURS, MOST_HOURS - 1),
        lengths.joint,
        lengths.individual,
        lengths.group,
    )


def _apart(couple: Couple, needs: Sequence[Need], targets: Targets) -> list[Need]:
    """Two who must never meet have each joint session as one alone for each."""
    if not couple.keep_apart:
        return list(needs)
    return [
        replace(need, kind=Kind.INDIVIDUAL, people=(couple.therapist, person), minutes=targets.individual_minutes)
        if need.joint
        else need
        for need in needs
        for person in (_partners(couple) if need.joint else need.people[-1:])
    ]


def _open(week: Week) -> list[GroupSession]:
    """Groups that this couple could still join."""
    return [one for one in week.groups if one.places > 0]


def _with_groups(week: Week, calendars: dict[str, Calendar]) -> dict[str, Calendar]:
    """Who would hold a group is busy then; and of two who must never meet each has every other group."""
    busy: dict[str, list[Busy]] = {person: [] for person in calendars}
    for number, one in enumerate(week.groups):
        span = Busy(one.starts_at, one.starts_at + timedelta(minutes=one.minutes))
        if one.host in busy:
            busy[one.host].append(span)
        if week.couple.keep_apart:
            busy[_partners(week.couple)[number % 2]].append(span)
    return {person: replace(calendar, busy=(*calendar.busy, *busy[person])) for person, calendar in calendars.items()}
