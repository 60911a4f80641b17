"""Where LiveKit posts what happens in its rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from server.http.problems import Problem


@dataclass(frozen=True, slots=True)
class LiveKitApi:
    """`POST /v1/media/livekit`. `heard` takes body and `Authorization`, and says whether LiveKit signed them."""

    heard: Callable[[bytes, str], bool]

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/media/livekit", self.take)]

    async def take(self, request: web.Request) -> web.Response:
        if not self.heard(await request.read(), request.headers.get("Authorization", "")):
            raise Problem(401, "not_signed", "Only the programme's media server may say this.")
        return web.json_response({})
