"""People and appointments."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from server.application.ports import Person
from tests.contracts.samples import NOW, Store, after, appointment

pytestmark = pytest.mark.asyncio

ZOE = Person("p1", "Zoë", "zoe@example.org", "Europe/Madrid", "partner", '{"mon": [["09:00", "17:00"]]}')


async def test_a_person_is_inserted_and_replaced(store: Store) -> None:
    assert await store.person("p1") is None
    await store.add_person(ZOE)
    assert await store.person("p1") == ZOE
    moved = replace(ZOE, zone="Asia/Kathmandu")
    await store.add_person(moved)
    assert await store.person("p1") == moved


async def test_an_appointment_is_inserted_and_replaced_with_its_people(store: Store) -> None:
    assert await store.appointment("ap1") is None
    first = appointment("ap1")
    await store.add_appointment(first)
    assert await store.appointment("ap1") == first
    other = replace(first, sequence=3, minutes=80, people={"therapist": "t2"}, body="{}")
    await store.add_appointment(other)
    assert await store.appointment("ap1") == other
    assert await store.appointments_of("p1", NOW, after(60)) == []


async def test_what_the_caller_does_to_its_people_later_does_not_reach_the_store(store: Store) -> None:
    people = {"therapist": "t", "a": "p1"}
    await store.add_appointment(replace(appointment("ap1"), people=MappingProxyType(people)))
    people["b"] = "p2"
    found = await store.appointment("ap1")
    assert found is not None
    assert found.people == {"therapist": "t", "a": "p1"}


async def test_appointments_of_a_person_come_by_start_cancelled_ones_too(store: Store) -> None:
    for id, minutes in [("late", 120.0), ("early", 0.0), ("b", 60.0), ("a", 60.0), ("outside", 180.0)]:
        await store.add_appointment(appointment(id, minutes))
    await store.add_appointment(appointment("of-others", 30, partners=("p8", "p9")))
    await store.cancel("early")
    found = await store.appointments_of("p1", NOW, after(180))
    assert [each.id for each in found] == ["early", "a", "b", "late"]
    assert found[0].status == "cancelled"
    assert found[1] == appointment("a", 60)
    assert [each.id for each in await store.appointments_of("t", after(30), after(60))] == ["of-others"]


async def test_an_appointment_takes_its_people_s_time_while_it_is_booked(store: Store) -> None:
    booked = appointment("ap1")
    await store.add_appointment(booked)
    span = (NOW, after(50))
    assert await store.busy(["t", "p1", "p2", "p3"], NOW, after(60)) == {
        "t": [span],
        "p1": [span],
        "p2": [span],
        "p3": [],
    }
    await store.add_appointment(replace(booked, starts_at=after(10), people={"therapist": "t"}))
    assert await store.busy(["t", "p1"], NOW, after(60)) == {"t": [(after(10), after(60))], "p1": []}
    await store.add_appointment(replace(booked, status="cancelled"))
    assert await store.busy(["t"], NOW, after(60)) == {"t": []}
