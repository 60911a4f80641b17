"""Where people are, and the spans in which a host may not see them there.

A licence holds for a place, and what counts is where each person is during the session, not where they live.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from server.domain.schedule.hours import Busy, check_instant, check_span
from server.domain.schedule.spans import Span, common, inward, outward, union, without


@dataclass(frozen=True, slots=True)
class Stay:
    """A span that a person spends in a place: `start` included, `end` not. A place is any name, such as "US-NY"."""

    start: datetime
    end: datetime
    place: str

    def __post_init__(self) -> None:
        check_span("stay", self.start, self.end)


@dataclass(frozen=True, slots=True)
class Stays:
    """Where a person is when: `usual`, except during the stays elsewhere."""

    usual: str
    elsewhere: tuple[Stay, ...] = ()


def unlicensed(stays: Stays, licences: Collection[str], after: datetime, until: datetime) -> tuple[Busy, ...]:
    """The spans of [after, until) that the person spends where the host has no licence, ascending and disjoint.

    Add them to what the person is busy with, and no slot lies in them. Where two stays overlap, nobody can tell which
    of the places it is, so both need a licence. Places are compared as they are written.
    """
    check_instant("after", after)
    check_instant("until", until)
    if until.timestamp() <= after.timestamp():
        return ()
    whole = outward(after, until)
    barred = [outward(stay.start, stay.end) for stay in stays.elsewhere if stay.place not in licences]
    if stays.usual not in licences:
        barred += without([whole], union(span for stay in stays.elsewhere for span in inward(stay.start, stay.end)))
    return tuple(_busy(span) for span in common([whole], union(barred)))


def _busy(span: Span) -> Busy:
    return Busy(datetime.fromtimestamp(span[0], UTC), datetime.fromtimestamp(span[1], UTC))
