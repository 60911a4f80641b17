"""Files that would cost a server its day: each is read or refused in bounded time; and the rules stay right for it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from server.adapters.icalendar import busy_of
from server.adapters.icalendar.rules import Budget, Rule
from server.application.imports import CalendarRefused
from tests.support.calendars import calendar_file, event

AFTER = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = datetime(2027, 2, 1, tzinfo=UTC)
# Of the processor, so that a busy machine doesn't fail the test; a slow one takes over two.
SECONDS = 5.0

HOUR = "DURATION:PT1H"
ONCE = "DTSTART:20261110T090000Z"


def outcome(file: bytes) -> str:
    """The refusal's code or `read`; in time, either way."""
    began = time.process_time()
    try:
        busy_of(file, zone="America/New_York", owner="robin@example.org", after=AFTER, until=UNTIL)
        said = "read"
    except CalendarRefused as refusal:
        said = refusal.code
    assert time.process_time() - began < SECONDS
    return said


def many(count: int, start: str, *lines: str) -> bytes:
    return calendar_file(*(event(f"DTSTART:{start}", HOUR, *lines, uid=str(number)) for number in range(count)))


@pytest.mark.parametrize("frequency", ["SECONDLY", "MINUTELY", "minutely"])
def test_what_repeats_by_the_minute_is_refused(frequency: str) -> None:
    assert outcome(many(1, "20261110T090000Z", f"RRULE:FREQ={frequency};COUNT=2")) == "calendar_too_busy"


NEVER = "BYMONTH=2;BYMONTHDAY=30"


@pytest.mark.parametrize(
    ("count", "start", "rule"),
    [
        (1, "00020101T000000Z", "FREQ=HOURLY"),
        (1, "00020101T000000Z", "FREQ=DAILY;COUNT=99999999"),
        (1, "20200101T000000Z", f"FREQ=HOURLY;{NEVER}"),
        (1, "20200101T000000Z", f"FREQ=DAILY;{NEVER}"),
        (1, "20200101T000000Z", f"FREQ=WEEKLY;{NEVER}"),
        (1, "20200101T000000Z", f"FREQ=MONTHLY;{NEVER}"),
        (50, "20200101T000000Z", f"FREQ=YEARLY;{NEVER}"),
        (4_900, "20200101T000000Z", f"FREQ=HOURLY;{NEVER}"),
        (4_900, "20200101T000000Z", f"FREQ=DAILY;INTERVAL=1000;{NEVER}"),
        (4_900, "20000131T000000Z", "FREQ=MONTHLY"),
        (4_900, "20000101T000000Z", "FREQ=DAILY"),
        (
            1,
            "20200101T000000Z",
            "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(["1"] * 60),
        ),
        (1, "16010101T000000Z", "FREQ=YEARLY;COUNT=9999;BYDAY=" + ",".join(["53MO"] * 190)),
        (1, "16010101T000000Z", "FREQ=YEARLY;COUNT=9999;BYDAY=MO,TU,WE;BYSETPOS=" + ",".join(["150"] * 220)),
        (30, "20200101T000000Z", "FREQ=DAILY;BYSETPOS=" + ",".join(["1"] * 450)),
        (1, "20200101T000000Z", "FREQ=YEARLY;BYMONTHDAY=" + ",".join(["1"] * 500_000)),
    ],
)
def test_rules_that_never_end_or_never_match_are_refused(count: int, start: str, rule: str) -> None:
    assert outcome(many(count, start, f"RRULE:{rule}")) == "calendar_too_busy"


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=" + "9" * 900, "FREQ=OFTEN", "DAILY", ""]
)
def test_what_is_no_rule_is_unreadable(rule: str) -> None:
    assert outcome(many(1, "20261110T090000Z", f"RRULE:{rule}")) == "calendar_unreadable"


def test_a_rule_may_match_nothing_or_have_begun_long_ago() -> None:
    assert outcome(many(1, "20200101T000000Z", f"RRULE:FREQ=YEARLY;{NEVER}")) == "read"
    assert outcome(many(500, "19900115T000000Z", "RRULE:FREQ=WEEKLY")) == "read"
    assert outcome(many(1_000, "19040301T000000Z", "RRULE:FREQ=YEARLY")) == "read"


def test_many_rules_of_one_event_and_many_occurrences_are_refused() -> None:
    rules = [f"RRULE:FREQ=DAILY;INTERVAL={number}" for number in range(1, 50)]
    assert outcome(many(900, "20200101T000000Z", *rules)) == "calendar_too_busy"
    assert outcome(many(120, "20261101T000000Z", "RRULE:FREQ=DAILY")) == "calendar_too_busy"


def test_long_lists_of_dates_are_refused() -> None:
    days = [
        f"20{year:02}{month:02}{day:02}T000000" for year in range(50) for month in range(1, 13) for day in range(1, 29)
    ]
    daily = "DTSTART;TZID=Europe/Madrid:20200101T000000", HOUR, "RRULE:FREQ=DAILY"
    for name in ("EXDATE", "RDATE"):
        assert outcome(calendar_file(event(*daily, f"{name};TZID=Europe/Madrid:{','.join(days)}"))) == "read"
        assert outcome(calendar_file(event(*daily, f"{name}:{','.join(days * 6)}"))) == "calendar_too_busy"
    periods = ",".join(["20261110T090000Z/PT1H"] * 30_000)
    assert outcome(calendar_file("BEGIN:VFREEBUSY", f"FREEBUSY:{periods}", "END:VFREEBUSY")) == "calendar_too_busy"


def test_many_exceptions_are_read_and_many_turns_refused() -> None:
    master = event("DTSTART:20200101T000000Z", HOUR, "RRULE:FREQ=DAILY;COUNT=9000")
    ids = [f"20{number % 50:02}0101T{number % 24:02}{number % 60:02}00Z" for number in range(4_900)]
    exceptions = [event(ONCE, HOUR, "RRULE:FREQ=DAILY", f"RECURRENCE-ID:{at}") for at in ids]
    assert outcome(calendar_file(master, *exceptions)) == "read"
    turns = [event(ONCE, HOUR, f"RECURRENCE-ID;RANGE=THISANDFUTURE:{at}") for at in ids[:60]]
    assert outcome(calendar_file(master, *turns)) == "calendar_too_busy"


def test_two_megabytes_are_read_and_more_are_refused() -> None:
    # As long as a real one of that many events is, and two megabytes with their titles.
    file = calendar_file(*(event(ONCE, HOUR, "DESCRIPTION:" + "x" * 285, uid=str(n)) for n in range(4_900)))
    assert 1_900_000 < len(file) < 2_000_000
    assert outcome(file) == "read"
    assert outcome(file + b" " * 100_000) == "calendar_too_large"
    assert outcome(many(5_001, "20261110T090000Z")) == "calendar_too_large"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (b"", "calendar_unreadable"),
        (b"\0" * 1_990_000, "calendar_unreadable"),
        (b"<html>Sign in</html>", "calendar_unreadable"),
        (calendar_file(event(ONCE, HOUR))[:-20], "calendar_unreadable"),
        (calendar_file("END:VCALENDAR"), "calendar_unreadable"),
        (calendar_file(event(ONCE, HOUR).replace("END:VEVENT", "END:VTODO")), "calendar_unreadable"),
        (b"BEGIN:VCALENDAR\r\n" * 110_000, "calendar_unreadable"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 140_000, "calendar_unreadable"),
        (calendar_file(*["BEGIN:X\r\nEND:X"] * 120_000), "read"),
        (calendar_file(event(ONCE, HOUR, *["A"] * 600_000)), "read"),
        (calendar_file(event(ONCE, HOUR, "DESCRIPTION:" + "\r\n x" * 480_000)), "read"),
        (calendar_file(event(ONCE, HOUR, *["ATTENDEE:a"] * 150_000)), "calendar_too_large"),
        (calendar_file(event(ONCE, HOUR, "ATTENDEE" + ';a="' * 400_000)), "read"),
        (calendar_file(event(ONCE, HOUR, "ATTENDEE;a=" + '"b",' * 400_000)), "read"),
        (calendar_file(event(*[ONCE] * 50_000)), "calendar_unreadable"),
        (calendar_file(event("DTSTART;TZID=" + "a/" * 900_000 + ":20261110T090000", HOUR)), "read"),
        (calendar_file(event(ONCE, f"DURATION:P{'9' * 1_900_000}D")), "calendar_unreadable"),
        (calendar_file(event(ONCE, HOUR, f"SEQUENCE:{'9' * 1_900_000}")), "read"),
        (calendar_file(event("DTSTART:٢٠٢٦١١١٠T090000Z", HOUR)), "calendar_unreadable"),
        (calendar_file(*(event(f"DTSTART;TZID=Z{n}:20261110T090000", HOUR) for n in range(900))), "calendar_too_large"),
    ],
    ids=range(20),
)
def test_what_is_no_calendar_costs_no_time(file: bytes, expected: str) -> None:
    assert outcome(file) == expected


@pytest.mark.parametrize(
    ("rule", "expected"), [("FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", "read"), ("FREQ=SECONDLY", "calendar_too_busy")]
)
def test_a_zones_own_rules_are_bounded(rule: str, expected: str) -> None:
    offsets = "TZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500"
    observance = f"BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\n{offsets}\r\nRRULE:{rule}\r\nEND:STANDARD"
    zones = [f"BEGIN:VTIMEZONE\r\nTZID:Z{n}\r\n{observance}\r\nEND:VTIMEZONE" for n in range(150)]
    events = [event(f"DTSTART;TZID=Z{n % 150}:20261110T090000", HOUR, uid=str(n)) for n in range(1_000)]
    assert outcome(calendar_file(*zones, *events)) == expected


RULES = st.builds(
    lambda frequency, interval, count, more: ";".join(
        [f"FREQ={frequency}", *([f"INTERVAL={interval}"] if interval > 1 else []), *count, *more]
    ),
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]),
    st.integers(1, 5),
    st.sampled_from([[], [], ["COUNT=40"]]),
    st.lists(
        st.sampled_from(
            ["BYDAY=MO,WE", "BYMONTH=1,7,11", "BYMONTHDAY=-1,13,29", "BYHOUR=9,17", "BYSETPOS=1,-1", "WKST=SU"]
        ),
        unique=True,
        max_size=3,
    ),
)


@settings(max_examples=200, deadline=None)
@given(RULES, st.datetimes(datetime(2015, 1, 1), datetime(2027, 1, 1)), st.integers(0, 4_000), st.booleans())
def test_counting_and_skipping_change_no_rule(rule: str, start: datetime, days: int, zoned: bool) -> None:
    """dateutil's own walk from the start is what ours must agree with."""
    start = start.replace(microsecond=0, tzinfo=ZoneInfo("Europe/Madrid") if zoned else UTC)
    after = start.astimezone(UTC) + timedelta(days=days if "HOURLY" not in rule else days % 300)
    before = after + timedelta(days=60)
    try:
        expected = rrulestr(rule, dtstart=start).between(after, before, inc=True)
    except ValueError:
        return
    assert list(Rule(rule, start, None, Budget(10**9)).between(after, before)) == expected
