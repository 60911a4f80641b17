"""When reminders are sent: in safe hours only, in order, never overtaken, in any zone and across both clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.domain.reminders import ALWAYS, Ahead, Drop, SafeHours, Send, Wait, due, moment
from server.domain.reminders.due import MARGIN

MINUTE = timedelta(minutes=1)
ZONES = ("America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "America/Denver", "Asia/Kolkata", "UTC")
CHANGES = {  # both clock changes of 2026 in three zones
    "America/New_York": (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
    "Europe/Madrid": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 10, 3, 15, 30, tzinfo=UTC), datetime(2026, 4, 4, 15, tzinfo=UTC)),
}


def at(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@st.composite
def hours(draw: st.DrawFn) -> SafeHours:
    start = draw(st.integers(0, 23))
    return SafeHours(draw(st.sampled_from(ZONES)), start, draw(st.integers(start + 1, 24)))


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[SafeHours, datetime]:
    """Safe hours, and an instant within two days of a clock change in their zone."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    start = draw(st.integers(0, 23))
    change = draw(st.sampled_from(CHANGES[zone])) + draw(st.integers(-2 * 1440, 2 * 1440)) * MINUTE
    return SafeHours(zone, start, draw(st.integers(start + 1, 24))), change


INSTANTS = st.integers(0, 2 * 365 * 1440).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * MINUTE)
SOMETIME = st.one_of(near_a_change(), st.tuples(hours(), INSTANTS))


# --- safe hours ---------------------------------------------------------------------------------------------------


@given(SOMETIME)
def test_the_next_and_the_last_safe_moment_are_what_a_look_at_every_minute_finds(
    case: tuple[SafeHours, datetime],
) -> None:
    safe, now = case
    ahead = next(n for n in range(4 * 1440) if safe.safe(now + n * MINUTE))
    assert safe.next_safe(now) == now + ahead * MINUTE
    if ahead:
        back = next(n for n in range(4 * 1440) if safe.safe(now - n * MINUTE))
        start, end = safe.last_safe(now)
        assert end == now - (back - 1) * MINUTE
        assert safe.safe(start)
        assert not safe.safe(start - MINUTE)


@pytest.mark.parametrize(("start", "end"), [(-1, 8), (8, 8), (9, 8), (8, 25)])
def test_hours_that_can_t_be_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="safe hours"):
        SafeHours("UTC", start, end)


# --- moments ------------------------------------------------------------------------------------------------------


@given(SOMETIME)
@example((SafeHours("America/New_York", 20, 21), at("2026-11-25T20:50")))
def test_every_moment_is_safe_in_its_own_stretch_and_in_order(case: tuple[SafeHours, datetime]) -> None:
    safe, starts_at = case
    found = [(ahead, moment(ahead, starts_at, safe)) for ahead in Ahead]
    sent = [(ahead, when) for ahead, when in found if when is not None]
    for ahead, when in sent:
        assert safe.safe(when)
        assert starts_at - ahead.earliest < when <= starts_at - ahead.lead
    assert [when for _, when in sent] == sorted({when for _, when in sent})


@given(SOMETIME)
def test_it_moves_only_when_it_has_to_and_is_left_out_only_when_nothing_in_its_stretch_is_safe(
    case: tuple[SafeHours, datetime],
) -> None:
    safe, starts_at = case
    for ahead in Ahead:
        ideal, when = starts_at - ahead.lead, moment(ahead, starts_at, safe)
        if safe.safe(ideal):
            assert when == ideal
        elif when is None:
            late_enough = starts_at - ahead.earliest + MARGIN
            assert not any(safe.safe(ideal - n * MINUTE) for n in range((ideal - late_enough) // MINUTE))
        else:  # nothing but the margin is between it and the quiet hours
            assert not any(safe.safe(when + n * MINUTE) for n in range(MARGIN // MINUTE, (ideal - when) // MINUTE))


@pytest.mark.parametrize(
    ("start", "day", "hour", "soon"),
    [
        ("2026-11-25T15:00", "2026-11-24T15:00", "2026-11-25T14:00", "2026-11-25T14:50"),
        ("2026-11-25T08:00", "2026-11-24T08:00", "2026-11-24T20:45", None),  # the evening before
        ("2026-11-25T07:00", "2026-11-23T20:45", "2026-11-24T20:45", None),
        ("2026-11-25T21:20", "2026-11-24T20:45", "2026-11-25T20:20", "2026-11-25T20:45"),
        ("2026-11-25T22:30", "2026-11-24T20:45", "2026-11-25T20:45", None),  # too early to be the last one
        ("2026-03-08T15:00", "2026-03-07T14:00", "2026-03-08T14:00", "2026-03-08T14:50"),  # 24 hours, not "same time"
        ("2026-11-01T15:00", "2026-10-31T16:00", "2026-11-01T14:00", "2026-11-01T14:50"),
    ],
)
def test_a_day_from_eight_to_nine(start: str, day: str, hour: str, soon: str | None) -> None:
    safe = SafeHours("America/New_York", 8, 21)
    wanted = [None if one is None else at(one) for one in (day, hour, soon)]
    assert [moment(ahead, at(start), safe) for ahead in Ahead] == wanted


# --- what is due --------------------------------------------------------------------------------------------------


@given(SOMETIME, st.sampled_from(Ahead), st.integers(-3 * 1440, 60))
def test_nothing_is_sent_in_quiet_hours_early_or_once_overtaken(
    case: tuple[SafeHours, datetime], ahead: Ahead, minutes: int
) -> None:
    safe, starts_at = case
    now = starts_at + minutes * MINUTE
    match due(ahead, starts_at, safe, now):
        case Send():
            assert safe.safe(now)
            assert starts_at - ahead.earliest < now <= starts_at - ahead.latest
        case Wait(until):
            assert now < until <= starts_at - ahead.latest
            assert due(ahead, starts_at, safe, until) == Send()
        case Drop():
            assert moment(ahead, starts_at, safe) is None or not any(
                safe.safe(now + n * MINUTE) for n in range((starts_at - ahead.latest - now) // MINUTE + 1)
            )


def test_a_day_s_reminder_is_not_sent_two_hours_before() -> None:
    start = at("2026-11-25T15:00")
    for hours_before, wanted in ((23, Send()), (13, Send()), (11, Drop()), (2, Drop())):
        assert due(Ahead.DAY, start, ALWAYS, start - timedelta(hours=hours_before)) == wanted


def test_what_a_stop_kept_back_waits_for_the_morning_unless_the_hour_has_come() -> None:
    safe, start = SafeHours("America/New_York", 8, 21), at("2026-11-26T20:30")
    assert due(Ahead.DAY, start, safe, at("2026-11-26T03:00")) == Wait(at("2026-11-26T08:00"))
    assert due(Ahead.DAY, at("2026-11-26T19:00"), safe, at("2026-11-26T03:00")) == Drop()
