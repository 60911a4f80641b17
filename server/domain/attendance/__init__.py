"""The attendance policy: `decide(facts, policy)`, pure and total (server/POLICY.md)."""

from server.domain.attendance.decide import decide
from server.domain.attendance.model import (
    DEFAULT_POLICY,
    Action,
    Asked,
    AttendanceClass,
    Card,
    Decision,
    Facts,
    Focus,
    FollowUp,
    Kind,
    Notice,
    Outage,
    Outcome,
    PartnerFacts,
    PartnerState,
    Policy,
    Reason,
    SessionFacts,
    SoloApproval,
    TherapistFacts,
    TherapistState,
)
from server.domain.attendance.outcomes import follow_ups_for, outcomes_for
from server.domain.attendance.reading import FactsRefused, parse_facts
from server.domain.attendance.ruling import JOINT_WORK, attendance_class
from server.domain.attendance.times import elapsed, starts_at_plus
from server.domain.attendance.writing import decision_json, facts_json

__all__ = [
    "DEFAULT_POLICY",
    "JOINT_WORK",
    "Action",
    "Asked",
    "AttendanceClass",
    "Card",
    "Decision",
    "Facts",
    "FactsRefused",
    "Focus",
    "FollowUp",
    "Kind",
    "Notice",
    "Outage",
    "Outcome",
    "PartnerFacts",
    "PartnerState",
    "Policy",
    "Reason",
    "SessionFacts",
    "SoloApproval",
    "TherapistFacts",
    "TherapistState",
    "attendance_class",
    "decide",
    "decision_json",
    "elapsed",
    "facts_json",
    "follow_ups_for",
    "outcomes_for",
    "parse_facts",
    "starts_at_plus",
]
