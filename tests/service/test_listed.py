"""The therapist's list of sessions, around midnight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.http.api import listed_since

ZONE = ZoneInfo("America/New_York")


def test_what_began_before_midnight_stays_on_the_list_after_it() -> None:
    began = datetime(2026, 11, 29, 4, 56, tzinfo=UTC)  # 23:56 there
    assert listed_since(began + timedelta(minutes=20), ZONE) < began


def test_by_day_the_list_begins_at_midnight_there() -> None:
    assert listed_since(datetime(2026, 11, 29, 20, 0, tzinfo=UTC), ZONE) == datetime(2026, 11, 29, 5, 0, tzinfo=UTC)
