"""A bad network for UDP, of our own: loss, delay, jitter, a narrow link with a bounded queue, silence, another address.

It stands between a client and one server port. The client finds it because the offer that it is given names it in
place of the server's candidates (`through`), so peers of Python and browsers go the same way.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

Address = tuple[str, int]

HEADERS = 28  # bytes of IPv4 and UDP, which a narrow link carries too
_CANDIDATE = re.compile(r"^a=candidate:\S+ 1 udp \d+ \S+ \d+ typ host\r\n", re.MULTILINE)


@dataclass(slots=True)
class Lane:
    """One direction. Times in seconds, `rate` in bits/s (0: boundless), `queue` in bytes, then all is lost."""

    loss: float = 0.0
    delay: float = 0.0
    jitter: float = 0.0
    rate: float = 0.0
    queue: int = 6_000
    silent: bool = False
    passed: int = 0  # bytes that got through, headers not counted
    _free_at: float = 0.0

    def arrival(self, size: int, now: float, chance: random.Random) -> float | None:
        """When a datagram of `size` bytes that is sent `now` arrives; None where it is lost. Jitter may reorder."""
        if self.silent or chance.random() < self.loss:
            return None
        at = now
        if self.rate:
            waiting = max(0.0, self._free_at - now) * self.rate / 8
            if waiting > self.queue:
                return None
            at = self._free_at = max(now, self._free_at) + (size + HEADERS) * 8 / self.rate
        self.passed += size
        return at + self.delay + chance.random() * self.jitter

    def become(self, **faults: Any) -> None:
        """A faultless lane but for these faults."""
        for name in ("loss", "delay", "jitter", "rate", "silent"):
            setattr(self, name, type(getattr(self, name))(faults.get(name, 0)))


class FaultyLink:
    """`up` leads to the server, `down` back. Datagrams are carried whole; nobody's bytes are read or changed."""

    def __init__(self, server: Address, seed: int = 1) -> None:
        self.up, self.down = Lane(), Lane()
        self._server, self._chance = server, random.Random(seed)
        self._loop = asyncio.get_running_loop()
        self._front: Any = None
        self._outside: dict[Address, Any] = {}  # the socket that stands for each client's address
        self._opening: dict[Address, asyncio.Task[None]] = {}

    @property
    def address(self) -> Address:
        ip, port = self._front.get_extra_info("sockname")[:2]
        return ip, port

    def through(self, offer: str) -> str:
        """The offer with this link as the only way to the server."""
        ip, port = self.address
        line = f"a=candidate:1 1 udp 2130706431 {ip} {port} typ host\r\n"
        sections = re.split(r"(?=^m=)", offer, flags=re.MULTILINE)
        return "".join(
            _CANDIDATE.sub("", one).replace("a=end-of-candidates\r\n", f"{line}a=end-of-candidates\r\n")
            for one in sections
        )

    def both(self, **faults: Any) -> None:
        self.up.become(**faults)
        self.down.become(**faults)

    async def move(self) -> None:
        """From now on the client's datagrams come from another port, as after a router forgot the old one."""
        for client, old in list(self._outside.items()):
            await self._open(client)
            old.close()

    async def start(self, host: str) -> None:
        self._front, _ = await self._loop.create_datagram_endpoint(
            lambda: _Ear(self._from_client), local_addr=(host, 0)
        )

    async def stop(self) -> None:
        for task in self._opening.values():
            task.cancel()
        await asyncio.gather(*self._opening.values(), return_exceptions=True)
        for socket in (self._front, *self._outside.values()):
            socket.close()
        await asyncio.sleep(0)

    def _from_client(self, data: bytes, client: Address) -> None:
        at = self.up.arrival(len(data), self._loop.time(), self._chance)
        if at is None:
            return
        if client in self._outside:
            self._loop.call_at(at, self._to_server, data, client)
        elif client not in self._opening:
            self._opening[client] = asyncio.create_task(self._open(client))  # what comes meanwhile is lost

    def _to_server(self, data: bytes, client: Address) -> None:
        socket = self._outside[client]
        if not socket.is_closing():
            socket.sendto(data)

    async def _open(self, client: Address) -> None:
        ear = _Ear(lambda data, _: self._from_server(data, client))
        self._outside[client], _ = await self._loop.create_datagram_endpoint(lambda: ear, remote_addr=self._server)
        self._opening.pop(client, None)

    def _from_server(self, data: bytes, client: Address) -> None:
        at = self.down.arrival(len(data), self._loop.time(), self._chance)
        if at is not None:
            self._loop.call_at(at, self._to_client, data, client)

    def _to_client(self, data: bytes, client: Address) -> None:
        if not self._front.is_closing():
            self._front.sendto(data, client)


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, hear: Callable[[bytes, Address], None]) -> None:
        self._hear = hear

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._hear(data, addr)


@asynccontextmanager
async def faulty_link(server: Address, host: str = "127.0.0.1", seed: int = 1) -> AsyncIterator[FaultyLink]:
    """A link to `server` that listens at `host`, faultless until its lanes are told otherwise."""
    link = FaultyLink(server, seed)
    await link.start(host)
    try:
        yield link
    finally:
        await link.stop()
