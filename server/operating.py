"""What the command line does with a service's folder, beside a running service or without one."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.policyfile import read_policy
from server.adapters.sql import PostgresStore, SchemaRefused, SqlStore, migrate_database, open_store
from server.adapters.sql.copying import CannotCopy, back_up, put_back
from server.application.audit import examined, exported
from server.application.chart import Reader
from server.application.clinic import Clinic, open_clinic
from server.application.clocks import Ask, Clocks, confirmed, is_up
from server.application.couple_list import CoupleList, Look, Result, State
from server.application.dead_letters import Undelivered
from server.application.dispatcher import Dispatcher
from server.application.explain import explain
from server.application.hooks import Endpoint
from server.application.letters import OWN_LINK
from server.application.links import LinkDesk
from server.application.planning import people_of, plan_of
from server.application.policies import PolicyBook
from server.application.ports import RecordUnavailable, StoredPolicy
from server.application.records import Records
from server.application.roles import ADMINISTRATOR, TEAM
from server.application.simulation import Circumstances, circumstances_of
from server.bootstrap import addresses, hook_desk, listen, service, tls
from server.cluster import drain
from server.config import RECORD, Settings, SettingsRefused, from_environment, record_in
from server.demo import until_stopped
from server.domain.chain import Examined, Head
from server.domain.session.commands import PlanSession
from server.domain.session.state import HOSTS, THERAPIST, Session
from server.domain.session.view import view_of
from server.domain.session.views import TherapistView
from server.http.unready import Unready
from server.planfile import PlannedSession, PlanRefused
from server.telemetry import configure

AFTERWARDS = timedelta(hours=12)  # that a session's links stay good after its end


Place = Path | str  # a service's folder, or the URL of its record


class NotFound(Exception):
    """There is no such thing in this folder; the message says what there is to do."""


def settings(environment: Mapping[str, str]) -> Settings:
    """Raises `SettingsRefused`."""
    found = from_environment(environment)
    needed = ("base_url",) if "database_url" in found else ("data", "base_url")
    missing = [f"DYAD_{name.upper()}" for name in needed if name not in found]
    if missing:
        raise SettingsRefused(f"Set {' and '.join(missing)} first; see the README.")
    return Settings(**{"announce": tuple(addresses()), **found})


async def serve(wanted: Settings, ready: Callable[[], None]) -> None:
    """Run until stopped."""
    configure(wanted.log_level)
    unready = Unready(wanted.host, wanted.node_port or wanted.port, tls(wanted))
    async with service(wanted, SystemClock(), unready.tell) as built:
        runner = await listen(built)
        try:
            ready()
            await until_stopped()
            await drain(built.homes, built.hub.seats)
        finally:
            await runner.cleanup()


async def clocks(data: Place) -> Clocks:
    """What a node that started now would be told."""
    async with _store(data) as store:
        return Clocks(await _time_of(store)(), SystemClock().now(), await store.last_alive())


async def confirm_clock(data: Place) -> bool:
    """The database's clock is right: nodes that wait to decide go on by it. False while a node is up that does not."""
    async with _store(data) as store:
        return await confirmed(_time_of(store), store)


def _time_of(store: SqlStore) -> Ask:
    if isinstance(store, PostgresStore):
        return store.now

    async def here() -> datetime:
        return SystemClock().now()

    return here


async def migrate(data: Place, to: str | None) -> tuple[str, str]:
    """Lead the record's schema to a revision (None: the newest); from which, and to which.

    Raises `UnknownRevision`, or what says that it cannot be done now.
    """
    return await migrate_database(record_in(data), to)


@asynccontextmanager
async def _store(data: Place) -> AsyncIterator[SqlStore]:
    if (isinstance(data, Path) or "://" not in data) and not (Path(data) / RECORD).exists():
        raise NotFound(f"There is no record of a service in {data}. Give the folder that the service runs with.")
    store = await open_store(record_in(data))
    try:
        yield store
    finally:
        await store.close()


async def _dispatcher(store: SqlStore) -> Dispatcher:
    book = PolicyBook(store, read_policy)
    await book.refresh()
    return Dispatcher(store, JsonCodec(), SystemClock(), book)


async def _session(store: SqlStore, id: str) -> Session:
    session = await (await _dispatcher(store)).session(id)
    if session.plan is None:
        raise NotFound(f"There is no session {id} here. `dyad session list` shows the open ones.")
    return session


async def plan_session(data: Place, base_url: str, planned: PlannedSession) -> dict[str, str]:
    """Book the session and return a link for each of its people. Raises `PlanRefused`."""
    valid = planned.starts_at + timedelta(minutes=planned.minutes) + AFTERWARDS - SystemClock().now()
    if planned.starts_at <= SystemClock().now():
        raise PlanRefused("starts_at is over. A session is planned before it begins.")
    store = await open_store(record_in(data))
    try:
        if await store.appointment(planned.id) is not None:
            raise PlanRefused(f"There is a session {planned.id} already. Give this one another id.")
        for person in planned.people():
            await store.add_person(person)
        appointment = planned.appointment()
        await store.add_appointment(appointment)
        plan = await plan_of(appointment, store)
        await (await _dispatcher(store)).submit(planned.id, PlanSession(plan))
    finally:
        await store.close()
    return {who: await create_link(data, base_url, planned.id, who, valid) for who in planned.participants}


async def open_clinic_here(data: Place, base_url: str, email: str, name: str) -> tuple[str, str]:
    """Links to the clinic's page for its administrator and its treatment team, who are there from now on."""
    store = await open_store(record_in(data))
    try:
        await open_clinic(store, email, name)
        desk = LinkDesk(store, SystemClock(), lambda: secrets.token_urlsafe(32))
        office = await desk.mint(ADMINISTRATOR, None, ADMINISTRATOR, "clinic", OWN_LINK)
        team = await desk.mint(TEAM, None, TEAM, "clinic", OWN_LINK)
    finally:
        await store.close()
    page = f"{base_url.rstrip('/')}/clinic"
    return f"{page}#{office}", f"{page}#{team}"


async def import_couples(data: Place, list_: bytes, *, look_only: bool, whole: bool) -> tuple[Look, Result | None]:
    """What a list of couples would add, and what of it was added. Raises `ProgrammeError`."""
    async with _store(data) as store:
        records = Records(store, JsonCodec(), SystemClock())
        clinic = Clinic(records, store, store, SystemClock(), lambda: secrets.token_urlsafe(9))
        couples, reader = CoupleList(clinic, records, store), Reader(ADMINISTRATOR, ADMINISTRATOR)
        look = await couples.look(reader, list_)
        if look_only or (whole and look.count(State.FAULTY)):
            return look, None
        return look, await couples.bring(reader, list_, look.seen, whole=whole)


async def create_link(data: Place, base_url: str, session: str, participant: str, valid: timedelta) -> str:
    async with _store(data) as store:
        appointment = await store.appointment(session)
        if appointment is None:
            raise NotFound(f"There is no session {session} here. `dyad session list` shows the open ones.")
        known = people_of(appointment)
        person = participant if participant in (TEAM, ADMINISTRATOR) else known.get(participant)
        if person is None:
            raise NotFound(
                f"Nobody is {participant} there. Known: {', '.join(sorted(known))}, {TEAM}, {ADMINISTRATOR}."
            )
        desk = LinkDesk(store, SystemClock(), lambda: secrets.token_urlsafe(32))
        purpose = {TEAM: "team", ADMINISTRATOR: "policy"}.get(participant, "session")
        token = await desk.mint(person, session, participant, purpose, valid)
        page = purpose if purpose != "session" else "console" if participant in HOSTS else "join"
        return f"{base_url.rstrip('/')}/{page}#{token}"


async def revoke_links(data: Place, session: str, participant: str | None) -> int:
    async with _store(data) as store:
        return await LinkDesk(store, SystemClock(), lambda: "").revoke(session, participant)


async def open_sessions(data: Place) -> list[dict[str, Any]]:
    async with _store(data) as store:
        rows = []
        for id in await store.live():
            session = await _session(store, id)
            assert session.plan is not None
            rows.append({"id": id, "starts_at": session.plan.starts_at.isoformat(), "status": str(session.status)})
        return rows


async def show_session(data: Place, id: str) -> dict[str, Any]:
    async with _store(data) as store:
        session = await _session(store, id)
        assert session.at is not None
        view = view_of(session, THERAPIST, session.at, (await _dispatcher(store)).policy_of(session))
        shown: dict[str, Any] = TypeAdapter(TherapistView).dump_python(view, mode="json")  # type: ignore[arg-type]
        return shown


async def explain_session(data: Place, id: str) -> dict[str, Any]:
    async with _store(data) as store:
        await _session(store, id)
        return explain(id, await store.load(id), JsonCodec())


async def recorded_sessions(data: Place) -> list[Circumstances]:
    """What people did at every recorded session that is over, by name."""
    async with _store(data) as store:
        found = [circumstances_of(id, await store.load(id), JsonCodec()) for id in await store.sessions()]
        return [circumstances for circumstances in found if circumstances is not None]


async def adopt_policy(data: Place, text: str) -> str:
    """Take a policy into use for sessions that have not begun; its name. Raises `NameTaken`."""
    store = await open_store(record_in(data))
    try:
        return (await PolicyBook(store, read_policy).adopt(text, SystemClock().now())).name
    finally:
        await store.close()


async def adopted_policies(data: Place) -> list[StoredPolicy]:
    """Every version that was ever in use; the last one is."""
    async with _store(data) as store:
        return await store.adopted()


async def examine_record(data: Place, kept: Head | None) -> Examined:
    async with _store(data) as store:
        return await examined(store, kept)


async def chain_head(data: Place) -> Head:
    async with _store(data) as store:
        return await store.head()


async def export_record(data: Place, reads: bool, tell: Callable[[dict[str, Any]], object]) -> Head:
    async with _store(data) as store:
        return await exported(store, reads, tell)


def _undelivered(store: SqlStore) -> Undelivered:
    return Undelivered(store, store, JsonCodec(), SystemClock())


async def dead_letters(data: Place) -> list[dict[str, Any]]:
    async with _store(data) as store:
        return await _undelivered(store).all()


async def replay_letter(data: Place, row: str) -> bool:
    async with _store(data) as store:
        return await _undelivered(store).replay(row)


async def discard_letter(data: Place, row: str) -> bool:
    async with _store(data) as store:
        return await _undelivered(store).discard(row)


async def add_endpoint(data: Place, url: str) -> Endpoint:
    """Raises `EndpointUnfit`."""
    async with _store(data) as store:
        return await hook_desk(store, SystemClock()).add(url)


async def endpoints(data: Place) -> list[Endpoint]:
    async with _store(data) as store:
        return await store.endpoints()


async def remove_endpoint(data: Place, id: str) -> bool:
    async with _store(data) as store:
        return await store.remove_endpoint(id)


async def back_up_record(data: Place, to: Path) -> None:
    """Raises `CannotCopy`."""
    if isinstance(data, Path) or "://" not in data:
        async with _store(data):
            pass  # there is a record, and it can be read
    await asyncio.to_thread(back_up, record_in(data), to)


async def _is_served(data: Place) -> bool:
    try:
        async with _store(data) as store:
            return await is_up(store)
    except (NotFound, SchemaRefused, RecordUnavailable):
        return False  # nobody can serve what can't be read, and to replace it is what a restore is for


async def put_back_record(file: Path, data: Place, force: bool) -> Examined:
    """The record as it is in a copy, and whether that is as it was written.

    Raises `CannotCopy`, also where a service runs on the record that would be replaced.
    """
    if force and await _is_served(data):
        raise CannotCopy("A service runs on this record: what it writes would be lost. Stop every node first.")
    await asyncio.to_thread(put_back, file, record_in(data), force=force)
    return await examine_record(data, None)
