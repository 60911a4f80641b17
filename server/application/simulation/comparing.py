"""Two policies over the same sessions: how many of each kind of ending, cards and minutes waited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from server.application.simulation.circumstances import Circumstances, Member
from server.application.simulation.playing import Course, play
from server.domain.attendance import Kind, Outcome, Policy

MISSES = (Outcome.NO_SHOW, Outcome.LATE_CANCEL)


@dataclass(slots=True)
class Totals:
    """Counts over all sessions; `minutes_waited` is of people who were there, from the planned start on."""

    sessions: int = 0
    together: int = 0
    solo: int = 0
    held: int = 0
    rescheduled: int = 0
    host_cancelled: int = 0
    cards: int = 0
    defaults: int = 0
    misses: int = 0
    minutes_waited: float = 0.0

    def add(self, course: Course) -> None:
        self.sessions += 1
        name = "together" if course.result == "joint" else course.result
        setattr(self, name, getattr(self, name) + 1)
        self.cards += course.cards
        self.defaults += course.defaults
        self.misses += sum(outcome in MISSES for outcome in course.outcomes.values())
        self.minutes_waited += course.waited.total_seconds() / 60

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "minutes_waited": round(self.minutes_waited, 1)}


class _Histories:
    """Misses and solo sessions in a row, by couple and partner, as one policy let them come about."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Member] = {}

    def before(self, c: Circumstances) -> Circumstances:
        members = {
            key: replace(self._known.get((c.couple, key), member), solo_consent=member.solo_consent)
            for key, member in c.members.items()
        }
        return replace(c, members=members)

    def after(self, c: Circumstances, course: Course) -> None:
        if c.kind is Kind.GROUP:
            return
        for key, member in c.members.items():
            outcome = course.outcomes.get(key)
            misses, solo = member.consecutive_misses, member.consecutive_solo
            if outcome in MISSES:
                misses += 1
            elif outcome is Outcome.ATTENDED:
                misses = 0
            if course.result == "solo" and outcome is Outcome.ATTENDED:
                solo += 1
            elif course.result == "joint":
                solo = 0
            self._known[c.couple, key] = replace(member, consecutive_misses=misses, consecutive_solo=solo)


def compare(sessions: Iterable[Circumstances], old: Policy, new: Policy) -> Iterator[tuple[Totals, Totals]]:
    """The totals so far under both policies, after each session; misses and streaks follow from each policy's own."""
    totals = (Totals(), Totals())
    histories = (_Histories(), _Histories())
    for circumstances in sessions:
        for policy, total, history in zip((old, new), totals, histories, strict=True):
            planned = history.before(circumstances)
            course = play(planned, policy)
            history.after(planned, course)
            total.add(course)
        yield totals
