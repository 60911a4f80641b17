"""Messages that did not go out, over REST: for the treatment team and the administrator."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.application.dead_letters import Undelivered
from server.application.links import LinkDesk
from server.application.roles import ADMINISTRATOR, TEAM
from server.http.bearer import grant_of
from server.http.problems import Problem


@dataclass(frozen=True, slots=True)
class UndeliveredApi:
    """`GET /v1/undelivered`, and `POST /v1/undelivered/{id}/replay` or `…/discard`."""

    undelivered: Undelivered
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/undelivered", self.listed),
            web.post("/v1/undelivered/{id}/replay", self.replay),
            web.post("/v1/undelivered/{id}/discard", self.discard),
        ]

    async def listed(self, request: web.Request) -> web.Response:
        await self._staff(request)
        return web.json_response({"messages": await self.undelivered.all()})

    async def replay(self, request: web.Request) -> web.Response:
        await self._staff(request)
        return _settled(await self.undelivered.replay(request.match_info["id"]))

    async def discard(self, request: web.Request) -> web.Response:
        await self._staff(request)
        return _settled(await self.undelivered.discard(request.match_info["id"]))

    async def _staff(self, request: web.Request) -> None:
        grant = await grant_of(request, self.links, "team", "clinic")
        if grant.participant not in (TEAM, ADMINISTRATOR):
            raise Problem(403, "not_allowed", "This list is for the treatment team and the administrator.")


def _settled(done: bool) -> web.Response:
    if not done:
        raise Problem(404, "unknown", "This message is not on the list any more.")
    return web.json_response({})
