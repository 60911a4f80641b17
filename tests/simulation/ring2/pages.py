"""Pages: devices that hold a snapshot and apply what comes after it, over the real gateway without its sockets."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from socketio.exceptions import ConnectionRefusedError

from server.adapters.memory import MemoryHints, MemoryNodes
from server.application.links import LinkDesk
from server.application.membership import Membership
from server.domain.session import commands as c
from server.domain.session.state import Session
from signaling.gateway import hub as hub_module
from signaling.gateway import namespace as namespace_module
from signaling.gateway.hub import Hub, view_json
from signaling.gateway.namespace import SessionNamespace
from signaling.gateway.relay import Relay
from tests.simulation.ring2.loop import SimLoop

if TYPE_CHECKING:
    from tests.simulation.ring2.node import Node
    from tests.simulation.ring2.world import World

LAG = 3.0  # s of real time within which every page shows what is so, once nothing is in the way
RUNNING = ("co_present_minutes", "minutes")  # go on by themselves, faster than a page is told at these speeds


class LoopTime:
    """`time` as the gateway uses it, on the time of the loop that runs."""

    def monotonic(self) -> float:
        loop = SimLoop.running
        return time.monotonic() if loop is None else loop.time()


@contextlib.contextmanager
def on_virtual_time() -> Iterator[None]:
    with patch.object(hub_module, "time", LoopTime()), patch.object(namespace_module, "time", LoopTime()):
        yield


class Page:
    """One device. It reads what the server sends, in order; on a gap it asks for a fresh snapshot."""

    def __init__(self, world: World, session: str, key: str, sid: str) -> None:
        self.world, self.session, self.key, self.sid = world, session, key, sid
        self.node: Node | None = None
        self.view: dict[str, Any] = {}
        self.rev = 0
        self.open = False
        self.asking = False
        self.behind: dict[str, tuple[float, Any]] = {}  # what it shows that is not so, and since when

    def snapshot(self, ack: dict[str, Any]) -> None:
        fresh = dict(ack["snapshot"])
        fresh.pop("now")
        if ack["rev"] < self.rev:
            return  # overtaken by an event
        self.view, self.rev, self.open = fresh, ack["rev"], True

    def receive(self, event: str, body: dict[str, Any]) -> None:
        if event in ("closed", "moved"):
            self.open = False
        elif event == "changed" and self.open:
            if body["rev"] > self.rev + 1 and not self.asking:
                self._refresh()
            elif body["rev"] == self.rev + 1:
                self.view, self.rev = {**self.view, **body["data"]["set"]}, body["rev"]

    def _refresh(self) -> None:
        node = self.node
        if node is not None and node.up:
            self.asking = True
            self.world.loop.start(node.process, self._asked(node))

    async def _asked(self, node: Node) -> None:
        ack = await node.gateway.trigger_event("refresh", self.sid, {"cmd_id": "again"})
        node.gateway.send(self.sid, self._fresh, ack)

    def _fresh(self, ack: dict[str, Any]) -> None:
        self.asking = False
        if "snapshot" in ack:
            self.snapshot(ack)


class Gateway:
    """A node's hub and namespace, and the wire between them and the pages."""

    def __init__(self, node: Node, links: LinkDesk, clock: Any) -> None:
        self._node, self._world, self._clock = node, node.world, clock
        self.hub = Hub(node.dispatcher, clock, None, self._emit, self._kick, Relay())
        alone = Membership("here", "", MemoryNodes(), MemoryHints(), clock)  # any node takes anybody in
        self._namespace = SessionNamespace(node.dispatcher, links, self.hub, clock, alone)
        self._arrives: dict[str, float] = {}

    async def trigger_event(self, event: str, *args: Any) -> Any:
        return await self._namespace.trigger_event(event, *args)

    def loops(self) -> list[Any]:
        return [self.hub.watch, self._namespace.watch]

    def send(self, sid: str, work: Any, *args: Any) -> None:
        """Something for this connection's other end; one connection keeps its order."""
        world = self._world
        at = max(self._arrives.get(sid, 0.0), world.loop.time() + world.delay())
        self._arrives[sid] = at
        world.loop.call_at(at, work, *args, context=world.process.context)

    async def _emit(self, sid: str, event: str, body: Any) -> None:
        page = self._world.pages.get(sid)
        if page is not None:
            self.send(sid, page.receive, event, body)

    async def _kick(self, sid: str, event: str, body: Any) -> None:
        await self._emit(sid, event, body)
        await self._namespace.trigger_event("disconnect", sid)

    def holds(self, page: Page) -> bool:
        """Whether this page's connection stands and has its seat."""
        return self.hub.seats.of_sid(page.sid) is not None

    def look(self, page: Page, session: Session) -> None:
        """Whether this page shows what a fresh snapshot would; for a moment it may be behind."""
        world, now = self._world, self._world.loop.time()
        fresh = view_json(session, page.key, self._clock, self._node.dispatcher.policy_of(session))
        shown = {key: plain(page.view.get(key)) for key in fresh}
        wrong = [key for key, value in plain(fresh).items() if shown[key] != value]
        well = world.real(world.troubled_at) + LAG < now
        # What is shown by the clock may be wrong at each look and never for long: the same words have to stand still.
        kept = {key: page.behind[key] for key in wrong if key in page.behind and page.behind[key][1] == shown[key]}
        page.behind = {key: kept.get(key, (now, shown[key])) for key in wrong} if well else {}
        for key, (since, _) in page.behind.items():
            if now - since > LAG:
                world.oracle.say(f"{page.session}: the page of {page.key} shows another {key} than is so")


def plain(value: Any) -> Any:
    """Without what goes on by itself."""
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if key not in RUNNING}
    return value


def message_of(command: c.Command) -> tuple[str, dict[str, Any]]:
    """The client's message for a command."""
    name = "".join(f"_{x.lower()}" if x.isupper() else x for x in type(command).__name__).lstrip("_")
    body = {key: value for key, value in asdict(command).items() if value is not None}
    match command:
        case c.Admit() | c.Remove():
            body = {"participant": command.who}
        case c.ReportCheck():
            body = asdict(command.check)
        case c.RunLate():
            body = {"minutes": 12}
        case c.AnswerMerge():
            body = {"question": command.question, "yes": command.yes}
        case c.Arrive() | c.Leave() | c.AskForTime():
            body = {}
        case c.DeclareAbsence():
            body = {"reason": str(command.reason)}
    return name, body


async def over_the_wire(world: World, node: Node, page: Page, token: str, command: c.Command, number: str) -> Any:
    """Ask by a message, as a page does; the acknowledgement."""
    gateway = node.gateway
    if not isinstance(command, c.Connect):
        name, body = message_of(command)
        return await gateway.trigger_event(name, page.sid, {"cmd_id": number, **body})
    page.node, world.pages[page.sid] = node, page
    try:
        await gateway.trigger_event("connect", page.sid, {}, {"token": token})
    except ConnectionRefusedError:
        return {"error": {"type": "refused", "message": ""}}
    ack = await gateway.trigger_event("join", page.sid, {"cmd_id": number, "v": 1, "media": False})
    if "snapshot" in ack:
        gateway.send(page.sid, page.snapshot, ack)
    return ack
