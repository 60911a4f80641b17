"""Watching the service run: whether it is ready, and what Prometheus is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from time import perf_counter

from aiohttp import web

from server.adapters.sql import SqlStore
from server.application.audit import Sealer
from server.application.dispatcher import Dispatcher
from server.application.media_events import MediaEvent, WorkerLost
from server.application.membership import Membership
from server.application.ports import Clock, RecordUnavailable
from server.application.timekeeper import Timekeeper
from server.telemetry.metrics import CONTENT_TYPE, Metrics

EVERY = 5.0  # s of real time between two looks
LAG = 0.5  # s of real time between two looks at the event loop
BEHIND = 5.0  # s of real time without a look at what is due, from which on this node is not ready
MIGRATED = 2.0  # s of real time that a schema found right is taken to be: asking Alembic costs more than all the rest
WITHIN = 2.0  # s of real time for the record to answer


class Readiness:
    """What has to be well before people are sent here."""

    def __init__(
        self,
        record: Callable[[], Awaitable[bool]],
        store: SqlStore,
        timekeeper: Timekeeper,
        media: Callable[[], bool],
        homes: Membership,
    ) -> None:
        """`record` and `media` say whether these are well."""
        self._record, self._store, self._timekeeper, self._media = record, store, timekeeper, media
        self._homes = homes
        self._migrated_until = 0.0

    async def status(self) -> Mapping[str, object]:
        """In a word and piece by piece, and how many nodes this one knows, itself among them."""
        checks = await self.checks()
        word = "draining" if self._homes.draining else "degraded" if self._homes.degraded else "ok"
        nodes = len(self._homes.known)
        return {"status": word if all(checks.values()) else "not ready", "checks": checks, "nodes": nodes}

    async def checks(self) -> Mapping[str, bool]:
        return {
            "database": await self._record(),
            "migrations": await self._migrated(),
            "timers": self._timekeeper.behind() < BEHIND,
            "media": self._media(),
        }

    async def _migrated(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now < self._migrated_until:
            return True
        with contextlib.suppress(RecordUnavailable, TimeoutError):
            async with asyncio.timeout(WITHIN):
                if await self._store.migrated():
                    self._migrated_until = now + MIGRATED
                    return True
        return False


class Observer:
    """Fills what no single event tells. Both loops run until cancelled."""

    def __init__(
        self,
        metrics: Metrics,
        store: SqlStore,
        dispatcher: Dispatcher,
        sealer: Sealer,
        clock: Clock,
        people: Callable[[], int],
    ) -> None:
        self._metrics, self._store, self._dispatcher = metrics, store, dispatcher
        self._sealer, self._clock, self._people = sealer, clock, people

    async def run(self) -> None:
        while True:
            with contextlib.suppress(RecordUnavailable):
                await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        self._metrics.sessions(Counter(str(session.status) for session in self._dispatcher.known()))
        self._metrics.people(self._people())
        if self._sealer.head is not None:
            self._metrics.chain(self._sealer.head.n, self._sealer.head.chain)
        outbox = await self._store.outbox_state()
        waited = timedelta(0) if outbox.oldest is None else self._clock.now() - outbox.oldest
        self._metrics.outbox(outbox.open, waited / timedelta(seconds=1), outbox.dead)

    async def lag(self) -> None:
        while True:
            due = perf_counter() + LAG
            await asyncio.sleep(LAG)
            self._metrics.lagged(perf_counter() - due)

    def on_media(self, event: MediaEvent) -> None:
        if isinstance(event, WorkerLost):
            self._metrics.worker_ended()


@asynccontextmanager
async def metrics_served(metrics: Metrics, host: str, port: int | None) -> AsyncIterator[int | None]:
    """`/metrics` on a port of its own, which no browser reaches; nowhere where there is no port. The port it has."""
    if port is None:
        yield None
        return

    async def text(request: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.router.add_get("/metrics", text)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
