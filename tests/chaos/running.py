"""Kills and pauses nodes, and breaks every edge between them and what they share, while deadlines fall due."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.policyfile import read_policy
from server.adapters.sql import migrate_database, open_store
from server.application.dispatcher import Dispatcher
from server.application.policies import PolicyBook
from server.domain.session.commands import PlanSession
from tests.chaos.node import run as run_node
from tests.chaos.oracle import Verdict, judge
from tests.chaos.proxy import Fault, Proxy
from tests.domain.session.story import COUPLE
from tests.support.postgres import PostgresServer, postgres_running
from tests.support.redis import RedisServer, redis_running

NODES = 3
LEAD, REST = 3.0, 8.0  # s before the first deadline, and after the last one
BETWEEN = (0.1, 0.4)  # s between two faults
LASTS = (0.3, 1.5)  # s that a pause or a broken edge lasts: shorter than what counts as an outage
TOGETHER = 200  # sessions planned at once
# Of so many faults, kills among them.
SHARES = {"kill": 80, "pause": 8, "database edge": 5, "redis edge": 4, "flush": 2, "redis restart": 1}
EDGES = [fault for fault in Fault if fault is not Fault.NONE]


@dataclass
class Happened:
    """When, in seconds since 1970, what was done."""

    kills: list[float] = field(default_factory=list)
    others: list[tuple[float, float]] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)
    ended_by_themselves: int = 0


class ChaosNode:
    """A process that is forked from one that has read the program already, so that a kill costs little."""

    def __init__(self, name: str, database: Proxy, redis: Proxy, url: Callable[[int], str]) -> None:
        self._name, self.database, self.redis, self._url = name, database, redis, url
        self._context = multiprocessing.get_context("forkserver")
        self._number = 0
        self.process: BaseProcess | None = None

    async def start(self) -> None:
        self._number += 1
        ready = self._context.Event()
        settings = (f"{self._name}-{self._number}", self._url(self.database.port), _redis_url(self.redis.port), ready)
        self.process = self._context.Process(target=run_node, args=settings, daemon=True)
        self.process.start()
        async with asyncio.timeout(60):
            while not ready.is_set():  # noqa: ASYNC110, it is set by another process
                await asyncio.sleep(0.01)

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    async def kill(self) -> bool:
        """Whether it was still alive: a node never ends by itself."""
        if self.process is None:
            return True
        alive = self.process.is_alive()
        self.process.kill()
        await asyncio.to_thread(self.process.join)
        return alive


class Chaos:
    def __init__(self, seed: int, redis: RedisServer, nodes: list[ChaosNode], tell: Callable[[str], None]) -> None:
        self._random = random.Random(seed)
        self._redis, self._nodes, self._tell = redis, nodes, tell
        self.happened = Happened()

    async def go_on(self, kills: int, until: float) -> None:
        """One fault after another until so many kills are done, or the last deadline is past."""
        while len(self.happened.kills) < kills and time.time() < until:
            kind = self._random.choices(list(SHARES), weights=list(SHARES.values()))[0]
            node = self._random.choice(self._nodes)
            began = time.time()
            if kind == "kill":
                self.happened.ended_by_themselves += not await node.kill()
                self.happened.kills.append(began)
                await node.start()
            else:
                await self._other(kind, node)
                self.happened.others.append((began, time.time()))
            self.happened.count[kind] += 1
            if sum(self.happened.count.values()) % 50 == 0:
                self._tell(f"{len(self.happened.kills)} of {kills} kills")
            await asyncio.sleep(self._random.uniform(*BETWEEN))

    async def _other(self, kind: str, node: ChaosNode) -> None:
        lasts = self._random.uniform(*LASTS)
        match kind:
            case "pause":
                node.send(signal.SIGSTOP)
                await asyncio.sleep(lasts)
                node.send(signal.SIGCONT)
            case "flush":
                with contextlib.suppress(RedisError, OSError):
                    client = Redis.from_url(self._redis.url)
                    await client.flushall()
                    await client.aclose()
            case "redis restart":
                await asyncio.to_thread(self._redis.stop)
                await asyncio.sleep(lasts)
                await asyncio.to_thread(self._redis.start)
            case _:
                edge = node.database if kind == "database edge" else node.redis
                edge.suffer(self._random.choice(EDGES))
                await asyncio.sleep(lasts)
                edge.suffer(Fault.CUT)  # what was swallowed is lost: nobody waits for it for ever
                edge.suffer(Fault.NONE)


def keep_commit_times(postgres: PostgresServer) -> None:
    """From now on the database itself says when each row was committed."""
    postgres.ask("ALTER SYSTEM SET track_commit_timestamp = on")
    postgres.stop()
    postgres.start()


async def plan(database: str, starts: dict[str, float]) -> None:
    store = await open_store(database)
    dispatcher = Dispatcher(store, JsonCodec(), SystemClock(), PolicyBook(store, read_policy))
    ids = list(starts)
    for at in range(0, len(ids), TOGETHER):
        planned = [(id, datetime.fromtimestamp(starts[id], UTC)) for id in ids[at : at + TOGETHER]]
        await asyncio.gather(
            *(dispatcher.submit(id, PlanSession(replace(COUPLE, starts_at=start))) for id, start in planned)
        )
    await store.close()


async def run(
    folder: Path, kills: int, deadlines: int, seconds: float, seed: int, tell: Callable[[str], None]
) -> tuple[Happened, Verdict]:
    """What was done, and the verdict on it."""
    with redis_running(folder) as redis, postgres_running(fsync=True) as postgres:
        keep_commit_times(postgres)
        database = postgres.url(postgres.database())
        await migrate_database(database)
        rng = random.Random(seed)
        tell(f"planning {deadlines} sessions")
        lead = time.time() + LEAD + deadlines / 400  # planning takes a while
        starts = {f"c{n}": lead + rng.uniform(0, seconds) for n in range(deadlines)}
        await plan(database, starts)
        async with _nodes(postgres, redis, database) as nodes:
            chaos = Chaos(seed, redis, nodes, tell)
            await asyncio.sleep(max(0.0, lead - time.time()))
            await chaos.go_on(kills, max(starts.values()))
            await _all_decided(database, max(starts.values()) + REST)
            chaos.happened.ended_by_themselves += [await node.kill() for node in nodes].count(False)
        return chaos.happened, judge(database, starts, chaos.happened.kills, chaos.happened.others)


async def _all_decided(database: str, patience: float) -> None:
    """Returns when nothing is due any more, or it is taking too long."""
    store = await open_store(database)
    while time.time() < patience or (await store.due(datetime.now(UTC), 1) and time.time() < patience + 60):  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    await store.close()


@asynccontextmanager
async def _nodes(postgres: PostgresServer, redis: RedisServer, database: str) -> AsyncIterator[list[ChaosNode]]:
    multiprocessing.get_context("forkserver").set_forkserver_preload(["tests.chaos.node"])
    name = database.rpartition("/")[2]
    proxies = [(Proxy(postgres.port), Proxy(redis.port)) for _ in range(NODES)]
    for pair in proxies:
        for proxy in pair:
            await proxy.start()

    def url(port: int) -> str:
        return f"postgresql://dyad@127.0.0.1:{port}/{name}"

    nodes = [ChaosNode(f"n{n}", *pair, url) for n, pair in enumerate(proxies)]
    try:
        for node in nodes:
            await node.start()
        yield nodes
    finally:
        for node in nodes:
            await node.kill()
        for pair in proxies:
            for proxy in pair:
                await proxy.close()


def _redis_url(port: int) -> str:
    return f"redis://127.0.0.1:{port}/0"
