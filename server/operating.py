"""What the command line does with a service's folder, beside a running service or without one."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.policyfile import read_policy
from server.adapters.sql import SqliteStore
from server.application.clinic import open_clinic
from server.application.dispatcher import Dispatcher
from server.application.explain import explain
from server.application.letters import OWN_LINK
from server.application.links import LinkDesk
from server.application.planning import people_of, plan_of
from server.application.policies import PolicyBook
from server.application.ports import StoredPolicy
from server.application.roles import ADMINISTRATOR, TEAM
from server.application.simulation import Circumstances, circumstances_of
from server.bootstrap import RECORD, addresses, listen, service
from server.config import Settings, SettingsRefused, from_environment
from server.demo import until_stopped
from server.domain.session.commands import PlanSession
from server.domain.session.state import HOSTS, THERAPIST, Session
from server.domain.session.view import view_of
from server.domain.session.views import TherapistView
from server.planfile import PlannedSession, PlanRefused

AFTERWARDS = timedelta(hours=12)  # that a session's links stay good after its end


class NotFound(Exception):
    """There is no such thing in this folder; the message says what there is to do."""


def settings(environment: Mapping[str, str]) -> Settings:
    """Raises `SettingsRefused`."""
    found = from_environment(environment)
    missing = [f"DYAD_{name.upper()}" for name in ("data", "base_url") if name not in found]
    if missing:
        raise SettingsRefused(f"Set {' and '.join(missing)} first; see the README.")
    return Settings(**{"announce": tuple(addresses()), **found})


async def serve(wanted: Settings, ready: Callable[[], None]) -> None:
    """Run until stopped."""
    wanted.data.mkdir(parents=True, exist_ok=True)
    async with service(wanted, SystemClock()) as built:
        runner = await listen(built)
        try:
            ready()
            await until_stopped()
        finally:
            await runner.cleanup()


@asynccontextmanager
async def _store(data: Path) -> AsyncIterator[SqliteStore]:
    if not (data / RECORD).exists():
        raise NotFound(f"There is no record of a service in {data}. Give the folder that the service runs with.")
    store = await SqliteStore.open(data / RECORD)
    try:
        yield store
    finally:
        await store.close()


async def _dispatcher(store: SqliteStore) -> Dispatcher:
    book = PolicyBook(store, read_policy)
    await book.refresh()
    return Dispatcher(store, JsonCodec(), SystemClock(), book)


async def _session(store: SqliteStore, id: str) -> Session:
    session = await (await _dispatcher(store)).session(id)
    if session.plan is None:
        raise NotFound(f"There is no session {id} here. `dyad session list` shows the open ones.")
    return session


def _record(data: Path) -> Path:
    data.mkdir(parents=True, exist_ok=True)
    return data / RECORD


async def plan_session(data: Path, base_url: str, planned: PlannedSession) -> dict[str, str]:
    """Book the session and return a link for each of its people. Raises `PlanRefused`."""
    valid = planned.starts_at + timedelta(minutes=planned.minutes) + AFTERWARDS - SystemClock().now()
    if planned.starts_at <= SystemClock().now():
        raise PlanRefused("starts_at is over. A session is planned before it begins.")
    store = await SqliteStore.open(_record(data))
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


async def open_clinic_here(data: Path, base_url: str, email: str, name: str) -> str:
    """A link to the clinic's page for its administrator, who is there from now on."""
    store = await SqliteStore.open(_record(data))
    try:
        await open_clinic(store, email, name)
        desk = LinkDesk(store, SystemClock(), lambda: secrets.token_urlsafe(32))
        token = await desk.mint(ADMINISTRATOR, None, ADMINISTRATOR, "clinic", OWN_LINK)
    finally:
        await store.close()
    return f"{base_url.rstrip('/')}/clinic#{token}"


async def create_link(data: Path, base_url: str, session: str, participant: str, valid: timedelta) -> str:
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


async def revoke_links(data: Path, session: str, participant: str | None) -> int:
    async with _store(data) as store:
        return await LinkDesk(store, SystemClock(), lambda: "").revoke(session, participant)


async def open_sessions(data: Path) -> list[dict[str, Any]]:
    async with _store(data) as store:
        rows = []
        for id in await store.live():
            session = await _session(store, id)
            assert session.plan is not None
            rows.append({"id": id, "starts_at": session.plan.starts_at.isoformat(), "status": str(session.status)})
        return rows


async def show_session(data: Path, id: str) -> dict[str, Any]:
    async with _store(data) as store:
        session = await _session(store, id)
        assert session.at is not None
        view = view_of(session, THERAPIST, session.at, (await _dispatcher(store)).policy_of(session))
        shown: dict[str, Any] = TypeAdapter(TherapistView).dump_python(view, mode="json")  # type: ignore[arg-type]
        return shown


async def explain_session(data: Path, id: str) -> dict[str, Any]:
    async with _store(data) as store:
        await _session(store, id)
        return explain(id, await store.load(id), JsonCodec())


async def recorded_sessions(data: Path) -> list[Circumstances]:
    """What people did at every recorded session that is over, by name."""
    async with _store(data) as store:
        found = [circumstances_of(id, await store.load(id), JsonCodec()) for id in await store.sessions()]
        return [circumstances for circumstances in found if circumstances is not None]


async def adopt_policy(data: Path, text: str) -> str:
    """Take a policy into use for sessions that have not begun; its name. Raises `NameTaken`."""
    store = await SqliteStore.open(_record(data))
    try:
        return (await PolicyBook(store, read_policy).adopt(text, SystemClock().now())).name
    finally:
        await store.close()


async def adopted_policies(data: Path) -> list[StoredPolicy]:
    """Every version that was ever in use; the last one is."""
    async with _store(data) as store:
        return await store.adopted()
