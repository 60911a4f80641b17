"""Two real clusters play the same sessions, ten minutes of policy time in ten seconds; one of them loses its Redis."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.policyfile import read_policy
from server.adapters.sql import migrate_database, open_store
from server.adapters.sql.store import SqlStore
from server.application.dispatcher import Dispatcher
from server.application.links import LinkDesk
from server.application.planning import plan_of
from server.application.policies import PolicyBook
from server.application.ports import Appointment, Person
from server.bots import Bot, bot
from server.domain.session.commands import PlanSession
from tests.cluster.nodes import NodeProcess
from tests.support.ports import free_port
from tests.support.postgres import PostgresServer, postgres_running
from tests.support.redis import RedisServer, redis_running

pytestmark = [pytest.mark.asyncio, pytest.mark.alone, pytest.mark.timeout(400)]

SPEED = 60.0  # a policy minute is a second
LATE = timedelta(seconds=3 * SPEED)  # that a decision may be later in one run: the machine is busy, and 3 s is a lapse
LEAD = timedelta(minutes=35)  # in which people come in, one after the other
COMPARED = {
    "Decided": ("action", "clause", "policy"),
    "CardRaised": ("clause", "options", "default"),
    "CardAnswered": ("option", "by"),
    "CardWithdrawn": (),
    "Nudged": ("who", "number"),
    "SubstituteSought": (),
    "SoloStarted": ("attending",),
    "OutcomesSet": ("outcomes",),
    "OutageRecorded": ("since", "until"),
    "TimesSought": ("round",),
    "Concluded": ("status", "closing"),
}
STRICTER = "name: stricter\nversion: 1\nparameters:\n  card_after: 8 min\n  no_show_after: 12 min\n"
# Each session: what is agreed about solo sessions, and who comes; the second half of them begins under another policy.
SESSIONS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "alone-approved": ({"approval": "standing"}, ("therapist", "a")),
    "alone-required": ({"attendance": "required"}, ("therapist", "a")),
    "nobody": ({}, ()),
    "host-only": ({}, ("therapist",)),
    "alone-approved-2": ({"approval": "standing", "attendance": "optional"}, ("therapist", "a")),
    "no-host": ({}, ("a", "b")),
}


@dataclass
class Place:
    database: str
    redis: RedisServer
    nodes: list[NodeProcess]
    base_url: str
    clock: SystemClock
    starts_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def at(self, minute: float) -> None:
        await self.clock.sleep_until(self.starts_at + timedelta(minutes=minute))


@asynccontextmanager
async def place(folder: Path, postgres: PostgresServer, anchor: datetime) -> AsyncIterator[Place]:
    """Two hurried nodes over a database and a Redis of their own."""
    folder.mkdir()
    (folder / "redis").mkdir()
    database, port = postgres.url(postgres.database()), free_port()
    await migrate_database(database)
    command = ("tests.cluster.hurried", anchor.isoformat(), anchor.isoformat(), str(SPEED))
    base = f"http://localhost:{port}"
    with redis_running(folder / "redis") as redis:
        environment = {"DYAD_DATABASE_URL": database, "DYAD_BASE_URL": base, "DYAD_PORT": str(port)}
        environment |= {"DYAD_REDIS_URL": redis.url}
        nodes = [NodeProcess(f"node-{n}", folder, environment, command) for n in (1, 2)]
        try:
            await asyncio.gather(*(node.start() for node in nodes))
            yield Place(database, redis, nodes, base, SystemClock.resume(anchor, anchor, SPEED))
        finally:
            await asyncio.gather(*(node.kill() for node in nodes))


async def played(here: Place, trouble: Callable[[Place], Awaitable[None]]) -> dict[str, list[tuple[timedelta, Any]]]:
    """What was decided in each session, and when, counted from its start."""
    store = await open_store(here.database)
    try:
        book = PolicyBook(store, read_policy)
        await book.refresh()
        here.starts_at = here.clock.now() + LEAD
        async with AsyncExitStack() as stack:
            names = list(SESSIONS)
            for name in names[:3]:
                await _begin(here, store, name, stack)
            await book.adopt(STRICTER, here.clock.now())
            await asyncio.sleep(3)  # until every node has looked
            for name in names[3:]:
                await _begin(here, store, name, stack)
            assert here.clock.now() < here.starts_at, "the machine is too busy to come in time"
            await trouble(here)
            await here.at(26)
        return {name: await _decided(store, name, here.starts_at) for name in SESSIONS}
    finally:
        await store.close()


async def _begin(here: Place, store: SqlStore, name: str, stack: AsyncExitStack) -> None:
    terms, who = SESSIONS[name]
    partners = {key: {"solo_consent": True} for key in "ab"}
    usual = {"kind": "couples", "focus": ["communication"], "approval": "none", "partners": partners}
    people = {key: f"{name}-{key}" for key in ("therapist", "a", "b")}
    for key, id in people.items():
        role = "therapist" if key == "therapist" else "partner"
        await store.add_person(Person(id, key, f"{id}@example.com", "UTC", role, "[]"))
    appointment = Appointment(name, f"{name}@dyad", 0, here.starts_at, 50, "booked", people, json.dumps(usual | terms))
    await store.add_appointment(appointment)
    book = PolicyBook(store, read_policy)
    await book.refresh()
    dispatcher = Dispatcher(store, JsonCodec(), here.clock, book)
    await dispatcher.submit(name, PlanSession(await plan_of(appointment, store)))
    desk = LinkDesk(store, here.clock, lambda: secrets.token_urlsafe(32))
    for key in who:
        token = await desk.mint(people[key], name, key, "session", timedelta(days=1))
        await _comes(await stack.enter_async_context(bot(f"{here.base_url}/join#{token}", returning=True)), key)


async def _comes(person: Bot, key: str) -> None:
    await person.join(media=False)
    if key != "therapist":
        await person.ask("arrive")


async def _decided(store: SqlStore, name: str, start: datetime) -> list[tuple[timedelta, Any]]:
    found: list[tuple[timedelta, Any]] = []
    for line in await store.load(name):
        if line.kind in COMPARED and line.at >= start:
            body = json.loads(line.body)
            found.append((line.at - start, (line.kind, *(body[key] for key in COMPARED[line.kind]))))
    return found


async def _calm(here: Place) -> None:
    """Nothing happens to it."""


async def _loses_redis(here: Place) -> None:
    """Emptied, stopped for ten minutes while cards are raised and answered, started, and emptied again."""

    await here.at(1)
    await _empty(here.redis)
    await here.at(6)
    await asyncio.to_thread(here.redis.stop)
    await here.at(16)
    await asyncio.to_thread(here.redis.start)
    await here.at(18)
    await _empty(here.redis)


async def _empty(server: RedisServer) -> None:
    async with Redis.from_url(server.url) as redis:
        await redis.flushall()


async def test_a_cluster_that_loses_its_redis_decides_the_same_at_the_same_times(tmp_path: Path) -> None:
    anchor = datetime.now(UTC)
    with postgres_running() as postgres:
        async with (
            place(tmp_path / "calm", postgres, anchor) as calm,
            place(tmp_path / "rough", postgres, anchor) as rough,
        ):
            undisturbed, disturbed = await asyncio.gather(played(calm, _calm), played(rough, _loses_redis))
    for name in SESSIONS:
        assert [what for _, what in disturbed[name]] == [what for _, what in undisturbed[name]], name
        for (one, what), (other, _) in zip(undisturbed[name], disturbed[name], strict=True):
            assert abs(one - other) < LATE, f"{name}: {what} after {one}, and after {other} without Redis"
    kinds = {what[0] for decided in disturbed.values() for _, what in decided}
    assert {"CardRaised", "CardAnswered", "SoloStarted", "Concluded", "Nudged", "SubstituteSought"} <= kinds
    assert {what[3] for decided in disturbed.values() for _, what in decided if what[0] == "Decided"} == {
        "default@1",
        "stricter@1",
    }
