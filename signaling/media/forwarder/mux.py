"""One UDP socket for every peer of a worker: ICE-lite, datagrams told apart by address (RFC 8445, RFC 7983)."""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
import time
from collections.abc import Callable, Sequence

from aioice import stun

DRAIN = 64  # datagrams read in one wake-up
QUEUE = 64  # DTLS datagrams that wait for a peer; more are dropped
BUFFER = 4 << 20  # bytes asked of the kernel each way
MAX_DATAGRAM = 2048

Address = tuple[str, int]
_MALFORMED = (ValueError, KeyError, IndexError, struct.error, AttributeError, TypeError)


class LiteIce:
    """What aiortc's DTLS transport asks of an ICE transport: `role`, `state`, `_recv`, `_send`, `stop`."""

    role, state = "controlled", "completed"

    def __init__(self, mux: Mux, on_media: Callable[[bytes], None]) -> None:
        self._mux, self.on_media = mux, on_media
        self.address: Address | None = None
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
        if self.address is not None:
            self._mux.send(data, self.address)

    async def stop(self) -> None:
        self._queue.put_nowait(None)


class Mux:
    def __init__(self, addresses: Sequence[str], port: int) -> None:
        """Binds `port` (0: any) on all interfaces, or on loopback where only that is announced. Raises `OSError`."""
        self.addresses = tuple(addresses)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        local = all(address.startswith("127.") for address in self.addresses)
        self._socket.bind((self.addresses[0] if local else "0.0.0.0", port))
        self.port: int = self._socket.getsockname()[1]
        self._by_ufrag: dict[str, LiteIce] = {}
        self._by_address: dict[Address, LiteIce] = {}
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._readable)

    def add(self, ice: LiteIce) -> None:
        self._by_ufrag[ice.ufrag] = ice

    def remove(self, ice: LiteIce) -> None:
        """From now on nothing of this peer is read or answered, STUN included."""
        self._by_ufrag.pop(ice.ufrag, None)
        if ice.address is not None and self._by_address.get(ice.address) is ice:
            del self._by_address[ice.address]

    def send(self, data: bytes, address: Address) -> None:
        """Send or lose: a full buffer or an unreachable peer is the network's business."""
        try:
            self._socket.sendto(data, address)
        except OSError:
            return

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()

    def _readable(self) -> None:
        for _ in range(DRAIN):
            try:
                data, address = self._socket.recvfrom(MAX_DATAGRAM)
            except OSError:
                return
            if data:
                self._route(data, address)

    def _route(self, data: bytes, address: Address) -> None:
        ice, first = self._by_address.get(address), data[0]
        if ice is not None and 127 < first < 192:
            ice.on_media(data)
        elif first < 4:
            self._check(data, address)
        elif ice is not None and 19 < first < 64:
            ice.receive(data)

    def _check(self, data: bytes, address: Address) -> None:
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
        ice.last_stun = time.monotonic()
        if ice.address is None or "USE-CANDIDATE" in request.attributes:
            self._nominate(ice, address)
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = address
        response.add_message_integrity(ice.password.encode())
        self.send(bytes(response), address)

    def _nominate(self, ice: LiteIce, address: Address) -> None:
        if ice.address != address:
            if ice.address is not None and self._by_address.get(ice.address) is ice:
                del self._by_address[ice.address]
            ice.address = address
            self._by_address[address] = ice
        ice.nominated.set()
