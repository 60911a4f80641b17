"""A client waits for an earlier time, and answers what is offered, over REST."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.application.chart import Reader
from server.application.links import LinkDesk
from server.application.portal import Portal
from server.application.waitlist import Waitlist
from server.http.bearer import json_body
from server.http.clinic import reader_of
from server.http.parsing import keys, plain, value_of


@dataclass(frozen=True, slots=True)
class WaitlistApi:
    """Each answer is the client's page as it stands after it."""

    portal: Portal
    waitlist: Waitlist
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        session = "/v1/portal/sessions/{id}"
        return [web.post(session + "/earlier", self.earlier), web.post(session + "/offer", self.answer)]

    async def earlier(self, request: web.Request) -> web.Response:
        reader = await reader_of(request, self.links, "portal")
        (wanted,) = keys(await json_body(request), "wanted")
        await self.waitlist.ask(reader, request.match_info["id"], value_of(bool, wanted))
        return await self._page(reader)

    async def answer(self, request: web.Request) -> web.Response:
        reader = await reader_of(request, self.links, "portal")
        starts_at, yes = keys(await json_body(request), "starts_at", "yes")
        session = request.match_info["id"]
        await self.waitlist.answer(reader, session, value_of(datetime, starts_at), value_of(bool, yes))
        return await self._page(reader)

    async def _page(self, reader: Reader) -> web.Response:
        return web.json_response(plain(await self.portal.page(reader)))
