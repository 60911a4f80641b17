"""A client's own page over REST, for the link that is theirs."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.application.care import Care
from server.application.chart import Reader
from server.application.links import LinkDesk
from server.application.portal import OwnSettings, Portal
from server.domain.attendance import Reason
from server.domain.programme import Signature
from server.domain.reminders import ReminderWish
from server.http.bearer import json_body
from server.http.clinic import reader_of
from server.http.parsing import keys, plain, revision, value_of
from server.http.problems import Problem

LATEST = 120  # min that somebody may be late


@dataclass(frozen=True, slots=True)
class PortalApi:
    """Under `/v1/portal`; each answer to a change is the page as it stands after it."""

    portal: Portal
    care: Care
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        session = "/v1/portal/sessions/{id}"
        return [
            web.get("/v1/portal", self.page),
            web.put("/v1/portal/own", self.own),
            web.put("/v1/portal/reminders", self.reminders),
            web.post("/v1/portal/agreement", self.sign),
            web.post(session + "/join", self.join),
            web.post(session + "/word", self.tell),
        ]

    async def page(self, request: web.Request) -> web.Response:
        return await self._page(await self._reader(request))

    async def own(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        own, seen = keys(await json_body(request), "own", "seen")
        await self.portal.set_own(reader, value_of(OwnSettings, own), revision(seen))
        return await self._page(reader)

    async def reminders(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        wish, seen = keys(await json_body(request), "wish", "seen")
        await self.portal.set_wish(reader, value_of(ReminderWish, wish), revision(seen))
        return await self._page(reader)

    async def sign(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        await self.care.sign(reader, value_of(Signature, await json_body(request)))
        return await self._page(reader)

    async def join(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        if await json_body(request):
            raise Problem(400, "malformed", "Send an empty object.")
        return web.json_response({"token": await self.portal.join(reader, request.match_info["id"])})

    async def tell(self, request: web.Request) -> web.Response:
        reader = await self._reader(request)
        reason, late = keys(await json_body(request), "reason", "late")
        if late is not None and (not isinstance(late, int) or isinstance(late, bool) or not 1 <= late <= LATEST):
            raise Problem(400, "malformed", f"Say how late, in 1 to {LATEST} minutes.")
        said = None if reason is None else value_of(Reason, reason)
        await self.portal.tell(reader, request.match_info["id"], said, late)
        return await self._page(reader)

    async def _page(self, reader: Reader) -> web.Response:
        return web.json_response(plain(await self.portal.page(reader)))

    async def _reader(self, request: web.Request) -> Reader:
        return await reader_of(request, self.links, "portal")
