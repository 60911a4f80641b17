"""The demo: a session that is now, of a couple or another kind, one link each, everything on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.application.clinic import open_clinic
from server.application.planning import plan_of
from server.application.ports import Appointment, Person
from server.application.records import Records
from server.application.roles import ADMINISTRATOR, CLIENT, TEAM
from server.bootstrap import Service, addresses, listen, service
from server.certificate import self_signed
from server.config import Settings
from server.demo_clinic import open_around
from server.domain.attendance import Kind
from server.domain.session.commands import PlanSession
from server.domain.session.plan import role_of
from server.domain.session.state import SUBSTITUTE, THERAPIST
from server.past import play_past

VALID = timedelta(days=30)
CLINIC = "Harbour Clinic"
PAST_WEEKS = 6  # that `history` plays
LEAD = timedelta(minutes=2, seconds=30)  # the session begins at the minute before this
WORKDAYS = json.dumps([[day, "08:00", "20:00"] for day in range(6)])

PEOPLE = (
    Person("p-rivera", "Dr. Rivera", "rivera@example.com", "America/New_York", "therapist", WORKDAYS),
    Person("p-alex", "Alex", "alex@example.com", "America/Chicago", "partner", WORKDAYS),
    Person("p-robin", "Robin", "robin@example.com", "America/Denver", "partner", WORKDAYS),
    Person("p-kim", "Kim", "kim@example.com", "America/Chicago", "partner", WORKDAYS),
    Person("p-marsh", "Dr. Marsh", "marsh@example.com", "America/New_York", "therapist", WORKDAYS),
    Person("p-noor", "Noor", "noor@example.com", "America/Chicago", "interpreter", WORKDAYS),
    Person("p-tam", "Tam", "tam@example.com", "America/Denver", "captioner", WORKDAYS),
    Person("p-jo", "Jo", "jo@example.com", "America/Denver", "support", WORKDAYS),
    Person("p-lee", "Lee", "lee@example.com", "America/New_York", "partner", WORKDAYS),
    Person(ADMINISTRATOR, "Sasha", "sasha@example.com", "America/New_York", "administrator", WORKDAYS),
    Person(TEAM, "Treatment team", "team@example.com", "America/New_York", "team", WORKDAYS),
)
PARTNERS = {"a": "p-alex", "b": "p-robin", "c": "p-kim", "d": "p-lee"}
SEATS = {Kind.INDIVIDUAL: "a", Kind.COUPLES: "ab", Kind.INTAKE: "ab", Kind.GROUP: "abcd"}


HELPERS = {"interpreter": "p-noor", "captioner": "p-tam", "support": "p-jo"}


def terms_of(kind: Kind, keep_apart: bool = False, interpreted: bool = False, substitute: str | None = None) -> str:
    return json.dumps(
        {
            "kind": kind,
            "focus": ["open" if kind is Kind.INTAKE else "communication"],
            "attendance": None,
            "approval": "none",
            "keep_apart": keep_apart,
            "needs_interpreter": interpreted,
            "substitute": substitute,
            "clinic_name": CLINIC,
            "clinic_phone": "+1 555 010 0100",
            "partners": {key: {"solo_consent": True} for key in SEATS[kind]},
        }
    )


@dataclass(frozen=True, slots=True)
class DemoLinks:
    """`partners` and `helpers` have a link for each by key; `session` is the demo's session id.

    `clinic` is the therapist's desk with the couple on it, `portals` each partner's own page by key.
    """

    base_url: str
    therapist: str
    partners: dict[str, str]
    team: str
    administrator: str
    substitute: str
    helpers: dict[str, str]
    session: str
    clinic: str
    portals: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """`partner_a` and `partner_b` stand beside the rest, the second null where the session is for one."""
        pair = {f"partner_{key}": self.partners.get(key) for key in "ab"}
        people = {"partners": self.partners, "helpers": self.helpers, "substitute": self.substitute}
        return {
            "base_url": self.base_url,
            "therapist": self.therapist,
            **pair,
            "team": self.team,
            "administrator": self.administrator,
            **people,
            "session": self.session,
            "clinic": self.clinic,
            "portals": self.portals,
        }

    @property
    def partner_a(self) -> str:
        return self.partners["a"]

    @property
    def partner_b(self) -> str:
        return self.partners["b"]


@dataclass(frozen=True, slots=True)
class ClinicLinks:
    """`messages` is where a demo's mail is read: it goes nowhere else."""

    base_url: str
    administrator: str
    messages: str


@dataclass(frozen=True, slots=True)
class Options:
    """`port` 0 is any free one; `data` None is a folder that is gone at the end; `lan` serves HTTPS to the network.

    `keep_apart`: the two partners of the couple must never meet. `company`: who else comes, by role; an interpreter
    is then needed. `history`: the couple has been here for six weeks, and the second partner missed the last two.
    `turn` and `turn_secret` are as in `Settings`.
    `database_url`: where the record is, if not in `data`. `metrics_port` is as in `Settings`. `backend`: the media
    backend's settings, by their names there.
    """

    port: int = 8080
    speed: float = 1.0
    data: Path | None = None
    lan: bool = False
    kind: Kind = Kind.COUPLES
    keep_apart: bool = False
    company: tuple[str, ...] = ()
    history: bool = False
    turn: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)
    database_url: str | None = field(default=None, repr=False)
    metrics_port: int | None = None
    backend: Mapping[str, str] = field(default_factory=dict, repr=False)


@asynccontextmanager
async def demo(options: Options) -> AsyncIterator[tuple[Service, DemoLinks]]:
    """A running service with one couple's session that is about to begin, and fresh links to it.

    The same `data` again goes on with the same session, its clock having run on meanwhile.
    """
    async with _running(options) as (built, session):
        yield built, await seed(built, session, options)


@asynccontextmanager
async def empty_clinic(options: Options) -> AsyncIterator[tuple[Service, ClinicLinks]]:
    """A running service of a clinic that has nothing yet but its administrator, and fresh links."""
    async with _running(options) as (built, _):
        await open_clinic(built.store, "sasha@example.com", "Sasha")
        base = built.settings.base_url
        administrator = await built.links.mint(ADMINISTRATOR, None, ADMINISTRATOR, "clinic", VALID)
        team = await built.links.mint(TEAM, None, TEAM, "team", VALID)
        yield built, ClinicLinks(base, f"{base}/clinic#{administrator}", f"{base}/messages#{team}")


@asynccontextmanager
async def _running(options: Options) -> AsyncIterator[tuple[Service, str]]:
    with contextlib.ExitStack() as stack:
        data = options.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dyad-demo-")))
        data.mkdir(parents=True, exist_ok=True)
        clock, session = _anchor(data / "demo.json", options.speed)
        async with service(_settings(options, data), clock) as built:
            runner = await listen(built)
            try:
                yield built, session
            finally:
                await runner.cleanup()


def _anchor(path: Path, speed: float) -> tuple[SystemClock, str]:
    """The demo's clock and session id: those of an earlier run in the same folder, or new ones."""
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        policy, wall = (datetime.fromisoformat(kept[name]) for name in ("policy", "wall"))
        return SystemClock.resume(policy, wall, kept["speed"]), kept["session"]
    now = datetime.now(UTC)
    session = f"demo-{now:%Y%m%d-%H%M%S}"
    kept = {"policy": now.isoformat(), "wall": now.isoformat(), "speed": speed, "session": session}
    path.write_text(json.dumps(kept), encoding="utf-8")
    return SystemClock(speed, now), session


def _settings(options: Options, data: Path) -> Settings:
    found = addresses()
    host, scheme, certificate = "127.0.0.1", "http", None
    name = "localhost"
    if options.lan:
        host, scheme, name = "0.0.0.0", "https", found[0]
        certificate = self_signed(data, found)
    port = options.port or _free_port(host)
    return Settings(
        data=data,
        database_url=options.database_url,
        metrics_port=options.metrics_port,
        base_url=f"{scheme}://{name}:{port}",
        host=host,
        port=port,
        announce=tuple(found),
        certificate=certificate,
        turn=options.turn,
        turn_secret=options.turn_secret,
        **options.backend,  # type: ignore[arg-type]
    )


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


async def until_stopped() -> None:
    """Returns at the first SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


async def run_empty_clinic(options: Options, tell: Callable[[ClinicLinks], None]) -> None:
    """Run until stopped; `tell` gets the links once everything answers."""
    async with empty_clinic(options) as (_, links):
        tell(links)
        await until_stopped()


async def run_demo(options: Options, tell: Callable[[DemoLinks], None]) -> None:
    """Run until stopped; `tell` gets the links once everything answers."""
    async with demo(options) as (_, links):
        tell(links)
        await until_stopped()


async def seed(built: Service, session: str, options: Options) -> DemoLinks:
    """Plan the session to begin in two minutes, unless it is planned already, and mint its links."""
    if await built.store.appointment(session) is None:
        for person in PEOPLE:
            await built.store.add_person(person)
        starts_at = (built.clock.now() + LEAD).replace(second=0, microsecond=0)
        people = {THERAPIST: "p-rivera", **{key: PARTNERS[key] for key in SEATS[options.kind]}}
        people |= {role: HELPERS[role] for role in options.company}
        terms = terms_of(options.kind, options.keep_apart, "interpreter" in options.company, "p-marsh")
        appointment = Appointment(session, f"{session}@dyad", 0, starts_at, 50, "booked", people, terms)
        weeks = PAST_WEEKS if options.history else 0
        await open_around(_records(built), appointment, weeks, keep_apart=options.keep_apart, clinic=CLINIC)
        if options.history:
            await play_past(built.store, built.book, appointment)
        await built.store.add_appointment(appointment)
        await built.dispatcher.submit(session, PlanSession(await plan_of(appointment, built.store)))
    return await links(built, session)


async def links(built: Service, session: str) -> DemoLinks:
    """Fresh links for the demo's session."""
    base = built.settings.base_url

    async def link(person: str, participant: str, page: str, purpose: str = "session") -> str:
        return f"{base}/{page}#{await built.links.mint(person, session, participant, purpose, VALID)}"

    async def own(person: str, role: str, page: str) -> str:
        return f"{base}/{page}#{await built.links.mint(person, None, role, page, VALID)}"

    appointment = await built.store.appointment(session)
    assert appointment is not None
    guests = {
        key: await link(person, key, "join") for key, person in sorted(appointment.people.items()) if key != THERAPIST
    }
    return DemoLinks(
        base_url=base,
        therapist=await link("p-rivera", THERAPIST, "console"),
        partners={key: url for key, url in guests.items() if role_of(key) == "partner"},
        helpers={key: url for key, url in guests.items() if role_of(key) != "partner"},
        administrator=await link(ADMINISTRATOR, ADMINISTRATOR, "policy", "policy"),
        substitute=await link("p-marsh", SUBSTITUTE, "console"),
        team=await link(TEAM, "team", "team", "team"),
        session=session,
        clinic=await own("p-rivera", THERAPIST, "clinic"),
        portals={key: await own(PARTNERS[key], CLIENT, "portal") for key in "ab"},
    )


def _records(built: Service) -> Records:
    return Records(built.store, JsonCodec(), built.clock)
