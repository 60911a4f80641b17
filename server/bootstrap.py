"""The composition root: the one place that knows concrete classes."""

from __future__ import annotations

import asyncio
import base64
import secrets
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from typing import Any

import ifaddr
from aiohttp import web

from server import mailroom
from server.adapters.clock import DatabaseClock, SystemClock
from server.adapters.mail import KeptMail
from server.adapters.sql import PostgresStore, SqlStore, open_store
from server.adapters.webhooks import StandardWebhooks
from server.application.audit import Sealer
from server.application.clocks import Tell, agreed
from server.application.delivery import Delivery
from server.application.dispatcher import Dispatcher
from server.application.hinting import Hinting
from server.application.hooks import HookDesk
from server.application.imported import Imports
from server.application.links import LinkDesk
from server.application.membership import Membership
from server.application.policies import PolicyBook
from server.application.ports import Clock, Hints, Nodes
from server.application.pulse import EVERY, Pulse
from server.application.reads import ReadLog
from server.application.replies import Replies
from server.application.takeover import Takeover
from server.application.timekeeper import Timekeeper
from server.application.uptime import MediaWatch
from server.application.whereabouts import WhereaboutsDesk
from server.cluster import after_absence, meeting
from server.composition.core import core, new_id
from server.composition.media import Media, media_of
from server.composition.post import post_parts
from server.composition.programme import programme_parts
from server.composition.rooms import room_parts
from server.composition.routes import (
    administrator_routes,
    calendar_routes,
    imports_of,
    plan_routes,
    portal_routes,
    session_routes,
    team_routes,
)
from server.config import Settings
from server.domain.attendance.own import families
from server.http.app import build_app
from server.http.bearer import READ_LOG
from server.observing import Observer, Readiness, metrics_served
from server.telemetry import log, place_of
from server.telemetry.metrics import Metrics
from signaling.gateway.hub import Hub
from signaling.gateway.namespace import SessionNamespace
from signaling.gateway.sockets import Sockets

SHUTDOWN = 0.5  # s of real time for what is being answered


@dataclass(slots=True)
class Service:
    """Everything that runs, for whoever starts it."""

    settings: Settings
    store: SqlStore
    clock: Clock
    book: PolicyBook
    dispatcher: Dispatcher
    links: LinkDesk
    hub: Hub
    sockets: Sockets
    namespace: SessionNamespace
    media: Media
    delivery: Delivery
    timekeeper: Timekeeper
    media_watch: MediaWatch
    imports: Imports
    sealer: Sealer
    read_log: ReadLog
    whereabouts: WhereaboutsDesk
    observer: Observer
    metrics: Metrics
    replies: Replies
    kept: KeptMail | None
    app: web.Application
    pulse: Pulse
    homes: Membership
    metrics_port: int | None = None


@asynccontextmanager
async def service(settings: Settings, clock: SystemClock, doubting: Tell | None = None) -> AsyncIterator[Service]:
    """Open everything, run its loops, and close it again in the opposite order.

    `doubting` hears why nothing is decided yet, and None when that is over.
    """
    async with meeting(settings) as (hints, nodes), _service(settings, clock, hints, nodes, doubting) as built:
        yield built


@asynccontextmanager
async def _service(
    settings: Settings, clock: SystemClock, hints: Hints, nodes: Nodes, doubting: Tell | None
) -> AsyncIterator[Service]:
    store = await open_store(settings.record)
    media = media_of(settings)
    await media.start()
    try:
        common = await _common_clock(store, clock, doubting)
        time = common or clock
        homes = Membership(secrets.token_hex(6), settings.node_address or settings.base_url, nodes, hints, time)
        built = _build(settings, time, store, media, homes)
        await built.book.refresh()
        await after_absence(store, store, nodes, built.dispatcher, time, homes.me)
        await homes.arrive()  # before the first heartbeat: whoever reads that finds us
        await built.pulse.beat()  # ready from the first answer on
        loops = [
            built.timekeeper.run(),
            built.delivery.run(),
            built.hub.watch(),
            built.namespace.watch(),
            homes.run(),
            hints.run(),
            Hinting(homes.me, hints, built.dispatcher, built.hub.seats.sessions).run(),
            Takeover(built.dispatcher, store, time, homes, built.hub.adopt).run(),
            built.book.watch(),
            built.media_watch.run(),
            built.imports.run(),
            built.sealer.run(),
            built.read_log.run(),
            built.whereabouts.run(),
            built.observer.run(),
            built.observer.lag(),
            _beat(built),
            *([] if common is None else [common.run()]),
        ]
        tasks = [asyncio.create_task(_guarded(loop, built)) for loop in loops]
        try:
            async with (
                metrics_served(built.metrics, settings.host, settings.metrics_port) as built.metrics_port,
                mailroom.taking_replies(settings, built.replies),
            ):
                yield built
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await built.hub.close()
            await built.sockets.close()
    finally:
        await media.stop()
        await store.close()


async def _common_clock(store: SqlStore, clock: SystemClock, doubting: Tell | None) -> DatabaseClock | None:
    """The one time that all nodes over a database decide by; None where this node is alone, or in a hurry."""
    if not isinstance(store, PostgresStore) or clock.speed != 1:
        return None

    async def tell(why: str | None) -> None:
        if why is None:
            log.warning("the clocks agree again")
        else:
            log.error("the clocks disagree, so nothing is decided; /readyz says what to do")
        if doubting is not None:
            await doubting(why)

    ahead = await agreed(store.now, store, lambda: datetime.now(UTC), tell)
    common = DatabaseClock(store.now, ahead=ahead)
    await common.start()
    return common


def _build(settings: Settings, clock: Clock, store: SqlStore, media: Media, homes: Membership) -> Service:
    base = core(settings, clock, store)
    programme = programme_parts(base)
    post = post_parts(base, programme)
    sealer = Sealer(store, base.dispatcher)
    read_log = ReadLog(store, clock, sealer.moved)
    rooms = room_parts(base, media, homes, read_log)
    whereabouts = WhereaboutsDesk(base.dispatcher, store, clock)
    imports = imports_of(base, programme)
    pulse = Pulse(store, store, clock)
    timekeeper = Timekeeper(base.dispatcher, store, clock, store.deadlines())
    readiness = Readiness(pulse.strong, store, timekeeper, lambda: media.ready, homes)
    routes = chain(
        session_routes(base, post, homes, whereabouts, media),
        administrator_routes(base),
        team_routes(base, programme),
        portal_routes(base, programme, post),
        plan_routes(base, programme, homes),
        calendar_routes(base, programme, imports),
    )
    app = build_app(routes, settings.pages, version("dyad"), readiness.status)
    app[READ_LOG] = read_log
    rooms.sockets.server.attach(app)
    base.dispatcher.watch = metrics = Metrics(frozenset(row.clause for family in families(()) for row in family.rows))
    observer = Observer(metrics, store, base.dispatcher, sealer, clock, lambda: len(list(rooms.hub.seats)))
    media.subscribe(observer.on_media)
    return Service(
        settings=settings,
        store=store,
        clock=clock,
        book=base.book,
        dispatcher=base.dispatcher,
        links=base.links,
        hub=rooms.hub,
        sockets=rooms.sockets,
        namespace=rooms.namespace,
        media=media,
        delivery=post.delivery,
        timekeeper=timekeeper,
        media_watch=rooms.media_watch,
        imports=imports,
        sealer=sealer,
        read_log=read_log,
        whereabouts=whereabouts,
        observer=observer,
        metrics=metrics,
        replies=post.replies,
        kept=post.kept,
        app=app,
        pulse=pulse,
        homes=homes,
    )


def hook_desk(store: SqlStore, clock: Clock) -> HookDesk:
    """Webhook endpoints as the administrator keeps them; a secret has 192 random bits, as Standard Webhooks advises."""
    secret = lambda: "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()  # noqa: E731
    return HookDesk(store, StandardWebhooks(), clock, new_id, secret)


async def _beat(built: Service) -> None:
    while True:
        built.dispatcher.uptime.beat()
        await built.pulse.beat()
        await asyncio.sleep(EVERY)


async def _guarded(loop: Any, built: Service) -> None:
    """A loop that fails is a fault to be seen: it is logged by type and the process stops."""
    try:
        await loop
    except asyncio.CancelledError:
        raise
    except Exception as error:
        log.error("a loop of the service failed", error=error, at=place_of(error))
        raise SystemExit(70) from error


async def listen(built: Service) -> web.AppRunner:
    """Accept connections at the settings' host and port, and at the node's own if it has one.

    The caller cleans the runner up.
    """
    # Open pages come back by themselves. While we wait for them to go, nobody could come back, and time would pass.
    runner = web.AppRunner(built.app, access_log=None, shutdown_timeout=SHUTDOWN)
    await runner.setup()
    context = tls(built.settings)
    own, shared = built.settings.node_port, built.settings.port
    for port in {own or shared, shared}:
        site = web.TCPSite(runner, built.settings.host, port, ssl_context=context, reuse_port=bool(own) or None)
        await site.start()
    return runner


def tls(settings: Settings) -> ssl.SSLContext | None:
    """What HTTPS is served with; None where a proxy does that."""
    if settings.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*settings.certificate)
    return context


def addresses() -> Sequence[str]:
    """The IPv4 addresses that media is announced at: this machine's own interfaces beside loopback."""
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)]
    own = [ip for ip in found if not ip.startswith(("127.", "169.254."))]
    return (*own, "127.0.0.1")
