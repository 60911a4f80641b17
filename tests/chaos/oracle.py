"""Judges the history in the database. It shares no code with what wrote it: rows, their commit times, and arithmetic.

Of each session it knows only the start that was planned, at which nobody comes: then there is one decision, "the
therapist is not here", at or after that instant.
"""

from __future__ import annotations

import bisect
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

DECIDED = """SELECT session, at, body, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8
             FROM events WHERE kind = 'Decided' ORDER BY session, seq"""
AFTERMATH = 0.5  # s after another fault in which lateness is its doing
NEAR = 1.0  # s after a kill in which a deadline is one of those that a dead node did not fire


@dataclass(frozen=True, slots=True)
class Verdict:
    deadlines: int
    lost: int
    doubled: int
    early: int
    p50_ms: float
    p99_ms: float
    near_kills: int
    added_p99_ms: float | None


def judge(
    url: str, starts: Mapping[str, float], kills: Sequence[float], others: Sequence[tuple[float, float]]
) -> Verdict:
    """All times are seconds since 1970; `others` are the spans of faults that are no kill."""
    made = _decisions(url, starts)
    lateness = {id: own[0][1] - starts[id] for id, own in made.items() if own}
    ordered = sorted(lateness.values())
    near = sorted(
        late for id, late in lateness.items() if _follows(starts[id], kills) and not _near(starts[id], others)
    )
    added = None if not near else (_percentile(near, 0.99) - _percentile(ordered, 0.5)) * 1000
    return Verdict(
        len(starts),
        sum(not own for own in made.values()),
        sum(len(own) - 1 for own in made.values() if own),
        sum(min(at, committed) < starts[id] for id, own in made.items() for at, committed in own),
        _percentile(ordered, 0.5) * 1000,
        _percentile(ordered, 0.99) * 1000,
        len(near),
        added,
    )


def _decisions(url: str, starts: Mapping[str, float]) -> dict[str, list[tuple[float, float]]]:
    """When each session's start was decided, by the record and by the database's own commit."""
    made: dict[str, list[tuple[float, float]]] = {id: [] for id in starts}
    with psycopg.connect(url) as connection:
        for session, at, body, committed in connection.execute(DECIDED):
            if session in made and json.loads(body)["because"].startswith("The therapist is not here"):
                made[session].append((at / 1e6, committed))
    return made


def _follows(at: float, kills: Sequence[float]) -> bool:
    """Whether a node was killed shortly before."""
    n = bisect.bisect_right(kills, at)
    return n > 0 and at - kills[n - 1] <= NEAR


def _near(at: float, faults: Sequence[tuple[float, float]]) -> bool:
    """Whether another fault, with its aftermath, touches this time."""
    return any(began <= at <= ended + AFTERMATH for began, ended in faults)


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
