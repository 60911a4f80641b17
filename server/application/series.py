"""A weekly series as the calendars of its people show it: read from its sessions, so that the two can't differ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.application.ports import Appointment, Directory, Series
from server.domain.schedule.series import weekly

Told = dict[str, Any]


def terms_of_series(id: str, number: int, count: int, zone: str, first: datetime) -> Told:
    """What each of its appointments says of the series."""
    return {"id": id, "number": number, "count": count, "zone": zone, "first": first.isoformat()}


def session_id(series: str, number: int) -> str:
    return f"{series}-{number}"


def place_in_series(appointment: Appointment) -> Told | None:
    """As `terms_of_series` has it; None for a session of its own, also where it took the place of one of a series."""
    told: Told | None = json.loads(appointment.body).get("series")
    if told is None or appointment.id != session_id(told["id"], told["number"]):
        return None
    return told


async def series_of(directory: Directory, appointment: Appointment) -> Series | None:
    """The series that it is of, as it stands. SEQUENCE is how often any of its sessions was changed, so it rises."""
    told = place_in_series(appointment)
    if told is None:
        return None
    ids = [session_id(told["id"], number) for number in range(told["count"])]
    sessions = [await directory.appointment(id) for id in ids]
    planned = weekly(datetime.fromisoformat(told["first"]), told["zone"], told["count"])
    moved, dropped = {}, []
    for number, (one, start) in enumerate(zip(sessions, planned, strict=True)):
        if one is None or one.status != "booked":
            dropped.append(number)
        elif one.starts_at != start:
            moved[number] = one.starts_at
    changes = sum(one.sequence for one in sessions if one is not None)
    return Series(
        appointment.uid, changes, told["zone"], planned[0], told["count"], appointment.minutes, moved, tuple(dropped)
    )


async def in_series(
    directory: Directory, appointments: Sequence[Appointment]
) -> tuple[list[Appointment], dict[str, Series]]:
    """Those of no series, and the series of the others by UID."""
    single, found = [], dict[str, Series]()
    for one in appointments:
        if one.uid in found:
            continue
        series = await series_of(directory, one)
        if series is None:
            single.append(one)
        else:
            found[one.uid] = series
    return single, found
