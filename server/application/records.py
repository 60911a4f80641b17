"""The programme's records in the chart, as values of the domain instead of JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from server.application.chart import Chart, Entry, Outdated, Reader, Wall
from server.application.ports import Clock

T = TypeVar("T")


class RecordCodec(Protocol):
    """Domain values to JSON and back; reading checks the value's own rules."""

    def dump(self, value: object) -> str: ...

    def load(self, kind: type[T], body: str) -> T: ...


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A record's latest version. Whoever changes it names the revision they saw."""

    id: str
    revision: int
    owner: str
    entry: Entry
    value: T


class Records:
    """A record's kind is the name of its class."""

    def __init__(self, chart: Chart, codec: RecordCodec, clock: Clock) -> None:
        self.chart, self._codec, self._clock = chart, codec, clock

    async def get(self, reader: Reader, kind: type[T], id: str) -> Kept[T] | None:
        entry = await self.chart.read(reader, kind.__name__, id)
        return None if entry is None else self._kept(kind, entry)

    async def all(self, reader: Reader, kind: type[T], owner: str | None = None) -> list[Kept[T]]:
        return [self._kept(kind, entry) for entry in await self.chart.records(reader, kind.__name__, owner)]

    async def versions(self, reader: Reader, kind: type[T], id: str) -> list[Kept[T]]:
        return [self._kept(kind, entry) for entry in await self.chart.history(reader, kind.__name__, id)]

    async def put(self, reader: Reader, value: T, id: str, owner: str, wall: Wall, seen: int) -> Kept[T]:
        """The next version after revision `seen` (0: the first). Raises `Outdated` and `Walled`."""
        kind, body = type(value), self._codec.dump(value)
        entry = Entry(kind.__name__, id, seen + 1, owner, wall, self._clock.now(), reader.person, body)
        await self.chart.file(reader, entry)
        return self._kept(kind, entry)

    async def change(self, reader: Reader, value: T, kept: Kept[T]) -> Kept[T]:
        """The next version after `kept`. Raises `Outdated` and `Walled`."""
        return await self.put(reader, value, kept.id, kept.owner, kept.entry.wall, kept.revision)

    def _kept(self, kind: type[T], entry: Entry) -> Kept[T]:
        return Kept(entry.id, entry.revision, entry.owner, entry, self._codec.load(kind, entry.body))


def unless_outdated(kept: Kept[T], seen: int) -> None:
    """Raises `Outdated` where somebody wrote after the revision that was `seen`."""
    if kept.revision != seen:
        raise Outdated
