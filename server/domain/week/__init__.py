"""A couple's week: what sessions it wants (`needs_of`), and when they are (`propose`).

Pure: every instant is an argument, and the same arguments give the same week.
"""

from server.domain.programme.couple import Need as PartnerNeed
from server.domain.programme.couple import Progress
from server.domain.week.booked import Booked, Minutes, beside, minutes_of, opened_by_intake, still_wanted
from server.domain.week.model import (
    Group,
    Need,
    Placement,
    Proposal,
    Reason,
    ReasonCode,
    Rules,
    Unplaced,
    WeekError,
    Why,
    WhyNot,
)
from server.domain.week.needs import (
    Balance,
    Drift,
    Missed,
    PartnerState,
    Targets,
    balance,
    drift,
    needs_of,
)
from server.domain.week.propose import propose
from server.domain.week.score import score

__all__ = [
    "Balance",
    "Booked",
    "Drift",
    "Group",
    "Minutes",
    "Missed",
    "Need",
    "PartnerNeed",
    "PartnerState",
    "Placement",
    "Progress",
    "Proposal",
    "Reason",
    "ReasonCode",
    "Rules",
    "Targets",
    "Unplaced",
    "WeekError",
    "Why",
    "WhyNot",
    "balance",
    "beside",
    "drift",
    "minutes_of",
    "needs_of",
    "opened_by_intake",
    "propose",
    "score",
    "still_wanted",
]
