"""The attendance report of a couple for a period, and what a claim could rest on (R6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.application.chart import Reader, Unknown
from server.application.clinic import Clinic
from server.application.ports import Clock
from server.application.roles import ADMINISTRATOR, demand
from server.application.sittings import Sitting, Sittings, hours_in
from server.application.weeks import kind_of
from server.domain.attendance import Kind, Outcome
from server.domain.hours import Claim, Measured, Period, WeekHours, claims_of
from server.domain.session.views import Status

KEYS = ("a", "b")


@dataclass(frozen=True, slots=True)
class SetRight:
    """A correction of one partner's attendance. `reason` is None where it is not for this reader."""

    who: str
    at: datetime
    before: Outcome | None
    after: Outcome | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """What a session was for one partner."""

    outcome: Outcome | None
    hours: WeekHours


@dataclass(frozen=True, slots=True)
class Line:
    """One session. `parts` has those of the couple who were invited, by the couple's keys, and nobody else."""

    id: str
    starts_at: datetime
    minutes: int
    kind: Kind
    status: Status
    parts: Mapping[str, Part]
    corrections: Sequence[SetRight]


@dataclass(frozen=True, slots=True)
class Report:
    """`names`, `totals` and `claims` by the couple's keys; days are those of `zone`, the programme's."""

    period: Period
    zone: str
    made_at: datetime
    clinic: str
    names: Mapping[str, str]
    lines: Sequence[Line]
    totals: Mapping[str, WeekHours]
    claims: Mapping[str, Sequence[Claim]]


class AttendanceReports:
    def __init__(self, clinic: Clinic, sittings: Sittings, clock: Clock) -> None:
        self._clinic, self._sittings, self._clock = clinic, sittings, clock

    async def make(self, reader: Reader, couple: str, period: Period) -> Report:
        """For the couple's therapists, the treatment team, and administrators, who are told no reasons: those may say
        something of somebody's health. Raises `NotAllowed` and `Unknown`."""
        demand(reader, "look at couples")
        kept, programme = (await self._clinic.couple(reader, couple)).value, await self._clinic.programme(reader)
        if programme is None:
            raise Unknown
        now, zone = self._clock.now(), ZoneInfo(programme.value.zone)
        sittings = await self._sittings.of(kept.partners.values(), *period.span(zone))
        told = reader.role != ADMINISTRATOR
        people = {key: kept.partners[key] for key in KEYS}
        return Report(
            period,
            programme.value.zone,
            now,
            programme.value.clinic_name,
            {key: (await self._clinic.client(reader, person)).value.name for key, person in people.items()},
            [_line(one, people, now, told) for one in sittings],
            {key: hours_in(sittings, person, now) for key, person in people.items()},
            {key: _claims(sittings, person, now, zone) for key, person in people.items()},
        )


def _line(one: Sitting, people: Mapping[str, str], now: datetime, told: bool) -> Line:
    keys = {one.seats[person]: key for key, person in people.items() if person in one.seats}
    session = one.session
    return Line(
        one.appointment.id,
        one.appointment.starts_at,
        one.appointment.minutes,
        kind_of(one.appointment),
        Status.CANCELLED if one.appointment.status == "cancelled" and not session.over else session.status,
        {key: Part(session.outcomes.get(seat), one.of(people[key], now)) for seat, key in keys.items()},
        [
            SetRight(keys[it.who], it.at, it.before, it.after, it.reason if told else None)
            for it in session.corrections
            if it.who in keys
        ],
    )


def _claims(sittings: Sequence[Sitting], person: str, now: datetime, zone: ZoneInfo) -> Sequence[Claim]:
    days: dict[date, list[tuple[str, Measured]]] = {}
    for one in sittings:
        day = one.appointment.starts_at.astimezone(zone).date()
        days.setdefault(day, []).append((one.appointment.id, one.of(person, now).measured))
    return claims_of(days)
