"""Reminders on virtual time: when they come, to whom, in which words, and when nobody is told anything any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.application.ports import OutboxDraft
from server.domain.attendance import Reason, SoloApproval
from server.domain.reminders import Ahead, Channel, ReminderWish
from server.domain.session import commands as c
from server.domain.session.effects import Effect, LetterOf, Remind, WeekMail
from tests.application.clinic import ZONES, House, house, wall

pytestmark = pytest.mark.asyncio

SUBJECTS = {"alex": "Your appointment is coming up", "robin": "Su cita se acerca"}
START = wall("2026-10-22T10:00")  # a Thursday; 16:00 in Madrid
MONDAY = wall("2026-10-19T12:00")


class Told:
    """When whom a reminder reached, as their own wall showed it."""

    def __init__(self, home: House) -> None:
        self.home, self.seen = home, set[str]()
        self.at: dict[str, list[str]] = {"alex": [], "robin": []}

    def look(self) -> None:
        for person, times in self.at.items():
            for mail in self.home.mails(person):
                if mail.id not in self.seen and mail.subject == SUBJECTS[person]:
                    self.seen.add(mail.id)
                    times.append(f"{self.home.clock.now().astimezone(ZoneInfo(ZONES[person])):%a %H:%M}")

    async def until(self, at: datetime) -> dict[str, list[str]]:
        while self.home.clock.now() < at:
            await self.home.until(min(at, self.home.clock.now() + timedelta(minutes=5)))
            self.look()
        return self.at


async def told(home: House, at: datetime = START + timedelta(hours=1)) -> dict[str, list[str]]:
    return await Told(home).until(at)


async def test_each_is_reminded_a_day_an_hour_and_ten_minutes_before_in_their_own_zone_and_words() -> None:
    home = await house(MONDAY)
    await home.books("s", START)
    assert await told(home) == {
        "alex": ["Wed 10:00", "Thu 09:00", "Thu 09:50"],
        "robin": ["Wed 16:00", "Thu 15:00", "Thu 15:50"],
    }
    alex, robin = home.mails("alex")[0], home.mails("robin")[0]
    assert "Thursday, October 22 at 10:00 AM (New York time)" in alex.text
    assert "jueves, 22 de octubre, 16:00 (hora de Madrid)" in robin.text
    for mail, other in ((alex, "Robin"), (robin, "Alex")):
        assert other not in mail.text + mail.html
        assert "/answer#" in mail.text
    assert len({mail.id for mail in (*home.mails("alex"), *home.mails("robin"))}) == 6


async def test_an_early_session_is_announced_the_evening_before() -> None:
    home = await house(MONDAY)
    await home.books("s", wall("2026-10-22T07:30"))
    assert await told(home) == {
        "alex": ["Tue 20:45", "Wed 20:45"],
        "robin": ["Wed 13:30", "Thu 12:30", "Thu 13:20"],
    }


async def test_what_was_booked_at_short_notice_is_not_announced_a_day_before() -> None:
    home = await house(START - timedelta(hours=2))
    await home.books("s", START)
    assert (await told(home))["alex"] == ["Thu 09:00", "Thu 09:50"]


async def test_a_day_s_reminder_that_a_stop_kept_back_is_not_sent_two_hours_before() -> None:
    home = await house(MONDAY)
    await home.books("s", START)
    home.clock.jump(START - timedelta(hours=2) - home.clock.now())
    assert (await told(home))["alex"] == ["Thu 09:00", "Thu 09:50"]


async def _cancelled(home: House) -> None:
    await home.says("s", c.Cancel())


async def _declared(home: House) -> None:
    await home.says("s", c.ApproveSolo(SoloApproval.GRANTED))
    await home.says("s", c.DeclareAbsence("a", Reason.ILLNESS))


async def _removed(home: House) -> None:
    await home.says("s", c.Connect("therapist", 1))
    await home.says("s", c.Connect("a", 1))
    await home.says("s", c.Arrive("a"))
    await home.says("s", c.Remove("a"))


async def _here(home: House) -> None:
    await home.says("s", c.Connect("a", 1))
    await home.says("s", c.Arrive("a"))


async def _moved(home: House) -> None:
    known = await home.store.appointment("s")
    assert known is not None
    await home.store.add_appointment(replace(known, starts_at=known.starts_at + timedelta(days=3)))


async def _taken_off(home: House) -> None:
    await home.store.cancel("s")


@pytest.mark.parametrize("change", [_cancelled, _declared, _removed, _here, _moved, _taken_off])
async def test_nobody_is_reminded_of_what_is_not_to_come_for_them(change: Callable[[House], Awaitable[None]]) -> None:
    home = await house(MONDAY)
    await home.books("s", START)
    first = Told(home)
    assert (await first.until(START - timedelta(hours=2)))["alex"] == ["Wed 10:00"]
    await change(home)
    assert (await first.until(START + timedelta(hours=1)))["alex"] == ["Wed 10:00"]


async def test_a_session_that_is_moved_is_announced_at_its_new_time_alone() -> None:
    home = await house(MONDAY)
    await home.books("s", START)
    first = Told(home)
    assert (await first.until(START - timedelta(hours=20)))["alex"] == ["Wed 10:00"]
    assert await home.store.move("s", START + timedelta(days=1), home.clock.now())
    await home.says("s", c.ChangeTime(START + timedelta(days=1)))
    await home.deliver()
    assert (await first.until(START + timedelta(days=2)))["alex"] == [
        "Wed 10:00",
        "Thu 10:00",
        "Fri 09:00",
        "Fri 09:50",
    ]


async def test_who_said_that_they_will_be_late_is_not_pressed_ten_minutes_before() -> None:
    home = await house(MONDAY)
    await home.books("s", START)
    first = Told(home)
    await first.until(START - timedelta(minutes=40))
    await home.says("s", c.RunLate("a", START + timedelta(minutes=10)))
    assert (await first.until(START))["alex"] == ["Wed 10:00", "Thu 09:00"]
    assert len((await first.until(START))["robin"]) == 3


async def test_zone_language_and_channel_are_those_of_the_moment() -> None:
    home = await house(MONDAY)
    await home.books("s", START)
    await home.changes("alex", zone="America/Los_Angeles")  # 7:00 there: the hour before is not safe any more
    person = await home.store.person("alex")
    assert person is not None
    await home.store.add_person(replace(person, language="es"))
    await home.wishes("alex", ReminderWish(Channel.TEXT, "+1 555 010 0199"))
    await home.until(START)
    assert home.mails("alex") == []
    (note,) = home.gateway.notes
    assert (note.number, note.zone, note.language, note.starts_at) == (
        "+15550100199", "America/Los_Angeles", "es", START
    )  # fmt: skip
    assert note.link.startswith("https://dyad.example/answer#")


async def test_without_a_gateway_a_text_becomes_a_mail_and_none_is_none() -> None:
    home = await house(MONDAY, texts=False)
    await home.books("s", START)
    await home.wishes("alex", ReminderWish(Channel.TEXT, "+15550100199"))
    await home.wishes("robin", ReminderWish(Channel.NONE))
    await home.until(START)
    assert len(home.mails("alex")) == 3
    assert home.mails("robin") == []


async def test_a_gateway_that_fails_is_tried_again_and_what_is_overtaken_meanwhile_is_left_out() -> None:
    home = await house(MONDAY)
    await home.books("s", START)
    await home.wishes("alex", ReminderWish(Channel.TEXT, "+15550100199"))
    home.gateway.fails = True
    await home.until(START - timedelta(hours=23))
    home.gateway.fails = False
    await home.until(START - timedelta(hours=12))
    assert len(home.gateway.notes) == 1
    home.gateway.fails = True
    await home.until(START - timedelta(minutes=20))
    home.gateway.fails = False
    await home.until(START)
    assert len(home.gateway.notes) == 2  # a day before, and ten minutes; the hour's would say nothing new


async def test_a_row_that_comes_twice_is_one_reminder() -> None:
    home = await house(MONDAY)
    await home.books("s", START)
    await home.until(START - timedelta(hours=24))
    before = [mail.id for mail in home.mails("alex")]
    await home.reminders.send(before[0], Remind("s", "a", Ahead.DAY, START.astimezone(UTC)))
    await home.reminders.promise("s")
    await home.reminders.promise("s")
    await home.deliver()
    assert [mail.id for mail in home.mails("alex")] == before
    assert len((await told(home))["alex"]) == 3


async def test_new_hours_move_what_is_to_come() -> None:
    home = await house(MONDAY)
    await home.books("s", START)
    await home.changes("alex", safe_from=11, safe_until=18)
    await home.reminders.promise_to("alex", START + timedelta(days=1))
    assert (await told(home))["alex"] == ["Tue 17:45", "Wed 17:45"]


# --- other letters ------------------------------------------------------------------------------------------------


async def test_a_cancellation_late_in_the_evening_frees_the_time_at_once_and_is_told_in_the_morning() -> None:
    home = await house(wall("2026-10-20T21:30"))
    await home.books("s", START)
    await home.says("s", c.Cancel())
    await home.deliver()
    known = await home.store.appointment("s")
    assert known is not None
    assert known.status == "cancelled"
    assert [len(home.mails(who)) for who in ("rivera", "alex", "robin")] == [1, 0, 0]
    await home.until(wall("2026-10-21T07:55", "Europe/Madrid"))
    assert home.mails("robin") == []
    await home.until(wall("2026-10-21T08:00", "Europe/Madrid"))
    assert [mail.ics_method for mail in home.mails("robin")] == ["CANCEL"]
    assert home.mails("alex") == []
    await home.until(wall("2026-10-21T08:00"))
    assert [mail.ics_method for mail in home.mails("alex")] == ["CANCEL"]


async def _posts(home: House, *effects: Effect) -> None:
    for n, effect in enumerate(effects):
        await home.store.post(f"q{n}", OutboxDraft(f"q{n}", *home.codec.encode(effect), home.clock.now()))
    await home.deliver()


async def test_what_is_untrue_by_the_morning_is_not_told() -> None:
    home = await house(wall("2026-10-20T22:00"))
    await home.books("s", START)
    await _posts(home, WeekMail("alex", ("s",)), *(LetterOf("s", f"u{who}", "reply_unclear", who) for who in "ab"))
    await home.says("s", c.Cancel())
    await home.until(wall("2026-10-21T09:00"))
    assert [mail.ics_method for mail in home.mails("alex")] == ["CANCEL"]
    assert [mail.ics_method for mail in home.mails("robin")] == ["CANCEL"]


async def test_nobody_who_is_awaited_now_waits_for_a_nudge_till_the_morning() -> None:
    home = await house(wall("2026-10-20T21:32"))
    await home.books("s", wall("2026-10-20T21:30"))
    await _posts(home, LetterOf("s", "n", "nudge", "a"))
    assert [mail.subject for mail in home.mails("alex")] == ["We're expecting you"]
