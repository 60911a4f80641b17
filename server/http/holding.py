"""From the link of whoever holds a session to the couple that the session is for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from server.application.chart import Reader, Unknown
from server.application.planning import partners_of
from server.application.ports import Directory, LinkGrant
from server.application.roles import STAFF, THERAPIST


async def holding(
    grant: LinkGrant, directory: Directory, couples_of: Callable[[str], Awaitable[list[str]]]
) -> tuple[Reader, str]:
    """Who holds it, as a therapist, and their session's couple. Raises `Unknown`."""
    appointment = None if grant.session is None else await directory.appointment(grant.session)
    if appointment is None or grant.participant not in (THERAPIST, *STAFF):
        raise Unknown
    for person in partners_of(appointment).values():
        for id in await couples_of(person):
            return Reader(grant.person, THERAPIST), id
    raise Unknown
