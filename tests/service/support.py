"""A whole service in this process, and people who talk to it over the wire."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp

from server.bootstrap import Service
from server.bots import Bot, bot
from server.demo import DemoLinks, Options, demo
from server.domain.session.state import HOSTS


class House:
    """The service, its links, and whoever has come in."""

    def __init__(self, built: Service, links: DemoLinks, stack: AsyncExitStack) -> None:
        self.built, self.links, self._stack = built, links, stack

    async def enters(self, who: str, *, media: bool = False, arrive: bool = True) -> Bot:
        """Somebody opens their link; a partner also says that they are here. `who` is therapist, a, interpreter, …"""
        person = await self._stack.enter_async_context(bot(self.link(who), hue=ord(who[0])))
        await person.join(media=media)
        if who not in HOSTS and arrive:
            await person.ask("report_check", camera="ok", microphone="ok", speaker="ok", connection="ok")
            await person.ask("arrive")
        return person

    def link(self, who: str) -> str:
        hosts = {"therapist": self.links.therapist, "substitute": self.links.substitute}
        return {**hosts, **self.links.partners, **self.links.helpers}[who]

    async def rest(self, method: str, path: str, token: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            aiohttp.ClientSession(self.links.base_url) as http,
            http.request(method, path, headers=headers, json=body) as answer,
        ):
            return answer.status, await answer.json(content_type=None)

    def token(self, link: str) -> str:
        return link.partition("#")[2]

    def minute(self) -> float:
        """Policy minutes since the planned start."""
        return (self.built.clock.now() - self.starts_at).total_seconds() / 60

    async def at(self, minute: float) -> None:
        await asyncio.sleep(max(0.0, (minute - self.minute()) * 60 / self.built.clock.speed))

    async def plan(self) -> None:
        session = await self.built.dispatcher.session(self.links.session)
        assert session.plan is not None
        self.starts_at = session.plan.starts_at

    async def mails(self) -> list[dict[str, Any]]:
        """What the team's page shows as sent, newest first."""
        _, body = await self.rest("GET", "/v1/demo/messages", self.token(self.links.team))
        messages: list[dict[str, Any]] = body["messages"]
        return messages


@asynccontextmanager
async def house(options: Options | None = None, **chosen: Any) -> AsyncIterator[House]:
    """A demo, on any free port unless one is chosen; what is chosen is named as in `Options`."""
    wanted = replace(options or Options(port=0), **chosen)
    async with demo(wanted) as (built, links), AsyncExitStack() as stack:
        opened = House(built, links, stack)
        await opened.plan()
        yield opened


async def eventually(true: Callable[[], Awaitable[Any]], what: str, seconds: float = 15.0) -> Any:
    """The first true value; `AssertionError` names what never came."""
    began = time.monotonic()
    while not (value := await true()):
        if time.monotonic() - began > seconds:
            raise AssertionError(f"still not: {what}")
        await asyncio.sleep(0.05)
    return value
