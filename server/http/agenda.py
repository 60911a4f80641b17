"""The first session's agenda on the screen of whoever holds it: the same record as on the clinic's page (A12)."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.application.care import Care
from server.application.chart import Reader
from server.application.links import LinkDesk
from server.application.ports import Directory
from server.application.relapse_plan import RelapsePlans
from server.domain.programme import Intake
from server.http.bearer import grant_of, json_body
from server.http.holding import holding
from server.http.parsing import keys, plain, revision, value_of

SHOWN = ("key", "name", "signed")


@dataclass(frozen=True, slots=True)
class AgendaApi:
    """`/v1/agenda`, for the link of a session's therapist; a change names the revision that was seen."""

    care: Care
    plans: RelapsePlans
    directory: Directory
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/agenda", self.read), web.put("/v1/agenda", self.keep)]

    async def read(self, request: web.Request) -> web.Response:
        return await self._told(*await self._asked(request))

    async def keep(self, request: web.Request) -> web.Response:
        reader, couple = await self._asked(request)
        intake, seen = keys(await json_body(request), "intake", "seen")
        await self.care.set_intake(reader, couple, value_of(Intake, intake), revision(seen))
        return await self._told(reader, couple)

    async def _told(self, reader: Reader, couple: str) -> web.Response:
        seen = await self.care.couple(reader, couple)
        partners = [{name: one[name] for name in SHOWN} for one in seen["partners"]]
        told = {name: seen[name] for name in ("intake", "intake_revision", "agreement")}
        return web.json_response(plain({**told, "partners": partners}))

    async def _asked(self, request: web.Request) -> tuple[Reader, str]:
        grant = await grant_of(request, self.links, "session")
        return await holding(grant, self.directory, self.plans.couples_of)
