"""People say themselves when they can come, on their own clock, and nobody else learns more than that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.application.chart import Outdated, Reader, Wall
from server.application.own_calendar import Exceptions, OwnHours, Stays
from server.application.roles import NotAllowed
from server.domain.programme import Availability, Client, ProgrammeError, Staff
from server.domain.schedule import find_slots
from tests.application.own import ALEX, MARSH, NOW, OFFICE, RIVERA, ROBIN, Town, town

pytestmark = pytest.mark.asyncio

TEAM = Reader("team", "team")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def says(
    home: Town, who: Reader, away: Sequence[tuple[str, str]] = (), extra: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    seen = (await home.own.look(who))["seen"]
    spans = [tuple((wall(start), wall(end)) for start, end in given) for given in (away, extra)]
    await home.own.set_exceptions(who, Exceptions(*spans), seen)
    return await home.own.look(who)


async def hours_of(home: Town, day: str, *people: str) -> list[int]:
    """The hours of a day (UTC) in which all of them can be booked for the whole hour."""
    midnight = wall(f"{day}T00:00+00:00")
    calendars = await home.calendars.of(people, midnight, midnight + timedelta(days=1), NOW)
    hours = [(n, midnight + timedelta(hours=n)) for n in range(24)]
    return [n for n, at in hours if find_slots(calendars, minutes=60, after=at, until=at + timedelta(hours=1))]


async def licensed(home: Town, *licences: str) -> None:
    """Rivera may see people there; Alex lives in New York."""
    await home.records.put(TEAM, Staff("Rivera", licences), "rivera", "", Wall.STAFF, 0)
    await home.records.put(TEAM, Client("Alex", "US-NY"), "alex", "alex", Wall.OFFICE, 0)


async def stays(home: Town, who: Reader, *elsewhere: tuple[str, str, str]) -> None:
    said = Stays(tuple((wall(start), wall(end), place) for start, end, place in elsewhere))
    await home.own.set_stays(who, said, (await home.own.look(who))["seen"])


async def test_while_somebody_is_where_the_therapist_holds_no_licence_they_can_t_be_booked() -> None:
    home = await town()
    await licensed(home, "us-ny")
    usual = await hours_of(home, "2026-10-28", "rivera", "alex")
    assert usual
    await stays(home, ALEX, ("2026-10-27T00:00", "2026-10-29T00:00", "US-FL"))
    assert await hours_of(home, "2026-10-28", "rivera", "alex") == []
    assert await hours_of(home, "2026-10-30", "rivera", "alex") == usual
    assert await hours_of(home, "2026-10-28", "marsh", "alex") != [], "of Marsh no licences are known"
    (shown,) = (await home.own.look(ALEX))["elsewhere"]
    assert (shown.place, shown.start) == ("US-FL", datetime(2026, 10, 27, 4, tzinfo=UTC))
    assert (await home.own.look(ROBIN))["elsewhere"] == []


async def test_who_lives_elsewhere_can_be_booked_while_they_are_here() -> None:
    home = await town()
    await licensed(home, "US-FL")
    assert await hours_of(home, "2026-10-28", "rivera", "alex") == []
    await stays(home, ALEX, ("2026-10-27T00:00", "2026-10-29T00:00", "US-FL"))
    assert await hours_of(home, "2026-10-28", "rivera", "alex") != []


async def test_a_stay_that_cannot_be_is_refused_and_one_that_is_over_is_gone() -> None:
    home = await town()
    for start, end, place, code in (
        ("2026-10-29T00:00", "2026-10-27T00:00", "US-FL", "times_unfit"),
        ("2026-10-27T00:00", "2026-10-29T00:00", " ", "text_unfit"),
        ("2026-10-01T00:00", "2026-10-02T00:00", "US-FL", "times_over"),
        ("2030-10-01T00:00", "2030-10-02T00:00", "US-FL", "times_far"),
    ):
        with pytest.raises(ProgrammeError) as no:
            await stays(home, ALEX, (start, end, place))
        assert no.value.code == code
    await stays(home, ALEX, ("2026-10-21T00:00", "2026-10-22T00:00", "US-FL"))
    with pytest.raises(Outdated):
        await home.own.set_stays(ALEX, Stays(()), "not what is shown")
    await home.wait(timedelta(days=3))
    assert (await home.own.look(ALEX))["elsewhere"] == []


async def test_hours_are_kept_on_the_wall_of_a_zone_with_a_break_at_noon() -> None:
    home = await town()
    seen = (await home.own.look(ALEX))["seen"]
    hours = OwnHours("Europe/Madrid", ((0, "09:00", "12:00"), (0, "15", "19:30"), (2, "20:00", "00:00")))
    await home.own.set_hours(ALEX, hours, seen)
    now = await home.own.look(ALEX)
    assert (now["zone"], now["hours"]) == (
        "Europe/Madrid",
        [[0, "09:00", "12:00"], [0, "15:00", "19:30"], [2, "20:00", "00:00"]],
    )
    # winter time since the day before: 9 in Madrid is 8 in UTC
    assert await hours_of(home, "2026-10-26", "alex") == [8, 9, 10, 14, 15, 16, 17]
    assert await hours_of(home, "2026-10-27", "alex") == []


@pytest.mark.parametrize("bad", [(7, "09:00", "10:00"), (0, "10:00", "09:00"), (0, "9 AM", "10:00")])
async def test_hours_that_cannot_be_are_refused(bad: tuple[int, str, str]) -> None:
    with pytest.raises(ProgrammeError) as no:
        OwnHours("UTC", (bad,))
    assert no.value.code == "hours_unfit"
    with pytest.raises(ProgrammeError):
        OwnHours("Mars/Olympus", ())


async def test_being_away_closes_a_time_and_extra_time_opens_one() -> None:
    home = await town()
    said = await says(
        home,
        ALEX,
        away=[("2026-10-22T09:00", "2026-10-23T00:00")],
        extra=[("2026-10-24T06:00", "2026-10-24T08:00")],
    )
    assert said["away"] == ((datetime(2026, 10, 22, 13, tzinfo=UTC), datetime(2026, 10, 23, 4, tzinfo=UTC)),)
    assert await hours_of(home, "2026-10-21", "alex") == list(range(13, 24))
    assert await hours_of(home, "2026-10-22", "alex") == []
    assert await hours_of(home, "2026-10-24", "alex") == [10, 11, *range(13, 24)]
    assert await hours_of(home, "2026-10-24", "rivera", "alex") == list(range(14, 24))


async def test_in_the_night_of_the_change_away_is_wide_and_extra_is_narrow() -> None:
    home = await town()
    night = ("2026-11-01T01:00", "2026-11-01T01:30")
    said = await says(home, ALEX, away=[night])
    # 1:30 comes twice in New York that night
    assert said["away"] == ((wall("2026-11-01T05:00+00:00"), wall("2026-11-01T06:30+00:00")),)
    with pytest.raises(ProgrammeError) as no:
        await says(home, ALEX, extra=[night])
    assert no.value.code == "times_unfit"
    assert (await home.own.look(ALEX))["extra"] == ()


async def test_what_is_shown_again_stays_the_instant_that_it_is_whatever_the_zone() -> None:
    home = await town()
    said = await says(home, ALEX, away=[("2026-11-01T01:00", "2026-11-01T01:30")])
    await home.own.set_hours(ALEX, OwnHours("Asia/Tokyo", ()), said["seen"])
    again = await home.own.look(ALEX)
    kept = tuple((start.isoformat(), end.isoformat()) for start, end in again["away"])
    assert (await says(home, ALEX, away=list(kept)))["away"] == said["away"]


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2026-10-22T10:00", "2026-10-22T10:00", "times_unfit"),
        ("2026-10-22T10:00", "2026-10-21T10:00", "times_unfit"),
        ("2026-10-22T10:00", "2026-10-22T12:00+00:00", "times_unfit"),
        ("2026-10-19T10:00", "2026-10-19T12:00", "times_over"),
        ("2026-10-22T10:00", "2029-10-22T12:00", "times_far"),
        ("0001-01-01T00:00+14:00", "2026-10-22T12:00+00:00", "times_far"),
        ("2026-10-22T12:00", "9999-12-31T23:59", "times_unfit"),
    ],
)
async def test_times_that_cannot_be_meant_change_nothing(start: str, end: str, code: str) -> None:
    home = await town()
    good = ("2026-10-22T10:00", "2026-10-22T12:00")
    for given in ({"away": [good, (start, end)]}, {"extra": [(start, end)]}):
        with pytest.raises(ProgrammeError) as no:
            await says(home, ALEX, **given)
        assert no.value.code == code
    assert await home.records.all(Reader("team", "team"), Availability) == []


async def test_more_than_200_exceptions_are_refused() -> None:
    home = await town()
    hours = [f"2026-12-{1 + n // 24:02}T{n % 24:02}" for n in range(201)]
    many = [(f"{hour}:00", f"{hour}:30") for hour in hours]
    with pytest.raises(ProgrammeError) as no:
        await says(home, ALEX, away=many[:101], extra=many[101:])
    assert no.value.code == "too_many"
    assert len((await says(home, ALEX, away=many[:100], extra=many[100:200]))["away"]) == 100


async def test_what_is_over_is_no_longer_shown_and_does_not_count() -> None:
    home = await town()
    said = await says(home, ALEX, away=[("2026-10-22T10:00", "2026-10-22T12:00")])
    await home.wait(timedelta(days=3))
    assert (await home.own.look(ALEX))["away"] == ()
    # a page that was open meanwhile sends it once more
    kept = [(start.isoformat(), end.isoformat()) for start, end in said["away"]]
    assert (await says(home, ALEX, away=kept))["away"] == ()


async def test_two_open_pages_do_not_overwrite_each_other() -> None:
    home = await town()
    seen = (await home.own.look(ALEX))["seen"]
    await says(home, ALEX, away=[("2026-10-22T10:00", "2026-10-22T12:00")])
    with pytest.raises(Outdated):
        await home.own.set_exceptions(ALEX, Exceptions((), ()), seen)
    with pytest.raises(Outdated):
        await home.own.set_hours(ALEX, OwnHours("UTC", ()), seen)
    assert len((await home.own.look(ALEX))["away"]) == 1


@pytest.mark.parametrize(
    ("owner", "others"),
    [(ALEX, [ROBIN, MARSH, OFFICE]), (RIVERA, [ALEX, ROBIN, MARSH, OFFICE])],
    ids=["a client", "a therapist"],
)
async def test_it_is_behind_a_wall(owner: Reader, others: list[Reader]) -> None:
    home = await town()
    await says(home, owner, away=[("2026-10-22T10:00", "2026-10-22T12:00")])
    for other in others:
        assert await home.records.get(other, Availability, owner.person) is None
        assert await home.records.all(other, Availability) == []
    kept = await home.records.get(Reader("team", "team"), Availability, owner.person)
    assert kept is not None
    assert kept.entry.by == owner.person


async def test_a_guest_keeps_no_calendar() -> None:
    home = await town()
    with pytest.raises(NotAllowed):
        await home.own.look(Reader("alex", "a"))
