"""How late the real timekeeper decides sessions that fall due all at once, among ten times as many that don't."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from server.adapters.clock import DatabaseClock, SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.policyfile import read_policy
from server.adapters.sql import PostgresStore, SqlStore, migrate_database, open_store
from server.application.dispatcher import Change, Dispatcher, Listener
from server.application.policies import PolicyBook
from server.application.ports import Append, Clock
from server.application.timekeeper import Timekeeper
from server.domain.session.commands import PlanSession
from server.domain.session.events import Decided
from tests.benchmarks.machine import Share
from tests.benchmarks.report import Row, say
from tests.domain.session.story import COUPLE
from tests.support.postgres import postgres_running

DUE, PENDING, WITHIN = 10_000, 100_000, timedelta(seconds=10)
LEAD = timedelta(seconds=2)
PLANNING = timedelta(milliseconds=4)  # for one, on a machine that is busy
FAR = timedelta(days=30)


@dataclass(slots=True)
class Seen:
    """What became of the sessions that fell due: seconds from its deadline until each was decided and told."""

    late: list[float] = field(default_factory=list)
    early: int = 0
    lost: int = 0
    doubled: int = 0
    taken: float | None = None  # percent of the processors' time that others had meanwhile

    def at(self, share: float) -> float:
        return sorted(self.late)[int(len(self.late) * share)]


async def measure() -> list[Row]:
    found = dict[str, Seen]()
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as folder:
        found["SQLite"] = await fall_due(f"sqlite:///{Path(folder) / 'record.db'}", DUE, PENDING, WITHIN)
    with postgres_running(fsync=True, where=Path.cwd()) as server:
        url = server.url("postgres")
        await migrate_database(url)
        found["PostgreSQL"] = await fall_due(url, DUE, PENDING, WITHIN)
    keys = {"SQLite": "", "PostgreSQL": "_postgres"}
    rows = []
    for name, seen in found.items():
        say(f"deadlines, {name}: p50 {seen.at(0.5) * 1e3:.1f} ms, p99 {seen.at(0.99) * 1e3:.1f} ms")
        wrong = seen.early + seen.lost + seen.doubled
        key = keys[name]
        rows += [
            Row(
                f"10,000 deadlines in 10 s, {name}: p99 late",
                seen.at(0.99) * 1e3,
                "ms",
                f"deadline_p99_ms{key}",
                "≤ 50",
            ),
            Row("… of the processors' time, other guests had", seen.taken, "%", f"deadline_taken{key}"),
            Row(f"… early, lost or doubled, {name}", wrong, "", f"deadline_early{key}", "≤ 0"),
        ]
    return rows


async def fall_due(url: str, due: int, pending: int, within: timedelta, nodes: int = 1) -> Seen:
    """Plan the sessions, let the timekeeper run until all that fall due are decided, and look at each log."""
    stores = [await open_store(url) for _ in range(nodes)]
    store = stores[0]
    try:
        async with _clock(store) as clock:
            await _plan(store, clock, pending, clock.now() + FAR, "pending")
            begin = clock.now() + LEAD + PLANNING * due  # nothing may be due before all are planned
            deadlines = {f"due{n}": begin + within * n / due for n in range(due)}
            await _plan_each(store, clock, deadlines)
            return await _watch(stores, clock, deadlines)
    finally:
        for store in stores:
            await store.close()


@asynccontextmanager
async def _clock(store: SqlStore) -> AsyncIterator[Clock]:
    if not isinstance(store, PostgresStore):
        yield SystemClock()
        return
    clock = DatabaseClock(store.now)
    await clock.start()
    measuring = asyncio.create_task(clock.run())
    yield clock
    measuring.cancel()


class _Kept:
    """A record that only remembers what would be written."""

    def __init__(self) -> None:
        self.entries: list[Append] = []

    async def load(self, session: str, after: int = 0) -> list[object]:
        return []

    async def append(self, entry: Append) -> None:
        self.entries.append(entry)


async def _plan(store: SqlStore, clock: Clock, count: int, starts_at: datetime, name: str) -> None:
    (entry,) = await _entries(store, clock, {name: starts_at})
    await _append(store, [replace(entry, session=f"{name}{n}", outbox=()) for n in range(count)])


async def _plan_each(store: SqlStore, clock: Clock, deadlines: dict[str, datetime]) -> None:
    await _append(store, await _entries(store, clock, deadlines))


async def _entries(store: SqlStore, clock: Clock, starts: dict[str, datetime]) -> list[Append]:
    kept = _Kept()
    dispatcher = Dispatcher(kept, JsonCodec(), clock, PolicyBook(store, read_policy))  # type: ignore[arg-type]
    for name, starts_at in starts.items():
        await dispatcher.submit(name, PlanSession(replace(COUPLE, starts_at=starts_at)))
    return [replace(entry, deadline=starts[entry.session]) for entry in kept.entries]


async def _append(store: SqlStore, entries: list[Append]) -> None:
    for n in range(0, len(entries), 1000):
        await asyncio.gather(*(store.append(entry) for entry in entries[n : n + 1000]))


async def _watch(stores: list[SqlStore], clock: Clock, deadlines: dict[str, datetime]) -> Seen:
    seen, told = Seen(), Counter[str]()
    complete, shares = asyncio.Event(), list[Share]()

    async def listen(change: Change) -> None:
        if not shares:
            shares.append(Share())
        session = change.after.id
        if session in told or not any(isinstance(event, Decided) for event in change.events):
            return  # heard of by another node; or this machine was busy, and Dyad says first that it was not awake
        late = (clock.now() - deadlines[session]).total_seconds()
        told[session] += 1
        seen.late.append(late)
        seen.early += late < 0
        if len(told) == len(deadlines):
            seen.taken = shares[0].taken()
            complete.set()

    gc.collect()
    gc.freeze()  # the plans that were made are not what is measured
    keeping = [asyncio.create_task(_keep(store, clock, listen)) for store in stores]
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(complete.wait(), 120)
    for task in keeping:
        task.cancel()
    await asyncio.wait(keeping)
    gc.unfreeze()
    for session, deadline in deadlines.items():
        decided = [line for line in await stores[0].load(session, 2) if line.kind == Decided.__name__]
        seen.early += any(line.at < deadline for line in decided)
        seen.lost += not decided
        seen.doubled += len(decided) > 1
    return seen


async def _keep(store: SqlStore, clock: Clock, listener: Listener) -> None:
    """The timekeeper as the service runs it: beside a beat, which tells a pause of ours from an idle minute."""
    dispatcher = Dispatcher(store, JsonCodec(), clock, PolicyBook(store, read_policy))
    dispatcher.subscribe(listener)
    beating = asyncio.create_task(_beat(dispatcher))
    try:
        await Timekeeper(dispatcher, store, clock, store.deadlines()).run()
    finally:
        beating.cancel()


async def _beat(dispatcher: Dispatcher) -> None:
    while True:
        dispatcher.uptime.beat()
        await asyncio.sleep(0.5)
