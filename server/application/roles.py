"""Who may do what in the programme: one table (T2)."""

from __future__ import annotations

from server.application.chart import Reader

ADMINISTRATOR, TEAM, THERAPIST, CLIENT = "administrator", "team", "therapist", "client"
STAFF = (ADMINISTRATOR, TEAM, THERAPIST)

MAY = {
    "change the programme": (ADMINISTRATOR, TEAM),
    "add staff": (ADMINISTRATOR, TEAM),
    "add couples": (ADMINISTRATOR, TEAM, THERAPIST),
    "add a list of couples": (ADMINISTRATOR, TEAM),
    "look at couples": STAFF,
    "care for couples": (TEAM, THERAPIST),
    "use the portal": (CLIENT,),
    "keep an own calendar": (*STAFF, CLIENT),
}


class NotAllowed(Exception):
    """This role may not do that; nothing was changed."""


def demand(reader: Reader, what: str) -> None:
    """Raises `NotAllowed` unless the reader's role may do it."""
    if reader.role not in MAY[what]:
        raise NotAllowed
