"""LiveKit's room service, as far as Dyad uses it: protobuf over HTTP, as Twirp has it."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import aiohttp
from google.protobuf.message import DecodeError, Message
from livekit.protocol import models, room

from signaling.media.livekit.tokens import Keys

WITHIN = 5.0  # s for one request
EMPTY_FOR = 60  # s that an empty room is kept
PROTOBUF = "application/protobuf"

M = TypeVar("M", bound=Message)


class LiveKitFailed(Exception):
    """LiveKit refused a request, did not answer it in time, or is gone."""


class LiveKitRefused(LiveKitFailed):
    """LiveKit is well, and said no; `code` is Twirp's, such as `not_found`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"LiveKit says {code}")
        self.code = code


class RoomService:
    """`url` is LiveKit's, ws: or wss:. Every call raises `LiveKitFailed`."""

    def __init__(self, http: aiohttp.ClientSession, url: str, keys: Keys) -> None:
        self._http, self._url, self._keys = http, url.replace("ws", "http", 1).rstrip("/"), keys

    async def rooms(self, *names: str) -> list[str]:
        """Those of these names that there are; of all where none is named."""
        listed = await self._ask(
            "ListRooms", {"roomList": True}, room.ListRoomsRequest(names=names), room.ListRoomsResponse()
        )
        return [one.name for one in listed.rooms]

    async def create(self, name: str, people: int) -> None:
        """A room, if it is not there yet, for at most so many people."""
        wanted = room.CreateRoomRequest(name=name, empty_timeout=EMPTY_FOR, max_participants=people)
        await self._ask("CreateRoom", {"roomCreate": True}, wanted, models.Room())

    async def delete(self, name: str) -> None:
        """On return nobody is in it."""
        try:
            await self._ask(
                "DeleteRoom", {"roomCreate": True}, room.DeleteRoomRequest(room=name), room.DeleteRoomResponse()
            )
        except LiveKitRefused as no:
            if no.code != "not_found":
                raise

    async def permit(self, name: str, identity: str, subscribe: bool) -> None:
        """On return LiveKit lets this person receive others, or nobody."""
        permission = models.ParticipantPermission(can_publish=True, can_subscribe=subscribe)
        wanted = room.UpdateParticipantRequest(room=name, identity=identity, permission=permission)
        await self._ask("UpdateParticipant", _administers(name), wanted, models.ParticipantInfo())

    async def remove(self, name: str, identity: str) -> None:
        """On return nothing passes to or from this person."""
        try:
            await self._ask(
                "RemoveParticipant",
                _administers(name),
                room.RoomParticipantIdentity(room=name, identity=identity),
                room.RemoveParticipantResponse(),
            )
        except LiveKitRefused as no:
            if no.code != "not_found":
                raise

    async def _ask(self, method: str, grants: dict[str, object], wanted: Message, answer: M) -> M:
        try:
            async with (
                asyncio.timeout(WITHIN),
                self._http.post(
                    f"{self._url}/twirp/livekit.RoomService/{method}",
                    data=wanted.SerializeToString(),
                    headers={"Content-Type": PROTOBUF, "Authorization": f"Bearer {self._keys.token(grants)}"},
                ) as response,
            ):
                body = await response.read()
                if response.status != 200:
                    raise LiveKitRefused(await _code(response))
        except (aiohttp.ClientError, OSError, TimeoutError) as no:
            raise LiveKitFailed(f"no answer to {method}") from no
        try:
            answer.ParseFromString(body)
        except DecodeError as no:
            raise LiveKitFailed(f"no answer of LiveKit's to {method}") from no
        return answer


def _administers(name: str) -> dict[str, object]:
    return {"roomAdmin": True, "room": name}


async def _code(response: aiohttp.ClientResponse) -> str:
    """Twirp's code; of what is no Twirp, the HTTP status."""
    try:
        told = await response.json(content_type=None)
    except ValueError:
        told = None
    return str(told["code"]) if isinstance(told, dict) and "code" in told else str(response.status)
