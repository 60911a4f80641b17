"""Plays one seed: a couple's session from four minutes before its start until all is settled, under its faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from server.adapters.codec import JsonCodec
from server.application.links import LinkDesk
from server.application.media_events import WorkerLost, WorkerReady
from server.application.planning import plan_of
from server.application.ports import Appointment, Person
from server.domain.attendance import AttendanceClass, Focus, Kind, SoloApproval
from server.domain.session import commands as c
from server.domain.session.evolve import evolve
from server.domain.session.state import Session
from tests.simulation.ring2.node import Node, NodeClock, Parts
from tests.simulation.ring2.pages import on_virtual_time
from tests.simulation.ring2.people import People
from tests.simulation.ring2.shared import at_once
from tests.simulation.ring2.told import HOST, INTERPRETER, SUBSTITUTE
from tests.simulation.ring2.world import Result, World

CODEC = JsonCodec()
LATEST = timedelta(minutes=45)  # after the start: then those who are still there go
SETTLED = timedelta(minutes=150)  # after the start: by then the policy has decided everything, outages and all
DAYS = 30_000.0  # policy seconds a second, while new times are agreed
LEASES = 70.0  # s of real time for all that follows: a row whose taker is gone is leased for 30 of them
WHO = {
    HOST: ("t", "Dr. Rivera", "America/New_York", "therapist"),
    "a": ("p-alex", "Alex", "America/Chicago", "partner"),
    "b": ("p-robin", "Robin", "Europe/Berlin", "partner"),
    INTERPRETER: ("p-sol", "Sol", "America/Denver", "interpreter"),
    SUBSTITUTE: ("p-marsh", "Dr. Marsh", "America/New_York", "therapist"),
    "c": ("p-kim", "Kim", "America/Chicago", "partner"),
    "d": ("p-lee", "Lee", "America/New_York", "partner"),
    "team": ("team", "Treatment team", "America/New_York", "team"),
}


def play(seed: int, parts: Parts | None = None, tracing: bool = False) -> Result:
    return play_world(World(seed, parts or Parts(), tracing))


def play_world(world: World) -> Result:
    try:
        with on_virtual_time() if world.swarm.pages else nullcontext():
            return _Play(world).run()
    finally:
        world.loop.close()


class _Play:
    def __init__(self, world: World) -> None:
        self.world, self.rng, self.swarm = world, world.rng, world.swarm
        self.start = world.swarm.start
        self.companies: list[People] = []
        self.read: dict[str, Session] = {}
        self.healing = False

    def run(self) -> Result:
        world = self.world
        world.note("seed", self.swarm)
        world.swarm = replace(self.swarm, lost_answers=0.0, exact_crashes=0.0)
        self._furnish()
        world.swarm = self.swarm
        for _ in range(self.swarm.nodes):
            world.boot()
        self._plan_faults()
        world.bereaved.append(self._lost)
        for people in self.companies:
            world.reactions.append(people.react)
            people.set_out() if people.session == "s1" else people.call_off()
        self._until(self.start + LATEST)
        self._heal()
        for people in self.companies:
            people.leave()
        self._until(self.start + SETTLED)
        self._run_on(self._nothing_waits)
        if self.swarm.times and not self._settled():
            world.turn_up(DAYS)
            self._run_on(lambda: self._settled() and self._nothing_waits())
        self._check_the_end()
        return world.result()

    # The people and their plans

    def _furnish(self) -> None:
        """Everybody and their appointments are in the directory, and the sessions are planned."""
        narrow = self.swarm.rivals
        hours = json.dumps([[day, "15:00" if narrow else "08:00", "17:00" if narrow else "21:00"] for day in range(7)])
        for id, name, zone, role in WHO.values():
            zone = "America/New_York" if narrow else zone
            at_once(self.world.store.add_person(Person(id, name, f"{id}@example.com", zone, role, hours)))
        self._plan("s1", ("a", "b"), self.start)
        if self.swarm.rivals:
            self._plan("s2", ("c", "d"), self.start + timedelta(days=1))

    def _plan(self, id: str, keys: tuple[str, str], start: datetime) -> None:
        rng = self.rng
        terms = {
            "kind": rng.choices((Kind.COUPLES, Kind.INTAKE), (9, 1))[0],
            "focus": [rng.choice((Focus.COMMUNICATION, Focus.COMMUNICATION, Focus.CONFLICT_RESOLUTION))],
            "attendance": rng.choice((None, None, None, *AttendanceClass)),
            "approval": rng.choice((SoloApproval.NONE, SoloApproval.STANDING, SoloApproval.STANDING)),
            "keep_apart": rng.random() < 0.05,
            "partners": {key: {"solo_consent": rng.random() < 0.85} for key in "ab"},
        }
        if id == "s2":  # tomorrow's, called off today: its new times are sought beside those of the other
            terms |= {"kind": Kind.COUPLES, "attendance": AttendanceClass.REQUIRED, "approval": SoloApproval.NONE}
            terms["keep_apart"] = False
        people = {HOST: "t", "a": WHO[keys[0]][0], "b": WHO[keys[1]][0]}
        if self.swarm.interpreted and id == "s1":
            terms["needs_interpreter"] = True
            people[INTERPRETER] = WHO[INTERPRETER][0]
        if self.swarm.stand_in and id == "s1":
            terms["substitute"] = WHO[SUBSTITUTE][0]
        appointment = Appointment(id, f"{id}@dyad", 0, start, 50, "booked", people, json.dumps(terms))
        store = self.world.store
        at_once(store.add_appointment(appointment))
        plan = at_once(plan_of(appointment, store))
        company = People(self.world, id, ("a", "b"))
        self.companies.append(company)
        self.world.sessions.append(id)
        self._first(id, plan)
        desk = LinkDesk(store, self._clock, self.world.token)
        for key, person in people.items():
            company.tokens[key] = at_once(desk.mint(person, id, key, "session", timedelta(days=1)))

    def _first(self, id: str, plan: Any) -> None:
        """Planned long ago, by a node of yesterday."""
        node = Node(self.world, "n0", self.world.process)

        async def planned() -> None:
            node.build(Parts(), NodeClock(self.world, node))
            await node.dispatcher.submit(id, c.PlanSession(plan))

        self.world.loop.start(self.world.process, planned())
        self.world.loop.run_until(self.world.loop.time() + 0.1)
        self._clock = node.clock

    # Faults

    def _plan_faults(self) -> None:
        swarm, rng = self.swarm, self.rng
        if swarm.times and rng.random() < 0.3:
            self.world.reactions.append(self._intrude)
        for _ in range(swarm.crashes):
            together = rng.random() < 0.3
            self._sometime(lambda together=together: self._crash(together))  # type: ignore[misc]
        for _ in range(swarm.pauses):
            self._sometime(self._pause)
        for _ in range(swarm.outages):
            self._sometime(self._outage)
        for _ in range(swarm.flushes):
            self._sometime(self._redis)
        for _ in range(swarm.walls):
            self._sometime(self._set_wall)
        if swarm.blind:
            self._sometime(self._blind)
        if swarm.skew:
            for n, node in enumerate(self.world.nodes):
                node.wall = timedelta(minutes=5 * (-1) ** n)

    def _sometime(self, work: Callable[[], None]) -> None:
        rng = self.rng
        minute = rng.choice((10, 13, 15, 18)) if rng.random() < self.swarm.edges else rng.uniform(-1, 20)
        before = rng.uniform(0, 0.02) if rng.random() < 0.5 else rng.uniform(0, 2.0)  # s of real time
        at = self.world.real(self.start + timedelta(minutes=minute)) - before
        self.world.later(max(at - self.world.loop.time(), 0.0), work)

    def _crash(self, together: bool) -> None:
        live = self.world.live()
        for node in live if together else [self.rng.choice(live)] if live else []:
            self.world.kill(node)

    def _lost(self, node: Node) -> None:
        """A node was killed: its people look for another, and somebody starts it again."""
        for people in self.companies:
            people.on_lost_node(node)
        self.world.later(self.rng.choice((0.05, 0.5, 2.0, 6.0)), self.world.boot)

    def _pause(self) -> None:
        live = self.world.live()
        if live:
            node = self.rng.choice(live)
            self.world.pause(node)
            self.world.later(self.rng.choice((0.1, 1.0, 4.0, 8.0)), self.world.wake, node)

    def _outage(self) -> None:
        self.world.set_store(False)
        self.world.later(self.rng.choice((0.05, 0.5, 3.0, 6.0)), self.world.set_store, True)

    def _redis(self) -> None:
        redis = self.world.redis
        self.world.watch.count("Redis forgot everything in mid-session")
        if self.rng.random() < 0.5:
            redis.flush()
        else:
            redis.go()
            self.world.later(self.rng.choice((0.5, 3.0, 8.0)), redis.come_back)

    def _set_wall(self) -> None:
        live = self.world.live()
        if live:
            hour = timedelta(hours=self.rng.choice((1, -1)))
            self.rng.choice(live).wall += hour
            self.world.watch.wall()
            # It stays set until somebody sets it right: once all is to come right by itself, nobody will.
            if self.swarm.measured and not self.healing:
                self.world.wall_set += hour
                self.world.watch.count("the database's wall was set by an hour in mid-session")
                self.world.later(self.rng.uniform(1.0, 30.0), lambda: self._crash(together=False))

    def _blind(self) -> None:
        self._tell(WorkerLost())
        self.world.later(self.rng.choice((1.0, 3.0, 5.0)), self._tell, WorkerReady())

    def _tell(self, event: Any) -> None:
        """Every node hears it of its media worker, as soon as it is awake."""
        for node in self.world.nodes:
            if node.process.alive and node.ready:
                self.world.loop.call_soon(node.media_watch.on_media, event, context=node.process.context.copy())

    def _intrude(self, session: str, read: list[tuple[str, dict[str, Any]]]) -> None:
        """The office puts something else where a time was just proposed, and asks nobody."""
        for kind, body in read:
            if kind == "TimesProposed":
                at = datetime.fromisoformat(body["starts"][0])
                busy = at_once(self.world.store.busy(["t"], at, at + timedelta(minutes=50), self.world.policy_now()))
                if len(busy["t"]) == 1:  # the hold alone
                    other = Appointment(f"office-{session}", "office@dyad", 0, at, 50, "booked", {HOST: "t"}, "{}")
                    at_once(self.world.store.add_appointment(other))

    def _heal(self) -> None:
        """No fault that lasts from here on: now everything has to come right by itself."""
        self.healing, world = True, self.world
        world.swarm = replace(world.swarm, lost_answers=0.0, exact_crashes=0.0, lost_letters=0.0, doubled_letters=0.0)
        world.wall_set = timedelta(0)
        for node in world.nodes:
            world.wake(node)
        if not world.store_up:
            world.set_store(True)
        while len(world.live()) < 1:
            world.boot()
            world.loop.run_until(world.loop.time() + 0.6)

    # Until the end

    def _until(self, when: datetime) -> None:
        """Until then, or until every session is over and what followed from it is done."""
        end = self.world.real(when)
        while self.world.loop.time() < end and not self._over():
            self.world.loop.run_until(min(self.world.loop.time() + 1.0, end))
            self._look_at_pages()

    def _look_at_pages(self) -> None:
        for page in self.world.pages.values():
            if page.open and page.node is not None and page.node.up and page.node.gateway.holds(page):
                page.node.gateway.look(page, self._so(page.session))

    def _so(self, id: str) -> Session:
        """The session as the record has it, read on from where it was left."""
        session = self.read.get(id, Session(id))
        for line in at_once(self.world.store.load(id, session.seq)):
            session = evolve(session, CODEC.event(line.kind, line.body), line.at)
        self.read[id] = session
        return session

    def _over(self) -> bool:
        return all(people.told.over for people in self.companies)

    def _run_on(self, done: Callable[[], bool]) -> None:
        end = self.world.loop.time() + LEASES
        while self.world.loop.time() < end and not done():
            self.world.loop.run_until(self.world.loop.time() + 0.5)

    def _nothing_waits(self) -> bool:
        return all(row.finished for row in self.world.oracle.rows.values())

    def _settled(self) -> bool:
        return not any(people.told.times in ("searching", "proposed") for people in self.companies)

    def _check_the_end(self) -> None:
        world = self.world
        for people in self.companies:
            told = people.told
            # Begun late after all, it goes on until somebody ends it; or all are there, and are to be let in.
            held = (told.status, told.stance.get("clause")) in (("under_way", "M1"), ("planned", "J2"))
            if not told.over and not held and told.starts_at < world.policy_now():
                world.oracle.say(f"{told.id} was never decided: {told.status}, {told.stance.get('clause')}")
            if self.swarm.times and not self._settled():
                world.oracle.say(f"{told.id}: its new times were never settled: {told.times}")
            stored = at_once(world.store.load(told.id))
            if [(line.seq, line.kind, line.body) for line in stored] != world.oracle.lines.get(told.id, []):
                world.oracle.say(f"{told.id}: the log is not what was written")
        # What failed often is tried again after many minutes, and all of its queue after it.
        later = {id for id, rows in world.store._waiting.items() if rows and rows[0].not_before > world.policy_now()}
        for row in world.oracle.rows.values():
            if not row.finished and row.queue not in later:
                world.oracle.say(f"{row.session}: {row.what} was never done")
