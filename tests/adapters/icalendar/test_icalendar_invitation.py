"""Calendar files, read back by the library, by a strict reading of RFC 5545, and by a second implementation."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from icalendar import Calendar

from server.adapters.icalendar import CalendarEntry, Method, invitation, timezone_of, withdrawn

STAMP = datetime(2026, 11, 23, 21, 15, 3, 400, tzinfo=UTC)
ZONES = ["America/New_York", "America/Chicago", "Europe/Berlin"]
ENTRY = CalendarEntry(
    uid="3f9c1b7e@dyad",
    sequence=2,
    starts_at=datetime(2026, 11, 24, 21, tzinfo=UTC),
    minutes=50,
    zone="America/Chicago",
    organizer_name="Lakeside",
    organizer_email="care@lakeside.example",
    attendee_email="robin@example.org",
)


def parse(entry: CalendarEntry, method: Method = "REQUEST") -> tuple[Any, Any, Any]:
    calendar: Any = Calendar.from_ical(invitation(entry, method, stamp=STAMP))
    [event] = calendar.walk("VEVENT")
    [zone] = calendar.walk("VTIMEZONE")
    return calendar, event, zone


def strict_offset(zone: Any, wall: datetime) -> timedelta:
    """RFC 5545, 3.6.5: the observance with the latest onset holds; an onset is a wall time in TZOFFSETFROM."""
    current: Any = None
    for observance in zone.subcomponents:
        onset = observance.decoded("DTSTART")
        # The onset's wall doesn't exist yet at the first second of summer time, so compare through UTC.
        instant = onset - observance.decoded("TZOFFSETFROM")
        if wall - observance.decoded("TZOFFSETTO") >= instant and (current is None or instant > current[0]):
            current = (instant, observance.decoded("TZOFFSETTO"))
    offset: timedelta = current[1]
    return offset


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2026-03-07", "2026-03-30", "2026-07-01", "2026-10-24", "2026-11-02", "2026-12-31"])
def test_the_instant_survives_in_three_zones(zone: str, day: str) -> None:
    starts_at = datetime.fromisoformat(f"{day}T19:30").replace(tzinfo=UTC)
    _, event, definition = parse(replace(ENTRY, zone=zone, starts_at=starts_at))
    assert event.DTSTART.astimezone(UTC) == starts_at
    assert event.DTSTART + timedelta(minutes=50) == event.DTEND
    assert event["DTSTART"].params["TZID"] == zone == definition["TZID"]
    wall = event.DTSTART.replace(tzinfo=None)
    assert wall - strict_offset(definition, wall) == starts_at.replace(tzinfo=None)


@pytest.mark.parametrize(
    "zone", [*ZONES, "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata", "Africa/Casablanca"]
)
def test_the_time_zone_definition_is_right_every_half_hour_for_two_years(zone: str) -> None:
    """dateutil reads the VTIMEZONE by itself; zoneinfo is the truth."""
    around = datetime(2026, 11, 24, tzinfo=UTC)
    read = tz.tzical(io.StringIO(timezone_of(zone, around).to_ical().decode())).get(zone)
    truth = ZoneInfo(zone)
    instant = around - timedelta(days=365)
    while instant < around + timedelta(days=365):
        local = instant.astimezone(truth)
        # dateutil has no fold for VTIMEZONE: walls that happen twice are left out.
        if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
            assert local.replace(tzinfo=read).utcoffset() == local.utcoffset(), local
        instant += timedelta(minutes=30)


def test_summer_time_begins_at_the_wall_before_the_change() -> None:
    definition = timezone_of("America/Chicago", ENTRY.starts_at).to_ical().decode()
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20260308T020000\r\n" in definition
    assert "BEGIN:STANDARD\r\nDTSTART:20261101T020000\r\n" in definition


@pytest.mark.parametrize("minutes_before", [50, 30, 0, -30])
def test_a_repeated_hour_is_written_in_utc(minutes_before: int) -> None:
    """1:00 AM happens twice on that night; a TZID could say only the first one."""
    change = datetime(2026, 11, 1, 6, tzinfo=UTC)
    starts_at = change - timedelta(minutes=minutes_before)
    _, event, _ = parse(replace(ENTRY, zone="America/New_York", starts_at=starts_at))
    assert event.DTSTART.astimezone(UTC) == starts_at
    assert event.DTEND.astimezone(UTC) == starts_at + timedelta(minutes=50)
    assert "TZID" not in event["DTSTART"].params
    assert event["DTSTART"].to_ical().endswith(b"Z")


def test_request_and_cancel_agree_on_what_they_speak_of() -> None:
    booked, event, _ = parse(ENTRY)
    assert (booked["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("REQUEST", "CONFIRMED", 2)
    gone, cancelled, _ = parse(withdrawn(ENTRY), "CANCEL")
    assert (gone["METHOD"], cancelled["STATUS"], cancelled["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)
    assert event["UID"] == cancelled["UID"] == ENTRY.uid
    assert event.DTSTART == cancelled.DTSTART
    assert str(cancelled["ATTENDEE"]) == "mailto:robin@example.org"
    assert str(cancelled["ORGANIZER"]) == "mailto:care@lakeside.example"


def test_the_file_is_neutral_and_private() -> None:
    text = invitation(ENTRY, "REQUEST", stamp=STAMP).decode()
    assert "SUMMARY:Appointment\r\n" in text
    assert "CLASS:PRIVATE\r\n" in text
    assert text.count("ATTENDEE") == 1
    assert "RSVP=FALSE" in text
    assert "http" not in text
    for word in ("couple", "recovery", "therap", "substance", "partner", "session"):
        assert word not in text.lower()


def test_the_same_arguments_give_the_same_bytes() -> None:
    once = invitation(ENTRY, "REQUEST", stamp=STAMP)
    assert invitation(ENTRY, "REQUEST", stamp=STAMP.astimezone(ZoneInfo("Europe/Berlin"))) == once
    assert b"DTSTAMP:20261123T211503Z\r\n" in once
    assert all(len(line) <= 75 for line in once.split(b"\r\n"))
    assert b"\n" not in once.replace(b"\r\n", b"")


@pytest.mark.parametrize("text", ['"; X=1: a\\nb, c;d', "Ñandú — ☕", "BEGIN:VALARM", "x" * 500])
def test_text_stays_text(text: str) -> None:
    entry = replace(ENTRY, summary=text, location=text, description=text)
    calendar, event, _ = parse(entry)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (text, text)
    assert len(calendar.walk()) == len(parse(ENTRY)[0].walk())
    _, named, _ = parse(replace(ENTRY, organizer_name=text))
    assert set(named["ORGANIZER"].params) == {"CN"}


@pytest.mark.parametrize(
    "change",
    [
        {"uid": ""},
        {"uid": "a b"},
        {"uid": "a\r\nATTENDEE:mailto:x@y.z"},
        {"sequence": -1},
        {"sequence": 2**31},
        {"minutes": 0},
        {"starts_at": ENTRY.starts_at.replace(tzinfo=None)},
        {"zone": "Mars/Olympus"},
        {"summary": "a\nATTENDEE:mailto:x@y.z"},
        {"summary": "x" * 501},
        {"organizer_name": "a\r\nX:1"},
        {"organizer_email": "nobody"},
        {"attendee_email": "a@b.c\r\nX:1"},
        {"attendee_email": "a;b@c.d"},
    ],
)
def test_what_cannot_be_written_is_refused_without_repeating_addresses(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+") as refusal:
        replace(ENTRY, **change)
    for value in change.values():
        assert "@" not in str(value) or str(value) not in str(refusal.value)
    assert "robin" not in repr(ENTRY)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: invitation(ENTRY, "REPLY", stamp=STAMP),  # type: ignore[arg-type]
        lambda: invitation(ENTRY, "REQUEST", stamp=STAMP.replace(tzinfo=None)),
    ],
)
def test_a_wrong_call_is_refused(wrong: Callable[[], bytes]) -> None:
    with pytest.raises(ValueError, match=r"neither REQUEST|no zone"):
        wrong()
