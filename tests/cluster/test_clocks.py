"""Real nodes whose clocks on the wall are off: what is decided, is decided at the database's time, or not at all."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from server.adapters.clock import DatabaseClock
from server.adapters.codec import JsonCodec
from server.adapters.policyfile import read_policy
from server.adapters.sql import PostgresStore, migrate_database, open_store
from server.application.dispatcher import Dispatcher
from server.application.planning import plan_of
from server.application.policies import PolicyBook
from server.application.ports import Appointment, Person
from server.domain.session.commands import PlanSession
from tests.cluster.nodes import NodeProcess
from tests.service.support import eventually
from tests.support.ports import free_port
from tests.support.postgres import postgres_running
from tests.support.redis import redis_running
from tests.support.walls import other_walls

pytestmark = [pytest.mark.asyncio, pytest.mark.alone, pytest.mark.timeout(300)]

NO_SHOW = timedelta(minutes=15)
SOON = timedelta(seconds=4)
LATE = timedelta(seconds=20)  # far less than any clock here is off
SKEW = timedelta(minutes=5)
HOUR = timedelta(hours=1)


class Place:
    """A database, a Redis, and nodes whose walls say what one likes."""

    def __init__(self, folder: Path, database: str, redis: str, store: PostgresStore) -> None:
        self.store, self.database = store, database
        self._folder, self._walls, self._count = folder, other_walls(folder), 0
        self._environment = {"DYAD_DATABASE_URL": database, "DYAD_REDIS_URL": redis}
        self._nodes: list[NodeProcess] = []

    def node(self, off: timedelta) -> NodeProcess:
        self._count += 1
        port = free_port()
        here = {"DYAD_BASE_URL": f"http://localhost:{port}", "DYAD_PORT": str(port), **self._walls(off)}
        self._nodes.append(NodeProcess(f"node-{self._count}", self._folder, self._environment | here))
        return self._nodes[-1]

    async def close(self) -> None:
        await asyncio.gather(*(node.kill() for node in self._nodes))

    async def nobody_comes(self, name: str) -> datetime:
        """Plan a session that nobody comes to; when that is decided."""
        clock = DatabaseClock(self.store.now)
        await clock.start()
        due = clock.now() + SOON
        people = {key: f"{name}-{key}" for key in ("therapist", "a", "b")}
        for key, id in people.items():
            await self.store.add_person(Person(id, key, f"{id}@example.com", "UTC", "partner", "[]"))
        body = {"kind": "couples", "focus": ["communication"], "partners": {k: {"solo_consent": True} for k in "ab"}}
        terms = json.dumps({**body, "approval": "none"})
        appointment = Appointment(name, f"{name}@dyad", 0, due - NO_SHOW, 50, "booked", people, terms)
        await self.store.add_appointment(appointment)
        dispatcher = Dispatcher(self.store, JsonCodec(), clock, PolicyBook(self.store, read_policy))
        await dispatcher.submit(name, PlanSession(await plan_of(appointment, self.store)))
        return due

    async def concluded(self, name: str) -> datetime | None:
        return next((line.at for line in await self.store.load(name) if line.kind == "Concluded"), None)

    async def decided_in_time(self, name: str) -> None:
        due = await self.nobody_comes(name)

        async def over() -> datetime | None:
            return await self.concluded(name)

        at = await eventually(over, "the decision", 60)
        assert timedelta(0) <= at - due < LATE, f"{name}: due at {due}, decided at {at}"


@asynccontextmanager
async def place(folder: Path) -> AsyncIterator[Place]:
    (folder / "redis").mkdir()
    with redis_running(folder / "redis") as redis, postgres_running() as postgres:
        database = postgres.url(postgres.database())
        await migrate_database(database)
        store = await open_store(database)
        assert isinstance(store, PostgresStore)
        opened = Place(folder, database, redis.url, store)
        try:
            yield opened
        finally:
            await opened.close()
            await store.close()


async def test_nodes_ten_minutes_apart_decide_at_the_database_s_time(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        early, late = here.node(SKEW), here.node(-SKEW)
        await early.start()
        await here.decided_in_time("by the early one")
        await late.start()
        await here.decided_in_time("by both")
        await early.kill()
        await here.decided_in_time("by the late one")


async def test_a_node_whose_clock_nobody_confirms_waits_and_says_so(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        node = here.node(HOUR)
        starting = asyncio.create_task(node.start())
        try:
            why = await eventually(lambda: _why(node), "a reason", 60)
            assert "this machine's" in why
            await here.nobody_comes("meanwhile")
            await asyncio.sleep((2 * SOON).total_seconds())
            assert await here.concluded("meanwhile") is None
            assert not starting.done()
            confirm = [sys.executable, "-m", "server", "clock", "confirm", "--data", here.database, "--json"]
            said = await asyncio.to_thread(subprocess.run, confirm, capture_output=True, text=True, check=True)
            assert "last_sign_of_life" in json.loads(said.stdout)
            await starting
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
        await here.decided_in_time("afterwards")


async def _why(node: NodeProcess) -> str | None:
    try:
        async with aiohttp.ClientSession() as http, http.get(f"{node.address}/readyz") as answer:
            assert answer.status == 503
            return str((await answer.json())["why"])
    except aiohttp.ClientError:
        return None
