"""When somebody is busy, by the files that calendar programs write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.adapters.icalendar import busy_of
from server.application.imports import CalendarRefused
from server.domain.schedule.hours import Busy, ScheduleError
from tests.support.calendars import calendar_file, event

# The weeks in which Europe (October 25), then New York (November 1) change their clocks.
AFTER = datetime(2026, 10, 19, tzinfo=UTC)
UNTIL = datetime(2026, 11, 16, tzinfo=UTC)

# As Outlook writes it: rules from 1601 on, under a name of its own.
CUSTOM = """\
BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def read(data: bytes, zone: str = "America/New_York") -> list[str]:
    """The spans, each as its start in UTC and its length."""
    spans = busy_of(data, zone=zone, owner="robin@example.org", after=AFTER, until=UNTIL)
    assert all(isinstance(span, Busy) and span.start.tzinfo is UTC and span.end.tzinfo is UTC for span in spans)
    return [f"{span.start:%m-%d %H:%M} {span.end - span.start}" for span in spans]


def test_a_meeting_takes_its_time() -> None:
    file = calendar_file(
        event("DTSTART;TZID=Europe/Madrid:20261021T100000", "DTEND;TZID=Europe/Madrid:20261021T113000")
    )
    assert read(file) == ["10-21 08:00 1:30:00"]


def test_a_weekly_meeting_keeps_its_wall_time_over_the_clock_change() -> None:
    file = calendar_file(event("DTSTART;TZID=Europe/Madrid:20200101T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"))
    assert read(file) == ["10-21 08:00 1:00:00", "10-28 09:00 1:00:00", "11-04 09:00 1:00:00", "11-11 09:00 1:00:00"]


def test_a_weekly_meeting_with_one_moved_instance() -> None:
    weekly = event("DTSTART;TZID=America/New_York:20261020T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3")
    moved = event(
        "RECURRENCE-ID;TZID=America/New_York:20261027T090000",
        "DTSTART;TZID=America/New_York:20261029T140000",
        "DURATION:PT2H",
    )
    assert read(calendar_file(weekly, moved)) == ["10-20 13:00 1:00:00", "10-29 18:00 2:00:00", "11-03 14:00 1:00:00"]


def test_an_instance_moved_into_the_range_and_one_moved_out_of_it() -> None:
    weekly = event("DTSTART:20260901T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=8")
    into = event("RECURRENCE-ID:20260901T090000Z", "DTSTART:20261030T090000Z", "DURATION:PT1H")
    out = event("RECURRENCE-ID:20261020T090000Z", "DTSTART:20261220T090000Z", "DURATION:PT1H")
    assert read(calendar_file(weekly, into, out)) == ["10-30 09:00 1:00:00"]


def test_from_one_instance_on_all_are_moved() -> None:
    weekly = event("DTSTART:20261020T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=4")
    later = event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261103T090000Z", "DTSTART:20261103T110000Z", "DURATION:PT1H")
    assert [span[:11] for span in read(calendar_file(weekly, later))] == [
        "10-20 09:00",
        "10-27 09:00",
        "11-03 11:00",
        "11-10 11:00",
    ]


def test_an_instance_that_was_cancelled_or_taken_out_or_shown_as_free_takes_no_time() -> None:
    weekly = event("DTSTART:20261020T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20261027T090000Z")
    cancelled = event("RECURRENCE-ID:20261103T090000Z", "DTSTART:20261103T090000Z", "DURATION:PT1H", "STATUS:CANCELLED")
    free = event("RECURRENCE-ID:20261110T090000Z", "DTSTART:20261110T090000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT")
    assert read(calendar_file(weekly, cancelled, free)) == ["10-20 09:00 1:00:00"]


def test_extra_dates_and_periods_count_too() -> None:
    file = calendar_file(
        event(
            "DTSTART:20261020T090000Z",
            "DURATION:PT1H",
            "RDATE:20261022T090000Z,20261023T090000Z",
            "RDATE;VALUE=PERIOD:20261026T090000Z/PT3H,20261028T090000Z/20261028T093000Z",
        )
    )
    assert read(file) == [
        "10-20 09:00 1:00:00",
        "10-22 09:00 1:00:00",
        "10-23 09:00 1:00:00",
        "10-26 09:00 3:00:00",
        "10-28 09:00 0:30:00",
    ]


@pytest.mark.parametrize("until", ["20261103", "20261103T090000", "20261103T140000Z"])
def test_the_last_day_of_a_rule_is_in_it_however_it_is_written(until: str) -> None:
    rule = f"RRULE:FREQ=WEEKLY;UNTIL={until}"
    file = calendar_file(event("DTSTART;TZID=America/New_York:20261020T090000", "DURATION:PT1H", rule))
    assert read(file) == ["10-20 13:00 1:00:00", "10-27 13:00 1:00:00", "11-03 14:00 1:00:00"]


def test_an_all_day_event_takes_the_whole_local_day() -> None:
    file = calendar_file(event("DTSTART;VALUE=DATE:20261101"))
    assert read(file) == ["11-01 04:00 1 day, 1:00:00"], "New York's clocks go back on that day"
    assert read(file, "Australia/Sydney") == ["10-31 13:00 1 day, 0:00:00"]


def test_a_holiday_is_busy_to_the_end_of_its_last_day() -> None:
    file = calendar_file(event("DTSTART;VALUE=DATE:20261022", "DTEND;VALUE=DATE:20261025"))
    assert read(file, "Europe/Madrid") == ["10-21 22:00 3 days, 0:00:00"]


def test_a_day_off_every_week_with_its_last_day_and_an_exception() -> None:
    rule = "RRULE:FREQ=WEEKLY;UNTIL=20261109"
    file = calendar_file(event("DTSTART;VALUE=DATE:20261019", rule, "EXDATE;VALUE=DATE:20261026"))
    assert read(file) == ["10-19 04:00 1 day, 0:00:00", "11-02 05:00 1 day, 0:00:00", "11-09 05:00 1 day, 0:00:00"]


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
def test_what_leaves_its_owner_free_takes_no_time(line: str) -> None:
    assert read(calendar_file(event("DTSTART;VALUE=DATE:20261022", line))) == []
    assert read(calendar_file(event("DTSTART:20261022T090000Z", "DURATION:PT1H", line.lower()))) == []


@pytest.mark.parametrize(
    "answer",
    [
        "ATTENDEE;CN=Robin;PARTSTAT=DECLINED:mailto:robin@example.org",
        'ATTENDEE;PARTSTAT=declined;CN="R: the; second, one":MAILTO:Robin@Example.ORG',
        "ATTENDEE;PARTSTAT=DECLINED;EMAIL=robin@example.org:/principals/users/7",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:rob\r\n in@example.org",
    ],
)
def test_a_declined_meeting_takes_no_time(answer: str) -> None:
    times = "DTSTART:20261022T090000Z", "DURATION:PT1H"
    others = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:kim@example.org"
    assert read(calendar_file(event(*times, others, answer))) == []


def test_a_meeting_that_somebody_else_declined_takes_its_time() -> None:
    times = "DTSTART:20261022T090000Z", "DURATION:PT1H"
    mine = "ATTENDEE;PARTSTAT=TENTATIVE:mailto:robin@example.org"
    for name in ("kim@example.org", "xrobin@example.org", "robin@example.org.example"):
        file = calendar_file(event(*times, mine, f"ATTENDEE;PARTSTAT=DECLINED:mailto:{name}"))
        assert read(file) == ["10-22 09:00 1:00:00"]


def test_a_floating_time_is_the_persons_own() -> None:
    file = calendar_file(event("DTSTART:20261022T090000", "DTEND:20261022T100000"))
    assert read(file) == ["10-22 13:00 1:00:00"]
    assert read(file, "Australia/Sydney") == ["10-21 22:00 1:00:00"]


@pytest.mark.parametrize(
    "tzid",
    [
        "Eastern Standard Time",
        "/freeassociation.sourceforge.net/America/New_York",
        '"America/New_York"',
        "A zone nobody knows",
    ],
)
def test_zones_have_many_names(tzid: str) -> None:
    """The last one is taken for the person's own zone."""
    times = f"DTSTART;TZID={tzid}:20261022T090000", f"DTEND;TZID={tzid}:20261022T100000"
    assert read(calendar_file(event(*times))) == ["10-22 13:00 1:00:00"]


def test_a_zone_that_the_file_defines_is_read_over_its_clock_change() -> None:
    zone = CUSTOM.format(winter="-0600", summer="-0500")
    meeting = event("DTSTART;TZID=Customized Time Zone:20200106T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;INTERVAL=7")
    # The definition may follow what uses it.
    for parts in ((zone, meeting), (meeting, zone)):
        starts = [span[:11] for span in read(calendar_file(*parts))]
        assert starts == ["10-19 14:00", "10-26 14:00", "11-02 15:00", "11-09 15:00"]


def test_one_persons_zone_is_not_the_next_ones() -> None:
    """Outlook calls every zone of this kind the same."""
    meeting = event("DTSTART;TZID=Customized Time Zone:20261022T090000", "DURATION:PT1H")
    first = calendar_file(CUSTOM.format(winter="-0600", summer="-0500"), meeting)
    second = calendar_file(CUSTOM.format(winter="-0900", summer="-0800"), meeting)
    assert read(first) == ["10-22 14:00 1:00:00"]
    assert read(second) == ["10-22 17:00 1:00:00"]


def test_a_zone_that_gave_up_summer_time_keeps_its_last_offset() -> None:
    zone = """\
BEGIN:VTIMEZONE
TZID:Far
BEGIN:DAYLIGHT
DTSTART:20000326T020000
TZOFFSETFROM:+0900
TZOFFSETTO:+1000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20110326T170000Z
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20001029T030000
TZOFFSETFROM:+1000
TZOFFSETTO:+0900
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20101030T170000Z
END:STANDARD
END:VTIMEZONE"""
    # Its last onset is the summer time of 27 March 2011, which in UTC is still the day before.
    assert read(calendar_file(zone, event("DTSTART;TZID=Far:20261022T090000", "DURATION:PT1H"))) == [
        "10-21 23:00 1:00:00"
    ]


def test_events_at_the_edges_are_cut_to_the_range() -> None:
    file = calendar_file(
        event("DTSTART:20261018T230000Z", "DTEND:20261019T010000Z", uid="a"),
        event("DTSTART:20261115T230000Z", "DTEND:99991231T000000Z", uid="b"),
        event("DTSTART:20261018T220000Z", "DTEND:20261019T000000Z", uid="c"),
        event("DTSTART:20261116T000000Z", "DTEND:20261116T010000Z", uid="d"),
    )
    assert read(file) == ["10-19 00:00 1:00:00", "11-15 23:00 1:00:00"]


def test_spans_that_overlap_or_touch_are_one() -> None:
    file = calendar_file(
        event("DTSTART:20261022T100000Z", "DTEND:20261022T110000Z", uid="a"),
        event("DTSTART:20261022T090000Z", "DTEND:20261022T100000Z", uid="b"),
        event("DTSTART:20261022T103000Z", "DTEND:20261022T120000Z", uid="c"),
        event("DTSTART:20261022T130000Z", "DTEND:20261022T140000Z", uid="d"),
    )
    assert read(file) == ["10-22 09:00 3:00:00", "10-22 13:00 1:00:00"]


@pytest.mark.parametrize("end", ["DTEND:20261022T090000Z", "DTEND:20261022T080000Z", "DURATION:-PT1H", "X-NONE:1"])
def test_what_does_not_last_takes_no_time(end: str) -> None:
    assert read(calendar_file(event("DTSTART:20261022T090000Z", end))) == []
    assert read(calendar_file(event("DTSTART:20261022T090000Z", end, "RRULE:FREQ=DAILY"))) == []


def test_busy_times_without_events_count() -> None:
    file = calendar_file(
        "BEGIN:VFREEBUSY",
        "DTSTART:20261001T000000Z",
        "DTEND:20261201T000000Z",
        "FREEBUSY:20261022T090000Z/PT1H,20261023T090000Z/20261023T100000Z",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261024T090000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20261025T090000Z/PT8H",
        "END:VFREEBUSY",
    )
    assert read(file) == ["10-22 09:00 1:00:00", "10-23 09:00 1:00:00", "10-24 09:00 1:00:00"]


def test_tasks_alarms_and_journals_take_no_time() -> None:
    alarm = "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nACTION:DISPLAY\r\nDURATION:PT9H\r\nREPEAT:3\r\nEND:VALARM"
    task = "BEGIN:VTODO\r\nUID:t\r\nDTSTART:20261021T090000Z\r\nDUE:20261021T100000Z\r\nEND:VTODO"
    file = calendar_file(task, event("DTSTART:20261022T090000Z", "DTEND:20261022T100000Z", alarm))
    assert read(file) == ["10-22 09:00 1:00:00"]


def test_two_calendars_in_one_file_and_a_bom_and_bare_line_ends() -> None:
    one = calendar_file(event("DTSTART:20261022T090000Z", "DURATION:PT1H"))
    two = calendar_file(event("DTSTART:20261023T090000Z", "DURATION:PT1H", uid="two"))
    assert read(b"\xef\xbb\xbf" + one.replace(b"\r\n", b"\n") + two) == ["10-22 09:00 1:00:00", "10-23 09:00 1:00:00"]


def test_titles_never_come_out() -> None:
    secret = "Relapse prevention"
    told = f"SUMMARY:{secret}", f"DESCRIPTION:{secret}", f"LOCATION:{secret}", f"ATTENDEE;CN={secret}:mailto:a@b.c"
    times = "DTSTART:20261022T090000Z", "DURATION:PT1H"
    spans = busy_of(
        calendar_file(event(*times, *told)), zone="UTC", owner="robin@example.org", after=AFTER, until=UNTIL
    )
    assert secret not in repr(spans)
    broken = event(f"DTSTART:{secret}", *told), event(*times, f"RRULE:FREQ={secret}"), event(*times, f"{secret}:1")[:-4]
    for one in broken:
        with pytest.raises(CalendarRefused) as refusal:
            busy_of(calendar_file(one, *told), zone="UTC", owner="robin@example.org", after=AFTER, until=UNTIL)
        said = f"{refusal.value!s} {refusal.value!r} {refusal.value.message}"
        assert secret.casefold() not in said.casefold()
        assert refusal.value.__cause__ is None
        assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


@pytest.mark.parametrize(
    ("zone", "after", "until"),
    [("Mars/Olympus", AFTER, UNTIL), ("UTC", UNTIL, AFTER), ("UTC", AFTER.replace(tzinfo=None), UNTIL)],
)
def test_a_wrong_call_is_not_blamed_on_the_file(zone: str, after: datetime, until: datetime) -> None:
    with pytest.raises(ScheduleError):
        busy_of(calendar_file(), zone=zone, owner="robin@example.org", after=after, until=until)


def test_a_range_across_zones_is_the_same_range() -> None:
    file = calendar_file(event("DTSTART:20261022T090000Z", "DURATION:PT1H"))
    start = datetime.fromisoformat("2026-10-22T11:30+02:00")
    [span] = busy_of(file, zone="UTC", owner="", after=start, until=start + timedelta(days=1))
    assert (span.start, span.end) == (datetime(2026, 10, 22, 9, 30, tzinfo=UTC), datetime(2026, 10, 22, 10, tzinfo=UTC))
