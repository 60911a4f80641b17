"""One seed's world: nodes over one store, people, faults, and the oracle that watches it all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from server.adapters.memory import MemoryStore
from server.application.ports import Append, Conflict, Letter, NotSent
from tests.simulation.ring2.cluster import Redis
from tests.simulation.ring2.loop import Process, SimLoop
from tests.simulation.ring2.node import Node, Parts
from tests.simulation.ring2.oracle import Oracle
from tests.simulation.ring2.pages import Page
from tests.simulation.ring2.rare import Watch
from tests.simulation.ring2.swarm import Swarm, swarm_of

ZONES = tuple(map(ZoneInfo, ("America/New_York", "America/Chicago", "Europe/Berlin")))
CALM = 1.0  # s of real time from when on the store and a node are well, within which what is due is decided
AFTER_TROUBLE = 5.0
INTERPRETED, STAND_IN = 0.08, 0.16  # of all worlds; a few have both
FAR = 5.0  # s of real time from which on something planned may be overtaken by a faster clock


@dataclass(slots=True)
class Result:
    seed: int
    digest: str
    steps: int
    violations: list[str]
    rare: Counter[str]
    trace: list[str]


@dataclass
class World:
    seed: int
    parts: Parts = field(default_factory=Parts)
    tracing: bool = False
    steady: Mapping[str, Any] | None = None  # a swarm of these, on a wire with one delay, that draws nothing
    swarm: Swarm = field(init=False)
    nodes: list[Node] = field(default_factory=list)
    store_up: bool = True
    trace: list[str] = field(default_factory=list)
    steps: int = 0

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        company = Random(f"sol {self.seed}").random()  # drawn apart: without it a world is what it was before
        self.swarm = swarm_of(self.rng)
        self.swarm = replace(self.swarm, interpreted=company < INTERPRETED, stand_in=0.06 < company < STAND_IN)
        self.swarm = replace(self.swarm, **(self.steady or {}))
        self.draw = self.rng.random if self.steady is None else _middling
        self.loop = SimLoop()
        self.process = Process("world")
        self.speed = self.swarm.speed
        self._began, self._anchor = 0.0, self.swarm.start - timedelta(minutes=4)
        self._last, self._last_now = 0.0, self._anchor
        self.store = MemoryStore(wall=self.wall)
        self.oracle = Oracle(self.policy_now, timedelta(seconds=12 * self.swarm.delay * self.speed))
        self.watch = Watch(self)
        self.well_since = self._anchor  # a node and the store are up since then
        self.troubled_at = self._anchor - timedelta(days=1)
        self._away_since = self._anchor
        self._far: list[tuple[Any, datetime, Callable[..., Any], Any]] = []
        self.bereaved: list[Callable[[Node], None]] = []
        self.reactions: list[Callable[[str, list[tuple[str, dict[str, Any]]]], None]] = []
        self.gaps: list[tuple[datetime, datetime]] = []  # when the store was away
        self._digest = hashlib.sha256()
        self._tokens = 0
        self.sessions: list[str] = []
        self.redis = Redis(self)
        self.wall_set = timedelta(0)
        self.pages: dict[str, Page] = {}

    # Time

    def wall(self) -> datetime:
        """Real time, as the database's machine has it."""
        return self.swarm.start + timedelta(seconds=self.loop.time())

    def policy_now(self) -> datetime:
        now = self.loop.now
        if now != self._last:  # asked many times in every instant
            self._last, self._last_now = now, self._anchor + timedelta(seconds=(now - self._began) * self.speed)
        return self._last_now

    def database_now(self) -> datetime:
        """What the database's own wall says; somebody may have set it."""
        return self.policy_now() + self.wall_set

    def real(self, at: datetime) -> float:
        """The instant of the loop at which it is `at` in policy time."""
        return self._began + (at - self._anchor).total_seconds() / self.speed

    def turn_up(self, speed: float) -> None:
        """Policy time runs faster from now on: what comes next takes days."""
        self._anchor, self._began, self.speed = self.policy_now(), self.loop.time(), speed
        self.oracle.composing = timedelta(seconds=12 * self.swarm.delay * speed)
        for node in self.nodes:
            if node.ready:
                node.clock.speed = speed
        planned, self._far = self._far, []
        for handle, when, work, args in planned:
            if handle.when() > self.loop.time() and not handle.cancelled():
                handle.cancel()
                self.at(when, work, *args)

    def later(self, seconds: float, work: Callable[..., Any], *args: Any) -> Any:
        """Something of the world itself: it happens whatever becomes of any node."""
        return self.loop.call_later(seconds, work, *args, context=self.process.context)

    def at(self, when: datetime, work: Callable[..., Any], *args: Any) -> Any:
        at = max(self.real(when), self.loop.time())
        handle = self.loop.call_at(at, work, *args, context=self.process.context)
        if at > self.loop.time() + FAR:
            self._far.append((handle, when, work, args))
        return handle

    def delay(self) -> float:
        """To or from the store, or the mail."""
        return self.swarm.delay * (0.1 + self.draw())

    def token(self) -> str:
        self._tokens += 1
        return f"token-{self._tokens:037}"

    def offsets(self, at: datetime) -> tuple[object, ...]:
        return tuple(at.astimezone(zone).utcoffset() for zone in ZONES)

    # What is told of it

    def note(self, *what: object) -> None:
        """A line of this seed's history."""
        line = " ".join(map(str, (f"{self.loop.time():.6f}", *what)))
        self._digest.update(line.encode())
        if self.tracing:
            self.trace.append(f"{self.policy_now():%m-%d %H:%M:%S.%f} {line}")

    def result(self) -> Result:
        violations = [*self.oracle.violations, *(_described(fault) for fault in self.loop.faults)]
        for fault in violations:
            self._digest.update(fault.encode())
        return Result(self.seed, self._digest.hexdigest(), self.steps, violations, self.watch.seen, self.trace)

    # What happens at the store and the mail

    def appended(self, node: Node, entry: Append, fault: Exception | None, command: str) -> None:
        """An append for this command reached the store just now: it was committed, or refused."""
        self.steps += 1
        kinds = ",".join(line.kind for line in entry.events)
        self.note(
            node.name, command, entry.session, entry.expected, kinds or "-", type(fault).__name__ if fault else ""
        )
        if isinstance(fault, Conflict):
            self.watch.conflict(node, entry, command)
            return
        if fault is not None:
            self.oracle.say(f"an append failed: {fault}")
            return
        self.watch.before(node, entry, command)
        before = self.oracle.due(self.oracle.of(entry.session))
        read = self.oracle.appended(entry, command)
        self._lateness(entry, command, before)
        self.watch.after(node, entry, command, read)
        if self._struck():
            self.watch.count("a node was killed between commit and publish")
            self.kill(node)
        for react in self.reactions:
            self.later(0.0, react, entry.session, read)

    def _lateness(self, entry: Append, command: str, due: datetime | None) -> None:
        if command != "DeadlineReached" or due is None or not entry.events:
            return
        now = self.policy_now()
        late = (now - max(due, self.well_since)).total_seconds() / self.speed
        trouble = (now - self.troubled_at).total_seconds() / self.speed < AFTER_TROUBLE * 2
        if late > (AFTER_TROUBLE if trouble else CALM) + 12 * self.swarm.delay:
            self.oracle.say(f"{entry.session}: a deadline was {late:.1f} s late")

    def wrote(self, node: Node, name: str, args: tuple[Any, ...], result: Any) -> None:
        """Another write of the store was done."""
        if name == "take":
            for row in result:
                self.note(node.name, "take", row.id, row.tries)
                self.watch.taken(node, row)
            return
        self.note(node.name, name, args[0] if isinstance(args[0], str) else "")
        if name == "post":
            self.oracle.posted(*args)
        if name in ("done", "give_up"):
            self.oracle.finished(args[0], name)
        if name in ("book", "hold"):
            self.watch.booked(name, result)
            self.check_bookings()

    def check_bookings(self) -> None:
        booked = [one for one in self.store._appointments.values() if one.status == "booked"]
        for n, one in enumerate(booked):
            for other in booked[:n]:
                overlap = one.starts_at < other.starts_at + timedelta(minutes=other.minutes) and (
                    other.starts_at < one.starts_at + timedelta(minutes=one.minutes)
                )
                if overlap and set(one.people.values()) & set(other.people.values()):
                    self.oracle.say(f"{one.id} and {other.id} are at the same time")

    def lost_answer(self, node: Node, name: str, args: tuple[Any, ...]) -> None:
        self.note(node.name, name, "is done, and its answer is lost")

    def posted(self, node: Node, letter: Letter) -> None:
        """The mail takes a letter; or refuses it, or takes it and does not say so. Raises `NotSent`."""
        if self.swarm.bad_posts and letter.name == "Robin":
            raise NotSent("there is no such address", again=False)
        if self.draw() < self.swarm.lost_letters:
            self.note(node.name, "not sent", letter.id)
            raise NotSent("the mail is away", again=True)
        # What it read before it was paused may reach it afterwards.
        since = None if letter.sent_at is None else letter.sent_at - self.oracle.composing
        late = node.woke_at is not None and since is not None and node.woke_at >= since
        self.note(node.name, "sent", letter.id, letter.kind)
        self.oracle.sent(letter, late)
        self.watch.sent(letter)
        if self._struck():
            self.kill(node)
        elif self.draw() < self.swarm.doubled_letters:
            self.watch.count("a letter was taken by the mail, and not confirmed")
            raise NotSent("the mail did not confirm", again=True)

    def attended(self) -> list[str]:
        """Sessions that somebody is connected to."""
        told = self.oracle.told
        return [id for id in self.sessions if id in told and any(c.linked for c in told[id].chairs.values())]

    # Nodes

    def live(self) -> list[Node]:
        return [node for node in self.nodes if node.up]

    def boot(self) -> Node:
        alone = not any(node.process.alive for node in self.nodes)
        name = f"n{len(self.nodes) + 1}"
        node = Node(self, name, Process(name))
        self.nodes.append(node)
        self.note(name, "starts", "alone" if alone else "")
        self.loop.start(node.process, node.run(self.parts, alone))
        return node

    def kill(self, node: Node) -> None:
        self.note(node.name, "is killed")
        self.trouble()
        self.loop.kill(node.process)
        self.watch.killed(node)
        for mourn in self.bereaved:
            mourn(node)

    def pause(self, node: Node) -> None:
        self.note(node.name, "is paused")
        self.trouble()
        node.paused_at = self.policy_now()
        self.loop.pause(node.process)

    def wake(self, node: Node) -> None:
        if node.process.paused:
            self.note(node.name, "wakes")
            node.woke_at = self.policy_now()
            self.loop.wake(node.process)
            self.trouble()

    def set_store(self, up: bool) -> None:
        self.note("store", "back" if up else "away")
        if up and not self.store_up:
            self.gaps.append((self._away_since, self.policy_now()))
        self.store_up, self._away_since = up, self.policy_now()
        self.trouble()

    def _struck(self) -> bool:
        """Whether a node dies at this very point. One lives on, lest nothing be seen."""
        chance = self.swarm.exact_crashes
        return chance > 0 and self.draw() < chance and len(self.live()) > 1

    def trouble(self) -> None:
        """Somebody who could decide is gone, or has come."""
        self.troubled_at = self.well_since = self.policy_now()

    def run_until(self, when: datetime) -> None:
        self.loop.run_until(self.real(when))


def _middling() -> float:
    return 0.5


def _described(fault: dict[str, Any]) -> str:
    problem = fault.get("exception")
    return f"{fault.get('message')}: {type(problem).__name__}: {problem}"
