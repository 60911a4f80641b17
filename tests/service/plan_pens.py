"""People who have a couple's plan open: the wire of the page, with the same algorithm behind it."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
from pycrdt import Doc, Text

from server.bootstrap import Service
from server.domain.relapse import SECTIONS
from tests.service.support import eventually
from tests.service.test_first_day import Desk, first_day, set_up, wanted


class Pen:
    """One open page of the plan; what it is told is kept in `heard`."""

    def __init__(self, built: Service, token: str, couple: str | None = None) -> None:
        self.built, self.token, self.couple = built, token, couple
        self.doc: Doc[Text] = Doc()
        for name in SECTIONS:
            self.doc.get(name, type=Text)
        self.heard: list[dict[str, Any]] = []
        self.socket: aiohttp.ClientWebSocketResponse | None = None

    async def opens(self, http: aiohttp.ClientSession, first: str | None = None) -> None:
        """`first` is said instead of who it is."""
        self.socket = await http.ws_connect(f"{self.built.settings.base_url}/v1/relapse-plan/live")
        vector = base64.b64encode(self.doc.get_state()).decode()
        hello = {"t": "open", "token": self.token, "couple": self.couple, "vector": vector}
        await self.says(hello if first is None else first)

    async def listen(self) -> None:
        """Take in whatever has come."""
        assert self.socket is not None
        while True:
            try:
                message = await self.socket.receive(timeout=0.05)
            except TimeoutError:
                return
            if message.type is not aiohttp.WSMsgType.TEXT:
                return
            told = json.loads(message.data)
            self.heard.append(told)
            if "update" in told:
                self.doc.apply_update(base64.b64decode(told["update"]))

    async def until(self, true: Callable[[], bool], what: str) -> None:
        async def look() -> bool:
            await self.listen()
            return true()

        await eventually(look, what)

    async def until_open(self, is_open: bool = True) -> None:
        def told() -> bool:
            words = [one["open"] for one in self.heard if one["t"] == "presence"]
            return bool(words) and words[-1] is is_open and any(one["t"] == "state" for one in self.heard)

        await self.until(told, f"the plan is {'open' if is_open else 'closed'} to writing")

    async def until_refused(self, code: str) -> None:
        await self.until(lambda: {"t": "refused", "code": code} in self.heard, f"refused as {code}")

    async def until_closed(self) -> None:
        assert self.socket is not None
        socket = self.socket
        await self.until(lambda: socket.closed, "the socket is closed")

    async def says(self, message: Any) -> None:
        assert self.socket is not None
        await self.socket.send_str(message if isinstance(message, str) else json.dumps(message))

    def scribbles(self, section: str, text: str) -> bytes:
        """Write here alone; what was written, as an update."""
        before = self.doc.get_state()
        self.doc.get(section, type=Text).insert(0, text)
        return self.doc.get_update(before)

    async def writes(self, section: str, text: str) -> None:
        await self.sends(self.scribbles(section, text))

    async def sends(self, update: bytes) -> None:
        await self.says({"t": "update", "update": base64.b64encode(update).decode()})

    def text(self, section: str) -> str:
        return str(self.doc.get(section, type=Text))


class Table:
    """A couple in their first session, at which each may open the plan. `desk` is their therapist's."""

    def __init__(self, desk: Desk, couple: str, session: str, people: list[str], stack: AsyncExitStack) -> None:
        self.desk, self.couple, self.session, self.people, self._stack = desk, couple, session, people, stack

    async def token(self, key: str, session: str | None = None) -> str:
        person = self.people["ab".index(key)]
        return await self.desk.built.links.mint(person, session or self.session, key, "session", timedelta(hours=1))

    async def sits(self, key: str) -> Pen:
        """Partner a or b, in the session's room."""
        return await self.opens(await self.token(key))

    async def opens(self, token: str, couple: str | None = None, first: str | None = None) -> Pen:
        pen = Pen(self.desk.built, token, couple)
        await pen.opens(await self._http(), first)
        return pen

    async def asks(self, token: str, path: str = "", body: Any = None, couple: str = "") -> tuple[int, Any]:
        http = await self._http()
        address = f"{self.desk.built.settings.base_url}/v1/relapse-plan{path}{couple and f'?couple={couple}'}"
        headers = {"Authorization": f"Bearer {token}"}
        method = "GET" if body is None else "POST"
        async with http.request(method, address, headers=headers, json=body) as answer:
            pdf = answer.content_type == "application/pdf"
            return answer.status, await answer.read() if pdf else await answer.json(content_type=None)

    async def _http(self) -> aiohttp.ClientSession:
        return await self._stack.enter_async_context(aiohttp.ClientSession())


@asynccontextmanager
async def at_the_table() -> AsyncIterator[Table]:
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(first_day())
        desk, (couple, _) = await set_up(office)
        look = await desk.gets(f"/couples/{couple}/weeks/2")
        intake = wanted([one for one in look["proposed"] if one["kind"] == "intake"])
        booked = await desk.does("POST", f"/couples/{couple}/weeks/2", {"sessions": intake, "seen": 0})
        people = [one["id"] for one in (await desk.gets(f"/couples/{couple}"))["partners"]]
        yield Table(desk, couple, booked["booked"][0]["id"], people, stack)
