"""A slot that becomes free goes to who waits for one: in order, held while they answer, and never to two."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from server.application.chart import Reader, Unknown
from server.application.roles import NotAllowed
from server.domain.attendance import Reason
from server.domain.programme import ProgrammeError
from server.domain.session import commands as c
from tests.application.waiting_room import NOW, SLOT, Practice

pytestmark = pytest.mark.asyncio
DAY = timedelta(days=1)


async def practice() -> Practice:
    """Kim has the slot; Alex and Robin come later in the week, Lee alone the day after them."""
    found = Practice()
    await found.session("kim", SLOT, "kim")
    await found.session("pair", SLOT + 2 * DAY, "alex", "robin")
    await found.session("lee", SLOT + 3 * DAY, "lee")
    await found.deliver()
    return found


async def test_the_one_who_asked_gets_the_earlier_time_once_they_say_yes() -> None:
    home = await practice()
    await home.asks("lee", "lee")
    await home.cancels("kim")
    assert home.box.told("opened") == ["Lee"]
    assert await home.starts("lee") == SLOT + 3 * DAY, "nothing changes before they answer"
    letter = next(one for one in home.box.letters if one.kind == "opened")
    assert (letter.starts_at, letter.answer_by) == (SLOT, NOW + timedelta(hours=12))
    await home.says("lee", "lee", True)
    assert await home.starts("lee") == SLOT
    assert home.box.told("moved") == ["Lee", "Rivera"]
    moved = await home.store.appointment("lee")
    assert moved is not None
    assert (moved.uid, moved.sequence) == ("lee@dyad", 1)
    assert await home.offered() == []


async def test_both_partners_have_to_say_yes_and_neither_is_told_what_the_other_said() -> None:
    home = await practice()
    await home.asks("alex", "pair")
    await home.cancels("kim")
    assert home.box.told("opened") == ["Alex", "Robin"]
    await home.says("alex", "pair", True)
    assert await home.starts("pair") == SLOT + 2 * DAY
    appointment = await home.store.appointment("pair")
    assert appointment is not None
    asked, waiting = await home.waitlist.of("robin", appointment)
    assert asked is False, "Robin doesn't see that Alex asked"
    assert waiting is not None
    await home.says("robin", "pair", True)
    assert await home.starts("pair") == SLOT


async def test_one_no_settles_it_and_the_next_in_order_is_asked() -> None:
    home = await practice()
    await home.asks("lee", "lee")
    await home.clock.advance(timedelta(minutes=1))
    await home.asks("alex", "pair")
    await home.cancels("kim")
    assert await home.offered() == ["lee"], "who has waited longest"
    await home.says("lee", "lee", False)
    assert await home.offered() == ["pair"]
    assert home.box.told("opened") == ["Lee", "Alex", "Robin"]
    await home.says("robin", "pair", False)
    assert await home.offered() == []
    assert (await home.starts("pair"), await home.starts("lee")) == (SLOT + 2 * DAY, SLOT + 3 * DAY)
    assert home.box.told("moved") == []
    busy = await home.store.busy(["rivera"], SLOT, SLOT + timedelta(hours=1), home.clock.now())
    assert busy == {"rivera": []}, "nothing is held any more"


async def test_an_offer_that_nobody_answers_ends_and_goes_on_to_the_next() -> None:
    home = await practice()
    await home.asks("alex", "pair")
    await home.clock.advance(timedelta(minutes=1))
    await home.asks("lee", "lee")
    await home.cancels("kim")
    await home.says("alex", "pair", True)
    await home.passes(timedelta(hours=11))
    assert await home.offered() == ["pair"]
    await home.passes(timedelta(hours=2))
    assert await home.offered() == ["lee"]
    with pytest.raises(ProgrammeError) as no:
        await home.says("robin", "pair", True)
    assert no.value.code == "offer_gone"
    await home.says("lee", "lee", True)
    assert await home.starts("lee") == SLOT


async def test_the_slot_that_the_mover_leaves_is_offered_in_turn() -> None:
    home = await practice()
    await home.asks("alex", "pair")
    await home.clock.advance(timedelta(minutes=1))
    await home.asks("lee", "lee")
    await home.cancels("kim")
    for who in ("alex", "robin"):
        await home.says(who, "pair", True)
    assert home.box.told("opened") == ["Alex", "Robin", "Lee"]
    await home.says("lee", "lee", True, SLOT + 2 * DAY)
    assert await home.starts("lee") == SLOT + 2 * DAY


async def test_an_absence_told_long_before_frees_the_slot_and_who_left_it_is_not_offered_it() -> None:
    home = Practice()
    await home.session("kim", SLOT, "kim", "max")
    await home.session("lee", SLOT + 3 * DAY, "lee")
    await home.asks("lee", "lee")
    for key in "ab":
        await home.dispatcher.submit("kim", c.DeclareAbsence(key, Reason.ILLNESS))
    await home.deliver()
    assert await home.offered() == ["lee"]
    times = [letter.times for letter in home.box.letters if letter.kind == "new_times"]
    assert len(times) == 2
    assert all(SLOT not in proposed for proposed in times)


async def test_a_couple_for_whom_no_new_time_was_found_gets_one_that_opens_up() -> None:
    home = Practice()
    await home.session("pair", NOW + DAY, "alex", "robin")
    await home.session("kim", SLOT, "kim")
    for key in "ab":
        await home.dispatcher.submit("pair", c.DeclareAbsence(key, Reason.ILLNESS))
    await home.deliver()
    for _ in range(2):
        await home.dispatcher.submit("pair", c.AnswerTimes("b", frozenset()))
        await home.deliver()
    assert home.box.told("proposal_closed") == ["Alex", "Robin"]
    await home.cancels("kim")
    assert home.box.told("opened") == ["Alex", "Robin"]
    for who in ("alex", "robin"):
        await home.says(who, "pair", True)
    session = await home.dispatcher.session("pair")
    assert session.rescheduling is not None
    assert (session.rescheduling.status, session.rescheduling.booked_at) == ("booked", SLOT)
    assert session.rescheduling.appointment is not None
    assert await home.starts(session.rescheduling.appointment) == SLOT
    assert home.box.told("booked") == ["Alex", "Robin", "Rivera"]
    planned = await home.dispatcher.session(session.rescheduling.appointment)
    assert planned.plan is not None


@pytest.mark.parametrize("what", ["busy", "later", "short", "soon", "withdrawn", "other host"])
async def test_who_can_t_have_it_is_not_asked(what: str) -> None:
    home = await practice()
    await home.asks("lee", "lee")
    match what:
        case "busy":
            await home.session("else", SLOT + timedelta(minutes=20), "lee", minutes=30)
            moved = await home.store.appointment("else")
            assert moved is not None
        case "later":
            await home.store.move("lee", NOW + DAY, NOW)
            await home.dispatcher.submit("lee", c.ChangeTime(NOW + DAY))
        case "short":
            await home.cancels("lee")
            await home.session("long", SLOT + 3 * DAY, "lee", minutes=90)
            await home.asks("lee", "long")
        case "soon":
            await home.clock.advance(SLOT - NOW - timedelta(hours=12))
        case "withdrawn":
            await home.asks("lee", "lee", False)
        case "other host":
            await home.person("marsh", role="therapist")
            lee = await home.store.appointment("lee")
            assert lee is not None
            other = {**lee.people, "therapist": "marsh"}
            await home.store.add_appointment(
                type(lee)(lee.id, lee.uid, 0, lee.starts_at, 50, "booked", other, lee.body)
            )
    await home.cancels("kim")
    assert await home.offered() == []


async def test_of_many_answers_and_slots_at_once_nobody_is_ever_in_two_places() -> None:
    home = Practice()
    for n in range(4):
        await home.session(f"free-{n}", SLOT + n * timedelta(hours=1), f"kim-{n}")
        await home.session(f"wait-{n}", SLOT + 3 * DAY + n * timedelta(hours=1), f"lee-{n}", f"max-{n}")
        await home.asks(f"lee-{n}", f"wait-{n}")
    await home.deliver()
    await asyncio.gather(*(home.cancels(f"free-{n}") for n in range(4)))
    await home.deliver()
    assert sorted(await home.offered()) == [f"wait-{n}" for n in range(4)]
    for n in range(4):
        offer = await home.waitlist.offer(f"wait-{n}")
        assert offer is not None
        await asyncio.gather(
            *(
                home.waitlist.answer(Reader(f"{who}-{n}", "client"), f"wait-{n}", offer.starts_at, True)
                for who in ("lee", "max")
            ),
            *(home.waitlist.settle(f"wait-{n}", offer.starts_at) for _ in range(3)),
        )
        await home.deliver()
    taken = sorted([await home.starts(f"wait-{n}") for n in range(4)])
    assert taken == [SLOT + n * timedelta(hours=1) for n in range(4)]
    for n in range(4):
        one = await home.store.appointment(f"wait-{n}")
        assert one is not None
        assert one.sequence == 1, "each is moved once"


async def test_only_who_is_in_a_session_asks_and_answers_and_each_once() -> None:
    home = await practice()
    for reader, error in ((Reader("kim", "client"), Unknown), (Reader("rivera", "therapist"), NotAllowed)):
        with pytest.raises(error):
            await home.waitlist.ask(reader, "lee", True)
    await home.asks("alex", "pair")
    with pytest.raises(ProgrammeError):
        await home.says("alex", "pair", True)
    await home.cancels("kim")
    await home.says("alex", "pair", True)
    with pytest.raises(ProgrammeError) as no:
        await home.says("alex", "pair", False)
    assert no.value.code == "offer_answered"
    with pytest.raises(Unknown):
        await home.says("kim", "pair", True)
    with pytest.raises(ProgrammeError):
        await home.asks("kim", "kim")
