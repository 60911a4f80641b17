"""The relapse prevention plan: to read, to sign, as a PDF, and live between those who have it open."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from server.application.chart import Reader, Unknown
from server.application.links import LinkDesk, LinkRefused
from server.application.plan_rooms import Guest, PlanClosed, PlanElsewhere, PlanRooms
from server.application.ports import Clock, Directory, LinkGrant, RecordUnavailable
from server.application.relapse_plan import RelapsePlans
from server.application.roles import CLIENT
from server.application.shared_text import UpdateRefused
from server.domain.relapse import PlanSignature
from server.domain.session.plan import role_of
from server.http.bearer import grant_of, json_body
from server.http.holding import holding
from server.http.parsing import plain, value_of
from server.http.problems import Problem

MOST_MESSAGE = 96 * 1024  # bytes of a message, whose update is base64
MOST_A_SECOND = 30
FIRST_WORD = 10.0  # s for a page to say who it is
LOOK_AGAIN = 5.0  # s between two looks at whether its link still stands
GOODBYE = (WSCloseCode.OK, WSCloseCode.GOING_AWAY)  # anything else is a connection that was lost
PURPOSES = ("session", "portal", "clinic")
Write = Callable[[dict[str, Any], str, str, datetime], bytes]


@dataclass(frozen=True, slots=True)
class RelapsePlanApi:
    """Under `/v1/relapse-plan`. For the link of a couple's session, of a client, or of staff, who name the couple.

    Live messages are JSON: `open {token, couple, vector}`, then `ask {vector}`, `update {update}` and, after signing,
    `signed` in; `state`, `update`, `presence`, `version`, `elsewhere {address}` and `refused {code}` out. Updates and
    vectors are base64. Signing is for any node; who has the plan open hears of it by the page that signed.
    """

    plans: RelapsePlans
    rooms: PlanRooms
    directory: Directory
    links: LinkDesk
    clock: Clock
    write: Write

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/relapse-plan", self.read),
            web.get("/v1/relapse-plan/versions/{number}", self.version),
            web.post("/v1/relapse-plan/signature", self.sign),
            web.get("/v1/relapse-plan/pdf", self.pdf),
            web.get("/v1/relapse-plan/live", self.live),
        ]

    async def read(self, request: web.Request) -> web.Response:
        return web.json_response(plain(await self.plans.read(*await self._asked(request))))

    async def version(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        if not number.isdecimal() or len(number) > 6:
            raise Unknown
        found = await self.plans.version(*await self._asked(request), int(number))
        return web.json_response({"number": int(number), "sections": plain(found.sections)})

    async def sign(self, request: web.Request) -> web.Response:
        reader, couple = await self._asked(request)
        signature = value_of(PlanSignature, await json_body(request))
        await self.rooms.settle(reader, couple)
        await self.plans.sign(reader, couple, signature)
        await self.rooms.signed(couple)
        return web.json_response(plain(await self.plans.read(reader, couple)))

    async def pdf(self, request: web.Request) -> web.Response:
        reader, couple = await self._asked(request)
        plan, person = await self.plans.read(reader, couple), await self.directory.person(reader.person)
        language, zone = (person.language, person.zone) if person else ("en", "UTC")
        file = await asyncio.to_thread(self.write, plan, language, zone, self.clock.now())
        name = {"Content-Disposition": 'attachment; filename="plan.pdf"'}
        return web.Response(body=file, content_type="application/pdf", headers=name)

    async def live(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=MOST_MESSAGE)
        await socket.prepare(request)
        entered = await self._enter(socket)
        if entered is None:
            await socket.close()
            return socket
        guest, grant = entered
        watching = asyncio.create_task(self._watch(socket, guest, grant))
        lost = False
        try:
            lost = await self._listen(socket, guest)
        finally:
            watching.cancel()
            await self.rooms.leave(guest, lost=lost)
        return socket

    async def _watch(self, socket: web.WebSocketResponse, guest: Guest, grant: LinkGrant) -> None:
        """Until cancelled, or until the link was taken back: then the page is told so and closed."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            try:
                await self.links.again(grant)
            except LinkRefused:
                await guest.tell({"t": "refused", "code": "unknown"})
                await socket.close()
                return
            except RecordUnavailable:
                continue  # looked at again next time

    async def _enter(self, socket: web.WebSocketResponse) -> tuple[Guest, LinkGrant] | None:
        async def tell(message: dict[str, Any]) -> None:
            with contextlib.suppress(ConnectionError):
                await socket.send_json(_sendable(message))

        try:
            said = json.loads(await asyncio.wait_for(socket.receive_str(), FIRST_WORD))
            vector, couple = _bytes(said["vector"]), said["couple"]
            grant = await self.links.resolve(said["token"])
            if grant.purpose not in PURPOSES or not (couple is None or isinstance(couple, str)):
                raise Unknown
            reader, named = await self._reader(grant, couple)
            guest = await self.rooms.enter(reader, named, grant.session, tell)
            try:
                await tell(self.rooms.answer(guest, vector))
            except UpdateRefused:
                await self.rooms.leave(guest)
                raise
        except (Unknown, LinkRefused):
            await tell({"t": "refused", "code": "unknown"})
        except PlanClosed as no:
            await tell({"t": "refused", "code": no.code})
        except PlanElsewhere as there:
            await tell({"t": "elsewhere", "address": there.address})
        except RecordUnavailable:
            await tell({"t": "refused", "code": "unavailable"})
        except (TypeError, ValueError, KeyError, RecursionError, Problem, UpdateRefused, TimeoutError):
            await tell({"t": "refused", "code": "malformed"})
        else:
            return guest, grant
        return None

    async def _listen(self, socket: web.WebSocketResponse, guest: Guest) -> bool:
        """Until the connection ends, or, which is False, until something is refused for good."""
        second, count = 0, 0
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                return False
            now = int(time.monotonic())
            second, count = now, count + 1 if now == second else 1
            if count > MOST_A_SECOND:
                await guest.tell({"t": "refused", "code": "too_many_requests"})
                return False
            try:
                said = json.loads(message.data)
                if said["t"] == "ask":  # what was refused while one was alone, or got lost
                    await guest.tell(self.rooms.answer(guest, _bytes(said["vector"])))
                elif said["t"] == "signed":
                    await self.rooms.signed(guest.couple)
                else:
                    await self.rooms.change(guest, _bytes(said["update"]))
            except PlanClosed as no:
                await guest.tell({"t": "refused", "code": no.code})
            except UpdateRefused as no:
                await guest.tell({"t": "refused", "code": no.code})
            except (TypeError, ValueError, KeyError, RecursionError):
                await guest.tell({"t": "refused", "code": "malformed"})
                return False
        return socket.close_code not in GOODBYE

    async def _asked(self, request: web.Request) -> tuple[Reader, str]:
        grant = await grant_of(request, self.links, *PURPOSES)
        reader, named = await self._reader(grant, request.query.get("couple"))
        return reader, (await self.plans.couple(reader, named)).id

    async def _reader(self, grant: LinkGrant, couple: str | None) -> tuple[Reader, str | None]:
        """Who that is in the programme, and which couple they mean."""
        if grant.purpose == "clinic":
            if couple is None:
                raise Problem(400, "malformed", "Say which couple.")
            return Reader(grant.person, grant.participant), couple
        if grant.purpose == "portal":
            return Reader(grant.person, CLIENT), None
        if role_of(grant.participant) == "partner":
            return Reader(grant.person, CLIENT), None
        return await holding(grant, self.directory, self.plans.couples_of)


def _bytes(text: object) -> bytes:
    """Raises `ValueError`."""
    if not isinstance(text, str):
        raise ValueError("not base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _sendable(message: dict[str, Any]) -> dict[str, Any]:
    return {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in message.items()}
