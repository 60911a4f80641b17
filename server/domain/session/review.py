"""The treatment team's word on what misses do to progress (A10, D7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.attendance import FollowUp

MAX_NOTE = 500  # characters
ASKED_BY = (FollowUp.TREATMENT_TEAM_REVIEW, FollowUp.RE_ENGAGEMENT_PLAN)


class Hinders(StrEnum):
    """Whether what happened hinders their progress."""

    YES = "yes"
    NO = "no"
    WATCH = "watch"


class Measure(StrEnum):
    """What the programme does about it. `NOTHING` stands alone."""

    PLAN_CHANGE = "plan_change"
    OUTREACH = "outreach"
    RE_ENGAGEMENT = "re_engagement"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Review:
    """One assessment; of several the last stands. `by` is a person's id in the directory."""

    by: str
    at: datetime
    hinders: Hinders
    measures: tuple[Measure, ...]
    note: str
