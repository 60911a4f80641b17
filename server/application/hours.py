"""A couple's hours: what each week gave each of the two, and whether this one will have its hours (R5, R7).

Nothing of it is kept: every figure is worked out from the record whenever somebody looks, so a correction corrects
them all (D5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.application.chart import Reader, Unknown
from server.application.clinic import Clinic
from server.application.ports import Clock
from server.application.roles import demand
from server.application.sittings import Sitting, Sittings, coming_in, hours_in
from server.application.strands import Knot, Strands, knot
from server.application.weeks import Look, Weeks, kind_of
from server.domain.hours import Forecast, MakingUp, Offer, Taken, WeekHours, forecast, ledger, made_up_with, midnight
from server.domain.programme import Couple, Programme
from server.domain.programme.programme import MOST_SESSIONS, Targets
from server.domain.week import Minutes, Placement
from server.domain.week.model import JOINT_KINDS

STRAND = 12  # sessions of the picture
AHEAD = timedelta(weeks=1)  # that the picture looks beyond today


@dataclass(frozen=True, slots=True)
class LedgerWeek:
    """A week of the programme: what it gave each partner, by id, and what its phase wants for each of them."""

    number: int
    monday: date
    phase: str
    wanted: Minutes
    hours: Mapping[str, WeekHours]


@dataclass(frozen=True, slots=True)
class ThisWeek:
    """`forecasts` by partner's id. Where one of them is short, `look` is the week as it is proposed, and `made_up` says
    which of its sessions would make it up: a group that both would go to is one."""

    number: int
    to: datetime
    forecasts: Mapping[str, Forecast]
    look: Look | None
    made_up: MakingUp

    @property
    def chosen(self) -> list[list[Placement]]:
        sessions = [] if self.look is None else _sessions(self.look.proposal.placed)
        return [sessions[n] for n in self.made_up.chosen]


@dataclass(frozen=True, slots=True)
class CoupleHours:
    """`this_week` is None before the programme begins and after it is over."""

    couple: Couple
    programme: Programme
    weeks: Sequence[LedgerWeek]
    this_week: ThisWeek | None
    knots: Sequence[Knot]


class Hours:
    def __init__(self, clinic: Clinic, sittings: Sittings, strands: Strands, weeks: Weeks, clock: Clock) -> None:
        self._clinic, self._sittings, self._strands = clinic, sittings, strands
        self._weeks, self._clock = weeks, clock

    async def look(self, reader: Reader, couple: str) -> CoupleHours:
        """For those in care of them. Raises `NotAllowed` and `Unknown`."""
        demand(reader, "care for couples")
        kept, programme = (await self._clinic.couple(reader, couple)).value, await self._clinic.programme(reader)
        if programme is None:
            raise Unknown
        now, zone = self._clock.now(), ZoneInfo(programme.value.zone)
        number = kept.week_of(now.astimezone(zone).date())
        last = min(number, programme.value.weeks)
        mondays = [kept.starts_on + timedelta(weeks=n) for n in range(max(last, 0))]
        since = midnight(kept.starts_on, zone)
        to = midnight(kept.starts_on + timedelta(weeks=max(last, 0)), zone)
        sittings = await self._sittings.of(kept.partners.values(), since, to) if mondays else []
        return CoupleHours(
            kept,
            programme.value,
            self._ledger(kept, programme.value, mondays, sittings),
            await self._this_week(reader, couple, kept, programme.value, sittings) if 1 <= number == last else None,
            await self._knots(kept, since, now),
        )

    def _ledger(
        self, couple: Couple, programme: Programme, mondays: Sequence[date], sittings: Sequence[Sitting]
    ) -> list[LedgerWeek]:
        now, zone = self._clock.now(), ZoneInfo(programme.zone)
        of_partner = {
            person: ledger([taken for one in sittings if (taken := _taken(one, person))], zone, now)
            for person in couple.partners.values()
        }
        weeks = []
        for number, monday in enumerate(mondays, start=1):
            phase = programme.phase_at(number)
            hours = {person: kept.get(monday, WeekHours()) for person, kept in of_partner.items()}
            weeks.append(LedgerWeek(number, monday, phase.name, _wanted(programme, number), hours))
        return weeks

    async def _this_week(
        self, reader: Reader, id: str, couple: Couple, programme: Programme, sittings: Sequence[Sitting]
    ) -> ThisWeek:
        now, zone = self._clock.now(), ZoneInfo(programme.zone)
        number = couple.week_of(now.astimezone(zone).date())
        monday = couple.starts_on + timedelta(weeks=number - 1)
        since, to = midnight(monday, zone), midnight(monday + timedelta(weeks=1), zone)
        theirs = [one for one in sittings if one.appointment.starts_at >= since]
        forecasts = {}
        for person in couple.partners.values():
            done = hours_in(theirs, person, now).measured.total
            left, _ = coming_in(theirs, person, now)
            targets, held = programme.phase_at(number).targets, _held(theirs, person, now)
            forecasts[person] = forecast(done, left.total, held, targets, programme.lengths)
        short = {person: one.short for person, one in forecasts.items() if one.short}
        look = await self._weeks.look(reader, id, number) if short else None
        offers = [] if look is None else [_offer(one) for one in _sessions(look.proposal.placed)]
        return ThisWeek(number, to, forecasts, look, made_up_with(offers, short))

    async def _knots(self, couple: Couple, since: datetime, now: datetime) -> list[Knot]:
        people = {key: couple.partners[key] for key in sorted(couple.partners)}
        history = await self._strands.history(people, since, now + AHEAD)
        joint = [(appointment, session) for appointment, session in history if kind_of(appointment) in JOINT_KINDS]
        return [knot(appointment, session, people) for appointment, session in joint[-STRAND:]]


def _taken(one: Sitting, person: str) -> Taken | None:
    key = one.seats.get(person)
    return None if key is None else Taken(one.appointment.id, one.appointment.starts_at, one.session, key)


def _held(sittings: Sequence[Sitting], person: str, now: datetime) -> Targets:
    """Sessions of each kind that this week has given this partner, or still will."""
    _, count = coming_in(sittings, person, now)
    for one in sittings:
        given, left = one.of(person, now).measured, one.to_come(person, now)
        if given.total and not left.total:
            kind = "group" if given.group else "joint" if given.joint else "individual"
            count[kind] += 1
    return Targets(**{kind: min(number, MOST_SESSIONS) for kind, number in count.items()})


def _wanted(programme: Programme, number: int) -> Minutes:
    targets, lengths = programme.phase_at(number).targets, programme.lengths
    return Minutes(
        targets.joint * lengths.joint, targets.individual * lengths.individual, targets.group * lengths.group
    )


def _sessions(placed: Sequence[Placement]) -> list[list[Placement]]:
    """The placements, those in the same group as one."""
    sessions: dict[object, list[Placement]] = {}
    for number, one in enumerate(placed):
        sessions.setdefault(one.group or number, []).append(one)
    return list(sessions.values())


def _offer(session: Sequence[Placement]) -> Offer:
    people = frozenset(person for one in session for person in one.need.partners)
    return Offer(people, session[0].slot.end - session[0].slot.start)
