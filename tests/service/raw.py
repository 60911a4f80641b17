"""A Socket.IO client written by hand: sends whatever a test wants, and keeps every frame it gets."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

NAMESPACE = "/session"


class Raw:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.frames: list[str] = []
        self.connected: dict[str, Any] | None = None
        self.refused: dict[str, Any] | None = None
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._ready, self._ended = asyncio.Event(), asyncio.Event()

    async def read(self) -> None:
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            text = str(message.data)
            if text == "2":
                await self._socket.send_str("3")
                continue
            self.frames.append(text)
            self._take(text)
        self._ended.set()
        self._ready.set()

    def _take(self, text: str) -> None:
        for prefix, name in ((f"40{NAMESPACE},", "connected"), (f"44{NAMESPACE},", "refused")):
            if text.startswith(prefix):
                setattr(self, name, json.loads(text[len(prefix) :]))
                self._ready.set()
        if text.startswith(f"43{NAMESPACE},"):
            number, _, body = text[len(f"43{NAMESPACE},") :].partition("[")
            future = self._acks.pop(int(number), None)
            if future is not None:
                future.set_result(json.loads(f"[{body}")[0])

    async def hello(self, auth: Any) -> None:
        """Connect the namespace; `connected` or `refused` is set on return."""
        await self.send(f"40{NAMESPACE},{json.dumps(auth)}")
        await asyncio.wait_for(self._ready.wait(), 10)

    async def send(self, frame: str | bytes) -> None:
        with contextlib.suppress(ConnectionError):
            if isinstance(frame, bytes):
                await self._socket.send_bytes(frame)
            else:
                await self._socket.send_str(frame)

    async def ask(self, *data: Any) -> Any:
        """Send an event packet with this array as its data; the acknowledgement, or "closed"."""
        number = next(self._numbers)
        future = self._acks[number] = asyncio.get_running_loop().create_future()
        await self.send(f"42{NAMESPACE},{number}{json.dumps(list(data))}")
        closed = asyncio.create_task(self._ended.wait())
        await asyncio.wait({future, closed}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        closed.cancel()
        return future.result() if future.done() else "closed"

    async def is_closed(self) -> bool:
        return self._ended.is_set()


@asynccontextmanager
async def raw(base_url: str, token: str | None = None) -> AsyncIterator[Raw]:
    """An open connection; with a token, one that has said hello with it."""
    address = f"{base_url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as http, http.ws_connect(address, max_msg_size=0) as socket:
        client = Raw(socket)
        reading = asyncio.create_task(client.read())
        try:
            if token is not None:
                await client.hello({"token": token})
            yield client
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
