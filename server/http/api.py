"""REST under /v1: links, today's sessions, why, and the choice of new times."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from server.application.dispatcher import Dispatcher
from server.application.explain import explain
from server.application.links import LinkDesk, LinkRefused
from server.application.membership import Membership
from server.application.own_feed import FEED
from server.application.ports import Appointment, Clock, Codec, Directory, LinkGrant, Record
from server.domain.schedule import Wish
from server.domain.session.commands import AnswerTimes
from server.domain.session.plan import role_of
from server.domain.session.state import SUBSTITUTE, THERAPIST, Session
from server.http.bearer import grant_of, json_body
from server.http.parsing import value_of
from server.http.problems import Problem
from server.http.staff import host_of

STAFF = ("team", "administrator")  # participants of no session
REDEEM_RATE = 30  # attempts from one address in ten seconds
REDEEM_WINDOW = 10.0
EVENING = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Api:
    """The handlers and what they need; `sent` lists the demo's kept messages, or is None where mail really goes out."""

    dispatcher: Dispatcher
    directory: Directory
    record: Record
    codec: Codec
    links: LinkDesk
    clock: Clock
    sent: Callable[[], list[dict[str, Any]]] | None
    attempts: dict[str, list[float]]
    homes: Membership

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/links/redeem", self.redeem),
            web.get("/v1/sessions", self.sessions),
            web.get("/v1/sessions/{id}/explain", self.explain),
            web.get("/v1/proposal", self.proposal),
            web.post("/v1/proposal/answer", self.answer),
            web.get("/v1/demo/messages", self.messages),
        ]

    async def redeem(self, request: web.Request) -> web.Response:
        self._throttle(request.remote or "")
        body = await json_body(request)
        if set(body) != {"token"}:
            raise Problem(400, "malformed", "Send the link's token and nothing else.")
        grant = await self.links.resolve(body["token"])
        if grant.purpose in (FEED, "reply"):  # opens no page, and whoever has it learns no name
            raise LinkRefused("link_unknown")
        person = await self.directory.person(grant.person)
        role = role_of(grant.participant) if grant.session is not None else grant.participant
        role = grant.participant if grant.participant in STAFF else role
        return web.json_response(
            {
                "purpose": grant.purpose,
                "role": role,
                "session": grant.session,
                "name": person.name if person else "",
                "language": person.language if person else "en",
                "speed": self.clock.speed,
                "node": None if grant.session is None else self.homes.elsewhere(grant.session),
            }
        )

    def _throttle(self, remote: str) -> None:
        now = time.monotonic()
        if len(self.attempts) > 10_000:
            self.attempts.clear()
        recent = [at for at in self.attempts.get(remote, []) if now - at < REDEEM_WINDOW]
        if len(recent) >= REDEEM_RATE:
            raise Problem(429, "too_many_requests", "Too many tries. Please wait a moment.")
        self.attempts[remote] = [*recent, now]

    async def sessions(self, request: web.Request) -> web.Response:
        grant = await grant_of(request, self.links, "session", "team")
        host = await host_of(grant, self.directory)
        person = await self.directory.person(host)
        zone = ZoneInfo(person.zone if person else "UTC")
        now = self.clock.now()
        until = _today(now, zone) + timedelta(days=1 if grant.purpose == "session" else 35)
        rows = await self.directory.appointments_of(host, listed_since(now, zone), until)
        if grant.participant == SUBSTITUTE:  # stands in for this one session, and sees no other
            rows = [row for row in rows if row.id == grant.session]
        listed = [await self._row(row, grant) for row in rows]
        return web.json_response({"sessions": listed, "zone": zone.key})

    async def _row(self, row: Appointment, grant: LinkGrant) -> dict[str, Any]:
        session = await self.dispatcher.session(row.id)
        names = [session.plan.partners[k].name for k in session.plan.partners] if session.plan else []
        return {
            "id": row.id,
            "starts_at": row.starts_at.isoformat(),
            "minutes": row.minutes,
            "kind": session.plan.kind if session.plan else "couples",
            "title": " & ".join(names),
            "status": "cancelled" if row.status == "cancelled" else session.status,
            "note": session.plan.focus[0] if session.plan and session.plan.focus else "",
            "current": row.id == grant.session,
        }

    async def explain(self, request: web.Request) -> web.Response:
        grant = await grant_of(request, self.links, "session", "team")
        host = await host_of(grant, self.directory)
        appointment = await self.directory.appointment(request.match_info["id"])
        foreign = grant.participant == SUBSTITUTE and request.match_info["id"] != grant.session
        if appointment is None or appointment.people.get(THERAPIST) != host or foreign:
            raise Problem(404, "session_unknown", "There is no such session.")
        return web.json_response(explain(appointment.id, await self.record.load(appointment.id), self.codec))

    async def proposal(self, request: web.Request) -> web.Response:
        grant = await grant_of(request, self.links, "proposal")
        session, zone = await self._proposed(grant)
        assert session.plan is not None
        proposal = session.rescheduling
        status = "closed"
        if proposal is not None and proposal.status == "proposed":
            status = "answered" if grant.participant in proposal.answers else "open"
        person = await self.directory.person(grant.person)
        return web.json_response(
            {
                "name": person.name if person else "",
                "zone": zone,
                "language": person.language if person else "en",
                "minutes": session.plan.minutes,
                "clinic_phone": session.plan.clinic_phone,
                "status": status,
                "times": [
                    {"id": n, "starts_at": at.isoformat()} for n, at in enumerate(proposal.starts if proposal else ())
                ],
                "answer_by": _iso(proposal.expires_at if proposal else None),
            }
        )

    async def _proposed(self, grant: LinkGrant) -> tuple[Session, str]:
        assert grant.session is not None
        session = await self.dispatcher.session(grant.session)
        person = await self.directory.person(grant.person)
        if session.plan is None or person is None:
            raise Problem(404, "session_unknown", "There is no such session.")
        return session, person.zone

    async def answer(self, request: web.Request) -> web.Response:
        grant = await grant_of(request, self.links, "proposal")
        body = await json_body(request)
        accept = body.get("accept")
        wishes = value_of(frozenset[Wish], body.pop("wishes", []))
        if set(body) != {"accept"} or not isinstance(accept, list) or len(accept) > 10:
            raise Problem(400, "malformed", "Send the times that work for you, as a list.")
        if not all(isinstance(index, int) and not isinstance(index, bool) for index in accept):
            raise Problem(400, "malformed", "A time is named by its number.")
        assert grant.session is not None
        reply = await self.dispatcher.submit(grant.session, AnswerTimes(grant.participant, frozenset(accept), wishes))
        if reply.refusal is not None:
            raise Problem(409, reply.refusal.code, reply.refusal.message)
        await self.links.use(grant)
        proposal = reply.session.rescheduling
        agreed = proposal is not None and proposal.agreed is not None
        status = "booked" if agreed else "none_suit" if not accept else "waiting"
        starts_at = proposal.starts[proposal.agreed] if proposal and proposal.agreed is not None else None
        return web.json_response({"status": status, "starts_at": _iso(starts_at)})

    async def messages(self, request: web.Request) -> web.Response:
        await grant_of(request, self.links, "team")
        if self.sent is None:
            raise Problem(404, "not_a_demo", "Messages are shown in a demo only.")
        return web.json_response({"messages": self.sent()})


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def listed_since(now: datetime, zone: ZoneInfo) -> datetime:
    """Today's midnight there, or six hours ago where that is earlier: past midnight one still sees the evening."""
    return min(_today(now, zone), now - EVENING)


def _today(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
