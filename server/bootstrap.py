"""The composition root: the one place that knows concrete classes."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import ifaddr
import structlog
from aiohttp import web

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.icalendar import busy_of
from server.adapters.mail import KeptMail, Message, Sender, SmtpMail
from server.adapters.mail.post import MailPost
from server.adapters.mail.subscription import SubscribedCalendar
from server.adapters.plan_pdf import PlanPdf
from server.adapters.policyfile import PolicyRefused, read_policy, written
from server.adapters.shared_text import YjsTexts
from server.adapters.sql import SqliteStore
from server.adapters.webcal import fetch
from server.adapters.workshop import ProcessWorkshop
from server.application.accepting import Accepting
from server.application.availabilities import Availabilities
from server.application.calendars import Calendars
from server.application.care import Care
from server.application.chart import Reader
from server.application.clinic import Clinic
from server.application.console_door import ConsoleDoor
from server.application.delivery import Delivery
from server.application.dispatcher import Dispatcher
from server.application.groups import Groups
from server.application.imported import Imports
from server.application.ledger import Ledger
from server.application.letters import Letters
from server.application.links import LinkDesk
from server.application.own_calendar import OwnCalendar
from server.application.own_feed import OwnFeed
from server.application.past_weeks import PastWeeks
from server.application.plan_rooms import PlanRooms
from server.application.policies import PolicyBook
from server.application.policy_desk import Fault, PolicyDesk, Unreadable
from server.application.portal import Portal
from server.application.ports import Clock, RecordUnavailable
from server.application.records import Records
from server.application.relapse_plan import RelapsePlans
from server.application.rescheduling import Rescheduling
from server.application.reviews import ReviewQueue
from server.application.roles import TEAM
from server.application.timekeeper import Timekeeper
from server.application.uptime import MediaWatch
from server.application.weeks import Weeks
from server.config import Settings
from server.domain.attendance import Policy
from server.domain.programme import Programme
from server.domain.session.commands import RecordOutage
from server.http.api import Api
from server.http.app import build_app
from server.http.clinic import ClinicApi
from server.http.hosting import HostingApi
from server.http.own_calendar import OwnCalendarApi
from server.http.policy import PolicyApi
from server.http.portal import PortalApi
from server.http.relapse_plan import RelapsePlanApi
from server.http.reviews import ReviewsApi
from server.http.weeks import WeeksApi
from signaling.gateway.hub import Hub
from signaling.gateway.namespace import SessionNamespace
from signaling.gateway.sockets import Sockets
from signaling.media.backend import EmbeddedForwarder

log = structlog.get_logger()

RECORD = "dyad.db"
HEARTBEAT = 1.0  # s of real time
SHUTDOWN = 0.5  # s of real time for what is being answered
LINK = re.compile(r"https?://\S+")


@dataclass(slots=True)
class Service:
    """Everything that runs, for whoever starts it."""

    settings: Settings
    store: SqliteStore
    clock: Clock
    book: PolicyBook
    dispatcher: Dispatcher
    links: LinkDesk
    hub: Hub
    sockets: Sockets
    namespace: SessionNamespace
    media: EmbeddedForwarder
    delivery: Delivery
    timekeeper: Timekeeper
    media_watch: MediaWatch
    imports: Imports
    kept: KeptMail | None
    app: web.Application


@asynccontextmanager
async def service(settings: Settings, clock: SystemClock) -> AsyncIterator[Service]:
    """Open everything, run its loops, and close it again in the opposite order."""
    store = await SqliteStore.open(settings.data / RECORD)
    media = EmbeddedForwarder(announce=settings.announce, port=settings.media_port)
    await media.start()
    try:
        built = _build(settings, clock, store, media)
        await built.book.refresh()
        await _after_absence(built)
        loops = [
            built.timekeeper.run(),
            built.delivery.run(),
            built.hub.watch(),
            built.namespace.watch(),
            built.book.watch(),
            built.media_watch.run(),
            built.imports.run(),
            _beat(built),
        ]
        tasks = [asyncio.create_task(_guarded(loop, built)) for loop in loops]
        try:
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


def _build(settings: Settings, clock: SystemClock, store: SqliteStore, media: EmbeddedForwarder) -> Service:
    codec = JsonCodec()
    book = PolicyBook(store, read_policy)
    dispatcher = Dispatcher(store, codec, clock, book)
    links = LinkDesk(store, clock, lambda: secrets.token_urlsafe(32))
    kept = KeptMail() if settings.smtp is None else None
    post = MailPost(kept or _smtp(settings), settings.clinic_email)
    records = Records(store, codec, clock)
    clinic = Clinic(records, store, store, clock, lambda: secrets.token_urlsafe(9))
    letters = Letters(dispatcher, store, store, links, post, clock, settings.base_url, TEAM, _programme(clinic))
    calendars = Calendars(records, store, store)
    groups = Groups(store, store, clock)
    weeks = Weeks(records, clinic, calendars, store, groups, dispatcher, PastWeeks(dispatcher, store, clock), clock)
    accepting = Accepting(weeks, records, clinic, store, store, store, dispatcher, clock, lambda: secrets.token_hex(8))
    rescheduling = Rescheduling(dispatcher, store, store, calendars, clock, _programme(clinic))
    ledger = Ledger(dispatcher, store, clock)
    delivery = Delivery(dispatcher, store, codec, clock, letters, rescheduling, links, ledger, accepting)
    sockets = Sockets()
    hub = Hub(dispatcher, clock, media, sockets.emit, sockets.kick)
    namespace = SessionNamespace(dispatcher, links, hub, clock)
    sockets.server.register_namespace(namespace)
    sent = None if kept is None else lambda: [_shown(message) for message in reversed(kept.messages)]
    api = Api(dispatcher, store, store, codec, links, clock, sent, {})
    reviews = ReviewsApi(dispatcher, store, links, ReviewQueue(dispatcher, store, clock))
    policy = PolicyDesk(book, store, ProcessWorkshop(), clock, _policy, written)
    routes = [*api.routes(), *HostingApi(dispatcher, store, links).routes(), *reviews.routes()]
    routes += PolicyApi(policy, links).routes()
    care = Care(records, clinic, store, clock)
    portal = Portal(records, clinic, care, store, dispatcher, links, clock)
    routes += [*ClinicApi(clinic, care, links).routes(), *PortalApi(portal, care, links).routes()]
    plans = RelapsePlans(records, clinic, YjsTexts())
    pdf = PlanPdf(settings.pages / "fonts").write
    routes += RelapsePlanApi(plans, PlanRooms(plans), store, links, clock, pdf).routes()
    routes += WeeksApi(weeks, accepting, ConsoleDoor(store, links, clock), links).routes()
    availabilities = Availabilities(records)
    imports = Imports(records, availabilities, store, clock, fetch, busy_of, lambda: secrets.token_urlsafe(9))
    feed = OwnFeed(
        links, store, clock, SubscribedCalendar(settings.clinic_email), _programme(clinic), settings.base_url
    )
    own = OwnCalendar(availabilities, store, imports, feed, clock)
    routes += OwnCalendarApi(own, imports, feed, links).routes()
    app = build_app(routes, settings.pages, version("dyad"), lambda: _ready(store))
    sockets.server.attach(app)
    timekeeper = Timekeeper(dispatcher, store, clock)
    media_watch = MediaWatch(dispatcher.submit, clock, hub.seats.sessions)
    media.subscribe(media_watch.on_media)
    return Service(
        settings,
        store,
        clock,
        book,
        dispatcher,
        links,
        hub,
        sockets,
        namespace,
        media,
        delivery,
        timekeeper,
        media_watch,
        imports,
        kept,
        app,
    )


def _programme(clinic: Clinic) -> Callable[[], Awaitable[Programme | None]]:
    async def programme() -> Programme | None:
        kept = await clinic.programme(Reader(TEAM, TEAM))
        return None if kept is None else kept.value

    return programme


def _policy(text: str) -> Policy:
    """Raises `Unreadable`."""
    try:
        return read_policy(text)
    except PolicyRefused as no:
        raise Unreadable(tuple(Fault(p.line, p.column, p.message) for p in no.problems)) from no


def _smtp(settings: Settings) -> Sender:
    smtp = settings.smtp
    assert smtp is not None
    return SmtpMail(
        smtp.host,
        smtp.port,
        sender=smtp.sender,
        username=smtp.username,
        password=smtp.password,
        security=smtp.security,  # type: ignore[arg-type]
    )


def _shown(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "to": message.to_name,
        "subject": message.subject,
        "text": message.text,
        "ics": message.ics.decode() if message.ics else None,
        "ics_method": message.ics_method,
        "links": LINK.findall(message.text),
    }


async def _ready(store: SqliteStore) -> bool:
    try:
        await store.earliest()
    except RecordUnavailable:
        return False
    return True


async def _after_absence(built: Service) -> None:
    """While Dyad was down it could not see: that time counts against nobody (A1), and everyone has to come back."""
    now, last = built.clock.now(), await built.store.last_alive()
    if last is None or now <= last:
        return
    for id in await built.store.live():
        lasting = (await built.dispatcher.session(id)).paused_since
        if lasting is not None:  # the media worker was dead, and then all of Dyad was
            await built.dispatcher.submit(id, RecordOutage(lasting, last if last > lasting else now, cut=False))
        await built.dispatcher.submit(id, RecordOutage(last, now))


async def _beat(built: Service) -> None:
    while True:
        built.dispatcher.uptime.beat()
        with contextlib.suppress(RecordUnavailable):
            await built.store.alive(built.clock.now())
        await asyncio.sleep(HEARTBEAT)


async def _guarded(loop: Any, built: Service) -> None:
    """A loop that fails is a fault to be seen: it is logged by type and the process stops."""
    try:
        await loop
    except asyncio.CancelledError:
        raise
    except Exception as error:
        log.error("a loop of the service failed", error=type(error).__name__)
        raise SystemExit(70) from error


async def listen(built: Service) -> web.AppRunner:
    """Accept connections at the settings' host and port. The caller cleans the runner up."""
    # Open pages come back by themselves. While we wait for them to go, nobody could come back, and time would pass.
    runner = web.AppRunner(built.app, access_log=None, shutdown_timeout=SHUTDOWN)
    await runner.setup()
    context = None
    if built.settings.certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*built.settings.certificate)
    await web.TCPSite(runner, built.settings.host, built.settings.port, ssl_context=context).start()
    return runner


def addresses() -> Sequence[str]:
    """The IPv4 addresses that media is announced at: this machine's own interfaces beside loopback."""
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)]
    own = [ip for ip in found if not ip.startswith(("127.", "169.254."))]
    return (*own, "127.0.0.1")
