"""Every address that is served, by whom it is for."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from server import mailroom
from server.adapters.icalendar import busy_of
from server.adapters.mail.subscription import SubscribedCalendar
from server.adapters.policyfile import PolicyRefused, read_policy, written
from server.adapters.report import report_csv
from server.adapters.shared_text import YjsTexts
from server.adapters.webcal import fetch
from server.adapters.workshop import ProcessWorkshop
from server.application.attendance_report import AttendanceReports
from server.application.console_door import ConsoleDoor
from server.application.couple_list import CoupleList
from server.application.dead_letters import Undelivered
from server.application.files import Files
from server.application.hours import Hours
from server.application.imported import Imports
from server.application.membership import Membership
from server.application.own_calendar import OwnCalendar
from server.application.own_feed import OwnFeed
from server.application.plan_rooms import PlanRooms
from server.application.policy_desk import Fault, PolicyDesk, Unreadable
from server.application.portal import Portal
from server.application.relapse_plan import RelapsePlans
from server.application.reviews import ReviewQueue
from server.application.sittings import Sittings
from server.application.strands import Strands
from server.application.whereabouts import WhereaboutsDesk
from server.composition.core import Core, new_id
from server.composition.media import Media
from server.composition.pdf import plan_pdf, report_pdf
from server.composition.post import PostParts
from server.composition.programme import ProgrammeParts
from server.domain.attendance import Policy
from server.http.agenda import AgendaApi
from server.http.answer import AnswerApi
from server.http.api import Api
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
from signaling.media.livekit.backend import LiveKitBackend

Routes = Iterable[web.RouteDef]


def session_routes(
    core: Core, post: PostParts, homes: Membership, whereabouts: WhereaboutsDesk, media: Media
) -> Routes:
    """Around one session: its link, its host, where people are, and answers to reminders."""
    store, links, kept = core.store, core.links, post.kept
    sent = None if kept is None else lambda: [mailroom.shown(message) for message in reversed(kept.messages)]
    yield from Api(core.dispatcher, store, store, core.codec, links, core.clock, sent, {}, homes).routes()
    yield from HostingApi(core.dispatcher, store, links).routes()
    yield from QuickExitApi(core.dispatcher, links).routes()
    yield from WhereaboutsApi(whereabouts, links).routes()
    yield from AnswerApi(post.answers, links).routes()
    if isinstance(media, LiveKitBackend):
        yield from LiveKitApi(media.heard).routes()


def administrator_routes(core: Core) -> Routes:
    store, links, clock = core.store, core.links, core.clock
    policy = PolicyDesk(core.book, store, ProcessWorkshop(), clock, _policy, written)
    yield from PolicyApi(policy, links).routes()
    yield from UndeliveredApi(Undelivered(store, store, core.codec, clock), links).routes()


def team_routes(core: Core, programme: ProgrammeParts) -> Routes:
    """For therapists and the treatment team: couples, weeks, hours, reports."""
    store, links, clock, dispatcher = core.store, core.links, core.clock, core.dispatcher
    clinic, records, weeks = programme.clinic, programme.records, programme.weeks
    yield from ReviewsApi(dispatcher, store, links, ReviewQueue(dispatcher, store, clock)).routes()
    yield from ClinicApi(clinic, programme.care, links).routes()
    yield from CoupleListApi(CoupleList(clinic, records, store), links).routes()
    yield from FilesApi(Files(records, clinic, new_id), links).routes()
    yield from WeeksApi(weeks, programme.accepting, ConsoleDoor(store, links, clock), links).routes()
    yield from BookedApi(programme.repeating, programme.changing, links).routes()
    sittings = Sittings(dispatcher, store)
    hours = Hours(clinic, sittings, Strands(dispatcher, store), weeks, clock)
    writers = {"csv": report_csv, "pdf": report_pdf(core.settings.pages / "fonts")}
    yield from HoursApi(hours, AttendanceReports(clinic, sittings, clock), store, links, writers).routes()


def portal_routes(core: Core, programme: ProgrammeParts, post: PostParts) -> Routes:
    """For a partner, between sessions."""
    links, waitlist, care = core.links, programme.waitlist, programme.care
    portal = Portal(
        programme.records,
        programme.clinic,
        care,
        core.store,
        core.dispatcher,
        links,
        post.contacts,
        post.reminders,
        core.clock,
        waitlist,
    )
    yield from PortalApi(portal, care, links).routes()
    yield from WaitlistApi(portal, waitlist, links).routes()


def plan_routes(core: Core, programme: ProgrammeParts, homes: Membership) -> Routes:
    """The agenda of a first session, and the relapse prevention plan that it leads to."""
    store, links = core.store, core.links
    plans = RelapsePlans(programme.records, programme.clinic, YjsTexts())
    rooms = PlanRooms(plans, homes.elsewhere)
    homes.subscribe(lambda gone: rooms.send_on())
    pdf = plan_pdf(core.settings.pages / "fonts")
    yield from AgendaApi(programme.care, plans, store, links).routes()
    yield from RelapsePlanApi(plans, rooms, store, links, core.clock, pdf).routes()


def imports_of(core: Core, programme: ProgrammeParts) -> Imports:
    """The calendars that people import, read again and again."""
    return Imports(programme.records, programme.availabilities, core.store, core.clock, fetch, busy_of, new_id)


def calendar_routes(core: Core, programme: ProgrammeParts, imports: Imports) -> Routes:
    """Everybody's own times, and the feed that shows their sessions in their own calendar."""
    settings, clock, store, links = core.settings, core.clock, core.store, core.links
    subscribed = SubscribedCalendar(settings.clinic_email)
    feed = OwnFeed(links, store, clock, subscribed, programme.current, settings.base_url)
    own = OwnCalendar(programme.availabilities, store, imports, feed, clock)
    yield from OwnCalendarApi(own, imports, feed, links).routes()


def _policy(text: str) -> Policy:
    """Raises `Unreadable`."""
    try:
        return read_policy(text)
    except PolicyRefused as no:
        raise Unreadable(tuple(Fault(p.line, p.column, p.message) for p in no.problems)) from no
