"""Will this week have its hours? Said while there is still time to do something (R5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from server.domain.programme.programme import LEAST_HOURS, Lengths, Targets

LEAST = timedelta(hours=LEAST_HOURS)


@dataclass(frozen=True, slots=True)
class Forecast:
    """`made_up_by`: sessions of each kind that would bring the week to its least hours, the most wanted first."""

    done: timedelta
    planned: timedelta
    short: timedelta
    made_up_by: tuple[tuple[str, int], ...] = ()


def forecast(
    done: timedelta, planned: timedelta, held: Targets, targets: Targets, lengths: Lengths, least: timedelta = LEAST
) -> Forecast:
    """`done` was measured this week, `planned` is still to come; `held` counts sessions done or planned by kind.

    What is missing is made up first by the kind that is furthest below its target, so that the mix stays what the
    team wanted.
    """
    short = max(least - done - planned, timedelta(0))
    missing = {
        "joint": targets.joint - held.joint,
        "individual": targets.individual - held.individual,
        "group": targets.group - held.group,
    }
    minutes = {"joint": lengths.joint, "individual": lengths.individual, "group": lengths.group}
    wanted: dict[str, int] = {}
    left = short
    while left > timedelta(0):
        kind = max(missing, key=lambda one: (missing[one], one == "joint", one == "individual"))
        wanted[kind] = wanted.get(kind, 0) + 1
        missing[kind] -= 1
        left -= timedelta(minutes=minutes[kind])
    return Forecast(done, planned, short, tuple(wanted.items()))
