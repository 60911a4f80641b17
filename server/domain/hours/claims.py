"""What a claim could rest on: a hint for the biller, from measured minutes, never sent anywhere by itself (R6).

90846 and 90847 are family psychotherapy without and with the patient (at least 26 minutes), 90832, 90834 and 90837
psychotherapy of 16, 38 and 53 minutes or more, 90853 group psychotherapy; H0015 is a day of intensive outpatient
care of at least three hours, which includes what was held on that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from server.domain.hours.measured import Measured

DAY = timedelta(hours=3)
FAMILY = timedelta(minutes=26)
INDIVIDUAL = ((timedelta(minutes=53), "90837"), (timedelta(minutes=38), "90834"), (timedelta(minutes=16), "90832"))
GROUP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Claim:
    """`sessions` are the ids whose minutes it rests on."""

    day: date
    code: str
    minutes: int
    sessions: tuple[str, ...]


def claims_of(days: Mapping[date, Iterable[tuple[str, Measured]]]) -> tuple[Claim, ...]:
    """The hints for one client, by day: one H0015 for a day that is long enough, else one for each session."""
    found: list[Claim] = []
    for day, held in sorted(days.items()):
        sessions = list(held)
        total = sum((minutes.total for _, minutes in sessions), timedelta(0))
        if total >= DAY:
            found.append(Claim(day, "H0015", _whole(total), tuple(id for id, minutes in sessions if minutes.total)))
        else:
            found += [claim for id, minutes in sessions for claim in _of_session(day, id, minutes)]
    return tuple(found)


def _of_session(day: date, id: str, minutes: Measured) -> list[Claim]:
    found = []
    if minutes.joint >= FAMILY:
        found.append(Claim(day, "90847", _whole(minutes.joint), (id,)))
    if minutes.without >= FAMILY and not minutes.total:
        found.append(Claim(day, "90846", _whole(minutes.without), (id,)))
    if minutes.group >= GROUP:
        found.append(Claim(day, "90853", _whole(minutes.group), (id,)))
    code = next((code for least, code in INDIVIDUAL if minutes.individual >= least), None)
    if code is not None:
        found.append(Claim(day, code, _whole(minutes.individual), (id,)))
    return found


def _whole(length: timedelta) -> int:
    """Whole minutes, never more than were measured."""
    return int(length // timedelta(minutes=1))
