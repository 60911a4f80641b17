"""The lines of a calendar file that say when somebody is busy; every other line is dropped before it is looked into.

The reader is ours because the library's keeps the time zones of a file for the life of the process, where the next
person's file would find them, and spends seconds on what is thrown away here with one look at a line's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from server.adapters.icalendar.refusals import too_busy, too_large, unreadable

MOST_BYTES = 2_000_000
MOST_COMPONENTS = 5_000
MOST_LINES = 60_000
MOST_DEPTH = 5
# A rule is short. Lists of times may be long, but not all of them together.
MOST_RULE_CHARACTERS = 1_000
MOST_TIMES = 20_000

_OBSERVANCE = frozenset({"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"})
_EVENT = _OBSERVANCE - {"TZOFFSETFROM", "TZOFFSETTO"} | {"UID", "SEQUENCE", "DTEND", "DURATION", "EXDATE"}
_EVENT |= {"RECURRENCE-ID", "STATUS", "TRANSP", "ATTENDEE", "X-MICROSOFT-CDO-BUSYSTATUS"}
# What is looked at, by the component it must stand in and the component that one must stand in.
WANTED: dict[tuple[str, str], frozenset[str]] = {
    ("VCALENDAR", "VEVENT"): _EVENT,
    ("VCALENDAR", "VFREEBUSY"): frozenset({"FREEBUSY"}),
    ("VCALENDAR", "VTIMEZONE"): frozenset({"TZID"}),
    ("VTIMEZONE", "STANDARD"): _OBSERVANCE,
    ("VTIMEZONE", "DAYLIGHT"): _OBSERVANCE,
}
NOTHING: frozenset[str] = frozenset()
LISTS = frozenset({"RDATE", "EXDATE", "FREEBUSY"})

FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
END_OF_LINE = re.compile(rb"[\r\n]+")
NAME = re.compile(rb"\s*([A-Za-z0-9-]+)(?=[;:])")
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')


@dataclass(frozen=True, slots=True)
class Line:
    """A property (RFC 5545, 3.1): its parameters by name in capitals and unquoted, and the value as it stands."""

    name: str
    parameters: dict[str, str]
    value: str


@dataclass(slots=True)
class Block:
    """A component: the lines that are wanted of it, and the components in it."""

    name: str
    wanted: frozenset[str] = NOTHING
    lines: list[Line] = field(default_factory=list)
    parts: list[Block] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def one(self, name: str) -> Line | None:
        """The only line of that name. Two of what may come once leave nothing to go by: `calendar_unreadable`."""
        found = self.all(name)
        if len(found) > 1:
            raise unreadable()
        return found[0] if found else None

    def word(self, name: str) -> str:
        """The value of a line that holds one word, in capitals; empty without the line. The first one counts."""
        return next((line.value.strip().upper() for line in self.lines if line.name == name), "")


def blocks_of(data: bytes) -> list[Block]:
    """The events, busy times and zones of all calendars in the file, in order. Raises `CalendarRefused`.

    A file that ends too early is refused: what was cut off is not free time.
    """
    if len(data) > MOST_BYTES:
        raise too_large()
    reader = _Reader()
    for name, raw in _named(data):
        reader.take(name, raw)
    if reader.open or not reader.calendars:
        raise unreadable()
    return reader.blocks


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.open: list[Block] = []
        self.calendars = self._components = self._lines = self._times = 0

    def take(self, name: str, raw: bytes) -> None:
        if name == "BEGIN":
            self._begin(_word(raw))
        elif name == "END":
            if not self.open or self.open.pop().name != _word(raw):
                raise unreadable()
        elif not self.open:
            raise unreadable()
        elif name in self.open[-1].wanted:
            self._property(name, raw)

    def _begin(self, name: str) -> None:
        if len(self.open) >= MOST_DEPTH or (not self.open and name != "VCALENDAR"):
            raise unreadable()
        block = Block(name)
        if not self.open:
            self.calendars += 1
        elif wanted := WANTED.get((self.open[-1].name, name)):
            block.wanted = wanted
            self._components += 1
            if self._components > MOST_COMPONENTS:
                raise too_large()
            (self.blocks if len(self.open) == 1 else self.open[-1].parts).append(block)
        self.open.append(block)

    def _property(self, name: str, raw: bytes) -> None:
        self._lines += 1
        if self._lines > MOST_LINES:
            raise too_large()
        if name == "RRULE" and len(raw) > MOST_RULE_CHARACTERS:
            raise too_busy()
        if name in LISTS:
            self._times += raw.count(b",") + 1
            if self._times > MOST_TIMES:
                raise too_busy()
        line = _line(name, raw.decode("utf-8", "replace"))
        if line is not None:
            self.open[-1].lines.append(line)
        elif name != "ATTENDEE":
            # A guest's name may hold quotes that nobody escaped, and then only an answer is lost.
            raise unreadable()


def _named(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Each line's name in capitals and what follows it. A line may be folded within a character: unfold bytes."""
    for line in END_OF_LINE.split(FOLD.sub(b"", data.removeprefix(b"\xef\xbb\xbf"))):
        if match := NAME.match(line):
            yield match[1].decode("ascii").upper(), line[match.end() :]


def _line(name: str, rest: str) -> Line | None:
    parameters: dict[str, str] = {}
    at = 0
    while match := PARAMETER.match(rest, at):
        parameters[match[1].upper()] = match[2].strip('"')
        at = match.end()
    return Line(name, parameters, rest[at + 1 :].strip()) if rest[at : at + 1] == ":" else None


def _word(rest: bytes) -> str:
    return rest[1:].decode("utf-8", "replace").strip().upper()
