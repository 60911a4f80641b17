"""One node: the application as the composition root wires it, over the connections of this world."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from server.adapters.clock import DatabaseClock
from server.adapters.codec import JsonCodec
from server.adapters.policyfile import read_policy
from server.adapters.webhooks import StandardWebhooks
from server.application.accepting import Accepting
from server.application.answers import Answers
from server.application.calendars import Calendars
from server.application.clinic import Clinic
from server.application.clocks import agreed
from server.application.contacts import Contacts
from server.application.delivery import Delivery
from server.application.dispatcher import Dispatcher, Reply
from server.application.groups import Groups
from server.application.hinting import Hinting
from server.application.hooks import Hooks
from server.application.ledger import Ledger
from server.application.letters import Letters
from server.application.links import LinkDesk
from server.application.membership import Membership
from server.application.past_weeks import PastWeeks
from server.application.policies import PolicyBook
from server.application.ports import Letter, Record, RecordUnavailable
from server.application.records import Records
from server.application.reminders import Reminders, Ways
from server.application.rescheduling import Rescheduling
from server.application.takeover import Takeover
from server.application.timekeeper import Timekeeper
from server.application.uptime import MediaWatch
from server.application.waitlist import Waitlist
from server.application.weeks import Weeks
from server.cluster import after_absence
from server.domain.attendance import DEFAULT_POLICY, Policy
from server.domain.session.commands import Command, RecordOutage
from tests.simulation.ring2.cluster import NodeDirectory, NodeHints
from tests.simulation.ring2.loop import Process
from tests.simulation.ring2.pages import Gateway
from tests.simulation.ring2.shared import ASKED, Connection

if TYPE_CHECKING:
    from tests.simulation.ring2.world import World

HEARTBEAT = 1.0
WRONG = timedelta(seconds=1)  # that a starting node may be behind


class NodeClock:
    """Policy time by the database's clock, as this node last measured it; its own wall says nothing."""

    def __init__(self, world: World, node: Node) -> None:
        self._world, self._node = world, node
        self.speed = world.speed

    def now(self) -> datetime:
        return self._world.policy_now()

    async def sleep_until(self, at: datetime) -> None:
        while (left := (at - self.now()).total_seconds() / self.speed) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)


class Told(Dispatcher):
    """Says beside each write what was asked, so that the world can tell a timer from a person."""

    async def _take(self, box: Any, command: Command, cmd: str | None) -> Reply:
        ASKED.set(type(command).__name__)
        return await super()._take(box, command, cmd)


@dataclass(slots=True)
class Parts:
    """How a world puts a node together; a broken variant changes one of them."""

    dispatcher: type[Dispatcher] = Told
    timekeeper: type[Timekeeper] = Timekeeper
    delivery: type[Delivery] = Delivery
    connection: type[Connection] = Connection
    clock: type[NodeClock] = NodeClock
    gateway: type[Gateway] = Gateway
    policy: Policy = DEFAULT_POLICY


@dataclass(slots=True, eq=False)
class Node:
    world: World
    name: str
    process: Process
    dispatcher: Dispatcher = field(init=False)
    timekeeper: Timekeeper = field(init=False)
    delivery: Delivery = field(init=False)
    media_watch: MediaWatch = field(init=False)
    gateway: Gateway = field(init=False)
    homes: Membership = field(init=False)
    hinting: Hinting = field(init=False)
    takeover: Takeover = field(init=False)
    connection: Connection = field(init=False)
    clock: Any = field(init=False)
    ready: bool = False
    paused_at: datetime | None = None
    woke_at: datetime | None = None
    wall: timedelta = timedelta(0)  # what its own clock on the wall is off by
    delivering: bool = False

    @property
    def off(self) -> bool:
        return self.wall != timedelta(0)

    @property
    def up(self) -> bool:
        return self.process.alive and not self.process.paused and self.ready

    def build(self, parts: Parts, clock: Any) -> None:
        store: Any = parts.connection(self.world, self)
        codec = JsonCodec()
        self.clock = clock
        self.connection = store
        book = PolicyBook(store, read_policy)
        book.current = book._known[parts.policy.name] = parts.policy
        self.dispatcher = dispatcher = parts.dispatcher(store, codec, clock, book)
        links = LinkDesk(store, clock, self.world.token)
        records = Records(store, codec, clock)
        clinic = Clinic(records, store, store, clock, self.world.token)
        contacts = Contacts(records, leaves=False)
        answers = Answers(dispatcher, store, links, clock, "https://dyad")
        calendars = Calendars(records, store, store)
        waitlist = Waitlist(records, store, store, calendars, dispatcher, store, clock, _no_programme)
        post, base = Post(self), "https://dyad"
        letters = Letters(
            dispatcher, store, store, links, post, clock, base, "team", _no_programme, waitlist.offer, contacts, answers
        )
        reminders = Reminders(dispatcher, store, store, codec, contacts, answers, links, Ways(post), clock)
        past = PastWeeks(dispatcher, store, clock)
        weeks = Weeks(records, clinic, calendars, store, Groups(store, store, clock), dispatcher, past, clock)
        accepting = Accepting(weeks, records, clinic, store, store, store, dispatcher, clock, self.world.token)
        rescheduling = Rescheduling(dispatcher, store, store, calendars, clock, _no_programme)
        ledger = Ledger(dispatcher, store, clock)
        hooks = Hooks(store, store, StandardWebhooks(), codec, clock)  # nobody asked to be told here
        self.delivery = parts.delivery(
            dispatcher, store, codec, clock, letters, rescheduling, links, ledger, accepting, hooks, waitlist, reminders
        )
        self.timekeeper = parts.timekeeper(dispatcher, store, clock)
        if self.world.swarm.homes:
            self._join(clock)
        if self.world.swarm.pages:
            self.gateway = parts.gateway(self, links, clock)
        self.media_watch = MediaWatch(dispatcher.submit, clock, self.world.attended)

    def _join(self, clock: Any) -> None:
        """One of several nodes, as `server.cluster` has it. Of people it knows what the record says."""
        world, hints = self.world, NodeHints(self.world.redis, self)
        self.homes = Membership(
            self.name, f"https://{self.name}", NodeDirectory(world.redis), hints, clock, world.loop.time
        )
        self.hinting = Hinting(self.name, hints, self.dispatcher, world.attended)
        self.takeover = Takeover(
            self.dispatcher, cast(Record, self.connection), clock, self.homes, lambda session: None
        )

    async def run(self, parts: Parts, alone: bool) -> None:
        """Start as the service does: after an absence of all of Dyad, and with its loops guarded."""
        clock = await self._measured() if self.world.swarm.measured else parts.clock(self.world, self)
        self.build(parts, clock)
        while not self.ready:
            with contextlib.suppress(RecordUnavailable):
                if self.world.swarm.homes:
                    directory = NodeDirectory(self.world.redis)
                    store: Any = self.connection
                    await after_absence(store, store, directory, self.dispatcher, clock, self.name)
                    await self.homes.arrive()
                elif alone:
                    await self._after_absence()
                self.ready = True
                self.world.trouble()
            if not self.ready:
                await asyncio.sleep(0.5)
        loops = [self.timekeeper.run, self.delivery.run, self._beat]
        if self.world.swarm.homes:
            loops += [self.homes.run, self.hinting.run, self.takeover.run]
        if self.world.swarm.measured:
            loops.append(self.clock.run)
        if self.world.swarm.blind:
            loops.append(self.media_watch.run)
        if self.world.swarm.pages:
            loops += self.gateway.loops()
        for loop in loops:
            asyncio.get_running_loop().create_task(self._guarded(loop))

    async def _guarded(self, loop: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await loop()
        except Exception as fault:
            self.world.oracle.say(f"a loop of {self.name} failed: {type(fault).__name__}: {fault}")

    async def _measured(self) -> DatabaseClock:
        """The database's clock, as the service measures it. What our own machine counts starts and runs as it likes."""
        world, began, drift = self.world, self.world.draw() * 1e6, (self.world.draw() - 0.5) * 1e-4
        store: Any = Connection(world, self)
        ask = lambda: store.ask("now", world.database_now)  # noqa: E731
        while True:
            try:
                ahead = await agreed(ask, store, lambda: world.policy_now() + self.wall, self._doubts)
                clock = DatabaseClock(ask, lambda: began + world.loop.time() * (1.0 + drift), ahead)
                await clock.start()
                off = abs(clock.now() - world.policy_now())
                if off > WRONG:
                    world.oracle.say(f"{self.name} started {off} off")
                if ahead:
                    world.watch.count("a node started after the database's wall was set, and took the others' time")
                return clock
            except RecordUnavailable:
                await asyncio.sleep(0.5)

    async def _doubts(self, why: str | None) -> None:
        self.world.note(self.name, "doubts the clocks" if why else "is sure of the clocks again")

    async def _after_absence(self) -> None:
        store: Any = self.connection
        now, last = self.clock.now(), await store.last_alive()
        if last is None or now <= last:
            return
        for id in await store.live():
            lasting = (await self.dispatcher.session(id)).paused_since
            if lasting is not None:
                await self.dispatcher.submit(id, RecordOutage(lasting, last if last > lasting else now, cut=False))
            await self.dispatcher.submit(id, RecordOutage(last, now))

    async def _beat(self) -> None:
        store: Any = self.connection
        while True:
            self.dispatcher.uptime.beat()
            with contextlib.suppress(RecordUnavailable):
                await store.alive(self.clock.now())
            await asyncio.sleep(HEARTBEAT)


class Post:
    """The mail: it may say no, be lost on the way to it, or be sent and not confirmed."""

    def __init__(self, node: Node) -> None:
        self._node = node

    async def send(self, letter: Letter) -> None:
        """Raises `NotSent`."""
        self._node.delivering = True
        await asyncio.sleep(self._node.world.delay())
        try:
            self._node.world.posted(self._node, letter)
            await asyncio.sleep(self._node.world.delay())
        finally:
            self._node.delivering = False


async def _no_programme() -> None:
    return None
