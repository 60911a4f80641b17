"""Which time may be decided by, when a node starts.

While a node runs, a wall that is set moves nothing. A node that starts has to take a time from somewhere, and a clock
that was set before looks like any other. So three are asked: the database, the record (when did any node last give a
sign of life?), and this machine. Where nodes are up, theirs is the time, whatever a wall says. Where none is, two of
the three have to agree; until they do, or an operator says that the database is right, nothing is decided.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.application.ports import Heartbeat

FRESH = timedelta(seconds=2)  # that the last sign of life is old at most, while a node is up
APART = timedelta(seconds=1)  # beyond what reading a clock over a network explains
SKEW = timedelta(minutes=30)  # of this machine: clinics' machines do differ by minutes, and clocks are set by hours
BEATS = 3  # of the nodes that are up: the best one is taken, for one may have been read late
SILENCE = 2.0  # s of real time without a sign of life after which no node is up
LOOK = 0.05  # s of real time
LOOK_AGAIN = 1.0  # s of real time

Ask = Callable[[], Awaitable[datetime]]
Tell = Callable[[str | None], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Clocks:
    """`alive` is the last sign of life in the record, if there was one."""

    database: datetime
    wall: datetime
    alive: datetime | None


def doubt(clocks: Clocks) -> str | None:
    """Why this time can't be decided by; None where it can."""
    database, alive = clocks.database, clocks.alive
    if alive is not None and abs(database - alive) <= FRESH:
        return None
    if alive is not None and database < alive:
        return (
            f"The database's clock says {_said(database)}, and the record already goes to {_said(alive)}. "
            "Nothing is decided until that is past. Set the clock right, or, where it is right, say so: "
            "dyad clock confirm"
        )
    if abs(database - clocks.wall) > SKEW:
        return (
            f"The database's clock says {_said(database)}, and this machine's {_said(clocks.wall)}. "
            "Nothing is decided until they agree. Set the wrong one right, or, where the database's is right, say so: "
            "dyad clock confirm"
        )
    return None


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


async def agreed(ask: Ask, heartbeat: Heartbeat, wall: Callable[[], datetime], tell: Tell) -> timedelta:
    """What the time that is decided by is ahead of the database's clock. Returns once there is no doubt about it.

    `tell` hears the doubt while it lasts, and None when it is over. Raises `RecordUnavailable`.
    """
    told: str | None = None
    while True:
        database, alive = await ask(), await heartbeat.last_alive()
        if alive is not None and abs(database - alive) > FRESH:
            ahead = await _ahead(ask, heartbeat, alive)
            if ahead is not None:
                break
        ahead, why = timedelta(0), doubt(Clocks(database, wall(), alive))
        if why is None:
            break
        if told is None:
            await tell(why)
        told = why
        await asyncio.sleep(LOOK_AGAIN)
    if told is not None:
        await tell(None)
    return ahead


async def confirmed(ask: Ask, heartbeat: Heartbeat) -> bool:
    """An operator says that the database's clock is right. False, and nothing is changed, while a node is up."""
    if await is_up(heartbeat):
        return False
    await heartbeat.alive(await ask())
    return True


async def is_up(heartbeat: Heartbeat) -> bool:
    """Whether a node gives a sign of life; to know that takes a moment."""
    seen = await heartbeat.last_alive()
    await asyncio.sleep(SILENCE)
    return await heartbeat.last_alive() != seen


async def _ahead(ask: Ask, heartbeat: Heartbeat, seen: datetime) -> timedelta | None:
    """What the time of the nodes that are up is ahead of the database's; None where none gives a sign of life."""
    loop = asyncio.get_running_loop()
    best: timedelta | None = None
    beats, heard = 0, loop.time()
    while beats < BEATS and loop.time() - heard < SILENCE:
        await asyncio.sleep(LOOK)
        latest = await heartbeat.last_alive()
        if latest is None or latest == seen:
            continue
        ahead = latest - await ask()  # or more: it was written a moment ago
        if best is None or abs(ahead - best) > APART:
            best, beats = ahead, 0  # the first; or the wall was set meanwhile, and what was read before says nothing
        best = max(best, ahead)
        seen, beats, heard = latest, beats + 1, loop.time()
        if abs(best) <= APART:
            return timedelta(0)
    return best
