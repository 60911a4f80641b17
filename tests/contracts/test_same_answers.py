"""SQLite, PostgreSQL and memory give the same answer to every call, whatever was called before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import make_url

from server.adapters.memory import MemoryStore
from server.adapters.sql import PostgresStore, SqliteStore
from server.application.ports import Append, Conflict
from tests.contracts.samples import NOW, Store, Wall, after, appointment, draft, event, grant, slot
from tests.support.postgres import PostgresServer

names = st.sampled_from(["x", "y", "z"])
minutes = st.integers(0, 12).map(lambda n: n * 10)
instants = minutes.map(after)
maybe_instants = st.none() | instants
people = st.lists(st.sampled_from(["t", "p1", "p2", "p3"]), max_size=3)
FAR = after(10_000)
T = TypeVar("T")


class BothStores(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.wall = Wall()
        self.heads: dict[str, int] = {}
        self.stores: list[Store] = [MemoryStore(wall=self.wall), self.runner.run(self.sql())]

    async def sql(self) -> Store:
        return await SqliteStore.open(wall=self.wall)

    def teardown(self) -> None:
        for store in self.stores:
            self.runner.run(store.close())
        self.runner.close()

    def both(self, call: Callable[[Store], Awaitable[T]]) -> T | type[Exception]:
        async def answer(store: Store) -> T | type[Exception]:
            try:
                return await call(store)
            except (Conflict, ValueError) as refusal:
                return type(refusal)

        memory, sql = (self.runner.run(answer(store)) for store in self.stores)
        assert memory == sql
        return memory

    @rule(
        session=names,
        behind=st.sampled_from([0, 0, 0, 0, 1, -1]),
        count=st.integers(0, 3),
        deadline=maybe_instants,
        drafts=st.lists(st.tuples(st.integers(0, 30).map(str), instants), max_size=3),
    )
    def append(
        self, session: str, behind: int, count: int, deadline: datetime | None, drafts: Sequence[tuple[str, datetime]]
    ) -> None:
        expected = max(0, self.heads.get(session, 0) - behind)
        events = tuple(event(expected + n) for n in range(1, count + 1))
        rows = tuple(draft(id, at) for id, at in drafts)
        entry = Append(session, expected, events, deadline, rows)
        if self.both(lambda store: store.append(entry)) is None:
            self.heads[session] = expected + count

    @rule(session=names, seq=st.integers(0, 5), now=instants, limit=st.integers(1, 3))
    def read_the_log(self, session: str, seq: int, now: datetime, limit: int) -> None:
        self.both(lambda store: store.load(session, seq))
        self.both(lambda store: store.due(now, limit))
        self.both(lambda store: store.earliest())
        self.both(lambda store: store.live())

    @rule(data=st.data(), now=instants, limit=st.integers(1, 3), passes=st.sampled_from([0, 0, 31]))
    def deliver(self, data: st.DataObject, now: datetime, limit: int, passes: int) -> None:
        self.wall.now = self.wall.now + (after(passes / 60) - NOW)
        rows = self.both(lambda store: store.take(now, limit))
        assert isinstance(rows, list)
        for id in [row.id for row in rows] + [str(data.draw(st.integers(0, 30)))]:
            self.report(id, data.draw(st.sampled_from(["done", "retry", "give up", "crash"])), data.draw(instants))

    def report(self, id: str, what: str, at: datetime) -> None:
        if what == "done":
            self.both(lambda store: store.done(id))
        elif what == "retry":
            self.both(lambda store: store.retry(id, at, "why"))
        elif what == "give up":
            self.both(lambda store: store.give_up(id, "why"))

    @rule(id=names, at=minutes, sequence=st.integers(0, 2), status=st.sampled_from(["booked", "cancelled"]))
    def plan(self, id: str, at: int, sequence: int, status: str) -> None:
        planned = replace(appointment(id, at), sequence=sequence, status=status)
        self.both(lambda store: store.add_appointment(planned))

    @rule(proposal=names, who=people, starts=st.lists(minutes, max_size=3), expires=instants, now=maybe_instants)
    def hold(self, proposal: str, who: list[str], starts: list[int], expires: datetime, now: datetime | None) -> None:
        slots = [slot(start, n) for n, start in enumerate(starts)]
        self.both(lambda store: store.hold(proposal, who, slots, expires, now))

    @rule(proposal=names, id=st.sampled_from("xyzuvw"), at=minutes, now=instants, other=st.sampled_from(["p2", "p3"]))
    def book(self, proposal: str, id: str, at: int, now: datetime, other: str) -> None:
        planned = appointment(id, at, partners=("p1", other))
        self.both(lambda store: store.book(proposal, slot(at), planned, now))

    @rule(name=st.sampled_from("xyzuvw"), cancels=st.booleans())
    def free(self, name: str, cancels: bool) -> None:
        if cancels:
            self.both(lambda store: store.cancel(name))
        else:
            self.both(lambda store: store.release(name))

    @rule(who=people, begin=instants, end=instants, now=maybe_instants)
    def look_at_plans(self, who: list[str], begin: datetime, end: datetime, now: datetime | None) -> None:
        self.both(lambda store: store.busy(who, begin, end, now))
        for person in who:
            self.both(partial(self.plans_of, person))

    @staticmethod
    async def plans_of(person: str, store: Store) -> object:
        return await store.appointments_of(person, NOW, FAR)

    @rule(hash=names, session=names, key=st.sampled_from("ab"), expires=instants)
    def link(self, hash: str, session: str, key: str, expires: datetime) -> None:
        given = replace(grant(hash, session, key), expires_at=expires)
        self.both(lambda store: store.add(given))

    @rule(hash=names, session=names, key=st.sampled_from(["a", "b", None]), now=instants, uses=st.booleans())
    def end_links(self, hash: str, session: str, key: str | None, now: datetime, uses: bool) -> None:
        if uses:
            self.both(lambda store: store.use(hash, now))
        else:
            self.both(lambda store: store.revoke(session, key, now))
        self.both(lambda store: store.find(hash))


TestSameAnswers = BothStores.TestCase
TestSameAnswers.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)


class OnPostgres(BothStores):
    """The same, with a database of its own for each example."""

    server: PostgresServer
    template: str

    async def sql(self) -> Store:
        self.database = self.server.database(self.template)
        return await PostgresStore.open(make_url(self.server.url(self.database)), wall=self.wall)

    def teardown(self) -> None:
        super().teardown()
        self.server.drop(self.database)


@pytest.fixture(scope="module", autouse=True)
def server(postgres_server: PostgresServer, postgres_template: str) -> None:
    OnPostgres.server, OnPostgres.template = postgres_server, postgres_template


TestSameAnswersOnPostgres = OnPostgres.TestCase
TestSameAnswersOnPostgres.settings = settings(TestSameAnswers.settings, max_examples=15)
