"""Each client's own page: what is theirs, and what the two share; nothing that only the other did (A14, A15)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.application.care import Care
from server.application.chart import Reader, Unknown
from server.application.clinic import Clinic
from server.application.contacts import Contacts
from server.application.dispatcher import Dispatcher
from server.application.links import LinkDesk
from server.application.planning import partners_of, seat_in
from server.application.ports import Appointment, Clock, Directory
from server.application.records import Kept, Records, unless_outdated
from server.application.reminders import Reminders
from server.application.roles import demand
from server.application.sittings import Sitting, Sittings, coming_in, hours_in
from server.application.waitlist import Waitlist
from server.application.weeks import kind_of
from server.domain.attendance import PartnerState, Reason
from server.domain.hours import Measured, measured, midnight, monday_of
from server.domain.programme import Client, Couple, Programme, ProgrammeError, Signature
from server.domain.programme.contact import check_zone
from server.domain.programme.encouragement import kindness
from server.domain.reminders import Channel, ReminderWish
from server.domain.session.commands import Command, DeclareAbsence, RunLate, SetConsent, WithdrawAbsence
from server.domain.session.state import Session
from server.domain.session.views import Status
from server.domain.week.model import JOINT_KINDS

OPENS = timedelta(minutes=30)  # before the start
AHEAD, BACK = timedelta(days=35), timedelta(days=130)
MINUTE = timedelta(minutes=1)
LINK = timedelta(hours=12)
STRAND = 12  # sessions of the picture


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """What a client changes themselves."""

    solo_consent: bool
    safe_from: int
    safe_until: int
    language: str
    zone: str
    goals: tuple[str, ...]

    def __post_init__(self) -> None:
        check_zone(self.zone)


class Portal:
    def __init__(
        self,
        records: Records,
        clinic: Clinic,
        care: Care,
        directory: Directory,
        dispatcher: Dispatcher,
        links: LinkDesk,
        contacts: Contacts,
        reminders: Reminders,
        clock: Clock,
        waitlist: Waitlist,
    ) -> None:
        self._contacts, self._reminders = contacts, reminders
        self._records, self._clinic, self._care, self._directory = records, clinic, care, directory
        self._dispatcher, self._links, self._clock = dispatcher, links, clock
        self._waitlist = waitlist
        self._sittings = Sittings(dispatcher, directory)

    async def page(self, reader: Reader) -> dict[str, Any]:
        """Everything of the page. Raises `NotAllowed` and `Unknown`."""
        couple, programme, client = await self._own(reader)
        person = await self._directory.person(reader.person)
        now = self._clock.now()
        today = now.astimezone(ZoneInfo(programme.zone)).date()
        week = couple.value.week_of(today)
        sittings = await self._sittings.of([reader.person], now - BACK, now + AHEAD)
        sessions = [(one.appointment, one.session) for one in sittings]
        joint = self._strand(sessions)
        held = [mark["together"] for mark in joint if not mark["to_come"]]
        return {
            "name": client.value.name,
            "language": client.value.language,
            "zone": person.zone if person else "UTC",
            "clinic": {"name": programme.clinic_name, "phone": programme.clinic_phone},
            "week": week,
            "weeks": programme.weeks,
            "phase": programme.phase_at(week).name,
            "coming": [await self._coming(reader, *pair) for pair in sessions if self._is_coming(*pair)],
            "offers": [offer for pair in sessions if (offer := await self._offered(reader, *pair))],
            "together": joint[-STRAND:],
            "kindness": kindness(held),
            **self._own_week(reader, sittings, today, programme),
            "shared": {"goals": couple.value.goals, "coping": couple.value.coping},
            "agreement": await self._agreement(reader, client.value.language),
            "own": client.value,
            "seen": client.revision,
            "reminding": await self._reminding(reader),
        }

    async def _reminding(self, reader: Reader) -> dict[str, Any]:
        wish, seen = await self._contacts.own_wish(reader)
        return {"wish": wish, "seen": seen, "texts": self._reminders.texts}

    async def join(self, reader: Reader, session: str) -> str:
        """A link's token for one's own session. Raises `NotAllowed`, `Unknown` and `ProgrammeError`."""
        appointment, key = await self._own_session(reader, session)
        state = await self._dispatcher.session(session)
        if appointment.status != "booked" or state.over:
            raise ProgrammeError("session_over", "This appointment is over, or has been moved.")
        if self._clock.now() < appointment.starts_at - OPENS:
            raise ProgrammeError("too_early", "The waiting room opens half an hour before.")
        return await self._links.mint(reader.person, session, key, "session", LINK)

    async def tell(self, reader: Reader, session: str, reason: Reason | None, late: int | None) -> None:
        """Can't come (`reason`), comes `late` by so many minutes, or, with neither, comes after all.

        Raises `NotAllowed`, `Unknown` and `ProgrammeError` with the code of the session's refusal.
        """
        appointment, key = await self._own_session(reader, session)
        command: Command = WithdrawAbsence(key)
        if reason is not None:
            command = DeclareAbsence(key, reason)
        elif late is not None:
            command = RunLate(key, max(self._clock.now(), appointment.starts_at) + timedelta(minutes=late))
        reply = await self._dispatcher.submit(session, command)
        if reply.refusal is not None:
            raise ProgrammeError(reply.refusal.code, reply.refusal.message)

    async def set_own(self, reader: Reader, own: OwnSettings, seen: int) -> None:
        """Raises `NotAllowed`, `Outdated` and `ProgrammeError`. A consent counts at once, also in planned sessions."""
        _, _, client = await self._own(reader)
        unless_outdated(client, seen)
        settings = {name: getattr(own, name) for name in OwnSettings.__slots__ if name != "zone"}
        await self._records.change(reader, replace(client.value, **settings), client)
        person = await self._directory.person(reader.person)
        if person is not None and (person.language, person.zone) != (own.language, own.zone):
            await self._directory.add_person(replace(person, language=own.language, zone=own.zone))
        now = self._clock.now()
        for one in await self._directory.appointments_of(reader.person, now - timedelta(days=1), now + BACK):
            await self._dispatcher.submit(one.id, SetConsent(seat_in(one, reader.person), own.solo_consent))
        await self._reminders.promise_to(reader.person, now + BACK)

    async def set_wish(self, reader: Reader, wish: ReminderWish, seen: int) -> None:
        """How this client wants to be reminded. Raises `NotAllowed`, `Outdated` and `ProgrammeError`."""
        demand(reader, "use the portal")
        if wish.channel is Channel.TEXT and not self._reminders.texts:
            raise ProgrammeError("no_texts", "This clinic doesn't send texts. Please choose mail.")
        await self._contacts.set_own_wish(reader, wish, seen)

    async def _own(self, reader: Reader) -> tuple[Kept[Couple], Programme, Kept[Client]]:
        demand(reader, "use the portal")
        couple, programme = await self._care.own_couple(reader), await self._clinic.programme(reader)
        if programme is None:
            raise Unknown
        return couple, programme.value, await self._clinic.client(reader, reader.person)

    async def _own_session(self, reader: Reader, session: str) -> tuple[Appointment, str]:
        demand(reader, "use the portal")
        appointment = await self._directory.appointment(session)
        if appointment is None or reader.person not in appointment.people.values():
            raise Unknown
        return appointment, seat_in(appointment, reader.person)

    def _is_coming(self, appointment: Appointment, session: Session) -> bool:
        end = appointment.starts_at + timedelta(minutes=appointment.minutes)
        return appointment.status == "booked" and not session.over and end > self._clock.now()

    async def _coming(self, reader: Reader, appointment: Appointment, session: Session) -> dict[str, Any]:
        asked, _ = await self._waitlist.of(reader.person, appointment)
        return {**self._row(reader, appointment, session), "asked_earlier": asked}

    async def _offered(self, reader: Reader, appointment: Appointment, session: Session) -> dict[str, Any] | None:
        """A time that became free, for this client to say yes or no to. The other's answer isn't told."""
        _, waiting = await self._waitlist.of(reader.person, appointment)
        if waiting is None or waiting.offer is None:
            return None
        return {
            "session": appointment.id,
            "kind": kind_of(appointment),
            "with": self._row(reader, appointment, session)["with"],
            "host": session.plan.therapist.name if session.plan else "",
            "starts_at": waiting.offer.starts_at,
            "minutes": appointment.minutes,
            "instead_of": None if session.over else appointment.starts_at,
            "answer_by": waiting.offer.expires_at,
            "answered": waiting.offer.answers.get(reader.person),
        }

    def _row(self, reader: Reader, appointment: Appointment, session: Session) -> dict[str, Any]:
        key = seat_in(appointment, reader.person)
        seat, joint = session.seats.get(key), kind_of(appointment) in JOINT_KINDS
        others = (
            [one.name.split()[0] for who, one in session.plan.partners.items() if who != key] if session.plan else []
        )
        opens = appointment.starts_at - OPENS
        return {
            "id": appointment.id,
            "kind": kind_of(appointment),
            "with": others[0] if joint and others else "",
            "host": session.plan.therapist.name if session.plan else "",
            "starts_at": appointment.starts_at,
            "minutes": appointment.minutes,
            "opens_at": opens,
            "open": self._clock.now() >= opens,
            "away": seat is not None and seat.state is PartnerState.DECLARED_ABSENT,
            "late_until": None if seat is None else seat.late_until,
        }

    def _strand(self, sessions: list[tuple[Appointment, Session]]) -> list[dict[str, Any]]:
        """The joint sessions, of which both know whether they were there together."""
        found = []
        for appointment, session in sessions:
            if kind_of(appointment) not in JOINT_KINDS:
                continue
            to_come = self._is_coming(appointment, session)
            if not to_come and session.status not in (Status.ENDED, Status.RESCHEDULED):
                continue
            key = next(iter(partners_of(appointment)))
            together = bool(measured(session, key, self._clock.now()).joint)
            found.append({"starts_at": appointment.starts_at, "together": together, "to_come": to_come})
        return found

    def _own_week(
        self, reader: Reader, sittings: list[Sitting], today: date, programme: Programme
    ) -> dict[str, dict[str, int]]:
        """This client's own week by kind of work: minutes so far, and what is still to come, whatever the other said
        about it (A15)."""
        now, zone, monday = self._clock.now(), ZoneInfo(programme.zone), monday_of(today)
        since, to = midnight(monday, zone), midnight(monday + timedelta(weeks=1), zone)
        week = [one for one in sittings if since <= one.appointment.starts_at < to]
        left, sessions = coming_in(week, reader.person, now, own_word_only=True)
        done = hours_in(week, reader.person, now).measured
        return {"minutes": _by_kind(done), "minutes_to_come": _by_kind(left), "sessions_to_come": sessions}

    async def _agreement(self, reader: Reader, language: str) -> dict[str, Any]:
        agreement, version = await self._care.agreement(reader)
        signature = await self._records.get(reader, Signature, reader.person)
        return {
            "paragraphs": agreement.paragraphs[language],
            "version": version,
            "signed": signature is not None and signature.value.version == version,
            "signed_at": None if signature is None else signature.entry.at,
        }


def _by_kind(measured: Measured) -> dict[str, int]:
    return {
        "joint": measured.joint // MINUTE,
        "individual": measured.individual // MINUTE,
        "group": measured.group // MINUTE,
    }
