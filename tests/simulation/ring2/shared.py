"""The one store of all nodes, behind a connection that delays, fails, and forgets to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from server.application.ports import RecordUnavailable

if TYPE_CHECKING:
    from tests.simulation.ring2.node import Node
    from tests.simulation.ring2.world import World

ASKED: ContextVar[str] = ContextVar("asked", default="")  # the command that is being decided
WRITES = frozenset({"append", "hold", "book", "cancel", "done", "retry", "give_up", "take", "post"})


def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of a call of the store in memory, which never waits."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("a store in memory waited")


class Connection:
    """One node's way to the store; every port of it. What was sent is done, whatever becomes of the sender."""

    def __init__(self, world: World, node: Node) -> None:
        self._world, self._node = world, node

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._world.store, name)

        async def call(*args: Any, **named: Any) -> Any:
            return await self._call(name, lambda: at_once(method(*args, **named)), args)

        setattr(self, name, call)
        return call

    async def ask(self, name: str, work: Callable[[], Any]) -> Any:
        """A question that no port of the store in memory has: it takes its time there and back."""
        answer: asyncio.Future[Any] = self._world.loop.create_future()
        there, back = self._world.delay(), self._world.delay()
        self._world.later(there, self._arrive, name, work, (), back, answer, "")
        return await answer

    async def _call(self, name: str, work: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        world, swarm, draw = self._world, self._world.swarm, self._world.draw
        writes = name in WRITES and not (name == "take" and not world.store._waiting)
        if not writes and world.store_up and draw() > swarm.slow_reads:
            return work()  # as good as a short wait, in which nothing came between
        answer: asyncio.Future[Any] = world.loop.create_future()
        there, back = world.delay(), world.delay()
        world.later(there, self._arrive, name, work, args, back, answer, ASKED.get())
        return await answer

    def _arrive(
        self,
        name: str,
        work: Callable[[], Any],
        args: tuple[Any, ...],
        back: float,
        answer: asyncio.Future[Any],
        asked: str,
    ) -> None:
        world = self._world
        if not world.store_up:
            world.later(back, _fail, answer, RecordUnavailable("the store is away"))
            return
        result, fault = None, None
        try:
            result = work()
        except Exception as problem:
            fault = problem
        if name == "append":
            world.appended(self._node, args[0], fault, asked)
        elif name in WRITES:
            world.wrote(self._node, name, args, result)
        if fault is not None:
            world.later(back, _fail, answer, fault)
        elif name in WRITES and world.draw() < world.swarm.lost_answers:
            world.lost_answer(self._node, name, args)
            world.later(back, _fail, answer, RecordUnavailable("the connection was lost"))
        else:
            world.later(back, _succeed, answer, result)


def _fail(answer: asyncio.Future[Any], fault: BaseException) -> None:
    if not answer.done():
        answer.set_exception(fault)


def _succeed(answer: asyncio.Future[Any], result: Any) -> None:
    if not answer.done():
        answer.set_result(result)
