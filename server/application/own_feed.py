"""Somebody's appointments at a secret address of their own, for the calendar that they keep elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from server.application.chart import Reader
from server.application.links import LinkDesk, LinkRefused
from server.application.ports import Appointment, Clock, Directory, Person, Series
from server.application.roles import demand
from server.application.series import in_series
from server.domain.programme import Programme

FEED = "feed"
VALID = timedelta(days=365)
BACK, AHEAD = timedelta(days=60), timedelta(days=366)


class FeedWriter(Protocol):
    def __call__(
        self,
        person: Person,
        clinic: str,
        appointments: Sequence[Appointment],
        stamp: datetime,
        series: Sequence[Series] = (),
    ) -> bytes:
        """The calendar file for this person; the same arguments give the same bytes."""


class OwnFeed:
    def __init__(
        self,
        links: LinkDesk,
        directory: Directory,
        clock: Clock,
        write: FeedWriter,
        clinic: Callable[[], Awaitable[Programme | None]],
        base_url: str,
    ) -> None:
        """`clinic` tells of the programme, once there is one; `base_url` begins every link."""
        self._links, self._directory, self._clock = links, directory, clock
        self._write, self._clinic, self._base = write, clinic, base_url

    async def standing(self, reader: Reader) -> dict[str, Any] | None:
        """Since when there is an address and until when it works; the address itself is told only once."""
        grant = await self._links.standing(reader.person, FEED)
        return None if grant is None else {"since": grant.created_at, "until": grant.expires_at}

    async def renew(self, reader: Reader) -> str:
        """A new address; one that was there before works no longer. Raises `NotAllowed`."""
        demand(reader, "keep an own calendar")
        await self._links.withdraw(reader.person, FEED)
        token = await self._links.mint(reader.person, None, FEED, FEED, VALID)
        return f"{self._base}/calendar/{token}.ics"

    async def stop(self, reader: Reader) -> None:
        """Raises `NotAllowed`."""
        demand(reader, "keep an own calendar")
        await self._links.withdraw(reader.person, FEED)

    async def file(self, token: str) -> bytes:
        """All of the person's appointments from 60 days back to a year ahead, the same all day while none changes.

        Raises `LinkRefused`.
        """
        grant = await self._links.resolve(token, FEED)
        person, programme = await self._directory.person(grant.person), await self._clinic()
        if person is None:
            raise LinkRefused("link_unknown")
        today = self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        theirs = await self._directory.appointments_of(person.id, today - BACK, today + AHEAD)
        single, series = await in_series(self._directory, theirs)
        name = programme.clinic_name if programme else ""
        return self._write(person, name, single, today, list(series.values()))
