"""Handlers of a side room and of the session's clock: what the therapist does within a session that is under way.

Who waits for the end of a side room is in the room all the while: nobody is absent for it, and the policy sees no
difference. Only the minutes do: time aside is time alone for the one, and none for the other.
"""

from __future__ import annotations

from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session import refusals as no
from server.domain.session.log import Log
from server.domain.session.refusals import Refusal
from server.domain.session.state import THERAPIST
from server.domain.session.views import Place

MOST_OVER = 120  # minutes that a session may be extended by, in all


def take_aside(log: Log, command: c.TakeAside) -> Refusal | None:
    session = log.session
    if command.who not in session.partners:
        return no.UNKNOWN_PARTICIPANT
    seat = session.seats[command.who]
    if not session.therapist.connected:
        return no.NEEDS_THERAPIST
    if any(other.shares == THERAPIST for other in session.seats.values()):
        return no.IN_OFFICE
    if any(other.shares is not None for other in session.seats.values()):
        return no.TWO_AT_DEVICE
    if seat.place is not Place.ROOM or not seat.present:
        return no.NOT_IN_ROOM
    if session.aside is None or session.aside.who != command.who:
        log.add(e.AsideBegun(command.who))
    return None


def end_aside(log: Log, command: c.EndAside) -> Refusal | None:
    if log.session.aside is None:
        return no.NOBODY_ASIDE
    log.add(e.AsideEnded())
    return None


def extend(log: Log, command: c.Extend) -> Refusal | None:
    longer = log.session.extended + command.minutes
    if command.minutes <= 0 or longer > MOST_OVER:
        return no.TOO_LONG
    log.add(e.Extended(longer))
    return None
