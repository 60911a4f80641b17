"""The composition root: the one place that knows concrete classes."""

from __future__ import annotations

import asyncio
import base64
import secrets
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Protocol
from urllib.parse import urlsplit

import ifaddr
from aiohttp import web

from server import mailroom
from server.adapters.clock import DatabaseClock, SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.icalendar import busy_of
from server.adapters.mail import KeptMail
from server.adapters.mail.post import MailPost
from server.adapters.mail.subscription import SubscribedCalendar
from server.adapters.plan_pdf import PlanPdf
from server.adapters.policyfile import PolicyRefused, read_policy, written
from server.adapters.report import ReportPdf, report_csv
from server.adapters.shared_text import YjsTexts
from server.adapters.sql import PostgresStore, SqlStore, open_store
from server.adapters.webcal import fetch
from server.adapters.webhooks import StandardWebhooks
from server.adapters.workshop import ProcessWorkshop
from server.application.accepting import Accepting
from server.application.answers import Answers
from server.application.attendance_report import AttendanceReports
from server.application.audit import Sealer
from server.application.availabilities import Availabilities
from server.application.calendars import Calendars
from server.application.care import Care
from server.application.changing import Changing
from server.application.chart import Reader
from server.application.clinic import Clinic
from server.application.clocks import Tell, agreed
from server.application.console_door import ConsoleDoor
from server.application.contacts import Contacts
from server.application.couple_list import CoupleList
from server.application.dead_letters import Undelivered
from server.application.delivery import Delivery
from server.application.dispatcher import Dispatcher
from server.application.files import Files
from server.application.groups import Groups
from server.application.hinting import Hinting
from server.application.hooks import HookDesk, Hooks
from server.application.hours import Hours
from server.application.imported import Imports
from server.application.ledger import Ledger
from server.application.letters import Letters
from server.application.links import LinkDesk
from server.application.membership import Membership
from server.application.own_calendar import OwnCalendar
from server.application.own_feed import OwnFeed
from server.application.past_weeks import PastWeeks
from server.application.plan_rooms import PlanRooms
from server.application.policies import PolicyBook
from server.application.policy_desk import Fault, PolicyDesk, Unreadable
from server.application.portal import Portal
from server.application.ports import Clock, Hints, MediaBackend, Nodes
from server.application.pulse import EVERY, Pulse
from server.application.reads import ReadLog
from server.application.records import Records
from server.application.relapse_plan import RelapsePlans
from server.application.reminders import Reminders
from server.application.repeating import Repeating
from server.application.replies import Replies
from server.application.rescheduling import Rescheduling
from server.application.reviews import ReviewQueue
from server.application.roles import TEAM
from server.application.sittings import Sittings
from server.application.strands import Strands
from server.application.takeover import Takeover
from server.application.timekeeper import Timekeeper
from server.application.uptime import MediaWatch
from server.application.waitlist import Waitlist
from server.application.weeks import Weeks
from server.application.whereabouts import WhereaboutsDesk
from server.cluster import after_absence, meeting
from server.config import Settings
from server.domain.attendance import Policy
from server.domain.attendance.own import families
from server.domain.programme import Programme
from server.http.agenda import AgendaApi
from server.http.answer import AnswerApi
from server.http.api import Api
from server.http.app import build_app
from server.http.bearer import READ_LOG
from server.http.booked import BookedApi
from server.http.clinic import ClinicApi
from server.http.couple_list import CoupleListApi
from server.http.files import FilesApi
from server.http.hosting import HostingApi
from server.http.hours import HoursApi
from server.http.livekit import LiveKitApi
from server.http.own_calendar import OwnCalendarApi
from server.http.policy import PolicyApi
from server.http.portal import PortalApi
from server.http.quick_exit import QuickExitApi
from server.http.relapse_plan import RelapsePlanApi
from server.http.reviews import ReviewsApi
from server.http.undelivered import UndeliveredApi
from server.http.waitlist import WaitlistApi
from server.http.weeks import WeeksApi
from server.http.whereabouts import WhereaboutsApi
from server.observing import Observer, Readiness, metrics_served
from server.telemetry import log, place_of
from server.telemetry.metrics import Metrics
from signaling.gateway.hub import Hub
from signaling.gateway.namespace import SessionNamespace
from signaling.gateway.relay import Relay
from signaling.gateway.sockets import Sockets
from signaling.media.backend import EmbeddedForwarder
from signaling.media.janus.backend import JanusBackend
from signaling.media.livekit.backend import LiveKitBackend

SHUTDOWN = 0.5  # s of real time for what is being answered


class Media(MediaBackend, Protocol):
    """A backend with a life: `ready` while it takes requests."""

    @property
    def ready(self) -> bool: ...

    async def start(self) -> None:
        """Raises `MediaRefused`."""

    async def stop(self) -> None: ...


def media_of(settings: Settings) -> Media:
    """The media backend that the settings name, not started."""
    if settings.media == "janus":
        where = (settings.janus_url, settings.janus_secret, settings.janus_admin_url, settings.janus_admin_secret)
        return JanusBackend(*where)
    if settings.media == "livekit":
        return LiveKitBackend(settings.livekit_url, settings.livekit_key, settings.livekit_secret)
    return EmbeddedForwarder(announce=settings.announce, port=settings.media_port)


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


def _build(
    settings: Settings,
    clock: Clock,
    store: SqlStore,
    media: Media,
    homes: Membership,
) -> Service:
    codec = JsonCodec()
    book = PolicyBook(store, read_policy)
    dispatcher = Dispatcher(store, codec, clock, book)
    links = LinkDesk(store, clock, lambda: secrets.token_urlsafe(32))
    kept = KeptMail() if settings.smtp is None else None
    post = MailPost(kept or mailroom.smtp(settings), settings.clinic_email)
    records = Records(store, codec, clock)
    clinic = Clinic(records, store, store, clock, lambda: secrets.token_urlsafe(9))
    contacts = Contacts(records, leaves=kept is None)
    answers = Answers(dispatcher, store, links, clock, settings.base_url)
    desk, ways = LinkDesk(store, clock, mailroom.in_small_letters), mailroom.ways(settings, post)
    reminders = Reminders(dispatcher, store, store, codec, contacts, answers, desk, ways, clock)
    calendars = Calendars(records, store, store)
    waitlist = Waitlist(records, store, store, calendars, dispatcher, store, clock, _programme(clinic))
    letters = Letters(
        dispatcher,
        store,
        store,
        links,
        post,
        clock,
        settings.base_url,
        TEAM,
        _programme(clinic),
        waitlist.offer,
        contacts,
        answers,
    )
    groups = Groups(store, store, clock)
    weeks = Weeks(records, clinic, calendars, store, groups, dispatcher, PastWeeks(dispatcher, store, clock), clock)
    accepting = Accepting(weeks, records, clinic, store, store, store, dispatcher, clock, lambda: secrets.token_hex(8))
    changing = Changing(clinic, store, store, dispatcher, accepting, clock)
    repeating = Repeating(weeks, records, store, accepting, clock, lambda: secrets.token_hex(8))
    rescheduling = Rescheduling(dispatcher, store, store, calendars, clock, _programme(clinic))
    ledger = Ledger(dispatcher, store, clock)
    hooks = Hooks(store, store, StandardWebhooks(), codec, clock)
    delivery = Delivery(
        dispatcher, store, codec, clock, letters, rescheduling, links, ledger, accepting, hooks, waitlist, reminders
    )
    sealer = Sealer(store, dispatcher)
    read_log = ReadLog(store, clock, sealer.moved)
    whereabouts = WhereaboutsDesk(dispatcher, store, clock)
    sockets = Sockets(urlsplit(settings.base_url).netloc)
    relay = Relay(settings.turn, settings.turn_secret)
    hub = Hub(dispatcher, clock, media, sockets.emit, sockets.kick, relay, homes.elsewhere)
    homes.load = lambda: hub.seats.connections
    namespace = SessionNamespace(dispatcher, links, hub, clock, homes)
    namespace.reads = read_log
    sockets.server.register_namespace(namespace)
    sent = None if kept is None else lambda: [mailroom.shown(message) for message in reversed(kept.messages)]
    api = Api(dispatcher, store, store, codec, links, clock, sent, {}, homes)
    reviews = ReviewsApi(dispatcher, store, links, ReviewQueue(dispatcher, store, clock))
    policy = PolicyDesk(book, store, ProcessWorkshop(), clock, _policy, written)
    routes = [*api.routes(), *HostingApi(dispatcher, store, links).routes(), *reviews.routes()]
    routes += PolicyApi(policy, links).routes()
    routes += UndeliveredApi(Undelivered(store, store, codec, clock), links).routes()
    routes += QuickExitApi(dispatcher, links).routes()
    routes += WhereaboutsApi(whereabouts, links).routes()
    routes += AnswerApi(answers, links).routes()
    care = Care(records, clinic, store, clock)
    portal = Portal(records, clinic, care, store, dispatcher, links, contacts, reminders, clock, waitlist)
    routes += [
        *ClinicApi(clinic, care, links).routes(),
        *PortalApi(portal, care, links).routes(),
        *WaitlistApi(portal, waitlist, links).routes(),
    ]
    routes += CoupleListApi(CoupleList(clinic, records, store), links).routes()
    routes += FilesApi(Files(records, clinic, lambda: secrets.token_urlsafe(9)), links).routes()
    plans = RelapsePlans(records, clinic, YjsTexts())
    routes += AgendaApi(care, plans, store, links).routes()
    pdf = PlanPdf(settings.pages / "fonts").write
    rooms = PlanRooms(plans, homes.elsewhere)
    homes.subscribe(lambda gone: rooms.send_on())
    routes += RelapsePlanApi(plans, rooms, store, links, clock, pdf).routes()
    routes += WeeksApi(weeks, accepting, ConsoleDoor(store, links, clock), links).routes()
    sittings = Sittings(dispatcher, store)
    hours = Hours(clinic, sittings, Strands(dispatcher, store), weeks, clock)
    writers = {"csv": report_csv, "pdf": ReportPdf(settings.pages / "fonts").write}
    routes += HoursApi(hours, AttendanceReports(clinic, sittings, clock), store, links, writers).routes()
    routes += BookedApi(repeating, changing, links).routes()
    availabilities = Availabilities(records)
    imports = Imports(records, availabilities, store, clock, fetch, busy_of, lambda: secrets.token_urlsafe(9))
    feed = OwnFeed(
        links, store, clock, SubscribedCalendar(settings.clinic_email), _programme(clinic), settings.base_url
    )
    own = OwnCalendar(availabilities, store, imports, feed, clock)
    routes += OwnCalendarApi(own, imports, feed, links).routes()
    if isinstance(media, LiveKitBackend):
        routes += LiveKitApi(media.heard).routes()
    pulse = Pulse(store, store, clock)
    timekeeper = Timekeeper(dispatcher, store, clock, store.deadlines())
    readiness = Readiness(pulse.strong, store, timekeeper, lambda: media.ready, homes)
    app = build_app(routes, settings.pages, version("dyad"), readiness.status)
    app[READ_LOG] = read_log
    sockets.server.attach(app)
    dispatcher.watch = metrics = Metrics(frozenset(row.clause for family in families(()) for row in family.rows))
    observer = Observer(metrics, store, dispatcher, sealer, clock, lambda: len(list(hub.seats)))
    media.subscribe(observer.on_media)
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
        sealer,
        read_log,
        whereabouts,
        observer,
        metrics,
        Replies(desk, answers, store, codec, clock),
        kept,
        app,
        pulse,
        homes,
    )


def hook_desk(store: SqlStore, clock: Clock) -> HookDesk:
    """Webhook endpoints as the administrator keeps them; a secret has 192 random bits, as Standard Webhooks advises."""
    secret = lambda: "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()  # noqa: E731
    return HookDesk(store, StandardWebhooks(), clock, lambda: secrets.token_urlsafe(9), secret)


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
