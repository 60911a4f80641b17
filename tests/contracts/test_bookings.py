"""Holds and bookings: nobody is ever in two places, and nobody loses a place when a step fails."""

from __future__ import annotations

import random
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.contracts.samples import NOW, Store, after, appointment, outcomes, slot

pytestmark = pytest.mark.asyncio

EVERYBODY = ["t", "p1", "p2"]
SOON = after(30)


async def test_a_hold_takes_the_time_of_each_person(store: Store) -> None:
    assert await store.hold("q1", ["t", "p1"], [slot(0), slot(60, 1)], SOON)
    spans = [(NOW, after(50)), (after(60), after(110))]
    assert await store.busy([*EVERYBODY, "nobody"], NOW, after(999)) == {
        "t": spans,
        "p1": spans,
        "p2": [],
        "nobody": [],
    }
    assert await store.busy(["t"], after(20), after(61)) == {"t": spans}
    assert await store.busy(["t"], after(50), after(60)) == {"t": []}


async def test_of_100_who_hold_one_slot_one_has_it(store: Store) -> None:
    results = await outcomes([store.hold(f"q{n}", ["t", f"p{n}"], [slot()], SOON, NOW) for n in range(100)])
    assert results.count(True) == 1
    assert results.count(False) == 99
    people = [f"p{n}" for n in range(100)]
    busy = await store.busy(people, NOW, after(60))
    assert [person for person in people if busy[person]] == [f"p{results.index(True)}"]


async def test_of_100_who_book_one_slot_one_has_it(store: Store) -> None:
    plans = [appointment(f"ap{n}", partners=(f"a{n}", f"b{n}")) for n in range(100)]
    results = await outcomes([store.book(f"q{n}", slot(), plan, NOW) for n, plan in enumerate(plans)])
    assert results.count(True) == 1
    assert results.count(False) == 99
    assert await store.appointments_of("t", NOW, after(60)) == [plans[results.index(True)]]


async def test_of_100_picks_among_the_slots_of_one_proposal_one_stands(store: Store) -> None:
    await store.hold("q", EVERYBODY, [slot(60 * n, n) for n in range(4)], SOON, NOW)
    picks = [store.book("q", slot(60 * (n % 4)), appointment("new", 60 * (n % 4)), NOW) for n in range(100)]
    assert await outcomes(picks) == [True] * 100
    (booked,) = await store.appointments_of("t", NOW, after(999))
    span = (booked.starts_at, booked.starts_at + timedelta(minutes=50))
    assert await store.busy(EVERYBODY, NOW, after(999)) == {person: [span] for person in EVERYBODY}


async def test_all_slots_are_held_or_none(store: Store) -> None:
    await store.hold("q1", ["t", "p1"], [slot(60)], SOON, NOW)
    assert not await store.hold("q2", ["t", "p2"], [slot(0), slot(100, 1), slot(200, 2)], SOON, NOW)
    assert await store.busy(["p2"], NOW, after(999)) == {"p2": []}
    assert await store.hold("q2", ["t", "p2"], [slot(0), slot(110, 1)], SOON, NOW)


async def test_neighbours_in_time_do_not_touch(store: Store) -> None:
    assert await store.hold("q1", ["t"], [slot(0)], SOON, NOW)
    assert await store.hold("q2", ["t"], [slot(50)], SOON, NOW)
    assert not await store.hold("q3", ["t"], [slot(49.9999)], SOON, NOW)


async def test_a_later_hold_of_a_proposal_replaces_the_earlier_where_it_can(store: Store) -> None:
    await store.hold("q1", ["t"], [slot(0)], SOON, NOW)
    assert await store.hold("q1", ["t"], [slot(30), slot(60, 1)], SOON, NOW)
    spans = [(after(30), after(80)), (after(60), after(110))]
    assert await store.busy(["t"], NOW, after(999)) == {"t": spans}
    await store.hold("q2", ["t"], [slot(200)], SOON, NOW)
    assert not await store.hold("q1", ["t"], [slot(0), slot(210, 1)], SOON, NOW)
    assert (await store.busy(["t"], NOW, after(200)))["t"] == spans


async def test_an_expired_hold_counts_no_more_for_who_says_what_time_it_is(store: Store) -> None:
    await store.hold("q1", ["t", "p1"], [slot(60)], after(30), NOW)
    assert not await store.hold("q2", ["t", "p2"], [slot(60)], after(90), after(29.9))
    assert not await store.hold("q2", ["t", "p2"], [slot(60)], after(90))
    assert await store.busy(["t"], NOW, after(999), after(30)) == {"t": []}
    assert await store.hold("q2", ["t", "p2"], [slot(60)], after(90), after(30))
    assert not await store.book("q1", slot(60), appointment("ap1", 60), after(31))
    assert await store.appointment("ap1") is None


async def test_an_expired_hold_is_still_booked_where_nobody_took_the_time(store: Store) -> None:
    await store.hold("q1", EVERYBODY, [slot(60)], after(30), NOW)
    assert await store.book("q1", slot(60), appointment("ap1", 60), after(31))


async def test_booking_turns_the_hold_into_the_appointment_and_frees_the_other_slots(store: Store) -> None:
    await store.hold("q1", EVERYBODY, [slot(0), slot(60, 1), slot(120, 2)], SOON, NOW)
    assert await store.book("q1", slot(60, 1), appointment("ap1", 60), NOW)
    assert await store.appointment("ap1") == appointment("ap1", 60)
    span = [(after(60), after(110))]
    assert await store.busy(EVERYBODY, NOW, after(999)) == {"t": span, "p1": span, "p2": span}
    assert await store.busy(["t"], NOW, after(999), after(9999)) == {"t": span}


async def test_a_refused_booking_changes_nothing(store: Store) -> None:
    await store.hold("q1", ["t", "p1", "p2"], [slot(0)], SOON, NOW)
    before = await store.busy([*EVERYBODY, "p3"], NOW, after(999))
    assert not await store.book("q2", slot(10), appointment("ap2", 10, partners=("p3", "p4")), NOW)
    assert await store.busy([*EVERYBODY, "p3"], NOW, after(999)) == before
    assert await store.appointment("ap2") is None
    # One's own hold stays when the booking fails at another's.
    await store.hold("q3", ["p5"], [slot(20)], SOON, NOW)
    assert not await store.book("q3", slot(20), appointment("ap3", 20, partners=("p5", "p6")), NOW)
    assert (await store.busy(["p5"], NOW, after(999)))["p5"] == [(after(20), after(70))]


async def test_booking_again_with_the_same_id_is_true_and_the_first_stands(store: Store) -> None:
    assert await store.book("q1", slot(0), appointment("ap1"), NOW)
    assert await store.book("q1", slot(0), appointment("ap1"), NOW)
    assert await store.book("q1", slot(60), appointment("ap1", 60), NOW)
    assert await store.appointments_of("t", NOW, after(999)) == [appointment("ap1")]
    assert await store.busy(["t"], NOW, after(999)) == {"t": [(NOW, after(50))]}
    await store.cancel("ap1")
    assert await store.book("q1", slot(0), appointment("ap1"), NOW)
    assert await store.busy(["t"], NOW, after(999)) == {"t": []}


async def test_a_slot_that_is_not_the_appointment_s_time_is_an_error(store: Store) -> None:
    with pytest.raises(ValueError, match="differ"):
        await store.book("q1", slot(0), appointment("ap1", 60), NOW)
    with pytest.raises(ValueError, match="differ"):
        await store.book("q1", slot(0, length=80), appointment("ap1"), NOW)


async def test_releasing_frees_the_holds_of_one_proposal_and_no_booking(store: Store) -> None:
    await store.hold("q1", ["t"], [slot(0)], SOON, NOW)
    await store.hold("q2", ["t"], [slot(60)], SOON, NOW)
    await store.book("q3", slot(120), appointment("ap1", 120), NOW)
    for owner in ["q1", "q1", "q3", "ap1", "unknown"]:
        await store.release(owner)
    assert await store.busy(["t"], NOW, after(999)) == {"t": [(after(60), after(110)), (after(120), after(170))]}


async def test_cancelling_happens_once_and_frees_the_time(store: Store) -> None:
    assert await store.cancel("ap1") is None
    await store.book("q1", slot(0), appointment("ap1"), NOW)
    cancelled = replace(appointment("ap1"), status="cancelled", sequence=1)
    assert await outcomes([store.cancel("ap1") for _ in range(20)]) == [cancelled] * 20
    assert await store.appointment("ap1") == cancelled
    assert await store.busy(["t"], NOW, after(60)) == {"t": []}
    assert await store.book("q2", slot(0), appointment("ap2"), NOW)


async def test_book_then_cancel_never_leaves_the_couple_without_a_place(store: Store) -> None:
    await store.book("q1", slot(0), appointment("old"), NOW)
    await store.book("q9", slot(60), appointment("other", 60, partners=("p8", "p9")), NOW)
    if await store.book("q2", slot(60), appointment("new", 60), NOW):
        await store.cancel("old")
    old = await store.appointment("old")
    assert old is not None
    assert old.status == "booked"


async def test_one_person_in_two_parts_is_in_one_place(store: Store) -> None:
    plan = replace(appointment("ap1"), people={"therapist": "t", "a": "t", "b": "p1"})
    assert await store.hold("q1", ["t", "t", "p1"], [slot(0), slot(0, 1)], SOON, NOW)
    assert await store.book("q1", slot(0), plan, NOW)
    assert await store.busy(["t", "t"], NOW, after(60)) == {"t": [(NOW, after(50))]}


@pytest.mark.parametrize("seed", range(4))
async def test_after_a_storm_of_calls_nobody_is_in_two_places(store: Store, seed: int) -> None:
    draw = random.Random(seed)
    people = [f"p{n}" for n in range(6)]

    def call(n: int) -> Awaitable[object]:
        start = draw.randrange(0, 300, 10)
        plan = replace(appointment(f"ap{n}", start), people={"therapist": draw.choice("tu"), "a": draw.choice(people)})
        now = after(draw.randrange(60))
        match draw.randrange(4):
            case 0:
                return store.hold(
                    f"q{n % 9}", list(plan.people.values()), [slot(start)], now + timedelta(minutes=9), now
                )
            case 1:
                return store.cancel(f"ap{draw.randrange(n + 1)}")
            case 2:
                return store.release(f"q{n % 9}")
            case _:
                return store.book(f"q{n % 9}", slot(start), plan, now)

    results = await outcomes([call(n) for n in range(150)])
    assert not [r for r in results if isinstance(r, BaseException)]
    for person in [*people, "t", "u"]:
        booked = [a for a in await store.appointments_of(person, NOW, after(999)) if a.status == "booked"]
        for one, next_one in pairwise(booked):
            assert one.starts_at + timedelta(minutes=one.minutes) <= next_one.starts_at


async def test_a_week_is_booked_whole_or_not_at_all(store: Store) -> None:
    assert await store.book_all([appointment("s1"), appointment("s2", 60)], [], NOW)
    clashing = [appointment("s3", 120), appointment("s4", 100, partners=("p3", "p4"))]
    assert not await store.book_all(clashing, [], NOW)
    assert await store.appointment("s3") is None
    assert await store.busy(["p1"], after(115), after(999)) == {"p1": []}
    assert await store.book_all([appointment("s1"), appointment("s3", 120)], [], NOW), "what stands is no clash"
    assert await store.appointment("s3") is not None


async def test_a_seat_in_a_group_is_the_first_free_one_and_kept(store: Store) -> None:
    group = replace(appointment("g"), people={"therapist": "t", "a": "p1"})
    assert await store.book_all([group], [("g", "p2"), ("g", "p3")], NOW)
    assert await store.book_all([], [("g", "p2")], NOW)
    seated = await store.appointment("g")
    assert seated is not None
    assert seated.people == {"therapist": "t", "a": "p1", "b": "p2", "c": "p3"}
    assert (await store.busy(["p3"], NOW, after(60)))["p3"] == [(NOW, after(50))]


async def test_a_group_that_is_full_gone_or_at_a_busy_time_takes_nobody(store: Store) -> None:
    full = replace(appointment("g"), people={"therapist": "t", **{key: f"q{key}" for key in "abcdefghijkl"}})
    assert await store.book_all([full, appointment("elsewhere", 100)], [], NOW)
    assert not await store.book_all([], [("g", "p9")], NOW)
    assert not await store.book_all([], [("nowhere", "p9")], NOW)
    other = replace(appointment("h", 120), people={"therapist": "u"})
    assert await store.book_all([other], [], NOW)
    assert not await store.book_all([appointment("s9", 300)], [("h", "p1")], NOW), "p1 is elsewhere until 150"
    assert await store.appointment("s9") is None
    await store.cancel("h")
    assert not await store.book_all([], [("h", "p9")], NOW)


async def test_of_40_who_want_the_last_seats_of_a_group_12_sit(store: Store) -> None:
    assert await store.book_all([replace(appointment("g"), people={"therapist": "t"})], [], NOW)
    results = await outcomes([store.book_all([], [("g", f"p{n}")], NOW) for n in range(40)])
    assert results.count(True) == 12
    group = await store.appointment("g")
    assert group is not None
    assert len(set(group.people.values())) == 13


async def test_a_move_is_the_same_appointment_at_another_time_with_the_next_sequence(store: Store) -> None:
    await store.book("q", slot(), appointment("one"), NOW)
    moved = await store.move("one", after(30), NOW)  # over a part of its own old time
    assert moved == replace(appointment("one", 30), sequence=1)
    assert await store.appointment("one") == moved
    assert await store.busy(["t"], NOW, after(999)) == {"t": [(after(30), after(80))]}
    assert await store.move("one", after(30), NOW) == moved, "a repeat changes nothing"


async def test_nothing_is_moved_onto_anything_else(store: Store) -> None:
    await store.book("q", slot(), appointment("one"), NOW)
    await store.book("r", slot(100), appointment("other", 100, partners=("p2", "p9")), NOW)
    await store.hold("held", ["p1"], [slot(200)], SOON, NOW)
    for minutes in (60, 149, 160, 249):
        assert await store.move("one", after(minutes), NOW) is None
    assert await store.appointment("one") == appointment("one")
    assert await store.move("one", after(200), after(31)) is not None, "the hold has expired"
    await store.cancel("one")
    assert await store.move("one", after(300), NOW) is None
    assert await store.move("nothing", after(300), NOW) is None


async def test_of_100_who_are_moved_to_one_time_one_is(store: Store) -> None:
    for n in range(100):
        await store.add_appointment(appointment(f"ap{n}", 60 * (n + 1), partners=(f"a{n}", f"b{n}")))
    results = await outcomes([store.move(f"ap{n}", NOW, NOW) for n in range(100)])
    assert sum(result is not None for result in results) == 1
    assert len(await store.appointments_of("t", NOW, after(30))) == 1


async def test_a_move_onto_what_is_held_for_it_releases_the_hold(store: Store) -> None:
    await store.book("q", slot(), appointment("one"), NOW)
    assert await store.hold("mine", EVERYBODY, [slot(100)], SOON, NOW)
    assert await store.move("one", after(100), NOW) is None
    assert await store.move("one", after(100), NOW, hold="other") is None
    assert await store.move("one", after(100), NOW, hold="mine") is not None
    assert await store.busy(["t"], NOW, after(999)) == {"t": [(after(100), after(150))]}
    await store.release("mine")
    assert await store.busy(["t"], NOW, after(999)) == {"t": [(after(100), after(150))]}
