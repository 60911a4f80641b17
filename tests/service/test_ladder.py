"""The couple's ladder over the wire, sixty times faster than life, with nobody touching anything that is not said."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from server.bots import Bot
from server.domain.attendance import Reason
from server.domain.session.commands import DeclareAbsence
from tests.service.support import House, eventually, house

pytestmark = pytest.mark.asyncio

SUBJECTS = {
    "nudge": "We're expecting you",
    "new_times": "New times for your appointment",
    "booked": "Your appointment is booked",
    "cancelled": "Your appointment is cancelled",
}
ZONES = {"Dr. Rivera": "America/New_York", "Alex": "America/Chicago", "Robin": "America/Denver"}


async def test_partner_never_comes_and_both_confirm_another_time(record_url: str) -> None:
    async with house(speed=60, database_url=record_url) as home:
        therapist = await home.enters("therapist")
        alex = await home.enters("a")
        await therapist.until(lambda view: view["card"])
        assert _minute(home, therapist.view["card"]["raised_at"]) == pytest.approx(10, abs=0.1)
        assert therapist.view["partners"][1]["nudges"] == 2
        assert _minute(home, therapist.view["card"]["answer_by"]) == pytest.approx(15, abs=0.01)
        await therapist.until(lambda view: view["session"]["status"] == "rescheduled")
        assert home.minute() == pytest.approx(15, abs=1.5)
        await alex.until(lambda view: view["closing"] == "new_times_follow")
        assert therapist.view["partners"][1]["outcome"] == "no_show"

        proposals = await eventually(lambda: _mails(home, "new_times", 2), "two proposals")
        nudges = await _mails(home, "nudge", 2)
        assert {mail["to"] for mail in nudges} == {"Robin"}
        times = await _answer(home, proposals, therapist)

        booked = await eventually(lambda: _mails(home, "booked", 3), "three invitations")
        cancelled = await eventually(lambda: _mails(home, "cancelled", 3), "three cancellations")
        for mails, method, status in ((booked, "REQUEST", "CONFIRMED"), (cancelled, "CANCEL", "CANCELLED")):
            assert {mail["to"] for mail in mails} == set(ZONES)
            for mail in mails:
                start = _event_start(mail["ics"], method, status, ZONES[mail["to"]])
                expected = times[0] if method == "REQUEST" else home.starts_at
                assert start == expected
                assert mail["ics_method"] == method
        assert len({_uid(mail["ics"]) for mail in booked}) == 1
        assert _uid(booked[0]["ics"]) != _uid(cancelled[0]["ics"])
        await _one_new_booking(home, times[0])
        order = [mail["ics_method"] for mail in reversed(await home.mails()) if mail["ics_method"]]
        assert order == ["REQUEST"] * 3 + ["CANCEL"] * 3


async def test_see_alex_alone_at_eleven_and_merge_at_twenty_with_a_yes() -> None:
    async with house(speed=60) as home:
        therapist, alex, robin = await _solo_then_late(home)
        assert [option["action"] for option in therapist.view["card"]["options"]] == ["merge", "keep_solo"]
        await therapist.ask("answer_card", card=therapist.view["card"]["id"], option="merge")
        await alex.until(lambda view: view["question"])
        assert robin.view["place"] == "held"
        assert robin.view["people"] == []
        await alex.ask("answer_merge", question=alex.view["question"]["id"], yes=True)
        await robin.until(lambda view: view["place"] == "room" and len(view["people"]) == 2)
        await alex.until(lambda view: len(view["people"]) == 2)
        assert therapist.view["session"]["status"] == "under_way"


async def test_see_alex_alone_at_eleven_and_keep_it_so() -> None:
    async with house(speed=60) as home:
        therapist, alex, robin = await _solo_then_late(home)
        before = alex.view
        await therapist.ask("answer_card", card=therapist.view["card"]["id"], option="keep_solo")
        await robin.until(lambda view: view["closing"] == "new_times_follow")
        assert therapist.view["session"]["status"] == "solo"
        assert alex.view == before


async def test_asking_why_tells_clause_facts_and_policy() -> None:
    async with house(speed=240) as home:
        therapist = await home.enters("therapist")
        await home.enters("a")
        await therapist.until(lambda view: view["session"]["status"] == "rescheduled")
        token = home.token(home.links.therapist)
        status, why = await home.rest("GET", f"/v1/sessions/{home.links.session}/explain", token)
        assert status == 200
        decided = [step for step in why["steps"] if step["what"] == "decided"]
        assert [step["clause"] for step in decided][-2:] == ["J12", "J12"]
        assert all(step["facts"]["session"]["kind"] == "couples" for step in decided)
        assert {step["policy"] for step in decided} == {"default@1"} == {why["policy"]}
        assert [clause["clause"] for clause in therapist.view["history"]][-1] == "J12"


async def _solo_then_late(home: House) -> tuple[Bot, Bot, Bot]:
    therapist = await home.enters("therapist")
    alex = await home.enters("a")
    await home.at(9)
    await therapist.ask("approve_solo", approval="granted")
    await home.at(11)
    card = (await therapist.until(lambda view: view["card"]))["card"]
    await therapist.ask("answer_card", card=card["id"], option="proceed")
    await alex.until(lambda view: view["place"] == "room" and view["session"]["status"] == "solo")
    await home.at(20)
    robin = await home.enters("b")
    assert robin.view["place"] == "held" or (await robin.until(lambda view: view["place"] == "held"))
    await therapist.until(lambda view: view["card"] and view["card"]["clause"] == "S1")
    return therapist, alex, robin


async def _answer(home: House, proposals: list, therapist: Bot) -> list[datetime]:  # type: ignore[type-arg]
    shown = await therapist.until(lambda view: view["rescheduling"]["status"] == "proposed")
    times = [datetime.fromisoformat(time["starts_at"]) for time in shown["rescheduling"]["times"]]
    assert len(times) == 3
    assert all(at > home.starts_at + timedelta(hours=11) for at in times)
    for mail in proposals:
        token = home.token(mail["links"][0])
        status, body = await home.rest("GET", "/v1/proposal", token)
        wishes = [{"weekday": 2, "part": "evening"}]
        for wrong, code in (
            ({"wishes": wishes, "accept": [0]}, 409),
            ({"wishes": [{"weekday": 9}], "accept": []}, 400),
        ):
            assert (await home.rest("POST", "/v1/proposal/answer", token, wrong))[0] == code
        assert (status, body["status"]) == (200, "open")
        status, body = await home.rest("POST", "/v1/proposal/answer", token, {"accept": [0, 1]})
        assert status == 200, body
        assert (await home.rest("POST", "/v1/proposal/answer", token, {"accept": [0]}))[0] == 410
    await therapist.until(lambda view: view["rescheduling"]["status"] == "booked")
    return times


async def _mails(home: House, kind: str, count: int) -> list[dict]:  # type: ignore[type-arg]
    found = [mail for mail in await home.mails() if mail["subject"] == SUBJECTS[kind]]
    await asyncio.sleep(0)
    return found if len(found) == count else []


async def _one_new_booking(home: House, at: datetime) -> None:
    _, body = await home.rest("GET", "/v1/sessions", home.token(home.links.team))
    rows = {row["status"]: row for row in body["sessions"]}
    assert len(body["sessions"]) == 2
    assert set(rows) == {"cancelled", "planned"}
    assert datetime.fromisoformat(rows["planned"]["starts_at"]) == at


def _minute(home: House, text: str) -> float:
    return (datetime.fromisoformat(text) - home.starts_at).total_seconds() / 60


def _event_start(ics: str, method: str, status: str, zone: str) -> datetime:
    calendar = Calendar.from_ical(ics)
    assert calendar["METHOD"] == method
    (event,) = calendar.walk("VEVENT")
    assert event["STATUS"] == status
    assert [part["TZID"] for part in calendar.walk("VTIMEZONE")] == [zone]
    start = event.decoded("DTSTART")
    assert isinstance(start, datetime)
    assert start.utcoffset() == start.astimezone(ZoneInfo(zone)).utcoffset()
    return start


def _uid(ics: str) -> str:
    (event,) = Calendar.from_ical(ics).walk("VEVENT")
    return str(event["UID"])


async def test_whom_none_of_the_times_suits_says_what_would_and_the_other_gets_the_new_times_only() -> None:
    async with house() as home:
        session = home.links.session
        for key in "ab":
            await home.built.dispatcher.submit(session, DeclareAbsence(key, Reason.ILLNESS))
        first = await eventually(lambda: _mails(home, "new_times", 2), "two proposals")
        alex = next(mail for mail in first if mail["to"] == "Alex")
        wishes = [{"weekday": day, "part": "morning"} for day in (1, 3)]
        body = {"accept": [], "wishes": wishes}
        status, answer = await home.rest("POST", "/v1/proposal/answer", home.token(alex["links"][0]), body)
        assert (status, answer["status"]) == (200, "none_suit")
        mails = await eventually(lambda: _mails(home, "new_times", 4), "two more")
        robin = next(mail for mail in mails[:2] if mail["to"] == "Robin")
        _, asked = await home.rest("GET", "/v1/proposal", home.token(robin["links"][0]))
        assert set(asked) == {*("name", "zone", "language", "minutes", "clinic_phone", "status", "times", "answer_by")}
        assert asked["times"]
        for time in asked["times"]:
            wall = datetime.fromisoformat(time["starts_at"]).astimezone(ZoneInfo(ZONES["Alex"]))
            assert (wall.weekday() in (1, 3), wall.hour < 12) == (True, True)
