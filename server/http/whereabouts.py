"""Where each partner is during this session: told by the partner, read by who holds it, and by nobody else."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from server.application.links import LinkDesk
from server.application.whereabouts import WhereaboutsDesk
from server.domain.whereabouts import Whereabouts
from server.http.bearer import grant_of, json_body
from server.http.parsing import plain, value_of
from server.http.problems import Problem
from server.http.throttle import Throttle

RATE, SECONDS = 20, 60.0  # times that one link tells it


@dataclass(frozen=True, slots=True)
class WhereaboutsApi:
    """`PUT` is a partner's, who can't read it back: a phone may be in other hands. `GET` is the host's."""

    desk: WhereaboutsDesk
    links: LinkDesk
    throttle: Throttle = field(default_factory=lambda: Throttle(RATE, SECONDS))

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/whereabouts", self.read), web.put("/v1/whereabouts", self.tell)]

    async def tell(self, request: web.Request) -> web.Response:
        grant = await grant_of(request, self.links, "session")
        self.throttle.count(grant.token_hash)
        refusal = await self.desk.tell(grant, value_of(Whereabouts, await json_body(request)))
        if refusal is not None:
            raise Problem(409, refusal.code, refusal.message)
        return web.json_response({})

    async def read(self, request: web.Request) -> web.Response:
        grant = await grant_of(request, self.links, "session")
        return web.json_response({"partners": plain(await self.desk.of(grant))})
