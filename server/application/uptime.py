"""When Dyad itself could not see: pauses of its process, time it was down, and a media worker that is dead.

Such time counts against nobody (A1): it is recorded in the sessions it concerns, before anything else is decided there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from server.application.media_events import MediaEvent, WorkerLost, WorkerReady
from server.application.ports import Clock, RecordUnavailable
from server.domain.session.commands import RecordOutage
from server.domain.session.evolve import has_begun
from server.domain.session.people import OUTAGE_LEASE
from server.domain.session.state import Session

LAPSE = 3.0  # s of real time between two beats from which on we were not awake
NOTICED = 2.0  # s of real time without a media worker from which on it is an outage
LOOK = 0.5  # s of real time
MOST = 100  # lapses remembered


def _real(span: timedelta, clock: Clock) -> float:
    """Seconds of the wall that this much policy time is."""
    return span / timedelta(seconds=1) / clock.speed


Concerns = Callable[[Session, datetime, datetime], bool]


class Submit(Protocol):
    """As `Dispatcher.submit`."""

    async def __call__(self, id: str, command: RecordOutage) -> object: ...


class Uptime:
    """The pauses of this process. Whoever decides asks first, so that no deadline fires for time nobody watched."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock.now()
        self._lapses: list[tuple[datetime, datetime]] = []
        self.concerns: Concerns = lambda session, since, until: True

    def beat(self) -> None:
        """We are awake now. Called all the time; a long silence between two calls is a lapse."""
        now = self._clock.now()
        if _real(now - self._last, self._clock) > LAPSE:
            self._lapses = [*self._lapses[1 - MOST :], (self._last, now)]
        self._last = now

    def missed(self, session: Session) -> list[RecordOutage]:
        """The lapses that this session has lived through and does not know of."""
        if session.plan is None or session.at is None:
            return []
        return [
            RecordOutage(since, until, cut=False)
            for since, until in self._lapses
            if session.at < until and has_begun(session, until) and self.concerns(session, since, until)
        ]


def is_covered(session: Session, since: datetime, until: datetime) -> bool:
    """Whether another node has recorded an outage for this time: it took the session over."""
    return any(known.since < until and (known.until is None or known.until > since) for known in session.outages)


class MediaWatch:
    """A media worker that is dead for longer than a moment holds the clocks of every session somebody is in."""

    def __init__(self, submit: Submit, clock: Clock, attended: Callable[[], Iterable[str]]) -> None:
        """`attended` names the sessions that somebody is connected to now."""
        self._submit, self._clock, self._attended = submit, clock, attended
        self._since: datetime | None = None
        self._held: dict[str, datetime] = {}

    def on_media(self, event: MediaEvent) -> None:
        match event:
            case WorkerLost():
                self._since = self._since or self._clock.now()
            case WorkerReady():
                self._since = None

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            with contextlib.suppress(RecordUnavailable):  # looked at again
                await self.look()

    async def look(self) -> None:
        """Begin what has lasted long enough, and end what is over."""
        now, since = self._clock.now(), self._since
        if since is None:
            for id, began in list(self._held.items()):
                await self._submit(id, RecordOutage(began, now, cut=False))
                del self._held[id]
        elif _real(now - since, self._clock) > NOTICED:
            for id in sorted(set(self._attended()) - set(self._held)):
                await self._submit(id, RecordOutage(since, None, cut=False))
                self._held[id] = since
            for id in [id for id, began in self._held.items() if now - began >= OUTAGE_LEASE / 2]:
                # Said again, without a gap: an outage of which nobody speaks any more is over (its node may be dead).
                await self._submit(id, RecordOutage(now, None, cut=False))
                await self._submit(id, RecordOutage(self._held[id], now, cut=False))
                self._held[id] = now
