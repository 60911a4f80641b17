"""A person's own availability over REST, for the link to their own page; and their appointments as a calendar."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import ETag, web

from server.application.chart import Reader
from server.application.imported import Imports
from server.application.imports import CalendarRefused
from server.application.links import LinkDesk, LinkRefused
from server.application.own_calendar import Exceptions, OwnCalendar, OwnHours, Stays
from server.application.own_feed import OwnFeed
from server.http.bearer import bytes_body, grant_of, json_body
from server.http.parsing import keys, plain, value_of
from server.http.problems import Problem
from server.http.throttle import Throttle

MOST_BYTES = 1024 * 1024
NAME = "Calendar-Name"  # percent-encoded UTF-8: a name may tell more than an address of ours should hold


@asynccontextmanager
async def refusing() -> AsyncIterator[None]:
    """Turns what is wrong with a calendar into a problem."""
    try:
        yield
    except CalendarRefused as no:
        raise Problem(413 if no.code == "calendar_too_large" else 422, no.code, no.message) from None


@dataclass(frozen=True, slots=True)
class OwnCalendarApi:
    """Under `/v1/own`. Every change answers with all of it, as `GET /v1/own/availability` does."""

    own: OwnCalendar
    imports: Imports
    feed: OwnFeed
    links: LinkDesk
    brought: Throttle = field(default_factory=lambda: Throttle(20, 600))
    unknown: Throttle = field(default_factory=lambda: Throttle(30, 10))
    fetched: Throttle = field(default_factory=lambda: Throttle(30, 60))

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/own/availability", self.look),
            web.put("/v1/own/hours", self.hours),
            web.put("/v1/own/exceptions", self.exceptions),
            web.put("/v1/own/stays", self.stays),
            web.post("/v1/own/calendars/file", self.file),
            web.post("/v1/own/calendars/address", self.address),
            web.delete("/v1/own/calendars/{id}", self.drop),
            web.post("/v1/own/feed", self.renew),
            web.delete("/v1/own/feed", self.stop),
            web.get("/calendar/{token}.ics", self.subscribed),
        ]

    async def look(self, request: web.Request) -> web.Response:
        return await self._all(await self._reader(request))

    async def hours(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        zone, hours, seen = keys(await json_body(request), "zone", "hours", "seen")
        own = value_of(OwnHours, {"zone": zone, "hours": hours})
        await self.own.set_hours(reader, own, value_of(str, seen))
        return await self._all(reader)

    async def exceptions(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        away, extra, seen = keys(await json_body(request), "away", "extra", "seen")
        said = value_of(Exceptions, {"away": away, "extra": extra})
        await self.own.set_exceptions(reader, said, value_of(str, seen))
        return await self._all(reader)

    async def stays(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        elsewhere, seen = keys(await json_body(request), "elsewhere", "seen")
        said = value_of(Stays, {"elsewhere": elsewhere})
        await self.own.set_stays(reader, said, value_of(str, seen))
        return await self._all(reader)

    async def file(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        self.brought.count(reader.person)
        if request.content_type != "text/calendar":
            raise Problem(415, "not_a_calendar", "Send a calendar file, as text/calendar.")
        name = unquote(request.headers.get(NAME, ""))
        large = Problem(413, "calendar_too_large", "A calendar file has up to 1 MB. Export one without old events.")
        data = await bytes_body(request, MOST_BYTES, large)
        async with refusing():
            await self.imports.bring_file(reader, name, data)
        return await self._all(reader, 201)

    async def address(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        self.brought.count(reader.person)
        name, address = keys(await json_body(request), "name", "address")
        async with refusing():
            await self.imports.bring_address(reader, value_of(str, name), value_of(str, address))
        return await self._all(reader, 201)

    async def drop(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        await self.imports.drop(reader, request.match_info["id"])
        return await self._all(reader)

    async def renew(self, request: web.Request) -> web.Response:
        """201 with all of it and the `address`, which is not told again."""
        reader = await self._reader(request)
        self.brought.count(reader.person)
        if await json_body(request):
            raise Problem(400, "malformed", "Send an empty object.")
        address = await self.feed.renew(reader)
        return web.json_response({**plain(await self.own.look(reader)), "address": address}, status=201)

    async def stop(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        await self.feed.stop(reader)
        return await self._all(reader)

    async def subscribed(self, request: web.Request) -> web.Response:
        """The file, or 304. Whatever is wrong with the token, there is no such calendar."""
        remote, token = request.remote or "", request.match_info["token"]
        try:
            file = await self.feed.file(token)
        except LinkRefused:
            self.unknown.count(remote)
            raise Problem(404, "calendar_unknown", "There is no such calendar.") from None
        self.fetched.count(hashlib.sha256(token.encode()).hexdigest())
        tag = hashlib.sha256(file).hexdigest()[:32]
        headers: dict[str, Any] = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
        if any(one in (ETag(tag), ETag(tag, is_weak=True), ETag("*")) for one in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(body=file, content_type="text/calendar", charset="utf-8", headers=headers)

    async def _all(self, reader: Reader, status: int = 200) -> web.Response:
        return web.json_response(plain(await self.own.look(reader)), status=status)

    async def _reader(self, request: web.Request) -> Reader:
        grant = await grant_of(request, self.links, "portal", "clinic")
        return Reader(grant.person, grant.participant)
