"""What is written to people: each letter is composed at the moment of sending, from what is true then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from server.application.answers import Answers, answerable
from server.application.contacts import Contacts
from server.application.dispatcher import Dispatcher
from server.application.links import SESSION_LINK, LinkDesk
from server.application.planning import people_of
from server.application.ports import (
    Appointment,
    Bookings,
    CalendarItem,
    Clock,
    Directory,
    Letter,
    NotYet,
    Person,
    Post,
)
from server.application.roles import CLIENT
from server.application.series import in_series, place_in_series, series_of
from server.domain.attendance import PartnerState
from server.domain.programme import Programme
from server.domain.programme.waiting import Offer
from server.domain.session.effects import TEAM
from server.domain.session.plan import role_of
from server.domain.session.state import Session
from server.domain.session.views import Status

TEAM_LINK = timedelta(days=7)
PROPOSAL_LINK = timedelta(days=3)
OWN_LINK = timedelta(days=130)  # a whole programme and what comes before and after it
IMMEDIATE = ("nudge", "stand_in")  # people wait: later they would say nothing


class Letters:
    def __init__(
        self,
        dispatcher: Dispatcher,
        directory: Directory,
        bookings: Bookings,
        links: LinkDesk,
        post: Post,
        clock: Clock,
        base_url: str,
        team: str,
        clinic: Callable[[], Awaitable[Programme | None]],
        offer: Callable[[str], Awaitable[Offer | None]],
        contacts: Contacts,
        answers: Answers,
    ) -> None:
        """`team` is the person who stands for the treatment team; `base_url` begins every link.

        `clinic` tells of the programme, once there is one; `offer` of the free time that a session is offered.
        """
        self._dispatcher, self._directory, self._bookings = dispatcher, directory, bookings
        self._links, self._post, self._clock = links, post, clock
        self._base, self._team, self._clinic, self._offer = base_url, team, clinic, offer
        self._contacts, self._answers = contacts, answers

    async def send(self, id: str, session_id: str, kind: str, to: str) -> None:
        """Compose and send; nothing is sent where it is no longer true. Raises `NotYet` and `NotSent`."""
        session = await self._dispatcher.session(session_id)
        appointment = await self._directory.appointment(session_id)
        if session.plan is None or appointment is None:
            return
        person = await self._directory.person(self._team if to == TEAM else people_of(appointment).get(to, ""))
        if person is None:
            return
        if kind not in IMMEDIATE:
            await self._wait_for_safe_hours(person)
        letter = Letter(
            id,
            kind,
            person.name,
            person.email,
            person.zone,
            session.plan.clinic_name,
            session.plan.clinic_phone,
            session=session_id,
            language=person.language,
            starts_at=appointment.starts_at,
            minutes=appointment.minutes,
            sent_at=self._clock.now(),
        )
        composed = await self._compose(letter, session, appointment, person, to)
        if composed is not None:
            await self._post.send(composed)

    async def welcome(self, id: str, person_id: str) -> None:
        """The link that is somebody's own, to the portal or to the clinic's page. Raises `NotYet` and `NotSent`."""
        person = await self._directory.person(person_id)
        programme = await self._clinic()
        if person is None or programme is None:
            return
        await self._wait_for_safe_hours(person)
        client = person.role == "partner"
        purpose, participant = ("portal", CLIENT) if client else ("clinic", person.role)
        token = await self._links.mint(person.id, None, participant, purpose, OWN_LINK)
        await self._post.send(
            Letter(
                id,
                "welcome" if client else "welcome_staff",
                person.name,
                person.email,
                person.zone,
                programme.clinic_name,
                programme.clinic_phone,
                language=person.language,
                link=f"{self._base}/{purpose}#{token}",
            )
        )

    async def opened(self, id: str, session_id: str, person_id: str, starts_at: datetime) -> None:
        """A time that became free, for as long as it is held for them. Raises `NotYet` and `NotSent`."""
        appointment, person = await self._directory.appointment(session_id), await self._directory.person(person_id)
        offer, programme = await self._offer(session_id), await self._clinic()
        if appointment is None or person is None or programme is None or offer is None:
            return
        if offer.starts_at != starts_at or person_id in offer.answers or offer.expires_at <= self._clock.now():
            return
        await self._wait_for_safe_hours(person)
        token = await self._links.mint(person.id, None, CLIENT, "portal", OWN_LINK)
        await self._post.send(
            Letter(
                id,
                "opened",
                person.name,
                person.email,
                person.zone,
                programme.clinic_name,
                programme.clinic_phone,
                language=person.language,
                link=f"{self._base}/portal#{token}",
                starts_at=starts_at,
                minutes=appointment.minutes,
                answer_by=offer.expires_at,
            )
        )

    async def week(self, id: str, person_id: str, appointments: Sequence[str]) -> None:
        """What was newly booked for somebody, in one message. Raises `NotYet` and `NotSent`."""
        person, programme = await self._directory.person(person_id), await self._clinic()
        found = [await self._directory.appointment(one) for one in appointments]
        now = self._clock.now()
        coming = [one for one in found if one and one.status == "booked" and one.ends_at > now]
        theirs = [one for one in coming if person_id in one.people.values()]
        if person is None or programme is None or not theirs:
            return
        await self._wait_for_safe_hours(person)
        theirs.sort(key=lambda one: one.starts_at)
        token = await self._links.mint(person.id, None, CLIENT, "portal", OWN_LINK)
        await self._post.send(
            Letter(
                id,
                "week",
                person.name,
                person.email,
                person.zone,
                programme.clinic_name,
                programme.clinic_phone,
                language=person.language,
                link=f"{self._base}/portal#{token}",
                times=tuple(one.starts_at for one in theirs),
                items=await self._items(theirs),
                method="PUBLISH",
                sent_at=self._clock.now(),
            )
        )

    async def _items(self, appointments: Sequence[Appointment]) -> tuple[CalendarItem, ...]:
        """Each of a series' sessions is in the one item of it."""
        single, series = await in_series(self._directory, appointments)
        items = [CalendarItem(one.uid, one.sequence, one.starts_at, one.minutes) for one in single]
        items += [CalendarItem(one.uid, one.sequence, one.first, one.minutes, one) for one in series.values()]
        return tuple(items)

    async def _wait_for_safe_hours(self, person: Person) -> None:
        """Raises `NotYet` where it isn't safe to write to them now."""
        now = self._clock.now()
        safe = (await self._contacts.quiet(person)).next_safe(now)
        if safe > now:
            raise NotYet(safe)

    async def _compose(
        self, letter: Letter, session: Session, appointment: Appointment, person: Person, to: str
    ) -> Letter | None:
        match letter.kind:
            case "nudge":
                if session.seats[to].state is not PartnerState.EXPECTED or session.status is not Status.PLANNED:
                    return None
                return replace(letter, link=await self._session_link(person, appointment, to))
            case "stand_in":
                if session.therapist.connected or session.over:
                    return None
                return replace(letter, link=await self._session_link(person, appointment, to))
            case "substitute_wanted" | "review" | "outreach":
                token = await self._links.mint(person.id, session.id, "team", "team", TEAM_LINK)
                return replace(letter, link=f"{self._base}/team#{token}")
            case "reply_unclear" | "away_noted":
                if not answerable(session, to):
                    return None
                return replace(letter, link=await self._answers.link(person, appointment, to))
            case "new_times":
                return await self._new_times(letter, session, person, to)
            case "moved":
                return await self._moved(letter, appointment, person, to)
            case "booked":
                return await self._booked(letter, session, person, to)
            case "cancelled":
                cancelled = await self._bookings.cancel(appointment.id)
                if cancelled is None:
                    return None
                return await self._with_file(letter, cancelled, "CANCEL")
        return letter

    async def _new_times(self, letter: Letter, session: Session, person: Person, to: str) -> Letter | None:
        proposal = session.rescheduling
        if proposal is None or proposal.status != "proposed":
            return None
        token = await self._links.mint(person.id, session.id, to, "proposal", PROPOSAL_LINK)
        return replace(letter, link=f"{self._base}/times#{token}", times=proposal.starts, answer_by=proposal.expires_at)

    async def _moved(self, letter: Letter, appointment: Appointment, person: Person, to: str) -> Letter | None:
        if appointment.status != "booked":
            return None
        link = await self._session_link(person, appointment, to)
        return await self._with_file(replace(letter, link=link), appointment, "REQUEST")

    async def _with_file(self, letter: Letter, appointment: Appointment, method: str) -> Letter:
        letter = replace(letter, uid=appointment.uid, sequence=appointment.sequence, method=method)
        told, series = place_in_series(appointment), await series_of(self._directory, appointment)
        if told is None or series is None:
            return letter
        return replace(letter, series=series, number=told["number"], sequence=series.sequence)

    async def _booked(self, letter: Letter, session: Session, person: Person, to: str) -> Letter | None:
        proposal = session.rescheduling
        if proposal is None or proposal.appointment is None:
            return None
        new = await self._directory.appointment(proposal.appointment)
        if new is None or to not in new.people or new.status != "booked":
            return None
        link = await self._session_link(person, new, to)
        return replace(
            letter,
            link=link,
            starts_at=new.starts_at,
            minutes=new.minutes,
            uid=new.uid,
            sequence=new.sequence,
            method="REQUEST",
        )

    async def _session_link(self, person: Person, appointment: Appointment, to: str) -> str:
        valid = max(appointment.starts_at - self._clock.now(), timedelta(0)) + SESSION_LINK
        token = await self._links.mint(person.id, appointment.id, to, "session", valid)
        return f"{self._base}/{'console' if role_of(to) == 'therapist' else 'join'}#{token}"
