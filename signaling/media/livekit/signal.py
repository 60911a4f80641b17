"""One person's connection to LiveKit's `/rtc`: protobuf both ways over a websocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

import aiohttp
from google.protobuf.message import DecodeError
from livekit.protocol import models, rtc

from signaling.media.livekit.service import LiveKitFailed, LiveKitRefused

WITHIN = 5.0  # s for one thing that is waited for
PROTOCOL = 15  # the version of theirs that we speak
LARGEST = 1 << 20  # bytes of a message
PING_EVERY = 5.0  # s, where LiveKit does not say
QUIET = 0.15  # s without a further address of LiveKit's after which those that came are enough

M = TypeVar("M")

PUBLISHER, SUBSCRIBER = rtc.SignalTarget.PUBLISHER, rtc.SignalTarget.SUBSCRIBER


class Signal:
    """`on_message` hears what nobody waits for, `on_end` once that the connection has ended."""

    def __init__(
        self, http: aiohttp.ClientSession, url: str, on_message: Callable[[rtc.SignalResponse], None],
        on_end: Callable[[], None],
    ) -> None:  # fmt: skip
        self._http, self._url = http, url.rstrip("/")
        self._on_message, self._on_end = on_message, on_end
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._joined: asyncio.Future[rtc.JoinResponse] = asyncio.get_running_loop().create_future()
        self._answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._published: dict[str, asyncio.Future[str]] = {}  # by what we called the track
        self._candidates: dict[int, list[str]] = defaultdict(list)
        self._gathered: dict[int, asyncio.Event] = defaultdict(asyncio.Event)

    async def join(self, token: str) -> rtc.JoinResponse:
        """Raises `LiveKitFailed`."""
        query = {"auto_subscribe": "0", "sdk": "python", "version": "dyad", "protocol": str(PROTOCOL)}
        try:
            connecting = self._http.ws_connect(
                f"{self._url}/rtc", params=query, headers={"Authorization": f"Bearer {token}"}, max_msg_size=LARGEST
            )
            self._socket = await asyncio.wait_for(connecting, WITHIN)
        except aiohttp.WSServerHandshakeError as no:
            raise LiveKitRefused(str(no.status)) from no
        except (aiohttp.ClientError, OSError, TimeoutError) as no:
            raise LiveKitFailed("no websocket of LiveKit") from no
        self._tasks.append(asyncio.create_task(self._read(self._socket)))
        joined = await self._within(self._joined)
        self._tasks.append(asyncio.create_task(self._ping(joined.ping_interval or PING_EVERY)))
        return joined

    async def publish(self, name: str, kind: models.TrackType, source: models.TrackSource) -> str:
        """Ask to send a track that our offer will call `name`; LiveKit's id of it. Raises `LiveKitFailed`."""
        self._published[name] = asyncio.get_running_loop().create_future()
        await self.say(rtc.SignalRequest(add_track=rtc.AddTrackRequest(cid=name, name=name, type=kind, source=source)))
        return await self._within(self._published[name])

    async def offer(self, sdp: str) -> tuple[str, list[str]]:
        """LiveKit's answer, and its addresses. Raises `LiveKitFailed`."""
        await self.say(rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=sdp)))
        answer = await self._within(self._answered)
        return answer, await self.candidates(PUBLISHER)

    async def answer(self, sdp: str) -> None:
        """Raises `LiveKitFailed`."""
        await self.say(rtc.SignalRequest(answer=rtc.SessionDescription(type="answer", sdp=sdp)))

    async def subscribe(self, tracks: set[str], wanted: bool) -> None:
        """Raises `LiveKitFailed`."""
        asked = rtc.UpdateSubscription(track_sids=sorted(tracks), subscribe=wanted)
        await self.say(rtc.SignalRequest(subscription=asked))

    async def candidates(self, target: rtc.SignalTarget) -> list[str]:
        """LiveKit's addresses for one of the two connections, as lines of SDP, once it has told them."""
        found, deadline = self._candidates[target], time.monotonic() + WITHIN
        while time.monotonic() < deadline and not self._gathered[target].is_set():
            before = len(found)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._gathered[target].wait(), QUIET)
            if found and len(found) == before:
                break
        return list(found)

    async def leave(self) -> None:
        """Say goodbye, which ends at once what passes to or from this person, and close."""
        leave = rtc.LeaveRequest(reason=models.DisconnectReason.CLIENT_INITIATED, action=rtc.LeaveRequest.DISCONNECT)
        with contextlib.suppress(LiveKitFailed):
            await self.say(rtc.SignalRequest(leave=leave))
        await self.close()

    async def close(self) -> None:
        """Without a word."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._socket.close(), 0.2)

    async def say(self, request: rtc.SignalRequest) -> None:
        """Raises `LiveKitFailed`."""
        if self._socket is None or self._socket.closed:
            raise LiveKitFailed("the connection is closed")
        try:
            await self._socket.send_bytes(request.SerializeToString())
        except (aiohttp.ClientError, ConnectionError) as no:
            raise LiveKitFailed("the connection is closed") from no

    async def _within(self, future: asyncio.Future[M]) -> M:
        try:
            return await asyncio.wait_for(future, WITHIN)
        except TimeoutError as no:
            raise LiveKitFailed("no answer") from no

    async def _ping(self, every: float) -> None:
        with contextlib.suppress(LiveKitFailed):
            while True:
                await asyncio.sleep(every)
                await self.say(rtc.SignalRequest(ping_req=rtc.Ping(timestamp=int(time.time() * 1000))))

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        ended = LiveKitFailed("the connection ended")
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    self._take(rtc.SignalResponse.FromString(message.data))
        except DecodeError:
            ended = LiveKitFailed("that is no LiveKit")
        finally:
            waiting: list[asyncio.Future[Any]] = [self._joined, self._answered, *self._published.values()]
            for future in waiting:
                if not future.done():
                    future.set_exception(ended)
                    future.exception()  # nobody need wait for it
        self._on_end()

    def _take(self, response: rtc.SignalResponse) -> None:
        match response.WhichOneof("message"):
            case "join":
                _fulfil(self._joined, response.join)
            case "answer":
                _fulfil(self._answered, response.answer.sdp)
            case "track_published":
                _fulfil(self._published.get(response.track_published.cid), response.track_published.track.sid)
            case "trickle":
                self._trickled(response.trickle)
            case _:
                self._on_message(response)

    def _trickled(self, trickle: rtc.TrickleRequest) -> None:
        with contextlib.suppress(ValueError, AttributeError):
            if candidate := json.loads(trickle.candidateInit or "{}").get("candidate"):
                self._candidates[trickle.target].append(str(candidate).removeprefix("a="))
        if trickle.final:
            self._gathered[trickle.target].set()


def _fulfil(future: asyncio.Future[M] | None, value: M) -> None:
    if future is not None and not future.done():
        future.set_result(value)
