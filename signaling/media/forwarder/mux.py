"""One UDP socket for every peer of a worker: ICE-lite, datagrams told apart by address (RFC 8445, RFC 7983)."""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

from aioice import stun

from signaling.media.forwarder.datagrams import Datagrams, Name

QUEUE = 64  # DTLS datagrams that wait for a peer; more are dropped
BUFFER = 4 << 20  # bytes asked of the kernel each way
MAX_DATAGRAM = 1500  # bytes; what is longer is not from a browser
SILENT = 1.0  # s without a packet from its address, after which a peer may have another

OnMedia = Callable[[Any, Any, int], None]  # a datagram's view, its pointer for libsrtp, its size in bytes
_MALFORMED = (ValueError, KeyError, IndexError, struct.error, AttributeError, TypeError)


class LiteIce:
    """What aiortc's DTLS transport asks of an ICE transport: `role`, `state`, `_recv`, `_send`, `stop`."""

    role, state = "controlled", "completed"

    def __init__(self, mux: Mux, on_media: OnMedia) -> None:
        self._mux, self.on_media = mux, on_media
        self.name: Name | None = None
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.nominated = asyncio.Event()
        self.last_stun = self.last_media = 0.0
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()

    def receive(self, data: bytes) -> None:
        """A DTLS record arrived. A peer that sends more than is read loses the rest, as on any network."""
        if self._queue.qsize() < QUEUE:
            self._queue.put_nowait(data)

    async def _recv(self) -> bytes:
        data = await self._queue.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        if self.name is not None:
            self._mux.send(data, self.name)

    async def stop(self) -> None:
        self._queue.put_nowait(None)


class Mux:
    def __init__(self, addresses: Sequence[str], port: int) -> None:
        """Binds `port` (0: any) on all interfaces, or on loopback where only that is announced; for IPv6 and IPv4 at
        once where an IPv6 address is among `addresses`. Raises `OSError`."""
        self.addresses = tuple(addresses)
        self._socket = _bound(self.addresses, port)
        self.port: int = self._socket.getsockname()[1]
        self.datagrams = Datagrams(self._socket)
        self._flushing = self._reading = False
        self._by_ufrag: dict[str, LiteIce] = {}
        self._by_name: dict[bytes, LiteIce] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._readable)

    def add(self, ice: LiteIce) -> None:
        self._by_ufrag[ice.ufrag] = ice

    def remove(self, ice: LiteIce) -> None:
        """From now on nothing of this peer is read or answered, STUN included."""
        self._by_ufrag.pop(ice.ufrag, None)
        if ice.name is not None and self._by_name.get(ice.name.key) is ice:
            del self._by_name[ice.name.key]

    def send(self, data: bytes, to: Name) -> None:
        """Send soon, or lose. Outside of a wake-up all that is sent in one turn of the loop goes together."""
        if len(data) <= MAX_DATAGRAM:
            self.datagrams.put(data, to)
            self.soon()

    def soon(self) -> None:
        """What waits in the outbox is to go in this turn of the loop."""
        if not self._reading and not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def close(self) -> None:
        self._loop.remove_reader(self._socket.fileno())
        self.datagrams.flush()
        self._socket.close()

    def _flush(self) -> None:
        self._flushing = False
        if self._socket.fileno() >= 0:
            self.datagrams.flush()

    def _readable(self) -> None:
        datagrams = self.datagrams
        self._reading = True
        try:
            for n in range(datagrams.read()):
                self._route(n, datagrams.size(n), datagrams.sender(n))
            datagrams.flush()
        finally:
            self._reading = False

    def _route(self, n: int, size: int, sender: bytes) -> None:
        if not 0 < size <= MAX_DATAGRAM:
            return
        view, ice = self.datagrams.inbox.views[n], self._by_name.get(sender)
        first = view[0][0]
        if 127 < first < 192:
            if ice is not None:
                ice.on_media(view, self.datagrams.inbox.pointers[n], size)
        elif first < 4:
            self._check(bytes(view[:size]), sender)
        elif ice is not None and 19 < first < 64:
            ice.receive(bytes(view[:size]))

    def _check(self, data: bytes, sender: bytes) -> None:
        """A STUN connectivity check is answered when its integrity proves that it is from a known peer."""
        try:
            request = stun.parse_message(data)
            if (request.message_class, request.message_method) != (stun.Class.REQUEST, stun.Method.BINDING):
                return
            ice = self._by_ufrag.get(request.attributes["USERNAME"].split(":")[0])
            if ice is None or not request.check_message_integrity(ice.password.encode()):
                return
        except _MALFORMED:
            return
        now = time.monotonic()
        name = ice.name if ice.name is not None and ice.name.key == sender else Name(sender)
        # Whoever does not know that its address changed (a router forgot it) nominates nothing.
        silent = now - max(ice.last_stun, ice.last_media) > SILENT
        if ice.name is None or silent or "USE-CANDIDATE" in request.attributes:
            self._nominate(ice, name)
        ice.last_stun = now
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = name.address
        response.add_message_integrity(ice.password.encode())
        self.send(bytes(response), name)

    def _nominate(self, ice: LiteIce, name: Name) -> None:
        if ice.name is not name:
            if ice.name is not None and self._by_name.get(ice.name.key) is ice:
                del self._by_name[ice.name.key]
            ice.name = name
            self._by_name[name.key] = ice
        ice.nominated.set()


def _bound(addresses: Sequence[str], port: int) -> socket.socket:
    both = any(":" in address for address in addresses)
    sock = socket.socket(socket.AF_INET6 if both else socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    if both:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
    local = all(address.startswith("127.") for address in addresses) or set(addresses) == {"::1"}
    sock.bind((addresses[0] if local else "::" if both else "0.0.0.0", port))
    return sock
