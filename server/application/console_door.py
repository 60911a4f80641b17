"""A therapist opens one of their sessions from the clinic's page."""

from __future__ import annotations

from datetime import timedelta

from server.application.chart import Reader, Unknown
from server.application.links import LinkDesk
from server.application.ports import Clock, Directory
from server.application.roles import demand
from server.domain.session.state import THERAPIST

AFTERWARDS = timedelta(hours=12)  # that the link stays good after the session began


class ConsoleDoor:
    def __init__(self, directory: Directory, links: LinkDesk, clock: Clock) -> None:
        self._directory, self._links, self._clock = directory, links, clock

    async def open(self, reader: Reader, session: str) -> str:
        """A link's token for the console of a session that this reader holds. Raises `NotAllowed`, `Unknown`."""
        demand(reader, "care for couples")
        appointment = await self._directory.appointment(session)
        if appointment is None or appointment.people.get(THERAPIST) != reader.person:
            raise Unknown
        valid = max(appointment.starts_at - self._clock.now(), timedelta(0)) + AFTERWARDS
        return await self._links.mint(reader.person, session, THERAPIST, "session", valid)
