"""The time zones that a calendar file names: IANA's, those of Windows, and those it defines itself."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from server.adapters.icalendar.lines import Block
from server.adapters.icalendar.refusals import too_large, unreadable
from server.adapters.icalendar.rules import Budget, Rule, parts_of
from server.adapters.icalendar.values import offset_of, wall_of
from server.domain.schedule.hours import ScheduleError, zone_of

MOST_ZONES = 200
MOST_NAME_CHARACTERS = 200
# Clock changes are worked out from so long before what is asked for.
BEFORE = timedelta(days=3 * 366)
AFTER = timedelta(days=366)

Onset = tuple[datetime, timedelta, timedelta]  # UTC without zone, the offset before, the offset from then on


class FileZone(tzinfo):
    """A zone by its onsets. A wall time that comes twice is its first, one that never comes counts on from before
    the gap (RFC 5545, 3.3.5); before the first onset the first offset holds."""

    # The library asks a zone for its name by this.
    key = "file"

    def __init__(self, onsets: Iterable[Onset]) -> None:
        ordered = sorted(onsets)
        self._walls = [at + max(before, then) for at, before, then in ordered]
        self._offsets = [ordered[0][1], *(then for _, _, then in ordered)]

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        if when is None:
            return None
        return self._offsets[bisect_right(self._walls, when.replace(tzinfo=None))]

    def dst(self, when: datetime | None) -> timedelta | None:
        return None

    def tzname(self, when: datetime | None) -> str | None:
        return None


class FileZones:
    """Zones by the TZIDs of one file. A name nobody knows is taken for the person's own zone, `home`.

    A zone that IANA knows by that name is IANA's, whatever the file says of it, as every calendar program does.
    """

    def __init__(
        self, blocks: Iterable[Block], home: ZoneInfo, budget: Budget, span: tuple[datetime, datetime]
    ) -> None:
        self.home: tzinfo = home
        self._budget, self._span = budget, span
        self._known: dict[str, tzinfo] = {}
        self._defined: dict[str, Block] = {}
        for block in blocks:
            if block.name == "VTIMEZONE" and (tzid := block.one("TZID")):
                self._defined.setdefault(_clean(tzid.value), block)

    def of(self, tzid: str | None) -> tzinfo:
        if tzid is None:
            return self.home
        name = _clean(tzid)
        if name not in self._known:
            if len(self._known) >= MOST_ZONES:
                raise too_large()
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> tzinfo:
        if found := _iana(name):
            return found
        if block := self._defined.get(name):
            return FileZone(self._onsets(block))
        if name in WINDOWS_TO_OLSON:
            return _iana(WINDOWS_TO_OLSON[name]) or self.home
        if name.rpartition("/")[2].upper() in ("UTC", "Z", "GMT"):
            return UTC
        # "/freeassociation.sourceforge.net/Europe/Berlin" (RFC 5545, 3.2.19): the longest end that is a zone.
        parts = name.split("/")
        tails = ("/".join(parts[start:]) for start in range(1, min(len(parts) - 1, 4)))
        return next((found for tail in tails if (found := _iana(tail))), self.home)

    def _onsets(self, block: Block) -> list[Onset]:
        onsets = [onset for part in block.parts for onset in self._observance(part)]
        if not onsets:
            raise unreadable()
        return onsets

    def _observance(self, part: Block) -> Iterator[Onset]:
        """STANDARD or DAYLIGHT (RFC 5545, 3.6.5): its onsets are wall times by the offset before them."""
        start, before, then = part.one("DTSTART"), part.one("TZOFFSETFROM"), part.one("TZOFFSETTO")
        if not start or not before or not then:
            raise unreadable()
        offsets = offset_of(before.value), offset_of(then.value)
        walls = {wall_of(start.value)[0]}
        for line in part.all("RDATE"):
            walls |= {wall_of(text.partition("/")[0])[0] for text in line.value.split(",")}
        for line in part.all("RRULE"):
            walls |= set(self._repeated(line.value, wall_of(start.value)[0], offsets[0]))
        for wall in walls:
            yield wall - offsets[0], *offsets

    def _repeated(self, text: str, start: datetime, before: timedelta) -> Iterator[datetime]:
        until: datetime | None = None
        if said := parts_of(text).get("UNTIL"):
            until, whole_day, utc = wall_of(said)
            until += before if utc else timedelta(days=1) if whole_day else timedelta()
        first, last = (moment.astimezone(UTC).replace(tzinfo=None) for moment in self._span)
        # Where the rule has ended, its last onsets still hold.
        first = min(first, until or first)
        yield from Rule(text, start, until, self._budget).between(max(first - BEFORE, start), last + AFTER)


def _clean(tzid: str) -> str:
    return tzid.strip().strip('"').strip("/")


def _iana(name: str) -> ZoneInfo | None:
    if not name or len(name) > MOST_NAME_CHARACTERS:
        return None
    try:
        return zone_of(name)
    except ScheduleError:
        return None
