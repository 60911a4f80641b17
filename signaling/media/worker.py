"""The media worker: a process of its own, `python -m signaling.media.worker OPTIONS-AS-JSON`, spoken to by its parent.

It ends when its standard input closes, so a killed server leaves no worker behind.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from typing import Any

import uvloop

from server.telemetry import configure
from signaling.media.forwarder.rooms import Limits, Refused, Rooms
from signaling.media.wire import MAX_LINE, event_line, line

EVERY = 1.0  # s


class Worker:
    def __init__(self, options: dict[str, Any], out: asyncio.StreamWriter) -> None:
        limits = Limits(**options.get("limits", {}))
        tell = lambda event: out.write(event_line(event))  # noqa: E731
        self.rooms = Rooms(options["addresses"], options["port"], tell, limits)

    def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        rooms, peer = self.rooms, str(request["peer"])
        try:
            match request["do"]:
                case "offer":
                    return {"id": request["id"], "ok": rooms.offer(peer, int(request["slots"]))}
                case "answer":
                    rooms.answer(peer, request["sdp"])
                case "place":
                    rooms.place(peer, request["room"])
                case "pictures":
                    rooms.pictures(peer, bool(request["on"]))
                case "close":
                    rooms.close(peer)
        except Refused as no:
            return {"id": request["id"], "error": [no.code, str(no)]}
        return {"id": request["id"], "ok": None}


async def _pipes() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=MAX_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def _tick(rooms: Rooms) -> None:
    while True:
        await asyncio.sleep(EVERY)
        rooms.tick()


async def serve(options: dict[str, Any]) -> None:
    reader, writer = await _pipes()
    worker = Worker(options, writer)
    writer.write(line({"port": worker.rooms.port}))
    ticking = asyncio.create_task(_tick(worker.rooms))
    try:
        while data := await reader.readline():
            writer.write(line(worker.handle(json.loads(data))))
    finally:
        ticking.cancel()
        await worker.rooms.stop()


def main() -> None:
    configure()
    gc.freeze()  # what is loaded by now stays: a search for garbage in it holds up sound and picture
    uvloop.run(serve(json.loads(sys.argv[1])))


if __name__ == "__main__":
    main()
