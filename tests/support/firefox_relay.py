"""Firefox as Playwright wants it: `python -m tests.support.firefox_relay ADDRESS FIREFOX ARGUMENTS…`, run in its place.

Playwright speaks WebDriver BiDi to Firefox, and sets one thing by it that an ESR doesn't know yet: whether the page is
to be light or dark. Here that is answered as done, though nothing is set; all else goes through as it is. Firefox
listens on the loopback interface alone; this listens at ADDRESS.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web

UNKNOWN = "emulation.setMediaFeaturesOverride"
LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")
Socket = ClientWebSocketResponse | web.WebSocketResponse


async def main(address: str, command: list[str]) -> int:
    firefox = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, firefox.terminate)
    assert firefox.stderr is not None
    async with asyncio.TaskGroup() as tasks:
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        tasks.create_task(_read(firefox.stderr, told))
        relay = tasks.create_task(_relay(address, told))
        status = await firefox.wait()
        relay.cancel()
    return status


async def _read(lines: asyncio.StreamReader, told: asyncio.Future[str]) -> None:
    async for line in lines:
        if found := LISTENING.search(line):
            told.set_result(found[1].decode())
        else:
            sys.stderr.buffer.write(line)
            sys.stderr.flush()


async def _relay(address: str, told: asyncio.Future[str]) -> None:
    firefox = await told

    async def serve(request: web.Request) -> web.WebSocketResponse:
        here = web.WebSocketResponse(max_msg_size=0)
        await here.prepare(request)
        async with ClientSession() as client, client.ws_connect(firefox + request.path, max_msg_size=0) as there:
            back = asyncio.create_task(_pass(there, here))
            await _pass(here, there)
            await there.close()
            await back
        return here

    app = web.Application()
    app.router.add_get("/{path:.*}", serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, address, 0).start()
    host, port = runner.addresses[0]
    print(f"WebDriver BiDi listening on ws://{host}:{port}", file=sys.stderr, flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def _pass(source: Socket, goal: Socket) -> None:
    async for message in source:
        if message.type is not WSMsgType.TEXT:
            continue
        if UNKNOWN in message.data and (asked := json.loads(message.data)).get("method") == UNKNOWN:
            await source.send_str(json.dumps({"type": "success", "id": asked["id"], "result": {}}))
        else:
            await goal.send_str(message.data)
    if not goal.closed:
        await goal.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2:])))
