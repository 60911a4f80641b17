"""The answer to a reminder over REST, for the link in it. Nothing is changed by a GET: mail scanners open links."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from server.application.answers import Answers
from server.application.links import LinkDesk
from server.application.ports import LinkGrant
from server.domain.reminders import Answer
from server.http.bearer import grant_of, json_body
from server.http.parsing import plain, value_of
from server.http.problems import Problem
from server.http.throttle import Throttle

RATE, SECONDS = 20, 60.0  # answers of one link


@dataclass(frozen=True, slots=True)
class AnswerApi:
    """Under `/v1/answer`; an answer is the page as it then stands, however often it is given."""

    answers: Answers
    links: LinkDesk
    throttle: Throttle = field(default_factory=lambda: Throttle(RATE, SECONDS))

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/answer", self.page),
            web.post("/v1/answer", self.say),
            web.post("/v1/answer/join", self.join),
        ]

    async def page(self, request: web.Request) -> web.Response:
        return await self._page(await self._grant(request))

    async def say(self, request: web.Request) -> web.Response:
        grant = await self._grant(request)
        self.throttle.count(grant.token_hash)
        refusal = await self.answers.say(grant, value_of(Answer, await json_body(request)))
        if refusal is not None and refusal.code not in ("session_over", "session_under_way", "here_already"):
            raise Problem(409, refusal.code, refusal.message)
        return await self._page(grant)

    async def join(self, request: web.Request) -> web.Response:
        grant = await self._grant(request)
        self.throttle.count(grant.token_hash)
        if await json_body(request):
            raise Problem(400, "malformed", "Send an empty object.")
        token = await self.answers.join(grant)
        if token is None:
            raise Problem(422, "not_open", "The waiting room opens half an hour before.")
        return web.json_response({"token": token})

    async def _page(self, grant: LinkGrant) -> web.Response:
        return web.json_response(plain(await self.answers.page(grant)))

    async def _grant(self, request: web.Request) -> LinkGrant:
        return await grant_of(request, self.links, "answer")
