"""What the links of the programme's staff reach: the sessions of one therapist."""

from __future__ import annotations

from server.application.ports import Directory, LinkGrant
from server.domain.session.state import HOSTS, THERAPIST
from server.http.problems import Problem


async def host_of(grant: LinkGrant, directory: Directory, *participants: str) -> str:
    """The therapist whose sessions this link may reach. Raises `Problem` 403 for anybody but staff, or 404."""
    if grant.participant not in (participants or (*HOSTS, "team")) or grant.session is None:
        raise Problem(403, "not_allowed", "This list is for the programme's staff.")
    appointment = await directory.appointment(grant.session)
    if appointment is None:
        raise Problem(404, "session_unknown", "There is no such session.")
    return appointment.people[THERAPIST]
