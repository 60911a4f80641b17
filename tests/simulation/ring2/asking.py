"""How people ask: through a page or a link, again where no answer came, by the same name each time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.application.ports import RecordUnavailable
from server.domain.session import commands as c
from server.domain.session.refusals import Refusal
from server.domain.session.state import Session
from tests.simulation.ring2.node import Node
from tests.simulation.ring2.pages import Page, over_the_wire
from tests.simulation.ring2.told import HOST, SUBSTITUTE, Told

if TYPE_CHECKING:
    from tests.simulation.ring2.world import World

PATIENCE = 2.0  # s of real time that a page waits for an answer
Make = Callable[[Told], c.Command | None]


class Callers:
    """The people of one session, in front of their pages."""

    def __init__(self, world: World, session: str, keys: tuple[str, ...]) -> None:
        self.world, self.session, self.keys, self.rng = world, session, keys, world.rng
        self.asked = 0
        self.home: dict[str, Node] = {}  # where each is connected
        self.tokens: dict[str, str] = {}
        self.devices: dict[str, Page] = {}  # the one each uses

    @property
    def told(self) -> Told:
        return self.world.oracle.of(self.session)

    # Asking

    def do(self, who: str, make: Make) -> None:
        """Ask for the command that `make` gives, once somebody answers; the same command by the same name each time."""
        command = make(self.told)
        if command is not None:
            self.asked += 1
            self.world.loop.start(self.world.process, self._ask(who, command, f"{who}:{self.asked}"))

    async def _ask(self, who: str, command: c.Command, cmd: str) -> None:
        world = self.world
        world.note(self.session, who, "asks", type(command).__name__, cmd)
        world.watch.asked(self.session, who, command)
        for attempt in range(6):
            node = self._node(who, command, again=attempt > 0)
            if node is not None:
                answer: asyncio.Future[Any] = world.loop.create_future()
                world.loop.start(node.process, self._serve(node, who, command, cmd, answer))
                reply = await self._patiently(answer)
                if reply is not None:
                    return self._answered(node, who, command, cmd, reply)
            await asyncio.sleep(0.3)

    async def _patiently(self, answer: asyncio.Future[Any]) -> Any:
        timer = self.world.loop.call_later(PATIENCE, _settle, answer, None)
        try:
            return await answer
        finally:
            timer.cancel()

    async def _serve(self, node: Node, who: str, command: c.Command, cmd: str, answer: asyncio.Future[Any]) -> None:
        """What the gateway does with a message, on the node."""
        reply: Any = None
        try:
            if self.world.swarm.pages and not isinstance(command, c.AnswerTimes):
                reply = await self._by_page(node, who, command, cmd)
            else:
                if isinstance(command, c.Connect):
                    seat = (await node.dispatcher.session(self.session)).seats[HOST if who == SUBSTITUTE else who]
                    command = c.Connect(who, seat.epoch + 1)
                reply = await node.dispatcher.submit(self.session, command, cmd)
        except RecordUnavailable:
            pass
        self.world.later(self.world.delay(), _settle, answer, reply)

    async def _by_page(self, node: Node, who: str, command: c.Command, cmd: str) -> Any:
        page = self.devices.get(who)
        if isinstance(command, c.Connect):
            page = Page(self.world, self.session, who, f"{cmd}@{node.name}")
        if isinstance(command, c.Drop):
            if page is None or page.node is not node or node.gateway.hub.seats.of_sid(page.sid) is None:
                return await node.dispatcher.submit(self.session, command, cmd)  # its node is gone; it was noticed
            page.open = False
            await node.gateway.trigger_event("disconnect", page.sid)
            return Wire(None)
        if page is None:
            return Wire("not_joined")
        ack = await over_the_wire(self.world, node, page, self.tokens[who], command, cmd.partition(":")[2])
        code = ack.get("error", {}).get("type")
        if code is None and isinstance(command, c.Connect):
            self.devices[who] = page
        return None if code == "unavailable" else Wire(code)

    def _answered(self, node: Node, who: str, command: c.Command, cmd: str, reply: Any) -> None:
        name = type(command).__name__
        refusal = reply.refusal.code if reply.refusal is not None else "repeated" if reply.repeated else "ok"
        self.world.note(self.session, who, "is answered", name, cmd, refusal)
        if reply.refusal is None:
            by_page = isinstance(reply, Wire) and name == "Connect"  # a join has no name of its own in the record
            self.world.oracle.acknowledged(self.session, "Join" if by_page else name, cmd, reply.session.seq)
            if isinstance(command, c.Connect):
                self.home[who] = node
        self.world.watch.answered(command, reply)

    def _node(self, who: str, command: c.Command, again: bool) -> Node | None:
        live = self.world.live()
        page = self.devices.get(who)
        if page is not None and not isinstance(command, c.Connect | c.AnswerTimes) and page.node in live:
            return page.node  # a page speaks over the connection that it has
        home = self.home.get(who)
        if home in live and not again and self.rng.random() < 0.9:
            return home
        return self.rng.choice(live) if live else None


@dataclass(frozen=True, slots=True)
class Wire:
    """An acknowledgement, as much of it as is asked about."""

    code: str | None
    repeated: bool = False

    @property
    def refusal(self) -> Refusal | None:
        return None if self.code is None else Refusal(self.code, "")

    @property
    def session(self) -> Session:
        return Session("")


def _settle(answer: asyncio.Future[Any], reply: Any) -> None:
    if not answer.done():
        answer.set_result(reply)
