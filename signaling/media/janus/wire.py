"""Janus' own protocol: JSON over a websocket, a request answered by what has its transaction."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import aiohttp

WITHIN = 5.0  # s for one request
HEARTBEAT = 5.0  # s between two pings of the websocket itself
LARGEST = 1 << 20  # bytes of a message
ACKNOWLEDGED = ("trickle", "keepalive")  # requests that have no other answer

Message = dict[str, Any]


class JanusFailed(Exception):
    """Janus refused a request, did not answer it in time, or is gone."""


class JanusRefused(JanusFailed):
    """Janus is well, and said no."""


class Wire:
    """One connection, for the time of an `async with`. `on_event` hears what nobody asked for; `common` goes with every
    request."""

    def __init__(
        self, url: str, protocol: str, on_event: Callable[[Message], None] = lambda event: None, **common: Any
    ) -> None:
        self._url, self._protocol, self._on_event, self.common = url, protocol, on_event, common
        self._waiting: dict[str, tuple[asyncio.Future[Message], bool]] = {}  # and whether an "ack" is the answer
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Raises `JanusFailed` where nobody answers."""
        self._http = aiohttp.ClientSession()
        try:
            connecting = self._http.ws_connect(
                self._url, protocols=(self._protocol,), heartbeat=HEARTBEAT, max_msg_size=LARGEST
            )
            self._socket = await asyncio.wait_for(connecting, WITHIN)
        except (aiohttp.ClientError, OSError, TimeoutError) as no:
            await self._http.close()
            raise JanusFailed(f"no websocket at {self._url}") from no
        self._reading = asyncio.create_task(self._read(self._socket))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._http is not None
        assert self._reading is not None
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._http.close()

    async def closed(self) -> None:
        """Returns when the connection has ended."""
        assert self._reading is not None
        await asyncio.wait([self._reading])

    def drop(self) -> None:
        """End the connection, without waiting for a goodbye: Janus ends all that was made through it."""
        if self._reading is not None:
            self._reading.cancel()

    async def ask(self, what: str, **more: Any) -> Message:
        """The answer to a request; for "trickle" and "keepalive", that it has arrived. Raises `JanusFailed`."""
        socket = self._socket
        if socket is None or socket.closed or self._reading is None or self._reading.done():
            raise JanusFailed("the connection is closed")
        transaction, future = secrets.token_hex(8), asyncio.get_running_loop().create_future()
        self._waiting[transaction] = future, what in ACKNOWLEDGED
        try:
            await socket.send_str(json.dumps({"janus": what, "transaction": transaction, **self.common, **more}))
            answer: Message = await asyncio.wait_for(future, WITHIN)
        except (aiohttp.ClientError, ConnectionError, TimeoutError) as no:
            raise JanusFailed(f"no answer to {what}") from no
        finally:
            self._waiting.pop(transaction, None)
        if answer["janus"] == "error":
            raise JanusRefused(str(answer["error"].get("reason")))
        return answer

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(json.loads(message.data))
        finally:
            for future, _ in self._waiting.values():
                if not future.done():
                    future.set_exception(JanusFailed("the connection ended"))

    def _take(self, message: Message) -> None:
        is_ack = message["janus"] == "ack"
        future, ack_answers = self._waiting.get(message.get("transaction", ""), (None, False))
        if future is None:
            if not is_ack:
                self._on_event(message)
        elif not future.done() and (ack_answers or not is_ack):
            future.set_result(message)
