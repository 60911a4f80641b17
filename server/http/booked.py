"""What is booked for a couple, changed over REST: repeated weekly, moved, cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.application.accepting import Wanted
from server.application.changing import Changing
from server.application.chart import Reader
from server.application.links import LinkDesk
from server.application.repeating import Repeating
from server.http.bearer import json_body
from server.http.clinic import reader_of
from server.http.parsing import keys, plain, revision, value_of
from server.http.weeks import week_of


@dataclass(frozen=True, slots=True)
class BookedApi:
    """Changes answer with an empty object: the page looks at its week again."""

    repeating: Repeating
    changing: Changing
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        couple = "/v1/clinic/couples/{id}"
        return [
            web.post(couple + "/weeks/{number}/repeat/look", self.look),
            web.post(couple + "/weeks/{number}/repeat", self.repeat),
            web.post(couple + "/sessions/{session}/move", self.move),
            web.post(couple + "/sessions/{session}/cancel", self.cancel),
        ]

    async def look(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        session, weeks = keys(await json_body(request), "session", "weeks")
        found = await self.repeating.look(reader, *week_of(request), value_of(Wanted, session), revision(weeks))
        return web.json_response({"sessions": plain(found)})

    async def repeat(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        session, weeks, without, seen = keys(await json_body(request), "session", "weeks", "without", "seen")
        await self.repeating.book(
            reader,
            *week_of(request),
            value_of(Wanted, session),
            revision(weeks),
            value_of(frozenset[int], without),
            revision(seen),
        )
        return web.json_response({}, status=201)

    async def move(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        starts_at, seen = keys(await json_body(request), "starts_at", "seen")
        couple, session = request.match_info["id"], request.match_info["session"]
        await self.changing.move(reader, couple, session, value_of(datetime, starts_at), revision(seen))
        return web.json_response({})

    async def cancel(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        (seen,) = keys(await json_body(request), "seen")
        await self.changing.cancel(reader, request.match_info["id"], request.match_info["session"], revision(seen))
        return web.json_response({})

    async def _reader(self, request: web.Request) -> Reader:
        return await reader_of(request, self.links, "clinic")
