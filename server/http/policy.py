"""The administrator's policy page over REST: what is in force, what a change would do, and taking it into use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from typing import Any

from aiohttp import web

from server.application.links import LinkDesk
from server.application.policy_desk import NotAdopted, PolicyDesk, TooLong, Unreadable
from server.http.bearer import grant_of, json_body
from server.http.problems import Problem

Work = Callable[[str], Coroutine[Any, Any, dict[str, Any]]]
LOOK = 0.25  # s until it is noticed that nobody waits for an answer any more


@dataclass(frozen=True, slots=True)
class PolicyApi:
    """`/v1/policy` and below, for the administrator's link alone."""

    desk: PolicyDesk
    links: LinkDesk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/policy", self.look),
            web.post("/v1/policy/check", self.check),
            web.post("/v1/policy/prove", self.prove),
            web.post("/v1/policy/differences", self.differences),
            web.post("/v1/policy/year", self.year),
            web.post("/v1/policy/adopt", self.adopt),
        ]

    async def look(self, request: web.Request) -> web.Response:
        await grant_of(request, self.links, "policy")
        return web.json_response(await self.desk.in_force())

    async def check(self, request: web.Request) -> web.Response:
        """200 with the policy, or 200 with its faults: a text that is being written is no error of the request."""
        text = (await self._said(request, "text"))[0]
        try:
            return web.json_response({"faults": [], **self.desk.check(text)})
        except Unreadable as no:
            return web.json_response({"faults": [asdict(fault) for fault in no.faults]})

    async def prove(self, request: web.Request) -> web.Response:
        return await self._work(request, self.desk.prove)

    async def differences(self, request: web.Request) -> web.Response:
        return await self._work(request, self.desk.differences)

    async def year(self, request: web.Request) -> web.Response:
        return await self._work(request, self.desk.year)

    async def adopt(self, request: web.Request) -> web.Response:
        text, seen = await self._said(request, "text", "seen")
        try:
            return web.json_response(await self.desk.adopt(text, seen))
        except NotAdopted as no:
            raise Problem(409, no.code, no.message) from no
        except (Unreadable, TooLong) as no:
            raise _problem(no) from no

    async def _work(self, request: web.Request, work: Work) -> web.Response:
        text = (await self._said(request, "text"))[0]
        try:
            return web.json_response(await _while_wanted(request, work(text)))
        except (Unreadable, TooLong) as no:
            raise _problem(no) from no

    async def _said(self, request: web.Request, *keys: str) -> list[str]:
        """What was sent under exactly these keys, none of it empty."""
        await grant_of(request, self.links, "policy")
        body = await json_body(request)
        said = [value for key in keys if isinstance(value := body.get(key), str) and value.strip()]
        if set(body) != set(keys) or len(said) < len(keys):
            raise Problem(400, "malformed", f"Send {' and '.join(keys)}.")
        return said


async def _while_wanted(request: web.Request, work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """What `work` comes to. It is cancelled once whoever asked has gone, so that it keeps nobody else waiting."""
    task = asyncio.create_task(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=LOOK)
            if request.transport is None or request.transport.is_closing():
                task.cancel()
        return await task
    finally:
        task.cancel()
        await asyncio.wait({task})


def _problem(no: Unreadable | TooLong) -> Problem:
    if isinstance(no, TooLong):
        return Problem(503, "took_too_long", str(no))
    first = no.faults[0]
    return Problem(422, "policy_unreadable", f"Line {first.line}, column {first.column}: {first.message}.")
