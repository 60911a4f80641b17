"""One seed's world played twice: undisturbed, and with a Redis that forgets, goes away for ten minutes and comes back.

Nothing else fails in it, and the wire to the store has one delay, so that the two differ by Redis alone. The same
people do the same at the same instants, since they do what they see.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from server.application.timekeeper import COALESCING
from tests.simulation.ring2.node import Parts
from tests.simulation.ring2.play import play_world
from tests.simulation.ring2.shared import at_once
from tests.simulation.ring2.world import World

NO_OTHER_FAULT: dict[str, Any] = {
    "homes": True,
    "pages": False,
    "rivals": False,
    "times": False,  # they are answered in days, at a speed at which a moment is an hour
    "measured": False,
    "blind": False,
    "crashes": 0,
    "exact_crashes": 0.0,
    "pauses": 0,
    "outages": 0,
    "flushes": 0,  # they are planned here
    "lost_answers": 0.0,
    "slow_reads": 0.0,
    "lost_letters": 0.0,
    "doubled_letters": 0.0,
    "hints": "all",
}
AWAY = timedelta(minutes=10)
AT_ONCE = "two acted at once, and another was first"
MINUTES = re.compile(r"\d+ min")  # as a reason tells them


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a session's log, of whatever kind: decisions are lines like all others."""

    session: str
    at: datetime
    kind: str
    body: str
    cmd: str | None


@dataclass(frozen=True, slots=True)
class Run:
    lines: list[Line]
    violations: list[str]
    allowed: timedelta  # of policy time


def run(seed: int, disturbed: bool, parts: Parts | None = None) -> Run:
    world = World(seed, parts or Parts(), steady=NO_OTHER_FAULT)
    if disturbed:
        _disturb(world, Random(f"faults {seed}"))
    allowed = timedelta(seconds=(COALESCING + 4 * world.delay()) * world.speed)
    result = play_world(world)
    lines = [
        Line(id, line.at, line.kind, line.body, line.cmd)
        for id in world.sessions
        for line in at_once(world.store.load(id))
    ]
    return Run(lines, result.violations, allowed)


def _disturb(world: World, rng: Random) -> None:
    """Once it goes, and up to twice it is emptied, between four minutes before the start and twenty after it."""
    redis = world.redis
    for n in range(rng.randint(1, 3)):
        at = world.real(world.swarm.start + timedelta(minutes=rng.uniform(-4, 20)))
        if n == 0:
            world.later(at, redis.go)
            world.later(at + AWAY.total_seconds() / world.speed, redis.come_back)
        else:
            world.later(at, redis.flush)


def differences(seed: int, parts: Parts | None = None) -> list[str]:
    """What was decided otherwise, or at another time.

    A time may differ by what the store takes to answer twice, and by one turn of the timekeeper. A hint lets a node
    read on beforehand; without it, the node finds out when it writes, reads on then, and writes again. And what falls
    due while a node gathers what falls due together is decided at the end of that turn. Nothing else moves a time.
    """
    calm, rough = run(seed, False), run(seed, True, parts)
    found = [f"seed {seed}: {fault}" for fault in (*calm.violations, *rough.violations)]
    for one, other in zip(calm.lines, rough.lines, strict=False):
        if not _alike(_plain(one), _plain(other), calm.allowed):
            if not found and _at_once(one, other, calm.allowed):
                return [AT_ONCE]
            found.append(f"seed {seed}: {one}\n  without Redis {other}")
    if len(calm.lines) != len(rough.lines):
        found.append(f"seed {seed}: {len(calm.lines)} lines, and {len(rough.lines)} without Redis")
    return found


def _at_once(one: Line, other: Line, allowed: timedelta) -> bool:
    """Whether two acted in one moment, people or the policy: either may be first, and both are right."""
    blamed = "OutageRecorded" in (one.kind, other.kind)  # nobody was away
    return one.cmd != other.cmd and not blamed and abs(one.at - other.at) <= allowed


def _plain(line: Line) -> dict[str, Any]:
    body = json.loads(line.body)
    if "facts" in body:
        body["facts"] = json.loads(body["facts"])
    return {**asdict(line), "at": line.at.isoformat(), "body": body}


def _alike(one: Any, other: Any, allowed: timedelta) -> bool:
    """Whether these are the same, but for instants and minutes that differ by no more than is allowed."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key], allowed) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_alike(x, y, allowed) for x, y in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= allowed.total_seconds() / 60
    if isinstance(one, str) and isinstance(other, str) and one != other:
        try:
            return abs(datetime.fromisoformat(one) - datetime.fromisoformat(other)) <= allowed
        except ValueError:
            return bool(MINUTES.search(one)) and MINUTES.sub("", one) == MINUTES.sub("", other)
    return bool(one == other)
