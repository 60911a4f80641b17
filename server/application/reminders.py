"""Reminders: promised with the plan of a session, and looked at again at the moment of sending (R4).

A promise is a row of the outbox in a queue of its own. What it says, to whom, where and in which words is what is true
when it is sent; whatever is no longer true is not sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.application.answers import Answers
from server.application.contacts import Contacts
from server.application.dispatcher import Dispatcher
from server.application.links import SESSION_LINK, LinkDesk
from server.application.planning import partners_of
from server.application.ports import (
    Appointment,
    Clock,
    Codec,
    Directory,
    Letter,
    NotYet,
    Outbox,
    OutboxDraft,
    Person,
    Post,
    TextNote,
    Texts,
)
from server.domain.attendance import PartnerState
from server.domain.reminders import Ahead, Channel, Drop, Wait, due, moment
from server.domain.session.effects import Remind
from server.domain.session.plan import Plan
from server.domain.session.state import Session
from server.domain.session.views import Place, Status

AWAITED = (PartnerState.EXPECTED, PartnerState.ATTEMPTED)


@dataclass(frozen=True, slots=True)
class Ways:
    """How a reminder reaches somebody. `texts` and `reply_domain` are None where the clinic has no such thing."""

    post: Post
    texts: Texts | None = None
    reply_domain: str | None = None


class Reminders:
    def __init__(
        self,
        dispatcher: Dispatcher,
        directory: Directory,
        outbox: Outbox,
        codec: Codec,
        contacts: Contacts,
        answers: Answers,
        replies: LinkDesk,
        ways: Ways,
        clock: Clock,
    ) -> None:
        """`replies` mints what stands in a mail address, where capitals may get lost on the way."""
        self._dispatcher, self._directory, self._outbox, self._codec = dispatcher, directory, outbox, codec
        self._contacts, self._answers, self._replies, self._ways = contacts, answers, replies, ways
        self._clock = clock

    @property
    def texts(self) -> bool:
        """Whether the clinic can send texts."""
        return self._ways.texts is not None

    async def promise(self, session_id: str) -> None:
        """Rows for whatever is still to come of a session's reminders. Repeatable; the last call says when."""
        session, appointment = await self._look(session_id)
        if appointment is None:
            return
        for who, id in partners_of(appointment).items():
            person = await self._directory.person(id)
            if person is None or who not in session.partners:
                continue
            hours = await self._contacts.hours(person)
            for ahead in Ahead:
                at = moment(ahead, appointment.starts_at, hours)
                if at is not None and at > self._clock.now():
                    await self._promise(Remind(session_id, who, ahead, appointment.starts_at), at)

    async def promise_to(self, person: str, until: datetime) -> None:
        """Their hours have changed: when they are reminded of what is to come changes too."""
        for one in await self._directory.appointments_of(person, self._clock.now(), until):
            await self.promise(one.id)

    async def _promise(self, remind: Remind, at: datetime) -> None:
        id = f"remind-{remind.session}-{remind.who}-{remind.ahead}-{int(remind.starts_at.timestamp())}"
        await self._outbox.post(id, OutboxDraft(id, *self._codec.encode(remind), at))
        await self._outbox.redate(id, at)

    async def _look(self, session_id: str) -> tuple[Session, Appointment | None]:
        """The session, and its appointment while that is to take place."""
        session = await self._dispatcher.session(session_id)
        appointment = await self._directory.appointment(session_id)
        stands = session.status is Status.PLANNED and session.plan is not None
        if appointment is None or appointment.status != "booked" or not stands:
            return session, None
        return session, appointment

    async def send(self, id: str, remind: Remind) -> None:
        """Send it, if there is still something to say. Raises `NotYet` and `NotSent`."""
        session, appointment = await self._look(remind.session)
        if appointment is None or appointment.starts_at != remind.starts_at or not _awaited(session, remind):
            return
        person = await self._directory.person(partners_of(appointment).get(remind.who, ""))
        if person is None:
            return
        now = self._clock.now()
        match due(remind.ahead, appointment.starts_at, await self._contacts.hours(person), now):
            case Wait(until):
                raise NotYet(until)
            case Drop():
                return
        assert session.plan is not None
        wish = await self._contacts.wish(person.id)
        if wish.channel is Channel.TEXT and self._ways.texts is not None:
            link = await self._answers.link(person, appointment, remind.who)
            note = TextNote(id, wish.number, person.zone, person.language, appointment.starts_at, link)
            await self._ways.texts.send(note)
        elif wish.channel is not Channel.NONE:
            await self._ways.post.send(await self._letter(id, session.plan, appointment, person, remind.who))

    async def _letter(self, id: str, plan: Plan, appointment: Appointment, person: Person, who: str) -> Letter:
        return Letter(
            id,
            "reminder",
            person.name,
            person.email,
            person.zone,
            plan.clinic_name,
            plan.clinic_phone,
            language=person.language,
            session=appointment.id,
            link=await self._answers.link(person, appointment, who),
            starts_at=appointment.starts_at,
            minutes=appointment.minutes,
            sent_at=self._clock.now(),
            reply_to=await self._reply_address(person, appointment, who),
        )

    async def _reply_address(self, person: Person, appointment: Appointment, who: str) -> str | None:
        if self._ways.reply_domain is None:
            return None
        valid = appointment.starts_at - self._clock.now() + SESSION_LINK
        token = await self._replies.mint(person.id, appointment.id, who, "reply", valid)
        return f"reply+{token}@{self._ways.reply_domain}"


def _awaited(session: Session, remind: Remind) -> bool:
    """Whether this partner is still to come, and hasn't told us when."""
    if remind.who not in session.partners:
        return False
    seat = session.seats[remind.who]
    late = remind.ahead is Ahead.SOON and seat.late_until is not None
    return seat.state in AWAITED and seat.place is not Place.REMOVED and not late
