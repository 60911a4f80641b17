"""One kind, true sentence about coming together, chosen by rules (A14). Never about what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Encouragement(StrEnum):
    BEGINNING = "beginning"  # nothing has been held together yet
    FIRST = "first"  # one session together
    BACK = "back"  # together again after a session that wasn't
    IN_A_ROW = "in_a_row"  # `number` sessions together, one after the other
    SO_FAR = "so_far"  # `number` sessions together so far


@dataclass(frozen=True, slots=True)
class Kindness:
    code: Encouragement
    number: int = 0


def kindness(together: Sequence[bool]) -> Kindness:
    """`together`: of each joint session so far, in order of time, whether both were there."""
    held = sum(together)
    row = 0
    for one in reversed(together):
        if not one:
            break
        row += 1
    if held == 0:
        return Kindness(Encouragement.BEGINNING)
    if held == 1 and row == 1 and len(together) == 1:
        return Kindness(Encouragement.FIRST, 1)
    if row == 1 and not together[-2]:
        return Kindness(Encouragement.BACK, held)
    if row >= 2:
        return Kindness(Encouragement.IN_A_ROW, row)
    return Kindness(Encouragement.SO_FAR, held)
