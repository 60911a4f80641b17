"""A TCP proxy on one edge that does what networks do: it slows, cuts, swallows, and lets one side speak alone."""

from __future__ import annotations

import asyncio
import contextlib
from enum import StrEnum

DELAY = 0.1  # s
DRIP, DRIP_EVERY = 16, 0.01  # bytes, s


class Fault(StrEnum):
    NONE = "none"
    LATENCY = "latency"
    CUT = "lost connection"
    BLACK_HOLE = "black hole"
    HALF_OPEN = "half-open"
    DRIP = "slow drip"


class Proxy:
    """Passes on to `port` of this machine what comes to its own."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.fault = Fault.NONE
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    def suffer(self, fault: Fault) -> None:
        """From now on; `CUT` ends what there is and lets new connections through."""
        self.fault = fault
        if fault is Fault.CUT:
            for writer in self._writers:
                writer.transport.abort()

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        there: asyncio.StreamWriter | None = None
        try:
            answers, there = await asyncio.open_connection("127.0.0.1", self._to)
            self._writers.add(there)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, there, back=False))
                both.create_task(self._carry(answers, writer, back=True))
        except* OSError:
            pass
        finally:
            for one in (writer, there):
                if one is not None:
                    self._writers.discard(one)
                    one.transport.abort()
            self._tasks.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool) -> None:
        """Ends both directions with its own end."""
        while data := await reader.read(65536):
            match self.fault:
                case Fault.BLACK_HOLE:
                    continue
                case Fault.HALF_OPEN if back:
                    continue
                case Fault.LATENCY:
                    await asyncio.sleep(DELAY)
                case Fault.DRIP:
                    for n in range(0, len(data) - DRIP, DRIP):
                        writer.write(data[n : n + DRIP])
                        await asyncio.sleep(DRIP_EVERY)
                    data = data[(len(data) - 1) // DRIP * DRIP :]
            writer.write(data)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
        raise ConnectionResetError
