"""A hundred couples agree on the same hour of the same therapist: one gets it, the others are asked again."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from server.adapters.clock import VirtualClock
from server.adapters.codec import JsonCodec
from server.adapters.policyfile import read_policy
from server.adapters.sql import SqlStore, open_store
from server.application.calendars import Calendars
from server.application.dispatcher import Dispatcher
from server.application.planning import plan_of
from server.application.policies import PolicyBook
from server.application.ports import Appointment, Person
from server.application.records import Records
from server.application.rescheduling import Rescheduling
from server.demo import WORKDAYS, terms_of
from server.domain.attendance import Kind, Reason
from server.domain.session import commands as c

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SLOT = NOW + timedelta(days=2, hours=3)
COUPLES = 100


@pytest.mark.asyncio
async def test_a_hundred_parallel_picks_of_one_slot_have_one_winner(record_url: str) -> None:
    store = await open_store(record_url)
    try:
        clock = VirtualClock(NOW)
        dispatcher = Dispatcher(store, JsonCodec(), clock, PolicyBook(store, read_policy))
        calendars = Calendars(Records(store, JsonCodec(), clock), store, store)
        rescheduling = Rescheduling(dispatcher, store, store, calendars, clock, _no_programme)
        await store.add_person(Person("host", "Dr. Rivera", "r@example.com", "UTC", "therapist", WORKDAYS))
        ids = [f"s{number}" for number in range(COUPLES)]
        await asyncio.gather(*(_agreed(store, dispatcher, id) for id in ids))

        await asyncio.gather(*(rescheduling.book(id, 0) for id in ids))

        sessions = [await dispatcher.session(id) for id in ids]
        states = Counter(session.rescheduling.status for session in sessions if session.rescheduling)
        assert states == {"booked": 1, "searching": COUPLES - 1}
        booked = [row for row in await store.appointments_of("host", SLOT, SLOT + timedelta(hours=1))]
        assert [row.status for row in booked] == ["booked"]
        for id in ids:
            await rescheduling.book(id, 0)  # a repeated delivery changes nothing
        assert len(await store.appointments_of("host", SLOT, SLOT + timedelta(hours=1))) == 1
    finally:
        await store.close()


async def _no_programme() -> None:
    return None


async def _agreed(store: SqlStore, dispatcher: Dispatcher, id: str) -> None:
    """A couple who both said that they can't come, and both picked the slot."""
    people = {"therapist": "host", "a": f"{id}-a", "b": f"{id}-b"}
    for key in ("a", "b"):
        await store.add_person(Person(people[key], key, f"{id}{key}@example.com", "UTC", "partner", WORKDAYS))
    appointment = Appointment(
        id, f"{id}@dyad", 0, NOW + timedelta(hours=2), 50, "cancelled", people, terms_of(Kind.COUPLES)
    )
    await store.add_appointment(appointment)
    await dispatcher.submit(id, c.PlanSession(await plan_of(appointment, store)))
    for key in ("a", "b"):
        await dispatcher.submit(id, c.DeclareAbsence(key, Reason.ILLNESS))
    await dispatcher.submit(id, c.ProposeTimes((SLOT,), NOW + timedelta(hours=48)))
    for key in ("a", "b"):
        reply = await dispatcher.submit(id, c.AnswerTimes(key, frozenset({0})))
        assert reply.refusal is None
