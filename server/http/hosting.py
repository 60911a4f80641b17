"""Who holds a session: what a therapist or the substitute may know before they open the console, and taking over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from server.application.dispatcher import Dispatcher
from server.application.links import LinkDesk
from server.application.ports import Directory, LinkGrant
from server.domain.session.commands import TakeOver
from server.domain.session.state import HOSTS, THERAPIST, Session
from server.http.bearer import grant_of, json_body
from server.http.problems import Problem


@dataclass(frozen=True, slots=True)
class HostingApi:
    """`GET` and `POST /v1/hosting`, for the links of the session's therapist and its substitute."""

    dispatcher: Dispatcher
    directory: Directory
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/hosting", self.look), web.post("/v1/hosting", self.take_over)]

    async def look(self, request: web.Request) -> web.Response:
        grant = await self._grant(request)
        assert grant.session is not None
        return web.json_response(await self._told(grant, await self.dispatcher.session(grant.session)))

    async def take_over(self, request: web.Request) -> web.Response:
        """Refused with `host_here` while whoever holds it is connected; again by the same one is no fault."""
        grant = await self._grant(request)
        if await json_body(request):
            raise Problem(400, "malformed", "Send an empty object.")
        assert grant.session is not None
        reply = await self.dispatcher.submit(grant.session, TakeOver(grant.participant))
        if reply.refusal is not None:
            raise Problem(409, reply.refusal.code, reply.refusal.message)
        return web.json_response(await self._told(grant, reply.session))

    async def _grant(self, request: web.Request) -> LinkGrant:
        grant = await grant_of(request, self.links, "session")
        if grant.participant not in HOSTS or grant.session is None:
            raise Problem(403, "not_allowed", "This is for the programme's staff.")
        return grant

    async def _told(self, grant: LinkGrant, session: Session) -> dict[str, Any]:
        person = await self.directory.person(grant.person)
        if session.plan is None or person is None:
            raise Problem(404, "session_unknown", "There is no such session.")
        return {
            "name": person.name,
            "zone": person.zone,
            "hosting": session.host == grant.participant,
            "host": session.invitees[THERAPIST].name,
            "host_here": session.therapist.connected,
            "title": " & ".join(session.invitees[key].name for key in session.invited),
            "kind": session.plan.kind,
            "starts_at": session.plan.starts_at.isoformat(),
            "minutes": session.plan.minutes,
            "over": session.over,
        }
