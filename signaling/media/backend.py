"""The server's side of the media worker: starts it, speaks to it, and starts another when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from server.application.media_events import MediaEvent, WorkerLost, WorkerReady
from server.application.ports import MediaRefused
from server.telemetry import log
from signaling.media.forwarder.sdp import MAX_CHARS
from signaling.media.wire import MAX_LINE, event_of, line

WORKER = "signaling.media.worker"  # the module that the child process runs
WITHIN = 5.0  # s for one request
STARTS_WITHIN = 30.0  # s for a worker's first sign of life, on a machine that is busy starting everything else
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # s between two starts of a worker that keeps dying

Listener = Callable[[MediaEvent], None]


class EmbeddedForwarder:
    """A `MediaBackend` in a child process. `announce` are the IP addresses that clients reach this machine at."""

    def __init__(
        self,
        announce: Sequence[str] = ("127.0.0.1",),
        port: int = 0,
        limits: Mapping[str, float] | None = None,
    ) -> None:
        self._options: dict[str, Any] = {
            "addresses": list(announce),
            "port": port,
            "limits": dict(limits or {}),
        }
        self._listeners: list[Listener] = []
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._numbers = 0
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The worker's process id, for whoever watches or kills it."""
        return None if self._process is None else self._process.pid

    @property
    def ready(self) -> bool:
        """Whether the worker takes requests now."""
        return self._ready.is_set()

    @property
    def port(self) -> int:
        """The worker's UDP port; 0 before it has one."""
        return int(self._options["port"])

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def start(self) -> None:
        """On return the worker takes requests. Raises `MediaRefused` where it does not start."""
        self._keeping = asyncio.create_task(self._keep())
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({self._keeping, ready}, timeout=STARTS_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            await self.stop()
            raise MediaRefused("media_unavailable", "The media worker does not start; is its UDP port taken?")

    async def stop(self) -> None:
        if self._keeping is not None:
            self._stopping = True
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
            self._keeping = None

    async def offer(self, peer: str, slots: int) -> str:
        return str(await self._ask("offer", peer, slots=slots))

    async def answer(self, peer: str, sdp: str) -> None:
        if len(sdp) > MAX_CHARS:
            raise MediaRefused("sdp_invalid", "The answer is too long.")
        await self._ask("answer", peer, sdp=sdp)

    async def place(self, peer: str, room: str | None) -> None:
        await self._ask("place", peer, room=room)

    async def pictures(self, peer: str, on: bool) -> None:
        await self._ask("pictures", peer, on=on)

    async def close(self, peer: str) -> None:
        await self._ask("close", peer)

    async def _ask(self, what: str, peer: str, **more: Any) -> Any:
        process = self._process
        if process is None or process.stdin is None or not self._ready.is_set():
            raise MediaRefused("media_unavailable", "Sound and picture are starting again. One moment.")
        self._numbers += 1
        number, future = self._numbers, asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            process.stdin.write(line({"id": number, "do": what, "peer": peer, **more}))
            return await asyncio.wait_for(future, WITHIN)
        except (TimeoutError, ConnectionError) as late:
            # A worker that hangs may still forward: ended, it certainly does not.
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            raise MediaRefused("media_unavailable", "Sound and picture don't answer. One moment.") from late
        finally:
            self._waiting.pop(number, None)

    async def _keep(self) -> None:
        """Run a worker, and another when it ends, for as long as we are not stopped."""
        pause, first = FIRST_PAUSE, True
        while True:
            began = asyncio.get_running_loop().time()
            lived = await self._run(announce_ready=not first)
            if first and not lived:
                return
            first = False
            log.warning("the media worker ended; starting another")
            lasted = asyncio.get_running_loop().time() - began
            pause = FIRST_PAUSE if lasted > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _run(self, *, announce_ready: bool) -> bool:
        """Whether the worker got as far as to take requests."""
        command = (sys.executable, "-m", WORKER, json.dumps(self._options))
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=MAX_LINE
        )
        self._process = process
        try:
            return await self._read(process, announce_ready)
        finally:
            await self._ended(process)

    async def _read(self, process: asyncio.subprocess.Process, announce_ready: bool) -> bool:
        assert process.stdout is not None
        hello = await process.stdout.readline()
        if not hello:
            return False
        self._options["port"] = json.loads(hello)["port"]  # the next worker takes the same port
        self._ready.set()
        if announce_ready:
            self._tell(WorkerReady())
        while data := await process.stdout.readline():
            self._take(json.loads(data))
        return True

    def _take(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self._tell(event_of(message))
            return
        future = self._waiting.get(message["id"])
        if future is None or future.done():
            return
        if "error" in message:
            future.set_exception(MediaRefused(*message["error"]))
        else:
            future.set_result(message["ok"])

    async def _ended(self, process: asyncio.subprocess.Process) -> None:
        was_ready = self._ready.is_set()
        self._ready.clear()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(MediaRefused("media_unavailable", "Sound and picture start again. One moment."))
        if process.stdin is not None:
            process.stdin.close()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if was_ready and not self._stopping:
            self._tell(WorkerLost())

    def _tell(self, event: MediaEvent) -> None:
        for listener in self._listeners:
            listener(event)
