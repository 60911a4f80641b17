"""An event loop on virtual time: when nothing is ready, time jumps to the next timer. Nothing here ever waits.

Every callback belongs to the node in whose context it was scheduled, or to the world. A node that is killed runs
nothing more, not even its `finally`: its callbacks are forgotten, as with kill -9. One that is paused is as after
SIGSTOP: what comes due meanwhile is kept, in order, and runs when it wakes.
"""

from __future__ import annotations

import asyncio
import heapq
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any


class Process:
    """What can be killed and paused: everything that runs in one context."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.paused = False
        self.kept: list[Handle] = []
        self.context = copy_context()
        self.context.run(OWNER.set, self)


OWNER: ContextVar[Process | None] = ContextVar("owner", default=None)


class Handle:
    """As `asyncio.TimerHandle`."""

    __slots__ = ("_when", "args", "callback", "context", "gone", "owner")

    def __init__(self, when: float, callback: Callable[..., Any], args: Any, context: Context) -> None:
        self._when = when
        self.callback, self.args, self.context = callback, args, context
        self.owner = context.get(OWNER)
        self.gone = False

    def cancel(self) -> None:
        self.gone = True

    def cancelled(self) -> bool:
        return self.gone

    def when(self) -> float:
        return self._when


class SimLoop:
    """As much of a loop as the application and asyncio's own tools ask for."""

    running: SimLoop | None = None

    def __init__(self) -> None:
        self.now = 0.0
        self._ready: deque[Handle] = deque()
        self._timers: list[tuple[float, int, Handle]] = []  # by time, then by when each was asked for
        self._number = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self.faults: list[dict[str, Any]] = []
        self.killed: set[str] = set()

    # What asyncio asks for

    def time(self) -> float:
        return self.now

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_soon(self, callback: Any, *args: Any, context: Context | None = None) -> Any:
        handle = Handle(self.now, callback, args, context or copy_context())
        self._ready.append(handle)
        return handle

    def call_later(self, delay: float, callback: Any, *args: Any, context: Context | None = None) -> Any:
        when, self._number = self.now + delay, self._number + 1
        handle = Handle(when, callback, args, context or copy_context())
        heapq.heappush(self._timers, (when, self._number, handle))
        return handle

    def call_at(self, when: float, callback: Any, *args: Any, context: Context | None = None) -> Any:
        self._number += 1
        handle = Handle(when, callback, args, context or copy_context())
        heapq.heappush(self._timers, (when, self._number, handle))
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)  # type: ignore[arg-type]

    def create_task(self, coro: Any, *, name: str | None = None, context: Context | None = None) -> Any:
        owner = OWNER.get()
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, name=owner.name if owner else "", context=context)  # type: ignore[arg-type]
        task._log_destroy_pending = False  # type: ignore[attr-defined]  # a killed node leaves tasks: that is the point
        self._tasks.add(task)  # and they stay as they are until the world is over
        task.add_done_callback(self._tasks.discard)
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        future = context.get("future")
        if isinstance(future, asyncio.Task) and future.get_name() in self.killed:
            return  # whoever would have asked for its result is no more
        self.faults.append(context)

    # What the world asks for

    def start(self, process: Process, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` as part of `process`."""
        task: asyncio.Task[Any] = process.context.copy().run(self.create_task, work)
        return task

    def kill(self, process: Process) -> None:
        process.alive, process.paused = False, False
        self.killed.add(process.name)
        process.kept.clear()

    def pause(self, process: Process) -> None:
        process.paused = True

    def wake(self, process: Process) -> None:
        if process.paused:
            process.paused = False
            self._ready.extend(process.kept)
            process.kept.clear()

    def run_until(self, end: float) -> None:
        """Everything up to and with the instant `end`."""
        before, SimLoop.running = events._get_running_loop(), self
        events._set_running_loop(self)  # type: ignore[arg-type]
        try:
            self._turns(end)
        finally:
            events._set_running_loop(before)
            SimLoop.running = None
        self.now = max(self.now, end)

    def _turns(self, end: float) -> None:
        ready, timers, run = self._ready, self._timers, self._run
        while True:
            while ready:
                run(ready.popleft())
            if not timers or timers[0][0] > end:
                return
            when, _, handle = heapq.heappop(timers)
            if when > self.now:
                self.now = when
            run(handle)

    def _run(self, handle: Handle) -> None:
        if handle.gone:
            return
        owner = handle.owner
        if owner is not None:
            if not owner.alive:
                return
            if owner.paused:
                owner.kept.append(handle)
                return
        try:
            handle.context.run(handle.callback, *handle.args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as fault:
            self.call_exception_handler({"message": "a callback failed", "exception": fault})

    def close(self) -> None:
        """Let go of what killed nodes left behind."""
        self._ready.clear()
        self._timers.clear()
        self._tasks.clear()
