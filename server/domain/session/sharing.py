"""Two people, one device: two partners (K11), or the therapist and one who is in the office with them (K16).

Of two partners it is said by one, confirmed by the other's own link, and seen by the therapist.
"""

from __future__ import annotations

from server.domain.attendance import Kind
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session import refusals as no
from server.domain.session.log import Log
from server.domain.session.refusals import Refusal
from server.domain.session.state import THERAPIST, Session
from server.domain.session.views import Place


def other_of(session: Session, who: str) -> str | None:
    """The other partner of a couple, or None where there is no such one."""
    others = [key for key in session.partners if key != who]
    return others[0] if len(others) == 1 and who in session.partners else None


def _together(log: Log, who: str) -> Refusal | None:
    plan = log.session.plan
    assert plan is not None
    if who not in log.session.invited:
        return no.UNKNOWN_PARTICIPANT
    if log.session.seats[who].place is Place.REMOVED:
        return no.REMOVED
    couple = plan.kind in (Kind.COUPLES, Kind.INTAKE) and other_of(log.session, who) is not None
    # Who must be kept apart is told what anybody would be told for whom this is not possible.
    return no.NOT_SHARED if not couple or plan.keep_apart or log.session.attending is not None else None


def share_device(log: Log, command: c.ShareDevice) -> Refusal | None:
    refusal = _together(log, command.who)
    if refusal is not None:
        return refusal
    seat = log.session.seats[command.who]
    if not seat.present or seat.shares is not None:
        return no.NOT_WAITING
    if not seat.claims_both:
        log.add(e.SharingClaimed(command.who))
    return None


def confirm_shared_device(log: Log, command: c.ConfirmSharedDevice) -> Refusal | None:
    refusal = _together(log, command.who)
    if refusal is not None:
        return refusal
    seat = log.session.seats[command.who]
    if not seat.confirms_shared and seat.shares is None:
        log.add(e.SharingConfirmed(command.who))
    return None


def attest_shared_device(log: Log, command: c.AttestSharedDevice) -> Refusal | None:
    refusal = _together(log, command.who)
    host = other_of(log.session, command.who)
    if refusal is not None or host is None:
        return refusal or no.UNKNOWN_PARTICIPANT
    seats = log.session.seats
    claimed = seats[host].claims_both and seats[command.who].confirms_shared
    if not claimed or not seats[host].present:
        return no.NOTHING_TO_ATTEST
    log.add(e.Shared(command.who, host) if command.yes else e.SharingDenied())
    return None


def attest_in_office(log: Log, command: c.AttestInOffice) -> Refusal | None:
    session = log.session
    if command.who not in session.partners:
        return no.UNKNOWN_PARTICIPANT
    seat = session.seats[command.who]
    if not command.here:
        if seat.shares != THERAPIST:
            return no.NOTHING_TO_ATTEST
        log.add(e.Left(command.who))
        return None
    refusal = _to_the_office(session, command.who)
    if refusal is None and seat.shares != THERAPIST:
        log.add(e.Shared(command.who, THERAPIST))
    return refusal


def _to_the_office(session: Session, who: str) -> Refusal | None:
    if session.seats[who].place is Place.REMOVED:
        return no.REMOVED
    if not session.therapist.connected:
        return no.NEEDS_THERAPIST
    if session.attending not in (None, who):
        return no.SOLO_UNDER_WAY
    return None if session.may_meet(who) else no.KEPT_APART
