"""LiveKit's HTTP: the room service as Twirp, the websocket at `/rtc`, and the webhooks that it posts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web
from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from livekit.protocol import models, room, rtc
from livekit.protocol.webhook import WebhookEvent

from tests.support.livekit.house import Participant, Reason, Room
from tests.support.livekit.tokens import Unauthorized, signed, verified

PROTOBUF = "application/protobuf"
STATUS = {"not_found": 404, "unauthenticated": 401, "permission_denied": 403, "bad_route": 404, "malformed": 400}


class Twirped(Exception):
    """An error as Twirp has it."""


class Door:
    def __init__(self, key: str, secret: str, webhook: str) -> None:
        self._key, self._secret, self._webhook = key, secret, webhook
        self._rooms: dict[str, Room] = {}
        self._events: asyncio.Queue[WebhookEvent] = asyncio.Queue()

    async def running(self, app: web.Application) -> Any:
        posting = asyncio.create_task(self._posting())
        yield
        posting.cancel()

    # -- the room service ------------------------------------------------------------------

    async def twirp(self, request: web.Request) -> web.Response:
        try:
            answer = await self._asked(request)
        except Twirped as no:
            code = str(no)
            return web.json_response({"code": code, "msg": code}, status=STATUS[code])
        return web.Response(body=answer.SerializeToString(), content_type=PROTOBUF)

    async def _asked(self, request: web.Request) -> Message:
        takes: dict[str, tuple[type[Message], Callable[[Any, dict[str, Any]], Awaitable[Message]]]] = {
            "ListRooms": (room.ListRoomsRequest, self._list),
            "CreateRoom": (room.CreateRoomRequest, self._create),
            "DeleteRoom": (room.DeleteRoomRequest, self._delete),
            "UpdateParticipant": (room.UpdateParticipantRequest, self._update),
            "RemoveParticipant": (room.RoomParticipantIdentity, self._remove),
        }
        if request.match_info["method"] not in takes or request.content_type != PROTOBUF:
            raise Twirped("bad_route")
        try:
            grants = self._grants(request)
        except Unauthorized as no:
            raise Twirped("unauthenticated") from no
        kind, does = takes[request.match_info["method"]]
        wanted = kind()
        try:
            wanted.ParseFromString(await request.read())
        except DecodeError as no:
            raise Twirped("malformed") from no
        return await does(wanted, grants["video"])

    async def _list(self, wanted: room.ListRoomsRequest, grants: dict[str, Any]) -> Message:
        _must(grants.get("roomList"))
        known = [one.info for name, one in self._rooms.items() if not wanted.names or name in wanted.names]
        return room.ListRoomsResponse(rooms=known)

    async def _create(self, wanted: room.CreateRoomRequest, grants: dict[str, Any]) -> Message:
        _must(grants.get("roomCreate"))
        if wanted.name not in self._rooms:
            self._rooms[wanted.name] = Room(wanted.name, wanted.max_participants, self._events.put_nowait)
        return self._rooms[wanted.name].info

    async def _delete(self, wanted: room.DeleteRoomRequest, grants: dict[str, Any]) -> Message:
        _must(grants.get("roomCreate"))
        ended = self._rooms.pop(wanted.room, None)
        if ended is None:
            raise Twirped("not_found")
        await ended.end()
        return room.DeleteRoomResponse()

    async def _update(self, wanted: room.UpdateParticipantRequest, grants: dict[str, Any]) -> Message:
        one = self._administered(wanted.room, wanted.identity, grants)
        await one.room.permit(one, wanted.permission)
        return one.info

    async def _remove(self, wanted: room.RoomParticipantIdentity, grants: dict[str, Any]) -> Message:
        one = self._administered(wanted.room, wanted.identity, grants)
        await one.room.leave(one, Reason.PARTICIPANT_REMOVED)
        return room.RemoveParticipantResponse()

    def _administered(self, name: str, identity: str, grants: dict[str, Any]) -> Participant:
        _must(grants.get("roomAdmin") and grants.get("room") == name)
        if name not in self._rooms or identity not in self._rooms[name].people:
            raise Twirped("not_found")
        return self._rooms[name].people[identity]

    # -- signaling -------------------------------------------------------------------------

    async def rtc(self, request: web.Request) -> web.StreamResponse:
        try:
            claims = self._grants(request)
        except Unauthorized as no:
            raise web.HTTPUnauthorized(text=str(no)) from no
        grants = claims["video"]
        if not grants.get("roomJoin") or not grants.get("room") or not claims.get("sub"):
            raise web.HTTPUnauthorized(text="not to join")
        where = self._rooms.get(grants["room"])
        if where is None:
            raise web.HTTPNotFound(text="no such room, and none is made by joining")
        permission = models.ParticipantPermission(
            can_publish=grants.get("canPublish", True), can_subscribe=grants.get("canSubscribe", True),
            can_publish_data=grants.get("canPublishData", True), hidden=grants.get("hidden", False),
        )  # fmt: skip
        socket = web.WebSocketResponse()
        await socket.prepare(request)

        async def say(response: rtc.SignalResponse) -> None:
            if not socket.closed:
                await socket.send_bytes(response.SerializeToString())
            if response.HasField("leave"):
                await socket.close()

        one = await where.join(claims["sub"], permission, say)
        one.automatic = request.query.get("auto_subscribe", "1") in ("1", "true")
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                await one.handle(rtc.SignalRequest.FromString(message.data))
        if not one.gone:
            where.spawn(where.broke(one))
        return socket

    def _grants(self, request: web.Request) -> dict[str, Any]:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or request.query.get(
            "access_token", ""
        )
        claims = verified(token, self._key, self._secret)
        if not isinstance(claims.get("video"), dict):
            raise Unauthorized("no grants")
        return claims

    # -- webhooks --------------------------------------------------------------------------

    async def _posting(self) -> None:
        async with aiohttp.ClientSession() as http:
            while True:
                event = await self._events.get()
                body = json_format.MessageToJson(event).encode()
                headers = {
                    "Content-Type": "application/webhook+json",
                    "Authorization": signed(body, self._key, self._secret),
                }
                if self._webhook:
                    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                        await http.post(self._webhook, data=body, headers=headers)


def _must(allowed: object) -> None:
    if not allowed:
        raise Twirped("permission_denied")


def app_of(key: str, secret: str, webhook: str) -> web.Application:
    door, app = Door(key, secret, webhook), web.Application()
    app.cleanup_ctx.append(door.running)
    app.router.add_post("/twirp/livekit.RoomService/{method}", door.twirp)
    app.router.add_get("/rtc", door.rtc)
    return app
