"""The rule of the choice: which of the proposed slots is booked, given what each person privately accepted.

Slots are named by their index in the proposal. The proposal is ordered best first, so "first" is "best".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from server.domain.schedule.hours import ScheduleError, Slot


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a proposal stands: `agreed` is the slot to book; `open` tells whether answers are still awaited."""

    agreed: int | None
    open: bool


def agree(proposals: Sequence[Slot], answers: Mapping[str, frozenset[int]]) -> int | None:
    """The first slot that everyone in `answers` accepts. Nobody's silence is a yes: no answers, no slot."""
    for person, accepted in answers.items():
        if not all(0 <= index < len(proposals) for index in accepted):
            raise ScheduleError(f"{person} accepts a slot that was not proposed")
    if not answers:
        return None
    suits_all = frozenset.intersection(*answers.values())
    return min(suits_all, default=None)


def choice(
    proposals: Sequence[Slot],
    invited: Collection[str],
    answers: Mapping[str, frozenset[int]],
    lost: frozenset[int] = frozenset(),
) -> Choice:
    """Where the proposal stands for all who are invited; `lost` slots can't be booked any more.

    Agreed once every invited person has accepted one same slot. Closed without one as soon as no slot is left that
    could still suit all, whoever has yet to answer.
    """
    given = {person: answers[person] - lost for person in invited if person in answers}
    found = agree(proposals, given)
    if len(given) == len(set(invited)):
        return Choice(agreed=found, open=False)
    possible = found is not None if given else len(lost) < len(proposals)
    return Choice(agreed=None, open=possible)
