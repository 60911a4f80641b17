"""Leaving in an instant. Over REST, because a page that is being replaced can still send this, and no socket frame."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.application.dispatcher import Dispatcher
from server.application.links import LinkDesk
from server.domain.session.commands import LeaveQuickly
from server.http.bearer import grant_of


@dataclass(frozen=True, slots=True)
class QuickExitApi:
    """`POST /v1/quick-exit` frees the seat. The answer is the same whatever came of it: nobody waits for it."""

    dispatcher: Dispatcher
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/quick-exit", self.leave)]

    async def leave(self, request: web.Request) -> web.Response:
        grant = await grant_of(request, self.links, "session")
        assert grant.session is not None
        await self.dispatcher.submit(grant.session, LeaveQuickly(grant.participant))
        return web.json_response({})
