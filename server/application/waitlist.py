"""A freed slot is offered to those who wait for one: one after the other, held while they answer, never double-booked.

Who waits: whoever asked to be told of an earlier time, and couples for whose session no new time was found. First who
has waited longest. An offer lives in the session's `Waiting` record, whose next version only one can write; what
follows from it (mail, its end, the booking) is in the outbox and may be done twice.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from server.application.calendars import SYSTEM, Calendars
from server.application.chart import Outdated, Reader, Unknown, Wall
from server.application.dispatcher import Dispatcher
from server.application.planning import partners_of, plan_of, those_needed
from server.application.ports import Appointment, Bookings, Clock, Directory, HeldSlot, NotSent, Outbox, OutboxDraft
from server.application.records import Kept, Records
from server.application.roles import demand
from server.application.weeks import kind_of
from server.domain.attendance import Kind
from server.domain.programme import Programme, ProgrammeError
from server.domain.programme.waiting import Offer, Standing, Waiting
from server.domain.schedule import Rules, find_slots
from server.domain.session.commands import ChangeTime, PlanSession, ReportBooked
from server.domain.session.effects import OfferMail, SettleOffer
from server.domain.session.state import THERAPIST, Session
from server.domain.session.views import Status

ANSWER_WITHIN = timedelta(hours=12)
LEAST = timedelta(minutes=30)  # to answer in
MINIMUM_NOTICE = timedelta(hours=12)
TRIES = 5
UNPLACED = ("nothing_found", "nothing_suits", "expired")

Change = Callable[[Waiting], Waiting]


class Waitlist:
    def __init__(
        self,
        records: Records,
        directory: Directory,
        bookings: Bookings,
        calendars: Calendars,
        dispatcher: Dispatcher,
        outbox: Outbox,
        clock: Clock,
        clinic: Callable[[], Awaitable[Programme | None]],
    ) -> None:
        self._records, self._directory, self._bookings = records, directory, bookings
        self._calendars, self._dispatcher, self._outbox = calendars, dispatcher, outbox
        self._clock, self._clinic = clock, clinic

    # What people ask and answer

    async def ask(self, reader: Reader, session: str, wanted: bool) -> None:
        """Tell me if something earlier opens up, or no longer. Raises `NotAllowed`, `Unknown`, `ProgrammeError`."""
        appointment = await self._own(reader, session)
        state = await self._dispatcher.session(session)
        if wanted and (not _movable(appointment, state) or appointment.starts_at <= self._clock.now()):
            raise ProgrammeError("session_over", "This appointment is over, or can't be moved.")
        person = reader.person
        await self._change(session, lambda one: one.asked_by(person) if wanted else one.no_more_by(person))

    async def answer(self, reader: Reader, session: str, starts_at: datetime, yes: bool) -> None:
        """To an offer. Raises `NotAllowed`, `Unknown` and `ProgrammeError`."""
        await self._own(reader, session)

        def said(waiting: Waiting) -> Waiting:
            offer = waiting.offer
            if offer is None or offer.starts_at != starts_at or offer.expires_at <= self._clock.now():
                raise ProgrammeError("offer_gone", "This time is no longer open. Your appointment stays as it is.")
            if reader.person in offer.answers:
                raise ProgrammeError("offer_answered", "You’ve answered already. Thank you.")
            return waiting.answered(reader.person, yes)

        await self._change(session, said)
        await self._promise(session, SettleOffer(session, starts_at), self._clock.now(), reader.person)

    async def of(self, person: str, appointment: Appointment) -> tuple[bool, Waiting | None]:
        """Whether somebody asked for an earlier time than this one; and the record where it holds an offer to them."""
        kept = await self._records.get(SYSTEM, Waiting, appointment.id)
        if kept is None:
            return False, None
        offer = kept.value.offer
        live = offer is not None and offer.expires_at > self._clock.now() and person in appointment.people.values()
        return person in kept.value.by, kept.value if live else None

    async def offer(self, session: str) -> Offer | None:
        """The free time that a session is offered now."""
        kept = await self._records.get(SYSTEM, Waiting, session)
        return None if kept is None else kept.value.offer

    # What the outbox asks for

    async def await_time(self, session: str) -> None:
        """No new time was found: its partners wait for one. Repeatable."""
        appointment = await self._directory.appointment(session)
        if appointment is None:
            return
        people = tuple(partners_of(appointment).values())
        await self._surely(session, lambda one: replace(one, by=people))

    async def refill(self, session: str, starts_at: datetime) -> None:
        """The slot that this session had is free. Repeatable."""
        appointment = await self._directory.appointment(session)
        if appointment is None or starts_at <= self._clock.now():
            return
        if (await self._dispatcher.session(session)).over and appointment.starts_at == starts_at:
            await self._bookings.cancel(session)  # it can't be held there any more, whatever becomes of it
        await self._offer(appointment.people.get(THERAPIST, ""), starts_at, appointment.minutes)

    async def settle(self, session: str, starts_at: datetime) -> None:
        """Everybody has answered, or the time to answer is over. Repeatable."""
        kept = await self._records.get(SYSTEM, Waiting, session)
        appointment = await self._directory.appointment(session)
        if kept is None or appointment is None or kept.value.offer is None:
            return
        offer, now = kept.value.offer, self._clock.now()
        standing = offer.standing(partners_of(appointment).values())
        if offer.starts_at != starts_at or (standing is Standing.OPEN and now < offer.expires_at):
            return
        if standing is Standing.AGREED and await self._take(appointment, starts_at):
            await self._surely(session, Waiting.placed)
            return
        await self._surely(session, Waiting.not_taken)
        await self._bookings.release(_hold(session, starts_at))
        await self._offer(appointment.people.get(THERAPIST, ""), starts_at, appointment.minutes)

    # One after the other

    async def _offer(self, host: str, starts_at: datetime, minutes: int) -> None:
        programme = await self._clinic()
        notice = MINIMUM_NOTICE if programme is None else timedelta(hours=programme.notice_hours)
        now = self._clock.now()
        expires = min(now + ANSWER_WITHIN, starts_at - notice)
        if expires - now < LEAST:
            return
        rules = Rules() if programme is None else Rules(earliest=programme.earliest, latest=programme.latest)
        for kept in sorted(await self._records.all(SYSTEM, Waiting), key=lambda one: (one.value.since, one.id)):
            appointment = await self._directory.appointment(kept.id)
            if appointment is None or appointment.people.get(THERAPIST) != host or appointment.minutes > minutes:
                continue
            if kept.value.offer is not None and kept.value.offer.starts_at == starts_at:
                return await self._tell(appointment, kept.value)  # a repeat after a crash
            if await self._fits(kept.value, appointment, starts_at, rules) and await self._hold_for(
                kept, appointment, starts_at, expires
            ):
                return

    async def _fits(self, waiting: Waiting, appointment: Appointment, starts_at: datetime, rules: Rules) -> bool:
        if not waiting.by or waiting.offer is not None or starts_at in waiting.refused:
            return False
        session = await self._dispatcher.session(appointment.id)
        earlier = _movable(appointment, session) and starts_at < appointment.starts_at
        if not earlier and not _unplaced(session):
            return False
        people = sorted(those_needed(appointment).items(), key=lambda one: one[0] != THERAPIST)
        until = starts_at + timedelta(minutes=appointment.minutes)
        found = await self._calendars.of([id for _, id in people], starts_at, until, self._clock.now())
        if len(found) != len(people):
            return False
        slots = find_slots(found, minutes=appointment.minutes, after=starts_at, until=until, rules=rules, count=1)
        return bool(slots)

    async def _hold_for(
        self, kept: Kept[Waiting], appointment: Appointment, starts_at: datetime, expires: datetime
    ) -> bool:
        people = list(appointment.people.values())
        slot, now = HeldSlot(0, starts_at, appointment.minutes), self._clock.now()
        if not await self._bookings.hold(_hold(kept.id, starts_at), people, [slot], expires, now):
            return False
        try:
            fresh = await self._records.change(SYSTEM, kept.value.offered(starts_at, expires), kept)
        except Outdated:  # somebody asked no longer, or was offered another time
            offer = await self.offer(kept.id)
            if offer is None or offer.starts_at != starts_at:
                await self._bookings.release(_hold(kept.id, starts_at))
            return False
        await self._tell(appointment, fresh.value)
        return True

    async def _tell(self, appointment: Appointment, waiting: Waiting) -> None:
        assert waiting.offer is not None
        starts_at, now = waiting.offer.starts_at, self._clock.now()
        for person in partners_of(appointment).values():
            await self._promise(appointment.id, OfferMail(appointment.id, person, starts_at), now, person)
        await self._promise(appointment.id, SettleOffer(appointment.id, starts_at), waiting.offer.expires_at, "end")

    # Taken

    async def _take(self, appointment: Appointment, starts_at: datetime) -> bool:
        """Everybody said yes: the session is moved there, or, where it was over, booked anew. Repeatable."""
        session, now = await self._dispatcher.session(appointment.id), self._clock.now()
        if session.rescheduling is not None and session.rescheduling.booked_at == starts_at:
            return True
        if not _unplaced(session):
            if await self._bookings.move(appointment.id, starts_at, now, hold=_hold(appointment.id, starts_at)) is None:
                return False
            return (await self._dispatcher.submit(appointment.id, ChangeTime(starts_at))).refusal is None
        assert session.rescheduling is not None
        id = f"{appointment.id}w{session.rescheduling.round}"
        fresh = replace(appointment, id=id, uid=f"{id}@dyad", sequence=0, starts_at=starts_at, status="booked")
        slot = HeldSlot(0, starts_at, appointment.minutes)
        if not await self._bookings.book(_hold(appointment.id, starts_at), slot, fresh, now):
            return False
        await self._dispatcher.submit(id, PlanSession(await plan_of(fresh, self._directory)))
        await self._dispatcher.submit(appointment.id, ReportBooked(id, starts_at))
        return True

    # The record

    async def _own(self, reader: Reader, session: str) -> Appointment:
        demand(reader, "use the portal")
        appointment = await self._directory.appointment(session)
        if appointment is None or reader.person not in partners_of(appointment).values():
            raise Unknown
        if kind_of(appointment) is Kind.GROUP:
            raise Unknown
        return appointment

    async def _change(self, session: str, change: Change) -> None:
        for _ in range(TRIES):
            kept = await self._records.get(SYSTEM, Waiting, session)
            before = Waiting(self._clock.now(), ()) if kept is None else kept.value
            after = change(before)
            if not before.by and after.by:  # whoever comes back waits from now on
                after = replace(after, since=self._clock.now())
            if after == before:
                return
            try:
                await self._records.put(SYSTEM, after, session, "", Wall.CARE, 0 if kept is None else kept.revision)
                return
            except Outdated:
                continue
        raise Outdated

    async def _surely(self, session: str, change: Change) -> None:
        """As `_change`, for the outbox, which tries again."""
        try:
            await self._change(session, change)
        except Outdated:
            raise NotSent("others are writing there", again=True) from None

    async def _promise(self, session: str, effect: OfferMail | SettleOffer, at: datetime, who: str) -> None:
        fields = {name: getattr(effect, name) for name in effect.__slots__}
        body = json.dumps(fields, default=datetime.isoformat)
        id = f"wait-{session}.{effect.starts_at:%Y%m%dT%H%M}.{type(effect).__name__}.{who}"
        # A queue of its own: the end of an offer, hours away, must hold up nothing.
        await self._outbox.post(id, OutboxDraft(id, type(effect).__name__, body, at))


def _hold(session: str, starts_at: datetime) -> str:
    """Each offer's own: another for the same session leaves it alone."""
    return f"wait-{session}.{starts_at:%Y%m%dT%H%M}"


def _movable(appointment: Appointment, session: Session) -> bool:
    return appointment.status == "booked" and session.plan is not None and session.status is Status.PLANNED


def _unplaced(session: Session) -> bool:
    """Over, and no new time was found."""
    plan = session.rescheduling
    return session.over and plan is not None and plan.status in UNPLACED
