"""Service-up time: wall time since the start, less every outage's overlap with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from server.domain.attendance.model import Facts, Outage, PartnerFacts, PartnerState, Policy

ZERO = timedelta(0)


def outage_open(facts: Facts) -> bool:
    """Whether the service cannot see at `now` (A1)."""
    if not facts.outages:
        return False
    now = facts.now
    return any(o.since <= now and (o.until is None or o.until > now) for o in facts.outages)


def _spans(start: datetime, outages: Sequence[Outage], now: datetime) -> list[tuple[datetime, datetime]]:
    """Outages after the start, in order and without overlap; one that is open ends at `now`."""
    spans: list[tuple[datetime, datetime]] = []
    for outage in sorted(outages, key=lambda o: o.since):
        since, until = max(outage.since, start), outage.until or now
        if spans and since < spans[-1][1]:
            since = spans[-1][1]
        if until > since:
            spans.append((since, until))
    return spans


def elapsed(facts: Facts) -> timedelta:
    """Service-up time since `starts_at`; negative before the start."""
    passed = facts.now - facts.session.starts_at
    if not facts.outages:
        return passed
    for since, until in _spans(facts.session.starts_at, facts.outages, facts.now):
        if since < facts.now:
            passed -= min(until, facts.now) - since
    return passed


def starts_at_plus(facts: Facts, after: timedelta) -> datetime:
    """The wall instant at which elapsed reaches `after`, with the outages known now."""
    return reached(facts.session.starts_at, facts.outages, facts.now, after)


def reached(start: datetime, outages: Sequence[Outage], now: datetime, after: timedelta) -> datetime:
    """The wall instant at which service-up time since `start` reaches `after`, with the outages known at `now`."""
    at = start + after
    if outages:
        for since, until in _spans(start, outages, now):
            if since < at:
                at += until - since
    return at


def under_way(facts: Facts) -> bool:
    return facts.session.started_at is not None or facts.session.solo_started_at is not None


def grace_end(since: datetime | None, policy: Policy) -> datetime | None:
    """Until when a lost connection is waited for; None where nobody knows since when it is lost."""
    return None if since is None else since + policy.reconnect_grace


def late_end(facts: Facts, partner: PartnerFacts, policy: Policy) -> datetime | None:
    """Until when a partner counts as running late; None for one who doesn't."""
    if partner.state is not PartnerState.EXPECTED or partner.late_until is None:
        return None
    return min(partner.late_until, starts_at_plus(facts, policy.no_show_after + policy.wait_extension))
