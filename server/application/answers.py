"""What somebody says of one session by the link of its reminder: I'll be there, I'll be late, I can't come (K14)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from server.application.dispatcher import Dispatcher
from server.application.links import SESSION_LINK, LinkDesk, LinkRefused
from server.application.planning import partners_of
from server.application.ports import Appointment, Clock, Directory, LinkGrant, Person
from server.domain.attendance import PartnerState
from server.domain.reminders import Answer, Said
from server.domain.session.commands import Command, ConfirmComing, DeclareAbsence, RunLate
from server.domain.session.refusals import Refusal
from server.domain.session.state import Seat, Session
from server.domain.session.views import Place, Status

OPENS = timedelta(minutes=30)  # before the start


class Answers:
    def __init__(
        self, dispatcher: Dispatcher, directory: Directory, links: LinkDesk, clock: Clock, base_url: str
    ) -> None:
        self._dispatcher, self._directory, self._links = dispatcher, directory, links
        self._clock, self._base = clock, base_url

    async def link(self, person: Person, appointment: Appointment, who: str) -> str:
        """The address of their own page for this one session."""
        valid = max(appointment.starts_at - self._clock.now(), timedelta(0)) + SESSION_LINK
        return f"{self._base}/answer#{await self._links.mint(person.id, appointment.id, who, 'answer', valid)}"

    async def page(self, grant: LinkGrant) -> dict[str, Any]:
        """What the page shows; it names nobody, since a text may have gone to a number that was mistyped."""
        session, appointment, person = await self._of(grant)
        assert session.plan is not None
        seat, opens = session.seats[grant.participant], appointment.starts_at - OPENS
        state = _state(session, appointment, grant.participant)
        return {
            "language": person.language,
            "zone": person.zone,
            "starts_at": appointment.starts_at,
            "minutes": appointment.minutes,
            "phone": session.plan.clinic_phone,
            "state": state,
            "said": said(seat),
            "late_until": seat.late_until,
            "opens_at": opens,
            "open": state in ("open", "begun") and self._clock.now() >= opens,
        }

    async def say(self, grant: LinkGrant, answer: Answer, cmd: str | None = None) -> Refusal | None:
        """The answer counts, if it still can; said again it changes nothing. `cmd` names the one who says it."""
        session, appointment, _ = await self._of(grant)
        if _state(session, appointment, grant.participant) == "over":
            return None
        command = self._command(grant.participant, answer, appointment.starts_at)
        return (await self._dispatcher.submit(appointment.id, command, cmd)).refusal

    async def join(self, grant: LinkGrant) -> str | None:
        """A token for the session itself, once the waiting room is open; None before that and afterwards."""
        if not (await self.page(grant))["open"]:
            return None
        assert grant.session is not None
        return await self._links.mint(grant.person, grant.session, grant.participant, "session", SESSION_LINK)

    async def _of(self, grant: LinkGrant) -> tuple[Session, Appointment, Person]:
        session = await self._dispatcher.session(grant.session or "")
        appointment = await self._directory.appointment(session.id)
        person = await self._directory.person(grant.person)
        if appointment is None or person is None or session.plan is None:
            raise LinkRefused("link_unknown")
        if partners_of(appointment).get(grant.participant) != grant.person:
            raise LinkRefused("link_unknown")
        return session, appointment, person

    def _command(self, who: str, answer: Answer, starts_at: datetime) -> Command:
        match answer:
            case Answer(Said.LATE, minutes=int(minutes)):
                return RunLate(who, max(self._clock.now(), starts_at) + timedelta(minutes=minutes))
            case Answer(Said.CANT, reason=reason) if reason is not None:
                return DeclareAbsence(who, reason)
        return ConfirmComing(who)


def said(seat: Seat) -> Said | None:
    """What they said last of coming."""
    if seat.state is PartnerState.DECLARED_ABSENT:
        return Said.CANT
    if seat.late_until is not None:
        return Said.LATE
    return None if seat.confirmed_at is None else Said.YES


def answerable(session: Session, who: str) -> bool:
    """Whether an answer of theirs still changes anything."""
    return session.status is Status.PLANNED and who in session.partners and not session.seats[who].present


def _state(session: Session, appointment: Appointment, who: str) -> str:
    """ "open" (to be answered), "begun" (or they are here already), or "over" (also for who is seen another time)."""
    gone = who not in session.partners or session.seats[who].place is Place.REMOVED
    if session.over or appointment.status != "booked" or gone:
        return "over"
    return "open" if answerable(session, who) else "begun"
